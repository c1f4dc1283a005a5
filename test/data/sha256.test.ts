// NIST's SHA-256 vectors and the public RFC 6962 tree, against both builds of the core.
import { describe, expect, test } from "vitest";
import { builds, hex } from "../support/builds.js";
import { hasData, readData } from "./folder.js";

const here = hasData("vectors/sha256");
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));

/** The `name = value` lines of a CAVS response file, in order. */
function fields(name: string): [string, string][] {
  return [...readData(`vectors/sha256/${name}`).matchAll(/^(\w+) = (\w+)\r?$/gm)].map(
    (match) => [match[1]!, match[2]!] as [string, string],
  );
}

/** Messages with their digests; a length of 0 stands with the message "00". */
function messages(name: string): { message: Uint8Array; digest: string }[] {
  const found = [];
  let bits = 0;
  let message = new Uint8Array(0);
  for (const [field, value] of fields(name)) {
    if (field === "Len") bits = Number(value);
    else if (field === "Msg") message = Uint8Array.from(bytesOf(value).subarray(0, bits / 8));
    else if (field === "MD") found.push({ message, digest: value });
  }
  return found;
}

describe.skipIf(!here).each(builds)("NIST SHA-256, $name build", (build) => {
  test.each([
    ["SHA256ShortMsg.rsp", 65],
    ["SHA256LongMsg.rsp", 64],
  ])("%s", (name, count) => {
    const vectors = messages(name);
    expect(vectors.length).toBe(count);
    for (const { message, digest } of vectors) {
      expect(hex(build.sha256(message)), `${message.length} bytes`).toBe(digest);
      const half = message.length >> 1;
      expect(hex(build.stream([message.subarray(0, half), message.subarray(half)]))).toBe(digest);
    }
  });

  test("Monte Carlo: 100 digests, each after 1000 more", () => {
    const all = fields("SHA256Monte.rsp");
    let seed = bytesOf(all.find(([field]) => field === "Seed")![1]);
    const digests = all.filter(([field]) => field === "MD").map(([, value]) => value);
    expect(digests.length).toBe(100);
    for (const digest of digests) {
      // SHAVS 6.4: each message is the three digests before it.
      let last = [seed, seed, seed];
      for (let i = 0; i < 1000; i++) last = [last[1]!, last[2]!, build.stream(last)];
      seed = Uint8Array.from(last[2]!);
      expect(hex(seed)).toBe(digest);
    }
  });
});

describe.skipIf(!hasData("vectors/merkle")).each(builds)("the public RFC 6962 tree, $name build", (build) => {
  test("leaves and roots of sizes 0 to 8", () => {
    const tree = JSON.parse(readData("vectors/merkle/rfc6962_tree.json")) as {
      leafInputs: string[];
      nodeHashes: string[][];
      rootHashes: string[];
    };
    const core = build.core;
    const leaves = tree.leafInputs.map((input) => {
      const at = build.place(1024);
      const bytes = bytesOf(input);
      build.memory.set(bytes, at + 64);
      // The core's leaves have a byte at least: the leaf of nothing is its prefix, hashed.
      if (bytes.length > 0) core.leafHashes(at + 64, bytes.length, bytes.length, at);
      else {
        build.memory[at + 64] = 0;
        core.sha256(at + 64, 1, at);
      }
      return hex(build.memory.slice(at, at + 32));
    });
    expect(leaves).toEqual(tree.nodeHashes[0]);
    for (const [size, root] of tree.rootHashes.entries())
      expect(hex(build.nodesRoot(bytesOf(leaves.slice(0, size).join("")))), `size ${size}`).toBe(root);
    for (const [level, hashes] of tree.nodeHashes.entries())
      for (const [index, hash] of hashes.entries())
        expect(
          hex(build.nodesRoot(bytesOf(leaves.slice(index << level, (index + 1) << level).join("")))),
        ).toBe(hash);
  });
});
