/** Mechanism `value`: the sides rank by quantity × price and take turns at serving each other whole. */
import { Side, Trades } from "./side";
import { keepOpen, openBoth } from "./open";
import { rankSide } from "./sort";
import { walk } from "./walk";

/**
 * Mechanism `value`, the paper's scenario 1 (§4.2(4)a, eq. 1 and 2): cycles of phase A, led by offers, and phase B, led
 * by bids, until nothing compatible is left or `maxCycles` (0: no limit) have been made. As long as a compatible pair
 * is open one of the two fits into the other whole, so every cycle trades.
 */
export function matchByValue(offers: Side, bids: Side, offerCount: u32, bidCount: u32, trades: Trades, maxCycles: u32, scratch: usize): void {
  openBoth(offers, offerCount, bids, bidCount);
  rankSide(offers, false, scratch);
  rankSide(bids, false, scratch);
  for (let cycle: u32 = 0; maxCycles == 0 || cycle < maxCycles; cycle++) {
    walk(offers, bids, trades, false, scratch);
    if (!keepOpen(offers, bids)) return;
    rankSide(offers, false, scratch);
    walk(bids, offers, trades, false, scratch);
    if (!keepOpen(bids, offers)) return;
    rankSide(bids, false, scratch);
  }
}
