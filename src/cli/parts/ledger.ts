/** A ledger on disk, opened to prove things of it: its hashes and links checked. */
import { copyOf, fromUtf8 } from "../../bytes.js";
import { type Engine, openEngine } from "../../core/engine.js";
import { fail } from "../../errors.js";
import { type Block, decodeShown } from "../../ledger/format/block.js";
import { decodeCanonical } from "../../ledger/format/canonical.js";
import { Chain } from "../../ledger/format/chain.js";
import { decodeHeader, type Header, signedMarket } from "../../ledger/format/header.js";
import type { StateSection } from "../../ledger/format/sections.js";
import { KeyDirectory } from "../../ledger/keys/directory.js";
import { checkpointKey } from "../../ledger/proof/checkpoint.js";
import { marketContract } from "../../ledger/store/beginning.js";
import type { Store } from "../../ledger/store/node.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import { HistoryTree } from "../../ledger/tree/history.js";
import type { Replay } from "../../market/replay.js";
import { newestReplay } from "../../market/snapshots.js";
import { withStored } from "./stored.js";

/** A ledger on disk, its hashes and links checked, opened for proofs. */
export interface OpenedLedger {
  readonly hasher: Hasher;
  readonly history: HistoryTree;
  readonly marketId: Uint8Array;
  /** The platform's public key; null in an unsigned market. */
  readonly platformKey: Uint8Array | null;
  /** Period of genesis. */
  readonly startPeriod: number;
  /** The newest signed head kept beside the blocks; null when there is none. */
  readonly note: string | null;
  /** The header of a block. Throws `invalid` beyond the head. */
  header(height: number): Promise<Header>;
  /** A block that has been checked. Throws `invalid` beyond the head, `state` where the header is all there is. */
  block(height: number): Promise<Block>;
  /** Records of what is carried over after a block, by executing the periods up to it. */
  state(height: number, section: StateSection): Promise<Uint8Array>;
  /** Records of the books that are carried over after a block, and of the meters of one. Throws `invalid` for none. */
  book(height: number, number: number): Promise<{ readonly books: Uint8Array; readonly meters: Uint8Array }>;
}

/**
 * Checks hashes and links of a ledger on disk and lends it to `use`. Throws `corrupt`
 * naming the first bad height, `invalid` when there is no ledger or it is empty.
 */
export async function withLedger<T>(
  directory: string,
  use: (ledger: OpenedLedger) => Promise<T>,
): Promise<T> {
  // Links only: every section is hashed below, and once is enough.
  return withStored(directory, { verify: "hashes" }, async (store) =>
    use(await openLedger(store, directory)),
  );
}

async function openLedger(store: Store, directory: string): Promise<OpenedLedger> {
  const hasher = await openHasher();
  const chain = new Chain(hasher);
  const history = new HistoryTree(hasher);
  for await (const bytes of store.blocks()) history.append(chain.append(bytes));
  const bytesOf = async (height: number): Promise<Uint8Array> => {
    const bytes = Number.isSafeInteger(height) && height >= 0 ? await store.get(height) : null;
    return bytes ?? fail("invalid", "height", `0 to ${store.size - 1}`, height);
  };
  const block = async (height: number): Promise<Block> => decodeShown(await bytesOf(height));
  /** What `use` makes of the state after a block. */
  const after = async <T>(height: number, use: (replay: Replay, engine: Engine) => T): Promise<T> => {
    const engine = await openEngine();
    try {
      const { replay } = await newestReplay(store, engine, () => {}, height);
      while (replay.height <= height) replay.replay(await block(replay.height));
      return use(replay, engine);
    } finally {
      engine.close();
    }
  };
  if (store.size === 0) return fail("invalid", "LEDGER", "a ledger with blocks", directory);
  const genesis = decodeHeader(await bytesOf(0));
  const isSigned = (genesis.flags & signedMarket) !== 0;
  const contract = isSigned ? await marketContract(store, hasher) : null;
  if (isSigned && contract === null)
    return fail("state", "block 0", "the market contract, which says whose signatures count", "none");
  const keys = new KeyDirectory();
  if (contract !== null) keys.take(decodeCanonical(contract));
  const note = await store.getMeta(checkpointKey);
  return {
    hasher,
    history,
    marketId: genesis.marketId,
    platformKey: isSigned ? keys.platform : null,
    startPeriod: genesis.period,
    note: note === null ? null : (fromUtf8(note) ?? fail("corrupt", "checkpoint", "UTF-8", "other bytes")),
    header: async (height) => decodeHeader(await bytesOf(height)),
    block,
    state: async (height, section) =>
      after(height, ({ state }, engine) => copyOf(state.records(section, engine))),
    book: async (height, number) =>
      after(height, ({ state }, engine) => {
        const found = [...state.books.values()][number];
        return found === undefined
          ? fail("invalid", "books number", `below ${state.books.size}`, number)
          : { books: copyOf(state.records("books", engine)), meters: found.encode() };
      }),
  };
}
