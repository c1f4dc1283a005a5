/**
 * Snapshots of a market beside its blocks: taken every so many blocks, and where a market begins that resumes. A
 * snapshot is never trusted: one that is not what the chain says is passed over, and the blocks are replayed.
 */
import { sameBytes } from "../bytes.js";
import { integer, needMethods, onlyKeys } from "../check.js";
import { asStorage, fail, GridclearError } from "../errors.js";
import { type Block, decodeBlock } from "../ledger/format/block.js";
import { Chain } from "../ledger/format/chain.js";
import { encodeHeader, headerBytes } from "../ledger/format/header.js";
import { decodeSnapshot, encodeSnapshot, type Snapshot } from "../ledger/format/snapshot.js";
import type { WitnessOptions } from "../ledger/service/witness.js";
import type { Store } from "../ledger/store/store.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import { checkEngine, type MatchingEngine } from "./engine.js";
import { keyContracts, snapshotOf } from "./period/snapshot.js";
import type { MarketState } from "./period/state.js";
import { openReplay, type Replay } from "./replay.js";

/** Called with what went wrong with a snapshot; the market goes on without it. */
export type Warn = (error: GridclearError) => void;

/** Writes to the console. */
export const warnOnConsole: Warn = (error) => console.warn(`gridclear: ${error.message}`);

/** What {@link Snapshots} is made of. */
export interface SnapshotParts {
  readonly store: Store;
  readonly hasher: Hasher;
  /** A snapshot every so many blocks; 0: none. */
  readonly every: number;
  readonly warn: Warn;
}

/** Takes the snapshots of a market that runs. */
export class Snapshots {
  readonly #parts: SnapshotParts;
  #taken: { readonly height: number; readonly bytes: Uint8Array } | null = null;

  constructor(parts: SnapshotParts) {
    this.#parts = parts;
  }

  /** Takes a snapshot where one is due: after a block was made and before anything changes again. */
  take(state: MarketState, block: Block): void {
    const { store, hasher, every, warn } = this.#parts;
    const { height } = block.header;
    if (every === 0 || height === 0 || height % every !== 0) return;
    try {
      const bytes = encodeSnapshot(snapshotOf(state, block, store.subtrees(), hasher));
      this.#taken = { height, bytes };
    } catch (error) {
      warn(warning(error, height));
    }
  }

  /** Hands what was taken to the store, once that has the block. */
  keep(): void {
    const taken = this.#taken;
    this.#taken = null;
    if (taken === null) return;
    const { store, warn } = this.#parts;
    store.putSnapshot(taken.height, taken.bytes).catch((error) => warn(warning(error, taken.height)));
  }
}

const warning = (error: unknown, height: number): GridclearError =>
  asStorage(error, "snapshot", "one that can be kept").at(`snapshot of height ${height}`);

/** A snapshot of a store, checked against its own header and that against the chain. Throws `corrupt` otherwise. */
export async function readSnapshot(store: Store, height: number, hasher: Hasher): Promise<Snapshot> {
  const bytes =
    (await store.getSnapshot(height)) ?? fail("invalid", "snapshot", `one of height ${height}`, "none");
  const snapshot = decodeSnapshot(bytes, hasher);
  const block = await store.get(height);
  if (block === null || !sameBytes(block.subarray(0, headerBytes), encodeHeader(snapshot.header)))
    return fail("corrupt", "snapshot header", `that of block ${height}`, "another");
  return snapshot;
}

/** A replay, and the snapshot that it began at; null: at genesis. */
export interface Resumed {
  readonly replay: Replay;
  readonly snapshot: Snapshot | null;
}

/**
 * The newest snapshot of a store that holds and that `use` can begin at, up to height `most`, and what `use` made of
 * it; null where there is none. Those that do not hold are passed over with a warning.
 */
async function newest<T>(
  store: Store,
  hasher: Hasher,
  { warn, most }: { readonly warn: Warn; readonly most: number },
  use: (snapshot: Snapshot) => T,
): Promise<T | null> {
  for (const height of (await store.snapshots()).filter((each) => each <= most))
    try {
      return use(await readSnapshot(store, height, hasher));
    } catch (error) {
      if (!(error instanceof GridclearError) || error.code === "state") throw error;
      warn(error.at(`snapshot of height ${height}, passed over`));
    }
  return null;
}

/** The newest snapshot of a store that holds, up to height `most`; null where none does. */
export async function newestSnapshot(
  store: Store,
  hasher: Hasher,
  warn: Warn,
  most: number,
): Promise<Snapshot | null> {
  return newest(store, hasher, { warn, most }, (snapshot) => snapshot);
}

/** Opens a replay at the newest snapshot of a store that holds, up to height `most`; at genesis where none does. */
export async function newestReplay(
  store: Store,
  engine: MatchingEngine,
  warn: Warn,
  most: number = store.size,
): Promise<Resumed> {
  const found = await newest(store, engine, { warn, most }, (snapshot) => ({
    replay: openReplay(engine, snapshot),
    snapshot,
  }));
  return found ?? { replay: openReplay(engine), snapshot: null };
}

/** Options of {@link openWitnessReplay}. */
export interface WitnessReplayOptions {
  readonly engine: MatchingEngine;
  /** The witness's own store, open; its snapshots are read from it and kept in it. */
  readonly store: Store;
  /** After so many blocks the state is kept, 1 to 2³²−1. Default: never. */
  readonly snapshotEvery?: number;
  /** Called when a snapshot could not be kept or was passed over as bad. Default: it is written to the console. */
  readonly onWarning?: Warn;
}

/** What a witness re-executes with: options of `Witness.open`. */
export type WitnessReplay = Pick<WitnessOptions, "from" | "replay">;

/**
 * Opens what a witness re-executes with: from the newest snapshot of its store that holds, or from genesis. Throws
 * `invalid` naming an option that is unknown or of the wrong kind.
 *
 * @example
 * const replay = await openWitnessReplay({ engine, store, snapshotEvery: 1000 });
 * const witness = await Witness.open({ ...replay, store, hasher, signatures, name, key, now });
 */
export async function openWitnessReplay(options: WitnessReplayOptions): Promise<WitnessReplay> {
  onlyKeys(options, "options", ["engine", "store", "snapshotEvery", "onWarning"]);
  const { engine, store, snapshotEvery: every = 0, onWarning: warn = warnOnConsole } = options;
  checkEngine(engine);
  needMethods(store, "store", "an open store", ["blocks", "snapshots", "putSnapshot"]);
  if (options.snapshotEvery !== undefined) integer(1, 0xffff_ffff)(every, "snapshotEvery");
  if (typeof warn !== "function") fail("invalid", "onWarning", "a function", warn);
  const { replay, snapshot } = await newestReplay(store, engine, warn);
  const snapshots = new Snapshots({ store, hasher: engine, every, warn });
  return {
    ...(snapshot === null ? {} : { from: { snapshot, contracts: keyContracts(snapshot) } }),
    replay: async (block) => {
      // The block before is in the store by now.
      snapshots.keep();
      const { records } = replay.replay(block);
      // The edge of the history is the store's, which is ahead of a block that it has already.
      if (block.header.height === store.size) snapshots.take(replay.state, block);
      return records;
    },
  };
}

/**
 * Works out the snapshot of a height, from the newest before it that holds, and keeps it in the store. Resolves to its
 * length in bytes. Throws `corrupt` naming the block that contradicts its re-execution.
 */
export async function keepSnapshotAt(
  store: Store,
  height: number,
  engine: MatchingEngine,
  warn: Warn,
): Promise<number> {
  const { replay, snapshot } = await newestReplay(store, engine, warn, height);
  const chain =
    snapshot === null ? new Chain(engine) : Chain.after(snapshot.header, snapshot.subtrees, engine);
  let { subtrees } = snapshot ?? chain;
  let last: Pick<Block, "header" | "secret"> | null = snapshot;
  while (replay.height <= height) {
    const bytes =
      (await store.get(replay.height)) ?? fail("invalid", "height", `0 to ${store.size - 1}`, height);
    subtrees = chain.subtrees;
    chain.append(bytes);
    const block = decodeBlock(bytes);
    replay.replay(block);
    last = block;
  }
  const document = encodeSnapshot(snapshotOf(replay.state, last!, subtrees, engine));
  await store.putSnapshot(height, document);
  return document.length;
}
