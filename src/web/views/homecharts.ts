/** The day of one member in pictures: what came in and went out and by whom, what its meter showed, its battery. */
import { createFigure, type Table } from "../charts/figure.js";
import { legend } from "../charts/legend.js";
import { createTimeChart, type TimeChart } from "../charts/time.js";
import { el } from "../dom.js";
import { clock, energy } from "../format.js";
import { t } from "../say.js";
import type { CarrierDay, EnergyPart } from "../worker/home/account.js";

/** What moves energy, as the pictures and tables call it, with its colour and whether it comes in or goes out. */
export const movedWords = {
  bought: { label: t`bought from neighbours`, colour: "supply", form: "up" },
  boughtPool: { label: t`bought from the pool`, colour: "pool", form: "up" },
  imported: { label: t`from the grid`, colour: "grid", form: "up" },
  discharged: { label: t`given by its own battery`, colour: "storage", form: "up" },
  sold: { label: t`sold to neighbours`, colour: "demand", form: "down" },
  soldPool: { label: t`sold through the pool`, colour: "lack", form: "down" },
  exported: { label: t`to the grid`, colour: "muted", form: "down" },
  charged: { label: t`charged into its own battery`, colour: "good", form: "down" },
} as const satisfies Record<EnergyPart, { label: string; colour: string; form: "up" | "down" }>;

const names = Object.keys(movedWords) as EnergyPart[];
const sum = (values: readonly (number | null)[]): number =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0);

/** One chart of the day and how it is drawn; `starts` are those of the periods in minutes. */
interface HomeChart {
  readonly element: HTMLElement;
  readonly chart: TimeChart;
  draw(day: CarrierDay, starts: readonly number[], name: string): void;
}
type Pick = (place: number) => void;

/** A table with a row for each period. */
const byPeriod = (
  caption: string,
  columns: readonly string[],
  starts: readonly number[],
  cells: (place: number) => readonly (number | null)[],
): Table => ({
  caption,
  columns: [t`Period`, ...columns],
  rows: starts.map((start, place) => [
    clock(start),
    ...cells(place).map((cell) => (cell === null ? t`none` : energy(cell))),
  ]),
});

function movedChart(onPick: Pick): HomeChart {
  const figure = createFigure(t`What came in and what went out`, "");
  const all = names.map((name) => movedWords[name]);
  const chart = createTimeChart(all, energy, onPick);
  figure.body.append(chart.element, legend(all.map(({ colour, label }) => [colour, label])));
  return {
    element: figure.element,
    chart,
    draw({ moved }, starts, name) {
      const said = names
        .filter((part) => sum(moved[part]) > 0)
        .map((part) => `${energy(sum(moved[part]))} ${movedWords[part].label}`)
        .join(", ");
      chart.show(
        starts,
        names.map((part) => moved[part]),
        said === "" ? t`${name} traded nothing.` : t`The day of ${name}: ${said}.`,
      );
      figure.describe(
        t`What comes in stands above the line, what goes out below.`,
        () =>
          byPeriod(
            t`Energy by period`,
            all.map(({ label }) => label),
            starts,
            (place) => names.map((part) => moved[part][place]!),
          ),
        onPick,
      );
    },
  };
}

function meterChart(onPick: Pick): HomeChart {
  const figure = createFigure(t`What its meter showed`, "");
  const chart = createTimeChart(
    [
      { label: t`taken`, colour: "demand", form: "line" },
      { label: t`given`, colour: "supply", form: "line" },
    ],
    energy,
    onPick,
  );
  figure.body.append(
    chart.element,
    legend([
      ["demand", t`taken`],
      ["supply", t`given`],
    ]),
  );
  return {
    element: figure.element,
    chart,
    draw({ taken, given }, starts, name) {
      chart.show(
        starts,
        [taken, given],
        t`What the meter of ${name} showed: ${energy(sum(taken))} taken, ${energy(sum(given))} given.`,
      );
      figure.describe(
        t`Readings come a period or more later; of the last ones there are none yet.`,
        () =>
          byPeriod(t`Readings by period`, [t`Taken`, t`Given`], starts, (place) => [
            taken[place]!,
            given[place]!,
          ]),
        onPick,
      );
    },
  };
}

function storeChart(onPick: Pick): HomeChart {
  const figure = createFigure(t`In its battery`, "");
  const chart = createTimeChart([{ label: t`stored`, colour: "storage", form: "up" }], energy, onPick);
  figure.body.append(chart.element, legend([["storage", t`stored at the end of each period`]]));
  return {
    element: figure.element,
    chart,
    draw({ charge }, starts) {
      figure.element.hidden = charge === null;
      if (charge === null) return;
      const last = energy(charge.at(-1) ?? 0);
      chart.show(starts, [charge], t`Stored over the day, at the end ${last}.`);
      figure.describe(
        t`At the end of the day ${last}.`,
        () => byPeriod(t`Stored by period`, [t`Stored`], starts, (place) => [charge[place]!]),
        onPick,
      );
    },
  };
}

/** The charts of a member's day. `onPick` is called with the place of the period that was chosen in one. */
export function openHomeCharts(onPick: Pick): {
  readonly elements: readonly HTMLElement[];
  /** Draws the day of whoever is named in a carrier; its periods are of so many minutes. */
  draw(day: CarrierDay, minutes: number, name: string): void;
  mark(place: number): void;
} {
  const [moved, meter, store] = [movedChart(onPick), meterChart(onPick), storeChart(onPick)];
  const all = [moved, meter, store];
  return {
    elements: [moved.element, el("div", { class: "pair" }, meter.element, store.element)],
    draw(day, minutes, name) {
      const starts = day.taken.map((_, place) => place * minutes);
      for (const each of all) each.draw(day, starts, name);
    },
    mark(place) {
      for (const { chart } of all) chart.mark(place);
    },
  };
}
