import { el, svg } from "../dom.js";
import { energy, price as priceText } from "../format.js";
import type { Curve } from "../worker/curves.js";
import type { PeriodResult } from "../worker/period.js";
import { createTip } from "./legend.js";
import { axes, drawn, type Room, type Scale, scale, ticks } from "./plot.js";

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

/** Steps up to which each shows its part filled by its width; beyond, by its shade: slices of a pixel would only flicker. */
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
    "aria-label":
      "Orders along the curves: left and right go from order to order, up and down change side, Enter opens one",
  });
  const element = el("div", { class: "plot" }, keys);
  const tip = createTip(element);
  let result: PeriodResult | null = null;
  let text = "";
  let picked: Picked | null = null;
  let [x, y]: [Scale, Scale] = [scale(0, 1, 0, 1), scale(0, 1, 0, 1)];
  let marker: SVGLineElement | null = null;
  const curveOf = (side: Picked["side"]): Curve => (side === "offer" ? result!.supply : result!.demand);

  const place = (now: Picked | null): void => {
    picked = now;
    marker?.remove();
    if (now === null || result === null) {
      tip.hide();
      return;
    }
    const curve = curveOf(now.side);
    const [from, to] = [x(curve.until[now.step - 1] ?? 0), x(curve.until[now.step]!)];
    const level = y(curve.price[now.step]!);
    marker = svg("line", {
      class: "picked",
      x1: from,
      x2: Math.max(to, from + 2),
      y1: level,
      y2: level,
      "stroke-width": 6,
    });
    marker.style.strokeWidth = "6";
    element.querySelector("svg")?.append(marker);
    tip.say(label(now), to);
  };

  const paint = drawn(keys, (root, width, height) => {
    root.setAttribute("aria-label", text);
    if (result === null) return;
    const { supply, demand, clearingPrice, poolPrice } = result;
    const room: Room = { width, height, left: 50, right: 12, top: 28, bottom: 40 };
    const widest = Math.max(supply.until.at(-1) ?? 0, demand.until.at(-1) ?? 0, 1);
    const prices = [...supply.price, ...demand.price, poolPrice ?? 0, 0];
    const high = Math.max(...prices) * 1.06;
    const low = Math.min(...prices) * 1.06;
    x = scale(0, widest, room.left, width - room.right);
    y = scale(low, high === low ? low + 1 : high, height - room.bottom, room.top);
    root.append(
      axes(
        room,
        { scale: x, values: ticks(0, widest, width > 520 ? 7 : 4), label: energy, title: "" },
        {
          scale: y,
          values: ticks(low, high, 6),
          label: (value) => (value / 1e6).toFixed(2),
          title: "price per kWh",
        },
      ),
      fills(demand, "demand", x, y),
      fills(supply, "supply", x, y),
      svg("path", { class: "curve demand", d: stepPath(demand, x, y) }),
      svg("path", { class: "curve supply", d: stepPath(supply, x, y) }),
    );
    const line = (value: number, name: string, kind: string): void => {
      root.append(
        svg("line", {
          class: `mark-line ${kind}`,
          x1: room.left,
          x2: width - room.right,
          y1: y(value),
          y2: y(value),
        }),
        svg(
          "text",
          { class: `mark-text ${kind}`, x: width - room.right - 4, y: y(value) - 6, "text-anchor": "end" },
          `${name} ${priceText(value)}`,
        ),
      );
    };
    if (poolPrice !== null) line(poolPrice, "pool", "pool");
    if (clearingPrice !== null) line(clearingPrice, "clearing price", "");
    place(picked);
  });

  const stepAt = (curve: Curve, quantity: number): number => {
    let [from, to] = [0, curve.until.length - 1];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (curve.until[middle]! > quantity) to = middle;
      else from = middle + 1;
    }
    return from;
  };
  /** The step of the nearer curve above or below the pointer. */
  const under = (event: MouseEvent): Picked | null => {
    if (result === null) return null;
    const box = keys.getBoundingClientRect();
    const quantity = x.invert(event.clientX - box.left);
    const level = event.clientY - box.top;
    let best: Picked | null = null;
    let distance = Number.POSITIVE_INFINITY;
    for (const side of ["offer", "bid"] as const) {
      const curve = curveOf(side);
      if (quantity < 0 || quantity > (curve.until.at(-1) ?? -1)) continue;
      const step = stepAt(curve, quantity);
      const away = Math.abs(y(curve.price[step]!) - level);
      if (away < distance) [best, distance] = [{ side, step }, away];
    }
    return best;
  };
  keys.addEventListener("pointermove", (event) => place(under(event)));
  keys.addEventListener("pointerleave", () => place(null));
  keys.addEventListener("click", (event) => {
    const now = under(event);
    if (now !== null) onPick(now);
  });
  keys.addEventListener("blur", () => place(null));
  keys.addEventListener("keydown", (event) => {
    if (result === null) return;
    const now = picked ?? { side: "offer", step: -1 };
    const move = { ArrowRight: 1, ArrowLeft: -1, PageDown: 10, PageUp: -10 }[event.key];
    const size = curveOf(now.side).until.length;
    if (move !== undefined && size > 0)
      place({ side: now.side, step: Math.max(0, Math.min(size - 1, now.step + move)) });
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      const side = now.side === "offer" ? "bid" : "offer";
      if (curveOf(side).until.length > 0)
        place({ side, step: Math.min(Math.max(now.step, 0), curveOf(side).until.length - 1) });
    } else if (event.key === "Enter" && picked !== null) onPick(picked);
    else if (event.key === "Escape") place(null);
    else return;
    event.preventDefault();
    if (picked !== null) announce(label(picked));
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
