/** Supply and demand of the same orders in one chart, with what two sets of rules sold of them told apart. */
import { el, svg } from "../dom.js";
import { price } from "../format.js";
import { t } from "../say.js";
import type { Side } from "../worker/compare.js";
import type { Curve } from "../worker/curves.js";
import { drawn, energyAxes, nothing, type Room, type Scale, scale, ticks } from "./plot.js";

/** Pixels between a curve and the line of what was sold of it: A above, B below. */
const beside = 6;
const names = ["A", "B"] as const;

function stepPath({ until, price }: Curve, x: Scale, y: Scale): string {
  let path = "";
  let from = 0;
  until.forEach((end, step) => {
    const level = y(price[step]!).toFixed(1);
    path += `${step === 0 ? "M" : "L"}${x(from).toFixed(1)} ${level}L${x(end).toFixed(1)} ${level}`;
    from = end;
  });
  return path;
}

/** Lines along a curve where something was sold, as long as the part sold of each order. */
function soldPath({ until, price, filled }: Curve, x: Scale, y: Scale, away: number): string {
  let path = "";
  let from = 0;
  until.forEach((end, step) => {
    const part = filled[step]!;
    const level = (y(price[step]!) + away).toFixed(1);
    if (part > 0) path += `M${x(from).toFixed(1)} ${level}H${x(from + (end - from) * part).toFixed(1)}`;
    from = end;
  });
  return path;
}

/** The prices of both at the right: one price is a line across, several are a bar from the lowest to the highest. */
function pricesOf(sides: readonly [Side, Side], room: Room, y: Scale): SVGElement[] {
  return sides.flatMap((side, index) => {
    if (side.lowest === null || side.highest === null || side.meanPrice === null) return [];
    const at = room.width - room.right + 20 + index * 26;
    const kind = index === 0 ? "first" : "second";
    const [top, base] = [y(side.highest), y(side.lowest)];
    return [
      side.clearingPrice === null
        ? svg("line", { class: `both-range ${kind}`, x1: at, x2: at, y1: top - 3, y2: base + 3 })
        : svg("line", { class: `both-price ${kind}`, x1: room.left, x2: at + 6, y1: top, y2: top }),
      svg("circle", { class: `both-mean ${kind}`, cx: at, cy: y(side.meanPrice), r: 4.5 }),
      svg(
        "text",
        { class: "bar-name", x: at, y: room.height - room.bottom + 18, "text-anchor": "middle" },
        names[index]!,
      ),
    ];
  });
}

function draw(root: SVGSVGElement, sides: readonly [Side, Side], width: number, height: number): void {
  const { supply, demand } = sides[0];
  const widest = Math.max(supply.until.at(-1) ?? 0, demand.until.at(-1) ?? 0);
  if (widest === 0) {
    root.append(nothing(width, height, t`There are no orders in this period.`));
    return;
  }
  const room: Room = { width, height, left: 50, right: 64, top: 28, bottom: 40 };
  const paid = sides.flatMap(({ lowest, highest }) => (lowest === null ? [] : [lowest, highest!]));
  const prices = [...supply.price, ...demand.price, ...paid, 0];
  const [low, most] = [Math.min(...prices) * 1.06, Math.max(...prices) * 1.06];
  const high = most > low ? most : low + 1;
  const x = scale(0, widest, room.left, width - room.right);
  const y = scale(low, high, height - room.bottom, room.top);
  root.append(
    energyAxes(room, x, ticks(0, widest, width > 520 ? 6 : 3), y, ticks(low, high, 6)),
    svg("path", { class: "curve thin demand", d: stepPath(demand, x, y) }),
    svg("path", { class: "curve thin supply", d: stepPath(supply, x, y) }),
  );
  sides.forEach((side, index) => {
    const [kind, away] = index === 0 ? ["first", -beside] : ["second", beside];
    for (const curve of [side.supply, side.demand])
      root.append(svg("path", { class: `both-sold ${kind}`, d: soldPath(curve, x, y, away) }));
  });
  root.append(...pricesOf(sides, room, y));
}

/** What is said of the prices of a set of rules. */
export function priceWords({ lowest, highest, meanPrice, clearingPrice }: Side): string {
  if (lowest === null || highest === null || meanPrice === null) return t`no trades`;
  if (clearingPrice !== null && lowest === highest) return t`${price(clearingPrice)} for all`;
  return t`${price(lowest)} to ${price(highest)}, ${price(meanPrice)} on average`;
}

/** Makes the chart. */
export function createBoth(): {
  readonly element: HTMLElement;
  show(sides: readonly [Side, Side], text: string): void;
} {
  const element = el("div", { class: "plot" });
  let shown: { readonly sides: readonly [Side, Side]; readonly text: string } | null = null;
  const paint = drawn(element, (root, width, height) => {
    if (shown === null) return;
    root.setAttribute("aria-label", shown.text);
    draw(root, shown.sides, width, height);
  });
  return {
    element,
    show(sides, text) {
      shown = { sides, text };
      paint();
    },
  };
}
