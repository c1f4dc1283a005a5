/** Two sets of values over seeds, a row for each measure: where most of them lie, the median, and each of them. */
import { el, svg } from "../dom.js";
import { drawn, scale } from "./plot.js";

/** One measure: its name, the values by seed, and the ends and middle of most of them, A and B. */
export interface Strip {
  readonly name: string;
  readonly sides: readonly {
    readonly values: readonly number[];
    readonly low: number;
    readonly median: number;
    readonly high: number;
  }[];
  label(value: number): string;
}

const rowHeight = 58;
const kinds = ["first", "second"] as const;

function drawRow(root: SVGSVGElement, strip: Strip, top: number, width: number): void {
  const all = strip.sides.flatMap(({ values }) => values);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const x = scale(low, high, 24, width - 24);
  const at = (value: number): number => (high === low ? width / 2 : x(value));
  root.append(svg("text", { class: "strip-name", x: 0, y: top + 13 }, strip.name));
  strip.sides.forEach((side, index) => {
    const y = top + 24 + index * 11;
    const kind = kinds[index]!;
    root.append(
      svg("text", { class: "bar-name", x: 0, y, dy: "0.34em" }, index === 0 ? "A" : "B"),
      ...side.values.map((value) =>
        svg("line", { class: `strip-tick ${kind}`, x1: at(value), x2: at(value), y1: y - 4, y2: y + 4 }),
      ),
      svg("line", { class: `both-price ${kind}`, x1: at(side.low), x2: at(side.high), y1: y, y2: y }),
      svg("circle", { class: `both-mean ${kind}`, cx: at(side.median), cy: y, r: 4.5 }),
    );
  });
  root.append(
    svg("text", { class: "strip-end", x: 24, y: top + 52 }, strip.label(low)),
    svg("text", { class: "strip-end", x: width - 24, y: top + 52, "text-anchor": "end" }, strip.label(high)),
  );
}

/** Makes the rows; the chart is as high as they are many. */
export function createStrips(): {
  readonly element: HTMLElement;
  show(strips: readonly Strip[], text: string): void;
} {
  const element = el("div", { class: "plot strips" });
  let shown: readonly Strip[] = [];
  let text = "";
  const paint = drawn(element, (root, width) => {
    root.setAttribute("aria-label", text);
    shown.forEach((strip, index) => {
      drawRow(root, strip, index * rowHeight, width);
    });
  });
  return {
    element,
    show(strips, says) {
      shown = strips;
      text = says;
      element.style.setProperty("height", `${Math.max(1, strips.length) * rowHeight}px`);
      paint();
    },
  };
}
