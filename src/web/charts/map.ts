import { el, svg } from "../dom.js";
import { energy } from "../format.js";
import { drawn } from "./plot.js";

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

const layerNames = ["Supply", "Control", "Use"];
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
  const name = svg("tspan", { class: "who" }, node.name);
  return wide
    ? svg("text", { class: "node", x, y, dy: "0.34em", "text-anchor": anchor }, name, `  ${quantity}`)
    : svg(
        "text",
        { class: "node", x, y: y - 2, "text-anchor": anchor },
        name,
        svg("tspan", { x, dy: "1.15em" }, quantity),
      );
}

/**
 * The layers of the community (paper §4.2): supply on the left, the platform with its pool and stores in the middle,
 * use on the right, and between them bands as wide as the energy that flows.
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
    const through = (id: string): number =>
      Math.max(
        flows.filter((flow) => flow.to === id).reduce((sum, flow) => sum + flow.quantity, 0),
        flows.filter((flow) => flow.from === id).reduce((sum, flow) => sum + flow.quantity, 0),
      );
    const shown = nodes.filter((node) => through(node.id) > 0);
    if (shown.length === 0) {
      root.append(
        svg(
          "text",
          { x: width / 2, y: height / 2, "text-anchor": "middle" },
          "No energy of this kind moved in this period.",
        ),
      );
      return;
    }
    const top = 34;
    const wide = width > 620;
    const nodeGap = wide ? 20 : 28;
    const layers = [0, 1, 2].map((layer) => shown.filter((node) => node.layer === layer));
    const unit = Math.min(
      ...layers.map((layer) => {
        const total = layer.reduce((sum, node) => sum + through(node.id), 0);
        const room = height - top - 8 - nodeGap * Math.max(0, layer.length - 1) - layer.length * least;
        return total === 0 ? Number.POSITIVE_INFINITY : Math.max(0, room) / total;
      }),
    );
    const labelRoom = wide ? 170 : 84;
    const xs = [labelRoom, width / 2 - nodeWidth / 2, width - labelRoom - nodeWidth];
    const placed = new Map<string, Placed>();
    layers.forEach((layer, index) => {
      const total = layer.reduce((sum, node) => sum + through(node.id) * unit + least + nodeGap, -nodeGap);
      let y = top + Math.max(0, (height - top - 8 - total) / 2);
      for (const node of layer) {
        const high = through(node.id) * unit + least;
        placed.set(node.id, { ...node, x: xs[index]!, y, height: high, in: 0, out: 0 });
        y += high + nodeGap;
      }
      const anchor = index === 0 ? "end" : index === 1 ? "middle" : "start";
      const x = index === 0 ? xs[0]! + nodeWidth : index === 1 ? width / 2 : xs[2]!;
      root.append(svg("text", { class: "layer", x, y: 14, "text-anchor": anchor }, layerNames[index]!));
    });
    const inOrder = [...flows].filter(
      (flow) => flow.quantity > 0 && placed.has(flow.from) && placed.has(flow.to),
    );
    inOrder.sort(
      (a, b) => placed.get(a.from)!.y - placed.get(b.from)!.y || placed.get(a.to)!.y - placed.get(b.to)!.y,
    );
    for (const flow of inOrder) {
      const [from, to] = [placed.get(flow.from)!, placed.get(flow.to)!];
      const thick = Math.max(0.8, flow.quantity * unit);
      const [x0, x1] = [from.x + nodeWidth, to.x];
      const y0 = from.y + from.out + thick / 2;
      const y1 = to.y + to.in + thick / 2;
      from.out += thick;
      to.in += thick;
      const turn = (x0 + x1) / 2;
      const [top0, base0, top1, base1] = [y0 - thick / 2, y0 + thick / 2, y1 - thick / 2, y1 + thick / 2];
      const band =
        from.layer === to.layer
          ? `M${x0} ${top0}C${x0 + 46} ${top0} ${x0 + 46} ${base1} ${x0} ${base1}V${top1}C${x0 + 20} ${top1} ${x0 + 20} ${base0} ${x0} ${base0}Z`
          : `M${x0} ${top0}C${turn} ${top0} ${turn} ${top1} ${x1} ${top1}V${base1}C${turn} ${base1} ${turn} ${base0} ${x0} ${base0}Z`;
      const path = svg(
        "path",
        { class: "flow", d: band },
        svg("title", {}, `${from.name} to ${to.name}: ${energy(flow.quantity)}`),
      );
      path.style.fill = `var(--${flow.colour})`;
      root.append(path);
    }
    for (const node of placed.values()) {
      const box = svg("rect", { x: node.x, y: node.y, width: nodeWidth, height: node.height, rx: 2 });
      box.style.fill = `var(--${node.colour})`;
      const middle = node.y + node.height / 2;
      const name =
        node.layer === 1
          ? svg(
              "text",
              { class: "node", x: node.x + nodeWidth / 2, y: node.y - 4, "text-anchor": "middle" },
              wide ? `${node.name} ${energy(through(node.id))}` : node.name,
            )
          : sideLabel(
              node,
              node.layer === 0 ? node.x - 8 : node.x + nodeWidth + 8,
              middle,
              energy(through(node.id)),
              wide,
            );
      root.append(box, name);
    }
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
