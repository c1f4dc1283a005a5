/** Charts over the day, drawn by uPlot. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { el } from "../dom.js";
import { clock } from "../format.js";

/** Whether the page is being printed: paper is light, whatever the screen has. */
let onPaper = false;
const print = (now: boolean): void => {
  onPaper = now;
  dispatchEvent(new Event("theme"));
};
addEventListener("beforeprint", () => print(true));
addEventListener("afterprint", () => print(false));
matchMedia("print").addEventListener("change", ({ matches }) => print(matches));

/** A colour of the style sheet by its name, as the canvas needs it. */
function colour(name: string, alpha = 1): string {
  const probe = el("span");
  if (onPaper) probe.style.colorScheme = "light";
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return alpha === 1 ? value : value.replace(/^rgb\(([^)]*)\)$/, `rgba($1, ${alpha})`);
}

/** One line or layer of a time chart. */
export interface TimeSeries {
  readonly label: string;
  /** Name of its colour in the style sheet. */
  readonly colour: string;
  /** Drawn as a layer on top of those before it (`up`), below zero (`down`), or as a plain line. */
  readonly form: "up" | "down" | "line" | "faint";
}

export interface TimeChart {
  readonly element: HTMLElement;
  /** Draws values by series and period; `minutes` are the periods' starts. */
  show(minutes: readonly number[], values: readonly (readonly (number | null)[])[], text: string): void;
  /** Marks a period. */
  mark(index: number): void;
}

/** Layers as uPlot draws them: every layer the sum of those of its form up to it. */
function stack(
  series: readonly TimeSeries[],
  values: readonly (readonly (number | null)[])[],
): (number | null)[][] {
  const size = values[0]?.length ?? 0;
  const sums = { up: new Array<number>(size).fill(0), down: new Array<number>(size).fill(0) };
  return values.map((own, place) => {
    const { form } = series[place]!;
    if (form !== "up" && form !== "down") return [...own];
    return own.map((value, index) => {
      sums[form][index]! += form === "up" ? (value ?? 0) : -(value ?? 0);
      return sums[form][index]!;
    });
  });
}

const isLayer = ({ form }: TimeSeries): boolean => form === "up" || form === "down";

/** The layer on which a layer stands; −1 for one that stands on zero. */
const below = (series: readonly TimeSeries[], place: number): number =>
  series.findLastIndex(
    (other, index) => index < place && isLayer(other) && other.form === series[place]!.form,
  );

const axis = (more: Partial<uPlot.Axis>): uPlot.Axis => ({
  stroke: () => colour("muted"),
  grid: { stroke: () => colour("line"), width: 1 },
  ticks: { stroke: () => colour("line"), width: 1, size: 4 },
  font: '12px system-ui, -apple-system, "Segoe UI", sans-serif',
  ...more,
});

const axesOf = (wide: boolean, label: (value: number) => string): uPlot.Axis[] => [
  axis({
    values: (_, splits) => splits.map((minutes) => clock(minutes)),
    size: 36,
    splits: () => (wide ? [0, 180, 360, 540, 720, 900, 1080, 1260, 1440] : [0, 360, 720, 1080, 1440]),
  }),
  axis({ values: (_, splits) => splits.map((value) => label(value)), size: 68 }),
];

function linesOf(series: readonly TimeSeries[]): uPlot.Series[] {
  const stepped = uPlot.paths.stepped!({ align: 1 });
  return series.map((one, place) => ({
    label: one.label,
    stroke: () => colour(one.colour),
    width: one.form === "line" ? 2 : 0,
    paths: stepped,
    points: { show: false },
    ...(isLayer(one) && below(series, place) < 0 ? { fill: () => colour(one.colour, 0.62), fillTo: 0 } : {}),
  }));
}

/** What is filled between two lines: every layer down to the one it stands on, and the band between two bounds. */
function bandsOf(series: readonly TimeSeries[], band: Bounds | null): uPlot.Band[] {
  const between = (
    upper: number,
    lower: number,
    alpha: number,
    more: Partial<uPlot.Band> = {},
  ): uPlot.Band => ({
    series: [upper + 1, lower + 1],
    fill: () => colour(series[upper]!.colour, alpha),
    ...more,
  });
  const layers = series.flatMap((one, place) =>
    isLayer(one) && below(series, place) >= 0
      ? [between(place, below(series, place), 0.62, { dir: one.form === "up" ? -1 : 1 })]
      : [],
  );
  return band === null ? layers : [...layers, between(band[0], band[1], 0.22)];
}

/** Shades the period that is marked. */
function shade(plot: uPlot, marked: number): void {
  const starts = plot.data[0];
  const at = starts[marked];
  if (at === undefined) return;
  const next = starts[marked + 1] ?? at + ((starts[1] ?? 1440) - (starts[0] ?? 0));
  const [from, to] = [plot.valToPos(at, "x", true), plot.valToPos(next, "x", true)];
  plot.ctx.save();
  plot.ctx.fillStyle = colour("ink", 0.16);
  plot.ctx.fillRect(from, plot.bbox.top, Math.max(2, to - from), plot.bbox.height);
  plot.ctx.restore();
}

/** Places of the two series between which a band is filled. */
type Bounds = readonly [upper: number, lower: number];

/**
 * A chart over the day in steps, one a period. `label` writes a value, `onPick` is called with the period that was
 * clicked. Layers are stacked here: the values given are each layer's own.
 */
export function createTimeChart(
  series: readonly TimeSeries[],
  label: (value: number) => string,
  onPick: (index: number) => void,
  band: Bounds | null = null,
): TimeChart {
  const host = el("div", { class: "time", role: "img", "aria-label": "" });
  const element = el("div", { class: "plot low" }, host);
  let plot: uPlot | null = null;
  let data: uPlot.AlignedData = [[]];
  let marked = -1;

  const make = (width: number, height: number): uPlot =>
    new uPlot(
      {
        width,
        height,
        legend: { show: false },
        cursor: { y: false, points: { show: false }, sync: { key: "day" }, drag: { x: false, y: false } },
        scales: { x: { time: false, range: [0, 1440] }, y: { range: (_, low, high) => bounds(low, high) } },
        axes: axesOf(width > 520, label),
        series: [{}, ...linesOf(series)],
        bands: bandsOf(series, band),
        hooks: { draw: [(self) => shade(self, marked)] },
      },
      data,
      host,
    );

  host.addEventListener("click", () => {
    const index = plot?.cursor.idx;
    if (index !== null && index !== undefined) onPick(index);
  });
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry!.contentRect.width);
    const height = Math.floor(entry!.contentRect.height);
    if (width < 40 || (plot !== null && plot.width === width)) return;
    plot?.destroy();
    plot = make(width, height);
  }).observe(element);
  addEventListener("theme", () => plot?.redraw());

  return {
    element,
    show(minutes, values, text) {
      host.setAttribute("aria-label", text);
      data = [[...minutes], ...stack(series, values)] as uPlot.AlignedData;
      plot?.setData(data);
    },
    mark(index) {
      marked = index;
      plot?.redraw(false);
    },
  };
}

/** Room above and below, zero always in it. */
function bounds(low: number | null, high: number | null): [number, number] {
  const [from, to] = [Math.min(0, low ?? 0), Math.max(0, high ?? 0)];
  const room = (to - from) * 0.06;
  return from === to ? [0, 1] : [from === 0 ? 0 : from - room, to === 0 ? 0 : to + room];
}
