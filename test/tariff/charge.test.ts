// What tariffs come to: worked by hand, and over random tariffs and months held against another calculation.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  charge,
  type Energy,
  type MeteredPeriod,
  noEnergy,
  ratioText,
  type Stretch,
} from "../../src/tariff/charge.js";
import { bases, type Component, sorts, type Tariff } from "../../src/tariff/components.js";
import { checkTariff } from "../../src/tariff/shapes.js";
import { monthOf, zoneOffsets } from "../../src/tariff/zone.js";
import { microTick } from "../../src/units.js";
import { naiveCharge } from "../oracle/tariff.js";

const hourMs = 3_600_000;
const zone = zoneOffsets("Europe/Vienna", Date.parse("2025-01-01T00:00Z"), Date.parse("2028-01-01T00:00Z"));

const tariffOf = (components: readonly Component[], unit = "0.01"): Tariff =>
  checkTariff({ name: "t", carrier: "electricity", currency: "EUR", unit, zone, components });

const energy = (some: Partial<Energy>): Energy => ({ ...noEnergy, ...some });
const period = (fromMs: number, some: Partial<Energy>, minutes = 60): MeteredPeriod => ({
  fromMs,
  toMs: fromMs + minutes * 60_000,
  energy: energy(some),
  open: energy(some),
});
const july = monthOf(zone, "2026-07");
const whole = (periods: readonly MeteredPeriod[], more: Partial<Stretch> = {}): Stretch => ({
  month: july,
  ...july,
  periods,
  quantityTick: microTick,
  ...more,
});
const kWh = 1_000_000n;
const amounts = (tariff: Tariff, stretch: Stretch): (readonly [string, bigint])[] =>
  charge(tariff, stretch).map(({ component, detail, amount }) => [
    detail === null ? component : `${component}: ${detail}`,
    amount,
  ]);

describe("a tariff", () => {
  it("comes to what one works out by hand", () => {
    const tariff = tariffOf([
      { by: "energy", name: "energy", sort: "energy", on: ["fromGrid"], rate: "0.2" },
      { by: "energy", name: "grid", sort: "grid", on: ["fromGrid"], rate: "0.0698" },
      { by: "energy", name: "grid, shared", sort: "grid", on: ["received"], rate: "0.0698", less: 570_000 },
      { by: "month", name: "meter", sort: "grid", rate: "2.40" },
      { by: "percent", name: "VAT", sort: "tax", of: ["energy", "grid"], percent: "20" },
      { by: "energy", name: "feed-in", sort: "feedIn", on: ["toGrid"], rate: "0.08" },
    ]);
    const periods = [
      period(july.fromMs, { fromGrid: 60n * kWh, received: 10n * kWh }),
      period(july.fromMs + hourMs, { fromGrid: 40n * kWh, toGrid: 25n * kWh }),
    ];
    // 0.0698 · 0.43 · 10 = 0.30014; VAT on 20.00 + 6.98 + 0.30 + 2.40 = 29.68 is 5.936.
    expect(amounts(tariff, whole(periods))).toEqual([
      ["energy", 2000n],
      ["grid", 698n],
      ["grid, shared", 30n],
      ["meter", 240n],
      ["VAT", 594n],
      ["feed-in", -200n],
    ]);
  });

  it("may have a tax at several rates, each on the lines that it names", () => {
    // As bills of France were until July 2025: 5.5 % on the subscription and one levy, 20 % on all else.
    const tariff = tariffOf([
      { by: "month", name: "subscription", sort: "energy", rate: "9.63" },
      { by: "month", name: "network, fixed", sort: "grid", rate: "3.10" },
      { by: "energy", name: "energy", sort: "energy", on: ["fromGrid"], rate: "0.1296" },
      { by: "energy", name: "excise duty", sort: "levy", on: ["fromGrid"], rate: "0.0337" },
      { by: "percent", name: "levy on transport", sort: "levy", of: ["grid"], percent: "15" },
      {
        ...{ by: "percent", name: "VAT 5.5 %", sort: "tax", of: [], percent: "5.5" },
        lines: ["subscription", "levy on transport"],
      },
      {
        ...{ by: "percent", name: "VAT 20 %", sort: "tax", of: ["grid"], percent: "20" },
        lines: ["energy", "excise duty", "network, fixed"],
      },
    ]);
    // 250 kWh: 32.40 and 8.425; 15 % of 3.10 is 0.465. 5.5 % of 9.63 + 0.47 is 0.5555. 20 % of 32.40 + 8.43 + 3.10,
    // of which the last counts once though it is named twice, is 8.786.
    expect(amounts(tariff, whole([period(july.fromMs, { fromGrid: 250n * kWh })]))).toEqual([
      ["subscription", 963n],
      ["network, fixed", 310n],
      ["energy", 3240n],
      ["excise duty", 843n],
      ["levy on transport", 47n],
      ["VAT 5.5 %", 56n],
      ["VAT 20 %", 879n],
    ]);
  });

  it.each([
    [{ of: [] }, /components\[1\]\.of: wanted a sort at least, or lines/],
    [{ of: [], lines: [] }, /components\[1\]\.lines: wanted an array of 1/],
    [{ of: [], lines: ["a", "a"] }, /components\[1\]\.lines/],
    [{ of: [], lines: ["c"] }, /components\[1\]\.lines\[0\]: wanted a component that stands above it/],
    [
      { of: ["energy"], lines: ["b"] },
      /components\[1\]\.lines\[0\]: wanted a component that stands above it/,
    ],
  ])("has no percentage of nothing, or of what comes later: %j", (given, wanted) => {
    const components = [
      { by: "month", name: "a", sort: "grid", rate: "1" },
      { by: "percent", name: "b", sort: "tax", percent: "20", ...given },
      { by: "month", name: "c", sort: "grid", rate: "1" },
    ];
    expect(() => charge(tariffOf(components as never), whole([]))).toThrow(wanted);
  });

  it("rounds each line once, a half away from zero", () => {
    const rates = ["0.004", "0.005", "0.0149", "0.015", "-0.005", "-0.0149", "-0.015"];
    const tariff = tariffOf(
      rates.map((rate, index) => ({ by: "energy", name: `${index}`, sort: "levy", on: ["fromGrid"], rate })),
    );
    const found = charge(tariff, whole([period(july.fromMs, { fromGrid: kWh })]));
    expect(found.map(({ amount }) => amount)).toEqual([0n, 1n, 1n, 2n, -1n, -1n, -2n]);
    // Not once for each period: three thirds of a cent are one cent.
    const thirds = [0, 1, 2].map((hour) => period(july.fromMs + hour * hourMs, { fromGrid: kWh / 3n }));
    const cent = tariffOf([{ by: "energy", name: "e", sort: "energy", on: ["fromGrid"], rate: "0.010000" }]);
    expect(amounts(cent, whole(thirds))).toEqual([["e", 1n]]);
    // The francs of a Swiss bill come in steps of five.
    const rappen = tariffOf([{ by: "month", name: "m", sort: "grid", rate: "1.075" }], "0.05");
    expect(amounts(rappen, whole([]))).toEqual([["m", 22n]]);
  });

  it("takes a price that another has set already for no energy and no feed-in", () => {
    const tariff = tariffOf([
      { by: "energy", name: "energy", sort: "energy", on: ["fromGrid"], rate: "1" },
      { by: "energy", name: "grid", sort: "grid", on: ["fromGrid"], rate: "1" },
      { by: "energy", name: "feed-in", sort: "feedIn", on: ["toGrid"], rate: "1" },
    ]);
    const [fromMs, toMs] = [july.fromMs, july.fromMs + hourMs];
    const both = energy({ fromGrid: 3n * kWh, toGrid: 2n * kWh });
    const periods = [{ fromMs, toMs, energy: both, open: energy({ fromGrid: kWh }) }];
    expect(amounts(tariff, whole(periods))).toEqual([
      ["energy", 100n],
      ["grid", 300n],
    ]);
  });

  it("counts a part of a month by its time: fixed parts, power and limits of steps", () => {
    const tariff = tariffOf([
      { by: "month", name: "fixed", sort: "grid", rate: "3.10" },
      { by: "contracted", name: "power", sort: "grid", power: "4.5", rate: "6.20" },
      {
        by: "steps",
        name: "steps",
        sort: "energy",
        on: ["fromGrid"],
        steps: [{ upTo: "31", rate: "0.1" }, { upTo: "62", rate: "0.2" }, { rate: "0.3" }],
      },
    ]);
    // Ten of the 31 days: limits of 10 and 20 kWh.
    const ten = { fromMs: july.fromMs, toMs: july.fromMs + 240 * hourMs };
    const periods = [period(july.fromMs, { fromGrid: 25n * kWh })];
    expect(amounts(tariff, whole(periods, ten))).toEqual([
      ["fixed", 100n],
      ["power", 900n],
      ["steps: up to 31 kWh a month", 100n],
      ["steps: up to 62 kWh a month", 200n],
      ["steps", 150n],
    ]);
    expect(amounts(tariff, whole([period(july.fromMs, { fromGrid: 31n * kWh })]))).toEqual([
      ["fixed", 310n],
      ["power", 2790n],
      ["steps: up to 31 kWh a month", 310n],
    ]);
  });

  it("takes the highest mean power over its minutes", () => {
    const tariff = tariffOf([
      { by: "peak", name: "peak", sort: "grid", on: ["fromGrid", "received"], minutes: 15, rate: "1" },
    ]);
    const quarter = (index: number, minutes: number, some: Partial<Energy>) =>
      period(july.fromMs + index * 900_000 + minutes * 60_000, some, 5);
    const periods = [
      // 0.5 + 0.25 + 0.25 kWh in a quarter of an hour: 4 kW. The highest five minutes are in the other quarter.
      quarter(0, 0, { fromGrid: kWh / 2n }),
      quarter(0, 5, { received: kWh / 4n }),
      quarter(0, 10, { fromGrid: kWh / 4n }),
      quarter(1, 0, { fromGrid: (9n * kWh) / 10n }),
    ];
    expect(amounts(tariff, whole(periods))).toEqual([["peak", 400n]]);
    expect(() => charge(tariff, whole([period(july.fromMs, { fromGrid: kWh })]))).toThrow(
      /peak: minutes: wanted at least a period, 60/,
    );
  });

  it("refuses a time that its series or its zone does not cover", () => {
    const series = tariffOf([
      {
        by: "series",
        name: "spot",
        sort: "energy",
        on: ["fromGrid"],
        start: "2026-06-30T22:00Z",
        minutes: 60,
        rates: ["0.1", "-0.05"],
      },
    ]);
    const periods = [0, 1].map((hour) => period(july.fromMs + hour * hourMs, { fromGrid: kWh }));
    expect(amounts(series, whole(periods))).toEqual([["spot", 5n]]);
    expect(() => charge(series, whole([period(july.fromMs + 2 * hourMs, { fromGrid: kWh })]))).toThrow(
      /spot: time/,
    );
    expect(() => charge(series, whole([period(july.fromMs - 1, { fromGrid: kWh })]))).toThrow(/spot: time/);
    const calendar = tariffOf([
      { by: "calendar", name: "c", sort: "energy", on: ["fromGrid"], parts: [{ name: "p", rate: "1" }] },
    ]);
    expect(() => charge(calendar, whole([period(zone.untilMs, { fromGrid: kWh })]))).toThrow(
      /time in Europe/,
    );
  });

  it("shows fractions as decimals", () => {
    expect(ratioText({ num: 2n, den: 3n }, 3)).toBe("0.667");
    expect(ratioText({ num: -1n, den: 8n }, 2)).toBe("-0.13");
    expect(ratioText({ num: 5n, den: 1n }, 3)).toBe("5");
  });
});

describe("random tariffs over random months", () => {
  const decimalOf = (most: number, places: number, sign = false) =>
    fc
      .tuple(fc.integer({ min: sign ? -most : 0, max: most }), fc.integer({ min: 0, max: places }))
      .map(([value, scale]) => {
        const digits = String(Math.abs(value)).padStart(scale + 1, "0");
        const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
        return value < 0 ? `-${text}` : text;
      });
  const rate = decimalOf(99_999, 9, true);
  const on = fc.uniqueArray(fc.constantFrom(...bases), { minLength: 1 });
  const less = fc.option(fc.integer({ min: 0, max: 1_000_000 }), { nil: undefined });
  const sort = fc.constantFrom(...sorts);
  const hours = fc
    .tuple(
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: 0, max: 23 }),
      fc.constantFrom("00", "15", "30"),
    )
    .filter(([a, b]) => a !== b)
    .map(([a, b, minutes]) => [a, b].map((hour) => `${String(hour).padStart(2, "0")}:${minutes}`).join("-"));
  const some = <T>(each: fc.Arbitrary<T>) => fc.uniqueArray(each, { minLength: 1, maxLength: 5 });
  const conditions = fc.oneof(
    fc.record({ months: some(fc.integer({ min: 1, max: 12 })) }),
    fc.record({ hours: some(hours) }),
    fc.record({ weekdays: some(fc.integer({ min: 1, max: 7 })), hours: some(hours) }),
  );
  const component = fc.oneof(
    fc.record({ by: fc.constant("energy"), sort, on, rate, less }),
    fc.record({
      by: fc.constant("calendar"),
      sort,
      on,
      less,
      parts: fc
        .tuple(fc.array(conditions, { maxLength: 3 }), fc.array(rate, { minLength: 4, maxLength: 4 }))
        .map(([each, rates]) =>
          [...each, {}].map((part, index) => ({ ...part, name: `part ${index}`, rate: rates[index] })),
        ),
    }),
    fc.record({
      by: fc.constant("series"),
      sort,
      on,
      less,
      start: fc.constant("2026-01-01T00:00Z"),
      minutes: fc.constantFrom(720, 1440),
      rates: fc.array(rate, { minLength: 800, maxLength: 800 }),
    }),
    fc.record({
      by: fc.constant("steps"),
      sort,
      on,
      less,
      steps: fc
        .tuple(
          fc.uniqueArray(fc.integer({ min: 1, max: 500 }), { maxLength: 4 }),
          fc.array(rate, { minLength: 5, maxLength: 5 }),
        )
        .map(([limits, rates]) => [
          ...limits.sort((a, b) => a - b).map((limit, index) => ({ upTo: `${limit}.5`, rate: rates[index] })),
          { rate: rates[4] },
        ]),
    }),
    fc.record({ by: fc.constant("contracted"), sort, power: decimalOf(99_999, 4), rate }),
    fc.record({ by: fc.constant("peak"), sort, on, minutes: fc.constantFrom(60, 240, 1440), rate }),
    fc.record({ by: fc.constant("month"), sort, rate }),
    fc.record({
      by: fc.constant("percent"),
      sort,
      of: fc.uniqueArray(fc.constantFrom(...sorts, "community"), { minLength: 1 }),
      percent: decimalOf(9_999, 3),
    }),
  );
  const tariff = fc
    .tuple(
      fc.array(component, { minLength: 1, maxLength: 6 }),
      fc.constantFrom("0.01", "0.05", "1", "0.000001"),
    )
    .map(([components, unit]) =>
      tariffOf(
        components.map(
          (each, index) =>
            ({
              ...each,
              name: `c${index}`,
              // Every second percentage also is on a component that stands above it.
              ...(each.by === "percent" && index % 2 === 1 ? { lines: [`c${index >> 1}`] } : {}),
            }) as never,
        ),
        unit,
      ),
    );
  const ticks = fc.record(
    Object.fromEntries(bases.map((basis) => [basis, fc.bigInt({ min: 0n, max: 40n * kWh })])),
  ) as unknown as fc.Arbitrary<Energy>;
  const stretch = fc
    .record({
      month: fc.constantFrom("2026-01", "2026-03", "2026-07", "2026-10", "2026-12"),
      from: fc.integer({ min: 0, max: 500 }),
      hours: fc.integer({ min: 1, max: 243 }),
      community: fc.bigInt({ min: -5_000n, max: 5_000n }),
      energies: fc.array(fc.record({ all: ticks, isOpen: fc.boolean(), hour: fc.nat(242) }), {
        maxLength: 12,
      }),
    })
    .map(({ month, from, hours, community, energies }): Stretch => {
      const its = monthOf(zone, month);
      const fromMs = its.fromMs + from * hourMs;
      return {
        month: its,
        fromMs,
        toMs: fromMs + hours * hourMs,
        quantityTick: microTick,
        community,
        periods: energies.map(({ all, isOpen, hour }) => ({
          fromMs: fromMs + (hour % hours) * hourMs,
          toMs: fromMs + ((hour % hours) + 1) * hourMs,
          energy: all,
          open: isOpen ? all : noEnergy,
        })),
      };
    });

  it("come to what another calculation says", () => {
    fc.assert(
      fc.property(tariff, stretch, (its, over) => {
        expect(amounts(its, over)).toEqual(naiveCharge(its, over));
      }),
      { numRuns: 400 },
    );
  });
});
