import type { GridclearError } from "../errors.js";
import { type OrderRecord, sides } from "../ledger/format/records.js";
import { carriers } from "../units.js";
import type { Contract } from "./contracts/contracts.js";
import type { OpenPeriod } from "./period/period.js";
import type { PeriodResult } from "./result.js";

/** What a market tells as it happens: orders as they come, results as they fall (paper §4.2(3)). */
export interface MarketEvents {
  /** An order was taken; quantity and price in ticks, quantity 0 withdraws. */
  order: OrderRecord & { readonly sequence: number; readonly period: number };
  /** An order no longer counts: a later one of its participant and carrier took its place. */
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

/** A small emitter: what happens, told to whoever asked, in the order in which they asked. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(event: never) => void>>();

  /** Calls `listener` on each such event until the returned function is called. */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener as (event: never) => void));
    return () => {
      listeners.delete(listener as (event: never) => void);
    };
  }

  /** Whether anybody asked for this. */
  has(name: keyof Events): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0;
  }

  /** Tells everybody who asked. What a listener throws is the platform's to report: it neither reaches the market nor the other listeners. */
  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])])
      try {
        listener(event as never);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
  }
}

/** Tells those who listen of the orders of the open period from number `first` on. */
export function publishOrders(events: Emitter<MarketEvents>, open: OpenPeriod, first: number): void {
  if (!events.has("order") && !events.has("replaced")) return;
  const { orders, period } = open;
  for (let sequence = first; sequence < orders.count; sequence += 1) {
    events.emit("order", {
      sequence,
      period,
      participant: orders.participant[sequence]!,
      carrier: carriers[orders.carrier[sequence]!]!,
      side: sides[orders.side[sequence]!]!,
      revision: orders.revision[sequence]!,
      quantity: orders.quantity[sequence]!,
      price: orders.price[sequence]!,
    });
    const replaced = orders.replaced[sequence]!;
    if (replaced >= 0) events.emit("replaced", { sequence: replaced, by: sequence });
  }
}
