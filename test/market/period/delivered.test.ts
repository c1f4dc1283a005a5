import { describe, expect, inject, it } from "vitest";
import { openEngine } from "../../../src/core/engine.js";
import { buildBlock, hashOfBlock } from "../../../src/ledger/format/block.js";
import { decodeRecords, encodeRecords, readRecord } from "../../../src/ledger/format/layout.js";
import { flowLayout, postingLayout } from "../../../src/ledger/format/records.js";
import { stateSections } from "../../../src/ledger/format/sections.js";
import { bookLayout, meterLayout } from "../../../src/ledger/format/state.js";
import { meterOf, openProof } from "../../../src/ledger/proof/proof.js";
import { proveBlock, proveMeter, proveRecord } from "../../../src/ledger/proof/prove.js";
import { HistoryTree } from "../../../src/ledger/tree/history.js";
import type { PaymentContract } from "../../../src/market/contracts/contracts.js";
import { openMarket } from "../../../src/market/open.js";
import { openReplay } from "../../../src/market/replay.js";
import { statement } from "../../../src/report/statement.js";
import { undeliveredByTheBook } from "../../oracle/deliveredmarket.js";
import { blocksOf, runScenario } from "../../support/scenario.js";

const engine = await openEngine();
const tariff = { retail: 9, feedIn: 2, shortagePrice: 9, surplusPrice: 2 };
const carrier = "electricity";

/** One seller and two buyers at 5 a unit; 10 sold, 6 to the first who bid. */
async function open(delivered: "fifo" | "proportional" | undefined, credit: string | null = null) {
  const from = { version: 1, from: 0 } as const;
  const market = await openMarket({
    engine,
    startMs: 0,
    quantityTick: "1",
    priceTick: "1",
    metering: { window: 2, corrections: 3, missing: "last", ...(delivered && { delivered }) },
    tariffs: { [carrier]: tariff },
    clearing: { [carrier]: { mechanism: "merit", pricing: "uniform", pool: null } },
    participants: ["roof", "ann", "bob"],
    contracts: [
      {
        kind: "supply",
        ...from,
        participant: "roof",
        carrier,
        limit: 100,
        pool: false,
        collateral: "0",
      },
      ...(credit === null
        ? []
        : [{ kind: "participant", version: 2, from: 0, id: "bob", creditLimit: credit } as const]),
    ],
  });
  const put = (participant: string, side: "offer" | "bid", quantity: number, price: number): void => {
    const answer = market.submit({ participant, carrier, side, quantity: `${quantity}`, price: `${price}` });
    expect(answer.status).toBe("accepted");
  };
  put("roof", "offer", 10, 5);
  put("ann", "bid", 6, 7);
  put("bob", "bid", 4, 5);
  const { period } = await market.clearPeriod(1);
  const say = (participant: string, drawn: number, injected: number, version = 1): void => {
    const said = { participant, carrier, period, in: `${drawn}`, out: `${injected}`, version } as const;
    expect(market.report(said).status).toBe("accepted");
  };
  const flows = async (): Promise<string[]> => {
    const { block } = await market.clearPeriod(2);
    return decodeRecords(flowLayout, block.sections.flows).map(({ kind, party, order, quantity, amount }) =>
      [kind, party, order, quantity, amount].join(" "),
    );
  };
  const balances = (): bigint[] => ["roof", "ann", "bob"].map((id) => market.balance(id));
  return { market, say, flows, balances, period };
}

describe("trades that count as delivered", () => {
  it.each([
    ["fifo", ["undelivered 2 0 2 10"], [40n, -30n, -10n - 18n]],
    ["proportional", ["undelivered 1 0 1 5", "undelivered 2 0 1 5"], [40n, -25n - 9n, -15n - 9n]],
    [undefined, [], [50n - 18n, -30n, -20n]],
  ] as const)("a seller's shortfall falls on them by %s", async (rule, wanted, money) => {
    const { say, flows, balances } = await open(rule);
    say("roof", 0, 8);
    say("ann", 6, 0);
    say("bob", 4, 0);
    expect(await flows()).toEqual(wanted);
    expect(balances()).toEqual(money);
  });

  it("what a buyer does not take is its seller's to give elsewhere, and a correction settles again", async () => {
    const { say, flows, balances, market } = await open("fifo");
    say("roof", 0, 10);
    say("ann", 2, 0);
    say("bob", 4, 0);
    expect(await flows()).toEqual(["undelivered 1 0 4 20"]);
    expect(balances()).toEqual([30n + 8n, -10n, -20n]);
    say("ann", 6, 0, 2);
    expect(await flows()).toEqual(["delivered 1 0 4 20"]);
    expect(balances()).toEqual([50n, -30n, -20n]);
    // The same once more changes nothing.
    say("ann", 6, 0, 3);
    expect(await flows()).toEqual([]);
    const replay = openReplay(engine);
    for (const block of await blocksOf(market.store)) replay.replay(block);
    for (const [number, balance] of balances().entries())
      expect(replay.state.accounts.of(number)).toBe(balance);
    const found = await statement(market.store.blocks(), "ann");
    expect(found.balance).toBe(-30n);
    expect(found.entries.map(({ entry, energy, amount }) => [entry, energy, amount])).toEqual([
      ["bought", 6n, -30n],
      ["undelivered", -4n, 20n],
      ["undelivered", 4n, -20n],
    ]);
  });

  it("a meter that can't pay is stood in for, by one sum of flows and imbalance, whatever came first", async () => {
    const run = async (order: readonly ("roof" | "ann" | "bob")[]) => {
      const { say, market, balances } = await open("fifo", "36");
      const said = { roof: [0, 8], ann: [6, 0], bob: [8, 0] } as const;
      for (const id of order) say(id, said[id][0], said[id][1]);
      const { block } = await market.clearPeriod(2);
      const postings = decodeRecords(postingLayout, block.sections.postings);
      return { balances: balances(), postings: postings.map(({ kind, amount }) => [kind, amount]) };
    };
    // Bob had 36 of credit and paid 20; he gets 10 back, and owes 54.
    const wanted = {
      balances: [40n, -30n, -36n],
      postings: [
        ["imbalance", 54n],
        ["default", 28n],
      ],
    };
    expect(await run(["roof", "ann", "bob"])).toEqual(wanted);
    expect(await run(["bob", "ann", "roof"])).toEqual(wanted);
  });

  it("a replay finds a flow that is not what meters come to", async () => {
    const { say, market } = await open("fifo");
    say("roof", 0, 8);
    say("ann", 6, 0);
    say("bob", 4, 0);
    await market.clearPeriod(2);
    const [genesis, cleared, settled] = await blocksOf(market.store);
    const flows = decodeRecords(flowLayout, settled!.sections.flows);
    const lie = encodeRecords(flowLayout, [{ ...flows[0]!, quantity: 1, amount: 5n }]);
    const { header, sections, secret } = settled!;
    const state = Object.fromEntries(stateSections.map((name) => [name, header.sections[name]]));
    const changed = { ...sections, flows: lie };
    const block = buildBlock({ ...header, signed: false, secret, sections: changed, state }, engine);
    const replay = openReplay(engine);
    replay.replay(genesis!);
    replay.replay(cleared!);
    expect(() => replay.replay(block)).toThrow(/flows/);
  });

  it("refuses a rule that it does not know", async () => {
    const { market } = await open("fifo");
    const payment = market.state.contract("payment") as PaymentContract;
    const delivered = "lifo" as "fifo";
    const answer = market.propose({
      ...payment,
      version: 2,
      from: market.period + 1,
      metering: { ...payment.metering!, delivered },
    });
    expect(answer.status === "refused" && answer.error.message).toContain(
      "metering.delivered: wanted fifo or proportional",
    );
  });

  it("proves a meter of a book that has trades, and no other beside them", async () => {
    const { market } = await open("proportional");
    const replay = openReplay(engine);
    const blocks = await blocksOf(market.store);
    for (const block of blocks) replay.replay(block);
    const block = blocks.at(-1)!;
    const history = new HistoryTree(engine);
    for (const each of blocks) history.append(hashOfBlock(each, engine));
    const books = replay.state.records("books", engine);
    const record = proveRecord(block, { section: "books", index: 0, state: books }, engine);
    const held = [...replay.state.books.values()][0]!.encode();
    const meter = proveMeter(record, held, 1, engine);
    const proof = { ...proveBlock(history, block.header, record), meter };
    expect(readRecord(meterLayout, meterOf(openProof(proof, engine).meter!), 0).tradedIn).toBe(6);
    expect(readRecord(bookLayout, books, 0).flags).toBe(4);
    for (const path of [[], meter.path.slice(1), [...meter.path, meter.path[0]!], [new Uint8Array(64)]])
      expect(() => openProof({ ...proof, meter: { ...meter, path } }, engine)).toThrow("proof of meter 1");
    expect(() => proveMeter(record, held.subarray(0, held.length - 20), 1, engine)).toThrow("meters");
  });

  it("members' statements come to their balances in random markets, and to what counts of their trades", async () => {
    const first = inject("propertySeed");
    let counted = 0;
    for (let seed = first; seed < first + 12; seed += 1) {
      const { store } = await runScenario(engine, seed, {
        participants: 5,
        periods: 8,
        isMetered: true,
      });
      // Not the market's own state: contracts of its open period have begun there.
      const replay = openReplay(engine);
      for (const block of await blocksOf(store)) replay.replay(block);
      for (let number = 0; number < 5; number += 1) {
        const { entries, balance } = await statement(store.blocks(), `p${number}`);
        expect(balance, `seed ${seed}`).toBe(replay.state.accounts.of(number));
        counted += entries.filter(({ entry }) => entry === "undelivered").length;
      }
    }
    expect(counted).toBeGreaterThan(20);
  });
});

describe("the oracle of what was delivered", () => {
  it("gives the page's worked case", () => {
    const deals = [
      { seller: 0, buyer: 1, quantity: 3n, price: 1n },
      { seller: 0, buyer: 2, quantity: 1n, price: 1n },
    ];
    const none = { contractIn: 0n, contractOut: 0n };
    const said = [
      { in: 0n, out: 2n, ...none },
      { in: 3n, out: 0n, ...none },
      { in: 1n, out: 0n, ...none },
    ];
    expect(undeliveredByTheBook("fifo", deals, (who) => said[who]!)).toEqual([1n, 1n]);
    expect(undeliveredByTheBook("proportional", deals, (who) => said[who]!)).toEqual([1n, 1n]);
  });
});
