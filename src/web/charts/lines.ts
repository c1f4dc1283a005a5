/** Time over orders, both in powers of ten. */
import { el, svg } from "../dom.js";
import { count, duration } from "../format.js";
import { locale, t } from "../say.js";
import { drawn, scale } from "./plot.js";

const compact = new Intl.NumberFormat(locale(), { notation: "compact" });

/** One line: its points, its colour in the style sheet, whether it is dashed, and its name at its end. */
export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly dashed: boolean;
  readonly points: readonly (readonly [orders: number, milliseconds: number])[];
}

/** Time over orders, both in powers of ten. */
export function createLines(): {
  readonly element: HTMLElement;
  show(lines: readonly Line[], text: string): void;
} {
  const element = el("div", { class: "plot" });
  let lines: readonly Line[] = [];
  let text = "";
  const paint = drawn(element, (root, width, height) => {
    root.setAttribute("aria-label", text);
    const log = Math.log10;
    const times = lines.flatMap((line) => line.points.map((point) => point[1]));
    const low = Math.floor(Math.min(-1, ...times.map(log)));
    const high = Math.ceil(Math.max(1, ...times.map(log)));
    const x = scale(3, 6, 62, width - 18);
    const y = scale(low, high, height - 36, 16);
    for (let power = low; power <= high; power++)
      root.append(
        svg("line", { class: "grid-line", x1: 62, x2: width - 18, y1: y(power), y2: y(power) }),
        svg("text", { x: 54, y: y(power), dy: "0.32em", "text-anchor": "end" }, duration(10 ** power)),
      );
    for (const power of [3, 4, 5, 6]) {
      const name = width > 480 ? count(10 ** power) : compact.format(10 ** power);
      root.append(
        svg("line", { class: "grid-line", x1: x(power), x2: x(power), y1: 16, y2: height - 36 }),
        svg("text", { x: x(power), y: height - 16, "text-anchor": power === 6 ? "end" : "middle" }, name),
      );
    }
    root.append(svg("text", { x: 62, y: height - 1 }, t`orders in the period`));
    for (const line of lines) {
      if (line.points.length === 0) continue;
      const at = line.points.map(([orders, ms]) => [x(log(orders)), y(log(ms))] as const);
      const path = svg("path", {
        class: "speed",
        d: at
          .map(([px, py], index) => `${index === 0 ? "M" : "L"}${px.toFixed(1)} ${py.toFixed(1)}`)
          .join(""),
      });
      path.style.stroke = `var(--${line.colour})`;
      if (line.dashed) path.style.strokeDasharray = "6 5";
      root.append(path);
      for (const [px, py] of at) {
        const dot = svg("circle", { cx: px, cy: py, r: 3.5 });
        dot.style.fill = `var(--${line.colour})`;
        root.append(dot);
      }
    }
  });
  return {
    element,
    show(next, says) {
      lines = next;
      text = says;
      paint();
    },
  };
}
