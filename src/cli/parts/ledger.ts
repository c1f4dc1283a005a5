/** A ledger on disk, opened to prove things of it: its hashes and links checked. */
import { copyOf, fromUtf8 } from "../../bytes.js";
import { openEngine } from "../../core/engine.js";
import { fail } from "../../errors.js";
import { type Block, decodeBlock, decodeItems } from "../../ledger/format/block.js";
import { decodeCanonical } from "../../ledger/format/canonical.js";
import { Chain } from "../../ledger/format/chain.js";
import { signedMarket } from "../../ledger/format/header.js";
import type { StateSection } from "../../ledger/format/sections.js";
import { KeyDirectory } from "../../ledger/keys/directory.js";
import { checkpointKey } from "../../ledger/proof/checkpoint.js";
import type { Store } from "../../ledger/store/node.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import { HistoryTree } from "../../ledger/tree/history.js";
import { openReplay } from "../../market/replay.js";
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
  /** A block that has been checked. Throws `invalid` beyond the head. */
  block(height: number): Promise<Block>;
  /** Records of what is carried over after a block, by executing every period up to it. */
  state(height: number, section: StateSection): Promise<Uint8Array>;
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
  const block = async (height: number): Promise<Block> => {
    const bytes = Number.isSafeInteger(height) && height >= 0 ? await store.get(height) : null;
    return bytes === null ? fail("invalid", "height", `0 to ${store.size - 1}`, height) : decodeBlock(bytes);
  };
  if (store.size === 0) return fail("invalid", "LEDGER", "a ledger with blocks", directory);
  const genesis = await block(0);
  const keys = new KeyDirectory();
  if ((genesis.header.flags & signedMarket) !== 0)
    keys.take(decodeCanonical(decodeItems(genesis.sections.contracts)[0]!));
  const note = await store.getMeta(checkpointKey);
  return {
    hasher,
    history,
    marketId: genesis.header.marketId,
    platformKey: (genesis.header.flags & signedMarket) === 0 ? null : keys.platform,
    startPeriod: genesis.header.period,
    note: note === null ? null : (fromUtf8(note) ?? fail("corrupt", "checkpoint", "UTF-8", "other bytes")),
    block,
    state: async (height, section) => {
      const engine = await openEngine();
      const replay = openReplay(engine);
      for (let at = 0; at <= height; at += 1) replay.replay(await block(at));
      const records = copyOf(replay.state.records(section, engine));
      engine.close();
      return records;
    },
  };
}
