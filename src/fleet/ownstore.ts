/**
 * What a worker seals, on its own disk first: of each microgrid the blocks in a journal that all share. From these the
 * streams are put together again where they have lost something.
 */
import { fromUtf8, hex, sameBytes, toUtf8 } from "../bytes.js";
import { fail } from "../errors.js";
import { decodeItems, encodeItems } from "../ledger/format/block.js";
import { decodeSealed, encodeSealed, type SealedBlock } from "./messages.js";
import { checkGridName } from "./names.js";
import type { OwnStore } from "./shard.js";

/** What keeps entries on a disk: `Journal` of the store does. */
export interface Entries {
  /** Resolves when the entry is on the disk. */
  append(entry: Uint8Array): Promise<void>;
}

/** Of how many blocks of a microgrid it is known that they are there already. */
const remembered = 256;

/** A block of a microgrid, as a worker's journal has it. */
export interface OwnBlock {
  readonly grid: string;
  readonly block: SealedBlock;
  /** With genesis, the registration that it follows from. */
  readonly registered: Uint8Array | null;
}

/** Reads an entry of a worker's journal. Throws `corrupt` or `invalid` for what is none. */
export function decodeOwn(entry: Uint8Array): OwnBlock {
  const [name, sealed, registered = null] = decodeItems(entry, "entry");
  if (name === undefined || sealed === undefined)
    return fail("corrupt", "entry", "a name and a block", "less");
  return { grid: checkGridName(fromUtf8(name), "entry.grid"), block: decodeSealed(sealed), registered };
}

/** An entry of a journal, as {@link decodeOwn} reads it. */
export function encodeOwn({ grid, block, registered }: OwnBlock): Uint8Array {
  return encodeItems([toUtf8(grid), encodeSealed(block), ...(registered === null ? [] : [registered])]);
}

/** A worker's own store. */
export class WorkerStore implements OwnStore {
  readonly #entries: Entries;
  /** Hashes by height, of each microgrid. */
  readonly #known = new Map<string, Map<number, Uint8Array>>();

  private constructor(entries: Entries) {
    this.#entries = entries;
  }

  /** Opens a worker's store on a journal, with the entries that were there before. */
  static async open(entries: Entries, before: AsyncIterable<Uint8Array>): Promise<WorkerStore> {
    const store = new WorkerStore(entries);
    for await (const entry of before) {
      const { grid, block } = decodeOwn(entry);
      store.#remember(grid, block);
    }
    return store;
  }

  async keep(grid: string, block: SealedBlock, registered: Uint8Array | null): Promise<void> {
    const there = this.#known.get(grid)?.get(block.height);
    if (there !== undefined) {
      if (sameBytes(there, block.hash)) return;
      // What this machine sealed before followed from an intake that was another: the stream has lost something.
      fail(
        "conflict",
        `${grid}, block ${block.height}`,
        `${hex(there)}, sealed here before`,
        hex(block.hash),
      );
    }
    await this.#entries.append(encodeOwn({ grid, block, registered }));
    this.#remember(grid, block);
  }

  #remember(grid: string, { height, hash }: SealedBlock): void {
    const known = this.#known.get(grid) ?? new Map<number, Uint8Array>();
    this.#known.set(grid, known.set(height, hash));
    const [oldest] = known.keys();
    if (known.size > remembered) known.delete(oldest!);
  }
}
