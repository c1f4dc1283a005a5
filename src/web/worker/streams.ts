/** Where the energy of a period came from and went, by kind of participant, as the records of its block tell it. */
import type { Block } from "../../ledger/format/block.js";
import { readRecord } from "../../ledger/format/layout.js";
import { flowLayout, orderLayout, tradeLayout } from "../../ledger/format/records.js";
import type { Member } from "../../simulation/members/member.js";
import type { MemberKind } from "../../simulation/scenario.js";
import { type Carrier, carriers } from "../../units.js";

/** Energy of one carrier in one period, in quantity ticks. */
export interface Streams {
  /** Sold by kind: directly, through the pool, and to the grid. */
  readonly sold: Partial<Record<MemberKind, { direct: number; pool: number; grid: number }>>;
  /** Bought by kind: directly, from the pool and the stores that sell through it, and from the grid. */
  readonly bought: Partial<Record<MemberKind, { direct: number; pool: number; grid: number }>>;
  /** What stores gave to the pool, and took from it and from the grid. */
  discharged: number;
  chargedFromPool: number;
  chargedFromGrid: number;
  /** What the grid made up for losses in the lines. */
  lost: number;
}

/** What a period's records say of one carrier. */
export interface CarrierStreams {
  readonly streams: Streams;
  /**
   * Lowest, mean and highest price of a trade among members and stores, in price ticks; null without one. What a
   * market with areas trades with the grid is left out: its prices are the tariffs.
   */
  readonly prices: readonly [low: number, mean: number, high: number] | null;
}

interface Sums {
  readonly streams: Streams;
  low: number;
  high: number;
  quantity: number;
  amount: number;
}

const newSums = (): Sums => ({
  streams: {
    sold: {},
    bought: {},
    discharged: 0,
    chargedFromPool: 0,
    chargedFromGrid: 0,
    lost: 0,
  },
  low: Number.POSITIVE_INFINITY,
  high: Number.NEGATIVE_INFINITY,
  quantity: 0,
  amount: 0,
});

const soldBy = ({ sold }: Streams, kind: MemberKind) => (sold[kind] ??= { direct: 0, pool: 0, grid: 0 });
const boughtBy = ({ bought }: Streams, kind: MemberKind) =>
  (bought[kind] ??= { direct: 0, pool: 0, grid: 0 });

function addPrice(sum: Sums, quantity: number, price: number): void {
  sum.low = Math.min(sum.low, price);
  sum.high = Math.max(sum.high, price);
  sum.quantity += quantity;
  sum.amount += quantity * price;
}

/** Adds up a block's trades. */
function addTrades(sums: Record<Carrier, Sums>, block: Block, members: readonly Member[]): void {
  const { orders, trades } = block.sections;
  const kindOf = (order: number): MemberKind =>
    members[readRecord(orderLayout, orders, order).participant]!.kind;
  for (let index = 0; index < block.header.sections.trades.count; index++) {
    const { kind, carrier, seller, buyer, offer, bid, quantity, usePrice } = readRecord(
      tradeLayout,
      trades,
      index,
    );
    const sum = sums[carrier];
    const stores = seller === "device" || buyer === "device";
    const way =
      seller === "grid" || buyer === "grid" ? "grid" : kind === "pool" || stores ? "pool" : "direct";
    if (way !== "grid") addPrice(sum, quantity, usePrice);
    if (seller === "order") soldBy(sum.streams, kindOf(offer))[way] += quantity;
    if (buyer === "order") boughtBy(sum.streams, kindOf(bid))[way] += quantity;
  }
}

/** Adds up a block's flows. */
function addFlows(sums: Record<Carrier, Sums>, block: Block, members: readonly Member[]): void {
  for (let index = 0; index < block.header.sections.flows.count; index++) {
    const { kind, carrier, party, quantity } = readRecord(flowLayout, block.sections.flows, index);
    const { streams } = sums[carrier];
    if (kind === "stored") soldBy(streams, members[party]!.kind).pool += quantity;
    else if (kind === "discharged") streams.discharged += quantity;
    else if (kind === "charged") streams.chargedFromPool += quantity;
    else if (kind === "exported") soldBy(streams, members[party]!.kind).grid += quantity;
    else if (kind === "gridCharged") streams.chargedFromGrid += quantity;
    else if (kind === "areaLoss") streams.lost += quantity;
    else if (kind === "imported") boughtBy(streams, members[party]!.kind).grid += quantity;
  }
}

/** Who sold to whom, by kind, from the records of a block. */
export function streamsOf(block: Block, members: readonly Member[]): Record<Carrier, CarrierStreams> {
  const sums = Object.fromEntries(carriers.map((carrier) => [carrier, newSums()])) as Record<Carrier, Sums>;
  addTrades(sums, block, members);
  addFlows(sums, block, members);
  const of = ({ streams, low, high, quantity, amount }: Sums): CarrierStreams => ({
    streams,
    prices: quantity === 0 ? null : [low, amount / quantity, high],
  });
  return Object.fromEntries(carriers.map((carrier) => [carrier, of(sums[carrier])])) as Record<
    Carrier,
    CarrierStreams
  >;
}
