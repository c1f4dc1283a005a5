/** What a witness works with: where it gets a ledger from, where it begins, and what a round of following came to. */
import type { Block } from "../format/block.js";
import type { Snapshot } from "../format/snapshot.js";
import type { Signatures, SigningKey } from "../keys/backend.js";
import type { ProveBlock } from "../proof/contradiction.js";
import type { Store } from "../store/store.js";
import type { Hasher } from "../tree/hasher.js";
import type { CarriedRecords } from "./server.js";

/** Where a witness gets a ledger from. */
export interface LedgerSource {
  /** The newest head as the platform signed it; null where heads are not signed. */
  checkpoint(): Promise<string | null>;
  /** Bytes of the block at `height`; null when there is none yet. */
  block(height: number): Promise<Uint8Array | null>;
  /** Proves a block under a head of this source; asked only to show a fork to others. */
  readonly proof?: ProveBlock;
}

/** What a witness works with. */
export interface WitnessOptions {
  readonly hasher: Hasher;
  readonly signatures: Signatures;
  /** The name under which it cosigns, and its key. */
  readonly name: string;
  readonly key: SigningKey;
  /** Keeps the blocks it has followed and its last cosigned head; opened by the caller, closed by the caller. */
  readonly store: Store;
  /** The market expected; any when absent. */
  readonly marketId?: Uint8Array;
  /** Where to begin in the store: what lies there up to a snapshot is not executed again. Default: at genesis. */
  readonly from?: WitnessStart;
  /**
   * Re-executes a period and throws unless its block is what the rules make of its orders; called once a block, in
   * order. May resolve to what gives the records of what is carried over after the block, which are then served.
   */
  replay(block: Block): Promise<CarriedRecords | undefined>;
  /** Seconds since 1970-01-01T00:00Z. */
  now(): number;
}

/** Where a witness begins that has checked what is below, and whose `replay` goes on from there. */
export interface WitnessStart {
  /** The state after a block of the witness's own store, decoded and so checked against its header. */
  readonly snapshot: Snapshot;
  /** The contracts of that state that say whose signatures count, participants in the order of their numbers. */
  readonly contracts: readonly unknown[];
}

/**
 * What a round of following came to. `refused` names the first bad height and why; it has then cosigned nothing new.
 */
export type Followed =
  | { readonly status: "cosigned" | "unchanged"; readonly size: number; readonly note: string }
  | { readonly status: "waiting"; readonly size: number }
  | { readonly status: "refused"; readonly height: number; readonly reason: string };
