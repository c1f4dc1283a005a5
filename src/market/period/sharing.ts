/**
 * Sharing in a market: what the members of each community received of each other in a settled period, by what its
 * meters said, written as flows whose money moves; and after a correction what that changes, pair by pair.
 */
import { flowCode } from "../../ledger/format/records.js";
import { differenceOf, pairsOf, type SharedPair } from "../../sharing/pairs.js";
import { share } from "../../sharing/share.js";
import { partBetween } from "../../sharing/split.js";
import { ppm } from "../../units.js";
import { type Amount, product } from "../books/amounts.js";
import type { Community } from "../contracts/communities.js";
import { Owed, type Settling } from "./debts.js";
import { type Earlier, type MeterBook, meter } from "./meters.js";
import { writePair } from "./pairflow.js";

/**
 * Shares a settled period for the first time, or again where its meters were corrected (`earlier`: what those said
 * before), and has what that comes to paid. A member who owes in all for a meter and can't pay is stood in for, as for
 * an imbalance.
 */
export function shareBook(settling: Settling, book: MeterBook, earlier: Earlier | null): void {
  const owed = new Owed(settling);
  for (const community of book.terms.sharing?.communities ?? []) {
    const before = earlier === null ? [] : pairsIn(community, book, earlier);
    for (const pair of differenceOf(before, pairsIn(community, book, null))) {
      const [supplier, receiver] = [community.members[pair.supplier]!, community.members[pair.receiver]!];
      const amount = product(pair.quantity, community.price);
      owed.add(receiver.slot, amount);
      owed.add(supplier.slot, -amount as Amount);
      writePair(settling, {
        kind: pair.quantity > 0 ? flowCode.shared : flowCode.unshared,
        carrier: community.carrier,
        party: receiver.participant,
        order: supplier.participant,
        quantity: Math.abs(pair.quantity),
        price: community.price,
        period: book.period,
      });
    }
  }
  owed.cover(book);
}

/** Who supplied whom in a community; `earlier`: by what its meters said before. */
function pairsIn({ key, members }: Community, book: MeterBook, earlier: Earlier | null): SharedPair[] {
  const drawn = new Float64Array(members.length);
  const injected = new Float64Array(members.length);
  for (const [place, member] of members.entries()) {
    const row = book.find(member.slot);
    const said = earlier?.get(row) ?? { in: book.get(row, meter.in), out: book.get(row, meter.out) };
    drawn[place] = partBetween(said.in, member, ppm);
    injected[place] = partBetween(said.out, member, ppm);
  }
  return pairsOf(share({ drawn, injected }, key));
}
