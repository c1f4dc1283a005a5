import { el, svg } from "../dom.js";
import { energy, price as priceText } from "../format.js";
import type { Band, PeriodResult } from "../worker/period.js";
import { createTip } from "./legend.js";
import { axes, drawn, type Room, scale, ticks } from "./plot.js";

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
  let result: PeriodResult | null = null;
  let text = "";
  const paint = drawn(host, (root, width, height) => {
    root.setAttribute("aria-label", text);
    if (result === null) return;
    const { bands } = result;
    if (bands.length === 0) {
      root.append(
        svg(
          "text",
          { x: width / 2, y: height / 2, "text-anchor": "middle" },
          "No seller and buyer could agree in this period.",
        ),
      );
      return;
    }
    const room: Room = { width, height, left: 50, right: 12, top: 28, bottom: 40 };
    const total = bands.reduce((sum, band) => sum + band.quantity, 0);
    const high = Math.max(...bands.map((band) => band.high), 0) * 1.06;
    const low = Math.min(...bands.map((band) => band.low), 0) * 1.06;
    const x = scale(0, total, room.left, width - room.right);
    const y = scale(low, high, height - room.bottom, room.top);
    root.append(
      axes(
        room,
        { scale: x, values: ticks(0, total, width > 520 ? 7 : 4), label: energy, title: "" },
        {
          scale: y,
          values: ticks(low, high, 5),
          label: (value) => (value / 1e6).toFixed(2),
          title: "price per kWh",
        },
      ),
    );
    let from = 0;
    for (const band of bands) {
      const left = x(from);
      const wide = Math.max(0.5, x(from + band.quantity) - left - (bands.length < 60 ? 1.5 : 0));
      from += band.quantity;
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
        {
          onpointerenter: () => tip.say(label(band), left + wide / 2),
          onpointerleave: () => tip.hide(),
        },
        part(band.price, band.high, "gain-buyer"),
        part(band.low, band.price, "gain-seller"),
        svg("line", { class: "band-price", x1: left, x2: left + wide, y1: y(band.price), y2: y(band.price) }),
      );
      if (band.pool)
        group.append(
          svg("rect", { x: left, width: wide, y: height - room.bottom + 1, height: 4, fill: "var(--pool)" }),
        );
      root.append(group);
    }
  });
  return {
    element,
    show(next, says) {
      result = next;
      text = says;
      tip.hide();
      paint();
    },
  };
}

/** A band in words. */
export const bandWords = (band: Band): string =>
  `${energy(band.quantity)} at ${priceText(band.price)}${band.pool ? " from the pool" : ""}\nasked ${priceText(band.low)}, offered to pay ${priceText(band.high)}`;
