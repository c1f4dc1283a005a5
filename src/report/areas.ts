/** What a block says of the areas of each carrier: their prices, what crossed their edges, and what that left. */
import type { Block } from "../ledger/format/block.js";
import { decodeRecords } from "../ledger/format/layout.js";
import { flowLayout } from "../ledger/format/records.js";
import type { Carrier } from "../units.js";

/** One area in one period; prices in price ticks, flows in quantity ticks, money in amount ticks. */
export interface AreaRow {
  readonly carrier: Carrier;
  /** Number of the area. */
  readonly area: number;
  /** Null where it took no part in the clearing. */
  price: number | null;
  /** What it handed its parent in the clearing; below 0: took. */
  flow: bigint;
  /** For all that crossed its edge, in the clearing and after it. */
  fees: bigint;
  /** For what crossed it in the clearing. */
  rent: bigint;
}

/** The areas that a block says anything of, in the order of its records. */
export function areasOf({ sections }: Pick<Block, "sections">): AreaRow[] {
  const rows = new Map<number, AreaRow>();
  for (const { kind, carrier, party, price, extra } of decodeRecords(flowLayout, sections.flows)) {
    if (kind !== "areaUp" && kind !== "areaDown" && kind !== "areaFee" && kind !== "areaRent") continue;
    const row = rows.get(party) ?? { carrier, area: party, price: null, flow: 0n, fees: 0n, rent: 0n };
    rows.set(party, row);
    if (kind === "areaFee") row.fees += extra * BigInt(price);
    else if (kind === "areaRent") row.rent += extra * BigInt(price);
    else {
      row.price = price;
      row.flow = kind === "areaUp" ? extra : -extra;
    }
  }
  return [...rows.values()];
}
