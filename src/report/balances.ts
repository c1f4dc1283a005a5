/**
 * What a ledger adds up to: where the energy of each carrier came from and went, and who holds the money. Everything is
 * in ticks of the market, and exact.
 */
import type { Totals } from "../ledger/format/header.js";
import type { PaymentKind } from "../market/books/payments.js";
import type { Carrier } from "../units.js";
import type { AreaSum } from "./areas.js";
import type { MarketTicks } from "./columns.js";
import type { Savings } from "./cost.js";
import type { TradingOfAll } from "./tradingsum.js";

/** Groups of accounts, as a person thinks of them. */
export const accountGroups = [
  "participants",
  "collateral",
  "platform pool",
  "platform commission",
  "platform trading",
  "platform defaults",
  "grid",
  "grid fees",
  "congestion rent",
  "bank",
] as const;
export type AccountGroup = (typeof accountGroups)[number];

/** Where the energy of one carrier came from and where it went, in quantity ticks. */
export interface EnergyBalance {
  /** The header's totals, summed. */
  readonly totals: Totals;
  readonly sources: {
    /** Sold by participants to participants, through the pool, and to the grid. */
    readonly traded: bigint;
    readonly pooled: bigint;
    readonly exported: bigint;
    readonly discharged: bigint;
    readonly imported: bigint;
  };
  readonly sinks: {
    /** Used by those who bought it from each other, from pool and stores, and from the grid. */
    readonly traded: bigint;
    readonly sold: bigint;
    readonly importedForUse: bigint;
    readonly charged: bigint;
    readonly exported: bigint;
    readonly areaLosses: bigint;
  };
  /** Of a carrier that is shared: what meters drew and injected, and what of both was shared. */
  readonly metered: { readonly drawn: bigint; readonly injected: bigint; readonly shared: bigint };
  /** Not delivered: offers nobody took, and bids that stayed open or were called off. */
  readonly idle: bigint;
  readonly interrupted: bigint;
  readonly unserved: bigint;
  readonly storage: {
    readonly before: bigint;
    readonly after: bigint;
    /** Lost while charging, discharging and standing, and used by cars on the road. */
    readonly lost: bigint;
    readonly used: bigint;
  };
  /** Mean price of what users paid each other, pool and stores, in price ticks; null without a trade. */
  readonly averagePrice: bigint | null;
  /** Energy that users got from the community itself, in ppm of all they got; null when they got none. */
  readonly selfSufficiency: number | null;
  /** Whether sources and sinks, offers, bids and stores all come out equal. */
  readonly closes: boolean;
}

/** Where the money went, in amount ticks. */
export interface MoneyBalance {
  /** What was paid, by kind. */
  readonly payments: ReadonlyMap<PaymentKind, bigint>;
  readonly groups: ReadonlyMap<AccountGroup, { readonly received: bigint; readonly paid: bigint }>;
  /** Whether all accounts together hold nothing: debits equal credits. */
  readonly closes: boolean;
}

/** What the blocks of a ledger came to. */
export interface Summary {
  /** The units of everything below. */
  readonly ticks: MarketTicks;
  readonly blocks: number;
  readonly orders: number;
  readonly trades: number;
  readonly poolTrades: number;
  readonly readings: number;
  readonly participants: number;
  readonly energy: { readonly [carrier in Carrier]: EnergyBalance };
  readonly money: MoneyBalance;
  /** The areas that had prices of their own. */
  readonly areas: readonly AreaSum[];
  /** What the market was worth to its participants. */
  readonly savings: Savings;
  /** What trading in each carrier came to, together and by participant. */
  readonly trading: TradingOfAll;
}
