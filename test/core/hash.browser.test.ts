import { createSHA256 } from "hash-wasm";
import { describe, expect, it } from "vitest";
import { merkleTreeHash, splitLeaves } from "../oracle/merkle.js";
import { builds, hex, someBytes } from "../support/builds.js";

const sha = await createSHA256();
const hash = (bytes: Uint8Array): Uint8Array => sha.init().update(bytes).digest("binary");

describe.each(builds)("hashing in a browser, $name build", (build) => {
  it("agrees with the browser's SHA-256 for every length from 0 to 200", async () => {
    for (let length = 0; length <= 200; length++) {
      const bytes = Uint8Array.from(someBytes(length, length));
      const want = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      expect(hex(build.sha256(bytes)), `${length} bytes`).toBe(hex(want));
      expect(hex(build.stream([bytes.subarray(0, length >> 1), bytes.subarray(length >> 1)]))).toBe(
        hex(want),
      );
    }
  });

  it("has the salted hashes of the browser's HMAC", async () => {
    const secret = Uint8Array.from(someBytes(32, 8));
    const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, [
      "sign",
    ]);
    for (const count of [1, 3, 4, 5, 17]) {
      const records = someBytes(count * 36, count);
      let want = "";
      for (let index = 0; index < count; index += 1) {
        const mac = await crypto.subtle.sign("HMAC", key, Uint8Array.of(3, index, 0, 0, 0));
        const salted = new Uint8Array(52);
        salted.set(new Uint8Array(mac, 0, 16));
        salted.set(records.subarray(index * 36, (index + 1) * 36), 16);
        want += hex(hash(salted));
      }
      expect(hex(build.saltedHashes(secret, 3, 0, records, 36)), `${count}`).toBe(want);
    }
  });

  it("has the Merkle roots of RFC 6962", () => {
    for (const count of [0, 1, 2, 3, 4, 5, 7, 8, 9, 33, 300, 1025])
      for (const bytes of [1, 16, 40, 54, 64, 100]) {
        const records = someBytes(count * bytes, count + bytes);
        const want = hex(merkleTreeHash(splitLeaves(records, bytes), hash));
        expect(hex(build.merkleRoot(records, bytes)), `${count} × ${bytes}`).toBe(want);
      }
  });
});
