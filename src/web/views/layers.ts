/** The map of a period: the places of one carrier and the energy between them, from the records of its block. */
import type { MemberKind } from "../../simulation/scenario.js";
import type { MapFlow, MapNode } from "../charts/map.js";
import { energy } from "../format.js";
import { t } from "../say.js";
import { kindWords } from "../words.js";
import type { CarrierPeriod } from "../worker/day.js";

/**
 * Supply on the left, the platform in the middle, use on the right. What comes into a place in the middle goes out of
 * it: the pool sells what was left over and what stores give to users and stores, and where there is none, stores deal
 * for themselves there; the router brings in what the grid imports, for whoever it is for, and takes out what it
 * exports.
 */
export function mapOf({ streams }: CarrierPeriod): { nodes: MapNode[]; flows: MapFlow[] } {
  const nodes: MapNode[] = [
    { id: "direct", name: t`Trading platform`, layer: 1, colour: "supply" },
    { id: "pool", name: t`Pool and stores`, layer: 1, colour: "pool" },
    { id: "router", name: t`Energy router`, layer: 1, colour: "grid" },
  ];
  const flows: MapFlow[] = [];
  const add = (from: string, to: string, quantity: number, colour: string): void => {
    if (quantity > 0) flows.push({ from, to, quantity, colour });
  };
  const nameOf = (kind: string): string => kindWords[kind as MemberKind].all;
  for (const [kind, { direct, pool, grid }] of Object.entries(streams.sold)) {
    nodes.push({ id: `from-${kind}`, name: nameOf(kind), layer: 0, colour: "supply" });
    add(`from-${kind}`, "direct", direct, "supply");
    add(`from-${kind}`, "pool", pool, "pool");
    add(`from-${kind}`, "router", grid, "muted");
  }
  for (const [kind, { direct, pool, grid }] of Object.entries(streams.bought)) {
    nodes.push({ id: `to-${kind}`, name: nameOf(kind), layer: 2, colour: "demand" });
    add("direct", `to-${kind}`, direct, "supply");
    add("pool", `to-${kind}`, pool, "pool");
    add("router", `to-${kind}`, grid, "grid");
  }
  // Stores and the grid stand last, below the community's own.
  nodes.push(
    { id: "giving", name: t`Stores, giving`, layer: 0, colour: "storage" },
    { id: "grid", name: t`Grid import`, layer: 0, colour: "grid" },
    { id: "charging", name: t`Stores, charging`, layer: 2, colour: "storage" },
    { id: "export", name: t`Grid export`, layer: 2, colour: "muted" },
    { id: "lost", name: t`Lost in lines`, layer: 2, colour: "lack" },
  );
  const imported = Object.values(streams.bought).reduce((sum, { grid }) => sum + grid, 0);
  add("grid", "router", imported + streams.chargedFromGrid + streams.lost, "grid");
  add("giving", "pool", streams.discharged, "storage");
  add("pool", "charging", streams.chargedFromPool, "storage");
  add("router", "charging", streams.chargedFromGrid, "grid");
  const exported = Object.values(streams.sold).reduce((sum, { grid }) => sum + grid, 0);
  add("router", "export", exported, "muted");
  add("router", "lost", streams.lost, "lack");
  return { nodes, flows };
}

/** The flows as rows of a table. */
export function mapRows(nodes: readonly MapNode[], flows: readonly MapFlow[]): string[][] {
  const name = (id: string): string => nodes.find((node) => node.id === id)?.name ?? id;
  return flows.map((flow) => [name(flow.from), name(flow.to), energy(flow.quantity)]);
}
