// NIST's SHA-256 vectors against the light client's own hash.
import { describe, expect, test } from "vitest";
import { hex } from "../../src/bytes.js";
import { sha256 } from "../../src/ledger/tree/plain.js";
import { hasData, readData } from "./folder.js";

describe.skipIf(!hasData("vectors/sha256"))("NIST SHA-256, plain TypeScript", () => {
  test.each([
    ["SHA256ShortMsg.rsp", 65],
    ["SHA256LongMsg.rsp", 64],
  ])("%s", (name, count) => {
    const pattern = /Len = (\d+)\s+Msg = (\w+)\s+MD = (\w+)/g;
    const vectors = [...readData(`vectors/sha256/${name}`).matchAll(pattern)];
    expect(vectors.length).toBe(count);
    for (const [, bits, text, digest] of vectors) {
      const message = new Uint8Array(Buffer.from(text!, "hex").subarray(0, Number(bits) / 8));
      expect([bits, hex(sha256(message))]).toEqual([bits, digest]);
    }
  });
});
