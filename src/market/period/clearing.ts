/** How one carrier clears in one period: the steps one after another (docs/market.md, "A period, step by step"). */
import { type AreaOutcome, writeAreas } from "./across.js";
import { chargeOwedOf, clearAreas, outcomesOf } from "./areas.js";
import { openBook } from "./book.js";
import { charge } from "./charging.js";
import { bookLosses, closeBids } from "./grid.js";
import { matchPeers } from "./match.js";
import { exportRest, nothingSold, sellPool } from "./pool.js";
import type { Round } from "./round.js";

/** What a period's results say of a carrier beside the records. */
export interface CarrierOutcome {
  readonly carrier: number;
  readonly clearingPrice: number | null;
  readonly num1: number;
  readonly num2: number;
  readonly num3: number;
  readonly num4: number;
  /** Order numbers of the offers that joined the pool, and of the bids with something left after scenario 2. */
  readonly pool: Uint32Array;
  readonly rest: Uint32Array;
  /** What came of the areas that took part, where each has its own price. */
  readonly areas: readonly AreaOutcome[];
}

/** Clears one carrier and books everything that follows. */
export function clearCarrier(round: Round, carrier: number): CarrierOutcome {
  const book = openBook(round, carrier);
  if (book === null) return nothing(carrier);
  const { rules, offers, bids, offersLeft, bidsLeft, across } = book;
  const onAreas = across === null ? null : clearAreas(round, book);
  const { trades: num1, clearingPrice } = onAreas ?? matchPeers(round, book);
  const num2 = countOpen(offersLeft) + countOpen(bidsLeft);
  const pool = onAreas === null ? sellPool(round, book) : nothingSold;
  const num4 = countOpen(bidsLeft);
  const rest = new Uint32Array(num4);
  for (let index = 0, place = 0; index < bidsLeft.length; index += 1)
    if (bidsLeft[index]! > 0) rest[place++] = bids.order[index]!;
  round.orders.release(carrier, bids.order, bidsLeft);
  if (onAreas !== null) chargeOwedOf(round, book, onAreas.chargers);
  else if (rules.charge) charge(round, book, pool);
  if (rules.export) exportRest(round, book);
  closeBids(round, book);
  across?.write();
  round.orders.release(carrier, noOrders, noOrders);
  bookLosses(round, book);
  const areas = onAreas === null ? [] : outcomesOf(round, book, onAreas);
  writeAreas(round, carrier, areas);
  return {
    carrier,
    clearingPrice,
    num1,
    num2,
    num3: pool.sales,
    num4,
    pool: pool.joined.map((place) => offers.order[place]!),
    rest,
    areas,
  };
}

const noOrders = new Uint32Array(0);

const nothing = (carrier: number): CarrierOutcome => ({
  carrier,
  clearingPrice: null,
  num1: 0,
  num2: 0,
  num3: 0,
  num4: 0,
  pool: new Uint32Array(0),
  rest: new Uint32Array(0),
  areas: [],
});

function countOpen(left: Uint32Array): number {
  let count = 0;
  for (let index = 0; index < left.length; index += 1) if (left[index]! > 0) count += 1;
  return count;
}
