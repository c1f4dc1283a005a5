/**
 * The market that might have been: a ledger's contracts, as other rules make them, and the orders and readings of its
 * blocks, cleared again in memory. Whatever else a block says follows anew: stores act by their contracts, and nothing
 * is sealed. What the rules do not take is counted.
 */
import { viewOf } from "../../bytes.js";
import { GridclearError, within } from "../../errors.js";
import type { Block } from "../../ledger/format/block.js";
import { orderLayout, readingEstimated, readingLayout } from "../../ledger/format/records.js";
import type { Contract } from "../../market/contracts/contracts.js";
import { contractKey, parseContract } from "../../market/contracts/kinds.js";
import { carrierCount, type Terms } from "../../market/contracts/terms.js";
import type { MatchingEngine } from "../../market/engine.js";
import { meter } from "../../market/period/meters.js";
import { nextRevision, orderRow, readRow, stands } from "../../market/period/orderrow.js";
import { OpenPeriod, type PeriodOutcome } from "../../market/period/period.js";
import { readingRow } from "../../market/period/readings.js";
import { MarketState } from "../../market/period/state.js";
import { maxQuantity } from "../../units.js";
import type { Changes } from "./changes.js";

/** What the other rules did not take. */
export interface Refusals {
  /** Orders, by the id of their participant. */
  readonly orders: ReadonlyMap<string, number>;
  readonly readings: number;
  readonly contracts: number;
  /** Why the first of them was not taken; null: all were. */
  readonly first: string | null;
}

/** By how much a meter shows something else than it did, in quantity ticks. */
export type MeterShift = (period: number, slot: number) => readonly [taken: number, given: number];

/** The other market, period by period. */
export class OtherMarket {
  readonly state: MarketState = new MarketState();
  /** By number of a participant here: its number in the ledger, or that of whom it copies. */
  readonly origins: number[] = [];
  readonly #engine: MatchingEngine;
  /** When the period of the next block began: the timestamp of the block before. */
  #beganMs = 0;
  readonly #changes: Changes;
  /** By number of a participant in the ledger: its own number here and those of its copies; none for one taken out. */
  #numbers: readonly (readonly number[])[] = [];
  readonly #orders = new Map<string, number>();
  #readings = 0;
  #contracts = 0;
  #first: string | null = null;

  constructor(engine: MatchingEngine, changes: Changes) {
    this.#engine = engine;
    this.#changes = changes;
  }

  /** What was not taken so far. */
  get refused(): Refusals {
    return { orders: this.#orders, readings: this.#readings, contracts: this.#contracts, first: this.#first };
  }

  /**
   * Clears the period of the next block under the other rules.
   *
   * @param ledger the terms of the ledger after that block
   * @throws GridclearError what the rules make of a contract that can't be, naming the rule, of genesis the contract
   */
  execute(block: Block, contracts: readonly Contract[], ledger: Terms, shift: MeterShift): PeriodOutcome {
    const { header, sections } = block;
    const open = new OpenPeriod(this.state, this.#engine, header.period, this.#beganMs);
    this.#beganMs = header.timestampMs;
    this.#enterAll(open, contracts);
    open.start();
    if (contracts.length > 0) this.#numberAll(ledger);
    this.#takeOrders(open, sections.orders);
    this.#takeReadings(open, sections.readings, shift);
    return open.close(null, true);
  }

  #enterAll(open: OpenPeriod, contracts: readonly Contract[]): void {
    const changed = contracts.flatMap((contract) => this.#changes.of(contract) ?? []);
    for (const contract of changed) this.#enter(open, contract);
    for (const contract of changed)
      for (const copy of this.#changes.copies(contract)) this.#enter(open, copy);
    for (const { field, contract } of this.#changes.batteries(this.state.terms, open.period))
      within(field, () => open.enter(parseContract(contract, "contract")));
  }

  #enter(open: OpenPeriod, contract: Contract): void {
    const { terms } = this.state;
    if (contract.kind === "end" && !terms.inForce.has(contract.contract)) return;
    // Those before it may be fewer here.
    const version = terms.nextVersion(contractKey(contract));
    try {
      open.enter({ ...this.#fitted(contract), version });
    } catch (error) {
      // What a market begins with has to fit; later on, what does not is dropped as it always is.
      if (!(error instanceof GridclearError) || open.genesis || terms.market === null) throw error;
      this.#contracts += 1;
      this.#refused(open.period, error);
    }
  }

  /** No contract may say that more than retail is paid in the pool, and more than that never is. */
  #fitted(contract: Contract): Contract {
    if (contract.kind !== "use" || contract.poolLimit === undefined) return contract;
    const retail = this.state.terms.payment?.tariffs[contract.carrier].retail;
    if (typeof retail !== "number") return contract;
    return { ...contract, poolLimit: Math.min(contract.poolLimit, retail) };
  }

  #numberAll({ participants }: Terms): void {
    const { terms } = this.state;
    this.#numbers = participants.map(({ name }, origin) => {
      const found = [name, ...this.#changes.copiesOf(name)].flatMap((id) => terms.numberOf(id) ?? []);
      for (const number of found) this.origins[number] = origin;
      return this.#changes.leaves(name) ? [] : found;
    });
  }

  #takeOrders({ orders, period }: OpenPeriod, bytes: Uint8Array): void {
    const view = viewOf(bytes);
    const row = orderRow();
    for (let index = 0; index < bytes.length / orderLayout.bytes; index += 1) {
      if (stands(view, index)) continue;
      readRow(view, index, row);
      for (const participant of this.#numbers[row.participant]!) {
        // What was not taken need not be withdrawn.
        const slot = participant * carrierCount + row.carrier;
        if (row.quantity === 0 && orders.heldSide(slot) === null) continue;
        row.participant = participant;
        row.revision = nextRevision;
        const refusal = orders.take(row);
        if (refusal === null) continue;
        const { name } = this.state.terms.participants[participant]!;
        this.#orders.set(name, (this.#orders.get(name) ?? 0) + 1);
        this.#refused(period, refusal.at(name));
      }
    }
  }

  /** Takes what meters said, as far as they say the same; estimates are made anew. */
  #takeReadings({ readings, period }: OpenPeriod, bytes: Uint8Array, shift: MeterShift): void {
    const view = viewOf(bytes);
    for (let at = 0; at < bytes.length; at += readingLayout.bytes) {
      const reading = readingRow(view, at, period);
      if ((reading.flags & readingEstimated) !== 0) continue;
      const book = this.state.books.get(reading.period);
      for (const participant of this.#numbers[reading.participant]!) {
        const slot = participant * carrierCount + reading.carrier;
        const row = book?.find(slot) ?? -1;
        const version = row < 0 ? 1 : book!.get(row, meter.version) + 1;
        const [taken, given] = shift(reading.period, slot);
        const refusal = readings.take({
          ...reading,
          participant,
          version,
          in: within32(reading.in + taken),
          out: within32(reading.out + given),
        });
        if (refusal === null) continue;
        this.#readings += 1;
        this.#refused(period, refusal.at(this.state.terms.participants[participant]!.name));
      }
    }
  }

  #refused(period: number, error: GridclearError): void {
    this.#first ??= error.at(`period ${period}`).message;
  }
}

/** A meter's register is a whole number of 32 bits. */
const within32 = (ticks: number): number => Math.max(0, Math.min(ticks, maxQuantity));
