import type { Book, Clearing, ClearingRules, Engine } from "../../src/core/engine.js";
import { clearByRules, type Order, type Result, type Rules } from "../oracle/rules.js";

/** Whole numbers from a seed (xorshift32): the same in Node and in a browser. */
export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }
  /** 0 … 2³²−1. */
  word(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state;
  }
  /** `least` … `most`, both included. */
  between(least: number, most: number): number {
    return least + (this.word() % (most - least + 1));
  }
  of<Item>(...items: readonly Item[]): Item {
    return items[this.word() % items.length] as Item;
  }
}

export interface Market {
  readonly book: Required<Pick<Book, "lots">> & Book;
  readonly rules: ClearingRules;
}

/** A column by a rule for each index. */
export const quantities = (count: number, at: (index: number) => number): Uint32Array =>
  Uint32Array.from({ length: count }, (_, index) => at(index));
export const prices = (count: number, at: (index: number) => number): Int32Array =>
  Int32Array.from({ length: count }, (_, index) => at(index));

const mostQuantity = 0xffff_ffff;
const mostPrice = 0x7fff_ffff;
const leastPrice = -0x8000_0000;

/** A small market, of every kind that matters: ties, negative prices, limits, empty sides, all rules. */
export function randomMarket(random: Random): Market {
  const most = random.of(1, 2, 3, 5, 8, 8, 14);
  const quantityKind = random.of("few", "few", "some", "many", "extreme");
  const priceKind = random.of("few", "few", "some", "negative", "all", "extreme");
  const quantity = (): number => {
    if (quantityKind === "few") return random.between(1, 4);
    if (quantityKind === "some") return random.between(1, 30);
    if (quantityKind === "many") return random.between(1, 1_000_000);
    return random.of(
      1,
      2,
      mostQuantity,
      mostQuantity - 1,
      0x8000_0000,
      0x7fff_ffff,
      random.between(1, mostQuantity),
    );
  };
  const price = (): number => {
    if (priceKind === "few") return random.between(1, 4);
    if (priceKind === "some") return random.between(1, 40);
    if (priceKind === "negative") return random.between(-6, 3);
    if (priceKind === "all") return random.word() | 0;
    return random.of(leastPrice, leastPrice + 1, -1, 0, 1, mostPrice - 1, mostPrice, random.word() | 0);
  };
  const side = (least: number): { quantity: Uint32Array; price: Int32Array } => {
    const count = random.between(least, most);
    return { quantity: quantities(count, quantity), price: prices(count, price) };
  };
  const limits = (count: number): { poolLimit?: Int32Array } =>
    random.of(true, false) ? { poolLimit: prices(count, price) } : {};
  const offers = side(0);
  const wanted = side(0);
  const mechanism = random.of("value", "merit");
  const pricing = random.of("blend", mechanism === "value" ? "counterparty" : "uniform");
  return {
    book: {
      offers: {
        ...offers,
        ...limits(offers.quantity.length),
        ...(random.of(true, false)
          ? { consent: Uint8Array.from(offers.quantity, () => random.between(0, 1)) }
          : {}),
      },
      bids: { ...wanted, ...limits(wanted.quantity.length) },
      lots: random.of(true, false) ? side(0) : { quantity: new Uint32Array(0), price: new Int32Array(0) },
    },
    rules: {
      mechanism,
      pricing,
      ties: pricing === "uniform" ? random.of("arrival", "prorata") : "arrival",
      k: random.of(0, 1, 333_333, 500_000, 999_999, 1_000_000),
      maxCycles: random.of(0, 0, 0, 1, 2),
      pool: random.of(null, { price: price(), lots: "whole" }, { price: price(), lots: "divisible" }),
    },
  };
}

const ordersOf = ({ quantity, price, consent, poolLimit }: Book["offers"]): Order[] =>
  Array.from(quantity, (q, index) => ({
    quantity: BigInt(q),
    price: BigInt(price[index] as number),
    consent: consent?.[index] !== 0,
    ...(poolLimit === undefined ? {} : { poolLimit: BigInt(poolLimit[index] as number) }),
  }));

/** What the rules make of a market. */
export function byRules({ book, rules }: Market): Result {
  const full: Rules = {
    mechanism: rules.mechanism ?? "value",
    pricing: rules.pricing ?? "counterparty",
    ties: rules.ties ?? "arrival",
    k: BigInt(rules.k ?? 500_000),
    maxCycles: rules.maxCycles ?? 0,
    pool: rules.pool ? { price: BigInt(rules.pool.price), lots: rules.pool.lots ?? "whole" } : null,
  };
  return clearByRules(ordersOf(book.offers), ordersOf(book.bids), full, book.lots ? ordersOf(book.lots) : []);
}

const rowsOf = (count: number, ...columns: readonly ArrayLike<number>[]): string[] =>
  Array.from({ length: count }, (_, index) => columns.map((column) => column[index]).join(" "));

/** A clearing as lines of text, trade by trade. */
export function linesOfClearing({ trades, remaining, clearingPrice, pool, counters }: Clearing): string[] {
  return [
    `clearing price ${clearingPrice}`,
    `counters ${counters.num1} ${counters.num2} ${counters.num3} ${counters.num4}`,
    ...rowsOf(trades.count, trades.offer, trades.bid, trades.quantity, trades.price),
    `left ${remaining.offers.join(" ")} | ${remaining.bids.join(" ")}`,
    ...(pool === null
      ? ["no pool"]
      : [
          ...rowsOf(pool.lots.count, pool.lots.offer, pool.lots.quantity, pool.lots.price, pool.lots.unsold),
          "sales",
          ...rowsOf(
            pool.trades.count,
            pool.trades.lot,
            pool.trades.bid,
            pool.trades.quantity,
            pool.trades.price,
          ),
          `rest ${pool.rest.join(" ")}`,
        ]),
  ];
}

/** What the rules say, in the same lines. */
export function linesOfResult({ trades, offersLeft, bidsLeft, clearingPrice, pool }: Result): string[] {
  const open = (left: readonly bigint[]): number => left.filter((quantity) => quantity > 0n).length;
  const num4 = open(pool === null ? bidsLeft : pool.rest);
  return [
    `clearing price ${clearingPrice}`,
    `counters ${trades.length} ${open(offersLeft) + open(bidsLeft)} ${pool?.sales.length ?? 0} ${num4}`,
    ...trades.map(({ offer, bid, quantity, price }) => `${offer} ${bid} ${quantity} ${price}`),
    `left ${offersLeft.join(" ")} | ${bidsLeft.join(" ")}`,
    ...(pool === null
      ? ["no pool"]
      : [
          ...pool.lots.map((lot) => `${lot.offer ?? 0xffff_ffff} ${lot.quantity} ${lot.price} ${lot.unsold}`),
          "sales",
          ...pool.sales.map(({ lot, bid, quantity, price }) => `${lot} ${bid} ${quantity} ${price}`),
          `rest ${pool.rest.join(" ")}`,
        ]),
  ];
}

/** The first line in which core and rules differ, with the market; null when they agree. */
export function difference(engine: Engine, market: Market): string | null {
  const got = linesOfClearing(engine.clear(market.book, market.rules));
  const wanted = linesOfResult(byRules(market));
  for (let line = 0; line < Math.max(got.length, wanted.length); line++)
    if (got[line] !== wanted[line])
      return `line ${line}: wanted ${wanted[line]}, got ${got[line]}\n${describe(market)}`;
  return null;
}

function describe({ book, rules }: Market): string {
  const shown = (orders: Book["offers"] | undefined): string =>
    orders === undefined || orders.quantity.length > 40
      ? `${orders?.quantity.length} orders`
      : `[${orders.quantity.join(",")}] at [${orders.price.join(",")}] ${orders.consent?.join("") ?? ""}`;
  return `offers ${shown(book.offers)}\nbids ${shown(book.bids)}\nlots ${shown(book.lots)}\n${JSON.stringify(rules)}`;
}
