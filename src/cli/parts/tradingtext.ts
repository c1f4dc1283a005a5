/** How a run's carriers were traded, for people: the few lines that its summary has room for; and all of it as rows. */
import { massTick } from "../../report/columns.js";
import { rowObject } from "../../report/export/rowsjson.js";
import { spreadOf, tradingTable } from "../../report/export/sumtables.js";
import type { CommunityTrading, MarketTicks, Summary } from "../../report/index.js";
import { carriers, formatTicks } from "../../units.js";
import { rounded } from "./table.js";

/** A share as a person reads it; nothing where there is no whole. */
export const percent = (part: bigint, whole: bigint): string =>
  whole > 0n ? `${((Number(part) * 100) / Number(whole)).toFixed(1)} %` : "-";

const share = (ppm: number | null): string => (ppm === null ? "-" : `${(ppm / 10_000).toFixed(1)} %`);

const hourMs = 3_600_000n;

/** What a person wants to know of how a carrier was traded (docs/indicators.md). */
export function tradingRows(
  ticks: MarketTicks,
  periodMs: number,
): readonly (readonly [label: string, value: (trading: CommunityTrading) => string])[] {
  const energy = (quantity: bigint): string => rounded(quantity, ticks.quantity, 1);
  return [
    [
      "most imported at once, kW",
      ({ peakImport }) => energy(meanPower(peakImport?.quantity ?? 0n, periodMs)),
    ],
    ["imported beside idle offers", ({ overlap }) => energy(overlap)],
    ["used inside of what was made", ({ selfConsumption }) => share(selfConsumption)],
    [
      "between buyer and seller, per kWh",
      (trading) => {
        const spread = spreadOf(trading);
        return spread === null ? "-" : rounded(spread, ticks.price, 4);
      },
    ],
    ["welfare of the best, by limits", ({ welfare, bestWelfare }) => percent(welfare, bestWelfare)],
  ];
}

/** Mean power of a period that moved so much, in the quantity's ticks for an hour. */
const meanPower = (quantity: bigint, periodMs: number): bigint => (quantity * hourMs) / BigInt(periodMs);

/** How unevenly savings are spread, and what CO2 came with the energy, in a line. */
export function evennessText({ savings, trading, ticks }: Summary): string {
  const { gini } = savings;
  const emitted = carriers.map((carrier) => trading.together[carrier].co2);
  const kg = emitted.some((co2) => co2 === null)
    ? ""
    : `; the energy came with ${rounded(
        emitted.reduce<bigint>((sum, co2) => sum + co2!, 0n),
        massTick(ticks),
        1,
      )} kg of CO2`;
  const spread =
    gini === null ? "nobody saved or lost anything" : `Gini of what participants saved: ${formatTicks(gini)}`;
  return `${spread}${kg}.\n`;
}

/** How carriers were traded, together and by participant: the rows of the table `indicators`. */
export const tradingDocument = (summary: Summary): Record<string, unknown>[] =>
  tradingTable.sums(summary).map((row) => rowObject(row, tradingTable.columns, summary.ticks));
