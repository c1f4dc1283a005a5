import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { el } from "../dom.js";
import { clock } from "../format.js";

/** A colour of the style sheet by its name, as the canvas needs it. */
function colour(name: string, alpha = 1): string {
  const probe = el("span");
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

/**
 * A chart over the day in steps, one a period. `label` writes a value, `onPick` hears which period was clicked.
 * Layers are stacked here: the values given are each layer's own.
 */
export function createTimeChart(
  series: readonly TimeSeries[],
  label: (value: number) => string,
  onPick: (index: number) => void,
  band: readonly [upper: number, lower: number] | null = null,
): TimeChart {
  const host = el("div", { class: "time", role: "img", "aria-label": "" });
  const element = el("div", { class: "plot low" }, host);
  let plot: uPlot | null = null;
  let data: uPlot.AlignedData = [[]];
  let marked = -1;

  /** Layers as uPlot draws them: every layer the sum of those up to it. */
  const stack = (values: readonly (readonly (number | null)[])[]): (number | null)[][] => {
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
  };

  const axis = (more: Partial<uPlot.Axis>): uPlot.Axis => ({
    stroke: () => colour("muted"),
    grid: { stroke: () => colour("line"), width: 1 },
    ticks: { stroke: () => colour("line"), width: 1, size: 4 },
    font: '12px system-ui, -apple-system, "Segoe UI", sans-serif',
    ...more,
  });

  function make(width: number, height: number): uPlot {
    const stepped = uPlot.paths.stepped!({ align: 1 });
    const layers = series.flatMap(({ form }, place) => (form === "up" || form === "down" ? [place] : []));
    const below = (place: number): number => {
      const lower = layers
        .filter((other) => other < place && series[other]!.form === series[place]!.form)
        .at(-1);
      return lower === undefined ? -1 : lower;
    };
    return new uPlot(
      {
        width,
        height,
        legend: { show: false },
        cursor: { y: false, points: { show: false }, sync: { key: "day" }, drag: { x: false, y: false } },
        scales: { x: { time: false, range: [0, 1440] }, y: { range: (_, low, high) => bounds(low, high) } },
        axes: [
          axis({
            values: (_, splits) => splits.map((minutes) => clock(minutes)),
            size: 36,
            splits: () =>
              width > 520 ? [0, 180, 360, 540, 720, 900, 1080, 1260, 1440] : [0, 360, 720, 1080, 1440],
          }),
          axis({ values: (_, splits) => splits.map((value) => label(value)), size: 68 }),
        ],
        series: [
          {},
          ...series.map(({ label: name, colour: tone, form }, place): uPlot.Series => {
            const layered = form === "up" || form === "down";
            const alone = layered && below(place) < 0;
            return {
              label: name,
              stroke: () => colour(tone),
              width: layered ? 0 : form === "faint" ? 0 : 2,
              paths: stepped,
              points: { show: false },
              ...(alone ? { fill: () => colour(tone, 0.62), fillTo: 0 } : {}),
            };
          }),
        ],
        bands: [
          ...layers
            .filter((place) => below(place) >= 0)
            .map(
              (place): uPlot.Band => ({
                series: [place + 1, below(place) + 1],
                fill: () => colour(series[place]!.colour, 0.62),
                dir: series[place]!.form === "up" ? -1 : 1,
              }),
            ),
          ...(band === null
            ? []
            : [
                {
                  series: [band[0] + 1, band[1] + 1] as [number, number],
                  fill: () => colour(series[band[0]]!.colour, 0.22),
                },
              ]),
        ],
        hooks: {
          draw: [
            (self) => {
              const at = self.data[0][marked];
              if (at === undefined) return;
              const next =
                self.data[0][marked + 1] ?? at + ((self.data[0][1] ?? 1440) - (self.data[0][0] ?? 0));
              const [from, to] = [self.valToPos(at, "x", true), self.valToPos(next, "x", true)];
              self.ctx.save();
              self.ctx.fillStyle = colour("ink", 0.16);
              self.ctx.fillRect(from, self.bbox.top, Math.max(2, to - from), self.bbox.height);
              self.ctx.restore();
            },
          ],
        },
      },
      data,
      host,
    );
  }

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
      data = [[...minutes], ...stack(values)] as uPlot.AlignedData;
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
