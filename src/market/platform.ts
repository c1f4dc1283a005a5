import { copyOf, hex, sameBytes } from "../bytes.js";
import { fail } from "../errors.js";
import { blockHash, headerBytes } from "../ledger/format/header.js";
import { decodeRecords } from "../ledger/format/layout.js";
import { orderLayout } from "../ledger/format/records.js";
import type { SigningKey } from "../ledger/keys/backend.js";
import { checkpointKey, originOf, signCheckpoint } from "../ledger/proof/checkpoint.js";
import { type Receipt, signReceipt } from "../ledger/proof/receipt.js";
import { type Ask, serveLedger } from "../ledger/service/server.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import { HistoryTree } from "../ledger/tree/history.js";
import { carriers, formatTicks, parseTick } from "../units.js";
import { batchRecords, Intake, orderRecord, ownBatch, ownCopy } from "./intake/intake.js";
import { checkEntry, OrderLog, readOrders, type SignedOrders } from "./intake/orderlog.js";
import type { BatchResult, Order, OrderBatch, OrderResult, Refused } from "./intake/request.js";
import type { Market } from "./live.js";

/** An order taken, and the platform's word for it; or why it was not taken. */
export type ReceiptedOrder =
  | (Extract<OrderResult, { status: "accepted" }> & { readonly receipt: Receipt })
  | Refused;

/** A batch taken, with a receipt for each of its orders in order; or why it was not taken. */
export type ReceiptedBatch = (BatchResult & { readonly receipts: readonly Receipt[] }) | Refused;

/** What a platform is opened with. */
export interface PlatformOptions {
  /** A signed market; every order has to come through the platform. */
  readonly market: Market;
  /** The key whose public half is the market contract's `platformKey`. */
  readonly key: SigningKey;
  readonly hasher: Hasher;
}

/**
 * The operator of a signed market: acknowledges each order with a receipt, once it is on disk; signs the head after
 * each period; serves blocks and proofs. After a crash it takes again, in the same order, what it had acknowledged, so
 * that no receipt is broken.
 */
export class Platform {
  readonly market: Market;
  /** Answers what light clients and witnesses ask. */
  readonly answer: Ask;
  readonly #options: PlatformOptions;
  readonly #history: HistoryTree;
  readonly #log: OrderLog;
  readonly #intake: Intake;
  #note: string | null = null;
  #signing: Promise<void> = Promise.resolve();
  #failure: unknown = null;

  private constructor(options: PlatformOptions, history: HistoryTree, log: OrderLog) {
    const { market, hasher } = options;
    this.market = market;
    this.#options = options;
    this.#history = history;
    this.#log = log;
    this.#intake = new Intake(market.contract, market.state.terms);
    this.answer = serveLedger({
      hasher,
      history,
      block: (height) => market.store.get(height),
      checkpoint: () => this.#note,
    });
    market.on("sealed", ({ hash }) => {
      this.#signing = this.#signing
        .then(() => this.#sealed(hash))
        .catch((error: unknown) => {
          this.#failure = error;
        });
    });
  }

  /**
   * Opens a platform on a market just opened and not yet started, and takes again the orders acknowledged before a crash.
   * Throws `refused` for the wrong key, `corrupt` when an order acknowledged is not taken as it was.
   */
  static async open(options: PlatformOptions): Promise<Platform> {
    const { market, key, hasher } = options;
    const { platformKey, signed } = market.contract;
    const given = hex(key.publicKey);
    if (!signed || platformKey !== given)
      fail("refused", "key", `the platform's key (${platformKey})`, given);
    const history = new HistoryTree(hasher);
    for await (const bytes of market.store.blocks())
      history.append(blockHash(bytes.subarray(0, headerBytes), hasher));
    const { period } = market;
    const { entries, groups, orders } = await readOrders(market.store, period);
    const platform = new Platform(options, history, new OrderLog(market.store, period, groups, orders));
    await platform.#takeAgain(entries);
    await platform.#signHead();
    return platform;
  }

  /** The newest head as signed; null before genesis is sealed. */
  get note(): string | null {
    return this.#note;
  }

  /** Resolves when the heads of all periods sealed so far are signed and kept. Throws what prevented it. */
  async settled(): Promise<void> {
    await this.#signing;
    if (this.#failure !== null) throw this.#failure;
  }

  /** Takes a signed order (a quantity of `"0"` withdraws). The receipt is given once the order is on disk. */
  async submit(given: Order, over: Uint8Array): Promise<ReceiptedOrder> {
    const [order, signature] = [{ ...given }, ownCopy(over)];
    const result = await this.market.submitSigned(order, signature);
    if (result.status === "refused") return result;
    const records = orderRecord(this.#intake.order(order, true), result.revision);
    const [receipt] = await this.#acknowledge({
      period: result.period,
      first: result.sequence,
      records,
      signature,
      gateway: null,
    });
    return { ...result, receipt: receipt! };
  }

  /** Takes a gateway's batch, all of it or none. The receipts are given once it is on disk. */
  async submitBatch(given: OrderBatch, key: Uint8Array, over: Uint8Array): Promise<ReceiptedBatch> {
    checkEntry(given.quantity.length);
    const [batch, gateway, signature] = [ownBatch(given), ownCopy(key), ownCopy(over)];
    const { period } = this.market;
    const result = await this.market.submitBatch(batch, gateway, signature);
    if ("status" in result || result.accepted === 0)
      return "status" in result ? result : { ...result, receipts: [] };
    const records = batchRecords(batch);
    const receipts = await this.#acknowledge({ period, first: result.first, records, signature, gateway });
    return { ...result, receipts };
  }

  async #acknowledge(entry: SignedOrders): Promise<Receipt[]> {
    await this.#log.write(entry);
    const { key, hasher } = this.#options;
    const { bytes } = orderLayout;
    return Promise.all(
      Array.from({ length: entry.records.length / bytes }, (_, index) =>
        signReceipt(
          {
            marketId: this.market.id,
            period: entry.period,
            number: entry.first + index,
            order: copyOf(entry.records, index * bytes, (index + 1) * bytes),
          },
          key,
          hasher,
        ),
      ),
    );
  }

  async #takeAgain(entries: readonly SignedOrders[]): Promise<void> {
    const { contract, state } = this.market;
    const [quantityTick, priceTick] = [
      parseTick(contract.quantityTick, "quantityTick"),
      parseTick(contract.priceTick, "priceTick"),
    ];
    for (const { first, records, signature, gateway } of entries) {
      const orders = decodeRecords(orderLayout, records);
      let taken: number | undefined;
      if (gateway === null) {
        const { participant, carrier, side, revision, quantity, price } = orders[0]!;
        const order = {
          participant: state.terms.participants[participant]?.name ?? "",
          carrier,
          side,
          revision,
          quantity: formatTicks(quantity, quantityTick),
          price: formatTicks(price, priceTick),
        };
        const result = await this.market.submitSigned(order, signature);
        taken = result.status === "accepted" ? result.sequence : undefined;
      } else {
        const batch: OrderBatch = {
          participant: Uint32Array.from(orders, (order) => order.participant),
          carrier: Uint8Array.from(orders, (order) => carriers.indexOf(order.carrier)),
          revision: Uint16Array.from(orders, (order) => order.revision),
          side: Uint8Array.from(orders, (order) => (order.side === "offer" ? 0 : 1)),
          quantity: Uint32Array.from(orders, (order) => order.quantity),
          price: Int32Array.from(orders, (order) => order.price),
        };
        const result = await this.market.submitBatch(batch, gateway, signature);
        taken = "status" in result || result.accepted === 0 ? undefined : result.first;
      }
      if (taken !== first)
        fail(
          "corrupt",
          `order ${first} of period ${this.market.period}`,
          "the order acknowledged, taken again",
          taken,
        );
    }
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
    await market.store.putMeta(checkpointKey, new TextEncoder().encode(note));
    this.#note = note;
  }
}
