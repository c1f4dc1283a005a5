/** The path of a record to the root of a Merkle tree. */
import { el, svg } from "../dom.js";
import { t } from "../say.js";
import { drawn } from "./plot.js";

/**
 * A path in a Merkle tree: the leaf, and per level the neighbour's hash, its side, the trades under it, and the hash of
 * both.
 */
export interface TreePath {
  readonly leaf: string;
  readonly steps: readonly {
    readonly sibling: string;
    readonly left: boolean;
    readonly trades: readonly [number, number];
    readonly hash: string;
  }[];
  readonly root: string;
}

const rowHeight = 54;
const short = (hash: string): string => `${hash.slice(0, 8)}…`;
/** Width of a letter in the boxes' figures, about. */
const letter = 7.4;

/** A box of the drawing: where it stands, what is in it, of which kind, and what is written beside it. */
interface Node {
  readonly x: number;
  readonly y: number;
  readonly name: string;
  readonly kind: string;
  readonly under?: string;
}

/** A box as wide as its name, no wider than `most`; a name that is longer is cut, and stands whole in its title. */
function box(
  root: SVGSVGElement,
  { x, y, name, kind, under = "" }: Node,
  middle: number,
  most: number,
): void {
  const fits = Math.floor((most - 20) / letter);
  const text = name.length <= fits ? name : `${name.slice(0, Math.max(1, fits - 1))}…`;
  const width = Math.min(most, Math.max(Math.min(132, most), text.length * letter + 20));
  root.append(
    svg("rect", { class: `node ${kind}`, x: x - width / 2, y: y - 13, width, height: 26, rx: 6 }),
    svg(
      "text",
      { class: `node-text ${kind}`, x, y, dy: "0.34em", "text-anchor": "middle" },
      text,
      text === name ? null : svg("title", {}, name),
    ),
  );
  if (under === "") return;
  const left = x < middle;
  root.append(
    svg(
      "text",
      {
        class: "leaves",
        x: x + (left ? -width / 2 - 6 : width / 2 + 6),
        y,
        dy: "0.34em",
        "text-anchor": left ? "end" : "start",
      },
      under,
    ),
  );
}

/** The boxes and lines of a path, from the record upwards; the path itself stays in the middle. */
function lay(
  path: TreePath,
  record: string,
  width: number,
  height: number,
): { nodes: Node[]; edges: SVGLineElement[]; top: number } {
  const middle = width / 2;
  const aside = Math.min(150, width / 4) * 1.35;
  const base = height - 20;
  const line = (kind: string, x1: number, y1: number, x2: number, y2: number): SVGLineElement =>
    svg("line", { class: kind, x1, y1, x2, y2 });
  const nodes: Node[] = [
    { x: middle, y: base, name: record, kind: "record" },
    {
      x: middle,
      y: base - rowHeight,
      name: short(path.leaf),
      kind: path.steps.length === 0 ? "root" : "own",
    },
  ];
  const edges = [line("edge own", middle, base, middle, base - rowHeight)];
  let y = base - rowHeight;
  for (const [index, step] of path.steps.entries()) {
    const x = middle + (step.left ? -aside : aside);
    const up = y - rowHeight;
    const [first, end] = step.trades;
    const under = end - first === 1 ? t`trade ${first + 1}` : t`trades ${first + 1} to ${end}`;
    edges.push(line("edge own", middle, y, middle, up), line("edge", x, y, middle, up));
    nodes.push(
      { x, y, name: short(step.sibling), kind: "given", under: width > 560 ? under : "" },
      { x: middle, y: up, name: short(step.hash), kind: index === path.steps.length - 1 ? "root" : "own" },
    );
    y = up;
  }
  return { nodes, edges, top: y };
}

/**
 * Draws a path from the record at the bottom to the root at the top; what is given stands boxed, what is computed is
 * solid.
 */
export function createPath(): {
  readonly element: HTMLElement;
  show(path: TreePath, record: string, text: string): void;
} {
  const element = el("div", { class: "path" });
  let path: TreePath | null = null;
  let record = "";
  let text = "";
  const paint = drawn(element, (root, width, height) => {
    root.setAttribute("aria-label", text);
    if (path === null) return;
    const { nodes, edges, top } = lay(path, record, width, height);
    root.append(...edges);
    for (const node of nodes)
      box(root, node, width / 2, node.kind === "record" ? width - 4 : Math.min(132, width / 2.6));
    root.append(
      svg(
        "text",
        { class: "layer", x: width / 2, y: top - 22, "text-anchor": "middle" },
        t`root in the block’s header`,
      ),
    );
  });
  return {
    element,
    show(next, name, says) {
      path = next;
      record = name;
      text = says;
      element.style.height = `${(next.steps.length + 1) * rowHeight + 66}px`;
      paint();
    },
  };
}
