/** Ledgers kept in this browser's IndexedDB, each under its market's id, in the package's own store. */
import { deleteDB, openDB } from "idb";
import { sameBytes, toUtf8 } from "../../../bytes.js";
import { asStorage, fail } from "../../../errors.js";
import { blockHash, headerBytes } from "../../../ledger/format/header.js";
import { checkpointKey } from "../../../ledger/proof/checkpoint.js";
import { openBrowserStore, type Store } from "../../../ledger/store/browser.js";
import type { Hasher } from "../../../ledger/tree/hasher.js";
import { t } from "../../say.js";
import type { Handed } from "./kinds.js";
import { ledgerFile } from "./samples.js";
import type { Progress } from "./shown.js";

/** A ledger that is kept. */
export interface KeptLedger {
  readonly marketId: string;
  readonly blocks: number;
}

/** What is kept of a ledger. */
export interface Keeping {
  readonly marketId: string;
  readonly blocks: readonly Uint8Array[];
  /** The newest head that came along; null: none. */
  readonly note: string | null;
  readonly snapshots: readonly { readonly height: number; readonly bytes: Uint8Array }[];
}

const prefix = "gridclear ledger ";
const pattern = /^gridclear ledger ([0-9a-f]{64})$/;

/** What the browser says when it keeps nothing, as one kind of error. */
async function asked<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw asStorage(error, t`The storage of this browser`, t`leave to keep something`);
  }
}

/** The ledgers that are kept. */
export const listKept = (): Promise<KeptLedger[]> =>
  asked(async () => {
    const found: KeptLedger[] = [];
    for (const { name } of await indexedDB.databases()) {
      const marketId = pattern.exec(name ?? "")?.[1];
      if (marketId === undefined) continue;
      const database = await openDB(name!);
      try {
        if (database.objectStoreNames.contains("blocks"))
          found.push({ marketId, blocks: await database.count("blocks") });
      } finally {
        database.close();
      }
    }
    return found;
  });

async function withStore<T>(
  marketId: string,
  create: boolean,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await openBrowserStore(marketId, { verify: "hashes", create });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** Keeps a ledger, or the blocks by which it has grown. Throws `conflict` where another one of its market is kept. */
export const keepLedger = (
  { marketId, blocks, note, snapshots }: Keeping,
  hasher: Hasher,
  tell: (progress: Progress) => void,
): Promise<void> =>
  asked(() =>
    withStore(marketId, true, async (store) => {
      for (const [height, bytes] of blocks.slice(0, store.size).entries())
        if (!sameBytes(store.hash(height), blockHash(bytes.subarray(0, headerBytes), hasher)))
          fail(
            "conflict",
            t`The ledger that is kept of this market`,
            t`one with the same block ${height}`,
            t`another: the platform may have shown two ledgers`,
          );
      for (let height = store.size; height < blocks.length; height += 1) {
        await store.append(blocks[height]!, height);
        tell({ done: height + 1, of: blocks.length });
      }
      if (note !== null) await store.putMeta(checkpointKey, toUtf8(note));
      for (const { height, bytes } of snapshots) await store.putSnapshot(height, bytes);
    }),
  );

/** The files of a kept ledger, as if they had been handed over. */
export const openKept = (marketId: string, hasher: Hasher): Promise<Handed[]> =>
  asked(() =>
    withStore(marketId, false, async (store) => {
      const blocks: Uint8Array[] = [];
      for await (const bytes of store.blocks()) blocks.push(bytes);
      const files: Handed[] = [{ path: marketId, bytes: await ledgerFile(blocks, hasher) }];
      const note = await store.getMeta(checkpointKey);
      if (note !== null) files.push({ path: "meta/checkpoint", bytes: note });
      for (const height of await store.snapshots())
        files.push({ path: `snapshots/${height}`, bytes: (await store.getSnapshot(height))! });
      return files;
    }),
  );

/** Removes a kept ledger. */
export const forgetKept = (marketId: string): Promise<void> => asked(() => deleteDB(prefix + marketId));
