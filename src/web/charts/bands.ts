/** The chart of who gains what: every trade as a column. */
import { el, svg } from "../dom.js";
import { energy, price as priceText } from "../format.js";
import { t } from "../say.js";
import type { Band, PeriodResult } from "../worker/period.js";
import { createTip } from "./legend.js";
import { drawn, energyAxes, nothing, type Room, type Scale, scale, ticks } from "./plot.js";

/**
 * One trade as a column between two places, from the seller's limit to the buyer's, with the price between; what the
 * pool keeps of it stays empty.
 */
function column(band: Band, x: Scale, y: Scale, from: number, gap: number, base: number): SVGGElement {
  const left = x(from);
  const wide = Math.max(0.5, x(from + band.quantity) - left - gap);
  const part = (low: number, high: number, kind: string): SVGRectElement =>
    svg("rect", {
      class: `band ${kind}`,
      x: left,
      y: y(high),
      width: wide,
      height: Math.max(0, y(low) - y(high)),
    });
  const group = svg(
    "g",
    {},
    part(band.price, band.high, "gain-buyer"),
    part(band.low, band.received, "gain-seller"),
    svg("line", { class: "band-price", x1: left, x2: left + wide, y1: y(band.price), y2: y(band.price) }),
  );
  if (band.pool)
    group.append(svg("rect", { x: left, width: wide, y: base + 1, height: 4, fill: "var(--pool)" }));
  return group;
}

/**
 * Every trade as a column, in order of execution: from what the seller asked to what the buyer would have paid, with
 * the price between them, so that one sees who gains how much.
 */
export function createBands(label: (band: Band) => string): {
  readonly element: HTMLElement;
  show(result: PeriodResult, text: string): void;
} {
  const host = el("div", { class: "chart-keys" });
  const element = el("div", { class: "plot low" }, host);
  const tip = createTip(element);
  let bands: readonly Band[] = [];
  let text = "";
  const paint = drawn(host, (root, width, height) => {
    root.setAttribute("aria-label", text);
    if (bands.length === 0) {
      root.append(nothing(width, height, t`No seller and buyer could agree in this period.`));
      return;
    }
    const room: Room = { width, height, left: 50, right: 12, top: 28, bottom: 40 };
    const total = bands.reduce((sum, band) => sum + band.quantity, 0);
    const high = Math.max(...bands.map((band) => band.high), 0) * 1.06;
    const low = Math.min(...bands.map((band) => band.low), 0) * 1.06;
    const x = scale(0, total, room.left, width - room.right);
    const y = scale(low, high, height - room.bottom, room.top);
    root.append(energyAxes(room, x, ticks(0, total, width > 520 ? 7 : 4), y, ticks(low, high, 5)));
    let from = 0;
    for (const band of bands) {
      const group = column(band, x, y, from, bands.length < 60 ? 1.5 : 0, height - room.bottom);
      const right = x(from + band.quantity);
      group.addEventListener("pointerenter", () => tip.say(label(band), right));
      group.addEventListener("pointerleave", () => tip.hide());
      root.append(group);
      from += band.quantity;
    }
  });
  return {
    element,
    show(next, says) {
      bands = next.bands;
      text = says;
      tip.hide();
      paint();
    },
  };
}

/** A band in words. */
export function bandWords(band: Band): string {
  const [much, paid, got] = [energy(band.quantity), priceText(band.price), priceText(band.received)];
  const deal =
    band.received === band.price
      ? band.pool
        ? t`${much} at ${paid} from the pool`
        : t`${much} at ${paid}`
      : band.pool
        ? t`${much} at ${paid} from the pool, the seller gets ${got}`
        : t`${much} at ${paid}, the seller gets ${got}`;
  return `${deal}\n${t`asked ${priceText(band.low)}, offered to pay ${priceText(band.high)}`}`;
}
