/**
 * Sharing in a market: what the members of each community received of each other in a settled period, by what its
 * meters said, written as flows whose money moves; and after a correction what that changes, pair by pair.
 */
import { flowCode, none } from "../../ledger/format/records.js";
import { differenceOf, pairsOf, type SharedPair } from "../../sharing/pairs.js";
import { share } from "../../sharing/share.js";
import { partBetween } from "../../sharing/split.js";
import { ppm } from "../../units.js";
import { accountOf } from "../books/accounts.js";
import { product } from "../books/amounts.js";
import { type FlowRow, plainFlow } from "../books/journal.js";
import { payFlow } from "../books/payments.js";
import type { Community } from "../contracts/communities.js";
import { carrierCount } from "../contracts/terms.js";
import { cover, type Debt, meansOf, type Settling } from "./debts.js";
import { type MeterBook, meter } from "./meters.js";

/** What meters said, by row, where it was not what they say now. */
type Earlier = ReadonlyMap<number, { readonly in: number; readonly out: number }>;

/**
 * Shares a settled period for the first time (`isFirst`), or again where its meters were corrected, and has what that
 * comes to paid. A member who owes in all for a meter and can't pay is stood in for, as for an imbalance.
 */
export function shareBook(settling: Settling, book: MeterBook, isFirst: boolean): void {
  const { sharing } = book.terms;
  if (sharing === null) return;
  const earlier = book.takeShared();
  if (!isFirst && earlier === null) return;
  const owed = new Map<number, bigint>();
  const means = new Map<number, bigint | null>();
  for (const community of sharing.communities) {
    const before = isFirst ? [] : pairsIn(community, book, earlier);
    for (const pair of differenceOf(before, pairsIn(community, book, null))) {
      const [supplier, receiver] = [community.members[pair.supplier]!, community.members[pair.receiver]!];
      for (const { participant } of [supplier, receiver])
        if (!means.has(participant)) means.set(participant, meansOf(settling, participant));
      const amount = BigInt(product(pair.quantity, community.price));
      owed.set(receiver.slot, (owed.get(receiver.slot) ?? 0n) + amount);
      owed.set(supplier.slot, (owed.get(supplier.slot) ?? 0n) - amount);
      write(settling, book.period, community, pair);
    }
  }
  for (const slot of [...owed.keys()].sort((a, b) => a - b)) {
    const carrier = slot % carrierCount;
    const participant = (slot - carrier) / carrierCount;
    const amount = owed.get(slot)!;
    const debt: Debt = { participant, carrier, amount, means: means.get(participant)!, reference: none };
    means.set(participant, cover(settling, book, debt));
  }
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

/** Writes what a pair received more, or less, and moves its money. */
function write(
  { journal, accounts }: Settling,
  period: number,
  { carrier, price, members }: Community,
  pair: SharedPair,
): void {
  const quantity = Math.abs(pair.quantity);
  const row: FlowRow = {
    ...plainFlow,
    kind: pair.quantity > 0 ? flowCode.shared : flowCode.unshared,
    carrier,
    party: members[pair.receiver]!.participant,
    order: members[pair.supplier]!.participant,
    quantity,
    price,
    amount: product(quantity, price),
    extra: period,
  };
  journal.flow(row);
  const of = {
    participant: () => accountOf(row.party),
    supplier: () => accountOf(row.order),
    device: () => accountOf(row.party),
  };
  payFlow(row, of, (_, from, to, amount) => accounts.move(from, to, amount));
}
