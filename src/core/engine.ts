/** The engine: the matching core as an object, from columns of orders to columns of trades. */
import { integer, object } from "../check.js";
import { fail, GridclearError } from "../errors.js";
import {
  type AreaBook,
  type AreaClearing,
  type AreaRules,
  checkAreaRules,
  clearOnAreas,
  hasAreas,
} from "./areas.js";
import { type Clearing, type Matching, type Pooling, viewPooling } from "./clearing.js";
import {
  accepted,
  type Book,
  maxOrders,
  type OrderColumns,
  takeBookLots,
  takeLimited,
  takeLots,
  takeOffers,
} from "./columns.js";
import * as hashing from "./hashing.js";
import { type CoreExports, type LoadedCore, loadCore, restart } from "./load.js";
import { mechanisms, pricingCodes, tieCodes } from "./mechanisms.js";
import { CoreMemory } from "./memory.js";
import { checkOptions, type EngineOptions } from "./options.js";
import {
  goOn,
  type Matched,
  matchedOf,
  matchedOnAreas,
  type RecordOptions,
  type TradeRecords,
  tradeRecords,
} from "./records.js";
import { type CheckedRules, type ClearingRules, checkPool, checkRules, type PoolRules } from "./rules.js";
import { HashThreads } from "./threads.js";

export {
  type Clearing,
  type Counters,
  copyClearing,
  type Matching,
  type Pooling,
  storageLot,
  type TradeColumns,
} from "./clearing.js";
export {
  type Book,
  type LimitedColumns,
  maxOrders,
  type OfferColumns,
  type OrderColumns,
} from "./columns.js";
export type { EngineOptions } from "./options.js";
export { type RecordOptions, type TradeRecords, tradeRecordBytes } from "./records.js";
export {
  type ClearingRules,
  type CommissionTier,
  feeOf,
  maxTiers,
  type PoolRules,
  type TierRange,
  tierRanges,
} from "./rules.js";

const orderCount = integer(0, maxOrders);
/**
 * The matching core: orders as columns in, trades as columns out, SHA-256 and Merkle roots beside it.
 *
 * Columns in results are views of the core's memory: valid until the next call of any method but `close`
 * ({@link copyClearing} makes them last). One engine does one thing at a time. If the core ever traps, the call throws
 * `state`; the next has a fresh core.
 */
export class Engine {
  #loaded: LoadedCore | null;
  #memory: CoreMemory;
  readonly #threads: HashThreads | null;
  /** Orders of the last `match`; null when there is none to sell from. */
  #matched: Matched | null = null;

  /** Use {@link openEngine}. */
  constructor(loaded: LoadedCore, threads: HashThreads | null = null) {
    this.#loaded = loaded;
    this.#threads = threads;
    this.#memory = new CoreMemory(loaded.exports);
  }

  /** Bytes of memory the core has taken from the machine. It grows to the largest clearing seen, and no further. */
  get memoryBytes(): number {
    return this.#memory.bytes.length;
  }

  /** Threads that hash large Merkle trees, this one included. */
  get threads(): number {
    return this.#threads?.count ?? 1;
  }

  /** Runs a function on the core, and replaces a core that has trapped. */
  #use<Result>(use: (core: CoreExports, memory: CoreMemory) => Result): Result {
    const loaded = this.#loaded ?? fail("state", "engine", "an open engine", "a closed one");
    try {
      return use(loaded.exports, this.#memory);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      this.#loaded = restart(loaded.module);
      this.#memory = new CoreMemory(this.#loaded.exports);
      this.#matched = null;
      throw new GridclearError(
        "state",
        { field: "core", wanted: "a run without a trap", got: error.message },
        { cause: error },
      );
    }
  }

  /**
   * Makes room beforehand, so that no later clearing of that size grows memory. Where it must grow, results in view are
   * lost, and there is no match to sell from. Throws `invalid` for what is no count, `limit`.
   */
  reserve(offers: number, bids: number, storageLots = 0): void {
    orderCount(offers, "offers");
    orderCount(bids, "bids");
    orderCount(storageLots, "storageLots");
    this.#use((_, memory) => {
      if (memory.reserve(offers, bids, offers + storageLots, 0)) this.#matched = null;
    });
  }

  /**
   * Clears one carrier for one period: {@link match}, then {@link sell} where the rules have a pool. The columns of
   * what comes back hold until the engine's next call; {@link copyClearing} makes them last. Columns of `book` may be
   * such views.
   *
   * @throws GridclearError `invalid` for a column of the wrong type or length, a quantity of 0 or rules that don't fit
   * together; `limit` for more than {@link maxOrders} orders or too little memory; `state` for a column whose memory is
   * gone, or a closed engine. Nothing is lost by a refusal.
   */
  clear(book: AreaBook, rules: AreaRules): AreaClearing;
  clear(book: Book, rules?: ClearingRules): Clearing;
  clear(book: Book, rules: ClearingRules | AreaRules = {}): Clearing | AreaClearing {
    if (hasAreas(rules)) {
      const checked = checkAreaRules(rules);
      this.#matched = null;
      return this.#use((core, memory) => {
        const clearing = clearOnAreas(core, memory, book, checked);
        this.#matched = matchedOnAreas(clearing);
        return clearing;
      });
    }
    const checked = checkRules(rules);
    const { pool } = checked;
    const own = this.#memory.bytes.buffer;
    const lots = pool === null ? undefined : takeBookLots(book, own);
    const matching = this.#match(book, checked, lots?.quantity.length ?? 0);
    return this.#use((core) => {
      const num2 = core.countOpen() >>> 0;
      if (pool === null) {
        const { bids } = matching.remaining;
        let num4 = 0;
        for (let i = 0; i < bids.length; i++) if (bids[i] !== 0) num4++;
        return { ...matching, pool: null, counters: { num1: matching.trades.count, num2, num3: 0, num4 } };
      }
      const pooling = this.sell(pool, lots);
      const num4 = core.countRest() >>> 0;
      return {
        ...matching,
        pool: pooling,
        counters: { num1: matching.trades.count, num2, num3: pooling.trades.count, num4 },
      };
    });
  }

  /**
   * Scenario 1: matches offers and bids. What is left may be changed in `remaining` (up to each order's quantity)
   * before {@link sell} goes on from it. `rules.pool` and `book.lots` are not used here.
   */
  match(book: Book, rules: ClearingRules = {}): Matching {
    const lots = takeBookLots(book, this.#memory.bytes.buffer);
    return this.#match(book, checkRules(rules), lots?.quantity.length ?? 0);
  }

  #match(book: Book, rules: CheckedRules, storageLots: number): Matching {
    const { mechanism, pricing, ties, k, maxCycles } = rules;
    const own = this.#memory.bytes.buffer;
    const offers = takeOffers(object(book, "book").offers, "offers", own);
    const bids = takeLimited(book.bids, "bids", own);
    const offerCount = offers.quantity.length;
    const bidCount = bids.quantity.length;
    this.#matched = null;
    return this.#use((core, memory) => {
      memory.reserve(offerCount, bidCount, offerCount + storageLots, 0);
      memory.place(offers, bids);
      const { code } = mechanisms[mechanism];
      const count = accepted(
        core.match(code, pricingCodes[pricing], tieCodes[ties], k, maxCycles, offerCount, bidCount),
        offers,
        bids,
      );
      this.#matched = matchedOf(offers, bids, count);
      return {
        trades: {
          count,
          offer: memory.u32("tradeOffer", count),
          bid: memory.u32("tradeBid", count),
          quantity: memory.u32("tradeQuantity", count),
          price: memory.i32("tradePrice", count),
        },
        remaining: { offers: memory.u32("offerLeft", offerCount), bids: memory.u32("bidLeft", bidCount) },
        clearingPrice: core.hasClearingPrice() ? core.clearingPrice() : null,
      };
    });
  }

  /**
   * Scenario 2 on what the last {@link match} left: what remains of offers whose pool limit allows it becomes lots at
   * the pool's price, `storage` lots follow at their own, and bids with something left walk them, each up to its pool
   * limit. May be called again after another change of `remaining`.
   *
   * The views that `match` returned stay valid, unless there are more storage lots than `book.lots` or
   * {@link reserve} announced.
   *
   * @throws GridclearError `state` without a match to go on from; `invalid` for an empty storage lot, or when more is
   *   left of an order than its quantity.
   */
  sell(pool: PoolRules, storage?: OrderColumns): Pooling {
    const { price, lots } = checkPool(pool, "pool");
    const taken = storage === undefined ? undefined : takeLots(storage, "storage", this.#memory.bytes.buffer);
    const storageLots = taken?.quantity.length ?? 0;
    return this.#use((core, memory) => {
      const matched = goOn(this.#matched, "sell");
      memory.reserve(matched.offers, matched.bids, matched.offers + storageLots, 0);
      const ownLots = core.pool(price, matched.offersLimited);
      if (ownLots < 0) fail("invalid", "remaining", "at most each order's quantity", "more");
      const lotCount = ownLots + storageLots;
      if (taken !== undefined) {
        memory.u32("lotQuantity", lotCount, ownLots).set(taken.quantity);
        memory.i32("lotPrice", lotCount, ownLots).set(taken.price);
      }
      const count = core.sell(storageLots, lots === "divisible" ? 1 : 0, matched.bidsLimited);
      if (count < 0) fail("invalid", "storage", "what the core accepts", `a refusal (${count})`);
      matched.storageLots = storageLots;
      matched.sales = count;
      return viewPooling(memory, lotCount, count, matched.bids);
    });
  }

  /**
   * What the last {@link match} left of each order, for whoever called something else before {@link sell}, which goes
   * on from these columns. Throws `state` without a match.
   */
  remaining(): Matching["remaining"] {
    return this.#use((_, memory) => {
      const { offers, bids } = goOn(this.#matched, "remaining");
      return { offers: memory.u32("offerLeft", offers), bids: memory.u32("bidLeft", bids) };
    });
  }

  /** The trades and sales of the last clearing as the ledger's records: see {@link TradeRecords}. */
  tradeRecords(options: RecordOptions): TradeRecords {
    return this.#use((core, memory) => {
      const matched = this.#matched ?? fail("state", "tradeRecords", "a match to record", "none");
      return tradeRecords(core, memory, matched, options);
    });
  }

  /** SHA-256 of bytes of any length (FIPS 180-4): 32 fresh bytes. */
  sha256(bytes: Uint8Array): Uint8Array {
    return this.#use((core, memory) => hashing.sha256(core, memory, bytes));
  }

  /** Opens a SHA-256 over pieces. Any number may be open at once; one that is dropped needs no closing. */
  sha256Stream(): hashing.Sha256Stream {
    return hashing.sha256Stream((use) => this.#use(use));
  }

  /**
   * RFC 6962 §2.1 root over leaves of `leafBytes` bytes (1 to 65,536) lying end to end; the last leaf may be shorter.
   * 32 fresh bytes; of no bytes the SHA-256 of nothing. A section of a block has rows of sixteen records as leaves.
   */
  merkleRoot(bytes: Uint8Array, leafBytes: number): Uint8Array {
    return this.#use((core, memory) => hashing.merkleRoot(core, memory, bytes, leafBytes, this.#threads));
  }

  /** RFC 6962 §2.1 hashes of leaves of any length, end to end: 32 fresh bytes a leaf. */
  leafHashes(leaves: readonly Uint8Array[]): Uint8Array {
    return this.#use((core, memory) => hashing.leafHashes(core, memory, leaves));
  }

  /** RFC 6962 §2.1 root over leaves whose hashes lie end to end: 32 fresh bytes; of none the SHA-256 of nothing. */
  nodesRoot(hashes: Uint8Array): Uint8Array {
    return this.#use((core, memory) => hashing.nodesRoot(core, memory, hashes));
  }

  /** SHA-256(salt ‖ record) of each record, end to end; the salts as docs/ledger-format.md has them. */
  saltedHashes(of: hashing.SaltedRecords): Uint8Array {
    return this.#use((core, memory) => hashing.saltedHashes(core, memory, of));
  }

  /** Gives the memory back and ends worker threads. Every later call throws `state`. */
  close(): void {
    this.#threads?.close();
    this.#loaded = null;
    this.#matched = null;
  }
}

/**
 * Opens an engine.
 *
 * @throws GridclearError `unsupported` where WebAssembly can't be compiled (a page needs `'wasm-unsafe-eval'` in its
 * CSP) or has no SIMD (`gridclear/scalar` has a core without); `invalid` for an unknown or bad option, or `wasm` that
 * is not the core.
 *
 * ```ts
 * const engine = await openEngine();
 * const { trades } = engine.clear({
 *   offers: { quantity: Uint32Array.of(10, 4), price: Int32Array.of(3, 2) },
 *   bids: { quantity: Uint32Array.of(6, 7), price: Int32Array.of(5, 4) },
 * });
 * trades.quantity; // 6, 4, 3
 * ```
 */
export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  const { wasm, threads, worker } = checkOptions(options);
  const loaded = await loadCore(wasm);
  return new Engine(loaded, await HashThreads.open(loaded.module, threads, worker));
}
