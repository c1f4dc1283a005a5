/** Scales, axes and SVGs that follow the size of their place. */
import { svg } from "../dom.js";
import { energy, price } from "../format.js";
import { t } from "../say.js";

/** A linear scale from values to pixels. */
export interface Scale {
  (value: number): number;
  invert(pixel: number): number;
}

export function scale(low: number, high: number, from: number, to: number): Scale {
  const factor = high === low ? 0 : (to - from) / (high - low);
  const forward = (value: number): number => from + (value - low) * factor;
  return Object.assign(forward, {
    invert: (pixel: number): number => (factor === 0 ? low : low + (pixel - from) / factor),
  });
}

/** Round values between `low` and `high`, about `wanted` of them. */
export function ticks(low: number, high: number, wanted: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const values: number[] = [];
  for (let index = Math.ceil(low / step - 1e-9) + 0; index * step <= high + step * 1e-9; index++)
    values.push(index * step);
  return values;
}

/** A chart that only says why there is nothing to draw. */
export const nothing = (width: number, height: number, why: string): SVGTextElement =>
  svg("text", { x: width / 2, y: height / 2, "text-anchor": "middle" }, why);

/** The room a drawing has: pixels of the whole and of the margins. */
export interface Room {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Axes with grid lines and labels. */
function axes(
  room: Room,
  x: { scale: Scale; values: readonly number[]; label: (value: number) => string; title: string } | null,
  y: { scale: Scale; values: readonly number[]; label: (value: number) => string; title: string },
): SVGGElement {
  const group = svg("g", { class: "axes" });
  for (const value of y.values) {
    const at = y.scale(value);
    group.append(
      svg("line", {
        x1: room.left,
        x2: room.width - room.right,
        y1: at,
        y2: at,
        class: value === 0 ? "zero" : "grid",
      }),
      svg("text", { x: room.left - 8, y: at, dy: "0.32em", "text-anchor": "end" }, y.label(value)),
    );
  }
  group.append(svg("text", { x: 0, y: room.top - 12, class: "title" }, y.title));
  if (x !== null) {
    const base = room.height - room.bottom;
    for (const value of x.values)
      group.append(
        svg("line", { x1: x.scale(value), x2: x.scale(value), y1: base, y2: base + 4, class: "tick" }),
        svg("text", { x: x.scale(value), y: base + 18, "text-anchor": "middle" }, x.label(value)),
      );
    group.append(
      svg(
        "text",
        { x: room.width - room.right, y: room.height - 4, "text-anchor": "end", class: "title" },
        x.title,
      ),
    );
  }
  return group;
}

/** Axes with energy to the right and prices upwards. */
export const energyAxes = (
  room: Room,
  x: Scale,
  energies: readonly number[],
  y: Scale,
  prices: readonly number[],
): SVGGElement =>
  axes(
    room,
    { scale: x, values: energies, label: energy, title: "" },
    { scale: y, values: prices, label: price, title: t`price per kWh` },
  );

/** In CSS pixels: in less there is nothing left between the margins of a chart, and its scales would run backwards. */
const leastWidth = 120;
const leastHeight = 40;

/**
 * Keeps an SVG in `host` as large as it is, redrawn when its size changes.
 * `draw` fills the emptied SVG; call the returned function when the data changed. An SVG whose parts can be focused
 * is a `group`: what stands in an `img` is hidden from screen readers.
 */
export function drawn(
  host: HTMLElement,
  draw: (root: SVGSVGElement, width: number, height: number) => void,
  role: "img" | "group" = "img",
): () => void {
  const root = svg("svg", { role, "aria-label": "" });
  host.append(root);
  let width = 0;
  let height = 0;
  const paint = (): void => {
    if (width < leastWidth || height < leastHeight) return;
    root.setAttribute("viewBox", `0 0 ${width} ${height}`);
    root.replaceChildren();
    draw(root, width, height);
  };
  new ResizeObserver(([entry]) => {
    const box = entry!.contentRect;
    const [newWidth, newHeight] = [Math.floor(box.width), Math.floor(box.height)];
    if (newWidth === width && newHeight === height) return;
    [width, height] = [newWidth, newHeight];
    paint();
  }).observe(host);
  return paint;
}
