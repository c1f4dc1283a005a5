// The statement of a participant and the sums over a ledger, as library functions over blocks.
import { beforeAll, describe, expect, it } from "vitest";
import { copyOf, viewOf } from "../../src/bytes.js";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { decodeBlock } from "../../src/ledger/format/block.js";
import { offsetsOf } from "../../src/ledger/format/layout.js";
import { tradeLayout } from "../../src/ledger/format/records.js";
import { openMarket } from "../../src/market/open.js";
import {
  exportCsv,
  exportJson,
  exportParquet,
  statement,
  summarize,
  tables,
  writeLedgerFile,
} from "../../src/report/index.js";
import { formatTicks } from "../../src/units.js";
import { participant } from "../support/terms.js";

let engine: Engine;
let blocks: Uint8Array[];

/** A market that counts Wh and cents, in which bob buys 2.5 kWh of ann at 0.30; carol comes a period later. */
beforeAll(async () => {
  engine = await openEngine();
  const market = await openMarket({
    engine,
    participants: ["ann", "bob"],
    quantityTick: "0.001",
    priceTick: "0.01",
  });
  const order = { carrier: "electricity", quantity: "2.5" } as const;
  market.submit({ ...order, participant: "ann", side: "offer", price: "0.08" });
  market.submit({ ...order, participant: "bob", side: "bid", price: "0.3" });
  await market.clearPeriod(1);
  market.propose(participant("carol", market.period + 1));
  await market.clearPeriod(2);
  await market.clearPeriod(3);
  blocks = [];
  for await (const bytes of market.store.blocks()) blocks.push(bytes);
});

/** The blocks with the price of the first trade changed, its root left as it was. */
const altered = (): Uint8Array[] => {
  const bytes = copyOf(blocks[1]!);
  const { trades } = decodeBlock(bytes).sections;
  viewOf(trades).setInt32(offsetsOf(tradeLayout).usePrice, 90, true);
  return [blocks[0]!, bytes, ...blocks.slice(2)];
};

describe("statement", () => {
  it("counts in the market's own ticks", async () => {
    const { ticks, entries, balance, blocks: read } = await statement(blocks, "bob");
    expect(read).toBe(4);
    expect(formatTicks(balance, ticks.amount)).toBe("-0.75");
    const bought = entries.find(({ entry }) => entry === "bought")!;
    expect(bought).toMatchObject({ counterparty: "ann", carrier: "electricity" });
    expect(formatTicks(bought.energy, ticks.quantity)).toBe("2.5");
    expect(formatTicks(bought.price!, ticks.price)).toBe("0.3");
    expect(formatTicks(bought.amount, ticks.amount)).toBe("-0.75");
  });

  it("takes heights from and to", async () => {
    expect((await statement(blocks, "bob", { from: 2 })).entries).toEqual([]);
    const first = await statement(blocks, "bob", { to: 2 });
    expect(first).toMatchObject({ blocks: 2, entries: [{ entry: "bought" }] });
    expect((await statement(blocks, "bob", { to: 1 })).balance).toBe(0n);
    await expect(statement(blocks, "bob", { from: 2, to: 2 })).rejects.toMatchObject({
      code: "invalid",
      field: "to",
    });
  });

  it("knows who came after genesis, and nobody who never came", async () => {
    expect(await statement(blocks, "carol")).toMatchObject({ blocks: 4, balance: 0n });
    await expect(statement(blocks, "dave")).rejects.toMatchObject({
      code: "invalid",
      field: "participant",
      wanted: "one of ann, bob, carol",
    });
    await expect(statement([], "ann")).rejects.toMatchObject({ code: "invalid" });
  });
});

describe("a ledger that was altered", () => {
  it("is refused, with its height, by everything that reads one", async () => {
    const drain = async (pieces: AsyncIterable<unknown>): Promise<void> => {
      for await (const _ of pieces);
    };
    const readers: readonly (() => Promise<unknown>)[] = [
      () => statement(altered(), "bob"),
      () => summarize(altered()),
      () => drain(exportJson(altered(), engine)),
      () => drain(writeLedgerFile(altered(), engine)),
      ...tables.flatMap(({ name }) => [
        () => drain(exportCsv(altered(), name, engine)),
        () => exportParquet(altered(), name, engine),
      ]),
    ];
    for (const read of readers) await expect(read()).rejects.toMatchObject({ code: "corrupt", height: 1 });
  });
});

describe("summary", () => {
  it("counts in the market's own ticks, and closes", async () => {
    const { ticks, energy, money, participants } = await summarize(blocks);
    expect(participants).toBe(3);
    expect(money.closes).toBe(true);
    expect(energy.electricity.closes).toBe(true);
    expect(formatTicks(energy.electricity.sources.traded, ticks.quantity)).toBe("2.5");
    expect(formatTicks(energy.electricity.averagePrice!, ticks.price)).toBe("0.3");
  });
});
