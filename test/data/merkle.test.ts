// Every public RFC 6962 probe, those that must fail included.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openHasher } from "../../src/ledger/tree/hashwasm.js";
import { leafHash, merkleRoot } from "../../src/ledger/tree/merkle.js";
import {
  consistencyRanges,
  inclusionRanges,
  itemRoots,
  verifyConsistency,
  verifyInclusion,
} from "../../src/ledger/tree/path.js";
import { bytes, hex } from "../ledger/keys/strict.js";

const folder = new URL("../../../shared/data/vectors/merkle/", import.meta.url);
const here = existsSync(folder);
const hasher = await openHasher();
const base64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text ?? "", "base64"));

// biome-ignore lint/suspicious/noExplicitAny: JSON as it was published
function probes(kind: string): { name: string; probe: any }[] {
  const found = readdirSync(new URL(`${kind}/`, folder), { recursive: true, encoding: "utf8" });
  return found
    .filter((name) => name.endsWith(".json"))
    .map((name) => ({ name, probe: JSON.parse(readFileSync(new URL(`${kind}/${name}`, folder), "utf8")) }));
}

describe.skipIf(!here)("public Merkle vectors (skipped without the data beside the checkout)", () => {
  test("the RFC 6962 tree of eight leaves: nodes and roots", () => {
    const { leafInputs, nodeHashes, rootHashes } = JSON.parse(
      readFileSync(new URL("rfc6962_tree.json", folder), "utf8"),
    ) as { leafInputs: string[]; nodeHashes: string[][]; rootHashes: string[] };
    const leaves = leafInputs.map(bytes);
    for (const [size, root] of rootHashes.entries())
      expect(hex(merkleRoot(leaves.slice(0, size), hasher))).toBe(root);
    const rangeRoot = itemRoots(leaves, hasher);
    for (const [level, hashes] of nodeHashes.entries())
      for (const [index, hash] of hashes.entries())
        expect(hex(rangeRoot(index << level, (index + 1) << level))).toBe(hash);
    for (let size = 1; size <= 8; size++) {
      const root = bytes(rootHashes[size]!);
      for (let index = 0; index < size; index++) {
        const path = inclusionRanges(index, size).map(({ start, end }) => rangeRoot(start, end));
        expect(
          verifyInclusion({ leaf: leafHash(leaves[index]!, hasher), index, size, path }, root, hasher),
        ).toBe(true);
        const growth = consistencyRanges(index + 1, size).map(({ start, end }) => rangeRoot(start, end));
        const earlier = bytes(rootHashes[index + 1]!);
        expect(
          verifyConsistency({ size: index + 1, root: earlier }, { size: size, root: root }, growth, hasher),
        ).toBe(true);
      }
    }
  });

  test("inclusion probes", () => {
    const all = probes("inclusion");
    for (const { name, probe } of all) {
      const { leafIdx, treeSize, root, leafHash: leaf, proof, wantErr } = probe;
      const path = ((proof ?? []) as string[]).map(base64);
      const ok = verifyInclusion(
        { leaf: base64(leaf), index: leafIdx, size: treeSize, path },
        base64(root),
        hasher,
      );
      expect({ name, ok }).toEqual({ name, ok: !wantErr });
    }
    expect(all.length).toBeGreaterThan(90);
    expect(all.some(({ probe }) => !probe.wantErr)).toBe(true);
  });

  test("consistency probes: those from size 0 must fail, whatever the probe says of them", () => {
    const all = probes("consistency");
    let fromNothing = 0;
    for (const { name, probe } of all) {
      const { size1, size2, root1, root2, proof, wantErr } = probe;
      const path = ((proof ?? []) as string[]).map(base64);
      // One probe has 12-byte texts for roots; a root here is a hash, so they are hashed first.
      const roots = [root1, root2].map((root: string) => {
        const raw = base64(root);
        return raw.length === 12 ? hasher.sha256(raw) : raw;
      });
      const ok = verifyConsistency(
        { size: size1, root: roots[0]! },
        { size: size2, root: roots[1]! },
        path,
        hasher,
      );
      if (size1 === 0) fromNothing++;
      expect({ name, ok }).toEqual({ name, ok: !wantErr && size1 !== 0 });
    }
    expect(all.length).toBeGreaterThan(90);
    expect(fromNothing).toBeGreaterThan(0);
  });
});
