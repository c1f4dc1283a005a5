/** What a block says of the areas of each carrier: their prices, what crossed their edges, and what that left. */
import type { Block } from "../ledger/format/block.js";
import { offsetsOf, readRecord } from "../ledger/format/layout.js";
import { flowCode, flowLayout } from "../ledger/format/records.js";
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

const { kind: kindAt } = /* @__PURE__ */ offsetsOf(flowLayout);
const kinds: ReadonlySet<number> = /* @__PURE__ */ new Set([
  flowCode.areaUp,
  flowCode.areaDown,
  flowCode.areaFee,
  flowCode.areaRent,
]);

/** The areas that a block says anything of, in the order of its records. */
export function areasOf({ sections }: Pick<Block, "sections">): AreaRow[] {
  const rows = new Map<number, AreaRow>();
  const { flows } = sections;
  for (let index = 0; index * flowLayout.bytes < flows.length; index += 1) {
    if (!kinds.has(flows[index * flowLayout.bytes + kindAt]!)) continue;
    const { kind, carrier, party, price, extra } = readRecord(flowLayout, flows, index);
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

/** What an area comes to over a ledger. */
export interface AreaSum {
  readonly carrier: Carrier;
  readonly name: string;
  /** Periods in which it had a price; the mean of those prices, the lowest and the highest, in price ticks. */
  readonly periods: number;
  readonly mean: bigint;
  readonly lowest: number;
  readonly highest: number;
  /** What it took from its parent in clearings, and handed up, in quantity ticks. */
  readonly taken: bigint;
  readonly handed: bigint;
  /** The most of each in one period. */
  readonly mostTaken: bigint;
  readonly mostHanded: bigint;
  readonly fees: bigint;
  readonly rent: bigint;
}

const greater = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Adds up areas over the blocks of a ledger. */
export class AreaSums {
  readonly #sums = new Map<number, Omit<AreaSum, "name" | "mean"> & { readonly total: bigint }>();

  add(block: Pick<Block, "sections">): void {
    for (const { carrier, area, price, flow, fees, rent } of areasOf(block)) {
      const sum = this.#sums.get(area);
      const [taken, handed] = flow < 0n ? [-flow, 0n] : [0n, flow];
      this.#sums.set(area, {
        carrier,
        periods: (sum?.periods ?? 0) + (price === null ? 0 : 1),
        total: (sum?.total ?? 0n) + BigInt(price ?? 0),
        lowest: Math.min(sum?.lowest ?? Number.POSITIVE_INFINITY, price ?? Number.POSITIVE_INFINITY),
        highest: Math.max(sum?.highest ?? Number.NEGATIVE_INFINITY, price ?? Number.NEGATIVE_INFINITY),
        taken: (sum?.taken ?? 0n) + taken,
        handed: (sum?.handed ?? 0n) + handed,
        mostTaken: greater(sum?.mostTaken ?? 0n, taken),
        mostHanded: greater(sum?.mostHanded ?? 0n, handed),
        fees: (sum?.fees ?? 0n) + fees,
        rent: (sum?.rent ?? 0n) + rent,
      });
    }
  }

  /** By number of the area, those that ever had a price; `names` by number. */
  result(names: readonly string[]): AreaSum[] {
    return [...this.#sums]
      .filter(([, { periods }]) => periods > 0)
      .sort(([a], [b]) => a - b)
      .map(([area, { total, ...sum }]) => ({
        ...sum,
        name: names[area]!,
        mean: total / BigInt(sum.periods),
      }));
  }
}
