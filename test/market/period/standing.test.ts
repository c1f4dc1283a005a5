// Orders that stand: what each rule comes to, what takes their place, and that a replay makes them again.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hex } from "../../../src/bytes.js";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import type { Block } from "../../../src/ledger/format/block.js";
import { decodeRecords, encodeRecords, offsetsOf } from "../../../src/ledger/format/layout.js";
import { type OrderRecord, orderLayout, standingRevision } from "../../../src/ledger/format/records.js";
import { checkEvidence, checkRevisions } from "../../../src/ledger/keys/coverage.js";
import { KeyDirectory } from "../../../src/ledger/keys/directory.js";
import { memoryMedium, openMemoryStore } from "../../../src/ledger/store/memory.js";
import type { Contract } from "../../../src/market/contracts/contracts.js";
import type { StandingQuantity } from "../../../src/market/contracts/standingorder.js";
import type { Market } from "../../../src/market/market.js";
import { type MarketOptions, openMarket } from "../../../src/market/open.js";
import { openReplay } from "../../../src/market/replay.js";
import { keepSnapshotAt, readSnapshot } from "../../../src/market/snapshots.js";
import { writeLedgerFile } from "../../../src/report/export/file.js";
import { blocksOf } from "../../support/scenario.js";
import {
  checkLedger,
  openSigned,
  order,
  signatures,
  signContract,
  signOrder,
} from "../../support/signedmarket.js";
import { runStanding } from "../../support/standing.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const dated = { version: 1, from: 0 };
const electricity = { carrier: "electricity" } as const;
/** A member's consent to ask, or to offer, by a rule. */
const use = (participant: string, quantity: StandingQuantity, more = {}): Contract => ({
  kind: "use",
  ...dated,
  participant,
  ...electricity,
  limit: 5_000_000,
  interruptible: 0,
  interruptionPrice: 0,
  import: false,
  standing: { price: 300_000, quantity },
  ...more,
});
const supply = (participant: string, quantity: StandingQuantity, more = {}): Contract => ({
  kind: "supply",
  ...dated,
  participant,
  ...electricity,
  limit: 5_000_000,
  collateral: "0",
  standing: { price: 100_000, quantity },
  ...more,
});
const fixed = (amount: number) => ({ rule: "fixed", amount }) as const;
/** A market of six hours a period with meters. */
const open = (contracts: readonly Contract[], more: Partial<MarketOptions> = {}): Promise<Market> =>
  openMarket({
    engine,
    startMs: 0,
    periodMs: 21_600_000,
    participants: ["ann", "bob", "cem"],
    metering: { window: 2, corrections: 2, missing: "zero" },
    contracts,
    ...more,
  });
const report = (
  market: Market,
  participant: string,
  period: number,
  taken: string,
  given = "0",
  version = 1,
) => market.report({ participant, ...electricity, period, in: taken, out: given, version }).status;
const ordersOf = ({ sections }: Block): OrderRecord[] => decodeRecords(orderLayout, sections.orders);
const cleared = async (market: Market): Promise<OrderRecord[]> =>
  ordersOf((await market.clearPeriod(market.period * 1_000)).block);
const quantities = async (market: Market, periods: number): Promise<number[]> => {
  const found: number[] = [];
  for (let index = 0; index < periods; index += 1) {
    const orders = await cleared(market);
    found.push(orders[0]?.quantity ?? 0);
  }
  return found;
};

describe("a standing order", () => {
  it("trades for a member who never sends one, behind those who do, by number", async () => {
    const market = await open([use("cem", fixed(1_000_000)), supply("ann", fixed(2_000_000))]);
    market.submit({ participant: "bob", ...electricity, side: "bid", quantity: "1", price: "0.2" });
    const seen: number[] = [];
    market.on("order", ({ sequence, participant, period }) => seen.push(sequence, participant, period));
    const announced = decodeRecords(orderLayout, market.openOrders.standing());
    const { block } = await market.clearPeriod(1);
    expect(ordersOf(block)).toEqual([
      { participant: 1, ...electricity, side: "bid", revision: 0, quantity: 1_000_000, price: 200_000 },
      { participant: 0, ...electricity, side: "offer", revision: 65535, quantity: 2_000_000, price: 100_000 },
      { participant: 2, ...electricity, side: "bid", revision: 65535, quantity: 1_000_000, price: 300_000 },
    ]);
    expect(ordersOf(block).slice(1)).toEqual(announced);
    expect(block.header.totals.electricity.traded).toBe(2_000_000n);
    expect(seen).toEqual([1, 0, 1, 2, 2, 1]);
  });

  it("gives way to an order of one's own on either side, and to one that was taken back", async () => {
    const market = await open([use("ann", fixed(7)), use("bob", fixed(8)), use("cem", fixed(9))]);
    market.submit({ participant: "ann", ...electricity, side: "offer", quantity: "1", price: "0.2" });
    market.submit({ participant: "bob", ...electricity, side: "bid", quantity: "1", price: "0.2" });
    market.withdraw("bob", "electricity");
    expect(market.withdraw("cem", "electricity")).toMatchObject({ status: "accepted", replaced: null });
    // Once is enough.
    expect(market.withdraw("cem", "electricity").status).toBe("refused");
    expect(market.openOrders.standing().length).toBe(0);
    expect((await cleared(market)).map(({ revision }) => revision)).toEqual([0, 0, 1, 0]);
    expect((await cleared(market)).map(({ quantity }) => quantity)).toEqual([7, 8, 9]);
  });

  it("is taken back on its own side alone, and by nobody who has none", async () => {
    const market = await open([use("ann", fixed(7))]);
    const back = { ...electricity, quantity: "0", price: "0" } as const;
    expect(market.submit({ participant: "ann", side: "offer", ...back }).status).toBe("refused");
    expect(market.submit({ participant: "bob", side: "bid", ...back }).status).toBe("refused");
    expect(market.submit({ participant: "ann", side: "bid", ...back }).status).toBe("accepted");
  });

  it("is what the meter said last, net, at most its most, and of sealed blocks alone", async () => {
    const market = await open([use("ann", { rule: "last", most: 3_000_000 })]);
    expect(await cleared(market)).toEqual([]);
    expect(report(market, "ann", 1, "2", "0.5")).toBe("accepted");
    // What came in the open period does not count in it.
    expect(await cleared(market)).toEqual([]);
    expect(report(market, "ann", 1, "9", "0", 2)).toBe("accepted");
    expect(await quantities(market, 2)).toEqual([1_500_000, 3_000_000]);
    expect(report(market, "ann", 3, "0.5", "0.75")).toBe("accepted");
    // Fed in more than drawn: nothing to ask for.
    expect(await quantities(market, 2)).toEqual([3_000_000, 0]);
  });

  it("is what the meter said in the same period of the day before", async () => {
    const market = await open([supply("ann", { rule: "dayBefore" })]);
    await market.clearPeriod(1);
    for (let period = 1; period < 6; period += 1) {
      report(market, "ann", period, "0", `${period}`);
      await market.clearPeriod(1);
    }
    // Period 7 begins; what was said of 3 and 4 is asked for, of 5 capped by the contract, of 6 nothing was said.
    expect(market.period).toBe(7);
    report(market, "ann", 4, "0", "4.5", 2);
    expect(await quantities(market, 4)).toEqual([3_000_000, 4_500_000, 5_000_000, 0]);
  });

  it("is one order of both contracts: the difference, on the side of the larger", async () => {
    const market = await open([
      ...[use("ann", fixed(7)), supply("ann", fixed(10))],
      ...[use("bob", fixed(9)), supply("bob", fixed(5))],
      ...[use("cem", fixed(4)), supply("cem", fixed(4))],
    ]);
    expect((await cleared(market)).map(({ side, quantity, price }) => [side, quantity, price])).toEqual([
      ["offer", 3, 100_000],
      ["bid", 4, 300_000],
    ]);
  });

  it("is left out where its participant can't pay for it, and comes back when he can", async () => {
    const poor = { kind: "participant", ...dated, id: "dan", creditLimit: "0" } as const;
    const market = await open([poor, use("dan", fixed(1_000_000)), use("ann", fixed(5))]);
    expect(market.openOrders.standing().length).toBe(32);
    expect((await cleared(market)).map(({ quantity }) => quantity)).toEqual([5]);
    const amount = `${300_000 * 1_000_000}`;
    const deposit = { kind: "deposit", version: 1, from: 3, participant: "dan", amount, number: 1 } as const;
    market.propose(deposit);
    expect((await cleared(market)).length).toBe(1);
    expect((await cleared(market)).map(({ quantity }) => quantity)).toEqual([5, 1_000_000]);
  });

  it("ends with its contract, and changes with it", async () => {
    const market = await open([use("ann", fixed(7))]);
    market.propose(use("ann", fixed(8), { version: 2, from: 2 }));
    market.propose({ kind: "end", version: 1, from: 3, contract: "use/electricity/ann" });
    expect(await quantities(market, 3)).toEqual([7, 8, 0]);
  });

  it("is cut by a converter's input and counted among the least members as any other", async () => {
    const pump = {
      kind: "converter",
      ...dated,
      device: "pump",
      participant: "ann",
      input: "electricity",
      output: "heat",
      ratio: 3_000_000,
      linked: false,
    } as const;
    const market = await open([
      pump,
      use("ann", fixed(1_000)),
      supply("bob", fixed(600)),
      supply("ann", fixed(5_000), { carrier: "heat" }),
      use("cem", fixed(5_000), { carrier: "heat" }),
    ]);
    const { block } = await market.clearPeriod(1);
    // 600 of electricity make 1,800 of heat.
    expect(block.header.totals.heat.traded).toBe(1_800n);
  });
});

describe("signed and logged markets", () => {
  it("need no signature on it, and accept none", async () => {
    const market = await openSigned();
    const contract = { ...use("ann", fixed(7)), version: 2, from: 2 } as Contract;
    await market.propose(contract, await signContract(contract, market.id));
    await market.clearPeriod(1);
    expect((await cleared(market)).map(({ revision }) => revision)).toEqual([standingRevision]);
    await checkLedger(market.store);
    // A signature that somebody gave for something else makes no standing order.
    const sent = order("ann", "bid", "1", "0.3");
    await market.submit(sent, await signOrder(market, sent));
    await market.clearPeriod(1);
    const blocks = await blocksOf(market.store);
    const directory = new KeyDirectory();
    for (const block of blocks.slice(0, -1)) await checkEvidence(block, directory, signatures, engine);
    const last = blocks.at(-1)!;
    const orders = last.sections.orders.slice();
    new DataView(orders.buffer).setUint16(offsetsOf(orderLayout).revision, standingRevision, true);
    const forged = { ...last, sections: { ...last.sections, orders } };
    await expect(checkEvidence(forged, directory, signatures, engine)).rejects.toThrow(
      'orders[0]: wanted no signature, got "one"',
    );
  });

  it("have it alone of its participant and carrier", () => {
    const revisions = (...found: number[]): Uint8Array =>
      encodeRecords(
        orderLayout,
        found.map((revision) => ({
          ...{ participant: 4, ...electricity, side: "bid" as const },
          ...{ revision, quantity: 1, price: 1 },
        })),
      );
    checkRevisions(revisions(standingRevision));
    for (const found of [
      [0, standingRevision],
      [standingRevision, 0],
      [standingRevision, standingRevision],
    ])
      expect(() => checkRevisions(revisions(...found))).toThrow("orders[1].revision");
  });

  it("make it again when they are opened again: nothing of it is in the log", async () => {
    const medium = memoryMedium();
    const options = async () => ({
      log: true as const,
      store: await openMemoryStore({ hasher: engine }, medium),
    });
    const contracts = [use("ann", fixed(7)), use("bob", fixed(8))];
    const first = await open(contracts, await options());
    await first.withdraw("bob", "electricity");
    expect((await first.store.log())!.entries.length).toBe(1);
    await first.store.close();
    const again = await open(contracts, await options());
    expect((await cleared(again)).map(({ quantity }) => quantity)).toEqual([0, 7]);
  });
});

describe("a replay", () => {
  it("finds a standing order that was changed, left out, added or moved", async () => {
    const market = await open([use("ann", fixed(7)), supply("bob", fixed(8))]);
    market.submit({ participant: "cem", ...electricity, side: "bid", quantity: "1", price: "0.2" });
    await market.clearPeriod(1);
    const [genesis, block] = await blocksOf(market.store);
    const { orders } = block!.sections;
    const changed = (place: number): Uint8Array => {
      const copy = orders.slice();
      copy[place]! ^= 1;
      return copy;
    };
    const at = offsetsOf(orderLayout);
    const [sent, ann, bob] = [0, 16, 32].map((from) => orders.slice(from, from + 16)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const joined = (...parts: Uint8Array[]): Uint8Array => Buffer.concat(parts);
    for (const [what, bytes] of [
      ["orders[1].quantity", changed(16 + at.quantity)],
      ["orders[2].price", changed(32 + at.price)],
      ["orders[1].side", changed(16 + at.side)],
      ["orders", joined(sent, ann)],
      ["orders", joined(sent, ann, bob, bob)],
      ["orders[1].participant", joined(sent, bob, ann)],
      ["orders[0].participant", joined(ann, sent, bob)],
    ] as const) {
      const replay = openReplay(engine);
      replay.replay(genesis!);
      expect(
        () => replay.replay({ ...block!, sections: { ...block!.sections, orders: bytes } }),
        what,
      ).toThrow(`block 1: ${what}`);
    }
  });
});

describe("random markets", () => {
  it("make the orders that their contracts and readings come to, from genesis and from any snapshot", async () => {
    let rules = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(0xffff_ffff), async (seed) => {
        const { market, store, expected } = await runStanding(engine, seed, 14);
        const blocks = await blocksOf(store);
        for (const block of blocks.slice(1)) {
          const made = ordersOf(block).filter(({ revision }) => revision === standingRevision);
          expect(made, `period ${block.header.period}`).toEqual(expected.get(block.header.period));
          rules += made.length;
        }
        for (let height = 1; height < blocks.length; height += 3) {
          await keepSnapshotAt(store, height, engine, (error) => {
            throw error;
          });
          const replay = openReplay(engine, await readSnapshot(store, height, engine));
          for (const block of blocks.slice(height + 1)) replay.replay(block);
          expect(hex(replay.hash)).toBe(hex(market.last!.hash));
        }
      }),
      { numRuns: 40 },
    );
    expect(rules).toBeGreaterThan(1_000);
  }, 120_000);
});

const python = spawnSync("python3", ["--version"]).status === 0;
describe.skipIf(!python)("a thousand members who never order, and two who do", () => {
  const folder = mkdtempSync(join(tmpdir(), "gridclear-standing-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("clear, replay, and are verified in Python", async () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => `home-${index}`);
    const market = await openMarket({
      engine,
      startMs: 0,
      participants: ["wind", "works", ...ids],
      contracts: ids.map((id, index) =>
        index % 4 === 0 ? supply(id, fixed(900 + index)) : use(id, fixed(200 + (index % 7))),
      ),
    });
    market.submit({ participant: "wind", ...electricity, side: "offer", quantity: "0.01", price: "0.05" });
    market.submit({ participant: "works", ...electricity, side: "bid", quantity: "0.05", price: "0.35" });
    const { block } = await market.clearPeriod(1);
    expect(block.header.sections.orders.count).toBe(1_002);
    // All that is asked for: the offers are more and cheaper.
    const asked = ids.reduce((sum, _, index) => sum + (index % 4 === 0 ? 0 : 200 + (index % 7)), 50_000);
    expect(block.header.totals.electricity.traded).toBe(BigInt(asked));
    const replay = openReplay(engine);
    for (const each of await blocksOf(market.store)) replay.replay(each);
    const parts: Uint8Array[] = [];
    for await (const part of writeLedgerFile(market.store.blocks(), engine)) parts.push(part);
    const bytes = Buffer.concat(parts);
    const file = join(folder, "sound.gclf");
    writeFileSync(file, bytes);
    const script = fileURLToPath(new URL("../../ledger/verify.py", import.meta.url));
    const verified = (): unknown =>
      JSON.parse(spawnSync("python3", [script, file], { encoding: "utf8" }).stdout);
    expect(verified()).toMatchObject({ ok: true, size: 2, head: hex(market.last!.hash) });
    const place = bytes.indexOf(block.sections.orders.subarray(500 * 16, 501 * 16));
    bytes[place + offsetsOf(orderLayout).quantity]! ^= 1;
    writeFileSync(file, bytes);
    expect(verified()).toMatchObject({ ok: false });
  });
});
