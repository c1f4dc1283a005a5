/** The orders of one period and who stands behind them, however they came about. */
import type { OrderColumnSet } from "../../simulation/ordercolumns.js";
import type { PoolLimit } from "./agreed.js";
import { ownerOfStore, type Party, wordsOf } from "./owners.js";
import { type SceneTrade, type SceneTrades, tradesOfList } from "./trades.js";

/** The orders of one carrier and period, as the engine takes them, and who they belong to. */
export interface Market extends OrderColumnSet {
  /** What stores offer through the pool, each at its own price. */
  readonly lots: { readonly quantity: Uint32Array; readonly price: Int32Array };
  /** Owner of an offer, or of a store's lot where the index lies beyond the offers. */
  offerOwner(index: number): Owner;
  bidOwner(index: number): Owner;
}

/** Who stands behind an order. */
export interface Owner {
  readonly name: string;
  /** What kind of participant, in words. */
  readonly kind: string;
  /** Number of the member of the day; left out where it stands for many, or for an order of a file. */
  readonly member?: number;
}

/** One order of the community. */
export interface Drawn {
  readonly member: Party;
  readonly sells: boolean;
  readonly quantity: number;
  readonly price: number;
}
/** The same with its limit in the pool. */
export type Placed = Drawn & PoolLimit;

/** What a store offers through the pool, and at which price. */
export type Lot = Pick<Placed, "member" | "quantity" | "price">;

/** Who owns an order of a member of the day. */
const numbered = ({ member }: Pick<Lot, "member">, words: (member: Party) => Owner): Owner => ({
  ...words(member),
  member: member.number,
});

/** A market in which every order is listed with its own member. */
function listed(placed: readonly Placed[], lots: readonly Lot[]): Market {
  const offers = placed.filter((order) => order.sells);
  const bids = placed.filter((order) => !order.sells);
  return {
    offers: {
      quantity: Uint32Array.from(offers, (order) => order.quantity),
      price: Int32Array.from(offers, (order) => order.price),
      poolLimit: Int32Array.from(offers, (order) => order.poolLimit),
      consent: Uint8Array.from(offers, (order) => (order.consent ? 1 : 0)),
    },
    bids: {
      quantity: Uint32Array.from(bids, (order) => order.quantity),
      price: Int32Array.from(bids, (order) => order.price),
      poolLimit: Int32Array.from(bids, (order) => order.poolLimit),
    },
    lots: {
      quantity: Uint32Array.from(lots, (lot) => lot.quantity),
      price: Int32Array.from(lots, (lot) => lot.price),
    },
    offerOwner: (index) =>
      index < offers.length
        ? numbered(offers[index]!, wordsOf)
        : numbered(lots[index - offers.length]!, ownerOfStore),
    bidOwner: (index) => numbered(bids[index]!, wordsOf),
  };
}

/** What a block says of one carrier in its period, as plain data. */
export interface InBlock {
  /** Its orders, offers first, in the sequence in which equals have their turn. */
  readonly placed: readonly Placed[];
  readonly lots: readonly Lot[];
  readonly trades: readonly SceneTrade[];
  /** Energy that members sold to the grid and bought from it, in quantity ticks. */
  readonly exported: number;
  readonly imported: number;
}

/** A market out of a block, and what its block says came of it. */
export interface Sealed extends Pick<InBlock, "exported" | "imported"> {
  readonly market: Market;
  readonly trades: SceneTrades;
}

/** The market that a block tells of. */
export const sealedMarket = ({ placed, lots, trades, exported, imported }: InBlock): Sealed => ({
  market: listed(placed, lots),
  trades: tradesOfList(trades),
  exported,
  imported,
});
