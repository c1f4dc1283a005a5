/**
 * One period from its first contract to everything that follows from it, the one description of a period for the live
 * market, which takes what comes, and for a replay, which takes what a block recorded.
 */
import { viewOf } from "../../bytes.js";
import { fail, within } from "../../errors.js";
import { decodeItems, encodeItems, type Sections } from "../../ledger/format/block.js";
import { decodeCanonical, encodeCanonical } from "../../ledger/format/canonical.js";
import { emptyTotals, type Header, totalNames } from "../../ledger/format/header.js";
import { checkRecords } from "../../ledger/format/layout.js";
import { orderLayout, readingEstimated, readingLayout } from "../../ledger/format/records.js";
import { carriers } from "../../units.js";
import { Journal } from "../books/journal.js";
import { Sums } from "../books/sums.js";
import type { Contract } from "../contracts/contracts.js";
import { parseContract } from "../contracts/kinds.js";
import { nobody } from "../contracts/register.js";
import { carrierCount } from "../contracts/terms.js";
import type { MatchingEngine } from "../engine.js";
import { type CarrierOutcome, clearCarrier } from "./clearing.js";
import { tradesBetween } from "./delivered.js";
import { maxPeriodContractBytes, maxPeriodContracts } from "./limits.js";
import { linkConverters, unlinked } from "./linked.js";
import { Lottery } from "./lottery.js";
import { MeterBook } from "./meters.js";
import { type OrderRow, stands } from "./orderrow.js";
import { Orders } from "./orders.js";
import { Readings, readingRow } from "./readings.js";
import type { Round } from "./round.js";
import { settle } from "./settlement.js";
import { standingOrders } from "./standing.js";
import type { MarketState, StateRoots } from "./state.js";
import { markDepartures, selfDischarge } from "./storage.js";

/** What decides a period: all that its block records of the outside world. */
export interface PeriodInput {
  readonly period: number;
  /** When it began, Unix time in milliseconds: the timestamp of the block before, 0 before the first. */
  readonly beganMs: number;
  /**
   * Sections of the block. Standing orders among `orders` and estimates among `readings` are results and are passed
   * over.
   */
  readonly contracts: Uint8Array;
  readonly orders: Uint8Array;
  readonly readings: Uint8Array;
  /** The secret of the period in a private market; default none, an open market's. */
  readonly secret?: Uint8Array | null;
}

/** What follows from it: the derived sections, the roots and the results. */
export interface PeriodOutcome {
  /**
   * All sections but the evidence. Orders, trades, flows and postings are views, until another period opens on the same
   * state.
   */
  readonly sections: Omit<Sections, "evidence">;
  /** Counts and roots of what is carried over to the next period. */
  readonly state: StateRoots;
  readonly totals: Header["totals"];
  /** What of the totals the header says: nothing of a carrier that too few members have an order of. */
  readonly published: Header["totals"];
  readonly carriers: readonly CarrierOutcome[];
  /** Periods settled in this one. */
  readonly settled: readonly number[];
}

/**
 * A period as it runs: contracts enter, orders and readings are taken, and closing it clears, settles and writes
 * everything down. It changes the state it was opened on; the same input on the same state gives the same bytes.
 */
export class OpenPeriod {
  readonly period: number;
  readonly #state: MarketState;
  readonly #engine: MatchingEngine;
  readonly #journal: Journal;
  readonly #sums = new Sums();
  readonly #contracts: Uint8Array[] = [];
  /** Bytes of the contracts, each with its length. */
  #contractBytes = 0;
  #orders: Orders | null = null;
  #readings: Readings | null = null;
  #genesis = false;

  /** `beganMs` is the timestamp of the block before, 0 before the first. */
  constructor(state: MarketState, engine: MatchingEngine, period: number, beganMs: number) {
    state.begin(beganMs);
    this.period = period;
    this.#state = state;
    this.#engine = engine;
    this.#journal = new Journal(state.accounts, period, state.sheets);
  }

  /**
   * Puts a contract in force; only before {@link start}. Throws, and changes nothing, when it does not fit. Whoever has
   * its canonical JSON already hands it on.
   */
  enter(contract: Contract, text?: Uint8Array): void {
    if (this.#orders !== null) fail("state", "contract", "before the period starts", "an open period");
    const bytes = text ?? encodeCanonical(contract);
    const total = this.#contractBytes + lengthBytes + bytes.length;
    if (this.#contracts.length >= maxPeriodContracts || total > maxPeriodContractBytes)
      fail(
        "limit",
        "contract",
        `at most ${maxPeriodContracts} contracts and ${maxPeriodContractBytes} bytes of them in a period`,
        `${this.#contracts.length + 1} of ${total} bytes`,
      );
    this.#state.enter(contract, bytes, this.period, this.#journal);
    if (contract.kind === "market") this.#genesis = true;
    this.#contracts.push(bytes);
    this.#contractBytes = total;
  }

  /** No more contracts come: orders and readings are taken from now on, and standing orders are known. */
  start(): void {
    const { workspace, terms, resolved, accounts, books, lastReadings } = this.#state;
    if (terms.market === null) fail("state", "contract", "a market contract", "none");
    lastReadings.keepDays(terms.dayMeters, terms.periodsPerDay, this.period);
    const standing = this.#genesis
      ? new Map<number, OrderRow>()
      : standingOrders({ terms, resolved, lastReadings }, this.period);
    this.#orders = new Orders({ workspace, terms, resolved, accounts, standing });
    this.#readings = new Readings(books, this.period, lastReadings, terms);
  }

  /** Whether the market begins with this period: contracts and deposits alone. */
  get genesis(): boolean {
    return this.#genesis;
  }

  /** The orders of the period; throws `state` before {@link start}. */
  get orders(): Orders {
    return this.#orders ?? fail("state", "period", "a started period", "one not started");
  }

  /** The readings of the period; throws `state` before {@link start}. */
  get readings(): Readings {
    return this.#readings ?? fail("state", "period", "a started period", "one not started");
  }

  /**
   * Makes the standing orders, clears every carrier, settles what is due and returns everything that follows. Once.
   * `certify`: clearings on areas have to prove that they are the best (docs/areas.md, "The certificate").
   */
  close(secret: Uint8Array | null, certify = false): PeriodOutcome {
    const { orders, readings } = this;
    orders.makeStanding();
    const { workspace, terms, accounts, charges, books } = this.#state;
    const positions = this.#state.positions.begin(terms.participants.length * carrierCount);
    const unlinkedRound: Round = {
      period: this.period,
      lottery: new Lottery(this.#state.marketId(this.#engine), this.period, this.#engine),
      workspace,
      terms,
      resolved: this.#state.resolved,
      accounts,
      charges,
      orders,
      journal: this.#journal,
      sums: this.#sums,
      positions,
      engine: this.#engine,
      linked: unlinked,
      certify,
    };
    const round = this.#genesis
      ? unlinkedRound
      : { ...unlinkedRound, linked: linkConverters(unlinkedRound, this.#state.trial) };
    const least = terms.market!.leastMembers ?? 0;
    // As it clears, orders are released. Most markets have no use for it.
    const members = least === 0 ? [] : membersOf(orders.live);
    const outcomes: CarrierOutcome[] = [];
    let settled: number[] = [];
    if (!this.#genesis) {
      selfDischarge(round);
      for (const carrier of terms.market!.order)
        outcomes.push(clearCarrier(round, carriers.indexOf(carrier)));
      markDepartures(round);
      outcomes.sort((a, b) => a.carrier - b.carrier);
      if (terms.book !== null) {
        const delivers = terms.book.payment.metering!.delivered !== undefined;
        const dealt = delivers ? tradesBetween(this.#journal.take().trades, orders) : null;
        books.set(this.period, MeterBook.open(this.period, terms.book, positions, orders.live, dealt));
      }
      const { journal, period } = round;
      settled = settle({ period, terms, accounts, journal, readings, books });
    }
    const contracts = encodeItems(this.#contracts);
    const { trades, flows, postings } = this.#journal.take();
    const totals = totalsOf(this.#sums);
    const none = emptyTotals();
    return {
      sections: { contracts, orders: orders.encode(), readings: readings.encode(), trades, flows, postings },
      state: this.#state.roots(this.#engine, secret),
      totals,
      published: Object.fromEntries(
        carriers.map((carrier, code) => [
          carrier,
          (members[code] ?? least) < least ? none[carrier] : totals[carrier],
        ]),
      ) as Header["totals"],
      carriers: outcomes,
      settled,
    };
  }
}

/** How many members have an order of each carrier. */
function membersOf(live: Int32Array): number[] {
  const members = carriers.map(() => 0);
  for (let slot = 0; slot < live.length; slot += 1)
    if (live[slot] !== nobody) members[slot % carrierCount]! += 1;
  return members;
}

function totalsOf(sums: Sums): Header["totals"] {
  return Object.fromEntries(
    carriers.map((carrier, code) => [
      carrier,
      Object.fromEntries(totalNames.map((name) => [name, sums.get(code, name)])),
    ]),
  ) as Header["totals"];
}

/**
 * One period from its recorded input: what the live market did, done again. Advances `state`, which is spoilt when this
 * throws. Throws `corrupt`, `refused`, `conflict` or `limit` naming the contract, order or reading that the rules don't
 * admit.
 */
export function executePeriod(state: MarketState, input: PeriodInput, engine: MatchingEngine): PeriodOutcome {
  const open = new OpenPeriod(state, engine, input.period, input.beganMs);
  for (const [index, item] of decodeItems(input.contracts, "contracts").entries())
    within(`contract ${index}`, () => open.enter(parseContract(decodeCanonical(item), "contract"), item));
  open.start();
  if (open.genesis && input.orders.length > 0)
    fail("refused", "orders", "none at genesis", input.orders.length / orderLayout.bytes);
  takeOrders(open.orders, input.orders);
  takeReadings(open.readings, input);
  return open.close(input.secret ?? null, true);
}

/** Bytes of the length before each contract of a section. */
const lengthBytes = 4;

function takeOrders(orders: Orders, bytes: Uint8Array): void {
  checkRecords(orderLayout, bytes);
  const view = viewOf(bytes);
  for (let index = 0; index < bytes.length / orderLayout.bytes; index += 1) {
    if (stands(view, index)) continue;
    const refusal = orders.takeRecord(bytes, index);
    if (refusal !== null) throw refusal.at(`order ${index}`);
  }
}

function takeReadings(readings: Readings, { period, readings: bytes }: PeriodInput): void {
  checkRecords(readingLayout, bytes);
  const view = viewOf(bytes);
  for (let at = 0; at < bytes.length; at += readingLayout.bytes) {
    const reading = readingRow(view, at, period);
    if ((reading.flags & readingEstimated) !== 0) continue;
    const refusal = readings.take(reading);
    if (refusal !== null) throw refusal.at(`reading ${at / readingLayout.bytes}`);
  }
}
