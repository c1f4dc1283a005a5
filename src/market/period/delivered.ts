/**
 * Delivered, not only traded: where the payment contract says so, what meters said of a settled period decides how much
 * of each trade between two members counts. What was not delivered is paid back, written as flows, and each meter pays
 * for what it took or gave beside what counts; after a correction what that changes (docs/market.md, "Delivered").
 */
import { copyOf, viewOf } from "../../bytes.js";
import { offsetsOf } from "../../ledger/format/layout.js";
import {
  flowCode,
  none,
  partyCode,
  postingCode,
  tradeCode,
  tradeLayout,
} from "../../ledger/format/records.js";
import { bookTradeLayout } from "../../ledger/format/state.js";
import { partBetween } from "../../sharing/split.js";
import { account, accountOf } from "../books/accounts.js";
import { type Amount, difference, product } from "../books/amounts.js";
import type { PaymentContract } from "../contracts/contracts.js";
import { carrierCount } from "../contracts/terms.js";
import { Owed, type Settling } from "./debts.js";
import { type Earlier, type MeterBook, meter } from "./meters.js";
import type { Orders } from "./orders.js";
import { writePair } from "./pairflow.js";

const tradeAt = /* @__PURE__ */ offsetsOf(tradeLayout);
const dealAt = /* @__PURE__ */ offsetsOf(bookTradeLayout);

/** Of the trades of a period those that the meters of two members decide on, as records of its book. */
export function tradesBetween(trades: Uint8Array, orders: Orders): Uint8Array {
  const from = viewOf(trades);
  const bytes = new Uint8Array((trades.length / tradeLayout.bytes) * bookTradeLayout.bytes);
  const view = viewOf(bytes);
  let end = 0;
  for (let at = 0; at < trades.length; at += tradeLayout.bytes) {
    const isBetween =
      from.getUint8(at + tradeAt.kind) !== tradeCode.pool &&
      from.getUint8(at + tradeAt.seller) === partyCode.order &&
      from.getUint8(at + tradeAt.buyer) === partyCode.order;
    if (!isBetween) continue;
    const [offer, bid] = [from.getUint32(at + tradeAt.offer, true), from.getUint32(at + tradeAt.bid, true)];
    view.setUint32(end + dealAt.seller, orders.participantOf(offer), true);
    view.setUint32(end + dealAt.buyer, orders.participantOf(bid), true);
    view.setUint32(end + dealAt.quantity, from.getUint32(at + tradeAt.quantity, true), true);
    view.setInt32(end + dealAt.price, from.getInt32(at + tradeAt.supplyPrice, true), true);
    view.setUint8(end + dealAt.carrier, from.getUint8(at + tradeAt.carrier));
    end += bookTradeLayout.bytes;
  }
  return copyOf(bytes, 0, end);
}

type DeliveredRule = NonNullable<NonNullable<PaymentContract["metering"]>["delivered"]>;

/** The trades of a book in columns: the rows of both sides' meters, and what was traded. */
interface Deals {
  readonly sellers: Int32Array;
  readonly buyers: Int32Array;
  readonly quantity: Float64Array;
  readonly price: Int32Array;
}

/**
 * Settles the trades of a period for the first time, or again where its meters were corrected (`earlier`: what those
 * said before), and has what that comes to paid, with the imbalances that are left.
 */
export function deliverBook(settling: Settling, book: MeterBook, earlier: Earlier | null): void {
  if (book.trades === null) return;
  const deals = dealsOf(book, book.trades);
  const now = undelivered(book, deals, null);
  const before = earlier === null ? null : undelivered(book, deals, earlier);
  const owed = new Owed(settling);
  for (let index = 0; index < now.length; index += 1) {
    const change = now[index]! - (before?.[index] ?? 0);
    if (change === 0) continue;
    const seller = book.get(deals.sellers[index]!, meter.slot);
    const buyer = book.get(deals.buyers[index]!, meter.slot);
    const price = deals.price[index]!;
    const amount = product(change, price);
    owed.add(seller, amount);
    owed.add(buyer, -amount as Amount);
    const carrier = buyer % carrierCount;
    writePair(settling, {
      kind: change > 0 ? flowCode.undelivered : flowCode.delivered,
      carrier,
      party: (buyer - carrier) / carrierCount,
      order: (seller - carrier) / carrierCount,
      quantity: Math.abs(change),
      price,
      period: book.period,
    });
  }
  const costs = new Map<number, Amount>();
  const left = leftOf(book, deals, now, null);
  const was = before === null ? null : leftOf(book, deals, before, earlier);
  for (let row = 0; row < book.count; row += 1) {
    const slot = book.get(row, meter.slot);
    if (book.isShared(slot)) continue;
    const cost = difference(book.costOf(slot, left[row]!), was === null ? 0 : book.costOf(slot, was[row]!));
    if (Number(cost) === 0) continue;
    owed.add(slot, cost);
    costs.set(slot, cost);
  }
  owed.cover(book, (slot) => {
    const carrier = slot % carrierCount;
    const from = accountOf((slot - carrier) / carrierCount);
    const kind = postingCode.imbalance;
    const posting = {
      kind,
      carrier,
      from,
      to: account.trading,
      reference: none,
      amount: costs.get(slot) ?? 0,
    };
    settling.journal.post(posting, book.period);
  });
}

function dealsOf(book: MeterBook, trades: Uint8Array): Deals {
  const view = viewOf(trades);
  const count = trades.length / bookTradeLayout.bytes;
  const deals: Deals = {
    sellers: new Int32Array(count),
    buyers: new Int32Array(count),
    quantity: new Float64Array(count),
    price: new Int32Array(count),
  };
  for (let index = 0, at = 0; index < count; index += 1, at += bookTradeLayout.bytes) {
    const carrier = view.getUint8(at + dealAt.carrier);
    const rowOf = (participant: number): number => book.find(participant * carrierCount + carrier);
    deals.sellers[index] = rowOf(view.getUint32(at + dealAt.seller, true));
    deals.buyers[index] = rowOf(view.getUint32(at + dealAt.buyer, true));
    deals.quantity[index] = view.getUint32(at + dealAt.quantity, true);
    deals.price[index] = view.getInt32(at + dealAt.price, true);
  }
  return deals;
}

/** What was taken less what was given, by what the meter of a row says, or said earlier. */
function netOf(book: MeterBook, row: number, earlier: Earlier | null): number {
  const said = earlier?.get(row);
  return said === undefined ? book.get(row, meter.in) - book.get(row, meter.out) : said.in - said.out;
}

/** Of each trade what one of its sides did not deliver, by what meters say, or said earlier. */
function undelivered(
  book: MeterBook,
  { sellers, buyers, quantity }: Deals,
  earlier: Earlier | null,
): Float64Array {
  const sold = new Float64Array(book.count);
  const bought = new Float64Array(book.count);
  for (let index = 0; index < quantity.length; index += 1) {
    sold[sellers[index]!]! += quantity[index]!;
    bought[buyers[index]!]! += quantity[index]!;
  }
  const given = sold.map((all, row) =>
    within(all, book.get(row, meter.tradedIn) - netOf(book, row, earlier)),
  );
  const taken = bought.map((all, row) =>
    within(all, book.get(row, meter.tradedOut) + netOf(book, row, earlier)),
  );
  const rule = book.payment.metering!.delivered!;
  const ofSeller = partsOf(rule, quantity, sellers, sold, given);
  const ofBuyer = partsOf(rule, quantity, buyers, bought, taken);
  return quantity.map((all, index) => all - Math.min(ofSeller[index]!, ofBuyer[index]!));
}

const within = (most: number, value: number): number => Math.max(0, Math.min(most, value));

/** How what one side delivered of all its trades (`done` of `whole`, by row) divides among them. */
function partsOf(
  rule: DeliveredRule,
  quantity: Float64Array,
  rows: Int32Array,
  whole: Float64Array,
  done: Float64Array,
): Float64Array {
  const upTo = new Float64Array(whole.length);
  return quantity.map((all, index) => {
    const row = rows[index]!;
    const from = upTo[row]!;
    upTo[row] = from + all;
    if (done[row] === whole[row]) return all;
    return rule === "fifo"
      ? within(all, done[row]! - from)
      : partBetween(done[row]!, { from, upTo: from + all }, whole[row]!);
  });
}

/** The imbalance of each row that is left once trades count for what was delivered. */
function leftOf(
  book: MeterBook,
  { sellers, buyers }: Deals,
  missing: Float64Array,
  earlier: Earlier | null,
): Float64Array {
  const left = new Float64Array(book.count);
  for (let row = 0; row < left.length; row += 1)
    left[row] = netOf(book, row, earlier) - (book.get(row, meter.tradedIn) - book.get(row, meter.tradedOut));
  for (let index = 0; index < missing.length; index += 1) {
    left[sellers[index]!]! -= missing[index]!;
    left[buyers[index]!]! += missing[index]!;
  }
  return left;
}
