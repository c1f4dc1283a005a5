/**
 * What a service over a microgrid of a fleet works with, in the place of a `Platform` on this machine: what comes in is
 * handed to the microgrid's intake, and what is read was published. It has no key: receipts and heads are the workers'.
 */
import { copyOf, fromHex } from "../bytes.js";
import { fail, GridclearError } from "../errors.js";
import { decodeBlock } from "../ledger/format/block.js";
import { encodeCanonical } from "../ledger/format/canonical.js";
import { orderLayout } from "../ledger/format/records.js";
import { needReceiptSigned, type Receipt } from "../ledger/proof/receipt.js";
import { type Ask, serveLedger } from "../ledger/service/server.js";
import { HistoryTree } from "../ledger/tree/history.js";
import type { Contract } from "../market/contracts/contracts.js";
import type {
  BatchProof,
  Order,
  OrderBatch,
  Reading,
  Refused,
  SignedOrders,
  Taken,
} from "../market/intake/request.js";
import type { LoggedMarket } from "../market/logged.js";
import type { ReceiptedBatch } from "../market/platform.js";
import type { FleetClient } from "./client.js";
import type { FollowedGrid, FollowParts } from "./followed.js";
import { dueMs } from "./gates.js";
import { placeIn } from "./grid.js";
import { pause } from "./pause.js";
import { blockFrom } from "./reader.js";
import type { Answer, GridRequest } from "./requests.js";

/** How long a worker may take to answer, and this gateway to read what was answered, in milliseconds. */
const answerMs = 8_000;
const readMs = 2_000;

type Accepted = Extract<Answer, { status: "accepted" }>;
type Batch = Exclude<ReceiptedBatch, Refused>;

/** A microgrid in front of its fleet. */
export class GridFront {
  readonly market: LoggedMarket;
  /** Everybody may read everything: a fleet's markets are open. */
  readonly answer: Ask;
  readonly disclose: Ask;
  readonly #followed: FollowedGrid;
  readonly #client: FleetClient;
  readonly #parts: FollowParts;
  readonly #history: HistoryTree;
  #historyEnd = 0;
  #reading: Promise<void> = Promise.resolve();

  constructor(parts: FollowParts, client: FleetClient, followed: FollowedGrid) {
    this.#parts = parts;
    this.#client = client;
    this.#followed = followed;
    this.market = followed.grid.market;
    this.#history = new HistoryTree(parts.engine);
    const serve = serveLedger({
      hasher: parts.engine,
      history: this.#history,
      block: async (height) => (await followed.at(height))?.bytes ?? null,
      contract: async () => encodeCanonical(this.market.contract),
      checkpoint: () => this.note,
    });
    this.answer = async (path) => {
      if (/^(?:proof|consistency)\//.test(path)) await this.#readHistory();
      return serve(path);
    };
    this.disclose = this.answer;
  }

  /** The newest head, as its worker signed it. */
  get note(): string | null {
    return this.#followed.last.note;
  }

  /** Number of blocks that the newest head covers. */
  get size(): number {
    return this.#followed.last.height + 1;
  }

  /** When the open period closes, in milliseconds since 1970. */
  get closesMs(): number {
    const { periodMs } = this.market.contract;
    return dueMs({ lastMs: this.#followed.grid.lastMs, periodMs });
  }

  /** Why this microgrid can't be followed any more; null as long as it is. */
  get failure(): { readonly error: unknown } | null {
    const { failure } = this.#followed;
    return failure && { error: failure };
  }

  /** The head over the first `size` blocks. Throws `invalid` beyond {@link GridFront.size}, and for none. */
  async noteOf(size: number): Promise<string> {
    const block = await this.#followed.at(size - 1);
    return block?.note ?? fail("invalid", "size", `1 to ${this.size}`, size);
  }

  /** What everybody is answered: an open market has nothing that is one member's. */
  answerFor(): Ask {
    return this.answer;
  }

  /** Hands an order in; resolves to the worker's receipt. */
  async submit(
    order: Order,
    signature: Uint8Array,
  ): Promise<{ status: "accepted"; receipt: Receipt } | Refused> {
    const entered = await this.#enter(() => ({
      records: this.market.record(order),
      signature,
      gateway: null,
    }));
    if ("status" in entered) return entered;
    return { status: "accepted", receipt: entered.receipts[0]! };
  }

  /** Hands a gateway's batch in, all of it or none. */
  submitColumns(batch: OrderBatch, { signature, gateway }: BatchProof): Promise<ReceiptedBatch> {
    return this.#enter(() => ({ records: this.market.records(batch), signature, gateway }));
  }

  /** Hands a reading in. */
  report(reading: Reading, signature: Uint8Array): Promise<Taken> {
    return this.#hand({ kind: "reading", reading, signature });
  }

  /** Hands a contract in. */
  propose(contract: Contract, signature: Uint8Array): Promise<Taken> {
    return this.#hand({ kind: "contract", contract, signature });
  }

  /** The receipt for an order that was taken already, given once more by a worker; null: there is none. */
  async receiptOf(period: number, order: Uint8Array): Promise<Receipt | null> {
    return (await this.receiptsOf(period, order))?.receipts[0] ?? null;
  }

  /** The same for orders that were taken together. */
  async receiptsOf(period: number, records: Uint8Array): Promise<Batch | null> {
    const { market } = this;
    const isOpen = period === market.period;
    const block = isOpen ? null : await this.#block(period - market.contract.from);
    const all = isOpen ? market.openOrders.records() : block && decodeBlock(block).sections.orders;
    if (all === null || placeIn(all, records) === null) return null;
    const answer = await this.#hand({ kind: "receipts", period, records });
    return answer.status === "refused" ? null : this.#batch(answer, records);
  }

  /** A block of a period that has closed: waits while it is on its way, as long as for a worker's answer. */
  async #block(height: number): Promise<Uint8Array | null> {
    const { store } = this.market;
    if (height >= store.size && this.failure === null) {
      const there = new AbortController();
      const stop = this.market.on("sealed", () => there.abort());
      await pause(answerMs, there.signal);
      stop();
    }
    if (height >= store.size)
      fail("state", `block ${height}`, `one within ${answerMs} ms; send the request again`, "none yet");
    return store.get(height);
  }

  async #enter(orders: () => SignedOrders): Promise<ReceiptedBatch> {
    let signed: SignedOrders;
    try {
      signed = orders();
    } catch (error) {
      if (!(error instanceof GridclearError)) throw error;
      return { status: "refused", error };
    }
    const answer = await this.#hand({ kind: "orders", orders: signed });
    return answer.status === "refused" ? answer : this.#batch(answer, signed.records);
  }

  /** An answer with its receipts, which anybody who may publish could have made up: each has to be the platform's. */
  async #batch({ period, first = 0, receipts = [] }: Accepted, records: Uint8Array): Promise<Batch> {
    const { bytes } = orderLayout;
    const { id: marketId, contract } = this.market;
    const platform = { marketId, platformKey: fromHex(contract.platformKey, "platformKey") };
    const { signatures, engine } = this.#parts;
    const accepted = records.length / bytes;
    const all = Array.from({ length: accepted }, (_, index) => {
      const signature = receipts[index] ?? fail("signature", "receipts", `${accepted}`, receipts.length);
      const order = copyOf(records, index * bytes, (index + 1) * bytes);
      return { marketId, period, number: first + index, order, signature };
    });
    await Promise.all(all.map((each) => needReceiptSigned(each, "receipt", platform, signatures, engine)));
    return { first, accepted, period, refused: [], records, receipts: all };
  }

  /** Throws `storage` when the request is not known to be kept, `state` when no worker has answered: then ask again. */
  async #hand(request: GridRequest): Promise<Answer> {
    const { name } = this.#followed.grid;
    const { answer, sequence } = await this.#client.hand(name, request, { waitMs: answerMs });
    if (answer === null)
      return fail("state", name, `a worker's answer within ${answerMs} ms; send it again`, "none yet");
    // What was answered shows in what is read here next.
    await this.#followed.reaches(sequence, readMs);
    return answer;
  }

  /** Reads the hashes of all blocks up to the newest: proofs need them all, and most microgrids are asked for none. */
  #readHistory(): Promise<void> {
    this.#reading = this.#reading
      .catch(() => {})
      .then(async () => {
        const { reader, grid } = this.#followed;
        while (this.#history.size < this.size) {
          const next = await blockFrom(reader, grid.name, this.#historyEnd + 1);
          const { size } = this.#history;
          const block = next?.height === size ? next : await this.#followed.at(size);
          if (block === null) return fail("state", `block ${size}`, "one that was published", "none");
          this.#history.append(block.hash);
          if (next !== null && next.height <= size) this.#historyEnd = next.sequence;
        }
      });
    return this.#reading;
  }
}
