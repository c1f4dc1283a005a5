// Private markets as they run: what is kept of them re-executes, every changed byte of it is found, and what is shown
// of them to everybody can still be followed.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { copyOf, hex, toUtf8 } from "../../src/bytes.js";
import { openEngine } from "../../src/core/engine.js";
import { decodeBlock, hashOfBlock } from "../../src/ledger/format/block.js";
import { verifyChain } from "../../src/ledger/format/chain.js";
import { headerBytes, privateMarket } from "../../src/ledger/format/header.js";
import { decodeProof, recordOf } from "../../src/ledger/proof/proof.js";
import { serveLedger } from "../../src/ledger/service/server.js";
import { openMemoryStore } from "../../src/ledger/store/memory.js";
import type { Store } from "../../src/ledger/store/store.js";
import { openHasher } from "../../src/ledger/tree/hashwasm.js";
import { HistoryTree } from "../../src/ledger/tree/history.js";
import { openMarket } from "../../src/market/open.js";
import { auditBlocks } from "../../src/report/audit.js";
import { runScenario } from "../support/scenario.js";

const engine = await openEngine();
const hasher = await openHasher();
const tools = { engine, hasher };

async function collected(store: Store): Promise<Uint8Array[]> {
  const blocks: Uint8Array[] = [];
  for await (const bytes of store.blocks()) blocks.push(bytes);
  return blocks;
}

async function bytesOf(seed: number, participants: number, periods: number): Promise<Uint8Array[]> {
  const { store } = await runScenario(engine, seed, { participants, periods, isPrivate: true });
  return collected(store);
}
const headersOf = (blocks: readonly Uint8Array[]): Uint8Array[] =>
  blocks.map((bytes) => bytes.subarray(0, headerBytes));

describe("random private markets", () => {
  it("re-execute, and come to the same hashes with the same secrets", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(0xffff_ffff), fc.integer({ min: 1, max: 20 }), async (seed, participants) => {
        const blocks = await bytesOf(seed, participants, 4);
        expect(await auditBlocks(blocks, tools)).toMatchObject({ ok: true, executed: 5, withheld: 0 });
        for (const bytes of blocks) expect(decodeBlock(bytes).header.flags).toBe(privateMarket);
        expect(await bytesOf(seed, participants, 4)).toEqual(blocks);
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  it("give away every changed byte that is kept of them, of the secret too, at its height", async () => {
    const blocks = await bytesOf(7, 3, 3);
    const good = await auditBlocks(blocks, tools);
    if (!good.ok) throw new Error(good.reason);
    for (const [height, bytes] of blocks.entries()) {
      const secretAt = bytes.length - 32;
      for (let at = headerBytes; at < bytes.length; at += at < secretAt ? 13 : 1) {
        const changed = copyOf(bytes);
        changed[at]! ^= 1 << (at % 8);
        const ledger = blocks.map((each, place) => (place === height ? changed : each));
        expect(await auditBlocks(ledger, tools), `byte ${at} of block ${height}`).toMatchObject({
          ok: false,
          height,
        });
      }
    }
  }, 60_000);

  it("have headers that can be followed by themselves, and an audit says what it could not check", async () => {
    const blocks = await bytesOf(8, 5, 4);
    const whole = await auditBlocks(blocks, tools);
    if (!whole.ok) throw new Error(whole.reason);
    // What was hashed is what was there.
    const bytesIn = (given: readonly Uint8Array[]): number =>
      given.reduce((sum, { length }) => sum + length, 0);
    const headers = headersOf(blocks);
    const alone = { executed: 0, withheld: 5, bytes: bytesIn(headers) };
    expect(await auditBlocks(headers, tools)).toEqual({ ...whole, ...alone });
    const mixed = blocks.map((bytes, height) => (height === 2 ? bytes.subarray(0, headerBytes) : bytes));
    const partly = { executed: 2, withheld: 1, bytes: bytesIn(mixed) };
    expect(await auditBlocks(mixed, tools)).toEqual({ ...whole, ...partly });
    // After a gap nothing is executed, but every record that is there is still hashed.
    const changed = copyOf(mixed[4]!);
    changed[changed.length - 40]! ^= 1;
    expect(await auditBlocks(mixed.with(4, changed), tools)).toMatchObject({ ok: false, height: 4 });
    const altered = copyOf(blocks[3]!.subarray(0, headerBytes));
    altered[600]! ^= 1;
    const verdict = await verifyChain([...headers.slice(0, 3), altered, blocks[4]!], hasher);
    expect(verdict).toMatchObject({ ok: false, height: 4 });
  });
});

describe("a private market", () => {
  const opening = { engine, participants: ["ann", "bob"], startMs: 0, privacy: "private" as const };
  async function trades(options: Partial<Parameters<typeof openMarket>[0]> = {}) {
    const market = await openMarket({ ...opening, ...options });
    for (let period = 1; period <= 3; period += 1) {
      market.submit({
        participant: "ann",
        carrier: "electricity",
        side: "offer",
        quantity: "2.5",
        price: "0.08",
      });
      market.submit({ participant: "bob", carrier: "electricity", side: "bid", quantity: "1", price: "0.3" });
      await market.clearPeriod(period * 30_000);
    }
    return market;
  }

  it("draws another secret for each period, where none are given", async () => {
    const [one, two] = [await trades(), await trades()];
    const secrets = new Set<string>();
    for (const market of [one, two])
      for await (const bytes of market.store.blocks()) secrets.add(hex(decodeBlock(bytes).secret!));
    expect(secrets.size).toBe(8);
    expect(hex(one.store.root())).not.toBe(hex(two.store.root()));
  });

  it("clears as an open one does, and stands in its store ready to go on", async () => {
    const store = await openMemoryStore({ hasher });
    const market = await trades({ store });
    const open = await trades({ privacy: "open" });
    const { sections, header } = market.last!.block;
    expect(sections).toEqual(open.last!.block.sections);
    expect(header.totals).toEqual(open.last!.block.header.totals);
    const again = await openMarket({ ...opening, store });
    expect(again.period).toBe(market.period);
    await again.clearPeriod(200_000);
    expect(await auditBlocks(store.blocks(), tools)).toMatchObject({ ok: true, executed: 5 });
    await expect(openMarket({ ...opening, privacy: "open", store })).rejects.toThrow(/market/);
  });

  it("is not harmed by a source that gives no secrets, and does not show what it gave", async () => {
    const wrong: unknown[] = [null, new Uint8Array(31).fill(0xab), "ab".repeat(32), new Uint8Array(64)];
    let given: unknown = new Uint8Array(32);
    const market = await openMarket({ ...opening, secrets: () => given as Uint8Array });
    for (given of wrong) {
      const error = await market.clearPeriod(30_000).catch((thrown: Error) => thrown);
      expect(`${error}`).toMatch(/secrets: wanted 32 bytes for each period, got something else/);
    }
    given = new Uint8Array(32).fill(1);
    const { block } = await market.clearPeriod(30_000);
    (given as Uint8Array).fill(2);
    expect(hex(block.secret!)).toBe("01".repeat(32));
    await expect(openMarket({ ...opening, secrets: 5 as never })).rejects.toThrow("secrets");
    await expect(openMarket({ ...opening, privacy: "secret" as never })).rejects.toThrow("privacy");
  });

  it("is served to everybody without records, and to auditors with them", async () => {
    const market = await trades();
    const blocks = await collected(market.store);
    const history = new HistoryTree(hasher);
    for (const bytes of blocks) history.append(hashOfBlock(decodeBlock(bytes), hasher));
    const served = {
      hasher,
      history,
      block: async (height: number) => blocks[height] ?? null,
      checkpoint: () => "note",
    };
    const everybody = serveLedger(served);
    const auditor = serveLedger({ ...served, discloses: true });
    expect(await everybody("block/2")).toEqual(blocks[2]!.subarray(0, headerBytes));
    expect(await auditor("block/2")).toEqual(blocks[2]);
    expect(await everybody("header/2")).toEqual(await auditor("header/2"));
    expect(await everybody("proof/4/2")).toEqual(await auditor("proof/4/2"));
    expect(await everybody("checkpoint")).toEqual(toUtf8("note"));
    for (const section of ["orders", "trades", "contracts", "state"])
      expect(await everybody(`proof/4/2/${section}/0`), section).toBeNull();
    const text = new TextDecoder().decode((await auditor("proof/4/2/trades/0"))!);
    expect(recordOf(decodeProof(text).record!)).toEqual(market.last!.block.sections.trades.subarray(0, 40));
  });
});
