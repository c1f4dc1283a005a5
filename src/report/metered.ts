/**
 * What the meters of shared carriers come to: what each drew and injected, what communities shared of it, and so what
 * is left for its member's own supplier. No money of a market moves for that rest, and no record says it.
 */

import { hex } from "../bytes.js";
import type { Block } from "../ledger/format/block.js";
import { partsOfBook } from "../ledger/format/books.js";
import { decodeCanonical } from "../ledger/format/canonical.js";
import { decodeRecords, readRecord } from "../ledger/format/layout.js";
import { flowCode, flowLayout, readingLayout } from "../ledger/format/records.js";
import type { Snapshot } from "../ledger/format/snapshot.js";
import { bookLayout, meterKnown, meterLayout } from "../ledger/format/state.js";
import type { Contract, MarketContract, PaymentContract } from "../market/contracts/contracts.js";
import { enterShared, isShare } from "../market/contracts/sharedcontracts.js";
import { type PeriodTariffs, tariffsAt } from "../market/contracts/tariffs.js";
import { carriers } from "../units.js";

/** What held outside the market in a period. */
export interface Outside {
  readonly tariffs: PeriodTariffs;
  /** By carrier code: what the grid's energy emits, mg of CO2 a kWh. */
  readonly intensity: readonly number[];
}

/** What a block adds to what a meter came to in a period, in quantity ticks; a correction may take away. */
export interface MeteredChange {
  /** Participant × 4 + carrier code. */
  readonly slot: number;
  /** Of the metered period. */
  readonly outside: Outside;
  readonly drawn: number;
  readonly injected: number;
  readonly received: number;
  readonly supplied: number;
}

/** A period whose meters may still be heard of. */
interface MeteredPeriod {
  readonly outside: Outside;
  readonly shares: ReadonlySet<string>;
  /** The last period in which a meter of it may be heard of. */
  readonly last: number;
  /** By slot: what was said last. */
  readonly said: Map<number, { readonly in: number; readonly out: number }>;
}

const none = { drawn: 0, injected: 0, received: 0, supplied: 0 } as const;

/** Follows the meters of shared carriers through blocks that come in order. */
export class MeteredWatch {
  /** Carriers that are shared in the period of the next block. */
  readonly #shares = new Set<string>();
  readonly #periods = new Map<number, MeteredPeriod>();
  /** How many periods later meters of the period are heard of at most. */
  #reach = 0;

  /** Takes the contracts of the next block. */
  enter(contracts: readonly Contract[]): void {
    for (const contract of contracts) {
      if (contract.kind === "payment") this.#reach = reachOf(contract);
      enterShared(this.#shares, contract);
    }
  }

  /**
   * Takes what meters said before the first block, by the terms of their periods, which are taken to have begun when
   * they should. `intensityAt`: of the period that ends at a time.
   */
  restore(
    snapshot: Snapshot,
    market: MarketContract,
    intensityAt: (endMs: number) => Outside["intensity"],
  ): void {
    const { header, books, terms, meters } = snapshot;
    const byHash = new Map<string, readonly Contract[]>();
    for (const [index, book] of decodeRecords(bookLayout, books).entries()) {
      const hash = hex(book.terms);
      const agreed =
        byHash.get(hash) ??
        terms[byHash.size]!.map((contract) => decodeCanonical(contract) as unknown as Contract);
      byHash.set(hash, agreed);
      const payment = agreed[0] as PaymentContract;
      const endMs = header.timestampMs - (header.period - book.period) * market.periodMs;
      const period: MeteredPeriod = {
        outside: {
          tariffs: tariffsAt(payment, market, endMs - market.periodMs),
          intensity: intensityAt(endMs),
        },
        shares: new Set(agreed.filter(isShare).map(({ carrier }) => carrier)),
        last: book.period + reachOf(payment),
        said: new Map(),
      };
      if (period.shares.size === 0) continue;
      this.#periods.set(book.period, period);
      for (const { participant, carrier, flags, in: drawn, out } of decodeRecords(
        meterLayout,
        partsOfBook(book, meters[index]!).meters,
      ))
        if (period.shares.has(carrier) && (flags & meterKnown) !== 0)
          period.said.set(slotOf(participant, carrier), { in: drawn, out });
    }
  }

  /**
   * Takes the records of a block whose contracts were taken, and what holds outside the market in its period; `take` is
   * given each change.
   */
  add({ header, sections }: Block, outside: Outside, take: (change: MeteredChange) => void): void {
    if (this.#shares.size > 0)
      this.#periods.set(header.period, {
        outside,
        shares: new Set(this.#shares),
        last: header.period + this.#reach,
        said: new Map(),
      });
    for (const [period, { last }] of this.#periods) {
      if (last >= header.period) break;
      this.#periods.delete(period);
    }
    if (this.#periods.size === 0) return;
    for (const { participant, carrier, age, in: drawn, out } of decodeRecords(
      readingLayout,
      sections.readings,
    )) {
      const period = this.#periods.get(header.period - age);
      if (period?.shares.has(carrier) !== true) continue;
      const slot = slotOf(participant, carrier);
      const before = period.said.get(slot) ?? { in: 0, out: 0 };
      period.said.set(slot, { in: drawn, out });
      take({
        ...none,
        slot,
        outside: period.outside,
        drawn: drawn - before.in,
        injected: out - before.out,
      });
    }
    for (let index = 0; index < header.sections.flows.count; index += 1) {
      const kind = sections.flows[index * flowLayout.bytes]!;
      if (kind !== flowCode.shared && kind !== flowCode.unshared) continue;
      const { carrier, party, order, quantity, extra } = readRecord(flowLayout, sections.flows, index);
      const its = this.#periods.get(Number(extra))?.outside ?? outside;
      const more = kind === flowCode.shared ? quantity : -quantity;
      take({ ...none, outside: its, slot: slotOf(party, carrier), received: more });
      take({ ...none, outside: its, slot: slotOf(order, carrier), supplied: more });
    }
  }
}

const reachOf = ({ metering }: PaymentContract): number =>
  metering === null ? 0 : metering.window + metering.corrections;

const slotOf = (participant: number, carrier: (typeof carriers)[number]): number =>
  participant * carriers.length + carriers.indexOf(carrier);
