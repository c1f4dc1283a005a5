import { describe, expect, it } from "vitest";
import { builds, hex, someBytes } from "./builds.js";

/** The browser's own SHA-256. */
async function oracle(...parts: readonly Uint8Array[]): Promise<Uint8Array> {
  const joined = new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined));
}

/** RFC 6962 §2.1, level by level, a lone last hash going up as it is. */
async function rootOf(records: readonly Uint8Array[]): Promise<string> {
  if (records.length === 0) return hex(await oracle());
  let level = await Promise.all(records.map((record) => oracle(Uint8Array.of(0), record)));
  while (level.length > 1) {
    const pairs = [];
    for (let i = 0; i + 1 < level.length; i += 2)
      pairs.push(oracle(Uint8Array.of(1), level[i]!, level[i + 1]!));
    const next = await Promise.all(pairs);
    if (level.length % 2 === 1) next.push(level.at(-1)!);
    level = next;
  }
  return hex(level[0]!);
}

describe.each(builds)("hashing in a browser, $name build", (build) => {
  it("agrees with the browser's SHA-256 for every length from 0 to 200", async () => {
    for (let length = 0; length <= 200; length++) {
      const bytes = someBytes(length, length);
      expect(hex(build.sha256(bytes)), `${length} bytes`).toBe(hex(await oracle(bytes)));
    }
  });

  it("has the Merkle roots of RFC 6962", async () => {
    for (const count of [0, 1, 2, 3, 4, 5, 7, 8, 9, 33, 300, 1025])
      for (const bytes of [1, 16, 40, 54, 64, 100]) {
        const records = someBytes(count * bytes, count + bytes);
        const each = Array.from({ length: count }, (_, i) => records.slice(i * bytes, (i + 1) * bytes));
        expect(hex(build.merkleRoot(records, bytes)), `${count} × ${bytes}`).toBe(await rootOf(each));
      }
  });
});
