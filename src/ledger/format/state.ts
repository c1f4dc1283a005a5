/**
 * The records of what a market carries from one period to the next. A block holds only their numbers and roots; a
 * snapshot holds them (snapshot.ts). docs/ledger-format.md has the same as tables.
 */
import { type Carrier, carriers } from "../../units.js";
import { type Codes, type CodesByName, codesOf, type Layout, layout } from "./layout.js";

/** Kinds of state; the code is the index + 1. */
export const stateKinds = ["balance", "charge", "collateral"] as const;
/**
 * What a name stands for; the code is the index + 1. `ended`: the key of a contract that ended or was carried out at
 * once.
 */
export const nameKinds = ["participant", "storage", "converter", "area", "ended"] as const;
/** Flag of a meter in a book: it was read or estimated. */
export const meterKnown = 1;
/** Flag of a book that has been settled: every meter that was due has been read or estimated. */
export const bookSettled = 1;
/** Flag of a book of a period in which what was metered of some carrier is shared. */
export const bookShared = 2;
/** Flag of a book whose trades are paid as they were delivered: it has them too. */
export const bookTraded = 4;

/** One balance, charge or collateral after a block. */
export interface StateRecord {
  readonly kind: (typeof stateKinds)[number];
  readonly number: number;
  readonly value: bigint;
  readonly extra: bigint;
}

/** One name that was registered, or one key that ended, in the order in which they did. */
export interface NameRecord {
  readonly kind: (typeof nameKinds)[number];
  /** Of a storage device and an area; null: of none. */
  readonly carrier: Carrier | null;
  /** The number that stands for the name among those of its kind; of a key, the version that ended. */
  readonly number: number;
  /** SHA-256 of the name or key in UTF-8. */
  readonly name: Uint8Array;
  /**
   * SHA-256 of the canonical JSON of the participant, storage or converter contract that ended: whose signature a later
   * one of that key needs follows from it. Zeros for everything else.
   */
  readonly contract: Uint8Array;
}

/** One past period whose meters can still be read or corrected. */
export interface BookRecord {
  readonly period: number;
  /**
   * SHA-256 of the canonical JSON of the payment contract by which it is priced. Where it is shared, the root over that
   * and the contracts by which it is, each a leaf.
   */
  readonly terms: Uint8Array;
  /** Root over its meters, by rows; of one with `bookTraded` the node of that and the root over its trades. */
  readonly root: Uint8Array;
  readonly meters: number;
  /**
   * How many of those have to be read for the period to be complete: the first ones, in order of participants and
   * carriers.
   */
  readonly due: number;
  /** Participants that there were in the period. */
  readonly participants: number;
  /** `bookSettled` | `bookShared` | `bookTraded`. */
  readonly flags: number;
}

/** One meter in the book of a period. Quantities are quantity ticks. */
export interface MeterRecord {
  readonly participant: number;
  readonly carrier: Carrier;
  /** {@link meterKnown}. */
  readonly flags: number;
  /** Of the last reading; 0: none, or an estimate. */
  readonly version: number;
  /** What it should show by contracts alone: drawn from the network, and fed into it. */
  readonly tradedIn: number;
  readonly tradedOut: number;
  /** What the last reading, or the estimate, said. */
  readonly in: number;
  readonly out: number;
  /** What the default account paid of its imbalance, in amount ticks. */
  readonly defaulted: bigint;
}

/** A trade between two members in the book of a period, which their meters decide on. */
export interface BookTradeRecord {
  readonly seller: number;
  readonly buyer: number;
  readonly quantity: number;
  /** What the seller gets for each unit, in price ticks. */
  readonly price: number;
  readonly carrier: Carrier;
}

/** The last reading of one meter, by period of delivery. */
export interface LastReadingRecord {
  readonly participant: number;
  readonly carrier: Carrier;
  readonly period: number;
  readonly in: number;
  readonly out: number;
}

const carrierCode: Codes = { names: carriers, first: 0 };

/** State: 32 bytes. */
export const stateLayout: Layout<StateRecord> = /* @__PURE__ */ layout("state", [
  ["kind", { names: stateKinds, first: 1 }],
  [null, 3],
  ["number", "u32"],
  ["value", "i128"],
  ["extra", "u64"],
]);
/** Names: 72 bytes. */
export const nameLayout: Layout<NameRecord> = /* @__PURE__ */ layout("names", [
  ["kind", { names: nameKinds, first: 1 }],
  ["carrier", { ...carrierCode, nullable: true }],
  [null, 2],
  ["number", "u32"],
  ["name", "hash"],
  ["contract", "hash"],
]);
/** Books: 88 bytes. */
export const bookLayout: Layout<BookRecord> = /* @__PURE__ */ layout("books", [
  ["period", "u53"],
  ["terms", "hash"],
  ["root", "hash"],
  ["meters", "u32"],
  ["due", "u32"],
  ["participants", "u32"],
  ["flags", "u8", bookSettled | bookShared | bookTraded],
  [null, 3],
]);
/** Meters of a book: 56 bytes. */
export const meterLayout: Layout<MeterRecord> = /* @__PURE__ */ layout("meters", [
  ["participant", "u32"],
  ["carrier", carrierCode],
  ["flags", "u8", meterKnown],
  ["version", "u16"],
  ["tradedIn", "u53"],
  ["tradedOut", "u53"],
  ["in", "u53"],
  ["out", "u53"],
  ["defaulted", "i128"],
]);
/** Trades of a book: 20 bytes. */
export const bookTradeLayout: Layout<BookTradeRecord> = /* @__PURE__ */ layout("trades of a book", [
  ["seller", "u32"],
  ["buyer", "u32"],
  ["quantity", "u32"],
  ["price", "i32"],
  ["carrier", carrierCode],
  [null, 3],
]);
/** Last readings: 24 bytes. */
export const lastReadingLayout: Layout<LastReadingRecord> = /* @__PURE__ */ layout("lastReadings", [
  ["participant", "u32"],
  ["carrier", carrierCode],
  [null, 3],
  ["period", "u53"],
  ["in", "u32"],
  ["out", "u32"],
]);

/** Codes of the kinds, by name, for code that reads or writes many records. */
export const stateCode: CodesByName<StateRecord, "kind"> = /* @__PURE__ */ codesOf(stateLayout, "kind");
export const nameCode: CodesByName<NameRecord, "kind"> = /* @__PURE__ */ codesOf(nameLayout, "kind");
