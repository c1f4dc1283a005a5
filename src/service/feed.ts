/**
 * The events of a market as a stream that nobody misses a part of. An event is a function of the ledger, or of the
 * orders acknowledged for the open period, and so is its place: `PERIOD.NUMBER`. Whoever names the last one it saw gets
 * the next that it may see, after a restart of the service as well, and a slow reader holds nothing in memory.
 */
import { fail } from "../errors.js";
import { decodeRecords } from "../ledger/format/layout.js";
import { type OrderRecord, orderLayout } from "../ledger/format/records.js";
import type { LoggedMarket } from "../market/logged.js";
import { type Names, namesOf } from "./documents.js";
import { type FeedEvent, OpenEvents, type Placed, placeOf, SealedEvents, type View } from "./events.js";
import { nextTurn } from "./nextturn.js";
import type { ServiceLimits } from "./settings.js";

/** The place of the next event wanted. */
interface FeedPlace {
  readonly period: number;
  readonly number: number;
}

/** Sealed periods whose events are kept for the next reader. */
const keptPeriods = 4;

/** Events that a reader is handed at once: so many, and none beyond so many characters of data. */
const mostAtOnce = 256;
const mostCharacters = 65_536;

/**
 * Readers are woken in rounds, some a turn of the event loop: what came meanwhile is written to each at once, and
 * between two turns others are served, of new connections one a turn. A round lasts at least so many milliseconds, and
 * one for each reader: so a thousand writes a second is what readers cost, however many they are.
 */
const roundMs = 100;
const readersATurn = 8;

/** The place after the event of this id. Throws `invalid` for text that is no id. */
function placeAfter(id: string, field: string): FeedPlace {
  const match = /^(\d{1,15})\.(\d{1,15})$/.exec(id);
  return match === null
    ? fail("invalid", field, "the id of an event, PERIOD.NUMBER", id)
    : { period: Number(match[1]), number: Number(match[2]) + 1 };
}

/** What a feed tells of. */
interface FedPlatform {
  readonly market: LoggedMarket;
  readonly closesMs: number | null;
}

/** The events of a market, for any number of readers. */
export class Feed {
  readonly #platform: FedPlatform;
  readonly #market: LoggedMarket;
  readonly #limits: Pick<ServiceLimits, "history" | "streams">;
  #streams = 0;
  readonly #isPrivate: boolean;
  readonly #names: Names;
  /** Events of the orders of periods that are not sealed. */
  readonly #unsealed = new Map<number, OpenEvents>();
  /** Events of sealed periods that were read lately, the last read last. */
  readonly #sealed = new Map<number, Promise<SealedEvents>>();
  readonly #waiting = new Set<() => void>();
  /** Whether a round of waking is under way, and whether another is due when it is over. */
  #waking = false;
  #isDue = false;
  readonly #stop: (() => void)[];
  #closed = false;

  constructor(platform: FedPlatform, limits: Pick<ServiceLimits, "history" | "streams">) {
    const { market } = platform;
    this.#platform = platform;
    this.#market = market;
    this.#limits = limits;
    this.#names = namesOf(market);
    this.#isPrivate = market.contract.privacy === "private";
    // What was acknowledged before the service was opened.
    for (const order of decodeRecords(orderLayout, market.openOrders.records()))
      this.#take(market.period, order);
    this.#stop = [
      market.on("order", (order) => this.#take(order.period, order)),
      market.on("cleared", () => this.#wake()),
      market.on("sealed", ({ period }) => {
        this.#unsealed.delete(period);
        this.#wake();
      }),
    ];
  }

  /**
   * The events of a view behind the one with the id `after`, or from now on, in order, as many at once as there are and
   * go into one piece, without an end until `signal` is aborted or the feed is closed; each new period begins with a
   * `gate` for those who are there. Throws `state` when too many are open, `limit` for a place that lies too far back,
   * `invalid` for one ahead and for what is no id.
   */
  open(after: string | undefined, view: View, signal: AbortSignal): AsyncGenerator<readonly FeedEvent[]> {
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
    return this.#from(place, view, signal);
  }

  /** The place of the next event there will be. */
  #now(): FeedPlace {
    const { period } = this.#market;
    return { period, number: this.#unsealed.get(period)?.next ?? 0 };
  }

  async *#from(
    { period, number }: FeedPlace,
    view: View,
    signal: AbortSignal,
  ): AsyncGenerator<readonly FeedEvent[]> {
    let next = number;
    for (let at = period; !signal.aborted && !this.#closed; ) {
      const sealed = at < this.#sealedEnd;
      const events = (sealed ? await this.#eventsOf(at) : this.#unsealed.get(at))?.of(view) ?? [];
      for (let index = placeOf(events, next); index < events.length && !signal.aborted; ) {
        const piece = pieceOf(events, index);
        index += piece.length;
        next = events[index - 1]!.number + 1;
        yield piece;
      }
      if (sealed) {
        at += 1;
        next = 0;
        if (at === this.#market.period) yield [this.#gate()];
      } else if ((events.at(-1)?.number ?? -1) < next && at >= this.#sealedEnd) await this.#changed(signal);
    }
  }

  /** Ends all streams. */
  close(): void {
    this.#closed = true;
    for (const stop of this.#stop) stop();
    for (const wake of [...this.#waiting]) wake();
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
    const { period } = this.#market;
    const { closesMs } = this.#platform;
    return { id: null, event: "gate", data: JSON.stringify({ period, closesMs }) };
  }

  #take(period: number, order: OrderRecord): void {
    const events = this.#unsealed.get(period) ?? new OpenEvents(period, this.#names, this.#isPrivate);
    this.#unsealed.set(period, events);
    events.add(order);
    this.#wake();
  }

  #eventsOf(period: number): Promise<SealedEvents> {
    const kept = this.#sealed.get(period) ?? this.#read(period);
    this.#sealed.delete(period);
    this.#sealed.set(period, kept);
    for (const oldest of this.#sealed.keys())
      if (this.#sealed.size > keptPeriods) this.#sealed.delete(oldest);
    kept.catch(() => this.#sealed.delete(period));
    return kept;
  }

  async #read(period: number): Promise<SealedEvents> {
    const height = period - this.#market.contract.from;
    const bytes =
      (await this.#market.store.get(height)) ?? fail("state", `block ${height}`, "a block", "none");
    return new SealedEvents(bytes, this.#names);
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
    this.#isDue = true;
    if (!this.#waking) void this.#wakeInRounds();
  }

  async #wakeInRounds(): Promise<void> {
    this.#waking = true;
    while (this.#isDue && !this.#closed) {
      this.#isDue = false;
      const readers = [...this.#waiting];
      const over = new Promise((go) => setTimeout(go, Math.max(roundMs, readers.length)));
      for (const [at, wake] of readers.entries()) {
        if (at > 0 && at % readersATurn === 0) await nextTurn();
        wake();
      }
      await over;
    }
    this.#waking = false;
  }
}

/** Events from an index on that go together: one at least. */
function pieceOf(events: readonly Placed[], from: number): FeedEvent[] {
  const piece: FeedEvent[] = [];
  let characters = 0;
  for (let at = from; at < events.length && piece.length < mostAtOnce; at += 1) {
    const { event } = events[at]!;
    characters += event.data.length;
    if (piece.length > 0 && characters > mostCharacters) break;
    piece.push(event);
  }
  return piece;
}
