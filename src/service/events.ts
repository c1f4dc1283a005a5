/**
 * The events of a market, and who is told which. All have their place in one sequence, which is a function of the
 * ledger; what one reader is shown is a part of it, in the same places. So whoever is shown more from some event on,
 * because it signs its request now, misses nothing and is told nothing twice.
 */
import { fail } from "../errors.js";
import { type Block, decodeBlock, isPrivate, isWithheld } from "../ledger/format/block.js";
import { decodeHeader, type Header } from "../ledger/format/header.js";
import { decodeRecords } from "../ledger/format/layout.js";
import { type OrderRecord, orderLayout } from "../ledger/format/records.js";
import { type Names, orderDocument, ownTrades, periodDocument, tradeDocuments } from "./documents.js";

/** An event with its place; `data` is JSON on one line. */
export interface FeedEvent {
  /** `PERIOD.NUMBER`; null for what is told in passing and is no part of the sequence. */
  readonly id: string | null;
  readonly event: "order" | "cleared" | "trades" | "traded" | "block" | "gate";
  readonly data: string;
}

/** What a reader is shown: everything, what is everybody's, or that and what is of a member with this number. */
export type View = "everything" | "public" | number;

/** An event at its number in the period. */
export interface Placed {
  readonly number: number;
  readonly event: FeedEvent;
}

/** Trades of one event. */
const tradesAnEvent = 256;

/** The first of events in order whose number is not below this one. */
export function placeOf(events: readonly Placed[], number: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (events[middle]!.number < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The event of an order. */
function orderEvent(period: number, number: number, order: OrderRecord, names: Names): Placed {
  const data = JSON.stringify({ period, number, ...orderDocument(order, names) });
  return { number, event: { id: `${period}.${number}`, event: "order", data } };
}

/** The orders acknowledged for a period that is not sealed, as events. */
export class OpenEvents {
  readonly #period: number;
  readonly #names: Names;
  /** Whether members are shown a part each. */
  readonly #isPrivate: boolean;
  readonly #all: Placed[] = [];
  readonly #own = new Map<number, Placed[]>();

  constructor(period: number, names: Names, ofPrivate: boolean) {
    this.#period = period;
    this.#names = names;
    this.#isPrivate = ofPrivate;
  }

  /** The number of the next. */
  get next(): number {
    return this.#all.length;
  }

  /** Takes the next order. */
  add(order: OrderRecord): void {
    const placed = orderEvent(this.#period, this.next, order, this.#names);
    this.#all.push(placed);
    if (!this.#isPrivate) return;
    const own = this.#own.get(order.participant) ?? [];
    this.#own.set(order.participant, own);
    own.push(placed);
  }

  /** What a reader is shown of them, in order. */
  of(view: View): readonly Placed[] {
    if (!this.#isPrivate || view === "everything") return this.#all;
    return view === "public" ? [] : (this.#own.get(view) ?? []);
  }
}

/**
 * The events of a sealed period: its orders, what it came to, its trades and its block; numbered as they all follow one
 * another, whoever is shown them.
 */
export class SealedEvents {
  readonly #header: Header;
  readonly #names: Names;
  /** null where its records are erased. */
  readonly #block: Block | null;
  readonly #isPrivate: boolean;
  readonly #cleared: Placed;
  readonly #sealed: Placed;
  #everything: readonly Placed[] | null = null;
  #orders: Map<number, Placed[]> | null = null;
  #trades: ReturnType<typeof ownTrades> | null = null;

  constructor(bytes: Uint8Array, names: Names) {
    const header = decodeHeader(bytes);
    this.#header = header;
    this.#names = names;
    this.#block = isWithheld(header, bytes) ? null : decodeBlock(bytes);
    this.#isPrivate = isPrivate(header);
    const { orders, trades } = header.sections;
    const shown = this.#isPrivate ? null : this.#block;
    const { height, hash, parent, timestampMs, ...result } = periodDocument(bytes, shown, names);
    this.#cleared = this.#placed(orders.count, "cleared", result);
    const events = Math.ceil(trades.count / tradesAnEvent);
    const said = { period: header.period, height, hash, parent, timestampMs };
    this.#sealed = this.#placed(orders.count + 1 + events, "block", said);
  }

  /** What a reader is shown of them, in order. Throws `state` where that was erased. */
  of(view: View): readonly Placed[] {
    if (!this.#isPrivate || view === "everything") return this.#all();
    return view === "public" ? [this.#cleared, this.#sealed] : this.#ownOf(view);
  }

  get #shown(): Block {
    const { height } = this.#header;
    return this.#block ?? fail("state", `block ${height}`, "its records", "the header alone");
  }

  #all(): readonly Placed[] {
    if (this.#everything !== null) return this.#everything;
    const trades = tradeDocuments(this.#shown, this.#names);
    const told = pieces(trades, (first, some) => this.#tradesEvent("trades", first, { first, trades: some }));
    this.#everything = [
      ...this.#orderEvents().map(({ placed }) => placed),
      this.#cleared,
      ...told,
      this.#sealed,
    ];
    return this.#everything;
  }

  #ownOf(member: number): readonly Placed[] {
    if (this.#orders === null) {
      this.#orders = new Map();
      for (const { participant, placed } of this.#orderEvents()) {
        const own = this.#orders.get(participant) ?? [];
        this.#orders.set(participant, own);
        own.push(placed);
      }
      this.#trades = ownTrades(this.#shown, this.#names.ticks);
    }
    const told = pieces(this.#trades!.get(member) ?? [], (first, trades) =>
      this.#tradesEvent("traded", first, { trades }),
    );
    return [...(this.#orders.get(member) ?? []), this.#cleared, ...told, this.#sealed];
  }

  /** Every order with its number in records of its member. */
  #orderEvents(): { readonly participant: number; readonly placed: Placed }[] {
    return decodeRecords(orderLayout, this.#shown.sections.orders).map((order, number) => ({
      participant: order.participant,
      placed: orderEvent(this.#header.period, number, order, this.#names),
    }));
  }

  #tradesEvent(event: FeedEvent["event"], first: number, said: object): Placed {
    const number = this.#cleared.number + 1 + first / tradesAnEvent;
    return this.#placed(number, event, { period: this.#header.period, ...said });
  }

  #placed(number: number, event: FeedEvent["event"], data: object): Placed {
    const id = `${this.#header.period}.${number}`;
    return { number, event: { id, event, data: JSON.stringify(data) } };
  }
}

/** Trades by as many as one event tells. */
function pieces<T>(trades: readonly T[], tell: (first: number, some: readonly T[]) => Placed): Placed[] {
  return Array.from({ length: Math.ceil(trades.length / tradesAnEvent) }, (_, at) =>
    tell(at * tradesAnEvent, trades.slice(at * tradesAnEvent, (at + 1) * tradesAnEvent)),
  );
}
