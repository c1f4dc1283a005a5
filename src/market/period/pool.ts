import type { Matching, Pooling } from "../../core/clearing.js";
import { none } from "../../ledger/format/records.js";
import { maxQuantity } from "../../units.js";
import { account, accountOf } from "../books/accounts.js";
import { product } from "../books/amounts.js";
import { flowCode, postingCode, tradeCode } from "../books/journal.js";
import { carrierCount, nobody } from "../contracts/terms.js";
import { bookCut, type CarrierBook } from "./clearing.js";
import type { Round } from "./round.js";
import { charge, discharge, dischargeLots, type StorageLots } from "./storage.js";

/** What scenario 2 came to. */
export interface PoolOutcome {
  /** Order numbers of the offers that joined. */
  readonly joined: Uint32Array;
  /** Number of sales that stood. */
  readonly sales: number;
  /** Energy bought from offers that nobody took. */
  readonly unsold: number;
  /** Devices that delivered: they don't charge in the same period. */
  readonly delivered: ReadonlySet<number>;
}

/**
 * Scenario 2 (paper §4.2(5), eq. 3): the platform buys idle energy whose contract consents, storage lots follow, and
 * bids with something left buy. `remaining` is the engine's own column, from which it sells; null: no orders at all.
 */
export function sellPool(
  round: Round,
  book: CarrierBook,
  remaining: Matching["remaining"] | null,
): PoolOutcome {
  const { rules, carrier } = book;
  if (rules.pool === null || remaining === null)
    return { joined: new Uint32Array(0), sales: 0, unsold: 0, delivered: new Set() };
  const { price, purchasePrice, lots } = rules.pool;
  const joined = buyIdle(round, book, purchasePrice, remaining.offers);
  remaining.bids.set(book.bidsLeft);
  const storage = rules.discharge ? dischargeLots(round, carrier) : noLots;
  const pooling = round.engine.sell({ price, lots }, { quantity: storage.quantity, price: storage.price });
  return { joined, ...bookSales(round, book, pooling, storage.device) };
}

const noLots: StorageLots = { device: [], quantity: new Uint32Array(0), price: new Int32Array(0) };

/** Buys what is idle and may join; leaves in `joining` what joined and in the book what stays idle. */
function buyIdle(round: Round, book: CarrierBook, purchasePrice: number, joining: Uint32Array): Uint32Array {
  const { carrier, offers, offersLeft } = book;
  const { orders, terms, router, journal, positions } = round;
  const joined: number[] = [];
  let pooled = 0;
  joining.fill(0);
  for (let index = 0; index < offersLeft.length; index += 1) {
    const left = offersLeft[index]!;
    if (left === 0 || offers.price[index]! > purchasePrice) continue;
    const order = offers.order[index]!;
    const party = orders.participant[order]!;
    const slot = party * carrierCount + carrier;
    if (terms.supply[slot]?.pool !== true) continue;
    const feeder = terms.feederOf[slot]!;
    const quantity = router.carry(feeder, nobody, left);
    if (quantity < left) bookCut(round, carrier, feeder, order, left - quantity, purchasePrice);
    if (quantity === 0) continue;
    joining[index] = quantity;
    offersLeft[index] = left - quantity;
    joined.push(order);
    pooled += quantity;
    positions.sold[slot]! += quantity;
    const amount = product(quantity, purchasePrice);
    const flow = journal.flow(flowCode.pooled, carrier, party, order, quantity, 0, purchasePrice, amount, 0);
    journal.post(postingCode.poolPurchase, carrier, account.pool, accountOf(party), flow, amount);
  }
  round.sums.add(carrier, "pooled", pooled);
  return Uint32Array.from(joined);
}

/** Writes the sales as far as the feeders carry them and pays for them; the book's bids lose what they got. */
function bookSales(
  round: Round,
  book: CarrierBook,
  { lots, trades }: Pooling,
  device: readonly number[],
): Omit<PoolOutcome, "joined"> {
  const { carrier, offers, bids, bidsLeft } = book;
  const { orders, terms, router, journal, positions } = round;
  const ownLots = lots.count - device.length;
  const taken = new Float64Array(device.length);
  let unsold = 0;
  for (let lot = 0; lot < ownLots; lot += 1) unsold += lots.quantity[lot]!;
  let sold = 0;
  let sales = 0;
  for (let place = 0; place < trades.count; place += 1) {
    const lot = trades.lot[place]!;
    const number = lot < ownLots ? nobody : device[lot - ownLots]!;
    const offer = number === nobody ? offers.order[lots.offer[lot]!]! : number;
    const bid = bids.order[trades.bid[place]!]!;
    const price = trades.price[place]!;
    const buyer = orders.participant[bid]!;
    const slot = buyer * carrierCount + carrier;
    const from = number === nobody ? nobody : terms.devices[number]!.feeder;
    const quantity = router.carry(from, terms.feederOf[slot]!, trades.quantity[place]!);
    const cut = trades.quantity[place]! - quantity;
    if (cut > 0) {
      const feeder = router.bottleneck(from, terms.feederOf[slot]!);
      bookCut(round, carrier, feeder, number === nobody ? offer : none, cut, price);
    }
    if (quantity === 0) continue;
    if (number === nobody) unsold -= quantity;
    else taken[lot - ownLots]! += quantity;
    bidsLeft[trades.bid[place]!]! -= quantity;
    sold += quantity;
    positions.bought[slot]! += quantity;
    const kind = number === nobody ? tradeCode.pool : tradeCode.storage;
    const trade = journal.trade(kind, carrier, offer, bid, quantity, price, sales, 0, 0);
    const amount = product(quantity, price);
    journal.post(postingCode.poolSale, carrier, accountOf(buyer), account.pool, trade, amount);
    sales += 1;
  }
  round.sums.add(carrier, "sold", sold);
  const delivered = new Set<number>();
  for (const [index, number] of device.entries())
    if (taken[index]! > 0) {
      discharge(round, number, taken[index]!);
      delivered.add(number);
    }
  return { sales, unsold, delivered };
}

/** What becomes of energy the pool could not sell: it charges storage, is exported at the feed-in tariff or curtailed. */
export function settlePool(round: Round, book: CarrierBook, pool: PoolOutcome): void {
  const { carrier, rules, tariff } = book;
  const { journal } = round;
  let left = pool.unsold;
  if (rules.charge) left = charge(round, carrier, left, pool.delivered, rules.import ? tariff.retail : null);
  const price = rules.export ? tariff.feedIn : 0;
  while (left > 0) {
    const quantity = Math.min(left, maxQuantity);
    left -= quantity;
    const amount = product(quantity, price);
    const kind = rules.export ? flowCode.exported : flowCode.curtailed;
    const flow = journal.flow(kind, carrier, none, none, quantity, 0, price, amount, 0);
    if (!rules.export) continue;
    round.sums.add(carrier, "exported", quantity);
    journal.post(postingCode.export, carrier, account.grid, account.pool, flow, amount);
  }
}
