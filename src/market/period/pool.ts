/** Scenario 2 of a carrier: the platform's energy pool (paper §4.2(5), eq. 3), and what becomes of what it can't sell. */
import type { Matching, Pooling } from "../../core/clearing.js";
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

/**
 * The platform buys idle energy whose contract consents, storage lots follow, and bids with something left buy.
 * `remaining` is the engine's own column, from which it sells; null: no orders at all.
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
  return { joined, ...sellLots(round, book, pooling, storage.device) };
}

const noLots: StorageLots = { device: [], quantity: new Uint32Array(0), price: new Int32Array(0) };

/** Buys what is idle and may join; leaves in `joining` what joined and in the book what stays idle. */
function buyIdle(round: Round, book: CarrierBook, purchasePrice: number, joining: Uint32Array): Uint32Array {
  const { carrier, offers, offersLeft, entries } = book;
  const { orders, terms, router } = round;
  const joined: number[] = [];
  joining.fill(0);
  for (let index = 0; index < offersLeft.length; index += 1) {
    const left = offersLeft[index]!;
    if (left === 0 || offers.price[index]! > purchasePrice) continue;
    const order = offers.order[index]!;
    const slot = orders.participant[order]! * carrierCount + carrier;
    if (terms.supply.of(slot)?.pool !== true) continue;
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

/** Books the sales as far as the feeders carry them; the book's bids lose what they got. */
function sellLots(
  round: Round,
  book: CarrierBook,
  { lots, trades }: Pooling,
  device: readonly number[],
): Omit<PoolOutcome, "joined"> {
  const { carrier, offers, bids, bidsLeft, entries } = book;
  const { orders, terms, router } = round;
  const ownLots = lots.count - device.length;
  const numberOf = Uint32Array.from({ length: lots.count }, (_, lot) =>
    lot < ownLots ? offers.order[lots.offer[lot]!]! : device[lot - ownLots]!,
  );
  const quantity = trades.quantity.slice(0, trades.count);
  const delivered = new Float64Array(lots.count);
  for (let place = 0; place < trades.count; place += 1) {
    const lot = trades.lot[place]!;
    const wanted = trades.bid[place]!;
    const bid = bids.order[wanted]!;
    const from = lot < ownLots ? nobody : terms.devices[numberOf[lot]!]!.feeder;
    const to = terms.feederOf[orders.participant[bid]! * carrierCount + carrier]!;
    const carried = router.carry(from, to, quantity[place]!);
    const cut = quantity[place]! - carried;
    if (cut > 0) {
      const feeder = router.bottleneck(from, to);
      if (feeder === to) entries.heldBack(feeder, bid, cut, bids.price[wanted]!);
      else entries.heldBack(feeder, none, cut, trades.price[place]!);
    }
    quantity[place] = carried;
    delivered[lot]! += carried;
    bidsLeft[wanted]! -= carried;
  }
  const numbers = { offerNumber: numberOf, bidNumber: bids.order };
  const sales = entries.sales(
    { count: trades.count, offer: trades.lot, bid: trades.bid, quantity, price: trades.price, ...numbers },
    ownLots,
  );
  let unsold = 0;
  for (let lot = 0; lot < ownLots; lot += 1) unsold += lots.quantity[lot]! - delivered[lot]!;
  const resting = new Set<number>();
  for (let lot = ownLots; lot < lots.count; lot += 1)
    if (delivered[lot]! > 0) {
      discharge(round, entries, numberOf[lot]!, delivered[lot]!);
      resting.add(numberOf[lot]!);
    }
  return { sales, unsold, delivered: resting };
}

/** What becomes of energy the pool could not sell: it charges storage, is exported at the feed-in tariff or curtailed. */
export function settlePool(round: Round, book: CarrierBook, pool: PoolOutcome): void {
  const { rules, tariff, entries } = book;
  const left = rules.charge ? charge(round, book, pool) : pool.unsold;
  if (rules.export) entries.exported(left, tariff.feedIn);
  else entries.curtailed(left);
}
