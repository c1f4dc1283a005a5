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
    const fromGrid = metered === null ? 0n : metered.in - received;
    const toGrid = metered === null ? 0n : metered.out - supplied;
    return {
      energy: { fromGrid, received, bought: 0n, toGrid, supplied, sold: 0n },
      open: onlyGrid(fromGrid, toGrid),
    };
  }
  if (metered === null)
    return {
      energy: { fromGrid: imported, received: 0n, bought, toGrid: exported, supplied: 0n, sold },
      open: noEnergy,
    };
  const [boughtOfIt, soldOfIt] = [least(bought, metered.in), least(sold, metered.out)];
  const energy: Energy = {
    fromGrid: metered.in - boughtOfIt,
    received: 0n,
    bought: boughtOfIt,
    toGrid: metered.out - soldOfIt,
    supplied: 0n,
    sold: soldOfIt,
  };
  return { energy, open: noEnergy };
}

const onlyGrid = (fromGrid: bigint, toGrid: bigint): Energy => ({
  fromGrid,
  received: 0n,
  bought: 0n,
  toGrid,
  supplied: 0n,
  sold: 0n,
});

/** The same energy without the community. */
export function aloneOf(traded: Traded | undefined): Pick<MeteredPeriod, "energy" | "open"> {
  const { energy } = energyOf(traded);
  const alone = onlyGrid(
    energy.fromGrid + energy.received + energy.bought,
    energy.toGrid + energy.supplied + energy.sold,
  );
  return { energy: alone, open: alone };
}
