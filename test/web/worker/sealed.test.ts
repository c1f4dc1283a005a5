// The period one looks at is that period of the day, and that block of its ledger.
import { describe, expect, it } from "vitest";
import { openEngine } from "../../../src/core/engine.js";
import { decodeBlock } from "../../../src/ledger/format/block.js";
import { readRecord } from "../../../src/ledger/format/layout.js";
import { flowLayout, orderLayout, tradeLayout } from "../../../src/ledger/format/records.js";
import { carriers } from "../../../src/units.js";
import { keyOf } from "../../../src/web/settings/effects.js";
import { consistent, defaults, type Settings } from "../../../src/web/settings/settings.js";
import { compare } from "../../../src/web/worker/compare.js";
import { runOf, tradedDay, tradeUntil } from "../../../src/web/worker/day.js";
import { walkPeriod } from "../../../src/web/worker/explain.js";
import { wordsOf } from "../../../src/web/worker/owners.js";
import { lastScene, type PeriodResult, period } from "../../../src/web/worker/period.js";
import type { Work } from "../../../src/web/worker/work.js";

const engine = await openEngine();
const told: number[] = [];
const work: Work<number> = {
  engine,
  tell: (part) => told.push(part),
  signal: new AbortController().signal,
};

/** A trade by who took part. */
type Deal = readonly [seller: string, buyer: string, quantity: number, price: number];

/** What the block of the period says of a carrier, read out of its records alone. */
function byBlock(key: string, { time, minutes, carrier }: Settings) {
  const { blocks, community, stores } = runOf(key);
  const { header, sections } = decodeBlock(blocks[1 + time / minutes]!);
  const orders = Array.from({ length: header.sections.orders.count }, (_, index) =>
    readRecord(orderLayout, sections.orders, index),
  );
  const nameOf = (order: number): string => wordsOf(community.members[orders[order]!.participant]!).name;
  const deals: Deal[] = [];
  for (let index = 0; index < header.sections.trades.count; index++) {
    const trade = readRecord(tradeLayout, sections.trades, index);
    if (trade.carrier !== carrier || trade.seller === "grid" || trade.buyer !== "order") continue;
    const seller = trade.seller === "order" ? nameOf(trade.offer) : `store of ${stores[trade.offer]!.id}`;
    deals.push([seller, nameOf(trade.bid), trade.quantity, trade.usePrice]);
  }
  const placed = orders
    .map((order, number) => ({ ...order, number }))
    .filter((order) => order.carrier === carrier)
    .map(({ side, number, quantity, price }) => [side, nameOf(number), quantity, price].join(" "));
  return { deals, placed: placed.sort() };
}

const community = (settings: Settings) => runOf(keyOf("day", settings, null)).community;

/** What the page shows of it. */
function byPage({ orders, tradeLines, offers, lots }: PeriodResult, settings: Settings) {
  const sellers = orders!.slice(0, offers + lots);
  const buyers = orders!.slice(offers + lots);
  const storeOf = (name: string): string => {
    const owner = name.replace(/^Battery of /, "");
    return `store of ${community(settings).members.find((member) => wordsOf(member).name === owner)!.id}`;
  };
  return {
    deals: tradeLines!.map(({ offer, bid, quantity, price }): Deal => {
      const { store, name } = sellers[offer]!;
      return [store ? storeOf(name) : name, buyers[bid]!.name, quantity, price];
    }),
    placed: orders!
      .filter(({ store }) => !store)
      .map(({ side, name, quantity, price }) => [side, name, quantity, price].join(" "))
      .sort(),
  };
}

const communities: Record<string, Partial<Settings>> = {
  "three homes": { members: 3, seed: 34 },
  "the first visitor's street": {},
  "one by merit order, paid alike": { mechanism: "merit", pricing: "uniform" },
  "a sunny village with stores, in whole lots": {
    members: 60,
    mix: "solar",
    lots: "whole",
    season: "spring",
  },
  "a town in winter": { members: 150, mix: "town", season: "winter", minutes: 60 },
  "a park with plants, a price by place": {
    ...{ members: 80, mix: "industry", mechanism: "merit", pricing: "uniform", pool: false, minutes: 60 },
  },
};

describe("a period of the day", () => {
  for (const [name, change] of Object.entries(communities))
    it(`has the orders and trades of its block, in every carrier: ${name}`, async () => {
      const base = consistent({ ...defaults, ...change });
      let deals = 0;
      for (let time = 0; time < 1440; time += 13 * base.minutes)
        for (const carrier of carriers) {
          const settings = { ...base, time, carrier };
          const shown = await period(work, { settings, own: null });
          const sealed = byBlock(keyOf("day", settings, null), settings);
          expect(byPage(shown, settings), `${carrier}, ${time}`).toEqual(sealed);
          deals += sealed.deals.length;
        }
      expect(deals).toBeGreaterThan(3);
    });

  it("of a street can be walked through, and the walk comes to the block's trades", async () => {
    let sold = 0;
    for (let time = 30; time < 1440; time += 90)
      for (const mechanism of ["value", "merit"] as const) {
        const settings = consistent({ ...defaults, time, mechanism });
        const shown = await period(work, { settings, own: null });
        expect(shown.walk, `${time} ${mechanism}`).toBe("small");
        const side = (wanted: "offer" | "bid") => shown.orders!.filter((order) => order.side === wanted);
        const walk = walkPeriod(side("offer"), side("bid"), shown.rules);
        expect([...walk.trades, ...walk.poolTrades]).toEqual(
          shown.tradeLines!.map(({ offer, bid, quantity, price }) => ({ offer, bid, quantity, price })),
        );
        sold += walk.poolTrades.length;
      }
    expect(sold).toBeGreaterThan(0);
  });

  it("shows a newcomer both phases, the pool and a store", async () => {
    const { orders, offers, rules, tradeLines } = await period(work, { settings: defaults, own: null });
    const side = (wanted: "offer" | "bid") => orders!.filter((order) => order.side === wanted);
    const walk = walkPeriod(side("offer"), side("bid"), rules);
    const phases = new Set(walk.steps.filter(({ quantity }) => quantity > 0).map(({ phase }) => phase));
    expect(phases).toEqual(new Set(["A", "B", "pool"]));
    const stores = tradeLines!.filter(({ offer }) => offer >= offers).length;
    expect(stores).toBeGreaterThan(0);
    expect(walk.poolTrades.length).toBeGreaterThan(stores);
  });

  it("ranks equal orders as the block's lottery drew them", async () => {
    const settings = consistent({ ...defaults, members: 100, mix: "industry", mechanism: "merit", seed: 19 });
    let decided = 0;
    for (let time = 0; time < 1440; time += 15) {
      const { orders, walk, tradeLines } = await period(work, { settings: { ...settings, time }, own: null });
      const asks = orders!.flatMap(({ side, store, price }) => (side === "offer" && !store ? [price] : []));
      // Too large to be walked through is not cut: its orders alone came to the block's trades.
      if (walk === "large" && !lastScene()!.cut && new Set(asks).size < asks.length && tradeLines!.length > 0)
        decided += 1;
    }
    expect(decided).toBeGreaterThan(0);
  });

  it("says of the grid what the block's records say", async () => {
    let moved = 0;
    for (let time = 15; time < 1440; time += 120) {
      const settings = { ...defaults, time };
      const { grid } = await period(work, { settings, own: null });
      const { header, sections } = decodeBlock(runOf(keyOf("day", settings, null)).blocks[1 + time / 15]!);
      const flows = Array.from({ length: header.sections.flows.count }, (_, index) =>
        readRecord(flowLayout, sections.flows, index),
      ).filter(({ carrier }) => carrier === "electricity");
      const sum = (wanted: string): number =>
        flows.reduce((all, { kind, quantity }) => all + (kind === wanted ? quantity : 0), 0);
      expect(grid).toEqual({ exported: sum("exported"), imported: sum("imported") });
      moved += grid!.imported;
    }
    expect(moved).toBeGreaterThan(0);
  });

  it("is what Compare says of it where more than its orders decided, and nothing is said where they alone did", async () => {
    const plants = communities["a park with plants, a price by place"]!;
    let apart = 0;
    for (const change of [plants, {}])
      for (let time = 0; time < 1440; time += 180) {
        const settings = consistent({ ...defaults, ...change, view: "compare", time });
        const { sealed } = await compare(work, { settings, own: null });
        const shown = await period(work, { settings: { ...settings, view: "period" }, own: null });
        const { deals } = byBlock(keyOf("day", settings, null), settings);
        const sold = deals.reduce((sum, [, , quantity]) => sum + quantity, 0);
        expect(sealed, `${time}`).toBe(shown.walk.endsWith("cut") ? sold : null);
        if (sealed !== null) apart += 1;
      }
    expect(apart).toBeGreaterThan(0);
  });

  it("adds up what buyers paid and sellers got, and nobody takes part to lose", async () => {
    const { orders, bands } = await period(work, { settings: defaults, own: null });
    const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
    const amounts = (side: "offer" | "bid"): number =>
      total(orders!.flatMap((order) => (order.side === side ? [order.amount] : [])));
    expect(amounts("bid")).toBe(total(bands.map(({ quantity, price }) => quantity * price)));
    expect(amounts("offer")).toBe(total(bands.map(({ quantity, received }) => quantity * received)));
    expect(amounts("offer")).toBeLessThan(amounts("bid"));
    for (const { gain } of orders!) expect(gain).toBeGreaterThanOrEqual(0);
  });

  it("tells how far the day has come, and leaves a day that another one replaced", async () => {
    told.length = 0;
    const settings = consistent({ ...defaults, members: 300, mix: "town", time: 1200 });
    const day = await tradedDay(engine, settings);
    const traded = tradeUntil(day, 96, work.signal);
    await tradedDay(engine, consistent({ ...settings, seed: 99 }));
    expect(await traded).toBe(false);
    expect(day.periods.length).toBeLessThan(96);
    await period(work, { settings, own: null });
    expect(told.length).toBeGreaterThan(0);
    expect([...told].sort((a, b) => a - b)).toEqual(told);
  });
});
