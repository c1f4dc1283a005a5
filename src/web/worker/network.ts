/** What crossed the edges between the areas of a community in a period, as the records of its block tell it. */
import type { Block } from "../../ledger/format/block.js";
import { readRecord } from "../../ledger/format/layout.js";
import { flowLayout, none, orderLayout, tradeLayout } from "../../ledger/format/records.js";
import { type AreaTree, limitsIn } from "../../market/contracts/areas.js";
import { Terms } from "../../market/contracts/terms.js";
import { areasOf } from "../../report/areas.js";
import type { Community } from "../../simulation/community.js";
import { type Carrier, carriers } from "../../units.js";
import { byCarrier } from "./tally.js";

/** An area and its edge in one period; the root, first of its carrier's, has an edge that nothing crosses. */
export interface AreaPeriod {
  readonly name: string;
  /** Place of the area in which it lies; null: the root. */
  readonly parent: number | null;
  /** Energy that went out over the edge and came in, in quantity ticks; and the most that may; null: no limit. */
  out: number;
  in: number;
  readonly outLimit: number | null;
  readonly inLimit: number | null;
  /** What the edge held back of the orders behind it. */
  held: number;
  /** In price ticks; null where it took no part in a clearing with a price for each area. */
  price: number | null;
  /** What those in the area itself bought, and paid for it: quantity ticks, and these times price ticks. */
  bought: number;
  paid: number;
  /** What the edge took, in amount ticks: fees of all that crossed, and rent of what crossed in the clearing. */
  fees: bigint;
  rent: bigint;
}

/** The areas of each carrier, root first; empty where it has none. */
export type Networks = Record<Carrier, readonly AreaPeriod[]>;

/** Follows a community's energy from area to area, by the contracts with which it begins. */
export function openNetwork(community: Community): (block: Block) => Networks {
  const { areas } = new Terms();
  const contracts = community.contracts(-1);
  for (const contract of contracts) if (contract.kind === "area") areas.put(contract);
  const numbers = new Map(areas.entries.map(({ name }, number) => [name, number]));
  const placeOf = (name: string | undefined): number =>
    name === undefined ? 0 : areas.placeOf(numbers.get(name)!);
  const homes = contracts.flatMap((contract) =>
    contract.kind === "participant" ? [byCarrier((carrier) => placeOf(contract.areas?.[carrier]))] : [],
  );
  const devices = contracts.flatMap((contract) =>
    contract.kind === "storage" ? [placeOf(contract.area)] : [],
  );
  const trees = byCarrier((carrier) => areas.tree(carriers.indexOf(carrier)));

  return (block) => {
    const { header, sections } = block;
    const found = byCarrier((carrier) =>
      areas.count(carriers.indexOf(carrier)) === 0 ? [] : standing(areas, trees[carrier], header.period),
    );
    const carry = (carrier: Carrier, from: number, to: number, quantity: number): void => {
      const list = found[carrier];
      if (list.length > 0) cross(list, from, to, quantity);
    };
    for (let index = 0; index < header.sections.trades.count; index += 1) {
      const { carrier, seller, buyer, offer, bid, quantity, usePrice } = readRecord(
        tradeLayout,
        sections.trades,
        index,
      );
      const place = (kind: typeof seller, number: number): number => {
        if (kind === "device") return devices[number]!;
        return kind === "order"
          ? homes[readRecord(orderLayout, sections.orders, number).participant]![carrier]
          : 0;
      };
      carry(carrier, place(seller, offer), place(buyer, bid), quantity);
      const area = found[carrier][place(buyer, bid)];
      if (area === undefined) continue;
      area.bought += quantity;
      area.paid += quantity * usePrice;
    }
    for (let index = 0; index < header.sections.flows.count; index += 1) {
      const { kind, carrier, party, order, quantity, extra } = readRecord(flowLayout, sections.flows, index);
      if (kind === "exported") carry(carrier, homes[party]![carrier], 0, quantity);
      else if (kind === "imported" && order !== none) carry(carrier, 0, homes[party]![carrier], quantity);
      else if (kind === "gridCharged") carry(carrier, 0, devices[party]!, quantity);
      else if (kind === "stored") carry(carrier, homes[party]![carrier], devices[Number(extra)]!, quantity);
      else if (kind === "areaCurtailed") found[carrier][areas.placeOf(party)]!.held += quantity;
    }
    for (const { carrier, area, price, fees, rent } of areasOf(block))
      Object.assign(found[carrier][areas.placeOf(area)]!, { price, fees, rent });
    return found;
  };
}

/** The areas of a carrier as a period begins, with nothing that has crossed. */
function standing(
  areas: Terms["areas"],
  { count, numbers: byPlace, parents }: AreaTree,
  period: number,
): AreaPeriod[] {
  return Array.from({ length: count }, (_, place) => {
    const entry = areas.entries[byPlace[place]!]!;
    const { exportLimit, importLimit } = limitsIn(entry, period);
    return {
      name: entry.name,
      parent: place === 0 ? null : parents[place]!,
      out: 0,
      in: 0,
      outLimit: exportLimit,
      inLimit: importLimit,
      held: 0,
      price: null,
      bought: 0,
      paid: 0,
      fees: 0n,
      rent: 0n,
    };
  });
}

/** Counts a delivery at every edge between two places: parents stand before their children. */
function cross(list: readonly AreaPeriod[], from: number, to: number, quantity: number): void {
  for (let [up, down] = [from, to]; up !== down; )
    if (up > down) {
      list[up]!.out += quantity;
      up = list[up]!.parent!;
    } else {
      list[down]!.in += quantity;
      down = list[down]!.parent!;
    }
}
