/** How full lines are over a day: a row for each, a cell for each period, darker the more of the limit is taken. */
import { el, svg } from "../dom.js";
import { clock } from "../format.js";
import { drawn, scale } from "./plot.js";

/** A line in one period. */
export interface Load {
  /** The part of its limit that was taken, 0 to 1; null: it has no limit. */
  readonly part: number | null;
  /** Whether its limit decided something. */
  readonly tight: boolean;
}

export interface LoadRow {
  readonly name: string;
  readonly loads: readonly Load[];
}

const rowHeight = 24;
const top = 4;
const bottom = 26;
const day = 1440;
/** About how wide a letter of a name is. */
const letterWidth = 7;

/** The rows; `onPick` is called with the period that was clicked. `length`: minutes of a period. */
export function createLoads(onPick: (index: number) => void): {
  readonly element: HTMLElement;
  show(rows: readonly LoadRow[], length: number, text: string): void;
  mark(index: number): void;
} {
  const element = el("div", { class: "plot loads" });
  let rows: readonly LoadRow[] = [];
  let length = day;
  let text = "";
  let marked = -1;
  let x = scale(0, day, 0, 1);

  function cell({ part, tight }: Load, index: number, y: number): SVGRectElement {
    const [from, to] = [x(index * length), x((index + 1) * length)];
    const rect = svg("rect", {
      class: tight ? "load tight" : "load",
      x: from,
      y: y + 3,
      width: Math.max(0.5, to - from),
      height: rowHeight - 6,
    });
    if (!tight) rect.style.fillOpacity = String(0.06 + 0.74 * Math.min(1, part ?? 0));
    return rect;
  }
  const paint = drawn(element, (root, width, height) => {
    root.setAttribute("aria-label", text);
    const left = 12 + letterWidth * Math.max(0, ...rows.map(({ name }) => name.length));
    x = scale(0, day, left, width - 14);
    rows.forEach(({ name, loads }, place) => {
      const y = top + place * rowHeight;
      root.append(
        svg("text", { class: "strip-name", x: 0, y: y + rowHeight / 2, dy: "0.34em" }, name),
        ...loads.map((load, index) => cell(load, index, y)),
      );
    });
    for (const hour of [0, 6, 12, 18, 24])
      root.append(
        svg("text", { x: x(hour * 60), y: height - 8, "text-anchor": "middle" }, clock((hour * 60) % day)),
      );
    if (marked >= 0)
      root.append(
        svg("rect", {
          class: "load-mark",
          x: x(marked * length) - 1,
          y: top,
          width: x(length) - x(0) + 2,
          height: rows.length * rowHeight,
        }),
      );
  });
  element.addEventListener("click", ({ clientX }) => {
    const minutes = x.invert(clientX - element.getBoundingClientRect().left);
    const index = Math.floor(minutes / length);
    if (index >= 0 && index < (rows[0]?.loads.length ?? 0)) onPick(index);
  });
  return {
    element,
    show(next, minutes, says) {
      rows = next;
      length = minutes;
      text = says;
      element.style.height = `${top + rows.length * rowHeight + bottom}px`;
      paint();
    },
    mark(index) {
      marked = index;
      paint();
    },
  };
}
