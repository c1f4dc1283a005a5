// Verifying a ledger as a library: over blocks, over a store, with a signed head, and what is an answer or an error.
import { beforeAll, describe, expect, it } from "vitest";
import { hex } from "../../src/bytes.js";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { fail } from "../../src/errors.js";
import { decodeBlock } from "../../src/ledger/format/block.js";
import { originOf, unsignedCheckpoint } from "../../src/ledger/proof/checkpoint.js";
import { openMemoryStore } from "../../src/ledger/store/memory.js";
import type { Store } from "../../src/ledger/store/store.js";
import { openMarket } from "../../src/market/open.js";
import { auditBlocks, auditStore } from "../../src/report/index.js";

let engine: Engine;
let store: Store;
let blocks: Uint8Array[];

beforeAll(async () => {
  engine = await openEngine();
  store = await openMemoryStore({ hasher: engine });
  const market = await openMarket({ engine, store, participants: ["ann", "bob"] });
  const order = { carrier: "electricity", quantity: "2.5" } as const;
  for (let period = 1; period <= 3; period += 1) {
    market.submit({ ...order, participant: "ann", side: "offer", price: "0.08" });
    market.submit({ ...order, participant: "bob", side: "bid", price: "0.3" });
    await market.clearPeriod(period);
  }
  blocks = [];
  for await (const bytes of store.blocks()) blocks.push(bytes);
});

describe("auditBlocks", () => {
  it("says what a good ledger holds, and how far it is", async () => {
    const done: number[] = [];
    const audit = await auditBlocks(blocks, { progress: (count) => done.push(count) });
    expect(audit).toEqual({
      ok: true,
      blocks: 4,
      bytes: blocks.reduce((sum, { length }) => sum + length, 0),
      orders: 6,
      trades: 3,
      hash: hex(store.head!.hash),
      root: hex(store.root()),
      signed: false,
      from: null,
      withheld: 0,
      erased: 0,
      executed: 4,
      headSigned: null,
      halfWritten: null,
    });
    expect(done).toEqual([4]);
    expect(await auditStore(store, { engine })).toEqual(audit);
    expect(await auditBlocks([])).toMatchObject({ ok: true, blocks: 0, hash: null });
  });

  it("names the first block that any flipped byte makes bad", async () => {
    for (const [height, bytes] of blocks.entries())
      for (let at = 0; at < bytes.length; at += 97) {
        const flipped = blocks.map((each) => new Uint8Array(each));
        flipped[height]![at]! ^= 1;
        const audit = await auditBlocks(flipped, { engine, hasher: engine });
        expect(audit, `block ${height} byte ${at}`).toMatchObject({ ok: false, height });
      }
  });

  it("holds the blocks against the head kept beside them", async () => {
    const origin = originOf(decodeBlock(blocks[0]!).header.marketId);
    const note = unsignedCheckpoint({ origin, size: 4, root: store.root() });
    const held = await auditBlocks(blocks, { engine, note });
    expect(held.ok ? null : held.reason).toBe(null);
    expect(await auditBlocks(blocks.slice(0, 3), { engine, note })).toMatchObject({ ok: false, height: 3 });
    const other = unsignedCheckpoint({ origin, size: 4, root: new Uint8Array(32) });
    expect(await auditBlocks(blocks, { engine, note: other })).toMatchObject({
      ok: false,
      height: null,
      reason: expect.stringContaining("head of 4 blocks"),
    });
  });

  it("holds the blocks against a head that is passed, and refuses what is none", async () => {
    const origin = originOf(decodeBlock(blocks[0]!).header.marketId);
    const head = { origin, size: 4, root: store.root() };
    const held = (checkpoint: typeof head) => auditBlocks(blocks, { engine, checkpoint });
    expect(await held(head)).toMatchObject({ ok: true });
    expect(await held({ ...head, root: new Uint8Array(32) })).toMatchObject({ ok: false });
    expect(await held({ ...head, size: 9_000 })).toMatchObject({ ok: false, height: blocks.length });
    const stray = { ...head, origin: originOf(new Uint8Array(32)) };
    expect(await held(stray)).toMatchObject({ ok: false, reason: expect.stringContaining("origin") });
    expect(await auditBlocks(blocks, { engine, note: unsignedCheckpoint(stray) })).toMatchObject({
      ok: false,
    });
    for (const [field, wrong] of [
      ["checkpoint", null],
      ["checkpoint.origin", { ...head, origin: 7 }],
      ["checkpoint.size", { ...head, size: 0 }],
      ["checkpoint.root", { ...head, root: new Uint8Array(31) }],
    ] as const)
      await expect(held(wrong as never)).rejects.toMatchObject({ code: "invalid", field });
  });

  it("throws what is the disk's fault, and leaves a caller's engine open", async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield blocks[0]!;
      fail("storage", "disk", "bytes", "none");
    }
    await expect(auditBlocks(failing(), { engine })).rejects.toMatchObject({ code: "storage" });
    expect(engine.sha256(new Uint8Array(0)).length).toBe(32);
  });
});
