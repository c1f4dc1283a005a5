/**
 * The certificate of a clearing on areas (docs/areas.md): one pass over what traded, without sorting and without
 * clearing again, tells whether nothing better could trade and whether the prices support it. It shares nothing with
 * the core that clears.
 */
import type { ArrayKind, ArrayOf } from "../bytes.js";
import { object } from "../check.js";
import { fail } from "../errors.js";
import {
  type Area,
  type AreaBook,
  type AreaColumns,
  type AreaOrderColumns,
  checkAreas,
  none,
  takeAreaOrders,
} from "./areas.js";
import { takeColumn } from "./columns.js";

/** What the certificate looks at; a clearing on areas is one. */
export interface AreaOutcome {
  /** What each order was left with. */
  readonly remaining: { readonly offers: Uint32Array; readonly bids: Uint32Array };
  readonly areas: AreaColumns;
}

/** Why an outcome is not the optimum, or not one at all. */
export interface AreaFault {
  /** Place of the area where it shows. */
  readonly area: number;
  readonly wanted: string;
  readonly got: string;
}

/** What is known of an area on the way: everything of its orders and of the areas below it. */
interface Known {
  /** Quantity ticks sold less served, in two parts, for doubles hold no more than 2⁵³. */
  low: number;
  high: bigint;
  tookPart: boolean;
  /** Greatest price of what is accepted and least of what is not, in price ticks; infinite where there is none. */
  lo: number;
  hi: number;
}

/** Moved to the whole part before a sum of quantities, 2³² each, could pass 2⁵³. */
const partMost = 2 ** 52;

function take(known: Known, quantity: number): void {
  known.low += quantity;
  if (Math.abs(known.low) < partMost) return;
  known.high += BigInt(known.low);
  known.low = 0;
}

/** Takes in one side. `sign` is 1 for offers, −1 for bids. Returns a fault of an order. */
function takeSide(
  known: readonly Known[],
  { quantity, price, area }: Required<AreaOrderColumns>,
  remaining: Uint32Array,
  sign: 1 | -1,
): AreaFault | null {
  for (let order = 0; order < quantity.length; order++) {
    const place = area[order] as number;
    const own = known[place] ?? fail("invalid", "book", `places of ${known.length} areas`, place);
    const left = remaining[order] as number;
    const traded = (quantity[order] as number) - left;
    if (traded < 0)
      return { area: place, wanted: `at most ${quantity[order]} left of an order`, got: `${left}` };
    if (traded > 0) own.tookPart = true;
    take(own, sign * traded);
    const limit = price[order] as number;
    // An offer sold and a bid not served are accepted; the others are not.
    const accepted = sign === 1 ? traded : left;
    const refused = sign === 1 ? left : traded;
    if (accepted > 0) own.lo = Math.max(own.lo, limit);
    if (refused > 0) own.hi = Math.min(own.hi, limit);
  }
  return null;
}

/** Hands on to its parent what an area allows. */
function bound(
  parent: Known,
  known: Known,
  { fee, exportLimit, importLimit }: Required<Area>,
  flow: bigint,
): void {
  if (flow > 0n) parent.lo = Math.max(parent.lo, known.lo + fee);
  else if (importLimit === null || -BigInt(importLimit) < flow)
    parent.lo = Math.max(parent.lo, known.lo - fee);
  if (flow < 0n) parent.hi = Math.min(parent.hi, known.hi - fee);
  else if (exportLimit === null || flow < BigInt(exportLimit))
    parent.hi = Math.min(parent.hi, known.hi + fee);
}

/** The fault of an area's flow, if it has one. */
function flowFault(
  place: number,
  { exportLimit, importLimit }: Required<Area>,
  net: bigint,
  flow: bigint,
): AreaFault | null {
  const fault = (wanted: string): AreaFault => ({ area: place, wanted, got: `a flow of ${flow}` });
  if (flow !== net) return fault(`a flow of ${net}: what it sold less what it was served`);
  if (place === 0) return flow === 0n ? null : fault("no flow out of the root");
  if (exportLimit !== null && flow > BigInt(exportLimit)) return fault(`at most ${exportLimit} going up`);
  if (importLimit !== null && -flow > BigInt(importLimit)) return fault(`at most ${importLimit} coming down`);
  return null;
}

/** A column of an outcome: one entry for each order, or area. */
function sized<Kind extends ArrayKind>(
  column: unknown,
  field: string,
  kind: Kind,
  length: number,
): ArrayOf<Kind> {
  const taken = takeColumn(column, field, kind, none);
  return taken.length === length ? taken : fail("invalid", field, `${length} entries`, taken.length);
}

/**
 * Whether an outcome keeps to orders and limits, is optimal, and has prices that support it: null, or the first fault.
 * Every area that took part must have a price, and no other. Looks once at each order and each area.
 *
 * @example
 * areaFault(rules.areas, book, engine.clear(book, rules)); // null
 */
export function areaFault(areas: readonly Area[], book: AreaBook, outcome: AreaOutcome): AreaFault | null {
  const tree = checkAreas(areas, "areas");
  const offers = takeAreaOrders(object(book, "book").offers, "offers", none);
  const bids = takeAreaOrders(book.bids, "bids", none);
  const { remaining, areas: columns } = object(outcome, "outcome") as unknown as AreaOutcome;
  object(remaining, "outcome.remaining");
  object(columns, "outcome.areas");
  const offersLeft = sized(
    remaining.offers,
    "outcome.remaining.offers",
    "Uint32Array",
    offers.quantity.length,
  );
  const bidsLeft = sized(remaining.bids, "outcome.remaining.bids", "Uint32Array", bids.quantity.length);
  const flow = sized(columns.flow, "outcome.areas.flow", "BigInt64Array", tree.length);
  const price = sized(columns.price, "outcome.areas.price", "Int32Array", tree.length);
  const priced = sized(columns.priced, "outcome.areas.priced", "Uint8Array", tree.length);
  const known = tree.map((): Known => ({ low: 0, high: 0n, tookPart: false, lo: -Infinity, hi: Infinity }));
  const orders = takeSide(known, offers, offersLeft, 1) ?? takeSide(known, bids, bidsLeft, -1);
  if (orders !== null) return orders;
  for (let place = tree.length - 1; place >= 0; place--) {
    const area = tree[place] as Required<Area>;
    const own = known[place] as Known;
    const x = flow[place] as bigint;
    const net = own.high + BigInt(own.low);
    const found = flowFault(place, area, net, x);
    if (found !== null) return found;
    if (x !== 0n) own.tookPart = true;
    const isPriced = priced[place] === 1;
    if (isPriced !== own.tookPart)
      return {
        area: place,
        wanted: own.tookPart ? "a price, as it took part" : "no price, as it took no part",
        got: isPriced ? `${price[place]}` : "none",
      };
    if (isPriced) {
      own.lo = Math.max(own.lo, price[place] as number);
      own.hi = Math.min(own.hi, price[place] as number);
    }
    if (own.lo > own.hi) return { area: place, wanted: `a price from ${own.lo}`, got: `at most ${own.hi}` };
    if (place === 0) break;
    const parent = known[area.parent] as Known;
    bound(parent, own, area, x);
    parent.high += x;
    if (x !== 0n) parent.tookPart = true;
  }
  return null;
}
