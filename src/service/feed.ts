/**
 * The events of a market as a stream that nobody misses a part of. An event is a function of the ledger, or of the
 * orders acknowledged for the open period, and so is its place: `PERIOD.NUMBER`. Whoever names the last one it saw gets
 * the next, after a restart of the service as well, and a slow reader holds nothing in memory.
 */
import { fail } from "../errors.js";
import { decodeBlock, isPrivate } from "../ledger/format/block.js";
import { decodeHeader } from "../ledger/format/header.js";
import { decodeRecords } from "../ledger/format/layout.js";
import { type OrderRecord, orderLayout } from "../ledger/format/records.js";
import type { LoggedMarket } from "../market/logged.js";
import { type Names, namesOf, orderDocument, periodDocument, tradeDocuments } from "./documents.js";
import type { ServiceLimits } from "./settings.js";

/** An event with its place; `data` is JSON on one line. */
export interface FeedEvent {
  /** `PERIOD.NUMBER`; null for what is told in passing and is no part of the sequence. */
  readonly id: string | null;
  readonly event: "order" | "cleared" | "trades" | "block" | "gate";
  readonly data: string;
}

/** The place of the next event wanted. */
interface FeedPlace {
  readonly period: number;
  readonly number: number;
}

/** Trades of one event. */
const tradesAnEvent = 256;
/** Sealed periods whose events are kept for the next reader. */
const keptPeriods = 4;

/** The place after the event of this id. Throws `invalid` for text that is no id. */
function placeAfter(id: string, field: string): FeedPlace {
  const match = /^(\d{1,15})\.(\d{1,15})$/.exec(id);
  return match === null
    ? fail("invalid", field, "the id of an event, PERIOD.NUMBER", id)
    : { period: Number(match[1]), number: Number(match[2]) + 1 };
}

/** The events of a market, for any number of readers. */
export class Feed {
  readonly #market: LoggedMarket;
  readonly #limits: Pick<ServiceLimits, "history" | "streams">;
  #streams = 0;
  readonly #isPrivate: boolean;
  readonly #names: Names;
  /** Events of the orders of periods that are not sealed. */
  readonly #unsealed = new Map<number, FeedEvent[]>();
  /** Events of sealed periods that were read lately, the last read last. */
  readonly #sealed = new Map<number, Promise<readonly FeedEvent[]>>();
  readonly #waiting = new Set<() => void>();
  readonly #stop: (() => void)[];
  #closed = false;

  constructor(market: LoggedMarket, limits: Pick<ServiceLimits, "history" | "streams">) {
    this.#market = market;
    this.#limits = limits;
    this.#names = namesOf(market);
    this.#isPrivate = market.contract.privacy === "private";
    // What was acknowledged before the service was opened.
    for (const [number, order] of decodeRecords(orderLayout, market.openOrders.records()).entries())
      this.#take(market.period, number, order);
    this.#stop = [
      market.on("order", (order) => this.#take(order.period, order.sequence, order)),
      market.on("cleared", () => this.#wake()),
      market.on("sealed", ({ period }) => {
        this.#unsealed.delete(period);
        this.#wake();
      }),
    ];
  }

  /**
   * The events behind the one with the id `after`, or from now on, without an end until `signal` is aborted or the feed
   * is closed; each new period begins with a `gate` for those who are there. Throws `state` when too many are open,
   * `limit` for a place that lies too far back, `invalid` for one ahead and for what is no id.
   */
  open(after: string | undefined, signal: AbortSignal): AsyncGenerator<FeedEvent> {
    const { streams } = this.#limits;
    if (this.#streams >= streams) fail("state", "events", `at most ${streams} streams`, streams + 1);
    const place = after === undefined ? this.#now() : placeAfter(after, "after");
    this.#check(place);
    if (signal.aborted) fail("state", "events", "a stream that is wanted", "one that has ended");
    this.#streams += 1;
    signal.addEventListener(
      "abort",
      () => {
        this.#streams -= 1;
      },
      { once: true },
    );
    return this.#from(place, signal);
  }

  /** The place of the next event there will be. */
  #now(): FeedPlace {
    const { period } = this.#market;
    return { period, number: this.#unsealed.get(period)?.length ?? 0 };
  }

  async *#from({ period, number }: FeedPlace, signal: AbortSignal): AsyncGenerator<FeedEvent> {
    let next = number;
    for (let at = period; !signal.aborted && !this.#closed; ) {
      const sealed = at < this.#sealedEnd;
      const events = sealed ? await this.#eventsOf(at) : (this.#unsealed.get(at) ?? []);
      for (let event = events[next]; event !== undefined && !signal.aborted; event = events[next]) {
        next += 1;
        yield event;
      }
      if (sealed) {
        at += 1;
        next = 0;
        if (at === this.#market.period) yield this.#gate();
      } else if (events[next] === undefined && at >= this.#sealedEnd) await this.#changed(signal);
    }
  }

  /** Ends all streams. */
  close(): void {
    this.#closed = true;
    for (const stop of this.#stop) stop();
    this.#wake();
  }

  /** The first period without a block. */
  get #sealedEnd(): number {
    return this.#market.contract.from + this.#market.store.size;
  }

  #check({ period }: FeedPlace): void {
    const first = Math.max(this.#market.contract.from, this.#sealedEnd - this.#limits.history);
    if (period < first) fail("limit", "after", `an event of period ${first} or later`, period);
    if (period > this.#market.period)
      fail("invalid", "after", `a period up to ${this.#market.period}`, period);
  }

  #gate(): FeedEvent {
    const { period, gateClosureMs } = this.#market;
    return { id: null, event: "gate", data: JSON.stringify({ period, closesMs: gateClosureMs }) };
  }

  #take(period: number, number: number, order: OrderRecord): void {
    if (this.#isPrivate) return;
    const events = this.#unsealed.get(period) ?? [];
    this.#unsealed.set(period, events);
    events[number] = orderEvent(period, number, order, this.#names);
    this.#wake();
  }

  #eventsOf(period: number): Promise<readonly FeedEvent[]> {
    const kept = this.#sealed.get(period) ?? this.#read(period);
    this.#sealed.delete(period);
    this.#sealed.set(period, kept);
    for (const oldest of this.#sealed.keys())
      if (this.#sealed.size > keptPeriods) this.#sealed.delete(oldest);
    kept.catch(() => this.#sealed.delete(period));
    return kept;
  }

  async #read(period: number): Promise<readonly FeedEvent[]> {
    const height = period - this.#market.contract.from;
    const bytes =
      (await this.#market.store.get(height)) ?? fail("state", `block ${height}`, "a block", "none");
    return sealedEvents(bytes, this.#names);
  }

  #changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener("abort", wake);
    });
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

const orderEvent = (period: number, number: number, order: OrderRecord, names: Names): FeedEvent => ({
  id: `${period}.${number}`,
  event: "order",
  data: JSON.stringify({ period, number, ...orderDocument(order, names) }),
});

/** The events of a sealed period: its orders and trades, where they are everybody's, what it came to, and its block. */
function sealedEvents(bytes: Uint8Array, names: Names): FeedEvent[] {
  const header = decodeHeader(bytes);
  const { period } = header;
  const shown = isPrivate(header) ? null : decodeBlock(bytes);
  const events = (shown === null ? [] : decodeRecords(orderLayout, shown.sections.orders)).map(
    (order, number) => orderEvent(period, number, order, names),
  );
  const add = (event: FeedEvent["event"], data: object): void => {
    events.push({ id: `${period}.${events.length}`, event, data: JSON.stringify(data) });
  };
  const { height, hash, parent, timestampMs, ...result } = periodDocument(bytes, shown, names);
  add("cleared", result);
  const trades = shown === null ? [] : tradeDocuments(shown, names);
  for (let first = 0; first < trades.length; first += tradesAnEvent)
    add("trades", { period, first, trades: trades.slice(first, first + tradesAnEvent) });
  add("block", { period, height, hash, parent, timestampMs });
  return events;
}
