/** The sums of one participant and carrier, and what follows from them alike for one and for all. */
import { ppm } from "../units.js";
import { floored } from "./exact.js";
import type { Trading } from "./tradingsum.js";

/** The sums of a participant and carrier; money in amount ticks, energy in quantity ticks. */
export const sums = [
  "asked",
  "bought",
  "imported",
  "interrupted",
  "unserved",
  "offered",
  "sold",
  "exported",
  "idle",
  "charged",
  "discharged",
  "storeImported",
  "storeExported",
  "drawn",
  "injected",
  "received",
  "supplied",
  "paid",
  "got",
  "buyerGain",
  "sellerGain",
  "gridCo2",
] as const;
export type SumName = (typeof sums)[number];
export type Sums = Record<SumName, bigint>;
/** Where each of them is among those of its slot. */
export const placeOf: Readonly<Record<SumName, number>> = Object.fromEntries(
  sums.map((name, place) => [name, place]),
) as Record<SumName, number>;

const shareOf = (part: bigint, whole: bigint): number | null =>
  whole === 0n ? null : Number((part * BigInt(ppm)) / whole);

/** What follows alike from the sums of one and of all. */
export function tradingOf(found: Sums): Omit<Trading, "peakImport" | "peakExport" | "co2"> {
  const { storeImported, storeExported, paid, got, gridCo2: _, ...shown } = found;
  const { bought, sold, imported, exported, drawn, injected, received, supplied } = found;
  // What stores hand on to the grid was not used inside.
  const inside = sold - storeExported;
  return {
    ...shown,
    imported: imported + storeImported,
    exported: exported + storeExported,
    selfSufficiency: shareOf(bought + received, bought + imported + drawn),
    selfConsumption: shareOf((inside > 0n ? inside : 0n) + supplied, sold + exported + injected),
    paidPrice: bought === 0n ? null : floored(paid, bought),
    gotPrice: sold === 0n ? null : floored(got, sold),
  };
}
