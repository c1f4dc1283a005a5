// Tariffs that are amended within a month: new prices go on in the same lines, everything else begins a stretch.
import { beforeAll, describe, expect, it } from "vitest";
import { type Bill, bill } from "../../src/bill/bill.js";
import { checkBill } from "../../src/bill/compare.js";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { readRecord } from "../../src/ledger/format/layout.js";
import { meteredPeriod, readingLayout } from "../../src/ledger/format/records.js";
import { decodeBundle, openBundle } from "../../src/ledger/proof/bundle.js";
import { plainHasher } from "../../src/ledger/tree/plain.js";
import type { Contract } from "../../src/market/contracts/contracts.js";
import { writeBundle } from "../../src/report/bundle/write.js";
import { statement } from "../../src/report/statement.js";
import type { Component } from "../../src/tariff/components.js";
import { followed } from "../../src/tariff/follow.js";
import { runStreet, type Street, tariffContract } from "./market.js";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const startMs = Date.UTC(2026, 6, 1);
const days = 8;

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

/** What an hour of the exchange costs, in 10⁻³ of the currency. */
const mills = (hour: number): number => 20 + ((hour * 37) % 90);
const rateOf = (hour: number): string => `0.${String(mills(hour)).padStart(3, "0")}`;
const instant = (ms: number): string => new Date(ms).toISOString().replace(".000Z", "Z");
const ratesOf = (day: number): string[] => Array.from({ length: 24 }, (_, hour) => rateOf(24 * day + hour));

type Series = Extract<Component, { by: "series" }>;
const spot: Series = {
  ...{ by: "series", name: "spot", sort: "grid", on: ["fromGrid", "bought"], minutes: 60 },
  ...{ start: instant(startMs), rates: ratesOf(0) },
};
const others = (meter: string): Component[] => [
  { by: "month", name: "meter", sort: "grid", rate: meter },
  { by: "percent", name: "VAT", sort: "tax", of: ["grid"], percent: "20" },
];

/** Each noon the prices of the next day come; on the day `dearer`, if any, the meter's rate is another from noon on. */
function daily(dearer: number | null): (market: Street["market"], period: number) => void {
  let [series, version, meter] = [spot, 1, "31"];
  return (market, period) => {
    if (period % 24 !== 12) return;
    const day = (period - 12) / 24;
    const prices = ratesOf(day + 1).map((rate, hour) => ({
      ...{ rate, start: instant(startMs + (day + 1) * dayMs + hour * hourMs) },
    }));
    const nowMs = startMs + (period - 1) * hourMs;
    series = followed(series, { prices, nowMs, mayReplace: false }).series;
    if (day === dearer) meter = "62";
    version += 1;
    const taken = market.propose(tariffContract([series, ...others(meter)], version, period + 1) as Contract);
    expect(taken.status).toBe("accepted");
  };
}

async function bundleOf({ market }: Street, participant: string): Promise<string> {
  let text = "";
  const tools = { engine, hasher: plainHasher, from: 1 };
  for await (const lines of writeBundle(market.store.blocks(), participant, tools)) text += lines;
  return text;
}

const run = (dearer: number | null): Promise<Street> =>
  runStreet(engine, 41, {
    ...{ startMs, periods: 24 * days, components: [spot, ...others("31")], before: daily(dearer) },
  });

const linesOf = (found: Bill): string[] =>
  found.lines.filter(({ group }) => group === "tariff").map(({ label }) => label);

describe("a tariff that is amended every day", () => {
  it("by prices alone is one line for each component, at the rate that held in each hour", async () => {
    const street = await run(null);
    for (const participant of ["ann", "bob", "cem"]) {
      const opened = openBundle(decodeBundle(await bundleOf(street, participant)), plainHasher);
      const found = bill(opened, { month: "2026-07" });
      expect(linesOf(found)).toEqual(["spot", "meter", "VAT"]);
      // What the meter said last of each hour, at that hour's price: in 10⁻⁹ of the currency.
      const drawn = new Map<number, bigint>();
      for (const { header, records } of opened.blocks)
        for (const { section, bytes } of records) {
          if (section !== "readings") continue;
          const reading = readRecord(readingLayout, bytes, 0);
          drawn.set(meteredPeriod(header.period, reading.age), BigInt(reading.in));
        }
      // Of an hour without a reading, what was bought and imported.
      const { entries } = await statement(street.market.store.blocks(), participant, { hasher: plainHasher });
      const metered = new Set(drawn.keys());
      for (const { entry, about, energy } of entries)
        if (!metered.has(about) && ["bought", "imported"].includes(entry))
          drawn.set(about, (drawn.get(about) ?? 0n) + energy);
      let [ticks, cost] = [0n, 0n];
      for (const [period, its] of drawn) {
        ticks += its;
        cost += its * BigInt(mills(period - 1));
      }
      const line = found.lines.find(({ label }) => label === "spot")!;
      expect(metered.size).toBeGreaterThan(150);
      expect(Math.round(Number(line.quantity) * 1e6)).toBe(Number(ticks));
      expect(Math.round(Number(line.amount) * 100)).toBe(Math.round(Number(cost) / 1e7));
    }
  });

  it("once by something else too has a stretch before and one after that", async () => {
    const street = await run(3);
    const found = bill(openBundle(decodeBundle(await bundleOf(street, "ann")), plainHasher), {
      month: "2026-07",
    });
    const since = [0, 3.5].map((day) => `(from ${new Date(startMs + day * dayMs).toISOString()})`);
    expect(linesOf(found)).toEqual(
      since.flatMap((from) => ["spot", "meter", "VAT"].map((label) => `${label} ${from}`)),
    );
    // The month has 31 days: three and a half at 31, four and a half at 62.
    const meters = found.lines.filter(({ label }) => label.startsWith("meter"));
    expect(meters.map(({ amount }) => amount)).toEqual(["3.5", "9"]);
  });

  it("has lines that say so themselves where one was tampered with", async () => {
    const bundle = await bundleOf(await run(null), "ann");
    const found = bill(openBundle(decodeBundle(bundle), plainHasher), { month: "2026-07" });
    const place = found.lines.findIndex(({ label }) => label === "spot");
    const lines = found.lines.map((line, at) => (at === place ? { ...line, amount: "0.01" } : line));
    const check = (shown: Bill) =>
      checkBill(
        { bill: shown, bundle, tariff: null },
        (id) => {
          const [name, at] = id.split("-");
          const { amount } = (name === "line" ? found.lines : found.without!.lines)[Number(at)]!;
          const [whole, fraction = ""] = amount.split(".");
          return `${whole}.${fraction.padEnd(2, "0")}`;
        },
        plainHasher,
      ).faults;
    expect(check(found)).toEqual([]);
    expect(check({ ...found, lines })).toEqual([
      {
        id: `line-${place}`,
        words: `spot: amount is 0.01, the proofs say ${found.lines[place]!.amount}`,
      },
    ]);
  });
});
