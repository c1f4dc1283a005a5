// Trade within the limits of a nested network, cut in order of execution (docs/market.md, "Router"), as plainly as it
// can be written: paths are lists of areas, room is counted anew for each matching. It shares no code with the market.
import { clearByRules, type Order, type Rules } from "./rules.js";

/** An area below another; the root, which is in no list, is -1. */
export interface Edge {
  readonly parent: number;
  readonly exportLimit: bigint | null;
  readonly importLimit: bigint | null;
}

/** An order and the area in which it is; -1: the root. */
export interface PlacedOrder extends Order {
  readonly area: number;
}

export interface Carried {
  readonly trades: readonly {
    readonly offer: number;
    readonly bid: number;
    readonly quantity: bigint;
    readonly price: bigint;
  }[];
  readonly offersLeft: bigint[];
  readonly bidsLeft: bigint[];
  /** What edges held back of each order over all matchings, and which of them did so first. */
  readonly offersHeld: readonly (Held | null)[];
  readonly bidsHeld: readonly (Held | null)[];
  /** The network after the last matching. */
  readonly network: Network;
  readonly matchings: number;
}

export interface Held {
  readonly area: number;
  readonly quantity: bigint;
}

/** What may still pass each edge, and what did. */
export class Network {
  readonly up: (bigint | null)[];
  readonly down: (bigint | null)[];
  readonly crossed: bigint[];
  readonly edges: readonly Edge[];

  constructor(edges: readonly Edge[]) {
    this.edges = edges;
    this.up = edges.map(({ exportLimit }) => exportLimit);
    this.down = edges.map(({ importLimit }) => importLimit);
    this.crossed = edges.map(() => 0n);
  }

  /** An area and all around it, itself first; the root is not among them. */
  around(area: number): number[] {
    return area < 0 ? [] : [area, ...this.around((this.edges[area] as Edge).parent)];
  }

  /** How much arrives, and where it was cut, the area whose edge is full and whose side of the market that is. */
  carry(
    from: number,
    to: number,
    wanted: bigint,
  ): { carried: bigint; cut: { area: number; side: "offer" | "bid" } | null } {
    const rising = this.around(from).filter((area) => !this.around(to).includes(area));
    const falling = this.around(to).filter((area) => !this.around(from).includes(area));
    let carried = wanted;
    for (const [areas, rooms] of [
      [rising, this.up],
      [falling, this.down],
    ] as const)
      for (const area of areas) {
        const room = rooms[area] as bigint | null;
        if (room !== null && room < carried) carried = room;
      }
    for (const [areas, rooms] of [
      [rising, this.up],
      [falling, this.down],
    ] as const)
      for (const area of areas) {
        const room = rooms[area] as bigint | null;
        if (room !== null) rooms[area] = room - carried;
        this.crossed[area] = (this.crossed[area] as bigint) + carried;
      }
    if (carried === wanted) return { carried, cut: null };
    const fullAbove = rising.find((area) => this.up[area] === 0n);
    if (fullAbove !== undefined) return { carried, cut: { area: fullAbove, side: "offer" } };
    return { carried, cut: { area: falling.find((area) => this.down[area] === 0n) as number, side: "bid" } };
  }
}

/** Scenario 1 among orders in areas. */
export function tradeWithinLimits(
  edges: readonly Edge[],
  offers: readonly PlacedOrder[],
  bids: readonly PlacedOrder[],
  rules: Rules,
): Carried {
  const counts = { offer: offers.map(({ quantity }) => quantity), bid: bids.map(({ quantity }) => quantity) };
  const held: { offer: (Held | null)[]; bid: (Held | null)[] } = {
    offer: offers.map(() => null),
    bid: bids.map(() => null),
  };
  for (let matching = 1; ; matching++) {
    // Who counts for nothing is not there, so the places of the others move up.
    const there = (orders: readonly PlacedOrder[], most: readonly bigint[]) =>
      orders
        .map((order, index) => ({ ...order, quantity: most[index] as bigint, index }))
        .filter(({ quantity }) => quantity > 0n);
    const [sellers, buyers] = [there(offers, counts.offer), there(bids, counts.bid)];
    const { trades } = clearByRules(sellers, buyers, rules);
    const network = new Network(edges);
    const traded = { offer: offers.map(() => 0n), bid: bids.map(() => 0n) };
    const full: { area: number; side: "offer" | "bid" }[] = [];
    const flowing: { offer: number; bid: number; quantity: bigint; price: bigint }[] = [];
    for (const trade of trades) {
      const seller = sellers[trade.offer] as (typeof sellers)[number];
      const buyer = buyers[trade.bid] as (typeof buyers)[number];
      const { carried, cut } = network.carry(seller.area, buyer.area, trade.quantity);
      traded.offer[seller.index] = (traded.offer[seller.index] as bigint) + carried;
      traded.bid[buyer.index] = (traded.bid[buyer.index] as bigint) + carried;
      if (carried > 0n)
        flowing.push({ offer: seller.index, bid: buyer.index, quantity: carried, price: trade.price });
      if (cut === null) continue;
      full.push(cut);
      const order = cut.side === "offer" ? seller.index : buyer.index;
      const before = held[cut.side][order] ?? { area: cut.area, quantity: 0n };
      held[cut.side][order] = { ...before, quantity: before.quantity + trade.quantity - carried };
    }
    if (full.length > 0 && matching < 16) {
      for (const [side, orders] of [
        ["offer", offers],
        ["bid", bids],
      ] as const)
        for (const [index, { area }] of orders.entries())
          if (full.some((cut) => cut.side === side && network.around(area).includes(cut.area)))
            counts[side][index] = traded[side][index] as bigint;
      continue;
    }
    return {
      trades: flowing,
      offersLeft: offers.map(({ quantity }, index) => quantity - (traded.offer[index] as bigint)),
      bidsLeft: bids.map(({ quantity }, index) => quantity - (traded.bid[index] as bigint)),
      offersHeld: held.offer,
      bidsHeld: held.bid,
      network,
      matchings: matching,
    };
  }
}
