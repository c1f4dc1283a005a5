/** Bars that lie on their side, and columns that count orders by what changes for them. */
import { el, svg } from "../dom.js";
import { locale, t } from "../say.js";
import { drawn, nothing, type Scale, scale, ticks } from "./plot.js";

/** One bar, made of parts that stand end to end. */
export interface Bar {
  readonly name: string;
  readonly parts: readonly { readonly value: number; readonly colour: string }[];
}

/** Bars that lie on their side, one below the other, on one scale. */
export function createBars(label: (value: number) => string): {
  readonly element: HTMLElement;
  show(bars: readonly Bar[], text: string): void;
} {
  const element = el("div", { class: "plot bars" });
  let bars: readonly Bar[] = [];
  let text = "";
  const paint = drawn(element, (root, width, height) => {
    root.setAttribute("aria-label", text);
    const left = width > 520 ? 130 : 112;
    const most = Math.max(...bars.map((bar) => bar.parts.reduce((sum, part) => sum + part.value, 0)), 1e-9);
    const x = scale(0, most, left, width - 70);
    const row = (height - 26) / Math.max(1, bars.length);
    for (const value of ticks(0, most, width > 520 ? 5 : 3))
      root.append(
        svg("line", { class: "grid-line", x1: x(value), x2: x(value), y1: 0, y2: height - 24 }),
        svg("text", { x: x(value), y: height - 6, "text-anchor": "middle" }, label(value)),
      );
    bars.forEach((bar, index) => {
      const y = index * row + row * 0.18;
      let from = 0;
      for (const part of bar.parts) {
        const rect = svg("rect", {
          x: x(from),
          y,
          width: Math.max(0, x(from + part.value) - x(from)),
          height: row * 0.6,
          rx: 2,
        });
        rect.style.fill = `var(--${part.colour})`;
        root.append(rect);
        from += part.value;
      }
      root.append(
        svg(
          "text",
          { class: "bar-name", x: left - 10, y: y + row * 0.3, dy: "0.34em", "text-anchor": "end" },
          bar.name,
        ),
        svg("text", { class: "bar-name", x: x(from) + 8, y: y + row * 0.3, dy: "0.34em" }, label(from)),
      );
    });
  });
  return {
    element,
    show(next, says) {
      bars = next;
      text = says;
      paint();
    },
  };
}

/** Whole numbers for an axis up to `most`, each once: 0, about a tenth, a half, and the most. */
export const countTicks = (most: number): number[] => [
  ...new Set([0, 0.1, 0.5, 1].map((part) => Math.round(part * most))),
];

/**
 * The axis of a histogram: on a root scale, so that the few who gain or lose much stay in sight beside the many who
 * hardly do.
 */
function countAxis(most: number, y: Scale, left: number, right: number): SVGGElement {
  const group = svg("g", {});
  for (const value of countTicks(most)) {
    const at = y(Math.sqrt(value));
    group.append(
      svg("line", { class: "grid-line", x1: left, x2: right, y1: at, y2: at }),
      svg("text", { x: left - 8, y: at, dy: "0.32em", "text-anchor": "end" }, compact.format(value)),
    );
  }
  group.append(
    svg("text", { class: "title", x: 0, y: 10 }, t`orders, on a root scale: small counts drawn larger`),
  );
  return group;
}
const compact = new Intl.NumberFormat(locale(), { notation: "compact" });

/** Names of the edges: five where there is room, else three. */
function edgeNames(
  edges: readonly number[],
  x: Scale,
  width: number,
  y: number,
  label: (value: number) => string,
): SVGTextElement[] {
  const quarters = [0, 0.25, 0.5, 0.75, 1].map((part) => edges[Math.round(part * (edges.length - 1))]!);
  const values = width > 520 ? quarters : [quarters[0]!, quarters[2]!, quarters[4]!];
  return values.map((value, place) =>
    svg(
      "text",
      {
        x: x(value),
        y,
        "text-anchor": place === 0 ? "start" : place === values.length - 1 ? "end" : "middle",
      },
      label(value),
    ),
  );
}

/** Columns between edges, those below zero in one colour and those above in another. */
export function createHistogram(label: (value: number) => string): {
  readonly element: HTMLElement;
  show(edges: readonly number[], counts: readonly number[], text: string): void;
} {
  const element = el("div", { class: "plot low" });
  let edges: readonly number[] = [];
  let counts: readonly number[] = [];
  let text = "";
  const paint = drawn(element, (root, width, height) => {
    root.setAttribute("aria-label", text);
    const most = Math.max(...counts, 1);
    if (counts.every((count) => count === 0)) {
      root.append(nothing(width, height, t`Nobody gains or loses: both come to the same.`));
      return;
    }
    const x = scale(edges[0]!, edges.at(-1)!, 48, width - 12);
    const y = scale(0, Math.sqrt(most), height - 34, 26);
    root.append(countAxis(most, y, 48, width - 12));
    for (const [index, count] of counts.entries()) {
      const [from, to] = [x(edges[index]!), x(edges[index + 1]!)];
      const top = y(Math.sqrt(count));
      const rect = svg("rect", {
        x: from + 1,
        y: top,
        width: Math.max(1, to - from - 2),
        height: y(0) - top,
        rx: 1.5,
      });
      rect.style.fill = edges[index]! < 0 ? "var(--lack)" : "var(--good)";
      root.append(rect);
    }
    root.append(...edgeNames(edges, x, width, height - 12, label));
  });
  return {
    element,
    show(nextEdges, nextCounts, says) {
      edges = nextEdges;
      counts = nextCounts;
      text = says;
      paint();
    },
  };
}
