/**
 * A running market as its events tell it: what is in the open period, the blocks as they fall, and what was verified.
 */

import type { ClientEvent } from "../../client/index.js";
import { type Carrier, carriers } from "../../units.js";

/** One side of the open period's orders. */
export interface OpenSide {
  readonly orders: number;
  readonly kwh: number;
}

/** What a block came to in one carrier. */
export interface LiveCarrier {
  /** Energy in kWh: between members, from the grid and into it. */
  readonly traded: number;
  readonly imported: number;
  readonly exported: number;
  /** Lowest and highest price paid per kWh; null where nothing was traded, and in a private market. */
  readonly prices: LivePrices | null;
}

/** Lowest and highest price per kWh. */
export interface LivePrices {
  readonly lowest: number;
  readonly highest: number;
}

/** A trade of whoever is watched. */
export interface LiveTrade {
  readonly carrier: Carrier;
  readonly side: "sold" | "bought";
  /** With whom; null in a private market, which tells nobody. */
  readonly whom: string | null;
  readonly kwh: number;
  /** What was got or paid per kWh. */
  readonly price: number;
}

/** A sealed block. */
export interface LiveBlock {
  readonly period: number;
  readonly height: number;
  readonly hash: string;
  readonly timestampMs: number;
  readonly orders: number;
  readonly trades: number;
  readonly carriers: Partial<Record<Carrier, LiveCarrier>>;
  /** The trades of whoever is watched. */
  readonly own: readonly LiveTrade[];
}

/** The prices of whoever is watched in a block; null where it did not trade in this carrier. */
export function ownPrices({ own }: LiveBlock, carrier: Carrier): LivePrices | null {
  const prices = own.filter((trade) => trade.carrier === carrier).map(({ price }) => price);
  return prices.length === 0 ? null : { lowest: Math.min(...prices), highest: Math.max(...prices) };
}

/** Blocks that are remembered. */
const mostBlocks = 240;

/** An order that stands in the open period, by member, carrier and side. */
interface Standing {
  readonly carrier: Carrier;
  readonly side: "offer" | "bid";
  readonly kwh: number;
}

type Told = { readonly [name: string]: unknown };
const numberOf = (value: unknown): number => (Number.isFinite(Number(value)) ? Number(value) : 0);
const carrierOf = (value: unknown): Carrier | undefined => carriers.find((each) => each === value);
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** The community as far as it was told. What comes from the service is read, not believed: `verified` says what was. */
export class LiveCommunity {
  /** The open period and when its gate closes, in milliseconds since 1970; null before it was told. */
  gate: { readonly period: number; readonly closesMs: number | null } | null = null;
  /** The newest block last. */
  readonly blocks: LiveBlock[] = [];
  /** Blocks that the newest verified head covers; null before one was. */
  verified: number | null = null;
  /** What the service told that is not so; null as long as it told nothing of the kind. */
  lie: string | null = null;
  readonly #standing = new Map<string, Standing>();
  #cleared: Pick<LiveBlock, "period" | "orders" | "trades" | "carriers"> | null = null;
  #own: LiveTrade[] = [];
  #watched = "";

  /** Whose trades are kept; those of blocks before are not known. */
  watch(participant: string): void {
    this.#watched = participant;
  }

  /** The open period's orders of a carrier. */
  open(carrier: Carrier): { readonly offers: OpenSide; readonly bids: OpenSide } {
    const sum = (side: Standing["side"]): OpenSide => {
      let [orders, kwh] = [0, 0];
      for (const order of this.#standing.values())
        if (order.carrier === carrier && order.side === side) {
          orders += 1;
          kwh += order.kwh;
        }
      return { orders, kwh };
    };
    return { offers: sum("offer"), bids: sum("bid") };
  }

  /** Takes what a client learnt. */
  take(event: ClientEvent): void {
    if (event.kind === "verified") this.verified = event.size;
    else if (event.kind === "lie") this.lie = event.error.message;
    else this.#told(event.event, Object(event.data) as Told);
  }

  #told(event: string, data: Told): void {
    if (event === "order") this.#order(data);
    else if (event === "cleared") this.#clear(data);
    else if (event === "trades") this.#trades(data);
    else if (event === "traded") this.#traded(data);
    else if (event === "block") this.#seal(data);
    else if (event === "gate") this.begin(numberOf(data.period), data.closesMs);
  }

  /** A period is open. */
  begin(period: number, closesMs: unknown): void {
    if (this.gate !== null && this.gate.period !== period) this.#standing.clear();
    this.gate = { period, closesMs: typeof closesMs === "number" ? closesMs : null };
  }

  #order({ period, participant, carrier, side, quantity }: Told): void {
    const known = carrierOf(carrier);
    // Orders of the period before may still be told when the next is open.
    if (known === undefined || (this.gate !== null && period !== this.gate.period)) return;
    const key = `${textOf(participant)}\0${known}\0${side}`;
    const kwh = numberOf(quantity);
    this.#standing.delete(key);
    if (kwh > 0) this.#standing.set(key, { carrier: known, side: side === "offer" ? "offer" : "bid", kwh });
  }

  #clear({ period, orders, trades, carriers: told }: Told): void {
    const each = Object(told) as Record<string, { energy?: Told; prices?: Told | null } | undefined>;
    const found: LiveBlock["carriers"] = {};
    for (const carrier of carriers) {
      const one = each[carrier];
      if (one === undefined) continue;
      const { traded, imported, exported } = one.energy ?? {};
      found[carrier] = {
        traded: numberOf(traded),
        imported: numberOf(imported),
        exported: numberOf(exported),
        prices: one.prices
          ? { lowest: numberOf(one.prices.lowest), highest: numberOf(one.prices.highest) }
          : null,
      };
    }
    const counts = { orders: numberOf(orders), trades: numberOf(trades) };
    this.#cleared = { period: numberOf(period), ...counts, carriers: found };
    this.#own = [];
  }

  #trades({ trades }: Told): void {
    if (!Array.isArray(trades) || this.#watched === "") return;
    for (const { carrier, seller, buyer, quantity, supplyPrice, usePrice } of trades.map(
      (trade) => Object(trade) as Told,
    )) {
      if (seller === this.#watched) this.#keep(carrier, "sold", textOf(buyer), quantity, supplyPrice);
      if (buyer === this.#watched) this.#keep(carrier, "bought", textOf(seller), quantity, usePrice);
    }
  }

  /** Trades as a private market tells them to whom they are of. */
  #traded({ trades }: Told): void {
    if (!Array.isArray(trades)) return;
    for (const { carrier, side, quantity, price } of trades.map((trade) => Object(trade) as Told))
      this.#keep(carrier, side === "sold" ? "sold" : "bought", null, quantity, price);
  }

  #keep(
    carrier: unknown,
    side: LiveTrade["side"],
    whom: string | null,
    quantity: unknown,
    price: unknown,
  ): void {
    const known = carrierOf(carrier);
    if (known === undefined) return;
    this.#own.push({ carrier: known, side, whom, kwh: numberOf(quantity), price: numberOf(price) });
  }

  #seal({ period, height, hash, timestampMs }: Told): void {
    const cleared = this.#cleared;
    if (cleared === null || cleared.period !== period) return;
    this.blocks.push({
      ...cleared,
      height: numberOf(height),
      hash: textOf(hash),
      timestampMs: numberOf(timestampMs),
      own: this.#own,
    });
    if (this.blocks.length > mostBlocks) this.blocks.shift();
    this.#cleared = null;
    this.#own = [];
  }
}
