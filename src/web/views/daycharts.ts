/** The charts of the day: flows, prices, stores, the platform's accounts. */
import type { Carrier } from "../../units.js";
import { createFigure, type Figure } from "../charts/figure.js";
import { legend } from "../charts/legend.js";
import { createTimeChart, type TimeChart } from "../charts/time.js";
import { el } from "../dom.js";
import { clock, energy, money, price } from "../format.js";
import { t } from "../say.js";
import { carrierNames } from "../words.js";
import type { CarrierPeriod, DayPeriod } from "../worker/day.js";

type Totals = CarrierPeriod["totals"];

const met = [
  { key: "traded", label: t`bought from each other`, colour: "supply", form: "up" },
  { key: "sold", label: t`from pool and stores`, colour: "pool", form: "up" },
  { key: "imported", label: t`imported from the grid`, colour: "grid", form: "up" },
  { key: "interrupted", label: t`paused under contract`, colour: "demand", form: "up" },
  { key: "unserved", label: t`not served`, colour: "lack", form: "up" },
  { key: "charged", label: t`charged into storage`, colour: "storage", form: "down" },
  { key: "exported", label: t`left over, exported`, colour: "muted", form: "down" },
] as const satisfies readonly { key: keyof Totals; label: string; colour: string; form: "up" | "down" }[];

/** The sum of one of a carrier's totals over the periods. */
export const sumOf = (periods: readonly DayPeriod[], carrier: Carrier, key: keyof Totals): number =>
  periods.reduce((total, period) => total + period.carriers[carrier].totals[key], 0);

/** One chart over the day: what it shows and what its table says. */
interface DayChart {
  readonly figure: Figure;
  readonly chart: TimeChart;
  draw(periods: readonly DayPeriod[], carrier: Carrier): void;
}

/**
 * The charts of the day: flows, prices, stores, the platform's accounts. `onPick` is called with the period that was
 * chosen in one.
 */
export function openDayCharts(onPick: (index: number) => void): {
  readonly elements: readonly HTMLElement[];
  draw(periods: readonly DayPeriod[], carrier: Carrier): void;
  mark(index: number): void;
} {
  const charts = [flowsChart(onPick), pricesChart(onPick), storesChart(onPick), incomeChart(onPick)];
  const [flows, prices, stores, income] = charts.map(({ figure }) => figure.element);
  return {
    elements: [flows!, el("div", { class: "pair" }, prices!, stores!), income!],
    draw(periods, carrier) {
      for (const chart of charts) chart.draw(periods, carrier);
    },
    mark(index) {
      for (const { chart } of charts) chart.mark(index);
    },
  };
}

const minutesOf = (periods: readonly DayPeriod[]): number[] => periods.map(({ minutes }) => minutes);

function flowsChart(onPick: (index: number) => void): DayChart {
  const figure = createFigure(t`How demand was met, and what became of the rest`, "");
  const chart = createTimeChart(met, energy, onPick);
  figure.body.append(chart.element, legend(met.map(({ colour, label }) => [colour, label])));
  return {
    figure,
    chart,
    draw(periods, carrier) {
      const sum = (key: keyof Totals): number => sumOf(periods, carrier, key);
      const of = (period: DayPeriod): Totals => period.carriers[carrier].totals;
      chart.show(
        minutesOf(periods),
        met.map(({ key }) => periods.map((period) => of(period)[key])),
        t`How demand for ${carrierNames[carrier]} was met over the day: ${met.map(({ key, label }) => `${energy(sum(key))} ${label}`).join(", ")}.`,
      );
      figure.describe(
        t`${energy(sum("traded") + sum("sold") + sum("imported"))} used over the day.`,
        () => ({
          caption: t`Energy by period: ${carrierNames[carrier]}`,
          columns: [t`Period`, ...met.map(({ label }) => label)],
          rows: periods.map((period) => [
            clock(period.minutes),
            ...met.map(({ key }) => energy(of(period)[key])),
          ]),
        }),
        onPick,
      );
    },
  };
}

function pricesChart(onPick: (index: number) => void): DayChart {
  const figure = createFigure(t`Prices`, "");
  const chart = createTimeChart(
    [
      { label: t`highest`, colour: "supply", form: "faint" },
      { label: t`lowest`, colour: "supply", form: "faint" },
      { label: t`mean`, colour: "supply", form: "line" },
    ],
    price,
    onPick,
    [0, 1],
  );
  figure.body.append(
    chart.element,
    legend([
      ["supply", t`mean price of a trade`],
      ["supply-soft", t`from the lowest to the highest`],
    ]),
  );
  return {
    figure,
    chart,
    draw(periods, carrier) {
      const of = (period: DayPeriod) => period.carriers[carrier].prices;
      const bound = (index: 0 | 1 | 2): (number | null)[] =>
        periods.map((period) => of(period)?.[index] ?? null);
      chart.show(
        minutesOf(periods),
        [bound(2), bound(0), bound(1)],
        t`Prices over the day: lowest, mean and highest price of the trades in each period.`,
      );
      figure.describe(
        t`Price per kWh of the trades in a period.`,
        () => ({
          caption: t`Prices by period: ${carrierNames[carrier]}`,
          columns: [t`Period`, t`Lowest`, t`Mean`, t`Highest`],
          rows: periods.map((period) => [
            clock(period.minutes),
            ...(of(period)?.map(price) ?? [t`none`, t`none`, t`none`]),
          ]),
        }),
        onPick,
      );
    },
  };
}

function storesChart(onPick: (index: number) => void): DayChart {
  const figure = createFigure(t`In the stores`, "");
  const chart = createTimeChart([{ label: t`stored`, colour: "storage", form: "up" }], energy, onPick);
  figure.body.append(chart.element, legend([["storage", t`batteries, cars and tanks together`]]));
  return {
    figure,
    chart,
    draw(periods, carrier) {
      const last = periods.at(-1)?.carriers[carrier].charge ?? 0;
      chart.show(
        minutesOf(periods),
        [periods.map((period) => period.carriers[carrier].charge)],
        t`Energy stored over the day, at the end ${energy(last)}.`,
      );
      figure.describe(
        t`At the end of each period.`,
        () => ({
          caption: t`Stored by period: ${carrierNames[carrier]}`,
          columns: [t`Period`, t`Stored`, t`Charged`, t`Discharged`],
          rows: periods.map(({ minutes, carriers }) => {
            const { charge, totals } = carriers[carrier];
            return [clock(minutes), energy(charge), energy(totals.charged), energy(totals.discharged)];
          }),
        }),
        onPick,
      );
    },
  };
}

function incomeChart(onPick: (index: number) => void): DayChart {
  const figure = createFigure(t`What the platform earned`, "");
  const chart = createTimeChart(
    [
      { label: t`commission`, colour: "supply", form: "line" },
      { label: t`pool`, colour: "pool", form: "line" },
      { label: t`other`, colour: "demand", form: "line" },
    ],
    money,
    onPick,
  );
  figure.body.append(
    chart.element,
    legend([
      ["supply", t`commission`],
      ["pool", t`pool: sold to users and stores`],
      ["demand", t`imbalances, losses, interruptions`],
    ]),
  );
  return {
    figure,
    chart,
    draw(periods) {
      const last = periods.at(-1);
      chart.show(
        minutesOf(periods),
        [
          periods.map(({ commission }) => commission),
          periods.map(({ pool }) => pool),
          periods.map(({ trading }) => trading),
        ],
        t`The platform’s accounts over the day: commission ${money(last?.commission ?? 0)}, pool ${money(last?.pool ?? 0)}, other ${money(last?.trading ?? 0)}.`,
      );
      figure.describe(
        t`Balances of the platform’s accounts since midnight, all carriers.`,
        () => ({
          caption: t`The platform’s accounts by period`,
          columns: [t`Period`, t`Commission`, t`Pool`, t`Other`],
          rows: periods.map(({ minutes, commission, pool, trading }) => [
            clock(minutes),
            money(commission),
            money(pool),
            money(trading),
          ]),
        }),
        onPick,
      );
    },
  };
}
