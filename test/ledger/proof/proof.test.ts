// Proofs of single records: every record of sections of any size is proved by its row, and nothing else is.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat, hex } from "../../../src/bytes.js";
import { buildBlock, encodeItems, hashOfBlock } from "../../../src/ledger/format/block.js";
import { encodeCanonical } from "../../../src/ledger/format/canonical.js";
import { marketId } from "../../../src/ledger/format/header.js";
import { orderLayout } from "../../../src/ledger/format/records.js";
import type { SectionName } from "../../../src/ledger/format/sections.js";
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

const contract = encodeCanonical({ kind: "market", version: 1 });

/** A block with so many orders, state records and contracts. What stands in the records is no concern of a proof. */
function blockOf(count: number, seed: number) {
  const orders = someBytes(count * orderLayout.bytes, seed);
  const state = someBytes(count * stateLayout.bytes, seed + 1);
  const contracts = Array.from({ length: count }, (_, i) => encodeCanonical({ kind: "end", name: `${i}` }));
  const sections = { contracts: encodeItems(contracts), orders };
  const named = { marketId: marketId(contract, hasher), history: hasher.sha256(new Uint8Array(0)) };
  const block = buildBlock(draftOf({ ...named, sections, state: { state } }), hasher);
  const history = new HistoryTree(hasher);
  history.append(hashOfBlock(block, hasher));
  const prove = (section: SectionName, index: number): Proof =>
    proveBlock(history, block.header, proveRecord(block, { section, index, state }, hasher));
  return { orders, state, contracts, prove };
}

/** The proof with another record part. */
const bent = (proof: Proof, change: Partial<RecordProof>): Proof => ({
  ...proof,
  record: { ...proof.record!, ...change },
});
const refused = (proof: Proof, field: RegExp): void =>
  expect(() => openProof(decodeProof(encodeProof(proof)), hasher)).toThrow(field);
const sizes = fc.oneof(fc.integer({ min: 1, max: 70 }), fc.constantFrom(15, 16, 17, 255, 256, 257));

describe("proofs of records", () => {
  test("every record of a section is proved by a row of at most sixteen, and comes out of it", () => {
    fc.assert(
      fc.property(sizes, fc.nat(), (count, seed) => {
        const { orders, state, contracts, prove } = blockOf(count, seed);
        for (let index = 0; index < count; index += 1) {
          const want = {
            orders: orders.subarray(index * 16, (index + 1) * 16),
            state: state.subarray(index * 32, (index + 1) * 32),
            contracts: contracts[index]!,
          };
          for (const section of ["orders", "state", "contracts"] as const) {
            const proof = prove(section, index);
            const { record } = openProof(decodeProof(encodeProof(proof)), hasher);
            expect(hex(recordOf(record!))).toBe(hex(want[section]));
            expect(record!.index).toBe(index);
          }
        }
      }),
      { numRuns: 12 },
    );
  });

  test("a row that is shortened, lengthened, swapped or another is refused", () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), (count, place, seed) => {
        const index = place % count;
        const { orders, prove } = blockOf(count, seed);
        const proof = prove("orders", index);
        const { row, path } = proof.record!;
        const size = orderLayout.bytes;
        const length = /proof\.record\.row/;
        for (const cut of [row.subarray(size), row.subarray(0, -size), row.subarray(1), new Uint8Array(0)])
          refused(bent(proof, { row: cut }), length);
        for (const more of [row.subarray(0, size), Uint8Array.of(0)])
          refused(bent(proof, { row: concat(row, more) }), length);
        const wrong = new RegExp(`proof of orders\\[${index}\\]`);
        if (row.length > size)
          refused(bent(proof, { row: concat(row.subarray(size), row.subarray(0, size)) }), wrong);
        for (let other = 0; other < count; other += 16)
          if (Math.floor(index / 16) !== other / 16) {
            const theirs = orders.subarray(other * size, (other + 16) * size);
            refused(bent(proof, { row: theirs }), theirs.length === row.length ? wrong : length);
          }
        refused(bent(proof, { path: [...path, new Uint8Array(32)] }), wrong);
        if (path.length > 0) refused(bent(proof, { path: path.slice(1) }), wrong);
      }),
      { numRuns: 60 },
    );
  });

  test("another index is refused outside of the row, and within it names the record that stands there", () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), (count, place, seed) => {
        const index = place % count;
        const { orders, prove } = blockOf(count, seed);
        const proof = prove("orders", index);
        for (let other = 0; other < count + 32; other += 1) {
          const moved = bent(proof, { index: other });
          if (other >= count) expect(() => openProof(moved, hasher)).toThrow("orders number: ");
          else if (Math.floor(other / 16) !== Math.floor(index / 16))
            refused(moved, /proof\.record\.row|proof of orders/);
          else {
            const { record } = openProof(moved, hasher);
            expect(hex(recordOf(record!))).toBe(hex(orders.subarray(other * 16, (other + 1) * 16)));
          }
        }
        for (const none of [-1, 0.5, Number.NaN, 2 ** 53])
          expect(() => openProof(bent(proof, { index: none }), hasher)).toThrow(" number: ");
      }),
      { numRuns: 30 },
    );
  });

  test("an item is a leaf for itself: no neighbour comes with it", () => {
    const { contracts, prove } = blockOf(20, 1);
    const proof = prove("contracts", 17);
    expect(proof.record!.row).toEqual(contracts[17]);
    refused(bent(proof, { index: 16 }), /proof of contracts\[16\]/);
  });

  test("state that is not what the header says proves nothing", () => {
    // Sixteen fill a row: a record behind them leaves the rows that the header speaks of as they were.
    for (const count of [16, 17]) {
      const { state, prove } = blockOf(count, 3);
      expect(() => prove("state", count - 1)).not.toThrow();
      const { header } = openProof(prove("state", 0), hasher);
      const block = { header, sections: {} as never, secret: null };
      const others = [state.subarray(32), concat(state, state.subarray(0, 32)), someBytes(count * 32, 9)];
      for (const other of others)
        expect(() => proveRecord(block, { section: "state", index: 0, state: other }, hasher)).toThrow(
          expect.objectContaining({ code: "corrupt", field: "state" }),
        );
    }
  });
});
