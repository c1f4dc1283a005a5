// Areas (docs/areas.md): `merit` with `uniform` prices on a tree, as plainly as the rules read. BigInt throughout,
// whole lists of steps, every level sorted afresh. It shares no code with the engine, and nothing of how the engine
// does it.
import { blend } from "./rules.js";

/** An area; the first of a list is the root, whose other fields mean nothing. null: no limit. */
export interface Area {
  readonly parent: number;
  readonly fee: bigint;
  readonly exportLimit: bigint | null;
  readonly importLimit: bigint | null;
}

export interface AreaOrder {
  readonly area: number;
  readonly quantity: bigint;
  readonly price: bigint;
}

export interface AreaTrade {
  readonly offer: number;
  readonly bid: number;
  readonly quantity: bigint;
  readonly supplyPrice: bigint;
  readonly usePrice: bigint;
}

export interface AreaOutcome {
  readonly sold: readonly bigint[];
  readonly served: readonly bigint[];
  readonly flows: readonly bigint[];
  /** null: the area did not take part. */
  readonly prices: readonly (bigint | null)[];
  readonly fees: readonly bigint[];
  readonly rents: readonly bigint[];
  readonly trades: readonly AreaTrade[];
}

/** A part of an order, at the price that it has where it lies. */
interface Step {
  readonly isBid: boolean;
  readonly sequence: number;
  readonly price: bigint;
  readonly quantity: bigint;
  /** The child that handed it up; null for an area's own. */
  readonly from: number | null;
}

/** A list of steps, and the position in front of its first. */
interface List {
  readonly start: bigint;
  readonly steps: readonly Step[];
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const sumOf = (values: readonly bigint[]): bigint => values.reduce((sum, value) => sum + value, 0n);
const size = (value: bigint): bigint => most(value, -value);

/** By price upwards; offers before bids, of offers the earlier first, of bids the later. */
function byPrice(a: Step, b: Step): number {
  if (a.price !== b.price) return a.price < b.price ? -1 : 1;
  if (a.isBid !== b.isBid) return a.isBid ? 1 : -1;
  return a.isBid ? b.sequence - a.sequence : a.sequence - b.sequence;
}

/** The parts of a list that lie between two positions. */
function between(list: List, from: bigint, to: bigint): Step[] {
  const found: Step[] = [];
  let before = list.start;
  for (const step of list.steps) {
    const after = before + step.quantity;
    const quantity = least(after, to) - most(before, from);
    if (quantity > 0n) found.push({ ...step, quantity });
    before = after;
  }
  return found;
}

const quantityOf = (steps: readonly Step[]): bigint => sumOf(steps.map(({ quantity }) => quantity));

/** Who belongs to an area: numbers of its children and of its orders, upwards. */
interface Members {
  readonly children: number[];
  readonly offers: number[];
  readonly bids: number[];
}

function membersOf(
  areas: readonly Area[],
  offers: readonly AreaOrder[],
  bids: readonly AreaOrder[],
): readonly Members[] {
  const members = areas.map((): Members => ({ children: [], offers: [], bids: [] }));
  for (const [area, { parent }] of areas.entries()) if (area > 0) members[parent]!.children.push(area);
  for (const [offer, { area }] of offers.entries()) members[area]!.offers.push(offer);
  for (const [bid, { area }] of bids.entries()) members[area]!.bids.push(bid);
  return members;
}

/** What trades: the position of every area in its list, which is its flow. */
function positions(
  areas: readonly Area[],
  offers: readonly AreaOrder[],
  bids: readonly AreaOrder[],
): { lists: List[]; flows: bigint[] } {
  const members = membersOf(areas, offers, bids);
  const lists: List[] = [];
  const parts: Step[][] = [];
  const taken: bigint[] = [];
  for (let area = areas.length - 1; area >= 0; area--) {
    const { children, offers: ownOffers, bids: ownBids } = members[area]!;
    const own = (orders: readonly AreaOrder[], sequence: number, isBid: boolean): Step => {
      const { price, quantity } = orders[sequence]!;
      return { isBid, sequence, price, quantity, from: null };
    };
    const offerSteps = ownOffers.map((offer) => own(offers, offer, false));
    const bidSteps = ownBids.map((bid) => own(bids, bid, true));
    const couldTake = quantityOf(bidSteps) + sumOf(children.map((child) => taken[child]!));
    const steps = [...offerSteps, ...bidSteps, ...children.flatMap((child) => parts[child]!)].sort(byPrice);
    const list = { start: -couldTake, steps };
    lists[area] = list;
    const { fee, exportLimit, importLimit } = areas[area]!;
    const total = quantityOf(steps);
    const lowest = importLimit === null ? -couldTake : -importLimit;
    const highest = exportLimit === null ? total - couldTake : exportLimit;
    const below = between(list, lowest, 0n);
    const above = between(list, 0n, highest);
    taken[area] = quantityOf(below);
    parts[area] = [
      ...below.map((step) => ({ ...step, from: area, price: step.price - fee })),
      ...above.map((step) => ({ ...step, from: area, price: step.price + fee })),
    ];
  }
  const flows: bigint[] = [0n];
  for (const [area, list] of lists.entries()) {
    for (const child of members[area]!.children) flows[child] = -taken[child]!;
    for (const { from, quantity } of between(list, list.start, flows[area]!))
      if (from !== null) flows[from]! += quantity;
  }
  return { lists, flows };
}

/** The greatest, or the least, of those that there are. */
const extreme = (
  values: readonly (bigint | null)[],
  better: (a: bigint, b: bigint) => bigint,
): bigint | null =>
  values.reduce((best, value) => (best === null ? value : value === null ? best : better(best, value)), null);

/** The price of each area, whether it took part or not; null where it has none. */
function pricesOf(
  areas: readonly Area[],
  offers: readonly AreaOrder[],
  bids: readonly AreaOrder[],
  outcome: { sold: readonly bigint[]; served: readonly bigint[]; flows: readonly bigint[] },
  k: bigint,
): (bigint | null)[] {
  const { sold, served, flows } = outcome;
  const members = membersOf(areas, offers, bids);
  const lo: (bigint | null)[] = [];
  const hi: (bigint | null)[] = [];
  for (let area = areas.length - 1; area >= 0; area--) {
    const lows: (bigint | null)[] = [];
    const highs: (bigint | null)[] = [];
    const own = members[area]!;
    for (const index of own.offers) {
      const { price, quantity } = offers[index]!;
      if (sold[index]! > 0n) lows.push(price);
      if (sold[index]! < quantity) highs.push(price);
    }
    for (const index of own.bids) {
      const { price, quantity } = bids[index]!;
      if (served[index]! < quantity) lows.push(price);
      if (served[index]! > 0n) highs.push(price);
    }
    for (const child of own.children) {
      const { fee, exportLimit, importLimit } = areas[child] as Area;
      const x = flows[child] as bigint;
      const low = lo[child] ?? null;
      const high = hi[child] ?? null;
      if (low !== null) {
        if (x > 0n) lows.push(low + fee);
        else if (importLimit === null || -importLimit < x) lows.push(low - fee);
      }
      if (high !== null) {
        if (x < 0n) highs.push(high - fee);
        else if (exportLimit === null || x < exportLimit) highs.push(high + fee);
      }
    }
    lo[area] = extreme(lows, most);
    hi[area] = extreme(highs, least);
  }
  const prices: (bigint | null)[] = [];
  for (const [area, { parent, fee, exportLimit, importLimit }] of areas.entries()) {
    const low = lo[area] as bigint | null;
    const high = hi[area] as bigint | null;
    const x = flows[area] as bigint;
    const P = area === 0 ? null : (prices[parent] as bigint | null);
    if (x > 0n) prices[area] = high === null ? P! - fee : least(P! - fee, high);
    else if (x < 0n) prices[area] = low === null ? P! + fee : most(P! + fee, low);
    else {
      let price = low !== null && high !== null ? blend(low, high, k) : (low ?? high ?? P);
      if (P !== null && price !== null) {
        if (exportLimit !== 0n) price = most(price, P - fee);
        if (importLimit !== 0n) price = least(price, P + fee);
      }
      prices[area] = price;
    }
  }
  return prices;
}

interface Queued {
  readonly sequence: number;
  readonly price: bigint;
  left: bigint;
}

/** Who trades with whom, without prices. */
function pairs(
  areas: readonly Area[],
  offers: readonly AreaOrder[],
  bids: readonly AreaOrder[],
  { sold, served }: { sold: readonly bigint[]; served: readonly bigint[] },
): { offer: number; bid: number; quantity: bigint }[] {
  const members = membersOf(areas, offers, bids);
  const trades: { offer: number; bid: number; quantity: bigint }[] = [];
  const offersUp: Queued[][] = areas.map(() => []);
  const bidsUp: Queued[][] = areas.map(() => []);
  for (let area = areas.length - 1; area >= 0; area--) {
    const queue = (
      orders: readonly AreaOrder[],
      own: readonly number[],
      traded: readonly bigint[],
      up: readonly Queued[],
      sign: bigint,
    ): Queued[] =>
      [
        ...own
          .filter((sequence) => traded[sequence]! > 0n)
          .map((sequence) => ({ sequence, price: orders[sequence]!.price, left: traded[sequence]! })),
        ...up,
      ].sort((a, b) => Number((a.price - b.price) * sign) || a.sequence - b.sequence);
    const supply = queue(offers, members[area]!.offers, sold, offersUp[area]!, 1n);
    const demand = queue(bids, members[area]!.bids, served, bidsUp[area]!, -1n);
    while (supply.length > 0 && demand.length > 0) {
      const offer = supply[0]!;
      const bid = demand[0]!;
      const quantity = least(offer.left, bid.left);
      trades.push({ offer: offer.sequence, bid: bid.sequence, quantity });
      offer.left -= quantity;
      bid.left -= quantity;
      if (offer.left === 0n) supply.shift();
      if (bid.left === 0n) demand.shift();
    }
    const { parent, fee } = areas[area] as Area;
    if (area === 0) {
      if (supply.length + demand.length > 0) throw new Error("something is left in the root");
      continue;
    }
    for (const left of supply) offersUp[parent]!.push({ ...left, price: left.price + fee });
    for (const left of demand) bidsUp[parent]!.push({ ...left, price: left.price - fee });
  }
  return trades;
}

/** Clears one carrier on its areas. */
export function clearAreas(
  areas: readonly Area[],
  offers: readonly AreaOrder[],
  bids: readonly AreaOrder[],
  k: bigint,
): AreaOutcome {
  const { lists, flows } = positions(areas, offers, bids);
  const sold = offers.map(() => 0n);
  const served = bids.map(({ quantity }) => quantity);
  for (const [area, list] of lists.entries())
    for (const { isBid, sequence, quantity, from } of between(list, list.start, flows[area]!))
      if (from === null) {
        if (isBid) served[sequence]! -= quantity;
        else sold[sequence]! += quantity;
      }
  const all = pricesOf(areas, offers, bids, { sold, served, flows }, k);
  const tookPart = areas.map((_, area) => flows[area] !== 0n);
  for (const [area, { parent }] of areas.entries())
    if (area > 0 && flows[area] !== 0n) tookPart[parent] = true;
  for (const [index, offer] of offers.entries()) if (sold[index]! > 0n) tookPart[offer.area] = true;
  for (const [index, bid] of bids.entries()) if (served[index]! > 0n) tookPart[bid.area] = true;
  const crossing = (area: number): bigint => size(flows[area]!);
  const fees = areas.map(({ fee }, area) => (area === 0 ? 0n : crossing(area) * fee));
  const rents = areas.map(({ parent, fee }, area) =>
    area === 0 || flows[area] === 0n ? 0n : crossing(area) * (size(all[parent]! - all[area]!) - fee),
  );
  return {
    sold,
    served,
    flows,
    prices: all.map((price, area) => (tookPart[area] ? price : null)),
    fees,
    rents,
    trades: pairs(areas, offers, bids, { sold, served }).map((trade) => ({
      ...trade,
      supplyPrice: all[offers[trade.offer]!.area]!,
      usePrice: all[bids[trade.bid]!.area]!,
    })),
  };
}
