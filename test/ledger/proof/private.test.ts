// Proofs of single records of private blocks: each shows its own record, and nothing of those beside it.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hex } from "../../../src/bytes.js";
import { buildBlock, encodeItems, hashOfBlock } from "../../../src/ledger/format/block.js";
import { encodeCanonical } from "../../../src/ledger/format/canonical.js";
import { orderLayout } from "../../../src/ledger/format/records.js";
import { stateLayout } from "../../../src/ledger/format/state.js";
import {
  decodeProof,
  encodeProof,
  openProof,
  type Proof,
  type RecordProof,
  recordOf,
} from "../../../src/ledger/proof/proof.js";
import { proveBlock, proveRecord } from "../../../src/ledger/proof/prove.js";
import { HistoryTree } from "../../../src/ledger/tree/history.js";
import { plainHasher as hasher } from "../../../src/ledger/tree/plain.js";
import { someBytes } from "../../support/builds.js";
import { draftOf } from "../../support/sample.js";

const sections = ["orders", "contracts", "evidence", "state", "rules"] as const;

/** A private block with so many orders, contracts and state records, none like another, and its proofs. */
function blockOf(count: number, seed: number, secret: Uint8Array | null = someBytes(32, seed + 9)) {
  const orders = someBytes(count * orderLayout.bytes, seed);
  const state = someBytes(count * stateLayout.bytes, seed + 1);
  const contracts = Array.from({ length: count }, (_, i) =>
    encodeCanonical({ kind: "end", name: `${seed}.${i}` }),
  );
  const evidence = Array.from({ length: count }, (_, i) => someBytes(69 + (i % 7), seed + 100 + i));
  const rules = Array.from({ length: count }, (_, i) => encodeCanonical({ kind: "use", id: `${seed}-${i}` }));
  const stored = { contracts: encodeItems(contracts), orders, evidence: encodeItems(evidence) };
  const draft = draftOf({
    secret,
    history: hasher.sha256(new Uint8Array(0)),
    sections: stored,
    state: { state, rules: encodeItems(rules) },
  });
  const block = buildBlock(draft, hasher);
  const history = new HistoryTree(hasher);
  history.append(hashOfBlock(block, hasher));
  const contents = {
    orders: Array.from({ length: count }, (_, i) => orders.subarray(i * 16, i * 16 + 16)),
    state: Array.from({ length: count }, (_, i) => state.subarray(i * 32, i * 32 + 32)),
    contracts,
    evidence,
    rules,
  };
  const carried = { state, rules: encodeItems(rules) };
  const prove = (section: (typeof sections)[number], index: number): Proof =>
    proveBlock(
      history,
      block.header,
      proveRecord(block, { section, index, state: carried[section as keyof typeof carried] }, hasher),
    );
  return { secret, contents, prove };
}

const bent = (proof: Proof, change: Partial<RecordProof>): Proof => ({
  ...proof,
  record: { ...proof.record!, ...change },
});
const refused = (proof: Proof, field: RegExp): void =>
  expect(() => openProof(decodeProof(encodeProof(proof)), hasher)).toThrow(field);

describe("proofs of a private block", () => {
  test("show every record, and neither its neighbours nor the secret", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(1e6), (count, seed) => {
        const { contents, prove, secret } = blockOf(count, seed);
        for (const section of sections)
          for (let index = 0; index < count; index += 1) {
            const text = encodeProof(prove(section, index));
            const { record } = openProof(decodeProof(text), hasher);
            expect(hex(recordOf(record!))).toBe(hex(contents[section][index]!));
            expect(text).not.toContain(hex(secret!));
            for (const [other, content] of contents[section].entries())
              expect(text.includes(hex(content)), `${section}[${other}] in the proof of ${index}`).toBe(
                other === index,
              );
          }
      }),
      { numRuns: 20 },
    );
  });

  test("hold no longer when any part of them changes", () => {
    const { prove } = blockOf(20, 3);
    for (const section of sections) {
      const proof = prove(section, 17);
      const { salted, row } = proof.record!;
      const flipped = (bytes: Uint8Array, at: number): Uint8Array =>
        bytes.map((byte, place) => (place === at ? byte ^ 1 : byte));
      for (let at = 0; at < salted!.length; at += 1)
        refused(bent(proof, { salted: flipped(salted!, at) }), /proof of/);
      for (let at = 0; at < row.length; at += 1) refused(bent(proof, { row: flipped(row, at) }), /proof of/);
      refused(bent(proof, { index: 16 }), /proof of/);
      refused(bent(proof, { index: 3 }), /proof of|proof\.record\.row/);
      refused(bent(proof, { salted: null }), /proof of|proof\.record\.row/);
      refused(bent(proof, { salted: prove(section, 18).record!.salted }), /proof of/);
      for (const other of [salted!.subarray(1), new Uint8Array(0), new Uint8Array([...salted!, 0])])
        refused(bent(proof, { salted: other }), /proof of|proof\.record\.row/);
    }
  });

  test("of an open block have no salt", () => {
    const { prove } = blockOf(3, 5, null);
    const proof = prove("orders", 1);
    expect(proof.record!.salted).toBeNull();
    const salted = new Uint8Array([...new Uint8Array(16), ...recordOf(proof.record!)]);
    refused(bent(proof, { salted }), /proof of|proof\.record\.row/);
  });
});
