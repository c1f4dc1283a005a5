/** The areas that had prices of their own, as a person reads them after a run. */
import type { Summary } from "../../report/balances.js";
import { carriers, formatTicks } from "../../units.js";
import { grouped, rounded, table } from "./table.js";

/** A table for each carrier with such areas; empty without. */
export function areasText({ areas, ticks }: Summary, currency: string): string {
  return carriers
    .filter((carrier) => areas.some((area) => area.carrier === carrier))
    .map((carrier) =>
      [
        `\nThe areas of ${carrier}: prices in ${currency} per kWh, energy in kWh, money in ${currency}\n`,
        table(
          ["area", "periods", "mean price", "lowest", "highest", "taken", "handed up", "fees", "rent"],
          areas
            .filter((area) => area.carrier === carrier)
            .map(({ name, periods, mean, lowest, highest, taken, handed, fees, rent }) => [
              name,
              grouped(periods),
              rounded(mean, ticks.price, 4),
              rounded(BigInt(lowest), ticks.price, 4),
              rounded(BigInt(highest), ticks.price, 4),
              rounded(taken, ticks.quantity, 1),
              rounded(handed, ticks.quantity, 1),
              rounded(fees, ticks.amount, 2),
              rounded(rent, ticks.amount, 2),
            ]),
        ),
      ].join(""),
    )
    .join("");
}

/** The same for a program: exact decimal strings. */
export const areasDocument = ({ areas, ticks }: Summary): Record<string, unknown>[] =>
  areas.map(({ carrier, name, periods, mean, lowest, highest, taken, handed, fees, rent }) => ({
    carrier,
    name,
    periods,
    meanPrice: formatTicks(mean, ticks.price),
    lowestPrice: formatTicks(lowest, ticks.price),
    highestPrice: formatTicks(highest, ticks.price),
    taken: formatTicks(taken, ticks.quantity),
    handedUp: formatTicks(handed, ticks.quantity),
    fees: formatTicks(fees, ticks.amount),
    rent: formatTicks(rent, ticks.amount),
  }));
