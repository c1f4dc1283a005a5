/**
 * Who may join a market: those of the market file, and those whom the operator admitted since. The latter are kept
 * beside the blocks of the ledger, so that they are known after a restart; who has joined stands in the ledger itself.
 */
import { fromUtf8, toUtf8 } from "../bytes.js";
import { hexText, identifier, object } from "../check.js";
import { fail } from "../errors.js";
import type { Store } from "../ledger/store/store.js";

const metaKey = "admitted";
const mostAdmitted = 10_000;
const publicKey = hexText(32);

/** Members by id with the public key that each must join with. */
export class Admissions {
  readonly #store: Store;
  /** Of the market file; null: whoever signs for itself may join. */
  readonly #members: ReadonlyMap<string, string> | null;
  #admitted: Promise<Map<string, string>> | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: Store, members: ReadonlyMap<string, string> | null) {
    this.#store = store;
    this.#members = members;
  }

  /** All who may join, whether they have or not; null: everybody may. */
  async all(): Promise<ReadonlyMap<string, string> | null> {
    return this.#members === null ? null : new Map([...this.#members, ...(await this.#known())]);
  }

  /** Throws `refused` unless an id may join with a key. */
  async need(id: string, key: unknown): Promise<void> {
    const all = await this.all();
    if (all !== null && all.get(id) !== key)
      fail("refused", "contract.id", "a member that the operator has admitted, with its key", id);
  }

  /** Admits a member, in the place of what was said of the id before. Resolves when it is on the disk. */
  admit(id: string, key: string): Promise<void> {
    const admitted = this.#turn.then(async () => {
      if (this.#members === null)
        fail("refused", "members", "a market file that says who may join", "one where everybody may");
      const known = new Map(await this.#known()).set(id, key);
      if (known.size > mostAdmitted)
        fail("limit", "members", `at most ${mostAdmitted} admitted at run time`, known.size);
      await this.#store.putMeta(metaKey, toUtf8(JSON.stringify(Object.fromEntries(known))));
      this.#admitted = Promise.resolve(known);
    });
    this.#turn = admitted.catch(() => {});
    return admitted;
  }

  #known(): Promise<Map<string, string>> {
    this.#admitted ??= this.#store.getMeta(metaKey).then((bytes) => {
      if (bytes === null) return new Map();
      const kept: unknown = JSON.parse(fromUtf8(bytes) ?? "null");
      return new Map(
        Object.entries(object(kept, metaKey)).map(([id, key]) => [
          identifier(id, metaKey),
          publicKey(key, `${metaKey}.${id}`),
        ]),
      );
    });
    return this.#admitted;
  }
}
