// Scenario 1 by value and scenario 2 with whole lots, once more, over plain arrays of numbers: as quadratic as rules.ts
// and a hundred times as fast, for books too large for that one. Only orders of sorting need BigInt.

export interface Column {
  readonly quantity: ArrayLike<number>;
  readonly price: ArrayLike<number>;
}

/** Offer (or lot), bid, quantity and price of each trade. */
export type Row = readonly [number, number, number, number];

function ranked(left: readonly number[], price: ArrayLike<number>, sign: 1n | -1n): number[] {
  const value = left.map((quantity, index) => sign * BigInt(quantity) * BigInt(price[index] as number));
  const open = left.flatMap((quantity, index) => (quantity > 0 ? [index] : []));
  return open.sort((a, b) => {
    const x = value[a] as bigint;
    const y = value[b] as bigint;
    return x < y ? -1 : x > y ? 1 : a - b;
  });
}

export function matchPlainly(
  offers: Column,
  bids: Column,
): { rows: Row[]; cycles: number; supply: number[]; demand: number[] } {
  const supply = Array.from(offers.quantity);
  const demand = Array.from(bids.quantity);
  const rows: Row[] = [];
  for (let cycles = 1; ; cycles++) {
    const before = rows.length;
    let followers = ranked(demand, bids.price, -1n);
    for (const offer of ranked(supply, offers.price, 1n)) {
      const asked = offers.price[offer] as number;
      for (const bid of followers) {
        const wanted = demand[bid] as number;
        if (wanted === 0 || wanted > (supply[offer] as number) || (bids.price[bid] as number) < asked)
          continue;
        rows.push([offer, bid, wanted, bids.price[bid] as number]);
        (supply[offer] as number) -= wanted;
        demand[bid] = 0;
      }
    }
    followers = ranked(supply, offers.price, 1n);
    for (const bid of ranked(demand, bids.price, -1n)) {
      const paid = bids.price[bid] as number;
      for (const offer of followers) {
        const has = supply[offer] as number;
        if (has === 0 || has > (demand[bid] as number) || (offers.price[offer] as number) > paid) continue;
        rows.push([offer, bid, has, offers.price[offer] as number]);
        (demand[bid] as number) -= has;
        supply[offer] = 0;
      }
    }
    if (rows.length === before) return { rows, cycles, supply, demand };
  }
}

export function sellPlainly(lots: Column, bids: Column, whole: boolean): Row[] {
  const unsold = Array.from(lots.quantity);
  const demand = Array.from(bids.quantity);
  const rows: Row[] = [];
  const order = ranked(unsold, lots.price, 1n);
  for (const bid of ranked(demand, bids.price, -1n))
    for (const lot of order) {
      const has = unsold[lot] as number;
      const wanted = demand[bid] as number;
      const price = lots.price[lot] as number;
      if (has === 0 || wanted === 0 || price > (bids.price[bid] as number) || (whole && has > wanted))
        continue;
      const sold = Math.min(has, wanted);
      rows.push([lot, bid, sold, price]);
      unsold[lot] = has - sold;
      demand[bid] = wanted - sold;
    }
  return rows;
}
