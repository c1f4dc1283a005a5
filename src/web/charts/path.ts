import { el, svg } from "../dom.js";
import { drawn } from "./plot.js";

/** A path in a Merkle tree: the leaf, and per level the neighbour's hash, its side, and the hash of both. */
export interface TreePath {
  readonly leaf: string;
  readonly steps: readonly {
    readonly sibling: string;
    readonly left: boolean;
    readonly leaves: readonly [number, number];
    readonly hash: string;
  }[];
  readonly root: string;
}

const rowHeight = 54;
const short = (hash: string): string => `${hash.slice(0, 8)}…`;

/** Draws a path from the record at the bottom to the root at the top; what is given stands boxed, what is computed is solid. */
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
    const now = path;
    const middle = width / 2;
    const reach = Math.min(150, width / 4);
    const boxWidth = Math.min(132, width / 2.6);
    const node = (x: number, y: number, name: string, kind: string, under = ""): void => {
      root.append(
        svg("rect", {
          class: `node ${kind}`,
          x: x - boxWidth / 2,
          y: y - 13,
          width: boxWidth,
          height: 26,
          rx: 6,
        }),
        svg("text", { class: `node-text ${kind}`, x, y, dy: "0.34em", "text-anchor": "middle" }, name),
      );
      if (under !== "")
        root.append(
          svg(
            "text",
            {
              x: x + (x < middle ? -boxWidth / 2 - 6 : boxWidth / 2 + 6),
              y,
              dy: "0.34em",
              "text-anchor": x < middle ? "end" : "start",
              class: "leaves",
            },
            under,
          ),
        );
    };
    const base = height - 20;
    let x = middle;
    let y = base - rowHeight;
    root.append(svg("line", { class: "edge own", x1: middle, y1: base, x2: x, y2: y }));
    const joints: (() => void)[] = [
      () => node(middle, base, record, "record"),
      () => node(middle, base - rowHeight, short(now.leaf), now.steps.length === 0 ? "root" : "own"),
    ];
    now.steps.forEach((step, index) => {
      const side = x + (step.left ? -reach : reach) * 2;
      const [from, sibling] = [
        { x, y },
        { x: side, y },
      ];
      const parent = { x: (from.x + sibling.x) / 2, y: y - rowHeight };
      // The picture stays in the middle: the path leans to the other side at each level.
      const shift = middle - parent.x;
      root.append(
        svg("line", { class: "edge own", x1: from.x, y1: from.y, x2: parent.x + shift, y2: parent.y }),
        svg("line", {
          class: "edge",
          x1: middle + (step.left ? -reach : reach) * 1.35,
          y1: y,
          x2: parent.x + shift,
          y2: parent.y,
        }),
      );
      const last = index === now.steps.length - 1;
      const [first, end] = step.leaves;
      const under =
        width > 560 ? (end - first === 1 ? `trade ${first + 1}` : `trades ${first + 1} to ${end}`) : "";
      const [sx, sy, px, py] = [middle + (step.left ? -reach : reach) * 1.35, y, middle, parent.y];
      joints.push(
        () => node(sx, sy, short(step.sibling), "given", under),
        () => node(px, py, short(step.hash), last ? "root" : "own"),
      );
      x = middle;
      y = parent.y;
    });
    for (const joint of joints) joint();
    root.append(
      svg(
        "text",
        { class: "layer", x: middle, y: y - 22, "text-anchor": "middle" },
        "root in the block’s header",
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
