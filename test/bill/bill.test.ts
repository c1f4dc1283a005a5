// Bills of random months, against sums over the statement, what the meters said, and another calculation of the tariff.
import { beforeAll, describe, expect, it } from "vitest";
import { type Bill, bill } from "../../src/bill/bill.js";
import { billCsv, billJson } from "../../src/bill/document.js";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { decodeBundle, type OpenedBundle, openBundle } from "../../src/ledger/proof/bundle.js";
import { plainHasher } from "../../src/ledger/tree/plain.js";
import { type BundleOptions, writeBundle } from "../../src/report/bundle/write.js";
import { statement } from "../../src/report/statement.js";
import { type MeteredPeriod, noEnergy } from "../../src/tariff/charge.js";
import type { Component, Tariff } from "../../src/tariff/components.js";
import { monthOf } from "../../src/tariff/zone.js";
import { microTick } from "../../src/units.js";
import { naiveCharge } from "../oracle/tariff.js";
import { runStreet, type Street, window, zone } from "./market.js";

const hourMs = 3_600_000;
const components: readonly Component[] = [
  {
    ...{ by: "calendar", name: "energy", sort: "energy", on: ["fromGrid"] },
    parts: [
      { name: "night", hours: ["22:00-06:00"], rate: "0.15" },
      { name: "day", rate: "0.25" },
    ],
  },
  { by: "energy", name: "grid", sort: "grid", on: ["fromGrid"], rate: "0.0698" },
  {
    by: "energy",
    name: "grid, near",
    sort: "grid",
    on: ["bought", "received"],
    rate: "0.0698",
    less: 570_000,
  },
  {
    by: "steps",
    name: "levy",
    sort: "levy",
    on: ["fromGrid", "bought"],
    steps: [{ upTo: "100", rate: "0.01" }, { rate: "0.02" }],
  },
  { by: "peak", name: "peak", sort: "grid", on: ["fromGrid", "bought"], minutes: 60, rate: "1.5" },
  { by: "month", name: "meter", sort: "grid", rate: "2.4" },
  { by: "percent", name: "VAT", sort: "tax", of: ["energy", "grid", "levy", "community"], percent: "20" },
  { by: "energy", name: "feed-in", sort: "feedIn", on: ["toGrid"], rate: "0.07" },
];

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

async function opened(
  { market }: Street,
  participant: string,
  options: BundleOptions = {},
): Promise<OpenedBundle> {
  let text = "";
  const tools = { engine, hasher: plainHasher };
  for await (const lines of writeBundle(market.store.blocks(), participant, { ...tools, ...options }))
    text += lines;
  return openBundle(decodeBundle(text), plainHasher);
}

const fine = 10n ** 12n;
/** Amount ticks as cents, a half away from zero. */
function cents(ticks: bigint): bigint {
  const [size, cent] = [ticks < 0n ? -ticks : ticks, fine / 100n];
  const whole = size / cent + ((size % cent) * 2n >= cent ? 1n : 0n);
  return ticks < 0n ? -whole : whole;
}
const text = (value: bigint): string => {
  const digits = `${value < 0n ? -value : value}`.padStart(3, "0");
  const decimal = `${digits.slice(0, -2)}.${digits.slice(-2)}`.replace(/\.?0+$/, "");
  return value < 0n ? `-${decimal}` : decimal;
};

const labels: { readonly [entry: string]: readonly [label: string, fee: string] } = {
  bought: ["bought from members", "commission on purchases"],
  sold: ["sold to members", "commission on sales"],
  "pool purchase": ["bought from the pool", "commission on purchases"],
  "pool sale": ["sold to the pool", "commission on sales"],
  imported: ["from the grid", "?"],
  exported: ["to the grid", "?"],
  imbalance: ["imbalance", "?"],
  correction: ["corrections of readings", "?"],
};

/** What the bill of a month has to say, from the statement and the meters: lines of a label with their amounts. */
async function expected({ market, meters, tariff }: Street, participant: string, month: string) {
  const { entries } = await statement(market.store.blocks(), participant, { hasher: plainHasher });
  const { fromMs, toMs } = monthOf(zone, month);
  const beginOf = new Map<number, number>();
  let before = 0;
  const last = { period: 0, isOver: false };
  for await (const { header } of blocksOf(market)) {
    if (header.period > 0) beginOf.set(header.period, before);
    before = header.timestampMs;
    last.period = header.period;
  }
  const own = [...beginOf].filter(([, ms]) => ms >= fromMs && ms < toMs).map(([period]) => period);
  const [first, end] = [own[0]!, own.at(-1)!];
  const sums = new Map<string, bigint>();
  const put = (group: string, label: string, ticks: bigint): void => {
    const key = `${group} ${label}`;
    sums.set(key, (sums.get(key) ?? 0n) + ticks);
  };
  const traded = new Map<number, { bought: bigint; sold: bigint; imported: bigint; exported: bigint }>();
  for (const { entry, about, period, amount, fee, energy } of entries) {
    const names = labels[entry];
    if (names === undefined) continue;
    const isLate =
      entry === "correction" && about < first && period >= first + window && period <= end + window;
    if ((own.includes(about) && period <= end + window) || isLate) {
      if (amount !== 0n) put(isLate ? "earlier" : "community", names[0], -amount);
      if (fee !== 0n) put("community", names[1], fee);
    }
    const sum = traded.get(about) ?? { bought: 0n, sold: 0n, imported: 0n, exported: 0n };
    traded.set(about, sum);
    if (entry === "bought" || entry === "pool purchase") sum.bought += energy;
    if (entry === "sold" || entry === "pool sale") sum.sold -= energy;
    if (entry === "imported") sum.imported += energy;
    if (entry === "exported") sum.exported -= energy;
  }
  const periods = own.map((period): MeteredPeriod & { alone: MeteredPeriod["energy"] } => {
    const its = traded.get(period) ?? { bought: 0n, sold: 0n, imported: 0n, exported: 0n };
    const begins = beginOf.get(period)!;
    const said = meters.get(`${participant} ${begins}`) ?? [];
    const meter = said.findLast((each) => each.period <= end + window) ?? {
      in: its.bought + its.imported,
      out: its.sold + its.exported,
    };
    const bought = its.bought > meter.in ? meter.in : its.bought;
    const sold = its.sold > meter.out ? meter.out : its.sold;
    return {
      fromMs: begins,
      toMs: begins + hourMs,
      energy: { ...noEnergy, bought, fromGrid: meter.in - bought, sold, toGrid: meter.out - sold },
      open: noEnergy,
      alone: { ...noEnergy, fromGrid: meter.in, toGrid: meter.out },
    };
  });
  const community = [...sums].filter(([key]) => key.startsWith("community"));
  const stretch = {
    month: { fromMs, toMs },
    fromMs: periods[0]!.fromMs,
    toMs: periods.at(-1)!.toMs,
    quantityTick: microTick,
  };
  const its = { ...(tariff as unknown as Tariff), name: "house" };
  const sum = community.reduce((all, [, ticks]) => all + cents(ticks), 0n);
  return {
    lines: [
      ...[...sums].map(([key, ticks]) => [key, text(cents(ticks))]),
      ...naiveCharge(its, { ...stretch, periods, community: sum }).map(([line, amount]) => [
        `tariff ${line}`,
        text(amount),
      ]),
    ],
    without: naiveCharge(its, {
      ...stretch,
      periods: periods.map(({ alone, ...period }) => ({ ...period, energy: alone, open: alone })),
      community: 0n,
    }).map(([line, amount]) => [line, text(amount)]),
    heights: { from: first, to: end + window + 1 },
  };
}

async function* blocksOf(market: Street["market"]) {
  const { decodeBlock } = await import("../../src/ledger/format/block.js");
  for await (const bytes of market.store.blocks()) yield decodeBlock(bytes);
}

const sorted = (lines: readonly (readonly string[])[]): string[] =>
  lines.map((line) => line.join(": ")).sort();
const linesOf = ({ lines }: Bill) => lines.map(({ group, label, amount }) => [`${group} ${label}`, amount]);

describe("a bill", () => {
  // The ends of a month of 31 days, of the one with 743 hours and of the one with 745.
  it.each([
    [1, "2026-07", Date.UTC(2026, 6, 30), 60],
    [2, "2026-08", Date.UTC(2026, 6, 30), 90],
    [3, "2026-03", Date.UTC(2026, 2, 28), 96],
    [4, "2026-10", Date.UTC(2026, 9, 24), 200],
    [5, "2026-11", Date.UTC(2026, 9, 30), 120],
  ])(
    "of random trades and readings (%i) is what statement, meters and words come to",
    async (seed, month, startMs, periods) => {
      const street = await runStreet(engine, seed, { startMs, periods, components });
      let late = 0;
      for (const participant of ["ann", "bob", "cem"]) {
        const wanted = await expected(street, participant, month);
        const found = bill(
          await opened(street, participant, { from: wanted.heights.from, to: wanted.heights.to }),
          { month },
        );
        expect(sorted(linesOf(found))).toEqual(sorted(wanted.lines as string[][]));
        expect(found.without?.lines.map(({ label, amount }) => [label, amount])).toEqual(wanted.without);
        const sum = found.lines.reduce((all, { amount }) => all + Math.round(Number(amount) * 100), 0);
        expect(Math.round(Number(found.total) * 100)).toBe(sum);
        expect(found.lines.length).toBeGreaterThan(8);
        late += found.lines.filter(({ group }) => group === "earlier").length;
        expect(JSON.parse(billJson(found))).toEqual(found);
        expect(billCsv(found).split("\r\n")).toHaveLength(found.lines.length + 3);
      }
      // Of months with one before them some reading of that was corrected after it was closed.
      if (month === "2026-08" || month === "2026-11") expect(late).toBeGreaterThan(0);
    },
  );

  it("is closed once the last reading of its month was due", async () => {
    const street = await runStreet(engine, 7, {
      startMs: Date.UTC(2026, 6, 31, 12),
      periods: 20,
      components,
    });
    // The month ends at 22:00 UTC: ten periods, and two in which readings are due.
    for (const [to, isClosed] of [
      [11, false],
      [12, false],
      [13, true],
    ] as const)
      expect(bill(await opened(street, "ann", { from: 1, to }), { month: "2026-07" }).isClosed).toBe(
        isClosed,
      );
    // A month that goes on is not over.
    expect(bill(await opened(street, "ann", { from: 1, to: 5 }), { month: "2026-07" }).isClosed).toBe(false);
  });

  it("is refused for a month of which there is nothing, and a tariff of another currency", async () => {
    const street = await runStreet(engine, 8, { startMs: Date.UTC(2026, 6, 1), periods: 3, components });
    const bundle = await opened(street, "ann");
    expect(() => bill(bundle, { month: "2026-09" })).toThrow(
      /month: wanted a month of which the ledger has a period/,
    );
    expect(() => bill(bundle, { month: "July" })).toThrow(/month: wanted a year and a month/);
    const { tariff, kind, version, from, ...terms } = street.tariff as unknown as { [key: string]: string };
    const own = { ...terms, name: "own", currency: "CHF" } as unknown as Tariff;
    expect(() => bill(bundle, { month: "2026-07", tariff: own })).toThrow(/tariff\.currency: wanted "?EUR/);
    const found = bill(bundle, { month: "2026-07", tariff: { ...own, currency: "EUR" } });
    expect(found.tariffs).toEqual([{ name: "own", carrier: "electricity", isInLedger: false }]);
    expect([tariff, kind, version, from]).toHaveLength(4);
  });
});
