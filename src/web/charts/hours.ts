/** A day as columns, one a period: what came from among the neighbours below, what came from the grid on top. */
import { svg } from "../dom.js";

/** Values of a day by period, in one unit. */
export interface Hours {
  readonly below: readonly number[];
  readonly above: readonly number[];
  /** Place of the period that is marked. */
  readonly marked: number;
}

const [wide, high, foot] = [960, 220, 22];

/** Draws the day; `text` says what it shows. */
export function hoursChart({ below, above, marked }: Hours, text: string): SVGSVGElement {
  const most = Math.max(1, ...below.map((value, place) => value + above[place]!));
  const step = wide / below.length;
  const level = (value: number): number => (value / most) * (high - foot - 12);
  const columns = below.flatMap((value, place) => {
    const at = { x: place * step + 0.5, width: Math.max(1, step - 1) };
    const [low, top] = [level(value), level(above[place]!)];
    return [
      svg("rect", { ...at, class: "hour-below", y: high - foot - low, height: low }),
      svg("rect", { ...at, class: "hour-above", y: high - foot - low - top, height: top }),
    ];
  });
  const clocks = [0, 6, 12, 18].map((hour) =>
    svg(
      "text",
      { class: "hour-name", x: (hour / 24) * wide + 2, y: high - 5 },
      `${String(hour).padStart(2, "0")}:00`,
    ),
  );
  const mark = svg("path", { class: "hour-mark", d: `M${(marked + 0.5) * step} 0V${high - foot}` });
  return svg(
    "svg",
    { class: "hours", viewBox: `0 0 ${wide} ${high}`, role: "img", "aria-label": text },
    ...columns,
    mark,
    ...clocks,
  );
}
