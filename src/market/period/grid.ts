import { none } from "../../ledger/format/records.js";
import { ppm } from "../../units.js";
import { account, accountOf } from "../books/accounts.js";
import { product, scaleDown } from "../books/amounts.js";
import { flowCode, postingCode } from "../books/journal.js";
import type { Tariff } from "../contracts/contracts.js";
import { carrierCount, nobody } from "../contracts/terms.js";
import type { CarrierBook } from "./clearing.js";
import type { Round } from "./round.js";
import { importedFor } from "./storage.js";

/** What becomes of demand still open: interruptible uses are interrupted, then the grid imports, the rest is unserved. */
export function closeBids(round: Round, book: CarrierBook): void {
  const { carrier, rules, tariff, bids, bidsLeft } = book;
  const { orders, terms, router, journal, positions, sums } = round;
  for (let index = 0; index < bidsLeft.length; index += 1) {
    let left = bidsLeft[index]!;
    if (left === 0) continue;
    const order = bids.order[index]!;
    const party = orders.participant[order]!;
    const slot = party * carrierCount + carrier;
    const use = terms.use[slot]!;
    if (rules.interrupt && use.interruptible > 0) {
      const quantity = Math.min(left, scaleDown(bids.quantity[index]!, use.interruptible, ppm));
      if (quantity > 0) {
        const price = use.interruptionPrice;
        const amount = product(quantity, price);
        const flow = journal.flow(flowCode.interrupted, carrier, party, order, quantity, 0, price, amount, 0);
        journal.post(postingCode.interruption, carrier, account.trading, accountOf(party), flow, amount);
        sums.add(carrier, "interrupted", quantity);
        left -= quantity;
      }
    }
    if (left > 0 && rules.import && use.import) {
      const quantity = router.carry(nobody, terms.feederOf[slot]!, left);
      if (quantity > 0) {
        const price = tariff.retail;
        const amount = product(quantity, price);
        const flow = journal.flow(
          flowCode.imported,
          carrier,
          party,
          order,
          quantity,
          0,
          price,
          amount,
          importedFor.bid,
        );
        journal.post(postingCode.import, carrier, accountOf(party), account.grid, flow, amount);
        sums.add(carrier, "imported", quantity);
        positions.bought[slot]! += quantity;
        left -= quantity;
      }
    }
    if (left > 0) {
      journal.flow(flowCode.unserved, carrier, party, order, left, 0, 0, 0, 0);
      sums.add(carrier, "unserved", left);
    }
  }
}

/** Books what the feeders of a carrier lost: the grid makes it up at the retail tariff and the platform pays. */
export function bookLosses(round: Round, carrier: number, tariff: Tariff): void {
  if (!round.router.present[carrier]) return;
  for (const [number, { contract, carrier: own }] of round.terms.feeders.entries()) {
    const crossed = round.router.crossed[number]!;
    if (contract === null || own !== carrier || crossed === 0) continue;
    const lost = scaleDown(crossed, contract.loss, ppm);
    if (lost === 0) continue;
    const amount = product(lost, tariff.retail);
    const { journal, sums } = round;
    journal.flow(flowCode.feederLoss, carrier, number, none, lost, lost, 0, 0, crossed);
    const flow = journal.flow(
      flowCode.imported,
      carrier,
      none,
      none,
      lost,
      0,
      tariff.retail,
      amount,
      importedFor.losses,
    );
    journal.post(postingCode.loss, carrier, account.trading, account.grid, flow, amount);
    sums.add(carrier, "lost", lost);
    sums.add(carrier, "imported", lost);
  }
}
