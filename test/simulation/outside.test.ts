// Scenarios whose prices outside the market are components: what the grid takes and pays goes by the hour.
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { decodeBlock, decodeItems } from "../../src/ledger/format/block.js";
import { decodeCanonical } from "../../src/ledger/format/canonical.js";
import { decodeRecords } from "../../src/ledger/format/layout.js";
import { flowLayout, orderLayout } from "../../src/ledger/format/records.js";
import { openMemoryStore } from "../../src/ledger/store/memory.js";
import type { PaymentContract } from "../../src/market/contracts/contracts.js";
import { openReplay } from "../../src/market/replay.js";
import { openCommunity } from "../../src/simulation/community.js";
import { outsideAt } from "../../src/simulation/outside.js";
import { inspectScenario, parseScenario } from "../../src/simulation/scenariofile.js";
import { scenarioText } from "../../src/simulation/scenariotext.js";
import { openSimulation } from "../../src/simulation/simulation.js";
import { carriers } from "../../src/units.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

/** A day on which clocks are put forward, at two in the night. */
const text = JSON.stringify({
  name: "hours",
  date: "2026-03-29",
  timeZone: "Europe/Vienna",
  periods: 24,
  periodMs: 3_600_000,
  participants: { home: 12, solar: 1 },
  strategies: { all: "truthful" },
  tariffs: {
    electricity: {
      retail: [
        {
          ...{ by: "calendar", name: "energy", sort: "energy", on: ["fromGrid"] },
          parts: [
            { name: "evening", hours: ["17:00-22:00"], rate: "0.40" },
            { name: "else", rate: "0.20" },
          ],
        },
        { by: "energy", name: "grid", sort: "grid", on: ["fromGrid"], rate: "0.05" },
        { by: "percent", name: "VAT", sort: "tax", of: ["energy", "grid"], percent: "20" },
      ],
      feedIn: [
        {
          ...{ by: "series", name: "spot", sort: "feedIn", on: ["toGrid"], start: "2026-03-28T23:00Z" },
          ...{ minutes: 60, rates: [...Array(12).fill("0.06"), "-0.01", ...Array(12).fill("0.03")] },
        },
      ],
    },
  },
});

describe("a scenario with components", () => {
  it("trades each hour at the prices of that hour", async () => {
    const scenario = parseScenario(text);
    const simulation = await openSimulation(openCommunity(scenario), { engine });
    for await (const _ of simulation);
    const { market } = simulation;
    const payment = market.state.contract("payment") as PaymentContract;
    expect(payment.tariffs.electricity.retail).toHaveLength(3);
    expect(payment.zone).toMatchObject({ name: "Europe/Vienna" });
    // A tenth worse than the worst of the day: 0.54 and −0.01.
    expect(payment.tariffs.electricity).toMatchObject({ shortagePrice: 594_000, surplusPrice: -11_000 });

    const replay = openReplay(engine);
    const found = { imported: new Map<string, number>(), exported: new Map<string, number>() };
    let beganMs = 0;
    for await (const bytes of market.store.blocks()) {
      const block = decodeBlock(bytes);
      replay.replay(block);
      const clock = new Date(beganMs).toLocaleTimeString("en-GB", { timeZone: "Europe/Vienna" });
      const retail = clock >= "17:00:00" && clock < "22:00:00" ? 540_000 : 300_000;
      const at = new Date(beganMs).toISOString();
      const feedIn = at < "2026-03-29T11:00" ? 60_000 : at < "2026-03-29T12:00" ? -10_000 : 30_000;
      for (const { kind, carrier, price } of decodeRecords(flowLayout, block.sections.flows)) {
        if (carrier !== "electricity" || (kind !== "imported" && kind !== "exported")) continue;
        expect(price, `${clock} ${kind}`).toBe(kind === "imported" ? retail : feedIn);
        found[kind].set(clock, price);
      }
      if (block.header.height > 0)
        for (const { carrier, side, price } of decodeRecords(orderLayout, block.sections.orders))
          if (carrier === "electricity" && side === "bid") expect(price, clock).toBe(retail);
      beganMs = block.header.timestampMs;
    }
    // One hour of the day is left out by the clocks.
    expect([...found.imported.keys()]).toContain("23:00:00");
    expect(new Set(found.imported.values())).toEqual(new Set([300_000, 540_000]));
    // Nobody pays to be rid of what the sun gives.
    expect(new Set(found.exported.values())).toEqual(new Set([60_000, 30_000]));
  });

  it("agrees long series a stretch at a time, and goes on the same where it was stopped", async () => {
    // A week of quarter hours each way: more than a contract has at once.
    const rateAt = (quarter: number, of: number): string => `0.${1000 + ((quarter * of) % 8999)}`;
    const listOf = (of: number) => Array.from({ length: 7 * 96 }, (_, quarter) => rateAt(quarter, of));
    const series = { by: "series", name: "spot", start: "2026-03-26T23:00Z", minutes: 15 };
    const week = {
      ...JSON.parse(text),
      ...{ name: "week", date: "2026-03-27", periods: 7 * 48, periodMs: 1_800_000 },
      tariffs: {
        electricity: {
          retail: [{ ...series, sort: "energy", on: ["fromGrid"], rates: listOf(31) }],
          feedIn: [{ ...series, sort: "feedIn", on: ["toGrid"], rates: listOf(7) }],
        },
      },
    };
    const scenario = parseScenario(JSON.stringify(week));
    const store = await openMemoryStore();
    let simulation = await openSimulation(openCommunity(scenario), { engine, store });
    for await (const _ of simulation) {
      if (simulation.place !== 240) continue;
      simulation = await openSimulation(openCommunity(scenario), { engine, store });
      break;
    }
    for await (const _ of simulation);
    const replay = openReplay(engine);
    const payments: PaymentContract[] = [];
    const found = { imported: 0, exported: 0 };
    let beganMs = 0;
    for await (const bytes of store.blocks()) {
      const block = decodeBlock(bytes);
      replay.replay(block);
      for (const item of decodeItems(block.sections.contracts)) {
        const contract = decodeCanonical(item) as unknown as PaymentContract;
        if (contract.kind === "payment") payments.push(contract);
      }
      const quarter = (beganMs - Date.parse(series.start)) / 900_000;
      for (const { kind, carrier, price } of decodeRecords(flowLayout, block.sections.flows)) {
        if (carrier !== "electricity" || (kind !== "imported" && kind !== "exported")) continue;
        expect(price).toBe(Number(rateAt(quarter, kind === "imported" ? 31 : 7).slice(2)) * 100);
        found[kind] += 1;
      }
      beganMs = block.header.timestampMs;
    }
    expect(Math.min(found.imported, found.exported)).toBeGreaterThan(100);
    // Five days of twice 96 rates are under a thousand, and begin where the first stretch ends.
    expect(payments.map(({ version, from }) => [version, from - payments[0]!.from])).toEqual([
      [1, 0],
      [2, 241],
    ]);
    expect(payments[1]!.tariffs.electricity.retail).toEqual([
      expect.objectContaining({ start: "2026-03-31T23:00:00Z", rates: listOf(31).slice(480) }),
    ]);
  });

  it("takes the rates of a series from a file of prices", () => {
    const spot = JSON.parse(text).tariffs.electricity.feedIn[0];
    const rows = spot.rates.map((rate: string, hour: number) => {
      const begins = new Date(Date.parse(spot.start) + hour * 3_600_000).toISOString().replace(".000Z", "Z");
      return `${begins},${rate}`;
    });
    const csv = ["start,rate", ...rows].join("\n");
    const named = text.replace(/"rates":\[[^\]]*\]/, '"rates":"spot.csv"');
    const files = (of: string) => (name: string) => (name === "spot.csv" ? of : "");
    expect(parseScenario(named, files(csv))).toEqual(parseScenario(text));
    expect(inspectScenario(named, files(csv)).scenario).toEqual(parseScenario(text));
    expect(() => parseScenario(named)).toThrow("spot.csv");
    expect(() => parseScenario(named, files("start,rate\n2026-03-28T23:00Z,free"))).toThrow(
      "spot.csv: line 2: rate",
    );
    expect(() => parseScenario(named, files(`${csv}\n2026-04-01T00:00Z,0.1`))).toThrow(
      "spot.csv: tariffs.electricity.feedIn[0]: rate 26: wanted one that begins",
    );
    expect(inspectScenario(named, files("start,price")).problems.map(({ message }) => message)).toEqual([
      expect.stringContaining("spot.csv: line 1: header"),
    ]);
    expect(() => parseScenario(text.replace(/"start":"[^"]*"/, '"start":7'), files(csv))).toThrow("start");
  });

  it("is written as it was read, and is the one number where it has none", () => {
    const scenario = parseScenario(text);
    // Half way between 0.30 and 0.54.
    expect(scenario.tariffs.electricity).toMatchObject({ retail: 420_000, feedIn: 25_000 });
    expect(parseScenario(scenarioText(scenario))).toEqual(scenario);
    const plain = parseScenario('{ "name": "plain", "participants": { "home": 1 } }');
    expect(plain.tariffs.electricity).toEqual({ retail: 520_000, feedIn: 82_000 });
    for (const carrier of carriers) expect(outsideAt(plain, 7)[carrier]).toEqual(plain.tariffs[carrier]);
  });

  it.each([
    ['"retail": []', "tariffs.electricity.retail"],
    ['"retail": [{ "by": "month", "name": "a", "sort": "grid", "rate": "1" }]', "retail[0].by"],
    [
      '"retail": [{ "by": "energy", "name": "a", "sort": "grid", "on": ["fromGrid"], "rate": "99999" }]',
      "tariffs.electricity.retail",
    ],
    [
      '"retail": [{ "by": "energy", "name": "a", "sort": "grid", "on": ["fromGrid"], "rate": "0.01" }]',
      "tariffs.electricity.feedIn",
    ],
  ])("is refused: %s", (tariff, field) => {
    const source = `{ "name": "x", "participants": { "home": 1 }, "tariffs": { "electricity": { ${tariff} } } }`;
    expect(() => parseScenario(source)).toThrow(field);
  });
});
