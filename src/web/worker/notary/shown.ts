/** What the notary says of what it was handed: the same form for everything, with more where it is a ledger. */
import type { RecordSection } from "../../../ledger/format/sections.js";

/** What a file is, told from what stands in it. */
export type Kind =
  | "ledger"
  | "block"
  | "bundle"
  | "proof"
  | "consistency"
  | "contradiction"
  | "receipts"
  | "bill"
  | "billData"
  | "snapshot"
  | "head"
  | "key"
  | "unknown";

/** Something that is not what it should be: where, what should stand there, and what does. */
export interface Fault {
  readonly where: string;
  readonly expected: string;
  readonly found: string;
}

/** A field of a record as it should be and as it is; null where there should be, or is, no such record. */
export interface FieldShown {
  readonly name: string;
  readonly expected: string | null;
  readonly found: string | null;
}

/** A record of a block that is not what follows from its orders. */
export interface Difference {
  readonly section: RecordSection | "header";
  /** Place in its section, from 0. */
  readonly index: number;
  /** Whose it is, as far as it says: `home-3 to home-9`. */
  readonly about: string;
  readonly fields: readonly FieldShown[];
}

/** Signatures of one who signed. */
export interface SignedBy {
  readonly who: string;
  readonly what: string;
  /** null: nobody said by whose key it could be checked. */
  readonly isValid: boolean | null;
}

/** How far a block of a ledger was checked, and with what result. */
export type BlockState = "executed" | "skipped" | "withheld" | "bad" | "after" | "unreadable";

/** What members shared by a block: the first of its lines, and how many there are. What goes back is below zero. */
export interface SharedShown {
  readonly count: number;
  readonly lines: readonly {
    readonly supplier: string;
    readonly receiver: string;
    readonly carrier: string;
    readonly energy: string;
    readonly amount: string;
    /** The period that was metered. */
    readonly period: string;
  }[];
}

/** A block of a ledger, as the chain shows it. */
export interface BlockLine {
  readonly height: number;
  readonly state: BlockState;
  /** Hexadecimal; empty of one that can't be read. */
  readonly hash: string;
  readonly previous: string;
  readonly period: number;
  readonly timestampMs: number;
  readonly orders: number;
  readonly trades: number;
  /** null: nothing, or it was not executed. */
  readonly shared: SharedShown | null;
}

/** What can't be worked out from a bad block, or how sure what should stand there is. */
export type Certainty = "proved" | "follows" | "unknown";

/** The first bad block of a ledger. */
export interface BadBlock {
  readonly height: number;
  readonly fault: Fault;
  /** What it means, in a sentence. */
  readonly says: string;
  readonly certainty: Certainty;
  /** The first of its records that are others than what follows, and how many there are. */
  readonly differences: readonly Difference[];
  readonly count: number;
}

/** What there is to say of a ledger beside the verdict. */
export interface LedgerShown {
  readonly marketId: string;
  readonly blocks: readonly BlockLine[];
  readonly bad: BadBlock | null;
  /** Blocks up to the snapshot at which executing began: not executed. */
  readonly skipped: number;
  /** Heights of the snapshots that came with it, oldest first. */
  readonly snapshots: readonly number[];
  /** Height of the one at which executing began; null: at the first block. */
  readonly from: number | null;
}

/** What the notary says of one file, or of one ledger of many files. */
export interface Verdict {
  readonly kind: Kind;
  readonly name: string;
  /** null: it can't be said. */
  readonly isGood: boolean | null;
  readonly says: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly faults: readonly Fault[];
  readonly signatures: readonly SignedBy[];
  /** Whom one has to trust for it. */
  readonly trust: readonly string[];
  readonly notes: readonly string[];
  readonly ledger: LedgerShown | null;
}

/** How far it has come: blocks that were checked, of so many. */
export interface Progress {
  readonly done: number;
  readonly of: number;
}

/** Most bytes of what is handed over at once: it has to fit into the page's memory, with what is made of it. */
export const mostHandedBytes: number = 1 << 28;
