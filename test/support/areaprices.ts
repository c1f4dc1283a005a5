// Whether prices of areas support what traded (docs/areas.md, "The certificate"): one look at each order and each area,
// as plainly as the page reads. It shares nothing with the market, and clears nothing.

export interface PricedArea {
  /** Name of the parent; null: this is the root. */
  readonly parent: string | null;
  readonly fee: bigint;
  /** null: no limit. */
  readonly exportLimit: bigint | null;
  readonly importLimit: bigint | null;
  /** What it handed its parent; below 0, what it took. */
  readonly flow: bigint;
  /** null: it took no part. */
  readonly price: bigint | null;
}

export interface PricedOrder {
  readonly area: string;
  readonly isBid: boolean;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly traded: bigint;
}

interface Bounds {
  readonly lows: bigint[];
  readonly highs: bigint[];
}

/** The first area whose bounds cross, in words; null: what traded is the best there is, and its prices support it. */
export function unsupported(
  areas: ReadonlyMap<string, PricedArea>,
  orders: readonly PricedOrder[],
): string | null {
  const bounds = new Map<string, Bounds>();
  for (const [name, { price }] of areas)
    bounds.set(name, price === null ? { lows: [], highs: [] } : { lows: [price], highs: [price] });
  for (const { area, isBid, price, quantity, traded } of orders) {
    const { lows, highs } = bounds.get(area)!;
    if (traded > 0n) (isBid ? highs : lows).push(price);
    if (traded < quantity) (isBid ? lows : highs).push(price);
  }
  const depth = (name: string): number => {
    const { parent } = areas.get(name)!;
    return parent === null ? 0 : 1 + depth(parent);
  };
  // Whatever lies deeper first, so that an area's bounds have all its children's in them.
  for (const name of [...areas.keys()].sort((a, b) => depth(b) - depth(a))) {
    const { parent, fee, exportLimit, importLimit, flow } = areas.get(name)!;
    const { lows, highs } = bounds.get(name)!;
    const low = lows.length === 0 ? null : lows.reduce((a, b) => (a > b ? a : b));
    const high = highs.length === 0 ? null : highs.reduce((a, b) => (a < b ? a : b));
    if (low !== null && high !== null && low > high)
      return `area ${name}: a price of at least ${low} and at most ${high}`;
    if (parent === null) continue;
    const above = bounds.get(parent)!;
    if (low !== null) {
      if (flow > 0n) above.lows.push(low + fee);
      else if (importLimit === null || -importLimit < flow) above.lows.push(low - fee);
    }
    if (high !== null) {
      if (flow < 0n) above.highs.push(high - fee);
      else if (exportLimit === null || flow < exportLimit) above.highs.push(high + fee);
    }
  }
  return null;
}
