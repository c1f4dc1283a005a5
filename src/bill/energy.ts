/** What the energy of a period was, as a tariff asks for it, with the community and without. */
import { type Energy, type MeteredPeriod, noEnergy } from "../tariff/charge.js";
import type { Traded } from "./usage.js";

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/**
 * The energy of a period by what it was. What the meter said goes before what was traded: of it at most what was bought
 * is `bought`, the rest came from the grid, at prices of the ledger.
 */
export function energyOf(traded: Traded | undefined): Pick<MeteredPeriod, "energy" | "open"> {
  if (traded === undefined) return { energy: noEnergy, open: noEnergy };
  const { bought, sold, imported, exported, metered, received, supplied, isShared } = traded;
  if (isShared) {
    // The rest is the member's own supplier's; before any reading there is none.
    const rest: Energy = {
      ...noEnergy,
      fromGrid: metered === null ? 0n : metered.in - received,
      toGrid: metered === null ? 0n : metered.out - supplied,
    };
    return { energy: { ...rest, received, supplied }, open: rest };
  }
  if (metered === null)
    return { energy: { ...noEnergy, bought, sold, fromGrid: imported, toGrid: exported }, open: noEnergy };
  const energy: Energy = {
    ...noEnergy,
    bought: least(bought, metered.in),
    fromGrid: metered.in - least(bought, metered.in),
    sold: least(sold, metered.out),
    toGrid: metered.out - least(sold, metered.out),
  };
  return { energy, open: noEnergy };
}

/** The same energy without the community. */
export function aloneOf(traded: Traded | undefined): Pick<MeteredPeriod, "energy" | "open"> {
  const { energy } = energyOf(traded);
  const alone: Energy = {
    ...noEnergy,
    fromGrid: energy.fromGrid + energy.received + energy.bought,
    toGrid: energy.toGrid + energy.supplied + energy.sold,
  };
  return { energy: alone, open: alone };
}
