/** Random grids for the tests of areas: every shape of a tree, ties, negative prices, limits and fees of all kinds. */
import type { AreaBook, AreaClearing, AreaOrderColumns, AreaRules } from "../../src/core/areas.js";
import { edgeMoney } from "../../src/core/areas.js";
import type { Engine } from "../../src/core/engine.js";
import { type Area, type AreaOrder, type AreaOutcome, clearAreas } from "../oracle/areas.js";
import type { Random } from "./markets.js";

/** A clearing on areas as the oracle takes it. */
export interface Grid {
  readonly areas: readonly Area[];
  readonly offers: readonly AreaOrder[];
  readonly bids: readonly AreaOrder[];
  readonly k: bigint;
}

const root: Area = { parent: 0, fee: 0n, exportLimit: null, importLimit: null };

/** A grid of at most `mostAreas` areas and `mostOrders` orders a side; quantities of at most `mostQuantity`. */
export function randomGrid(
  random: Random,
  {
    mostAreas = 7,
    mostOrders = 8,
    mostQuantity = 30,
  }: { mostAreas?: number; mostOrders?: number; mostQuantity?: number } = {},
): Grid {
  const shape = random.of("any", "any", "chain", "star");
  const feeKind = random.of("none", "few", "few", "some", "large");
  const limitKind = random.of("none", "few", "few", "zero", "mixed");
  const priceKind = random.of("few", "few", "some", "negative", "wide");
  const quantityKind = random.of("few", "some", "equal");
  const fee = (): bigint => {
    if (feeKind === "none") return 0n;
    if (feeKind === "large") return BigInt(random.of(0, 1, 0x7fff_ffff, 0x7fff_fffe));
    return BigInt(random.between(0, feeKind === "few" ? 3 : 20));
  };
  const limit = (): bigint | null => {
    if (limitKind === "none") return null;
    if (limitKind === "zero") return random.of(0n, null);
    if (limitKind === "few") return BigInt(random.between(0, 2 * mostQuantity));
    return random.of(null, 0n, 1n, BigInt(random.between(1, mostQuantity)), 2n ** 53n - 1n);
  };
  const price = (): bigint => {
    if (priceKind === "few") return BigInt(random.between(1, 4));
    if (priceKind === "some") return BigInt(random.between(1, 60));
    if (priceKind === "negative") return BigInt(random.between(-12, 5));
    return BigInt(random.of(-0x8000_0000, -0x7fff_ffff, -1, 0, 0x7fff_fffe, 0x7fff_ffff, random.word() | 0));
  };
  const quantity = (): bigint => {
    if (quantityKind === "equal") return 1n;
    return BigInt(random.between(1, quantityKind === "few" ? Math.min(3, mostQuantity) : mostQuantity));
  };
  const count = random.between(1, mostAreas);
  const areas: Area[] = [root];
  for (let area = 1; area < count; area++) {
    const parent = shape === "chain" ? area - 1 : shape === "star" ? 0 : random.between(0, area - 1);
    areas.push({ parent, fee: fee(), exportLimit: limit(), importLimit: limit() });
  }
  const orders = (): AreaOrder[] =>
    Array.from({ length: random.between(0, mostOrders) }, () => ({
      area: random.between(0, count - 1),
      quantity: quantity(),
      price: price(),
    }));
  return { areas, offers: orders(), bids: orders(), k: random.of(0n, 1n, 333_333n, 500_000n, 1_000_000n) };
}

/** A grid as text, to write it into a test. */
export const shownGrid = (grid: Grid): string =>
  JSON.stringify(grid, (_, value) => (typeof value === "bigint" ? `${value}` : value));

const side = (orders: readonly AreaOrder[]): Required<AreaOrderColumns> => ({
  quantity: Uint32Array.from(orders, ({ quantity }) => Number(quantity)),
  price: Int32Array.from(orders, ({ price }) => Number(price)),
  area: Uint16Array.from(orders, ({ area }) => area),
});

const limit = (ticks: bigint | null): number | null => (ticks === null ? null : Number(ticks));

/** A grid as the engine takes it. */
export function engineGrid({ areas, offers, bids, k }: Grid): { book: AreaBook; rules: AreaRules } {
  return {
    book: { offers: side(offers), bids: side(bids) },
    rules: {
      mechanism: "merit",
      k: Number(k),
      areas: areas.map(({ parent, fee, exportLimit, importLimit }, place) =>
        place === 0
          ? {}
          : { parent, fee: Number(fee), exportLimit: limit(exportLimit), importLimit: limit(importLimit) },
      ),
    },
  };
}

const rows = (count: number, ...columns: readonly ArrayLike<number>[]): string[] =>
  Array.from({ length: count }, (_, index) => columns.map((column) => column[index]).join(" "));

/** A clearing on areas as lines of text. */
export function linesOfAreas(
  { trades, remaining, areas, clearingPrice }: AreaClearing,
  rules: AreaRules,
): string[] {
  return [
    `clearing price ${clearingPrice}`,
    `left ${remaining.offers.join(" ")} | ${remaining.bids.join(" ")}`,
    ...Array.from({ length: areas.count }, (_, place) => {
      const { fees, rent } = edgeMoney(rules.areas, areas, place);
      const price = areas.priced[place] === 1 ? areas.price[place] : null;
      return `area ${place}: ${areas.flow[place]} at ${price}, ${fees} and ${rent}`;
    }),
    ...rows(trades.count, trades.offer, trades.bid, trades.quantity, trades.supplyPrice, trades.usePrice),
  ];
}

/** What the oracle says, in the same lines. */
export function linesOfOutcome(
  { sold, served, flows, prices, fees, rents, trades }: AreaOutcome,
  grid: Grid,
): string[] {
  const left = (orders: readonly AreaOrder[], traded: readonly bigint[]): string =>
    orders.map(({ quantity }, index) => quantity - traded[index]!).join(" ");
  return [
    `clearing price ${prices[0]}`,
    `left ${left(grid.offers, sold)} | ${left(grid.bids, served)}`,
    ...flows.map(
      (flow, place) => `area ${place}: ${flow} at ${prices[place]}, ${fees[place]} and ${rents[place]}`,
    ),
    ...trades.map((trade) =>
      [trade.offer, trade.bid, trade.quantity, trade.supplyPrice, trade.usePrice].join(" "),
    ),
  ];
}

/** The first line in which engine and oracle differ, with the grid; null when they agree. */
export function gridDifference(engine: Engine, grid: Grid): string | null {
  const { book, rules } = engineGrid(grid);
  const got = linesOfAreas(engine.clear(book, rules), rules);
  const wanted = linesOfOutcome(clearAreas(grid.areas, grid.offers, grid.bids, grid.k), grid);
  for (let line = 0; line < Math.max(got.length, wanted.length); line++)
    if (got[line] !== wanted[line]) return `wanted ${wanted[line]}, got ${got[line]}\n${shownGrid(grid)}`;
  return null;
}
