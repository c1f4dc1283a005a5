import { fail, GridclearError } from "../errors.js";
import { decodeBlock, decodeItems } from "../ledger/block.js";
import { decodeCanonical, encodeCanonical } from "../ledger/canonical.js";
import { hashBytes } from "../ledger/hasher.js";
import { marketId } from "../ledger/header.js";
import { orderLayout } from "../ledger/records.js";
import type { Signatures } from "../ledger/signature.js";
import { openMemoryStore } from "../ledger/store/memory.js";
import type { Store } from "../ledger/store/store.js";
import { type Carrier, carriers } from "../units.js";
import { type Contract, contractKey, type MarketContract } from "./contracts.js";
import { Emitter } from "./events.js";
import {
  batchRecords,
  carrierCode,
  checkBatch,
  Intake,
  type OrderParts,
  orderRecord,
  type ReadingParts,
  readingRecord,
} from "./intake.js";
import { type Clock, Loop, systemClock } from "./loop.js";
import { type Opening, openingContracts } from "./opening.js";
import { OpenPeriod } from "./period.js";
import { openReplay } from "./replay.js";
import type { PeriodResult } from "./result.js";
import type { MatchingEngine } from "./round.js";
import { seal } from "./sealing.js";
import { Signing } from "./signing.js";
import { MarketState } from "./state.js";
import { parseContract } from "./validation.js";

/** An order in exact decimals: an offer sells, a bid buys. */
export interface Order {
  readonly participant: string;
  readonly carrier: Carrier;
  readonly side: "offer" | "bid";
  /** Exact decimal in the market's unit, such as `"1.25"` kWh; above 0. */
  readonly quantity: string;
  /** Limit per unit, such as `"0.43"`; negative prices are legal. */
  readonly price: string;
}

/** What became of an order or a withdrawal. */
export type OrderResult =
  | {
      readonly status: "accepted";
      /** Its number in the block of `period`: its place in arrival order. */
      readonly sequence: number;
      readonly period: number;
      /** Number of the order that it replaced or withdrew. */
      readonly replaced: number | null;
    }
  | Refused;

/** A well-formed request that was not granted, or one that was not well-formed. */
export interface Refused {
  readonly status: "refused";
  readonly error: GridclearError;
}

/** Many orders at once, in ticks: columns of one length. */
export interface OrderBatch {
  /** Participant numbers. */
  readonly participant: Uint32Array;
  /** Carrier codes. */
  readonly carrier: Uint8Array;
  /** 0 offer, 1 bid. */
  readonly side: Uint8Array;
  /** Quantity ticks; 0 withdraws. */
  readonly quantity: Uint32Array;
  /** Price ticks. */
  readonly price: Int32Array;
}

/** What became of a batch: the sequence of the first order taken, how many were, and why others were not, by place. */
export interface BatchResult {
  readonly first: number;
  readonly accepted: number;
  readonly refused: readonly { readonly index: number; readonly error: GridclearError }[];
}

/** What a two-way meter said, in exact decimals. */
export interface Reading {
  readonly participant: string;
  readonly carrier: Carrier;
  readonly period: number;
  /** Energy drawn from, and fed into, the network. */
  readonly in: string;
  readonly out: string;
  /** 1 (default) for the first reading, one more for each correction. */
  readonly version?: number;
}

/** What became of a contract or a reading. */
export type Taken = { readonly status: "accepted"; readonly period: number } | Refused;

/** What a market tells as it happens: orders as they come, results as they fall (paper §4.2(3)). */
export interface MarketEvents {
  order: { readonly sequence: number; readonly period: number };
  replaced: { readonly sequence: number; readonly by: number };
  refused: { readonly what: "order" | "reading" | "contract"; readonly error: GridclearError };
  /** A period was cleared, not yet stored. */
  cleared: PeriodResult;
  /** A period's block is on the store. */
  sealed: PeriodResult;
  contract: { readonly contract: Contract };
  settled: { readonly period: number };
  /** The market stopped for good: its store or its engine failed. */
  failed: { readonly error: unknown };
}

/** How a market is opened. */
export interface MarketOptions extends Opening {
  readonly engine: MatchingEngine;
  /** Where blocks go. A store with blocks is replayed and resumed, and what else stands here of contracts is not used. Default: memory. */
  readonly store?: Store;
  /** Contracts of genesis, in order; what they leave out is filled in as {@link Opening} says. */
  readonly contracts?: readonly Contract[];
  /**
   * What begins to hold in the period in which a stored market resumes: what was proposed for it before the market
   * stopped, since proposals are not stored. Unsigned markets only.
   */
  readonly due?: (period: number) => readonly Contract[];
  /** Default: the platform's. */
  readonly clock?: Clock;
  /** Needed by signed markets. */
  readonly signatures?: Signatures;
  /** Signs the contracts of a signed market's genesis. */
  readonly sign?: (contract: Contract, marketId: Uint8Array) => Promise<Uint8Array>;
}

/**
 * A market that collects orders, clears, settles and seals a period at a time.
 *
 * ```ts
 * const market = await openMarket({ engine, participants: ["ann", "bob"] });
 * market.submit({ participant: "ann", carrier: "electricity", side: "offer", quantity: "2.5", price: "0.08" });
 * market.submit({ participant: "bob", carrier: "electricity", side: "bid", quantity: "1", price: "0.3" });
 * const { carriers } = await market.clearPeriod(0);
 * carriers[0]?.counters.num1; // 1
 * ```
 */
export class Market {
  readonly contract: MarketContract;
  /** SHA-256 that names the market in its blocks and in every signature. */
  readonly id: Uint8Array;
  readonly store: Store;
  /** Result of the last sealed period; null when nothing was sealed since opening. */
  last: PeriodResult | null = null;
  readonly #engine: MatchingEngine;
  readonly #state: MarketState;
  readonly #events = new Emitter<MarketEvents>();
  readonly #loop: Loop;
  readonly #clock: Clock;
  readonly #signing: Signing | null;
  readonly #intake: Intake;
  readonly #pending = new Map<number, Contract[]>();
  #open: OpenPeriod;
  #timestampMs: number;
  #sealing: Promise<PeriodResult> | null = null;
  #failure: unknown = null;

  /** Use {@link openMarket}. */
  constructor(parts: MarketParts) {
    this.contract = parts.contract;
    this.id = parts.id;
    this.store = parts.store;
    this.#engine = parts.engine;
    this.#state = parts.state;
    this.#clock = parts.clock;
    this.#signing = parts.signing;
    this.#open = parts.open;
    this.#timestampMs = parts.timestampMs;
    this.#intake = new Intake(this.contract, this.#state.terms);
    this.#loop = new Loop(this.#clock, this.contract.periodMs, (now) => this.#tick(now));
  }

  /** The open period: orders taken now belong to it. */
  get period(): number {
    return this.#open.period;
  }

  /** When the open period closes, in the clock's milliseconds; null while the loop is stopped. */
  get gateClosureMs(): number | null {
    return this.#loop.running ? this.#loop.gateClosureMs : null;
  }

  /** Calls `listener` on each such event until the returned function is called. */
  on<Name extends keyof MarketEvents>(name: Name, listener: (event: MarketEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
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
      const { live, side } = this.#open.orders;
      const held = live[number * carriers.length + code] ?? -1;
      if (held < 0) fail("refused", "order", "an order to withdraw", "none");
      return this.#take([number, code, side[held]!, 0, 0]);
    });
  }

  /** Takes many orders in arrival order, each for itself. Unsigned markets only. */
  submitColumns(batch: OrderBatch): BatchResult {
    this.#usable();
    this.#unsigned("batch.signature");
    return this.#takeColumns(batch);
  }

  /** Takes an order, or a withdrawal (quantity `"0"`, price `"0"`), signed over its statement for the open period. */
  async submitSigned(order: Order, signature: Uint8Array): Promise<OrderResult> {
    return this.#attemptLater("order", async () => {
      const signing = this.#signed();
      const open = this.#open;
      const parts = this.#intake.order(order, true);
      const record = orderRecord(parts);
      await signing.checkOrder(open.period, record, parts[0], signature);
      if (open !== this.#open) fail("refused", "order", `an order for period ${this.period}`, open.period);
      if (!signing.isNew(record)) fail("refused", "order", "each order once in a period", "one again");
      const result = this.#take(parts);
      if (result.status === "accepted") signing.keep({ kind: "order", index: result.sequence, signature });
      return result;
    });
  }

  /** Takes many orders signed together by a gateway over the root of their records: all of them or none. */
  async submitBatch(
    batch: OrderBatch,
    gateway: Uint8Array,
    signature: Uint8Array,
  ): Promise<BatchResult | Refused> {
    return this.#attemptLater("order", async () => {
      const signing = this.#signed();
      const open = this.#open;
      checkBatch(batch);
      if (batch.quantity.length === 0) fail("invalid", "batch", "at least one order", 0);
      const records = batchRecords(batch);
      const root = this.#engine.merkleRoot(records, orderLayout.bytes);
      await signing.checkBatch(open.period, records, root, gateway, new Set(batch.participant), signature);
      if (open !== this.#open) fail("refused", "batch", `a batch for period ${this.period}`, open.period);
      const first = open.orders.count;
      const result = this.#takeColumns(batch, (index) =>
        signing.isNew(records.subarray(index * orderLayout.bytes, (index + 1) * orderLayout.bytes)),
      );
      if (result.refused.length > 0) {
        open.orders.truncate(first);
        return { first, accepted: 0, refused: result.refused };
      }
      signing.keep({ kind: "batch", gateway, orders: [{ start: first, end: open.orders.count }], signature });
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
  async proposeSigned(contract: Contract, signature: Uint8Array): Promise<Taken> {
    return this.#attemptLater("contract", async () => {
      const signing = this.#signed();
      const checked = parseContract(contract);
      await signing.checkContract(checked, signature);
      return this.#schedule(checked);
    });
  }

  /** Version that the next contract of this key has, proposals under way counted. */
  nextVersion(key: string): number {
    let version = this.#state.terms.nextVersion(key);
    for (const contracts of this.#pending.values())
      for (const contract of contracts) if (contractKey(contract) === key) version += 1;
    return version;
  }

  /** Takes a meter reading of a past period. Unsigned markets only. */
  report(reading: Reading): Taken {
    return this.#attempt("reading", () => {
      this.#unsigned("reading.signature");
      return this.#read(this.#intake.reading(reading));
    });
  }

  /** As {@link report}, signed over the reading's record (flags 2 for a correction). */
  async reportSigned(reading: Reading, signature: Uint8Array): Promise<Taken> {
    return this.#attemptLater("reading", async () => {
      const signing = this.#signed();
      const parts = this.#intake.reading(reading);
      const [participant, carrier, period] = parts;
      const record = readingRecord(parts, this.#open.readings.isCorrection(participant, carrier, period));
      const open = this.#open;
      await signing.checkReading(record, participant, signature);
      if (open !== this.#open)
        fail("refused", "reading", "the period in which it was signed for", "the next");
      const index = open.readings.count;
      const result = this.#read(parts);
      if (result.status === "accepted") signing.keep({ kind: "reading", index, signature });
      return result;
    });
  }

  /**
   * Closes the open period, clears, settles and seals it; orders go to the next from here on. Resolves when the block
   * is on the store. Throws `state` while another is being sealed; `storage` (and the market stops) when the store
   * failed.
   */
  async clearPeriod(nowMs: number): Promise<PeriodResult> {
    this.#usable();
    if (this.#sealing !== null) fail("state", "clearPeriod", "one period at a time", "a period being sealed");
    if (!Number.isSafeInteger(nowMs) || nowMs < 0) fail("invalid", "nowMs", "whole milliseconds", nowMs);
    try {
      this.#sealing = this.#seal(nowMs);
      return await this.#sealing;
    } catch (error) {
      this.#failure = error;
      this.#loop.stop();
      throw error;
    } finally {
      this.#sealing = null;
    }
  }

  /** Starts the period loop: the open period closes one period from now by the clock, and so on. */
  start(): void {
    this.#usable();
    this.#loop.start();
  }

  /** Stops the loop; resolves when a period being sealed is on the store. Orders stay in the open period. */
  async stop(): Promise<void> {
    this.#loop.stop();
    await this.#sealing?.catch(() => undefined);
  }

  /** Number of a participant in records; undefined for an id never registered. */
  participantNumber(id: string): number | undefined {
    return this.#state.terms.numberOf(id);
  }

  /** Balance of a participant in amount ticks. */
  balance(participant: string): bigint {
    return this.#state.accounts.of(this.#intake.participant(participant, "participant"));
  }

  /** The market's state after the last period. To read, not to change. */
  get state(): MarketState {
    return this.#state;
  }

  async #tick(nowMs: number): Promise<void> {
    try {
      await this.clearPeriod(nowMs);
    } catch (error) {
      this.#loop.stop();
      this.#events.emit("failed", { error });
    }
  }

  async #seal(nowMs: number): Promise<PeriodResult> {
    const closing = this.#open;
    this.#timestampMs = Math.max(this.#timestampMs, nowMs);
    const outcome = closing.close();
    const evidence = this.#signing?.take() ?? new Uint8Array(0);
    const sealed = seal(
      {
        engine: this.#engine,
        store: this.store,
        contract: this.contract,
        marketId: this.id,
        period: closing.period,
        timestampMs: this.#timestampMs,
        evidence,
      },
      outcome,
    );
    this.#openNext(closing.period + 1, sealed.hash);
    this.#events.emit("cleared", sealed);
    await this.store.append(sealed.bytes, sealed.height);
    this.last = sealed;
    this.#events.emit("sealed", sealed);
    for (const period of sealed.settled) this.#events.emit("settled", { period });
    return sealed;
  }

  #openNext(period: number, previous: Uint8Array): void {
    const open = new OpenPeriod(this.#state, this.#engine, period, previous);
    const due = this.#pending.get(period) ?? [];
    this.#pending.delete(period);
    let index = 0;
    for (const contract of due)
      try {
        open.enter(contract);
        this.#signing?.enter(contract, index);
        index += 1;
        this.#events.emit("contract", { contract });
      } catch (error) {
        if (!(error instanceof GridclearError)) throw error;
        this.#events.emit("refused", { what: "contract", error });
      }
    open.start();
    this.#open = open;
  }

  #schedule(contract: Contract): Taken {
    if (contract.kind === "market")
      fail("refused", "contract.kind", "a contract other than the market's", "market");
    if (contract.from <= this.period)
      fail("refused", "contract.from", `a period after ${this.period}, which has begun`, contract.from);
    const key = contractKey(contract);
    const version = this.nextVersion(key);
    if (contract.version !== version) fail("conflict", `${key}.version`, `${version}`, contract.version);
    const due = this.#pending.get(contract.from) ?? [];
    due.push(contract);
    this.#pending.set(contract.from, due);
    return { status: "accepted", period: contract.from };
  }

  #take(parts: OrderParts): OrderResult {
    const open = this.#open;
    const refusal = open.orders.take(...parts);
    if (refusal !== null) throw refusal;
    const sequence = open.orders.count - 1;
    const replaced = open.orders.replaced[sequence]!;
    this.#events.emit("order", { sequence, period: open.period });
    if (replaced >= 0) this.#events.emit("replaced", { sequence: replaced, by: sequence });
    return { status: "accepted", sequence, period: open.period, replaced: replaced < 0 ? null : replaced };
  }

  #takeColumns(batch: OrderBatch, admit?: (index: number) => boolean): BatchResult {
    checkBatch(batch);
    const { orders } = this.#open;
    const first = orders.count;
    const refused: { index: number; error: GridclearError }[] = [];
    const told = this.#events.has("order");
    for (let index = 0; index < batch.quantity.length; index += 1) {
      const error =
        admit?.(index) === false
          ? new GridclearError("refused", {
              field: "order",
              wanted: "each order once in a period",
              got: "one again",
            })
          : orders.take(
              batch.participant[index]!,
              batch.carrier[index]!,
              batch.side[index]!,
              batch.quantity[index]!,
              batch.price[index]!,
            );
      if (error !== null) refused.push({ index, error });
      else if (told) this.#events.emit("order", { sequence: orders.count - 1, period: this.period });
    }
    return { first, accepted: orders.count - first, refused };
  }

  #read(parts: ReadingParts): Taken {
    const refusal = this.#open.readings.take(...parts);
    if (refusal !== null) throw refusal;
    return { status: "accepted", period: this.period };
  }

  #usable(): void {
    if (this.#failure !== null)
      throw new GridclearError(
        "state",
        { field: "market", wanted: "one that has not failed", got: String(this.#failure) },
        { cause: this.#failure },
      );
  }

  #unsigned(field: string): void {
    if (this.#signing !== null) fail("signature", field, "a signature, in this market", "none");
  }

  #signed(): Signing {
    return this.#signing ?? fail("state", "signature", "none in an unsigned market", "one");
  }

  #attempt<Result>(what: "order" | "reading" | "contract", act: () => Result): Result | Refused {
    this.#usable();
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
    this.#usable();
    try {
      return await act();
    } catch (error) {
      return this.#refuse(what, error);
    }
  }

  #refuse(what: "order" | "reading" | "contract", error: unknown): Refused {
    if (!(error instanceof GridclearError)) throw error;
    this.#events.emit("refused", { what, error });
    return { status: "refused", error };
  }
}

/** What {@link openMarket} has put together. */
interface MarketParts {
  readonly contract: MarketContract;
  readonly id: Uint8Array;
  readonly store: Store;
  readonly engine: MatchingEngine;
  readonly state: MarketState;
  readonly clock: Clock;
  readonly signing: Signing | null;
  readonly open: OpenPeriod;
  readonly timestampMs: number;
}

/**
 * Opens a market: a new one, whose genesis block it seals, or the one in a store with blocks, which it replays and
 * resumes. Throws `invalid` or `refused` naming the contract that does not fit, `corrupt` naming the height at which a
 * stored ledger contradicts its re-execution.
 */
export async function openMarket(options: MarketOptions): Promise<Market> {
  const { engine, clock = systemClock } = options;
  const store = options.store ?? (await openMemoryStore({ hasher: engine }));
  return store.size === 0 ? begin(options, store, clock) : resume(options, store, clock);
}

async function begin(options: MarketOptions, store: Store, clock: Clock): Promise<Market> {
  const { engine } = options;
  const given = (options.contracts ?? []).map((contract, index) =>
    parseContract(contract, `contracts[${index}]`),
  );
  const contracts = openingContracts(options, given).map((contract) => parseContract(contract));
  const contract = contracts[0] as MarketContract;
  const id = marketId(engine, encodeCanonical(contract));
  const signing = openSigning(options, contract, id);
  const state = new MarketState();
  const open = new OpenPeriod(state, engine, contract.from, new Uint8Array(hashBytes));
  for (const [index, each] of contracts.entries()) {
    if (signing !== null) {
      const sign = options.sign ?? fail("signature", "sign", "a signer for the contracts of genesis", "none");
      await signing.checkContract(each, await sign(each, id));
    }
    open.enter(each);
    signing?.enter(each, index);
  }
  open.start();
  const parts = { contract, id, store, engine, state, clock, signing, open, timestampMs: 0 };
  const market = new Market(parts);
  await market.clearPeriod(clock.now());
  return market;
}

async function resume(options: MarketOptions, store: Store, clock: Clock): Promise<Market> {
  const { engine } = options;
  const replay = openReplay(engine);
  let signing: Signing | null = null;
  let id: Uint8Array = new Uint8Array(hashBytes);
  for await (const bytes of store.blocks()) {
    const block = decodeBlock(bytes);
    replay.replay(block);
    if (replay.height === 1) {
      id = block.header.marketId;
      signing = openSigning(options, replay.state.terms.market!, id);
    }
    if (signing !== null)
      for (const item of decodeItems(block.sections.contracts))
        signing.relearn(decodeCanonical(item) as never);
  }
  const contract = replay.state.terms.market!;
  if (options.id !== undefined && options.id !== contract.id)
    fail("conflict", "id", `${contract.id}, the market in the store`, options.id);
  const open = new OpenPeriod(replay.state, engine, replay.period + 1, replay.hash);
  for (const [index, due] of (options.due?.(open.period) ?? []).entries()) {
    if (signing !== null) fail("signature", "due", "none in a signed market", due.kind);
    open.enter(parseContract(due, `due[${index}]`));
  }
  open.start();
  const { state, timestampMs } = replay;
  return new Market({ contract, id, store, engine, state, clock, signing, open, timestampMs });
}

function openSigning(options: MarketOptions, contract: MarketContract, id: Uint8Array): Signing | null {
  if (!contract.signed) return null;
  return new Signing(
    options.signatures ?? fail("signature", "signatures", "what checks signatures", "none"),
    id,
  );
}
