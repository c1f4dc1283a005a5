/** What the edges between areas cut of the trades of scenario 1, and what that leaves of the orders behind them. */
import type { TradeColumns } from "../../core/clearing.js";
import type { AreaTree } from "../contracts/areas.js";
import type { CarrierBook, Side } from "./book.js";
import type { Router } from "./router.js";

/**
 * Carries trades in order of execution as far as the edges let them through, and leaves in the trades what each
 * carries; returns whether any was cut.
 */
export function carryAll(
  router: Router,
  { count, offer, bid, quantity }: TradeColumns,
  supply: Restricted,
  demand: Restricted,
): boolean {
  supply.begin();
  demand.begin();
  let anyCut = false;
  for (let place = 0; place < count; place += 1) {
    const [seller, buyer] = [supply.placeOf(offer[place]!), demand.placeOf(bid[place]!)];
    const [from, to] = [supply.area[seller]!, demand.area[buyer]!];
    const carried = router.carry(from, to, quantity[place]!);
    const cut = quantity[place]! - carried;
    supply.traded[seller]! += carried;
    demand.traded[buyer]! += carried;
    if (cut === 0) continue;
    quantity[place] = carried;
    anyCut = true;
    const { place: edge, outward } = router.bottleneck(from, to);
    if (outward) supply.hold(seller, cut, edge);
    else demand.hold(buyer, cut, edge);
  }
  return anyCut;
}

/** Trades without those that were cut to nothing, for which the others move up in the columns. */
export function dropCut({ count, offer, bid, quantity, price }: TradeColumns): TradeColumns {
  let kept = 0;
  for (let place = 0; place < count; place += 1) {
    if (quantity[place] === 0) continue;
    offer[kept] = offer[place]!;
    bid[kept] = bid[place]!;
    quantity[kept] = quantity[place]!;
    price[kept] = price[place]!;
    kept += 1;
  }
  return {
    count: kept,
    offer: offer.subarray(0, kept),
    bid: bid.subarray(0, kept),
    quantity: quantity.subarray(0, kept),
    price: price.subarray(0, kept),
  };
}

/** One side of the book, of which orders behind full edges count for less and less. */
export class Restricted {
  /** By place in the side: the area of the order, and what it traded in this matching. */
  readonly area: Uint16Array;
  readonly traded: Uint32Array;
  readonly #tree: AreaTree;
  readonly #side: Side;
  /** By place: for how much the order counts, how much edges held back of it, and which of them did so first. */
  readonly #most: Uint32Array;
  readonly #held: Float64Array;
  readonly #heldBy: Uint16Array;
  /** By area: whether the edge above it cut in this matching. */
  readonly #full: Uint8Array;
  /** The orders that still count, for as much as they do; and by place among them: place in the side. */
  #counting: Side;
  #places: Uint32Array;

  constructor(tree: AreaTree, side: Side) {
    this.#tree = tree;
    this.#side = side;
    this.area = side.area;
    this.#most = side.quantity.slice();
    this.#held = new Float64Array(side.order.length);
    this.#heldBy = new Uint16Array(side.order.length);
    this.#full = new Uint8Array(tree.count);
    this.traded = new Uint32Array(side.order.length);
    this.#counting = side;
    this.#places = Uint32Array.from(side.order.keys());
  }

  /** The orders that still count, for as much as they do: at first all of the side. */
  get counting(): Side {
    return this.#counting;
  }

  placeOf(matched: number): number {
    return this.#places[matched]!;
  }

  begin(): void {
    this.traded.fill(0);
    this.#full.fill(0);
  }

  /** An edge held back `cut` of a delivery of an order. */
  hold(place: number, cut: number, edge: number): void {
    if (this.#held[place] === 0) this.#heldBy[place] = edge;
    this.#held[place]! += cut;
    this.#full[edge] = 1;
  }

  /** Orders behind edges that cut count for what they traded. */
  restrict(): void {
    const { order, participant, price, area } = this.#side;
    const { parents } = this.#tree;
    const most = this.#most;
    const behind = this.#full;
    for (let place = 1; place < behind.length; place += 1) behind[place]! |= behind[parents[place]!]!;
    for (let place = 0; place < most.length; place += 1)
      if (behind[area[place]!] === 1) most[place] = this.traded[place]!;
    this.#places = Uint32Array.from(order.keys()).filter((place) => most[place]! > 0);
    this.#counting = {
      order: this.#places.map((place) => order[place]!),
      participant: this.#places.map((place) => participant[place]!),
      quantity: this.#places.map((place) => most[place]!),
      price: Int32Array.from(this.#places, (place) => price[place]!),
      area: Uint16Array.from(this.#places, (place) => area[place]!),
    };
  }

  /** Leaves in `left` what each order still wants. */
  leave(left: Uint32Array): void {
    for (let place = 0; place < left.length; place += 1)
      left[place] = this.#side.quantity[place]! - this.traded[place]!;
  }

  /** Writes down what edges held back. */
  report({ entries }: CarrierBook): void {
    const { numbers } = this.#tree;
    const { order, price } = this.#side;
    for (let place = 0; place < this.#held.length; place += 1)
      if (this.#held[place]! > 0) {
        const area = numbers[this.#heldBy[place]!]!;
        entries.heldBack(area, order[place]!, this.#held[place]!, price[place]!);
      }
  }
}
