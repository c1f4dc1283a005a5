/** The map of who supplied whom. */
import { el, svg } from "../dom.js";
import { energy } from "../format.js";
import { t } from "../say.js";
import { drawn, nothing } from "./plot.js";

/** A place on the map. */
export interface MapNode {
  readonly id: string;
  readonly name: string;
  readonly layer: 0 | 1 | 2;
  /** Name of its colour in the style sheet. */
  readonly colour: string;
}

/** Energy that goes from one place to another, in quantity ticks. */
export interface MapFlow {
  readonly from: string;
  readonly to: string;
  readonly quantity: number;
  readonly colour: string;
}

const layerNames = [t`Supply`, t`Control`, t`Use`];
const nodeWidth = 12;
const least = 1.2;

interface Placed extends MapNode {
  x: number;
  y: number;
  height: number;
  in: number;
  out: number;
}

/** Name and quantity of a place at the side: on one line where there is room. */
function sideLabel(node: MapNode, x: number, y: number, quantity: string, wide: boolean): SVGTextElement {
  const anchor = node.layer === 0 ? "end" : "start";
  if (wide) {
    const name = svg("tspan", { class: "who" }, node.name);
    return svg("text", { class: "node", x, y, dy: "0.34em", "text-anchor": anchor }, name, `  ${quantity}`);
  }
  // A name of two parts takes two lines.
  const parts = node.name.split(/(?<=,) /);
  return svg(
    "text",
    { class: "node", x, y: y - 2 - 13 * (parts.length - 1), "text-anchor": anchor },
    ...parts.map((part, line) => svg("tspan", { class: "who", x, dy: line === 0 ? 0 : "1.15em" }, part)),
    svg("tspan", { x, dy: "1.15em" }, quantity),
  );
}

/** Energy that comes into a place or goes out of it, whichever is more: for a place between, both are the same. */
export function through(flows: readonly MapFlow[], id: string): number {
  const sum = (end: "from" | "to"): number =>
    flows.reduce((total, flow) => total + (flow[end] === id ? flow.quantity : 0), 0);
  return Math.max(sum("from"), sum("to"));
}

/** What there is to draw, and how much room for it. */
interface Picture {
  readonly nodes: readonly MapNode[];
  readonly flows: readonly MapFlow[];
  readonly width: number;
  readonly height: number;
  /** Whether there is room for names and quantities on one line. */
  readonly wide: boolean;
}

const top = 40;

/** Puts every place where it stands, and finds the height of a unit of energy: the same everywhere. */
function arrange({ nodes, flows, width, height, wide }: Picture): {
  placed: Map<string, Placed>;
  unit: number;
  xs: number[];
} {
  const gap = wide ? 20 : 28;
  const size = (node: MapNode): number => through(flows, node.id);
  const layers = [0, 1, 2].map((layer) => nodes.filter((node) => node.layer === layer && size(node) > 0));
  const unit = Math.min(
    ...layers.map((layer) => {
      const total = layer.reduce((sum, node) => sum + size(node), 0);
      const room = height - top - 8 - gap * Math.max(0, layer.length - 1) - layer.length * least;
      return total === 0 ? Number.POSITIVE_INFINITY : Math.max(0, room) / total;
    }),
  );
  const labelRoom = wide ? 170 : Math.min(100, width / 3);
  const xs = [labelRoom, width / 2 - nodeWidth / 2, width - labelRoom - nodeWidth];
  const placed = new Map<string, Placed>();
  for (const [index, layer] of layers.entries()) {
    const total = layer.reduce((sum, node) => sum + size(node) * unit + least + gap, -gap);
    let y = top + Math.max(0, (height - top - 8 - total) / 2);
    for (const node of layer) {
      const high = size(node) * unit + least;
      placed.set(node.id, { ...node, x: xs[index]!, y, height: high, in: 0, out: 0 });
      y += high + gap;
    }
  }
  return { placed, unit, xs };
}

/** A flow as a band from one place to the next; bands leave and arrive below each other. */
function band(flow: MapFlow, from: Placed, to: Placed, unit: number): SVGPathElement {
  const thick = Math.max(0.8, flow.quantity * unit);
  const [x0, x1] = [from.x + nodeWidth, to.x];
  const [top0, top1] = [from.y + from.out, to.y + to.in];
  from.out += thick;
  to.in += thick;
  const [base0, base1] = [top0 + thick, top1 + thick];
  const turn = (x0 + x1) / 2;
  const path = svg(
    "path",
    {
      class: "flow",
      d: `M${x0} ${top0}C${turn} ${top0} ${turn} ${top1} ${x1} ${top1}V${base1}C${turn} ${base1} ${turn} ${base0} ${x0} ${base0}Z`,
    },
    svg("title", {}, t`${from.name} to ${to.name}: ${energy(flow.quantity)}`),
  );
  path.style.fill = `var(--${flow.colour})`;
  return path;
}

/** A place with its name and what goes through it. */
function place(node: Placed, quantity: string, wide: boolean): (SVGRectElement | SVGTextElement)[] {
  const box = svg("rect", { x: node.x, y: node.y, width: nodeWidth, height: node.height, rx: 2 });
  box.style.fill = `var(--${node.colour})`;
  if (node.layer !== 1) {
    const x = node.layer === 0 ? node.x - 8 : node.x + nodeWidth + 8;
    return [box, sideLabel(node, x, node.y + node.height / 2, quantity, wide)];
  }
  const name = wide ? `${node.name} ${quantity}` : node.name;
  const x = node.x + nodeWidth / 2;
  return [box, svg("text", { class: "node", x, y: node.y - 4, "text-anchor": "middle" }, name)];
}

/** Names of the three layers, above them. */
const heads = (xs: readonly number[], width: number): SVGTextElement[] =>
  layerNames.map((name, index) =>
    svg(
      "text",
      {
        class: "layer",
        x: index === 0 ? xs[0]! + nodeWidth : index === 1 ? width / 2 : xs[2]!,
        y: 14,
        "text-anchor": index === 0 ? "end" : index === 1 ? "middle" : "start",
      },
      name,
    ),
  );

/**
 * The layers of the community (paper §4.2): supply on the left, the platform with its pool and the energy router in the
 * middle, use on the right, and between them bands as wide as the energy that flows.
 */
export function createMap(): {
  readonly element: HTMLElement;
  show(nodes: readonly MapNode[], flows: readonly MapFlow[], text: string): void;
} {
  const element = el("div", { class: "map" });
  let nodes: readonly MapNode[] = [];
  let flows: readonly MapFlow[] = [];
  let text = "";
  const paint = drawn(element, (root, width, height) => {
    root.setAttribute("aria-label", text);
    if (!flows.some((flow) => flow.quantity > 0)) {
      root.append(nothing(width, height, t`No energy of this kind moved in this period.`));
      return;
    }
    const wide = width > 620;
    const { placed, unit, xs } = arrange({ nodes, flows, width, height, wide });
    root.append(...heads(xs, width));
    const at = (id: string): Placed => placed.get(id)!;
    const inOrder = flows
      .filter((flow) => flow.quantity > 0)
      .sort((a, b) => at(a.from).y - at(b.from).y || at(a.to).y - at(b.to).y);
    for (const flow of inOrder) root.append(band(flow, at(flow.from), at(flow.to), unit));
    for (const node of placed.values()) root.append(...place(node, energy(through(flows, node.id)), wide));
  });
  return {
    element,
    show(nextNodes, nextFlows, says) {
      nodes = nextNodes;
      flows = nextFlows;
      text = says;
      paint();
    },
  };
}
