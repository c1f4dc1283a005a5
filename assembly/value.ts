import { Side, Trades } from "./side";
import { open, keepOpen } from "./open";
import { rankSide } from "./sort";
import { walk } from "./walk";

/**
 * Mechanism `value`, the paper's scenario 1 (§4.2(4)a, eq. 1 and 2): cycles of phase A, led by offers, and phase B, led
 * by bids, until one makes no trade or `maxCycles` (0: no limit) have been made.
 */
export function matchByValue(offers: Side, bids: Side, offerCount: u32, bidCount: u32, trades: Trades, maxCycles: u32): void {
  open(offers, offerCount);
  open(bids, bidCount);
  for (let cycle: u32 = 0; maxCycles == 0 || cycle < maxCycles; cycle++) {
    const before = trades.count;
    keepOpen(offers, bids);
    rankSide(offers, false);
    rankSide(bids, false);
    walk(offers, bids, trades, false);
    keepOpen(offers, bids);
    rankSide(offers, false);
    rankSide(bids, false);
    walk(bids, offers, trades, false);
    if (trades.count == before) break;
  }
}
