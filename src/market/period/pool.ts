/**
 * Scenario 2 of a carrier: the platform's energy pool (paper §4.2(5), eq. 3), and what becomes of what it can't sell.
 * The platform buys nothing that it does not sell: an offer's rest stays its seller's until somebody takes it.
 */
import type { Pooling } from "../../core/clearing.js";
import { none } from "../../ledger/format/records.js";
import { account, accountOf } from "../books/accounts.js";
import { accountsOf, type CarrierBook, floorAt, isEmpty, sidesOf } from "./book.js";
import type { Round } from "./round.js";
import { discharge, dischargeLots, placeOfDevice, type StorageLots } from "./storage.js";

/** What scenario 2 came to. */
export interface PoolOutcome {
  /** Places, among the offers of the book, of those that joined. */
  readonly joined: Uint32Array;
  /** Number of sales that stood. */
  readonly sales: number;
  /** Devices that delivered: they don't charge in the same period. */
  readonly delivered: ReadonlySet<number>;
}

/** Scenario 2 where there is none. */
export const nothingSold: PoolOutcome = { joined: new Uint32Array(0), sales: 0, delivered: new Set() };

/**
 * What is left of offers whose contracts consent joins as lots, storage lots follow, and bids with something left buy.
 * The engine sells from what it matched last, which are the orders of the book.
 */
export function sellPool(round: Round, book: CarrierBook): PoolOutcome {
  const { rules } = book;
  if (rules.pool === null || isEmpty(book)) return nothingSold;
  const { price, lots } = rules.pool;
  const remaining = round.engine.remaining();
  const joined = joinPool(round, book, rules.pool.purchasePrice, remaining.offers);
  remaining.bids.set(book.bidsLeft);
  const storage = rules.discharge ? dischargeLots(round, book) : noLots;
  const pooling = round.engine.sell({ price, lots }, { quantity: storage.quantity, price: storage.price });
  return { joined, ...sellLots(round, book, pooling, storage.device) };
}

const noLots: StorageLots = { device: [], quantity: new Uint32Array(0), price: new Int32Array(0) };

/** Leaves in `joining` what joins the pool: an offer's whole rest where its floor is at most what a seller gets. */
export function joinPool(
  round: Round,
  book: CarrierBook,
  purchasePrice: number,
  joining: Uint32Array,
): Uint32Array {
  const { offersLeft } = book;
  const joined = new Uint32Array(offersLeft.length);
  let count = 0;
  for (let place = 0; place < offersLeft.length; place += 1) {
    const joins = offersLeft[place]! > 0 && floorAt(round, book, place) <= purchasePrice;
    joining[place] = joins ? offersLeft[place]! : 0;
    if (joins) joined[count++] = place;
  }
  return joined.subarray(0, count);
}

/**
 * Books the sales as far as the areas carry them; offers and bids of the book lose what they sold and got. Sales that
 * are cut to nothing fall out of the engine's columns, and the others move up.
 */
function sellLots(
  round: Round,
  book: CarrierBook,
  { lots, trades }: Pooling,
  device: readonly number[],
): Omit<PoolOutcome, "joined"> {
  const { carrier, rules, offers, bids, offersLeft, bidsLeft, entries, router } = book;
  const { engine, workspace } = round;
  const ownLots = lots.count - device.length;
  const { lot: lotOf, bid: bidOf, quantity, price } = trades;
  const delivered = new Float64Array(lots.count);
  let sales = 0;
  for (let index = 0; index < trades.count; index += 1) {
    const lot = lotOf[index]!;
    const wanted = bidOf[index]!;
    const offer = lot < ownLots ? lots.offer[lot]! : none;
    const from = offer === none ? placeOfDevice(round, device[lot - ownLots]!) : offers.area[offer]!;
    const to = bids.area[wanted]!;
    const carried = router.carry(from, to, quantity[index]!);
    const cut = quantity[index]! - carried;
    if (cut > 0) {
      const { place, outward } = router.bottleneck(from, to);
      const area = router.tree.numbers[place]!;
      if (!outward) entries.heldBack(area, bids.order[wanted]!, cut, bids.price[wanted]!);
      else if (offer === none) entries.heldBack(area, none, cut, price[index]!);
      else entries.heldBack(area, offers.order[offer]!, cut, offers.price[offer]!);
    }
    delivered[lot]! += carried;
    bidsLeft[wanted]! -= carried;
    if (carried === 0) continue;
    lotOf[sales] = lot;
    bidOf[sales] = wanted;
    quantity[sales] = carried;
    price[sales] = price[index]!;
    sales += 1;
  }
  for (let lot = 0; lot < ownLots; lot += 1) offersLeft[lots.offer[lot]!]! -= delivered[lot]!;
  const names = { offers: offers.order, bids: bids.order, devices: Uint32Array.from(device) };
  const { purchasePrice } = rules.pool!;
  const sellers = workspace.u32("offerAccount", lots.count);
  for (let lot = 0; lot < lots.count; lot += 1)
    sellers[lot] = lot < ownLots ? accountOf(offers.participant[lots.offer[lot]!]!) : account.pool;
  const accounts = { sellers, buyers: accountsOf(workspace, "bidAccount", bids.participant) };
  const sold = { offer: lotOf.subarray(0, sales), bid: bidOf.subarray(0, sales) };
  const sides = sidesOf(workspace, accounts, sold);
  const { bytes } = engine.tradeRecords({ carrier, ...names, purchasePrice, peers: 0, sales });
  entries.soldFromPool(bytes, sides);
  const resting = new Set<number>();
  for (let lot = ownLots; lot < delivered.length; lot += 1)
    if (delivered[lot]! > 0) {
      const number = device[lot - ownLots]!;
      discharge(round, entries, number, delivered[lot]!);
      resting.add(number);
    }
  return { sales, delivered: resting };
}

/**
 * Exports what is left of offers whose floor the feed-in tariff reaches, as far as the areas carry it; the seller
 * gets the tariff, less what the way costs where areas have prices. What is left then stays idle.
 */
export function exportRest(round: Round, book: CarrierBook): void {
  const { offers, offersLeft, tariff, entries, router, across } = book;
  for (let place = 0; place < offersLeft.length; place += 1) {
    const left = offersLeft[place]!;
    const from = offers.area[place]!;
    const fee = across === null ? 0 : router.tree.pathFees[from]!;
    if (left === 0 || floorAt(round, book, place) > tariff.feedIn - fee) continue;
    const order = offers.order[place]!;
    const carried = router.carry(from, 0, left);
    if (carried < left) {
      const area = router.tree.numbers[router.bottleneck(from, 0).place]!;
      entries.heldBack(area, order, left - carried, offers.price[place]!);
    }
    if (carried === 0) continue;
    offersLeft[place] = left - carried;
    if (across === null) entries.exported(order, carried, tariff.feedIn);
    else across.sell(order, carried, fee);
  }
}
