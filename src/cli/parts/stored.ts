/**
 * A ledger in a directory, opened by a command that only reads. It is read where it stands: the store opens nothing for
 * writing, so a market may go on with it, its medium may be read-only, and the evidence of a damaged one stays as it
 * is.
 */
import { fail } from "../../errors.js";
import { hasLedger, readNodeStore, type Store, type StoreOptions } from "../../ledger/store/node.js";

/** How a reader wants a store opened; there is nothing to make. */
export type ReadingOptions = Omit<StoreOptions, "create">;

/**
 * Lends the store of the ledger in `directory` to `use`: the blocks that are there at this moment. Throws `invalid`
 * when there is no ledger, and what {@link readNodeStore} and `use` throw.
 */
export async function withStored<T>(
  directory: string,
  options: ReadingOptions,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  if (!hasLedger(directory)) return fail("invalid", "LEDGER", "a directory with a ledger", directory);
  const store = await readNodeStore(directory, options);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
