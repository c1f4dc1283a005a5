/**
 * What a market tells, and how. Nothing is told while something is half done: what happens is noted, and told in order
 * once the market is whole again, so a listener may call anything. A listener that throws, or returns a promise that
 * rejects, harms neither the market nor the other listeners: the reporter is called with the error.
 */
import { fail, type GridclearError } from "../errors.js";
import { type OrderRecord, sides, standingRevision } from "../ledger/format/records.js";
import { carriers } from "../units.js";
import type { Contract } from "./contracts/contracts.js";
import type { OpenPeriod } from "./period/period.js";
import type { PeriodResult } from "./result.js";

/** What a market tells as it happens: orders as they come, results as they fall (paper §4.2(3)). */
export interface MarketEvents {
  /** An order was taken; quantity and price in ticks, quantity 0 withdraws. */
  order: OrderRecord & { readonly sequence: number; readonly period: number };
  /** An order no longer counts: a later one of its participant and carrier took its place. */
  replaced: { readonly sequence: number; readonly by: number; readonly period: number };
  /** A request was not granted, or a contract that was accepted did not fit when its period began. */
  refused: { readonly what: "order" | "reading" | "contract"; readonly error: GridclearError };
  /** A period was cleared and the next is open; its block is on the way to the store. */
  cleared: PeriodResult;
  /** A contract began to hold. */
  contract: { readonly contract: Contract; readonly period: number };
  /** A period's block is on the store. */
  sealed: PeriodResult;
  /** The readings of a period were settled. */
  settled: { readonly period: number };
  /** The market stopped for good: its store or its engine failed. */
  failed: { readonly error: unknown };
}

const eventNames: readonly (keyof MarketEvents)[] = [
  "order",
  "replaced",
  "refused",
  "cleared",
  "contract",
  "sealed",
  "settled",
  "failed",
];

/** Called with what a listener threw or rejected with, and the event that it listened to. */
export type ListenerReporter = (error: unknown, event: keyof MarketEvents) => void;

/** Writes to the console. */
export const reportToConsole: ListenerReporter = (error, event) =>
  console.error(`gridclear: a listener of "${event}" failed:`, error);

type Note = { [Name in keyof MarketEvents]: readonly [Name, MarketEvents[Name]] }[keyof MarketEvents];

/** Keeps the listeners, and the events that were noted for them and not told yet. */
export class Emitter {
  readonly #listeners = new Map<keyof MarketEvents, Set<(event: never) => unknown>>();
  readonly #report: ListenerReporter;
  /** Notes not told yet; orders stand in runs, so that many cost nothing before they are told. */
  #noted: Iterable<Note>[] = [];
  #telling = false;

  constructor(report: ListenerReporter) {
    this.#report = report;
  }

  /**
   * Calls `listener` on each such event until the returned function is called. Throws `invalid` for an unknown event.
   */
  on<Name extends keyof MarketEvents>(
    name: Name,
    listener: (event: MarketEvents[Name]) => unknown,
  ): () => void {
    if (!eventNames.includes(name)) fail("invalid", "event", `one of ${eventNames.join(", ")}`, name);
    if (typeof listener !== "function") fail("invalid", "listener", "a function", listener);
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener as (event: never) => unknown));
    return () => {
      listeners.delete(listener as (event: never) => unknown);
    };
  }

  /** Notes an event, to be told by {@link tell}. */
  note<Name extends keyof MarketEvents>(name: Name, event: MarketEvents[Name]): void {
    if (this.#wanted(name)) this.#noted.push([[name, event] as unknown as Note]);
  }

  /** Notes the orders of a period from number `first` up to `end`. */
  noteOrders(open: OpenPeriod, first: number, end: number): void {
    if (this.#wanted("order") || this.#wanted("replaced")) this.#noted.push(notesOfOrders(open, first, end));
  }

  /** Notes the standing orders of a period that has closed: the last of its orders. */
  noteStanding(open: OpenPeriod): void {
    if (!this.#wanted("order")) return;
    const { orders } = open;
    let first = orders.count;
    while (first > 0 && orders.row(first - 1).revision === standingRevision) first -= 1;
    // Read at once: the next period, open when they are told, writes its orders in the same place.
    this.#noted.push([...notesOfOrders(open, first, orders.count)]);
  }

  /**
   * Tells what was noted, in order, to everybody who asked, in the order in which they asked. A call from a listener
   * leaves it to the first.
   */
  tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    for (let run = this.#noted.shift(); run !== undefined; run = this.#noted.shift())
      for (const [name, event] of run)
        for (const listener of [...(this.#listeners.get(name) ?? [])]) this.#call(listener, name, event);
    this.#telling = false;
  }

  #wanted(name: keyof MarketEvents): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0;
  }

  #call(listener: (event: never) => unknown, name: keyof MarketEvents, event: unknown): void {
    const report = (error: unknown): void => {
      try {
        this.#report(error, name);
      } catch {
        // A reporter that fails has nobody to report to.
      }
    };
    try {
      const answer = listener(event as never);
      if (typeof (answer as Promise<unknown> | undefined)?.then === "function")
        Promise.resolve(answer).catch(report);
    } catch (error) {
      report(error);
    }
  }
}

/** The orders of a period from number `first` up to `end`, as events. */
function* notesOfOrders({ orders, period }: OpenPeriod, first: number, end: number): Iterable<Note> {
  for (let sequence = first; sequence < end; sequence += 1) {
    const { carrier, side, ...row } = orders.row(sequence);
    yield ["order", { ...row, sequence, period, carrier: carriers[carrier]!, side: sides[side]! }];
    const replaced = orders.replaced[sequence]!;
    if (replaced >= 0) yield ["replaced", { sequence: replaced, by: sequence, period }];
  }
}
