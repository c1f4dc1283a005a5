/**
 * `gridclear/keys/browser`: the signing keys of a page, kept by its browser.
 *
 * @module gridclear/keys/browser
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { fail } from "../../errors.js";
import { checkSignatures, type Signatures, type SigningKey } from "./backend.js";

/**
 * A page's signing keys, kept in IndexedDB. With WebCrypto the secret never leaves the browser's key store: scripts can
 * sign with it and nothing else. With the fallback backend the platform has no such store, and the seed itself lies in
 * the database, as safe as the page's origin.
 */
export interface Keyring {
  /** The key kept under a name; null when there is none. */
  load(name: string): Promise<SigningKey | null>;
  /** Makes a key and keeps it. Throws `conflict` when there is one of that name. */
  make(name: string): Promise<SigningKey>;
  /** Names of the keys, sorted. */
  names(): Promise<string[]>;
  /** Forgets a key for good. */
  remove(name: string): Promise<void>;
  close(): void;
}

type Kept = { readonly pair: CryptoKeyPair } | { readonly seed: Uint8Array };

interface Schema extends DBSchema {
  keys: { key: string; value: Kept };
}

/** Opens the keyring of this origin. Throws `storage` when the browser has no IndexedDB or refuses it. */
export async function openKeyring(
  signatures: Signatures,
  database: string = "gridclear-keys",
): Promise<Keyring> {
  checkSignatures(signatures);
  if (typeof database !== "string") fail("invalid", "database", "a name", database);
  let db: IDBPDatabase<Schema>;
  try {
    db = await openDB<Schema>(database, 1, { upgrade: (fresh) => void fresh.createObjectStore("keys") });
  } catch (error) {
    return fail("storage", database, "a database that opens", (error as Error).message);
  }
  const checkName = (name: string): string =>
    typeof name === "string" && /^[!-~]{1,128}$/.test(name)
      ? name
      : fail("invalid", "name", "1 to 128 printable ASCII characters without blanks", name);
  return {
    load: async (name) => {
      const kept = await db.get("keys", checkName(name));
      if (kept === undefined) return null;
      return "pair" in kept
        ? signatures.importPair(kept.pair)
        : signatures.importSeed(kept.seed, { extractable: false });
    },
    make: async (name) => {
      checkName(name);
      const extractable = signatures.backend !== "webcrypto";
      const key = await signatures.generate({ extractable });
      const kept: Kept = key.pair === null ? { seed: await key.exportSeed() } : { pair: key.pair };
      const write = db.transaction("keys", "readwrite", { durability: "strict" });
      // `add` refuses a name that is there, whoever put it there in the meantime.
      const added = write.store.add(kept, name).then(
        () => true,
        () => false,
      );
      const done = write.done.then(
        () => true,
        () => false,
      );
      if (!(await added)) return fail("conflict", "name", "no key of that name", name);
      if (!(await done)) return fail("storage", database, "a key that is kept", name);
      return key;
    },
    names: async () => (await db.getAllKeys("keys")).sort(),
    remove: (name) => db.delete("keys", checkName(name)),
    close: () => db.close(),
  };
}
