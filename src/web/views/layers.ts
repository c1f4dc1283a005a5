import type { MemberKind } from "../../simulation/scenario.js";
import type { MapFlow, MapNode } from "../charts/map.js";
import { energy } from "../format.js";
import type { CarrierPeriod } from "../worker/day.js";

const kindNames: Record<MemberKind, string> = {
  home: "Homes",
  business: "Businesses",
  industry: "Industry",
  dc: "Data rooms (DC)",
  car: "Electric cars",
  solar: "Solar parks",
  wind: "Wind",
  turbine: "Gas turbines",
  biomass: "Biomass",
  chp: "CHP plants",
  heatpump: "Heat pumps",
  boiler: "Gas boilers",
  chiller: "Chillers",
  supplier: "Gas suppliers",
  storage: "Stores",
};

/** The places of one carrier's map and the energy between them, from a period's records. */
export function mapOf({ streams, totals }: CarrierPeriod): { nodes: MapNode[]; flows: MapFlow[] } {
  const nodes: MapNode[] = [
    { id: "direct", name: "Trading platform", layer: 1, colour: "supply" },
    { id: "pool", name: "Pool", layer: 1, colour: "pool" },
    { id: "store", name: "Stores", layer: 1, colour: "storage" },
    { id: "router", name: "Energy router", layer: 1, colour: "grid" },
  ];
  const flows: MapFlow[] = [];
  const add = (from: string, to: string, quantity: number, colour: string): void => {
    if (quantity > 0) flows.push({ from, to, quantity, colour });
  };
  for (const [kind, [direct, pool]] of Object.entries(streams.sold)) {
    nodes.push({ id: `from-${kind}`, name: kindNames[kind as MemberKind], layer: 0, colour: "supply" });
    add(`from-${kind}`, "direct", direct, "supply");
    add(`from-${kind}`, "pool", pool, "pool");
  }
  for (const [kind, [direct, pool, store, grid]] of Object.entries(streams.bought)) {
    nodes.push({ id: `to-${kind}`, name: kindNames[kind as MemberKind], layer: 2, colour: "demand" });
    add("direct", `to-${kind}`, direct, "supply");
    add("pool", `to-${kind}`, pool, "pool");
    add("store", `to-${kind}`, store, "storage");
    add("router", `to-${kind}`, grid, "grid");
    add("grid", "router", grid, "grid");
  }
  // The grid stands last, below the community's own.
  nodes.push(
    { id: "grid", name: "Grid import", layer: 0, colour: "grid" },
    { id: "export", name: "Grid export", layer: 2, colour: "muted" },
  );
  add("pool", "store", totals.charged, "storage");
  add("pool", "export", totals.exported, "muted");
  const merged = new Map<string, MapFlow>();
  for (const flow of flows) {
    const key = `${flow.from} ${flow.to}`;
    merged.set(key, { ...flow, quantity: flow.quantity + (merged.get(key)?.quantity ?? 0) });
  }
  return { nodes, flows: [...merged.values()] };
}

/** The flows as rows of a table. */
export function mapRows(nodes: readonly MapNode[], flows: readonly MapFlow[]): string[][] {
  const name = (id: string): string => nodes.find((node) => node.id === id)?.name ?? id;
  return flows.map((flow) => [name(flow.from), name(flow.to), energy(flow.quantity)]);
}
