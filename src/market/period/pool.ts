/**
 * Scenario 2 of a carrier: the platform's energy pool (paper §4.2(5), eq. 3), and what becomes of what it can't sell.
 */
import { copyOfArray } from "../../bytes.js";
import type { Pooling } from "../../core/clearing.js";
import { none } from "../../ledger/format/records.js";
import { carrierCount, nobody } from "../contracts/terms.js";
import type { CarrierBook } from "./book.js";
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

/** Scenario 2 where there is none. */
export const nothingSold: PoolOutcome = {
  joined: new Uint32Array(0),
  sales: 0,
  unsold: 0,
  delivered: new Set(),
};

/**
 * The platform buys idle energy whose contract consents, storage lots follow, and bids with something left buy. The
 * engine sells from what it matched last, which are the orders of the book.
 */
export function sellPool(round: Round, book: CarrierBook): PoolOutcome {
  const { rules, carrier } = book;
  if (rules.pool === null) return nothingSold;
  const { price, purchasePrice, lots } = rules.pool;
  const remaining = round.engine.remaining();
  const joined = buyIdle(round, book, purchasePrice, remaining.offers);
  remaining.bids.set(book.bidsLeft);
  const storage = rules.discharge ? dischargeLots(round, carrier) : noLots;
  const pooling = round.engine.sell({ price, lots }, { quantity: storage.quantity, price: storage.price });
  return { joined, ...sellLots(round, book, pooling, storage.device) };
}

const noLots: StorageLots = { device: [], quantity: new Uint32Array(0), price: new Int32Array(0) };

/** Buys what is idle and may join; leaves in `joining` what joined and in the book what stays idle. */
function buyIdle(round: Round, book: CarrierBook, purchasePrice: number, joining: Uint32Array): Uint32Array {
  const { carrier, offers, offersLeft, entries } = book;
  const { resolved, terms, router } = round;
  const joined: number[] = [];
  joining.fill(0);
  for (let index = 0; index < offersLeft.length; index += 1) {
    const left = offersLeft[index]!;
    if (left === 0 || offers.price[index]! > purchasePrice) continue;
    const order = offers.order[index]!;
    const slot = offers.participant[index]! * carrierCount + carrier;
    if (resolved.joinsPool[slot] !== 1) continue;
    const feeder = terms.feederOf[slot]!;
    const quantity = router.carry(feeder, nobody, left);
    if (quantity < left) entries.heldBack(feeder, order, left - quantity, offers.price[index]!);
    if (quantity === 0) continue;
    joining[index] = quantity;
    offersLeft[index] = left - quantity;
    joined.push(order);
    entries.pooled(order, quantity, purchasePrice);
  }
  return Uint32Array.from(joined);
}

/**
 * Books the sales as far as the feeders carry them; the book's bids lose what they got. Sales that are cut to nothing
 * fall out of the engine's columns, and the others move up.
 */
function sellLots(
  round: Round,
  book: CarrierBook,
  { lots, trades }: Pooling,
  device: readonly number[],
): Omit<PoolOutcome, "joined"> {
  const { carrier, offers, bids, bidsLeft, entries } = book;
  const { engine, terms, router } = round;
  const ownLots = lots.count - device.length;
  const { lot: lotOf, bid: bidOf, quantity, price } = trades;
  const delivered = new Float64Array(lots.count);
  let sales = 0;
  for (let place = 0; place < trades.count; place += 1) {
    const lot = lotOf[place]!;
    const wanted = bidOf[place]!;
    const bid = bids.order[wanted]!;
    const from = lot < ownLots ? nobody : terms.devices[device[lot - ownLots]!]!.feeder;
    const to = terms.feederOf[bids.participant[wanted]! * carrierCount + carrier]!;
    const carried = router.carry(from, to, quantity[place]!);
    const cut = quantity[place]! - carried;
    if (cut > 0) {
      const feeder = router.bottleneck(from, to);
      if (feeder === to) entries.heldBack(feeder, bid, cut, bids.price[wanted]!);
      else entries.heldBack(feeder, none, cut, price[place]!);
    }
    delivered[lot]! += carried;
    bidsLeft[wanted]! -= carried;
    if (carried === 0) continue;
    lotOf[sales] = lot;
    bidOf[sales] = wanted;
    quantity[sales] = carried;
    price[sales] = price[place]!;
    sales += 1;
  }
  let unsold = 0;
  for (let lot = 0; lot < ownLots; lot += 1) unsold += lots.quantity[lot]! - delivered[lot]!;
  const names = { offers: offers.order, bids: bids.order, devices: Uint32Array.from(device) };
  // Own columns: writing the records may move the engine's.
  const buyers = { participant: bids.participant, place: copyOfArray(bidOf.subarray(0, sales)) };
  entries.soldFromPool(engine.tradeRecords({ carrier, ...names, peers: 0, sales }).bytes, buyers);
  const resting = new Set<number>();
  for (let lot = ownLots; lot < delivered.length; lot += 1)
    if (delivered[lot]! > 0) {
      const number = device[lot - ownLots]!;
      discharge(round, entries, number, delivered[lot]!);
      resting.add(number);
    }
  return { sales, unsold, delivered: resting };
}

/**
 * What becomes of energy the pool could not sell: it charges storage, is exported at the feed-in tariff or curtailed.
 */
export function settlePool(round: Round, book: CarrierBook, pool: PoolOutcome): void {
  const { rules, tariff, entries } = book;
  const left = rules.charge ? charge(round, book, pool) : pool.unsold;
  if (rules.export) entries.exported(left, tariff.feedIn);
  else entries.curtailed(left);
}
