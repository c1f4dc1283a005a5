/**
 * The records that stand in a block, with everything that their numbers mean: kinds, flags, accounts and "nobody". The
 * layouts at the end are the only place that says which byte is what; docs/ledger-format.md has the same as tables.
 */
import { fail } from "../../errors.js";
import { type Carrier, carriers } from "../../units.js";
import { type Codes, type CodesByName, codesOf, type Layout, layout, noCode } from "./layout.js";

/** "No order", "the platform": the u32 that names nothing. */
export const none = 0xffff_ffff;
/** Carrier code of a posting that concerns no carrier. */
export const noCarrier: number = noCode;

/** Sides of an order; the code is the index. */
export const sides = ["offer", "bid"] as const;
/** Kinds of trade; the code is the index + 1. */
export const tradeKinds = ["peer", "pool", "storage", "area", "grid"] as const;
/** What seller and buyer of a trade are, and so what its `offer` and `bid` number; the code is the index + 1. */
export const tradeParties = ["order", "device", "grid"] as const;
/** Kinds of flow; the code is the index + 1. */
export const flowKinds = [
  "charged",
  "discharged",
  "exported",
  "stored",
  "imported",
  "interrupted",
  "selfDischarged",
  "areaLoss",
  "areaCurtailed",
  "converted",
  "used",
  "undercharged",
  "gridCharged",
  "linked",
  "areaUp",
  "areaDown",
  "areaFee",
  "areaRent",
  "shared",
  "unshared",
  "undelivered",
  "delivered",
] as const;
/** Kinds of posting, which are the payments that no trade, flow or reading says; the code is the index + 1. */
export const postingKinds = ["deposit", "withdrawal", "collateral", "default", "imbalance"] as const;

/** The platform's accounts and the world's, by number; participants follow, then their collateral. */
export const account = {
  /** What the platform pays and is paid beside the pool: interruptions, losses between areas, imbalances. */
  trading: 0,
  /** The energy pool: sells what offers have left to bids and stores, and pays the sellers. */
  pool: 1,
  commission: 2,
  /** The grid connection: paid for imports, pays for exports. */
  grid: 3,
  /** Stands in for participants who can't pay. */
  defaults: 4,
  /** Where deposits come from and withdrawals go to. */
  bank: 5,
  /** Fees for what crossed the edges between areas; the grid operator's. */
  gridFees: 6,
  /** What prices differ by at full edges beyond the fee, for all that crossed; the grid operator's too. */
  congestionRent: 7,
} as const;
/** What an account that is no participant's is for. */
export type AccountName = keyof typeof account;
/** Names of the accounts that are no participant's; the account number is the index. */
export const accountNames: readonly AccountName[] = /* @__PURE__ */ Object.keys(account) as AccountName[];
/** Account number of participant 0. */
export const firstParticipantAccount = 16;
/** Account number of the collateral of participant 0. */
export const firstCollateralAccount = 0x8000_0000;

/**
 * The revision of a standing order: nobody sent it, the period made it from a contract. It has no place among those
 * that were sent.
 */
export const standingRevision = 0xffff;

/** Flags of a reading. */
export const readingEstimated = 1;
export const readingCorrection = 2;

/** One order as it was taken: its number is its place in the section. */
export interface OrderRecord {
  readonly participant: number;
  readonly carrier: Carrier;
  readonly side: (typeof sides)[number];
  /**
   * Its place among the orders of this participant and carrier in the period, from 0; `standingRevision`, 65535: it is
   * the only one, and the period made it. So no two records of a period are the same.
   */
  readonly revision: number;
  /** Quantity ticks; 0 withdraws what the participant had in this carrier. */
  readonly quantity: number;
  /** Price ticks. */
  readonly price: number;
}

/**
 * One trade, with what both sides pay. Those of a carrier stand end to end in order of execution: the trades between
 * peers, then the sales from pool and stores.
 */
export interface TradeRecord {
  readonly kind: (typeof tradeKinds)[number];
  readonly carrier: Carrier;
  readonly seller: (typeof tradeParties)[number];
  readonly buyer: (typeof tradeParties)[number];
  /** Order number of the offer or device number of the store that sold; {@link none} for the grid. */
  readonly offer: number;
  /** What bought, likewise. */
  readonly bid: number;
  readonly quantity: number;
  /** What the seller gets and what the buyer pays for each unit, in price ticks. */
  readonly supplyPrice: number;
  readonly usePrice: number;
  /** Amount ticks. */
  readonly supplyFee: bigint;
  readonly useFee: bigint;
}

/** Energy that moved, or did not, other than by a trade. */
export interface FlowRecord {
  readonly kind: (typeof flowKinds)[number];
  readonly carrier: Carrier;
  /**
   * Participant or device number; {@link none}: the platform. Of shared energy the participant who received it, of what
   * was not delivered who had bought it.
   */
  readonly party: number;
  /**
   * Order number, or {@link none}. Of shared energy the number of the participant who supplied it, of what was not
   * delivered that of who had sold it.
   */
  readonly order: number;
  readonly quantity: number;
  readonly lost: number;
  readonly price: number;
  /** Amount ticks, signed. */
  readonly amount: bigint;
  /** By kind, such as the state of charge after; of what meters decide the metered period. */
  readonly extra: bigint;
}

/** What a two-way meter said of one participant, carrier and period, and what is paid for it. */
export interface ReadingRecord {
  readonly participant: number;
  readonly carrier: Carrier;
  /** {@link readingEstimated} | {@link readingCorrection}. */
  readonly flags: number;
  readonly version: number;
  /** How many periods before its block's was metered; at most the number of that period. */
  readonly age: number;
  /** Quantity ticks drawn from the network. */
  readonly in: number;
  /** Quantity ticks fed into it. */
  readonly out: number;
  /**
   * What the participant pays the platform for the imbalance, in amount ticks, or is paid where it is negative: for a
   * correction the difference from what was paid before.
   */
  readonly amount: bigint;
}

/** A payment that no other record says: `amount` leaves the account `credit` and arrives on the account `debit`. */
export interface PostingRecord {
  readonly kind: (typeof postingKinds)[number];
  /** null: of no carrier, as a deposit. */
  readonly carrier: Carrier | null;
  readonly debit: number;
  readonly credit: number;
  /** Index of the reading whose debt it covers, or {@link none}. */
  readonly reference: number;
  /** Amount ticks, not negative. */
  readonly amount: bigint;
  /** The period it belongs to: of the debt of a reading the one that was metered. */
  readonly period: number;
}

const carrierCode: Codes = { names: carriers, first: 0 };

/** Orders: 16 bytes. */
export const orderLayout: Layout<OrderRecord> = /* @__PURE__ */ layout("orders", [
  ["participant", "u32"],
  ["carrier", carrierCode],
  ["side", { names: sides, first: 0 }],
  ["revision", "u16"],
  ["quantity", "u32"],
  ["price", "i32"],
]);
const parties: Codes = { names: tradeParties, first: 1 };
/** Trades: 40 bytes. */
export const tradeLayout: Layout<TradeRecord> = /* @__PURE__ */ layout("trades", [
  ["kind", { names: tradeKinds, first: 1 }],
  ["carrier", carrierCode],
  ["seller", parties],
  ["buyer", parties],
  ["offer", "u32"],
  ["bid", "u32"],
  ["quantity", "u32"],
  ["supplyPrice", "i32"],
  ["usePrice", "i32"],
  ["supplyFee", "i64"],
  ["useFee", "i64"],
]);
/** Flows: 40 bytes. */
export const flowLayout: Layout<FlowRecord> = /* @__PURE__ */ layout("flows", [
  ["kind", { names: flowKinds, first: 1 }],
  ["carrier", carrierCode],
  [null, 2],
  ["party", "u32"],
  ["order", "u32"],
  ["quantity", "u32"],
  ["lost", "u32"],
  ["price", "i32"],
  ["amount", "i64"],
  ["extra", "u64"],
]);
/** Readings: 28 bytes. */
export const readingLayout: Layout<ReadingRecord> = /* @__PURE__ */ layout("readings", [
  ["participant", "u32"],
  ["carrier", carrierCode],
  ["flags", "u8", readingEstimated | readingCorrection],
  ["version", "u16"],
  ["age", "u32"],
  ["in", "u32"],
  ["out", "u32"],
  ["amount", "i64"],
]);
/** Postings: 32 bytes. */
export const postingLayout: Layout<PostingRecord> = /* @__PURE__ */ layout("postings", [
  ["kind", { names: postingKinds, first: 1 }],
  ["carrier", { ...carrierCode, nullable: true }],
  [null, 2],
  ["debit", "u32"],
  ["credit", "u32"],
  ["reference", "u32"],
  ["amount", "u64"],
  ["period", "u53"],
]);
/**
 * The period that a reading is about, from the period of the block in which it stands. Throws `corrupt` for an age that
 * reaches back before period 0.
 */
export function meteredPeriod(period: number, age: number): number {
  return age <= period
    ? period - age
    : fail("corrupt", "reading.age", `at most ${period}, the period of its block`, age);
}
/** Codes of the kinds, by name, for code that reads or writes many records. */
export const sideCode: CodesByName<OrderRecord, "side"> = /* @__PURE__ */ codesOf(orderLayout, "side");
export const tradeCode: CodesByName<TradeRecord, "kind"> = /* @__PURE__ */ codesOf(tradeLayout, "kind");
/** Codes of what the two sides of a trade are. */
export const partyCode: CodesByName<TradeRecord, "seller"> = /* @__PURE__ */ codesOf(tradeLayout, "seller");
export const flowCode: CodesByName<FlowRecord, "kind"> = /* @__PURE__ */ codesOf(flowLayout, "kind");
export const postingCode: CodesByName<PostingRecord, "kind"> = /* @__PURE__ */ codesOf(postingLayout, "kind");
