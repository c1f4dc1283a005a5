/** Supply and demand as step curves that can be pointed at and walked with the keyboard. */
import { el, svg } from "../dom.js";
import { price as priceText } from "../format.js";
import { t } from "../say.js";
import type { Curve } from "../worker/curves.js";
import type { PeriodResult } from "../worker/period.js";
import { createTip } from "./legend.js";
import { drawn, energyAxes, type Room, type Scale, scale, ticks } from "./plot.js";

/** What a person pointed at: a step of one side's curve. */
export interface Picked {
  readonly side: "offer" | "bid";
  readonly step: number;
}

export interface CurveChart {
  readonly element: HTMLElement;
  show(result: PeriodResult, text: string): void;
}

function stepPath(curve: Curve, x: Scale, y: Scale): string {
  let path = "";
  let from = 0;
  for (let step = 0; step < curve.until.length; step++) {
    const level = y(curve.price[step]!).toFixed(1);
    path += `${step === 0 ? "M" : "L"}${x(from).toFixed(1)} ${level}L${x(curve.until[step]!).toFixed(1)} ${level}`;
    from = curve.until[step]!;
  }
  return path;
}

/**
 * Steps up to which each shows its part filled by its width; beyond, by its shade: slices of a pixel would only
 * flicker.
 */
const mostByWidth = 120;
const shade = 0.17;

/** Paints what was filled of every step under its curve: solid where traded, pale where not. */
function fills(curve: Curve, side: string, x: Scale, y: Scale): SVGGElement {
  const group = svg("g", {});
  const byWidth = curve.until.length <= mostByWidth;
  let from = 0;
  const base = y(0);
  for (let step = 0; step < curve.until.length; step++) {
    const level = y(curve.price[step]!);
    const left = x(from);
    const width = x(curve.until[step]!) - left;
    const filled = curve.filled[step]!;
    from = curve.until[step]!;
    if (filled === 0) continue;
    group.append(
      svg("rect", {
        class: `under ${side}`,
        x: left,
        y: Math.min(level, base),
        width: byWidth ? width * filled : width,
        height: Math.abs(base - level),
        opacity: byWidth ? shade : (shade * filled).toFixed(3),
      }),
    );
  }
  return group;
}

/** The scales of a chart and what it is drawn from. */
interface Drawing {
  readonly result: PeriodResult;
  readonly room: Room;
  readonly x: Scale;
  readonly y: Scale;
  readonly low: number;
  readonly high: number;
}

/** Fits the scales to the orders. The pool's price is drawn where it lies among them; it does not stretch the chart. */
export function scalesOf(result: PeriodResult, width: number, height: number): Drawing {
  const { supply, demand } = result;
  const room: Room = { width, height, left: 50, right: 12, top: 28, bottom: 40 };
  const widest = Math.max(supply.until.at(-1) ?? 0, demand.until.at(-1) ?? 0, 1);
  const prices = [...supply.price, ...demand.price, 0];
  const high = Math.max(...prices) * 1.06;
  const low = Math.min(...prices) * 1.06;
  return {
    result,
    room,
    x: scale(0, widest, room.left, width - room.right),
    y: scale(low, high === low ? low + 1 : high, height - room.bottom, room.top),
    low,
    high: high === low ? low + 1 : high,
  };
}

/** Lines across the chart: the pool's price where it lies within, and the clearing price. */
function priceLines({ result, room, y, low, high }: Drawing): SVGElement[] {
  const { clearingPrice, poolPrice } = result;
  const line = (value: number, name: string, kind: string): SVGElement[] => [
    svg("line", {
      class: `mark-line ${kind}`,
      x1: room.left,
      x2: room.width - room.right,
      y1: y(value),
      y2: y(value),
    }),
    svg(
      "text",
      { class: `mark-text ${kind}`, x: room.width - room.right - 4, y: y(value) - 6, "text-anchor": "end" },
      `${name} ${priceText(value)}`,
    ),
  ];
  const inside = poolPrice !== null && poolPrice <= high && poolPrice >= low;
  return [
    ...(inside ? line(poolPrice, t`pool’s own price`, "pool") : []),
    ...(clearingPrice === null ? [] : line(clearingPrice, t`clearing price`, "")),
  ];
}

function drawCurves(root: SVGSVGElement, drawing: Drawing): void {
  const { result, room, x, y, low, high } = drawing;
  const { supply, demand } = result;
  const widest = Math.max(supply.until.at(-1) ?? 0, demand.until.at(-1) ?? 0, 1);
  root.append(
    energyAxes(room, x, ticks(0, widest, room.width > 520 ? 7 : 4), y, ticks(low, high, 6)),
    fills(demand, "demand", x, y),
    fills(supply, "supply", x, y),
    svg("path", { class: "curve demand", d: stepPath(demand, x, y) }),
    svg("path", { class: "curve supply", d: stepPath(supply, x, y) }),
    ...priceLines(drawing),
  );
}

const curveOf = (result: PeriodResult, side: Picked["side"]): Curve =>
  side === "offer" ? result.supply : result.demand;

/** The first step that ends beyond a quantity. */
function stepAt(curve: Curve, quantity: number): number {
  let [from, to] = [0, curve.until.length - 1];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (curve.until[middle]! > quantity) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** The step of the nearer curve above or below a point. */
function under({ result, x, y }: Drawing, left: number, level: number): Picked | null {
  const quantity = x.invert(left);
  let best: Picked | null = null;
  let distance = Number.POSITIVE_INFINITY;
  for (const side of ["offer", "bid"] as const) {
    const curve = curveOf(result, side);
    if (quantity < 0 || quantity > (curve.until.at(-1) ?? -1)) continue;
    const step = stepAt(curve, quantity);
    const away = Math.abs(y(curve.price[step]!) - level);
    if (away < distance) [best, distance] = [{ side, step }, away];
  }
  return best;
}

/** Where a key goes from a step: left and right along the curve, up and down to the other; null for other keys. */
function moved(result: PeriodResult, from: Picked, key: string): Picked | null {
  const last = (side: Picked["side"]): number => curveOf(result, side).until.length - 1;
  const to = (side: Picked["side"], step: number): Picked => ({
    side,
    step: Math.max(0, Math.min(last(side), step)),
  });
  switch (key) {
    case "ArrowRight":
      return to(from.side, from.step + 1);
    case "ArrowLeft":
      return to(from.side, from.step - 1);
    case "PageDown":
      return to(from.side, from.step + 10);
    case "PageUp":
      return to(from.side, from.step - 10);
    case "Home":
      return to(from.side, 0);
    case "End":
      return to(from.side, last(from.side));
    case "ArrowUp":
    case "ArrowDown": {
      const side = from.side === "offer" ? "bid" : "offer";
      return to(side, from.step);
    }
    default:
      return null;
  }
}

/** What is picked after a key: another step, none, or undefined where the key has no use here. Enter opens one. */
function pressed(
  result: PeriodResult,
  picked: Picked | null,
  key: string,
  onPick: (picked: Picked) => void,
): Picked | null | undefined {
  if (key === "Escape") return null;
  if (key === "Enter" && picked !== null) {
    onPick(picked);
    return picked;
  }
  const now = moved(result, picked ?? { side: "offer", step: -1 }, key);
  return now === null || curveOf(result, now.side).until.length === 0 ? undefined : now;
}

/** The thick line over the step that is picked. */
function markerOf(
  { result, x, y }: Drawing,
  { side, step }: Picked,
): { line: SVGLineElement; right: number } {
  const curve = curveOf(result, side);
  const [from, right] = [x(curve.until[step - 1] ?? 0), x(curve.until[step]!)];
  const level = y(curve.price[step]!);
  const line = svg("line", {
    class: "picked",
    x1: from,
    x2: Math.max(right, from + 2),
    y1: level,
    y2: level,
  });
  line.style.strokeWidth = "6";
  return { line, right };
}

/**
 * Supply and demand as step curves. The pointer shows the order under it, the arrow keys go from order to order,
 * Enter or a click calls `onPick`. `label` says in words what a step is.
 */
export function createCurves(
  label: (picked: Picked) => string,
  onPick: (picked: Picked) => void,
  announce: (text: string) => void,
): CurveChart {
  const keys = el("div", {
    class: "chart-keys",
    tabindex: 0,
    role: "group",
    "aria-label": t`Orders along the curves: left and right go from order to order, up and down change side, Enter opens one`,
  });
  const element = el("div", { class: "plot" }, keys);
  const tip = createTip(element);
  let result: PeriodResult | null = null;
  let drawing: Drawing | null = null;
  let text = "";
  let picked: Picked | null = null;
  let marker: SVGLineElement | null = null;

  const place = (now: Picked | null): void => {
    picked = now;
    marker?.remove();
    if (now === null || drawing === null) {
      tip.hide();
      return;
    }
    const { line, right } = markerOf(drawing, now);
    marker = line;
    element.querySelector("svg")?.append(line);
    tip.say(label(now), right);
  };
  const paint = drawn(keys, (root, width, height) => {
    root.setAttribute("aria-label", text);
    if (result === null) return;
    drawing = scalesOf(result, width, height);
    drawCurves(root, drawing);
    place(picked);
  });
  const pointed = (event: MouseEvent): Picked | null => {
    const box = keys.getBoundingClientRect();
    return drawing && under(drawing, event.clientX - box.left, event.clientY - box.top);
  };
  keys.addEventListener("pointermove", (event) => place(pointed(event)));
  keys.addEventListener("pointerleave", () => place(null));
  keys.addEventListener("click", (event) => {
    const now = pointed(event);
    if (now !== null) onPick(now);
  });
  keys.addEventListener("blur", () => place(null));
  keys.addEventListener("keydown", (event) => {
    if (result === null) return;
    const now = pressed(result, picked, event.key, onPick);
    if (now === undefined) return;
    event.preventDefault();
    place(now);
    if (now !== null) announce(label(now));
  });
  return {
    element,
    show(next, says) {
      result = next;
      text = says;
      picked = null;
      tip.hide();
      paint();
    },
  };
}
