/**
 * A market: what comes in is checked by `intake/`, what happens in a period is `period/`, and blocks go to the store.
 */
import { integer } from "../check.js";
import { fail, GridclearError } from "../errors.js";
import { encodeRecords } from "../ledger/format/layout.js";
import { orderLayout, readingLayout } from "../ledger/format/records.js";
import type { Store } from "../ledger/store/store.js";
import { amountTick, type Carrier, type Tick } from "../units.js";
import type { Contract, MarketContract } from "./contracts/contracts.js";
import { Emitter, type MarketEvents } from "./events.js";
import { Desk } from "./intake/desk.js";
import { type LogEntry, MarketLog } from "./intake/log.js";
import type {
  BatchProof,
  BatchResult,
  Order,
  OrderBatch,
  OrderResult,
  Reading,
  Refused,
  SignedOrders,
  SignedResult,
  Taken,
} from "./intake/request.js";
import { OpenOrders } from "./openorders.js";
import type { MarketParts } from "./parts.js";
import { OpenPeriod } from "./period/period.js";
import { ProposedContracts } from "./proposed.js";
import { type PeriodResult, seal } from "./result.js";
import { Schedule } from "./schedule.js";
import { drawSecret } from "./secrets.js";
import { MarketView } from "./view.js";

const timestamps = integer(0, Number.MAX_SAFE_INTEGER);

/**
 * Collects orders, clears, settles and seals a period at a time.
 *
 * In an unsigned market requests come without proof and are answered at once. In a signed market each comes with its
 * signature and is answered by a promise; in one with a log (`LoggedMarket`), once it is on the disk. What is not
 * granted is an answer, `{ status: "refused", error }`. Once the market has failed, every call throws `state`.
 *
 * ```ts
 * const market = await openMarket({ engine, participants: ["ann", "bob"], startMs: 0 });
 * market.submit({ participant: "ann", carrier: "electricity", side: "offer", quantity: "2.5", price: "0.08" });
 * market.submit({ participant: "bob", carrier: "electricity", side: "bid", quantity: "1", price: "0.3" });
 * (await market.clearPeriod(30_000)).carriers[0]?.counters.num1; // 1
 * ```
 */
export class Market {
  readonly contract: MarketContract;
  /** SHA-256 that names the market in its blocks and in every signature. */
  readonly id: Uint8Array;
  readonly store: Store;
  /** Contracts, balances and charges as the open period began. */
  readonly state: MarketView;
  /** The orders taken for the open period. */
  readonly openOrders: OpenOrders;
  /** What became of the contracts that were proposed. */
  readonly proposals: ProposedContracts;
  /** The market's ticks: `formatTicks(record.quantity, market.ticks.quantity)` is the decimal of what a record says. */
  readonly ticks: { readonly quantity: Tick; readonly price: Tick; readonly amount: Tick };
  readonly #parts: MarketParts;
  readonly #desk: Desk;
  readonly #events: Emitter;
  readonly #schedule: Schedule;
  #open: OpenPeriod;
  #timestampMs: number;
  #last: PeriodResult | null = null;
  /** While a block is on its way to the store: settles when it is there, or is not. */
  #sealing: Promise<unknown> | null = null;
  /** Why the market has stopped for good. */
  #failure: { readonly error: unknown } | null = null;

  /** Use `openMarket`. */
  constructor(parts: MarketParts) {
    const { contract, clock, catchUp, signing, state, store } = parts;
    this.#parts = parts;
    this.contract = contract;
    this.id = parts.id;
    this.store = store;
    this.state = new MarketView(state);
    this.#events = new Emitter(parts.report);
    this.#open = parts.open;
    this.#timestampMs = parts.timestampMs;
    this.#desk = new Desk({
      contract,
      state,
      signing,
      events: this.#events,
      log: parts.logged ? new MarketLog(store, (error) => this.#fail(error)) : null,
      proposals: parts.proposals,
      open: () => this.#open,
      usable: () => this.#usable(),
    });
    this.proposals = new ProposedContracts(parts.proposals, state);
    this.openOrders = new OpenOrders(this.#desk, () => this.#open);
    const { quantityTick: quantity, priceTick: price } = this.#desk.intake;
    this.ticks = { quantity, price, amount: amountTick(quantity, price) };
    const tick = (nowMs: number): Promise<void> => this.#tick(nowMs);
    this.#schedule = new Schedule({ clock, periodMs: contract.periodMs, catchUp, tick });
  }

  /** Use `openMarket`: a market that takes again what it acknowledged for the open period before it was opened. */
  static async open(parts: MarketParts, acknowledged: readonly LogEntry[]): Promise<Market> {
    const market = new Market(parts);
    await market.#desk.restore(acknowledged);
    return market;
  }

  /** The open period: orders taken now belong to it. */
  get period(): number {
    return this.#open.period;
  }

  /** Result of the last sealed period; null when nothing was sealed since opening. */
  get last(): PeriodResult | null {
    return this.#last;
  }

  /** When the open period closes, in the clock's milliseconds; null while the schedule is stopped. */
  get gateClosureMs(): number | null {
    return this.#schedule.running ? this.#schedule.gateClosureMs : null;
  }

  /** Whether everything is kept in the store's log before it is acknowledged (`LoggedMarket`). */
  get logged(): boolean {
    return this.#parts.logged;
  }

  /**
   * Calls `listener` on each such event until the returned function is called: when the market is whole, so it may call
   * anything. What it throws goes to the market's reporter.
   */
  on<Name extends keyof MarketEvents>(
    name: Name,
    listener: (event: MarketEvents[Name]) => unknown,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /**
   * The record of an order, 16 bytes: what its participant signs for the open period (`orderStatement`). Throws as a
   * refusal would say.
   */
  record(order: Order): Uint8Array {
    return encodeRecords(orderLayout, [this.#desk.intake.record(order, this.#open)]);
  }

  /** The records of a batch, end to end: a gateway signs their root (`batchStatement`). Throws as a refusal does. */
  records(batch: OrderBatch): Uint8Array {
    return this.#desk.records(batch);
  }

  /**
   * The record of a reading, 28 bytes, as it stands in the block of the open period: what its meter signs follows from
   * the two (`readingStatement`). Throws as a refusal would say.
   */
  readingRecord(reading: Reading): Uint8Array {
    return encodeRecords(readingLayout, [this.#desk.intake.reading(reading, this.#open)]);
  }

  /**
   * Takes an order for the open period; a later one of the same participant and carrier replaces it. In a signed market
   * with its signature.
   */
  submit(order: Order): OrderResult;
  submit(order: Order, signature: Uint8Array): Promise<OrderResult>;
  submit(order: Order, signature?: Uint8Array): OrderResult | Promise<OrderResult> {
    return this.#desk.submit(() => this.record(order), signature);
  }

  /**
   * Takes back the live order of a participant and carrier; signed, in a signed market, as an order of quantity and
   * price 0 is.
   */
  withdraw(participant: string, carrier: Carrier): OrderResult;
  withdraw(participant: string, carrier: Carrier, signature: Uint8Array): Promise<OrderResult>;
  withdraw(
    participant: string,
    carrier: Carrier,
    signature?: Uint8Array,
  ): OrderResult | Promise<OrderResult> {
    const record = () =>
      encodeRecords(orderLayout, [this.#desk.intake.withdrawal(participant, carrier, this.#open)]);
    return this.#desk.submit(record, signature);
  }

  /**
   * Takes many orders in arrival order: in an unsigned market each for itself, and throws for columns that do not fit
   * together; in a signed market, under a gateway's signature, all of them or none.
   */
  submitColumns(batch: OrderBatch): BatchResult;
  submitColumns(batch: OrderBatch, proof: BatchProof): Promise<SignedResult | Refused>;
  submitColumns(
    batch: OrderBatch,
    proof?: BatchProof,
  ): BatchResult | Promise<BatchResult> | Promise<SignedResult | Refused> {
    return this.#desk.submitColumns(batch, proof);
  }

  /** Takes signed orders that are records already, all of them or none; signed markets only. */
  enter(orders: SignedOrders): Promise<SignedResult | Refused> {
    return this.#desk.enter(() => orders);
  }

  /**
   * Takes a contract that starts to hold in a period not yet begun; signed, in a signed market, by whom it binds. It
   * can still be dropped (event `refused`, `proposals`) when that begins and it does not fit.
   */
  propose(contract: Contract): Taken;
  propose(contract: Contract, signature: Uint8Array): Promise<Taken>;
  propose(contract: Contract, signature?: Uint8Array): Taken | Promise<Taken> {
    return this.#desk.propose(contract, signature);
  }

  /** Version that the next contract of this key has, proposals under way counted. */
  nextVersion(key: string): number {
    return this.#desk.nextVersion(key);
  }

  /** Takes a meter reading of a past period; signed, in a signed market, over its record. */
  report(reading: Reading): Taken;
  report(reading: Reading, signature: Uint8Array): Promise<Taken>;
  report(reading: Reading, signature?: Uint8Array): Taken | Promise<Taken> {
    return this.#desk.report(reading, signature);
  }

  /** Number of a participant in records; undefined for an id never registered. */
  participantNumber(id: string): number | undefined {
    return this.#parts.state.terms.numberOf(id);
  }

  /** Balance of a participant in amount ticks. Throws `refused` for an id never registered. */
  balance(participant: string): bigint {
    return this.#parts.state.accounts.of(this.#desk.intake.participant(participant, "participant"));
  }

  /**
   * Closes the open period, clears, settles and seals it; orders go to the next from here on. `nowMs` is the block's
   * timestamp, default the clock's time, but never before the last block's. Resolves when the block is on the store.
   * Throws `state` while another is being sealed; `storage` (and the market stops) when the store failed.
   */
  async clearPeriod(nowMs: number = this.#parts.clock.now()): Promise<PeriodResult> {
    this.#usable();
    if (this.#sealing !== null) fail("state", "clearPeriod", "one period at a time", "a period being sealed");
    timestamps(nowMs, "nowMs");
    const secret = drawSecret(this.contract, this.#parts.secrets);
    try {
      const result = this.#close(nowMs, secret);
      // The store is asked before anybody is told, so that nothing can come in between.
      const stored = this.store.append(result.bytes, result.height);
      this.#desk.beginLog();
      this.#sealing = stored;
      this.#events.tell();
      await stored;
      this.#sealing = null;
      this.#parts.snapshots.keep();
      this.#last = result;
      this.#events.note("sealed", result);
      for (const period of result.settled) this.#events.note("settled", { period });
      this.#events.tell();
      return result;
    } catch (error) {
      this.#sealing = null;
      this.#fail(error);
      throw error;
    }
  }

  /** Starts the schedule: the open period closes one period from now by the clock, and so on. */
  start(): void {
    this.#usable();
    this.#schedule.start();
  }

  /** Stops the schedule; resolves when a period being sealed is on the store. Orders stay in the open period. */
  async stop(): Promise<void> {
    this.#schedule.stop();
    await this.#sealing?.catch(() => {});
  }

  async #tick(nowMs: number): Promise<void> {
    // A period cleared by hand may be on its way to the store; whoever cleared it gets the error if that fails.
    while (this.#sealing !== null) await this.#sealing.catch(() => undefined);
    // What fails here goes out as the event `failed`.
    if (this.#schedule.running) await this.clearPeriod(nowMs).catch(() => undefined);
  }

  /** Closes the open period and opens the next; what is to be told is noted. */
  #close(nowMs: number, secret: Uint8Array | null): PeriodResult {
    const { engine: hasher } = this.#parts;
    const { store, contract, id: marketId } = this;
    this.#timestampMs = Math.max(this.#timestampMs, nowMs);
    const timestampMs = this.#timestampMs;
    const evidence = this.#desk.close();
    const { period } = this.#open;
    const outcome = this.#open.close(secret);
    this.#events.noteStanding(this.#open);
    const parts = { hasher, store, signed: contract.signed, secret, marketId, period, timestampMs, evidence };
    const result = seal(parts, outcome);
    this.#events.note("cleared", result);
    this.#parts.snapshots.take(this.#parts.state, result.block);
    const open = new OpenPeriod(this.#parts.state, hasher, period + 1, timestampMs);
    this.#desk.enterDue(open);
    open.start();
    this.#open = open;
    return result;
  }

  /** The market stops for good. */
  #fail(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = { error };
    this.#schedule.stop();
    this.#events.note("failed", { error });
    this.#events.tell();
  }

  /** Throws `state` once the market has failed. */
  #usable(): void {
    if (this.#failure === null) return;
    const { error } = this.#failure;
    const detail = { field: "market", wanted: "one that has not failed", got: String(error) };
    throw new GridclearError("state", detail, { cause: error });
  }
}
