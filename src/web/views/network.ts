/** The network of a carrier in one period: its areas as a tree, with what crossed the edges between them. */
import { createFigure } from "../charts/figure.js";
import { createTree, type EdgeWay, type TreeNode } from "../charts/tree.js";
import { energy, fixed } from "../format.js";
import type { Settings } from "../settings/settings.js";
import type { DayPeriod } from "../worker/day.js";
import type { AreaPeriod } from "../worker/network.js";

/** Mean power of an energy in a period, in kW. */
const kilowatts = (ticks: number, minutes: number): number => ticks / 1e6 / (minutes / 60);
const power = (ticks: number, minutes: number): string => {
  const value = kilowatts(ticks, minutes);
  return fixed(value, value >= 100 ? 0 : 1);
};

function way(name: string, ticks: number, limit: number | null, minutes: number): EdgeWay {
  const most = limit === null ? "" : ` of ${power(limit, minutes)}`;
  return {
    text: `${name} ${power(ticks, minutes)}${most} kW`,
    part: limit === null ? null : limit === 0 ? 1 : ticks / limit,
  };
}

/** Areas as the tree draws them: red where an edge held orders back, else by which way more goes. */
export function nodesOf(areas: readonly AreaPeriod[], minutes: number): TreeNode[] {
  const most = Math.max(...areas.map((area) => area.out + area.in), 1);
  return areas.map((area) => ({
    name: area.name,
    parent: area.parent,
    ways:
      area.parent === null
        ? []
        : [way("in", area.in, area.inLimit, minutes), way("out", area.out, area.outLimit, minutes)],
    weight: (area.out + area.in) / most,
    colour: area.held > 0 ? "lack" : area.out > area.in ? "supply" : "demand",
  }));
}

/** What the figure says of a period in a line. */
export function saidOf(areas: readonly AreaPeriod[]): string {
  const full = areas.filter(({ held }) => held > 0);
  if (full.length === 0) return "every edge carried what was traded";
  return full.map(({ name, held }) => `${name} held back ${energy(held)}`).join(", ");
}

/** The card with the tree; hidden where the carrier has no areas. */
export function networkCard(): {
  readonly element: HTMLElement;
  draw(period: DayPeriod, settings: Settings, name: string): void;
} {
  const figure = createFigure("What crossed the network", "");
  const tree = createTree();
  figure.body.append(tree.element);
  return {
    element: figure.element,
    draw(period, { carrier, minutes }, name) {
      const areas = period.carriers[carrier].areas;
      figure.element.hidden = areas.length === 0;
      if (areas.length === 0) return;
      const edges = areas.filter(({ parent }) => parent !== null);
      const said = edges.map(
        (area) => `${area.name} in ${power(area.in, minutes)} kW, out ${power(area.out, minutes)} kW`,
      );
      tree.show(nodesOf(areas, minutes), `The network ${name}: ${said.join("; ")}.`);
      figure.describe(`${name}: ${saidOf(areas)}.`, () => ({
        caption: `Edges of the network ${name}`,
        columns: ["Area", "Lies in", "Came in", "At most", "Went out", "At most", "Held back"],
        rows: edges.map((area) => [
          area.name,
          areas[area.parent!]!.name,
          energy(area.in),
          area.inLimit === null ? "none" : energy(area.inLimit),
          energy(area.out),
          area.outLimit === null ? "none" : energy(area.outLimit),
          energy(area.held),
        ]),
      }));
    },
  };
}
