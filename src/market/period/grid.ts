/** The end of a carrier's clearing: what becomes of demand still open, and what the edges between areas lost. */
import { ppm } from "../../units.js";
import { scaleDown } from "../books/amounts.js";
import { carrierCount } from "../contracts/terms.js";
import type { CarrierBook } from "./book.js";
import type { Round } from "./round.js";

/**
 * Interruptible uses are interrupted, then the grid imports, the rest is unserved. Where areas have prices, imports are
 * trades that pay for the way as well.
 */
export function closeBids(round: Round, book: CarrierBook): void {
  const { carrier, rules, tariff, bids, bidsLeft, entries, router, across } = book;
  const { resolved, terms } = round;
  for (let index = 0; index < bidsLeft.length; index += 1) {
    let left = bidsLeft[index]!;
    if (left === 0) continue;
    const order = bids.order[index]!;
    const slot = bids.participant[index]! * carrierCount + carrier;
    if (rules.interrupt) {
      const use = terms.use.of(slot)!;
      const quantity = Math.min(left, scaleDown(bids.quantity[index]!, use.interruptible, ppm));
      if (quantity > 0) entries.interrupted(order, quantity, use.interruptionPrice);
      left -= quantity;
    }
    if (left > 0 && rules.import && resolved.imports[slot] === 1) {
      const quantity = router.carry(0, bids.area[index]!, left);
      if (quantity > 0 && across !== null)
        across.buy("order", order, quantity, router.tree.pathFees[bids.area[index]!]!);
      else if (quantity > 0) entries.imported(order, quantity, tariff.retail);
      left -= quantity;
    }
    entries.unserved(left);
  }
}

/** Books what the edges of a carrier lost: the grid makes it up at the retail tariff and the platform pays. */
export function bookLosses({ terms }: Round, { tariff, entries, router }: CarrierBook): void {
  const { count, numbers } = router.tree;
  for (let place = 1; place < count; place += 1) {
    const crossed = router.crossed[place]!;
    if (crossed === 0) continue;
    const number = numbers[place]!;
    const lost = scaleDown(crossed, terms.areas.entries[number]!.contract!.loss ?? 0, ppm);
    if (lost > 0) entries.lostAtEdge(number, lost, crossed, tariff.retail);
  }
}
