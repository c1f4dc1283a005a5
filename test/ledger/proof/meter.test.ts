// Proofs of meters: two paths, one below the other, from a row of meters to the root in the record of their book, and
// from that record on.
import { beforeAll, describe, expect, it } from "vitest";
import { concat, hex } from "../../../src/bytes.js";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { buildBlock, decodeBlock, hashOfBlock } from "../../../src/ledger/format/block.js";
import { encodeRecords, readRecord } from "../../../src/ledger/format/layout.js";
import { bookLayout, meterLayout } from "../../../src/ledger/format/state.js";
import { decodeProof, encodeProof, meterOf, openProof, type Proof } from "../../../src/ledger/proof/proof.js";
import { proveBlock, proveMeter, proveRecord } from "../../../src/ledger/proof/prove.js";
import { HistoryTree } from "../../../src/ledger/tree/history.js";
import { plainHasher as hasher } from "../../../src/ledger/tree/plain.js";
import { openReplay } from "../../../src/market/replay.js";
import { merkleTreeHash, splitLeaves } from "../../oracle/merkle.js";
import { draftOf } from "../../support/sample.js";
import { runScenario } from "../../support/scenario.js";

/** A block that carries over books of so many meters each, and a proof of every one. */
function blockOf(counts: readonly number[], secret: Uint8Array | null = null) {
  const meters = counts.map((count, book) =>
    encodeRecords(
      meterLayout,
      Array.from({ length: count }, (_, participant) => ({
        participant,
        carrier: "heat" as const,
        flags: participant % 2,
        version: participant,
        tradedIn: 1000 * book + participant,
        tradedOut: 7,
        in: participant * 3,
        out: 5,
        defaulted: BigInt(participant) - 9n,
      })),
    ),
  );
  const books = encodeRecords(
    bookLayout,
    counts.map((count, book) => ({
      period: 10 + book,
      terms: new Uint8Array(32).fill(book),
      root: merkleTreeHash(splitLeaves(meters[book]!, 16 * 56), hasher.sha256),
      meters: count,
      due: 0,
      participants: 100,
      flags: 0,
    })),
  );
  const block = buildBlock(
    draftOf({ secret, history: hasher.sha256(new Uint8Array(0)), sections: {}, state: { books } }),
    hasher,
  );
  const history = new HistoryTree(hasher);
  history.append(hashOfBlock(block, hasher));
  const prove = (book: number, index: number, given = meters[book]!): Proof => {
    const record = proveRecord(block, { section: "books", index: book, state: books }, hasher);
    return { ...proveBlock(history, block.header, record), meter: proveMeter(record, given, index, hasher) };
  };
  return { meters, prove };
}

describe("a proof of a meter", () => {
  it("shows the meter at its place, in books of every size around a row", () => {
    const counts = [1, 2, 15, 16, 17, 32, 33, 40];
    const { meters, prove } = blockOf(counts);
    for (const [book, count] of counts.entries())
      for (let index = 0; index < count; index += 1) {
        const { meter, record } = openProof(decodeProof(encodeProof(prove(book, index))), hasher);
        expect(record!.index).toBe(book);
        expect(hex(meterOf(meter!))).toBe(hex(meters[book]!.subarray(index * 56, (index + 1) * 56)));
        expect(readRecord(meterLayout, meterOf(meter!), 0).participant).toBe(index);
      }
  });

  it("no longer holds when any part of it changes, or hangs below another record", () => {
    const { prove } = blockOf([40, 40]);
    const proof = prove(1, 20);
    const meter = proof.meter!;
    const refused = (change: Partial<Proof>): void =>
      expect(() => openProof(decodeProof(encodeProof({ ...proof, ...change })), hasher)).toThrow(/meter/);
    for (let at = 0; at < meter.row.length; at += 5)
      refused({ meter: { ...meter, row: meter.row.map((byte, place) => (place === at ? byte ^ 1 : byte)) } });
    for (const index of [3, 32, 40, 2 ** 40]) refused({ meter: { ...meter, index } });
    refused({ meter: { ...meter, path: meter.path.slice(1) } });
    refused({ meter: { ...meter, path: [...meter.path, meter.path[0]!] } });
    refused({ meter: { ...meter, row: meter.row.subarray(56) } });
    refused({ meter: { ...meter, row: concat(meter.row, new Uint8Array(56)) } });
    refused({ record: prove(0, 20).record });
    refused({ record: null });
    expect(() => openProof({ ...proof, meter: null }, hasher)).not.toThrow();
  });

  it("is refused of meters that are none, or others, and in a private market", () => {
    const { prove, meters } = blockOf([5, 0]);
    for (const index of [5, -1, 0.5]) expect(() => prove(0, index)).toThrow("meter: wanted 0 to 4");
    expect(() => prove(1, 0)).toThrow("none: the book is empty");
    expect(() => prove(0, 0, meters[0]!.subarray(56))).toThrow("meters: wanted 5 with root");
    expect(() =>
      prove(
        0,
        0,
        meters[0]!.map((byte) => byte ^ 1),
      ),
    ).toThrow("meters: wanted 5 with root");
    expect(() => blockOf([5], new Uint8Array(32).fill(4)).prove(0, 0)).toThrow(
      "meter: wanted one of an open market",
    );
  });
});

describe("of a market that ran", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine();
  });

  it("every meter of every book is proved under its head", async () => {
    const { store } = await runScenario(engine, 21, { participants: 25, periods: 6 });
    const replay = openReplay(engine);
    let proved = 0;
    for await (const bytes of store.blocks()) {
      const block = decodeBlock(bytes);
      replay.replay(block);
      const state = Uint8Array.from(replay.state.records("books", engine));
      for (const [index, book] of [...replay.state.books.values()].entries()) {
        const record = proveRecord(block, { section: "books", index, state }, hasher);
        const meters = book.encode();
        for (let meter = 0; meter < book.count; meter += 1) {
          const found = proveMeter(record, meters, meter, hasher);
          expect(hex(meterOf(found))).toBe(hex(meters.subarray(meter * 56, (meter + 1) * 56)));
          proved += 1;
        }
      }
    }
    expect(proved).toBeGreaterThan(100);
  });
});
