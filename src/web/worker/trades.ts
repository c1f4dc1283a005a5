/** The trades of a period as columns: direct ones first, then those through the pool; there may be a million. */
import { type Clearing, storageLot } from "../../core/engine.js";

/** One trade: direct, or through the pool. An offer beyond the last is a store's lot. */
export interface SceneTrade {
  readonly pool: boolean;
  readonly offer: number;
  readonly bid: number;
  readonly quantity: number;
  /** What the buyer pays for a unit. */
  readonly price: number;
}

/** All trades of a period in order of execution. */
export interface SceneTrades {
  readonly count: number;
  /** How many of them are direct: those stand first. */
  readonly direct: number;
  readonly offer: Uint32Array;
  readonly bid: Uint32Array;
  readonly quantity: Uint32Array;
  readonly price: Int32Array;
}

const columns = (count: number) => ({
  offer: new Uint32Array(count),
  bid: new Uint32Array(count),
  quantity: new Uint32Array(count),
  price: new Int32Array(count),
});

/** What the engine made of a book with `offers` offers, copied out of its memory. */
export function tradesOf({ trades, pool }: Clearing, offers: number): SceneTrades {
  const pooled = pool?.trades.count ?? 0;
  const made = { count: trades.count + pooled, direct: trades.count, ...columns(trades.count + pooled) };
  for (const name of ["offer", "bid", "quantity", "price"] as const)
    made[name].set(trades[name].subarray(0, trades.count));
  if (pool === null) return made;
  for (const name of ["bid", "quantity", "price"] as const)
    made[name].set(pool.trades[name].subarray(0, pooled), trades.count);
  const { lots } = pool;
  let firstStore = 0;
  while (firstStore < lots.count && lots.offer[firstStore] !== storageLot) firstStore++;
  for (let index = 0; index < pooled; index++) {
    const lot = pool.trades.lot[index]!;
    made.offer[trades.count + index] = lot < firstStore ? lots.offer[lot]! : offers + lot - firstStore;
  }
  return made;
}

/** The same from a list, direct trades first. */
export function tradesOfList(list: readonly SceneTrade[]): SceneTrades {
  const made = {
    count: list.length,
    direct: list.filter(({ pool }) => !pool).length,
    ...columns(list.length),
  };
  for (const [index, trade] of list.entries())
    for (const name of ["offer", "bid", "quantity", "price"] as const) made[name][index] = trade[name];
  return made;
}

/** Whether two periods came to the same trades in the same order. */
export const sameTrades = (a: SceneTrades, b: SceneTrades): boolean =>
  a.count === b.count &&
  a.direct === b.direct &&
  (["offer", "bid", "quantity", "price"] as const).every((name) =>
    a[name].every((value, index) => value === b[name][index]),
  );
