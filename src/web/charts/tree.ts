/** A network as a tree: areas from the root to the right, and what crosses the edges between them. */
import { el, svg } from "../dom.js";
import { drawn } from "./plot.js";

/** One way over an edge: what it is called, how much goes, and how much may, in words and as a part. */
export interface EdgeWay {
  readonly text: string;
  /** 0 to 1 of the limit; null without one. */
  readonly part: number | null;
}

/** An area with the edge to its parent, which stands before it in the list; the root has none. */
export interface TreeNode {
  readonly name: string;
  /** What stands in its box below the name; a line for which the box is too narrow stays away. */
  readonly lines: readonly string[];
  readonly parent: number | null;
  readonly ways: readonly EdgeWay[];
  /** How thick the edge is drawn, 0 to 1, and the name of its colour. */
  readonly weight: number;
  readonly colour: string;
}

const rowHeight = 46;
const gaugeWidth = 104;
const boxHeight = 22;
const lineHeight = 12;
/** About how wide a letter of a line is. */
const letterWidth = 6;

/** How much higher than their names alone the boxes are. */
const linesOf = (nodes: readonly TreeNode[]): number =>
  lineHeight * Math.max(0, ...nodes.map(({ lines }) => lines.length));

/** An area's box with its name and its lines. */
function box({ name, lines }: TreeNode, x: number, y: number, width: number, height: number): SVGElement[] {
  const fitting = lines.filter((line) => line.length * letterWidth <= width);
  const first = y - (fitting.length * lineHeight) / 2;
  const middle = { x: x + width / 2, dy: "0.34em", "text-anchor": "middle" };
  return [
    svg("rect", { class: "area", x, y: y - height / 2, width, height, rx: 5 }),
    svg("text", { class: "area", ...middle, y: first }, name),
    ...fitting.map((line, index) =>
      svg("text", { class: "line", ...middle, y: first + (index + 1) * lineHeight }, line),
    ),
  ];
}

/** Rows of a tree: each leaf has its own, an area stands in the middle of what lies in it. */
function rowsOf(nodes: readonly TreeNode[]): { rows: number[]; leaves: number } {
  const children = nodes.map((): number[] => []);
  for (const [child, { parent }] of nodes.entries()) if (parent !== null) children[parent]!.push(child);
  const rows: number[] = [];
  let leaves = 0;
  const put = (place: number): void => {
    const below = children[place]!;
    for (const child of below) put(child);
    rows[place] = below.length === 0 ? leaves++ : (rows[below[0]!]! + rows[below.at(-1)!]!) / 2;
  };
  if (nodes.length > 0) put(0);
  return { rows, leaves };
}

/** How much of a limit is taken, as a bar with its words, which stay away where there is no room for them. */
function gauge({ text, part }: EdgeWay, x: number, y: number, colour: string, width: number): SVGElement[] {
  const words = width < gaugeWidth ? [] : [svg("text", { class: "gauge", x, y: y - 4 }, text)];
  if (part === null) return words;
  const bar = (length: number, fill: string): SVGElement => {
    const rect = svg("rect", { x, y, width: length, height: 4, rx: 2 });
    rect.style.fill = `var(--${fill})`;
    return rect;
  };
  return [...words, bar(width, "line"), bar(width * Math.min(1, part), part >= 1 ? "lack" : colour)];
}

/** The tree, as high as it has leaves. */
export function createTree(): {
  readonly element: HTMLElement;
  show(nodes: readonly TreeNode[], text: string): void;
} {
  const element = el("div", { class: "tree" });
  let nodes: readonly TreeNode[] = [];
  let text = "";
  const paint = drawn(element, (root, width, height) => {
    root.setAttribute("aria-label", text);
    const { rows, leaves } = rowsOf(nodes);
    const depths: number[] = [];
    for (const [place, { parent }] of nodes.entries())
      depths[place] = parent === null ? 0 : depths[parent]! + 1;
    const deepest = Math.max(...depths, 1);
    const boxWidth = Math.min(110, width / (deepest + 1) / 2);
    const step = (width - boxWidth - gaugeWidth - 30) / deepest;
    const at = (place: number): { x: number; y: number } => ({
      x: depths[place]! * step,
      y: ((rows[place]! + 0.5) / leaves) * height,
    });
    for (const [place, { parent, weight, colour }] of nodes.entries()) {
      if (parent === null) continue;
      const [from, to] = [at(parent), at(place)];
      const [start, turn] = [from.x + boxWidth, (from.x + boxWidth + to.x) / 2];
      const edge = svg("path", {
        class: "edge",
        d: `M${start} ${from.y}C${turn} ${from.y} ${turn} ${to.y} ${to.x} ${to.y}`,
        "stroke-width": 1.5 + 12 * weight,
      });
      edge.style.stroke = `var(--${colour})`;
      root.append(edge);
    }
    const high = boxHeight + linesOf(nodes);
    const parents = new Set(nodes.map(({ parent }) => parent));
    for (const [place, node] of nodes.entries()) {
      const { ways, colour } = node;
      const { x, y } = at(place);
      root.append(...box(node, x, y, boxWidth, high));
      const leaf = !parents.has(place);
      // Beside a leaf there is room; below another area its children's edges leave to the right.
      const room = leaf ? gaugeWidth : Math.min(gaugeWidth, boxWidth);
      const apart = room < gaugeWidth ? 7 : 19;
      const [left, top] = leaf ? [x + boxWidth + 10, y - 5] : [x, y + high / 2 + apart - 4];
      for (const [index, way] of ways.entries())
        root.append(...gauge(way, left, top + index * apart, colour, room));
    }
  });
  return {
    element,
    show(next, says) {
      nodes = next;
      text = says;
      element.style.height = `${Math.max(2, rowsOf(next).leaves) * (rowHeight + linesOf(next)) + 24}px`;
      paint();
    },
  };
}
