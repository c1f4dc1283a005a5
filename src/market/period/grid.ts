/** The end of a carrier's clearing: what becomes of demand still open, and what the feeders lost. */
import { ppm } from "../../units.js";
import { scaleDown } from "../books/amounts.js";
import { carrierCount, nobody } from "../contracts/terms.js";
import type { CarrierBook } from "./book.js";
import type { Round } from "./round.js";

/** Interruptible uses are interrupted, then the grid imports, the rest is unserved. */
export function closeBids(round: Round, book: CarrierBook): void {
  const { carrier, rules, tariff, bids, bidsLeft, entries } = book;
  const { resolved, terms, router } = round;
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
      const quantity = router.carry(nobody, terms.feederOf[slot]!, left);
      if (quantity > 0) entries.imported(order, quantity, tariff.retail);
      left -= quantity;
    }
    if (left > 0) entries.unserved(order, left);
  }
}

/** Books what the feeders of a carrier lost: the grid makes it up at the retail tariff and the platform pays. */
export function bookLosses(round: Round, { carrier, tariff, entries }: CarrierBook): void {
  if (!round.router.present[carrier]) return;
  for (const [number, { contract, carrier: own }] of round.terms.feeders.entries()) {
    const crossed = round.router.crossed[number]!;
    if (contract === null || own !== carrier || crossed === 0) continue;
    const lost = scaleDown(crossed, contract.loss, ppm);
    if (lost > 0) entries.lostByFeeder(number, lost, crossed, tariff.retail);
  }
}
