/**
 * The operator of a signed market: what it promises (receipts), signs (heads) and serves (blocks and proofs). Orders
 * are the market's, which has them on the disk before it acknowledges them.
 */
import { copyOf, fromUtf8, hex, sameBytes, toUtf8, wantBytes } from "../bytes.js";
import { integer, needMethods, onlyKeys } from "../check.js";
import { fail } from "../errors.js";
import { decodeShown } from "../ledger/format/block.js";
import { encodeCanonical } from "../ledger/format/canonical.js";
import { checkRecords } from "../ledger/format/layout.js";
import { orderLayout } from "../ledger/format/records.js";
import type { SigningKey } from "../ledger/keys/backend.js";
import { checkpointKey, originOf, parseCheckpoint, signCheckpoint } from "../ledger/proof/checkpoint.js";
import { type Receipt, signReceipt } from "../ledger/proof/receipt.js";
import { type Ask, type ServedLedger, serveLedger } from "../ledger/service/server.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import { HistoryTree } from "../ledger/tree/history.js";
import type { Carrier } from "../units.js";
import type { Contract } from "./contracts/contracts.js";
import type {
  AcceptedOrder,
  BatchProof,
  Order,
  OrderBatch,
  OrderResult,
  Reading,
  Refused,
  SignedOrders,
  SignedResult,
  Taken,
} from "./intake/request.js";
import type { LoggedMarket } from "./logged.js";

/** An order taken, and the platform's word for it; or why it was not taken. */
export type ReceiptedOrder = (AcceptedOrder & { readonly receipt: Receipt }) | Refused;

/** A batch taken, with a receipt for each of its orders in order; or why it was not taken. */
export type ReceiptedBatch = (SignedResult & { readonly receipts: readonly Receipt[] }) | Refused;

/** What a platform is opened with. */
export interface PlatformOptions {
  /** A signed market opened with `log: true`, not yet started. */
  readonly market: LoggedMarket;
  /** The key whose public half is the market contract's `platformKey`. */
  readonly key: SigningKey;
  readonly hasher: Hasher;
}

/**
 * Acknowledges each order with a receipt, once its market's log has it on the disk; signs the head after each period;
 * serves blocks and proofs. A market opened again takes again, in the same order, what it had acknowledged, so no
 * receipt is broken. When the disk fails the market stops, and nobody gets a receipt any more; an order under way then
 * may have reached the disk, and counts without a receipt when the market is opened again.
 */
export class Platform {
  readonly market: LoggedMarket;
  /** Answers what light clients and witnesses ask: anybody, so of a private market no records. */
  readonly answer: Ask;
  /** Answers with everything, a private market's records and secrets too: for auditors and witnesses alone. */
  readonly disclose: Ask;
  readonly #options: PlatformOptions;
  readonly #served: ServedLedger;
  readonly #history: HistoryTree;
  #note: string | null = null;
  #signing: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | null = null;
  /** Why the market has stopped by itself. */
  #stopped: { readonly error: unknown } | null = null;

  private constructor(options: PlatformOptions, history: HistoryTree) {
    const { market, hasher } = options;
    this.market = market;
    this.#options = options;
    this.#history = history;
    this.#served = {
      hasher,
      history,
      block: (height) => market.store.get(height),
      contract: async () => encodeCanonical(market.contract),
      checkpoint: () => this.#note,
    };
    this.answer = serveLedger(this.#served);
    this.disclose = serveLedger({ ...this.#served, discloses: true });
    market.on("failed", (stopped) => {
      this.#stopped = stopped;
    });
    market.on("sealed", ({ hash }) => {
      const own = copyOf(hash);
      this.#signing = this.#signing
        .then(() => this.#sealed(own))
        .catch((error: unknown) => {
          this.#failure ??= { error };
        });
    });
  }

  /**
   * Opens a platform on a market just opened and not yet started. Throws `refused` for the wrong key, and for a market
   * without a log; `corrupt` where the ledger is not the one whose head was signed last, or an earlier state of it: a
   * second head of that size would prove that the platform lied.
   */
  static async open(options: PlatformOptions): Promise<Platform> {
    onlyKeys(options, "options", ["market", "key", "hasher"]);
    const { market, key, hasher } = options;
    needMethods(market, "market", "a market, as `await openMarket()` gives it", ["enter"]);
    if (!market.logged) fail("refused", "market", "one opened with `log: true`", "one that keeps no log");
    const { platformKey, signed } = market.contract;
    const given = hex(key.publicKey);
    if (!signed || platformKey !== given)
      fail("refused", "key", `the platform's key (${platformKey})`, given);
    const history = new HistoryTree(hasher);
    for (let height = 0; height < market.store.size; height += 1) history.append(market.store.hash(height));
    await needSignedHead(market, history);
    const platform = new Platform(options, history);
    await platform.#signHead();
    return platform;
  }

  /** The newest head as signed; null before genesis is sealed. */
  get note(): string | null {
    return this.#note;
  }

  /** Number of blocks that the newest head covers. */
  get size(): number {
    return this.#history.size;
  }

  /** The head over the first `size` blocks, signed. Throws `invalid` beyond {@link Platform.size}, and for none. */
  async noteOf(size: number): Promise<string> {
    const { key, hasher, market } = this.#options;
    const root = this.#history.root(size);
    return signCheckpoint({ origin: originOf(market.id), size, root }, key, hasher);
  }

  /**
   * Answers one member: what {@link Platform.answer} tells everybody, and in a private market a proof of each of that
   * member's own orders, as `LightClient.judge` asks for with a receipt. The row of such a proof has the salted hashes
   * of others' orders and nothing else of them. The platform does not know who asks: the caller must have made sure
   * that it is this participant. Throws `refused` for an id that no participant has.
   */
  answerFor(participant: string): Ask {
    const member =
      this.market.participantNumber(participant) ??
      fail("refused", "participant", "a registered participant", participant);
    return serveLedger({ ...this.#served, member });
  }

  /** Why the newest head is not signed and kept, or the market has stopped; null as long as all is well. */
  get failure(): { readonly error: unknown } | null {
    return this.#stopped ?? this.#failure;
  }

  /** Resolves when the heads of all periods sealed so far are signed and kept. Throws what prevented it. */
  async settled(): Promise<void> {
    await this.#signing;
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** Takes a signed order. The receipt is given once the order is on disk. */
  async submit(order: Order, signature: Uint8Array): Promise<ReceiptedOrder> {
    return this.#receipted(await this.market.submit(order, signature));
  }

  /** Takes back the live order of a participant and carrier, signed as an order of quantity and price 0 is. */
  async withdraw(participant: string, carrier: Carrier, signature: Uint8Array): Promise<ReceiptedOrder> {
    return this.#receipted(await this.market.withdraw(participant, carrier, signature));
  }

  /** Takes a gateway's batch, all of it or none. The receipts are given once it is on disk. */
  async submitColumns(batch: OrderBatch, proof: BatchProof): Promise<ReceiptedBatch> {
    return this.#receiptedAll(await this.market.submitColumns(batch, proof));
  }

  /** Takes a meter reading of a past period, signed over its record. */
  report(reading: Reading, signature: Uint8Array): Promise<Taken> {
    return this.market.report(reading, signature);
  }

  /** Takes a contract that starts to hold in a period not yet begun, signed by whom it binds. */
  propose(contract: Contract, signature: Uint8Array): Promise<Taken> {
    return this.market.propose(contract, signature);
  }

  /** When the open period closes, in the clock's milliseconds; null while the market is stopped. */
  get closesMs(): number | null {
    return this.market.gateClosureMs;
  }

  /** Takes signed orders that are records already, all of them or none. */
  async enter(orders: SignedOrders): Promise<ReceiptedBatch> {
    return this.#receiptedAll(await this.market.enter(orders));
  }

  /**
   * The receipt for an order that was taken already, in the open period or a sealed one: the same that was given when
   * it was; null when that period has no such order. `order` is its record, 16 bytes. Of a period that has closed it
   * waits for the block. Throws `invalid` for a period that has not begun, `state` for one whose records are erased,
   * and what stopped the market before the block was on the disk.
   */
  async receiptOf(period: number, order: Uint8Array): Promise<Receipt | null> {
    const { market } = this;
    const height = integer(market.contract.from, market.period)(period, "period") - market.contract.from;
    const number =
      period === market.period
        ? await market.openOrders.numberOf(order)
        : numberIn(await this.#block(height), order);
    if (number === null) return null;
    const [receipt] = await this.#receipts(period, number, order);
    return receipt!;
  }

  /**
   * As {@link Platform.receiptOf}, for orders that were taken together: `records` end to end; null unless all stand
   * there one behind the other.
   */
  async receiptsOf(period: number, records: Uint8Array): Promise<Exclude<ReceiptedBatch, Refused> | null> {
    const { market } = this;
    const height = integer(market.contract.from, market.period)(period, "period") - market.contract.from;
    const { bytes } = orderLayout;
    const order = wantBytes(records, "records").subarray(0, bytes);
    // What stands in the open period is read before anything is waited for: the period may close meanwhile.
    const open = period === market.period ? market.openOrders.records() : null;
    const first =
      open === null ? numberIn(await this.#block(height), order) : await market.openOrders.numberOf(order);
    if (first === null) return null;
    const all = open ?? decodeShown(await this.#block(height)).sections.orders;
    if (!sameBytes(all.subarray(first * bytes, first * bytes + records.length), records)) return null;
    const accepted = records.length / bytes;
    const receipts = await this.#receipts(period, first, records);
    return { first, accepted, period, refused: [], records, receipts };
  }

  /** A block of a period that has closed, once it is on the disk. Throws `state` when the market fails before. */
  async #block(height: number): Promise<Uint8Array> {
    const { store } = this.market;
    while (height >= store.size && this.#stopped === null) await this.#changed();
    return (
      (await store.get(height)) ?? fail("state", `block ${height}`, "one on the disk", "a market that failed")
    );
  }

  /** Resolves when the next block is on the disk, or the market fails. */
  #changed(): Promise<void> {
    return new Promise((resolve) => {
      const ends = (["sealed", "failed"] as const).map((name) =>
        this.market.on(name, () => {
          for (const end of ends) end();
          resolve();
        }),
      );
    });
  }

  async #receipted(result: OrderResult): Promise<ReceiptedOrder> {
    if (result.status === "refused") return result;
    const [receipt] = await this.#receipts(result.period, result.sequence, result.record);
    return { ...result, receipt: receipt! };
  }

  async #receiptedAll(result: SignedResult | Refused): Promise<ReceiptedBatch> {
    if ("status" in result) return result;
    const { accepted, period, first, records } = result;
    return { ...result, receipts: accepted === 0 ? [] : await this.#receipts(period, first, records) };
  }

  #receipts(period: number, first: number, records: Uint8Array): Promise<Receipt[]> {
    const { key, hasher, market } = this.#options;
    const { bytes } = orderLayout;
    return Promise.all(
      Array.from({ length: records.length / bytes }, (_, index) => {
        const order = copyOf(records, index * bytes, (index + 1) * bytes);
        return signReceipt({ marketId: market.id, period, number: first + index, order }, key, hasher);
      }),
    );
  }

  async #sealed(hash: Uint8Array): Promise<void> {
    this.#history.append(hash);
    await this.#signHead();
  }

  async #signHead(): Promise<void> {
    const { key, hasher, market } = this.#options;
    const size = this.#history.size;
    if (size === 0) return;
    const root = this.#history.root();
    if (size === market.store.size && !sameBytes(root, market.store.root()))
      fail("corrupt", "head", "the root of the store", root);
    const note = await signCheckpoint({ origin: originOf(market.id), size, root }, key, hasher);
    await market.store.putMeta(checkpointKey, toUtf8(note));
    this.#note = note;
  }
}

/** Throws `corrupt` unless a ledger goes on from the head that was signed last. */
async function needSignedHead({ store, id }: LoggedMarket, history: HistoryTree): Promise<void> {
  const note = await store.getMeta(checkpointKey);
  if (note === null) return;
  const { checkpoint } = parseCheckpoint(fromUtf8(note) ?? "");
  if (checkpoint.origin !== originOf(id)) fail("corrupt", "head", originOf(id), checkpoint.origin);
  const { size, root } = checkpoint;
  if (size > history.size)
    fail("corrupt", `block ${history.size}`, `the ${size} blocks whose head was signed`, `${history.size}`);
  if (!sameBytes(history.root(size), root))
    fail("corrupt", "head", `the root that was signed over ${size} blocks`, "another");
}

/** Number of the order of a block with exactly this record; null when there is none. */
function numberIn(block: Uint8Array, order: Uint8Array): number | null {
  const { orders } = decodeShown(block).sections;
  const { bytes } = orderLayout;
  checkRecords(orderLayout, wantBytes(order, "order", bytes));
  for (let at = 0; at < orders.length; at += bytes)
    if (sameBytes(orders.subarray(at, at + bytes), order)) return at / bytes;
  return null;
}
