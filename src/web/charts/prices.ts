/** Prices over the last blocks: a bar from the lowest to the highest that was paid in each. */
import { el, svg } from "../dom.js";
import { fixed } from "../format.js";
import { t } from "../say.js";
import { drawn, nothing, scale, ticks } from "./plot.js";

/** One block: its height, and the prices paid in it, where anything was traded. */
export interface PricePoint {
  readonly height: number;
  readonly prices: { readonly lowest: number; readonly highest: number } | null;
}

/** Prices over blocks; the newest stands at the right. */
export function createPrices(): {
  readonly element: HTMLElement;
  /** Shows points, what they are in words, and what stands there while none has a price. */
  show(points: readonly PricePoint[], text: string, empty: string): void;
} {
  const element = el("div", { class: "plot low" });
  let points: readonly PricePoint[] = [];
  let text = "";
  let none = "";
  const paint = drawn(element, (root, width, height) => {
    root.setAttribute("aria-label", text);
    const priced = points.flatMap(({ prices }) => (prices === null ? [] : [prices]));
    if (priced.length === 0) return void root.append(nothing(width, height, none));
    const [left, right, top, bottom] = [62, 12, 16, 30];
    const low = Math.min(0, ...priced.map(({ lowest }) => lowest));
    const high = Math.max(...priced.map(({ highest }) => highest), low + 0.01);
    const y = scale(low, high, height - bottom, top);
    for (const value of ticks(low, high, 4))
      root.append(
        svg("line", { class: "grid-line", x1: left, x2: width - right, y1: y(value), y2: y(value) }),
        svg("text", { x: left - 8, y: y(value), dy: "0.32em", "text-anchor": "end" }, fixed(value, 2)),
      );
    const step = (width - left - right) / Math.max(20, points.length);
    for (const [place, { prices }] of points.entries()) {
      if (prices === null) continue;
      const x = width - right - step * (points.length - place);
      const from = y(prices.highest);
      root.append(
        svg("rect", {
          class: "price-bar",
          x: x + step * 0.15,
          width: Math.max(1, step * 0.7),
          y: from - 1,
          height: Math.max(2, y(prices.lowest) - from + 2),
        }),
      );
    }
    const [first, last] = [points[0]!, points.at(-1)!];
    root.append(
      svg(
        "text",
        { x: width - right - step * points.length, y: height - 8, "text-anchor": "start" },
        t`block ${first.height}`,
      ),
    );
    if (points.length > 8)
      root.append(svg("text", { x: width - right, y: height - 8, "text-anchor": "end" }, `${last.height}`));
  });
  return {
    element,
    show(next, said, empty) {
      points = next;
      text = said;
      none = empty;
      paint();
    },
  };
}
