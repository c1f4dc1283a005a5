import { el, svg } from "../dom.js";
import { drawn, scale, ticks } from "./plot.js";

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
      root.append(
        svg(
          "text",
          { x: width / 2, y: height / 2, "text-anchor": "middle" },
          "Nobody gains or loses: both come to the same.",
        ),
      );
      return;
    }
    const x = scale(edges[0]!, edges.at(-1)!, 48, width - 12);
    // A square root keeps the few who gain or lose much in sight beside the many who hardly do.
    const y = scale(0, Math.sqrt(most), height - 34, 14);
    for (const value of [0, 0.1, 0.5, 1].map((part) => Math.round(part * most)))
      root.append(
        svg("line", {
          class: "grid-line",
          x1: 48,
          x2: width - 12,
          y1: y(Math.sqrt(value)),
          y2: y(Math.sqrt(value)),
        }),
        svg(
          "text",
          { x: 40, y: y(Math.sqrt(value)), dy: "0.32em", "text-anchor": "end" },
          new Intl.NumberFormat("en-GB", { notation: "compact" }).format(value),
        ),
      );
    counts.forEach((count, index) => {
      const [from, to] = [x(edges[index]!), x(edges[index + 1]!)];
      const rect = svg("rect", {
        x: from + 1,
        y: y(Math.sqrt(count)),
        width: Math.max(1, to - from - 2),
        height: y(0) - y(Math.sqrt(count)),
        rx: 1.5,
      });
      rect.style.fill = edges[index]! < 0 ? "var(--lack)" : "var(--good)";
      root.append(rect);
    });
    for (const value of width > 520
      ? [edges[0]!, edges[5]!, 0, edges[15]!, edges[20]!]
      : [edges[0]!, 0, edges[20]!])
      root.append(
        svg(
          "text",
          {
            x: x(value),
            y: height - 12,
            "text-anchor": value === edges[20] ? "end" : value === edges[0] ? "start" : "middle",
          },
          label(value),
        ),
      );
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
