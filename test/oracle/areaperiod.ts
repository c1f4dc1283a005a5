// A carrier's period where each area has its price (docs/areas.md, "In a market"), as plainly as the page reads: what
// stands in the clearing, and what is settled with the grid after it. BigInt throughout; it shares nothing with the
// market, and with the clearing of a book on areas only what that is for itself.
import { type Area, type AreaOrder, clearAreas } from "./areas.js";

export interface MemberOrder {
  readonly area: number;
  readonly quantity: bigint;
  readonly price: bigint;
  /** From which price on an offer's rest goes to the grid; null: not at all. */
  readonly floor: bigint | null;
  /** Whether a bid's rest is imported, and how many millionths of the bid are called off before. */
  readonly imports: boolean;
  readonly interruptible: bigint;
}

/** A device that is always there, and whose owner can pay. Efficiencies in millionths. */
export interface Store {
  readonly area: number;
  readonly capacity: bigint;
  readonly charge: bigint;
  readonly chargeLimit: bigint;
  readonly dischargeLimit: bigint;
  readonly chargeEfficiency: bigint;
  readonly dischargeEfficiency: bigint;
  readonly chargePrice: bigint;
  readonly dischargePrice: bigint;
}

export interface Community {
  readonly areas: readonly Area[];
  readonly offers: readonly MemberOrder[];
  readonly bids: readonly MemberOrder[];
  readonly stores: readonly Store[];
  readonly retail: bigint;
  readonly feedIn: bigint;
  readonly k: bigint;
  readonly rules: Readonly<Record<"import" | "export" | "charge" | "discharge" | "interrupt", boolean>>;
}

type Side = readonly [party: "order" | "device" | "grid", index: number];

export interface PeriodTrade {
  readonly kind: "area" | "grid";
  readonly seller: Side;
  readonly buyer: Side;
  readonly quantity: bigint;
  readonly supplyPrice: bigint;
  readonly usePrice: bigint;
}

export interface PeriodOutcome {
  readonly trades: readonly PeriodTrade[];
  readonly prices: readonly (bigint | null)[];
  readonly flows: readonly bigint[];
  readonly fees: readonly bigint[];
  readonly rents: readonly bigint[];
  /** What was called off of each bid. */
  readonly interrupted: readonly bigint[];
  readonly charges: readonly bigint[];
}

const million = 1_000_000n;
const most32 = 2n ** 32n - 1n;
const highest = 2n ** 31n - 1n;
const least = (...values: bigint[]): bigint => values.reduce((a, b) => (a < b ? a : b));
const sum = (values: readonly { readonly quantity: bigint }[]): bigint =>
  values.reduce((all, { quantity }) => all + quantity, 0n);
const up = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

type Placed = AreaOrder & { readonly who: Side };

/** The grid's orders, none larger than an order may be. */
function gridOrders(price: bigint, quantity: bigint): Placed[] {
  const orders: Placed[] = [];
  for (let left = quantity; left > 0n; left -= most32)
    orders.push({ area: 0, quantity: least(left, most32), price, who: ["grid", 0] });
  return orders;
}

export function period(community: Community): PeriodOutcome {
  const { areas, stores, retail, feedIn, rules } = community;
  const own = (orders: readonly MemberOrder[]): Placed[] =>
    orders.map((order, index) => ({ ...order, who: ["order", index] }));
  const lots = stores.flatMap((store, index): Placed[] => {
    const quantity = least(store.dischargeLimit, (store.charge * store.dischargeEfficiency) / million);
    if (!rules.discharge || quantity === 0n) return [];
    return [{ area: store.area, quantity, price: store.dischargePrice, who: ["device", index] }];
  });
  const charging = stores.flatMap((store, index): Placed[] => {
    const quantity = least(
      store.chargeLimit,
      up((store.capacity - store.charge) * million, store.chargeEfficiency),
    );
    const delivers = lots.some(({ who }) => who[1] === index) && store.chargePrice >= store.dischargePrice;
    if (!rules.charge || quantity === 0n || delivers) return [];
    return [{ area: store.area, quantity, price: store.chargePrice, who: ["device", index] }];
  });
  const offers = [...own(community.offers), ...lots];
  const bids = [...own(community.bids), ...charging];
  const idle = offers.length + bids.length === 0;
  const [supply, demand] = [sum(offers), sum(bids)];
  if (rules.import && !idle) offers.push(...gridOrders(retail, demand + 1n));
  const paid = rules.import ? least(feedIn, retail - 1n) : feedIn;
  if (rules.export && !idle && paid >= -(2n ** 31n)) bids.push(...gridOrders(paid, supply + 1n));
  const cleared = clearAreas(areas, offers, bids, community.k);
  const trades: PeriodTrade[] = cleared.trades.map(({ offer, bid, ...trade }) => ({
    kind: "area",
    seller: offers[offer]!.who,
    buyer: bids[bid]!.who,
    ...trade,
  }));
  const late = lateTrades(community, cleared);
  const charges = stores.map(({ charge, chargeEfficiency, dischargeEfficiency }, index) => {
    const moved = (side: "seller" | "buyer"): bigint =>
      sum(trades.filter((trade) => trade[side][0] === "device" && trade[side][1] === index));
    const drained = up(moved("seller") * million, dischargeEfficiency);
    return charge - drained + (moved("buyer") * chargeEfficiency) / million;
  });
  const fees = cleared.fees.map((fee, area) => fee + late.crossed[area]! * areas[area]!.fee);
  return {
    trades: [...trades, ...late.trades],
    prices: cleared.prices,
    flows: cleared.flows,
    fees: fees.map((fee, area) => (area === 0 ? 0n : fee)),
    rents: cleared.rents,
    interrupted: late.interrupted,
    charges,
  };
}

/** What contracts settle with the grid after the clearing. */
function lateTrades(
  { areas, offers, bids, retail, feedIn, rules }: Community,
  { sold, served, flows }: ReturnType<typeof clearAreas>,
): { trades: PeriodTrade[]; interrupted: bigint[]; crossed: bigint[] } {
  const trades: PeriodTrade[] = [];
  const crossed = areas.map(() => 0n);
  const zero = 0n;
  const room = areas.map(({ exportLimit, importLimit }, area) => ({
    up: exportLimit === null ? null : exportLimit - (flows[area]! > zero ? flows[area]! : zero),
    down: importLimit === null ? null : importLimit - (flows[area]! < zero ? -flows[area]! : zero),
  }));
  const edges = (area: number): number[] => (area === 0 ? [] : [area, ...edges(areas[area]!.parent)]);
  const way = (area: number): bigint => edges(area).reduce((all, edge) => all + areas[edge]!.fee, 0n);
  const carry = (area: number, direction: "up" | "down", wanted: bigint): bigint => {
    const carried = edges(area).reduce((all, edge) => least(all, room[edge]![direction] ?? all), wanted);
    for (const edge of edges(area)) {
      crossed[edge]! += carried;
      const left = room[edge]![direction];
      if (left !== null) room[edge]![direction] = left - carried;
    }
    return carried;
  };
  if (rules.export)
    for (const [index, { area, quantity, floor }] of offers.entries()) {
      const supplyPrice = feedIn - way(area);
      if (floor === null || floor > supplyPrice) continue;
      const carried = carry(area, "up", quantity - sold[index]!);
      if (carried === 0n) continue;
      const sides = { seller: ["order", index], buyer: ["grid", 0] } as const;
      trades.push({ kind: "grid", ...sides, quantity: carried, supplyPrice, usePrice: feedIn });
    }
  const interrupted = bids.map(({ quantity, interruptible }, index) =>
    rules.interrupt ? least(quantity - served[index]!, (quantity * interruptible) / million) : 0n,
  );
  for (const [index, { area, quantity, imports }] of bids.entries()) {
    const usePrice = retail + way(area);
    if (!rules.import || !imports || usePrice > highest) continue;
    const carried = carry(area, "down", quantity - served[index]! - interrupted[index]!);
    if (carried === 0n) continue;
    const sides = { seller: ["grid", 0], buyer: ["order", index] } as const;
    trades.push({ kind: "grid", ...sides, quantity: carried, supplyPrice: retail, usePrice });
  }
  return { trades, interrupted, crossed };
}
