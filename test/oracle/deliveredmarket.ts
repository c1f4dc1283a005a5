/**
 * Trades that count for what was delivered, from the words of docs/market.md alone: every side's trades lie end to end
 * on a line, and what it delivered is marked on that line.
 */

/** A trade between two members, in order of execution. */
export interface Deal {
  readonly seller: number;
  readonly buyer: number;
  readonly quantity: bigint;
  readonly price: bigint;
}

/** What a member's meter of the carrier said, and what it should have said by contracts alone. */
export interface DealtMeter {
  readonly in: bigint;
  readonly out: bigint;
  readonly contractIn: bigint;
  readonly contractOut: bigint;
}

/** Half upwards. */
const nearest = (top: bigint, bottom: bigint): bigint => (2n * top + bottom) / (2n * bottom);

/** How much of each deal does not count. */
export function undeliveredByTheBook(
  rule: "fifo" | "proportional",
  deals: readonly Deal[],
  meterOf: (who: number) => DealtMeter,
): bigint[] {
  const done = (side: "seller" | "buyer"): bigint[] =>
    deals.map((deal, place) => {
      const mine = (each: Deal): boolean => each[side] === deal[side];
      const sum = (some: readonly Deal[]): bigint => some.reduce((all, { quantity }) => all + quantity, 0n);
      const start = sum(deals.slice(0, place).filter(mine));
      const end = start + deal.quantity;
      const whole = sum(deals.filter(mine));
      const { in: drawn, out, contractIn, contractOut } = meterOf(deal[side]);
      const could = side === "seller" ? out - drawn + contractIn : drawn - out + contractOut;
      const mark = could < 0n ? 0n : could > whole ? whole : could;
      if (rule === "proportional") return nearest(mark * end, whole) - nearest(mark * start, whole);
      return mark <= start ? 0n : mark < end ? mark - start : deal.quantity;
    });
  const [given, taken] = [done("seller"), done("buyer")];
  return deals.map(({ quantity }, place) => {
    const counts = given[place]! < taken[place]! ? given[place]! : taken[place]!;
    return quantity - counts;
  });
}
