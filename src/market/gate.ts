import { fail, GridclearError } from "../errors.js";
import { decodeRecords } from "../ledger/format/layout.js";
import { orderLayout } from "../ledger/format/records.js";
import { type Carrier, carriers } from "../units.js";
import type { Contract, MarketContract } from "./contracts/contracts.js";
import { contractKey, parseContract } from "./contracts/kinds.js";
import type { MatchingEngine } from "./engine.js";
import { Emitter, type MarketEvents, publishOrders } from "./events.js";
import {
  batchRecords,
  carrierCode,
  checkBatch,
  Intake,
  type OrderParts,
  orderRecord,
  ownBatch,
  ownCopy,
  type ReadingParts,
  readingRecord,
} from "./intake/intake.js";
import { Proposals } from "./intake/proposals.js";
import type {
  BatchResult,
  Order,
  OrderBatch,
  OrderResult,
  Reading,
  Refused,
  Taken,
} from "./intake/request.js";
import type { Signing } from "./intake/signing.js";
import type { OpenPeriod } from "./period/period.js";
import type { MarketState } from "./period/state.js";

/** What a gate needs. */
export interface GateParts {
  readonly contract: MarketContract;
  readonly id: Uint8Array;
  readonly engine: MatchingEngine;
  readonly state: MarketState;
  readonly signing: Signing | null;
  readonly open: OpenPeriod;
}

/** The way into a market: orders, contracts and readings, each taken or refused with a reason. */
export class Gate {
  readonly contract: MarketContract;
  /** SHA-256 that names the market in its blocks and in every signature. */
  readonly id: Uint8Array;
  /** Contracts, accounts and charges as the open period began. To read, not to change. */
  readonly state: MarketState;
  protected readonly engine: MatchingEngine;
  protected readonly events: Emitter<MarketEvents> = new Emitter<MarketEvents>();
  protected readonly signing: Signing | null;
  readonly #proposals: Proposals = new Proposals();
  protected open: OpenPeriod;
  /** Why the market has stopped for good; null while it has not. */
  protected failure: unknown = null;
  readonly #intake: Intake;
  #turn: Promise<void> = Promise.resolve();

  constructor(parts: GateParts) {
    ({ contract: this.contract, id: this.id, state: this.state } = parts);
    this.engine = parts.engine;
    this.signing = parts.signing;
    this.open = parts.open;
    this.#intake = new Intake(parts.contract, parts.state.terms);
  }

  /** The open period: orders taken now belong to it. */
  get period(): number {
    return this.open.period;
  }

  /** Calls `listener` on each such event until the returned function is called. */
  on<Name extends keyof MarketEvents>(name: Name, listener: (event: MarketEvents[Name]) => void): () => void {
    return this.events.on(name, listener);
  }

  /** Takes an order for the open period; a later one of the same participant and carrier replaces it. Unsigned markets only. */
  submit(order: Order): OrderResult {
    return this.#attempt("order", () => {
      this.#unsigned("order.signature");
      return this.#take(this.#intake.order(order, false));
    });
  }

  /** Takes back the live order of a participant and carrier. Unsigned markets only. */
  withdraw(participant: string, carrier: Carrier): OrderResult {
    return this.#attempt("order", () => {
      this.#unsigned("order.signature");
      const number = this.#intake.participant(participant, "participant");
      const code = carrierCode(carrier, "carrier");
      const { live, side } = this.open.orders;
      const held = live[number * carriers.length + code] ?? -1;
      if (held < 0) fail("refused", "order", "an order to withdraw", "none");
      return this.#take([number, code, side[held]!, 0, 0]);
    });
  }

  /** Takes many orders in arrival order, each for itself. Unsigned markets only. */
  submitColumns(batch: OrderBatch): BatchResult {
    this.usable();
    this.#unsigned("batch.signature");
    const result = this.#takeColumns(batch);
    publishOrders(this.events, this.open, result.first);
    return result;
  }

  /** Takes an order, or a withdrawal (quantity `"0"`, price `"0"`), signed over its statement for the open period. */
  async submitSigned(order: Order, given: Uint8Array): Promise<OrderResult> {
    const signature = ownCopy(given);
    return this.#attemptLater("order", async () => {
      const signing = this.#signed();
      const open = this.open;
      const parts = this.#intake.order(order, true);
      const revision = order.revision ?? open.orders.revisions(parts[0], parts[1]);
      const record = orderRecord(parts, revision);
      await this.#inTurn(signing.checkOrder(open.period, record, parts[0], signature));
      if (open !== this.open) fail("refused", "order", `an order for period ${this.period}`, open.period);
      const result = this.#take(parts, revision);
      if (result.status === "accepted") signing.keep({ kind: "order", index: result.sequence, signature });
      return result;
    });
  }

  /** Takes many orders signed together by a gateway over the root of their records: all of them or none. */
  async submitBatch(
    given: OrderBatch,
    gatewayKey: Uint8Array,
    over: Uint8Array,
  ): Promise<BatchResult | Refused> {
    const [gateway, signature] = [ownCopy(gatewayKey), ownCopy(over)];
    return this.#attemptLater("order", async () => {
      const signing = this.#signed();
      const open = this.open;
      const batch = ownBatch(given);
      checkBatch(batch);
      if (batch.quantity.length === 0) fail("invalid", "batch", "at least one order", 0);
      const records = batchRecords(batch);
      const root = this.engine.merkleRoot(records, orderLayout.bytes);
      const { participant } = batch;
      await this.#inTurn(
        signing.checkBatch(open.period, records, root, gateway, new Set(participant), signature),
      );
      if (open !== this.open) fail("refused", "batch", `a batch for period ${this.period}`, open.period);
      const first = open.orders.count;
      const revisions = decodeRecords(orderLayout, records).map(({ revision }) => revision);
      const result = this.#takeColumns(batch, revisions);
      if (result.refused.length > 0) {
        open.orders.truncate(first);
        return { first, accepted: 0, refused: result.refused };
      }
      const orders = [{ start: first, end: open.orders.count }];
      signing.keep({ kind: "batch", gateway, orders, signature });
      publishOrders(this.events, open, first);
      return result;
    });
  }

  /** Takes a contract that starts to hold in a period not yet begun. It can still be dropped (event `refused`) when that begins and it does not fit. */
  propose(contract: Contract): Taken {
    return this.#attempt("contract", () => {
      this.#unsigned("contract.signature");
      return this.#schedule(parseContract(contract));
    });
  }

  /** As {@link propose}, in a signed market: signed by whoever the contract binds. */
  async proposeSigned(contract: Contract, given: Uint8Array): Promise<Taken> {
    const signature = ownCopy(given);
    return this.#attemptLater("contract", async () => {
      const signing = this.#signed();
      const checked = parseContract(contract);
      await signing.checkContract(checked, signature);
      return this.#schedule(checked);
    });
  }

  /** Version that the next contract of this key has, proposals under way counted. */
  nextVersion(key: string): number {
    return this.state.terms.nextVersion(key) + this.#proposals.of(key);
  }

  /** Takes a meter reading of a past period. Unsigned markets only. */
  report(reading: Reading): Taken {
    return this.#attempt("reading", () => {
      this.#unsigned("reading.signature");
      return this.#read(this.#intake.reading(reading));
    });
  }

  /** As {@link report}, signed over the reading's record (flags 2 for a correction). */
  async reportSigned(reading: Reading, given: Uint8Array): Promise<Taken> {
    const signature = ownCopy(given);
    return this.#attemptLater("reading", async () => {
      const signing = this.#signed();
      const parts = this.#intake.reading(reading);
      const [participant, carrier, period] = parts;
      const record = readingRecord(parts, this.open.readings.isCorrection(participant, carrier, period));
      const open = this.open;
      await signing.checkReading(record, participant, signature);
      if (open !== this.open) fail("refused", "reading", "the period in which it was signed for", "the next");
      const index = open.readings.count;
      const result = this.#read(parts);
      if (result.status === "accepted") signing.keep({ kind: "reading", index, signature });
      return result;
    });
  }

  /** Number of a participant in records; undefined for an id never registered. */
  participantNumber(id: string): number | undefined {
    return this.state.terms.numberOf(id);
  }

  /** Balance of a participant in amount ticks. */
  balance(participant: string): bigint {
    return this.state.accounts.of(this.#intake.participant(participant, "participant"));
  }

  #schedule(contract: Contract): Taken {
    if (contract.kind === "market")
      fail("refused", "contract.kind", "a contract other than the market's", "market");
    if (contract.from <= this.period)
      fail("refused", "contract.from", `a period after ${this.period}, which has begun`, contract.from);
    const key = contractKey(contract);
    const version = this.nextVersion(key);
    if (contract.version !== version) fail("conflict", `${key}.version`, `${version}`, contract.version);
    this.#proposals.add(contract);
    return { status: "accepted", period: contract.from };
  }

  #take(parts: OrderParts, revision?: number): OrderResult {
    const open = this.open;
    const refusal = open.orders.take(...parts, revision);
    if (refusal !== null) throw refusal;
    const sequence = open.orders.count - 1;
    const replaced = open.orders.replaced[sequence]!;
    publishOrders(this.events, this.open, sequence);
    return {
      status: "accepted",
      sequence,
      period: open.period,
      revision: open.orders.revision[sequence]!,
      replaced: replaced < 0 ? null : replaced,
    };
  }

  #takeColumns(batch: OrderBatch, revisions?: readonly number[]): BatchResult {
    checkBatch(batch);
    const { orders } = this.open;
    const first = orders.count;
    const refused: { index: number; error: GridclearError }[] = [];
    for (let index = 0; index < batch.quantity.length; index += 1) {
      const error = orders.take(
        batch.participant[index]!,
        batch.carrier[index]!,
        batch.side[index]!,
        batch.quantity[index]!,
        batch.price[index]!,
        revisions?.[index],
      );
      if (error !== null) refused.push({ index, error });
    }
    return { first, accepted: orders.count - first, refused };
  }

  #read(parts: ReadingParts): Taken {
    const [participant, carrier, period, version, taken, given] = parts;
    const reading = { participant, carrier, period, version, in: taken, out: given };
    const refusal = this.open.readings.take(reading);
    if (refusal !== null) throw refusal;
    return { status: "accepted", period: this.period };
  }

  /** Contracts that start to hold in `period`; they no longer wait. */
  protected takeDue(period: number): readonly Contract[] {
    return this.#proposals.take(period);
  }

  /** Throws `state` once the market has failed. */
  protected usable(): void {
    if (this.failure === null) return;
    const detail = { field: "market", wanted: "one that has not failed", got: String(this.failure) };
    throw new GridclearError("state", detail, { cause: this.failure });
  }

  #unsigned(field: string): void {
    if (this.signing !== null) fail("signature", field, "a signature, in this market", "none");
  }

  /** What `check` comes to, once all checks asked before have ended: orders are taken in the order of the calls. */
  #inTurn(check: Promise<void>): Promise<void> {
    const done = Promise.allSettled([this.#turn, check]).then(() => check);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #signed(): Signing {
    return this.signing ?? fail("state", "signature", "none in an unsigned market", "one");
  }

  #attempt<Result>(what: "order" | "reading" | "contract", act: () => Result): Result | Refused {
    this.usable();
    try {
      return act();
    } catch (error) {
      return this.#refuse(what, error);
    }
  }

  async #attemptLater<Result>(
    what: "order" | "reading" | "contract",
    act: () => Promise<Result>,
  ): Promise<Result | Refused> {
    this.usable();
    try {
      return await act();
    } catch (error) {
      return this.#refuse(what, error);
    }
  }

  #refuse(what: "order" | "reading" | "contract", error: unknown): Refused {
    if (!(error instanceof GridclearError)) throw error;
    this.events.emit("refused", { what, error });
    return { status: "refused", error };
  }
}
