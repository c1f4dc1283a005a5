/**
 * The columns that orders come in, and their check. What is wrong with a caller's arrays is found here, before a byte
 * of the core's memory is touched.
 */
import { type ArrayKind, type ArrayOf, copyOfArray, isArrayOf, isDetached } from "../bytes.js";
import { object } from "../check.js";
import { fail } from "../errors.js";

/** Orders of one side as columns of equal length, in arrival order; an order is its index. */
export interface OrderColumns {
  /** Quantity ticks, 1 … 2³²−1. */
  readonly quantity: Uint32Array;
  /** Limit price in price ticks per unit, −2³¹ … 2³¹−1. */
  readonly price: Int32Array;
}

/** Orders that may have another limit in the pool than in trade among peers. */
export interface LimitedColumns extends OrderColumns {
  /**
   * Pool limit in price ticks per unit, −2³¹ … 2³¹−1; left out, each order's price. An offer joins a pool that pays at
   * least this; a bid pays at most this there.
   */
  readonly poolLimit?: Int32Array;
}

/** Offers; `consent` says whether what is left of an offer may join the pool. */
export interface OfferColumns extends LimitedColumns {
  /** 1 (the default for all) joins the pool, 0 opts out. */
  readonly consent?: Uint8Array;
}

/** What one carrier clears in one period. The columns are read, never kept; they may be views of an earlier result. */
export interface Book {
  readonly offers: OfferColumns;
  readonly bids: LimitedColumns;
  /** Storage discharge lots, which follow the offers' lots in the pool at their own price. */
  readonly lots?: OrderColumns;
}

/** Most offers, bids or storage lots of one clearing. */
export const maxOrders: number = 2 ** 24;

/**
 * A column from outside: `kind` says which typed array it must be. One that lies in `own`, the core's memory, is a view
 * of an earlier result, which the next call overwrites or detaches, so it is copied first. Throws `invalid` for another
 * kind, `state` for a view whose memory is gone.
 */
export function takeColumn<Kind extends ArrayKind>(
  column: unknown,
  field: string,
  kind: Kind,
  own: ArrayBufferLike,
): ArrayOf<Kind> {
  if (!isArrayOf(column, kind)) return fail("invalid", field, `a ${kind}`, column);
  if (isDetached(column))
    return fail("state", field, "a column whose memory is still there", "a view of an earlier result");
  return column.buffer === own ? copyOfArray(column) : column;
}

/** {@link takeColumn} for a column beside the quantities, of which there are `count`; `of` is what it holds. */
export function takeBeside<Kind extends ArrayKind>(
  column: unknown,
  field: string,
  kind: Kind,
  { count, of }: { readonly count: number; readonly of: string },
  own: ArrayBufferLike,
): ArrayOf<Kind> {
  const taken = takeColumn(column, field, kind, own);
  return taken.length === count
    ? taken
    : fail("invalid", field, `${count} ${of}, one for each quantity`, taken.length);
}

const columns = "an object with the columns quantity and price";

/**
 * Checks the columns of one side and returns them, none of them in `own`. Throws `invalid` for wrong types or lengths,
 * `limit` for too many orders, `state` as {@link takeColumn} does.
 */
export function takeOrders(orders: unknown, field: string, own: ArrayBufferLike): OrderColumns {
  if (typeof orders !== "object" || orders === null) return fail("invalid", field, columns, orders);
  const given = orders as Partial<OrderColumns>;
  const quantity = takeColumn(given.quantity, `${field}.quantity`, "Uint32Array", own);
  const price = takeColumn(given.price, `${field}.price`, "Int32Array", own);
  if (quantity.length > maxOrders)
    return fail("limit", `${field}.quantity`, `at most ${maxOrders} orders`, quantity.length);
  if (price.length !== quantity.length)
    return fail(
      "invalid",
      `${field}.price`,
      `${quantity.length} prices, one for each quantity`,
      price.length,
    );
  return { quantity, price };
}

/** {@link takeOrders} for offers or bids, pool limits included. */
export function takeLimited(orders: unknown, field: string, own: ArrayBufferLike): LimitedColumns {
  const taken = takeOrders(orders, field, own);
  const { poolLimit } = orders as Partial<LimitedColumns>;
  if (poolLimit === undefined) return taken;
  const beside = { count: taken.quantity.length, of: "limits" };
  return { ...taken, poolLimit: takeBeside(poolLimit, `${field}.poolLimit`, "Int32Array", beside, own) };
}

/** {@link takeLimited} for offers, `consent` included. */
export function takeOffers(orders: unknown, field: string, own: ArrayBufferLike): OfferColumns {
  const offers = takeLimited(orders, field, own);
  const { consent } = orders as Partial<OfferColumns>;
  if (consent === undefined) return offers;
  const beside = { count: offers.quantity.length, of: "entries" };
  return { ...offers, consent: takeBeside(consent, `${field}.consent`, "Uint8Array", beside, own) };
}

/** {@link takeOrders} for storage lots, which the core takes in only when offers and bids are matched. */
export function takeLots(orders: unknown, field: string, own: ArrayBufferLike): OrderColumns {
  const lots = takeOrders(orders, field, own);
  refuseEmpty(lots, field);
  return lots;
}

/** The storage lots of a book, if it has any; see {@link takeLots}. */
export function takeBookLots(book: Book, own: ArrayBufferLike): OrderColumns | undefined {
  const { lots } = object(book, "book");
  return lots === undefined ? undefined : takeLots(lots, "lots", own);
}

/**
 * Throws `invalid` naming the first quantity that is 0; for offers and bids only when the core has found that there is
 * one.
 */
function refuseEmpty(orders: OrderColumns, field: string): void {
  const index = orders.quantity.indexOf(0);
  if (index >= 0) fail("invalid", `${field}.quantity[${index}]`, "a whole number from 1 to 4294967295", 0);
}

/** What the core answers instead of a count when a quantity is 0 (assembly/limits.ts). */
const emptyOrder = -3;

/** A count from the core. Throws `invalid` for a refusal, naming the order where one of them is at fault. */
export function accepted(answer: number, offers: OrderColumns, bids: OrderColumns): number {
  if (answer === emptyOrder) {
    refuseEmpty(offers, "offers");
    refuseEmpty(bids, "bids");
  }
  return answer < 0 ? fail("invalid", "book", "what the core accepts", `a refusal (${answer})`) : answer;
}
