import { fail } from "../errors.js";

/** Orders of one side as columns of equal length, in arrival order; an order is its index. */
export interface OrderColumns {
  /** Quantity ticks, 1 … 2³²−1. */
  readonly quantity: Uint32Array;
  /** Limit price in price ticks per unit, −2³¹ … 2³¹−1. */
  readonly price: Int32Array;
}

/** Offers; `consent` says whether what is left of an offer may join the pool. */
export interface OfferColumns extends OrderColumns {
  /** 1 (the default for all) joins the pool, 0 opts out. */
  readonly consent?: Uint8Array;
}

/** What one carrier clears in one period. The columns are read, never kept. */
export interface Book {
  readonly offers: OfferColumns;
  readonly bids: OrderColumns;
  /** Storage discharge lots, which follow the offers' lots in the pool at their own price. */
  readonly lots?: OrderColumns;
}

/** Most offers, bids or storage lots of one clearing. */
export const maxOrders: number = 2 ** 24;

function checkColumn<Column extends Uint32Array | Int32Array | Uint8Array>(
  column: unknown,
  field: string,
  make: { new (length: number): Column; readonly name: string },
): Column {
  return column instanceof make ? column : fail("invalid", field, `a ${make.name}`, column);
}

/** Checks the columns of one side. Throws `invalid` for wrong types or lengths, `limit` for too many orders. */
export function checkColumns(orders: unknown, field: string): OrderColumns {
  if (typeof orders !== "object" || orders === null)
    return fail("invalid", field, "an object with the columns quantity and price", orders);
  const { quantity, price } = orders as Partial<OrderColumns>;
  const checked = checkColumn<Uint32Array>(quantity, `${field}.quantity`, Uint32Array);
  checkColumn<Int32Array>(price, `${field}.price`, Int32Array);
  if (checked.length > maxOrders)
    return fail("limit", `${field}.quantity`, `at most ${maxOrders} orders`, checked.length);
  if (price?.length !== checked.length)
    return fail(
      "invalid",
      `${field}.price`,
      `${checked.length} prices, one for each quantity`,
      price?.length,
    );
  return orders as OrderColumns;
}

/** Checks the offers' columns, `consent` included. */
export function checkOffers(orders: unknown, field: string): OfferColumns {
  const offers: OfferColumns = checkColumns(orders, field);
  if (offers.consent !== undefined) {
    checkColumn<Uint8Array>(offers.consent, `${field}.consent`, Uint8Array);
    if (offers.consent.length !== offers.quantity.length)
      return fail(
        "invalid",
        `${field}.consent`,
        `${offers.quantity.length} entries, one for each quantity`,
        offers.consent.length,
      );
  }
  return offers;
}

/** Throws `invalid` naming the first quantity that is 0; called when the core has found that there is one. */
export function refuseEmpty(orders: OrderColumns, field: string): void {
  const index = orders.quantity.indexOf(0);
  if (index >= 0) fail("invalid", `${field}.quantity[${index}]`, "a whole number from 1 to 4294967295", 0);
}
