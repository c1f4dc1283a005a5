import { beforeAll, describe, expect, it } from "vitest";
import { hex } from "../../../src/bytes.js";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { decodeBlock } from "../../../src/ledger/format/block.js";
import { headerBytes } from "../../../src/ledger/format/header.js";
import { readRecord } from "../../../src/ledger/format/layout.js";
import { orderLayout, tradeLayout } from "../../../src/ledger/format/records.js";
import { openCommunity } from "../../../src/simulation/community.js";
import { bundledScenario } from "../../../src/simulation/scenarios/index.js";
import { openSimulation } from "../../../src/simulation/simulation.js";
import { carriers } from "../../../src/units.js";
import { through } from "../../../src/web/charts/map.js";
import { keyOf } from "../../../src/web/settings/effects.js";
import { defaults, type Settings } from "../../../src/web/settings/settings.js";
import { congestionWords, edgesOf } from "../../../src/web/views/congestion.js";
import { mapOf } from "../../../src/web/views/layers.js";
import { nodesOf, overDay, saidOf, tableOf } from "../../../src/web/views/network.js";
import { type DayPeriod, day, runOf } from "../../../src/web/worker/day.js";
import { block, paste, verify } from "../../../src/web/worker/ledger.js";
import { openNetwork } from "../../../src/web/worker/network.js";
import { scenarioOf } from "../../../src/web/worker/scenario.js";
import { openTally } from "../../../src/web/worker/tally.js";
import type { Work } from "../../../src/web/worker/work.js";
import { runScenario } from "../../support/scenario.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
const work = (tell: (news: readonly DayPeriod[]) => void = () => undefined) =>
  ({ engine, tell, signal: new AbortController().signal }) as Work<readonly DayPeriod[]> & Work<number>;

async function periodsOf(settings: Settings): Promise<DayPeriod[]> {
  const periods: DayPeriod[] = [];
  await day(
    work((news) => periods.push(...news)),
    settings,
  );
  return periods;
}

describe("the map of a period", () => {
  // Stores that are charged from the grid in the morning, a pool that exports, a market without one, other carriers'
  // plants.
  const communities: Partial<Settings>[] = [
    { minutes: 15 },
    { minutes: 60, mix: "town", members: 120, season: "winter" },
    { minutes: 60, mix: "solar", members: 80, weather: "clear" },
    { minutes: 60, mix: "industry", members: 60, mechanism: "merit", pricing: "uniform" },
    { minutes: 60, mix: "solar", pool: false },
  ];
  for (const change of communities)
    it(`loses and makes no energy: ${JSON.stringify(change)}`, async () => {
      const periods = await periodsOf({ ...defaults, view: "day", ...change });
      expect(periods).toHaveLength(1440 / change.minutes!);
      const seen = { charged: 0, imported: 0, exported: 0 };
      for (const { carriers: all, minutes } of periods)
        for (const carrier of carriers) {
          const period = all[carrier];
          const { nodes, flows } = mapOf(period);
          const sum = (end: "from" | "to", id: string): number =>
            flows.reduce((total, flow) => total + (flow[end] === id ? flow.quantity : 0), 0);
          const where = `${carrier} at ${minutes}`;
          for (const flow of flows) {
            expect(
              nodes.some(({ id }) => id === flow.from) && nodes.some(({ id }) => id === flow.to),
              where,
            ).toBe(true);
            expect(flow.quantity, where).toBeGreaterThan(0);
          }
          for (const { id, layer } of nodes) {
            if (layer === 1) expect(sum("from", id), `${where}: ${id}`).toBe(sum("to", id));
            else expect(sum(layer === 0 ? "to" : "from", id), `${where}: ${id}`).toBe(0);
            expect(through(flows, id)).toBe(Math.max(sum("from", id), sum("to", id)));
          }
          const { totals } = period;
          expect(sum("from", "direct"), where).toBe(totals.traded);
          expect(sum("from", "grid"), where).toBe(totals.imported);
          expect(sum("to", "charging"), where).toBe(totals.charged);
          expect(sum("from", "giving"), where).toBe(totals.discharged);
          expect(sum("to", "export"), where).toBe(totals.exported);
          const bought = flows.filter(({ from, to }) => from === "pool" && /^to-/.test(to));
          expect(
            bought.reduce((total, flow) => total + flow.quantity, 0),
            where,
          ).toBe(totals.sold);
          for (const key of ["charged", "imported", "exported"] as const) seen[key] += totals[key];
        }
      if (change.pool !== false) expect(seen.charged).toBeGreaterThan(0);
      expect(seen.imported).toBeGreaterThan(0);
    });
});

describe("the prices of a period", () => {
  it("are those among members and stores: what goes to the grid and comes from it has its tariff", async () => {
    const settings: Settings = {
      ...{ ...defaults, view: "day", minutes: 60, mix: "solar", members: 60, weather: "clear" },
      ...{ mechanism: "merit", pricing: "uniform", pool: false },
    };
    const periods = await periodsOf(settings);
    const { blocks } = runOf(keyOf("day", settings, null));
    const seen = { withGrid: 0, among: 0 };
    for (const [hour, { carriers: all }] of periods.entries()) {
      const { header, sections } = decodeBlock(blocks[hour + 1]!);
      const trades = Array.from({ length: header.sections.trades.count }, (_, index) =>
        readRecord(tradeLayout, sections.trades, index),
      ).filter(({ carrier }) => carrier === "electricity");
      const among = trades.filter(({ seller, buyer }) => seller !== "grid" && buyer !== "grid");
      const prices = among.map(({ usePrice }) => usePrice);
      const sum = (of: (trade: (typeof among)[number]) => number): number =>
        among.reduce((total, trade) => total + of(trade), 0);
      const mean = sum(({ quantity, usePrice }) => quantity * usePrice) / sum(({ quantity }) => quantity);
      expect(all.electricity.prices, `${hour}:00`).toEqual(
        among.length === 0 ? null : [Math.min(...prices), mean, Math.max(...prices)],
      );
      seen.withGrid += trades.length - among.length;
      seen.among += among.length;
    }
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
  });
});

describe("the network of a period", () => {
  it("has every edge within its limits, and loses what the blocks say", async () => {
    const settings: Settings = {
      ...defaults,
      view: "day",
      minutes: 15,
      mix: "solar",
      members: 100,
      weather: "clear",
    };
    const periods = await periodsOf(settings);
    const loss = new Map(
      scenarioOf(settings, 100).areas.electricity.map((area) => [area.name, area.loss] as const),
    );
    let full = 0;
    for (const { carriers: all, minutes } of periods) {
      const { areas, streams } = all.electricity;
      expect(areas[0]).toMatchObject({ name: "town", parent: null, in: 0, out: 0 });
      let lost = 0;
      for (const area of areas) {
        const where = `${area.name} at ${minutes}`;
        expect(area.in, where).toBeLessThanOrEqual(area.inLimit ?? Number.POSITIVE_INFINITY);
        expect(area.out, where).toBeLessThanOrEqual(area.outLimit ?? Number.POSITIVE_INFINITY);
        lost += Math.floor(((area.in + area.out) * loss.get(area.name)!) / 1_000_000);
        full += Number(area.held > 0 && area.out === area.outLimit);
      }
      expect(streams.lost).toBe(lost);
      expect(streams.lost).toBeGreaterThan(0);
      // The street that sends back little is drawn as full, and named.
      const nodes = nodesOf(areas, settings.minutes, overDay([areas]));
      expect(nodes.filter(({ colour }) => colour === "lack").map(({ name }) => name)).toEqual(
        areas.filter(({ held }) => held > 0).map(({ name }) => name),
      );
      for (const { name, held } of areas) if (held > 0) expect(saidOf(areas)).toContain(`${name} held back`);
      for (const carrier of ["heat", "cold", "gas"] as const) expect(all[carrier].areas).toEqual([]);
    }
    expect(full).toBeGreaterThan(0);
  });

  it("has prices, fees and rent where each area has a price", async () => {
    const scenario = bundledScenario("evening");
    const fees = new Map(scenario.areas.electricity.map(({ name, fee }) => [name, BigInt(fee)]));
    const community = openCommunity({ ...scenario, periodMs: 3_600_000, periods: 24 });
    const network = openNetwork(community);
    const periods = [];
    for await (const { block } of await openSimulation(community, { engine }))
      periods.push(network(block).electricity);
    const days = overDay(periods)!;
    let rents = 0;
    for (const [hour, areas] of periods.entries()) {
      for (const { name, parent, price, fees: paid, rent, in: came, out } of areas) {
        const where = `${name} at ${hour}`;
        if (parent === null) {
          expect([paid, rent], where).toEqual([0n, 0n]);
          continue;
        }
        const fee = fees.get(name)!;
        expect(paid, where).toBe(BigInt(came + out) * fee);
        // Rent is what the prices at both ends differ by beyond the fee, for no more than what crossed.
        if (rent === 0n) continue;
        const apart = BigInt(Math.abs(price! - areas[parent]!.price!)) - fee;
        expect(apart, where).toBeGreaterThan(0n);
        expect(rent % apart, where).toBe(0n);
        expect(rent / apart, where).toBeLessThanOrEqual(BigInt(came + out));
        rents += 1;
      }
      expect(nodesOf(areas, 60, days).map(({ colour }) => colour === "lack")).toEqual(
        areas.map(({ held, rent }) => held > 0 || rent > 0n),
      );
    }
    expect(rents).toBeGreaterThan(0);
  });

  /** Streets, where no store of its own stands that could buy as well. */
  const onlyHomes = ["elm", "oak", "mill", "quay"];
  const edge = {
    ...{ in: 2_000_000, out: 0, outLimit: null, inLimit: 2_000_000, held: 0 },
    ...{ bought: 2_000_000, paid: 2_000_000 * 250_000 },
  };
  const town = { ...edge, name: "town", parent: null, in: 0, inLimit: null, bought: 0, paid: 0 };
  const hour = (low: number | null, high: number | null, fees: bigint, rent: bigint) => [
    { ...town, price: low, fees: 0n, rent: 0n },
    { ...edge, name: "elm", parent: 0, price: high, fees, rent },
  ];

  it("says of an area its price and the mean of the day, and of its edge what it took", () => {
    const [now, later] = [
      hour(200_000, 300_000, 80_000_000_000n, 120_000_000_000n),
      hour(null, null, 0n, 0n),
    ];
    const days = overDay([now, later, hour(100_000, 140_000, 40_000_000_000n, 0n)])!;
    expect(nodesOf(now, 60, days)).toMatchObject([
      { lines: ["20.0 ct", "mean 15.0 ct"], ways: [] },
      {
        lines: ["30.0 ct", "mean 22.0 ct"],
        ways: [{ text: "in 2.0 of 2.0 kW" }, { text: "out 0.0 kW" }, { text: "took 20.00 ct", part: null }],
        colour: "lack",
      },
    ]);
    expect(saidOf(now)).toBe("elm kept prices apart");
    const { columns, rows } = tableOf(now, days, "now");
    expect(columns.slice(0, 6)).toEqual([
      "Area",
      "Price",
      "Mean of the day",
      "Fees",
      "Rent",
      "Both over the day",
    ]);
    expect(rows.map((cells) => cells.slice(0, 7))).toEqual([
      ["town", "20.0 ct", "15.0 ct", "", "", "", ""],
      ["elm", "30.0 ct", "22.0 ct", "8.00 ct", "12.00 ct", "24.00 ct", "town"],
    ]);
    for (const cells of rows) expect(cells).toHaveLength(columns.length);
    expect(tableOf(later, days, "later").rows[1]!.slice(1, 3)).toEqual(["none", "22.0 ct"]);
  });

  it("says nothing of prices where no area ever has one", () => {
    const areas = hour(null, null, 0n, 0n);
    expect(overDay([areas, areas])).toBeNull();
    expect(overDay([[]])).toBeNull();
    const [, elm] = nodesOf(areas, 60, null);
    expect(elm).toMatchObject({ lines: ["paid 25.0 ct"], ways: [{}, {}], colour: "demand" });
    const { columns, rows } = tableOf(areas, null, "now");
    expect(columns).toEqual([
      "Area",
      "Paid on average",
      "Lies in",
      "Came in",
      "At most",
      "Went out",
      "At most",
      "Held back",
    ]);
    expect(rows).toEqual([["elm", "25.0 ct", "town", "2.00 kWh", "2.00 kWh", "0 Wh", "none", "0 Wh"]]);
  });

  it("says of each line how full it was, when its limit decided, and what that held back", () => {
    const [free, apart] = [hour(200_000, 200_000, 0n, 0n), hour(200_000, 300_000, 0n, 40_000_000_000n)];
    const half = free.map((area) => ({ ...area, in: area.in / 2 }));
    const back = free.map((area) => ({ ...area, held: area.parent === null ? 0 : 500_000 }));
    const edges = edgesOf([half, free, apart, back]);
    expect(edges).toEqual([
      {
        name: "elm",
        loads: [
          { part: 0.5, tight: false },
          { part: 1, tight: false },
          { part: 1, tight: true },
          { part: 1, tight: true },
        ],
        ...{ tight: 2, most: 1, held: 500_000, rent: 40_000_000_000n },
      },
    ]);
    expect(congestionWords(edges)).toBe("elm was full in 2 periods");
    expect(congestionWords(edgesOf([half]))).toMatch(/^No line was full/);
    expect(edgesOf([half.map((area) => ({ ...area, inLimit: null }))])[0]!.most).toBeNull();
    expect(edgesOf([])).toEqual([]);
  });

  it("counts in each area what its own members bought, and at which price, as the block's trades say", async () => {
    const settings: Settings = { ...defaults, view: "day", minutes: 60, members: 60 };
    const periods = await periodsOf(settings);
    const run = runOf(keyOf("day", settings, null));
    const contracts = run.community.contracts(-1);
    const areaOf = contracts.flatMap((contract) =>
      contract.kind === "participant" ? [contract.areas?.electricity ?? "town"] : [],
    );
    let bought = 0;
    for (const [hour, { carriers: all }] of periods.entries()) {
      const { sections, header } = decodeBlock(run.blocks[hour + 1]!);
      const wanted = new Map<string, [number, number]>();
      for (let index = 0; index < header.sections.trades.count; index++) {
        const trade = readRecord(tradeLayout, sections.trades, index);
        if (trade.carrier !== "electricity" || trade.buyer !== "order") continue;
        const name = areaOf[readRecord(orderLayout, sections.orders, trade.bid).participant]!;
        const [quantity, paid] = wanted.get(name) ?? [0, 0];
        wanted.set(name, [quantity + trade.quantity, paid + trade.quantity * trade.usePrice]);
        bought += trade.quantity;
      }
      for (const area of all.electricity.areas)
        if (onlyHomes.includes(area.name))
          expect([area.bought, area.paid], `${area.name} at ${hour}`).toEqual(
            wanted.get(area.name) ?? [0, 0],
          );
    }
    expect(bought).toBeGreaterThan(0);
  });

  it("is left out where one price for all goes with a pool", () => {
    const uniform: Settings = { ...defaults, mechanism: "merit", pricing: "uniform" };
    expect(scenarioOf({ ...uniform, pool: true }, 40).areas.electricity).toEqual([]);
    expect(scenarioOf({ ...uniform, pool: false }, 40).areas.electricity.length).toBeGreaterThan(3);
  });
});

describe("the books over the blocks", () => {
  it("say what the market's own books say", async () => {
    const settings: Settings = { ...defaults, minutes: 60, commission: 20 };
    const community = openCommunity(scenarioOf(settings, 40));
    const simulation = await openSimulation(community, { engine });
    const tally = openTally(community);
    for await (const result of simulation) tally.add(decodeBlock(result.bytes));
    const { commission, pool, trading } = tally.platform();
    expect(commission).toBeGreaterThan(0);
    expect(commission + pool + trading).toBe(Number((await simulation.summary()).savings.platform.income));
  });
});

describe("a ledger", () => {
  const winter: Settings = { ...defaults, minutes: 60, season: "winter" };
  const summer: Settings = { ...defaults, minutes: 60 };

  it("answers for itself and for no other", async () => {
    await day(work(), summer);
    const at = { ledger: keyOf("ledger", summer, null), height: 9 };
    const { hash } = block(work(), at);
    expect((await verify(work(), at)).every(({ ok }) => ok)).toBe(true);
    await day(work(), winter);
    expect(() => block(work(), at)).toThrow("ledger: wanted the ledger that is kept");
    await expect(verify(work(), at)).rejects.toThrow("ledger: wanted");
    const other = block(work(), { ledger: keyOf("ledger", winter, null), height: 9 });
    expect(other.hash).not.toBe(hash);
    await day(work(), summer);
    expect(block(work(), at).hash).toBe(hash);
  });

  it("says of the header of a private market's block what everybody may know, and that no more can be", async () => {
    await day(work(), summer);
    const ledger = keyOf("ledger", summer, null);
    const { store } = await runScenario(engine, 11, { participants: 12, periods: 4, isPrivate: true });
    const bytes = (await store.get(3))!;
    const { header, sections } = decodeBlock(bytes);
    const text = Buffer.from(bytes.subarray(0, headerBytes)).toString("base64");
    const found = await paste(work(), { ledger, text });
    expect(found).toMatchObject({
      height: 3,
      bytes: 992,
      hash: hex(store.hash(3)),
      same: false,
      checks: [],
      header: { period: header.period, timestampMs: header.timestampMs, marketId: hex(header.marketId) },
    });
    expect(new Map(found.header!.counts).get("orders")).toBe(sections.orders.length / 16);
    // Totals of nothing are left out.
    const said = carriers.flatMap((carrier) => {
      const { asked } = header.totals[carrier];
      return asked > 0n ? [[carrier, "asked", `${asked}`]] : [];
    });
    expect(said).not.toEqual([]);
    expect(found.header!.totals.filter(([, name]) => name === "asked")).toEqual(said);
    // With its records it is another market's block; cut in the midst of them it is none.
    const whole = await paste(work(), { ledger, text: Buffer.from(bytes).toString("base64") });
    expect(whole).toMatchObject({ same: false, header: null });
    expect(whole.checks.map(({ name, ok }) => [name, ok])).toContainEqual(["roots", true]);
    const half = Buffer.from(bytes.subarray(0, headerBytes + 16)).toString("base64");
    await expect(paste(work(), { ledger, text: half })).rejects.toThrow("block: wanted");
  });

  it("has one key for Day and Ledger, whatever is only looked at", () => {
    const key = keyOf("day", summer, null);
    expect(keyOf("ledger", { ...summer, view: "ledger", block: 7, time: 300, speed: 200 }, null)).toBe(key);
    expect(keyOf("ledger", summer, { number: 1, name: "mine.csv" })).toBe(key);
    expect(keyOf("day", winter, null)).not.toBe(key);
  });

  it("ends a day that is being traded when another is asked for, and tells that call so", async () => {
    const first = day(work(), { ...defaults, minutes: 5, seed: 77 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const second = await day(work(), summer);
    expect(second).not.toBeNull();
    expect(await first).toBeNull();
    expect(runOf(keyOf("day", summer, null)).blocks).toHaveLength(25);
  });
});
