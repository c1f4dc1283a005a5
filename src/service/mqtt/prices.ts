/**
 * Prices as homes plan with them: what a unit cost those who bought it, by period, and by slot of the day. A slot is a
 * quarter of an hour, or a period where that is longer.
 */
import type { Block } from "../../ledger/format/block.js";
import { decodeRecords } from "../../ledger/format/layout.js";
import { type TradeRecord, tradeLayout } from "../../ledger/format/records.js";
import { type Carrier, carriers, formatTicks, type Tick } from "../../units.js";

const quarterMs = 900_000;
const dayMs = 86_400_000;

/** Energy that members and stores bought, and what they paid for it without fees, in ticks of both. */
export interface Bought {
  readonly energy: bigint;
  readonly cost: bigint;
}

/** What a block says was bought, by carrier. What the grid buys is sold for export, and is no price of the market. */
export function boughtIn({ sections }: Block): Map<Carrier, Bought> {
  const found = new Map<Carrier, Bought>();
  for (const { carrier, buyer, quantity, usePrice } of decodeRecords<TradeRecord>(
    tradeLayout,
    sections.trades,
  )) {
    if (buyer === "grid") continue;
    const { energy, cost } = found.get(carrier) ?? { energy: 0n, cost: 0n };
    const sold = BigInt(quantity);
    found.set(carrier, { energy: energy + sold, cost: cost + sold * BigInt(usePrice) });
  }
  return found;
}

/** Mean price per unit, rounded down to a tick; null where nothing was bought. */
export function meanPrice({ energy, cost }: Bought, tick: Tick): string | null {
  if (energy === 0n) return null;
  const cut = cost / energy;
  return formatTicks(cut * energy > cost ? cut - 1n : cut, tick);
}

/** A slot of the day with the mean price in it, decimals as text. */
export interface SlotDocument {
  /** RFC 3339, UTC. */
  readonly start: string;
  readonly end: string;
  readonly value: string | null;
}

/** The slots of the day (UTC) that the newest sealed period began in, as far as they are over. */
export class Day {
  readonly #periodMs: number;
  readonly #tick: Tick;
  #day = Number.NEGATIVE_INFINITY;
  /** When the newest period ended. */
  #endMs = Number.NEGATIVE_INFINITY;
  readonly #slots = new Map<Carrier, Map<number, Bought>>();

  constructor(periodMs: number, tick: Tick) {
    this.#periodMs = periodMs;
    this.#tick = tick;
  }

  /** Counts what was bought in a period that ended then. */
  add(endMs: number, bought: ReadonlyMap<Carrier, Bought>): void {
    const startMs = endMs - this.#periodMs;
    const day = Math.floor(startMs / dayMs);
    this.#endMs = Math.max(this.#endMs, endMs);
    if (day < this.#day) return;
    if (day > this.#day) this.#slots.clear();
    this.#day = day;
    const slot =
      this.#periodMs < quarterMs ? startMs - (((startMs % quarterMs) + quarterMs) % quarterMs) : startMs;
    for (const carrier of carriers) {
      const slots = this.#slots.get(carrier) ?? new Map<number, Bought>();
      this.#slots.set(carrier, slots);
      const before = slots.get(slot) ?? { energy: 0n, cost: 0n };
      const { energy, cost } = bought.get(carrier) ?? { energy: 0n, cost: 0n };
      slots.set(slot, { energy: before.energy + energy, cost: before.cost + cost });
    }
  }

  /** The slots of a carrier that are over, in order of time: what they say changes no more. */
  slots(carrier: Carrier): SlotDocument[] {
    const lengthMs = Math.max(quarterMs, this.#periodMs);
    return [...(this.#slots.get(carrier) ?? [])]
      .filter(([startMs]) => startMs + lengthMs <= this.#endMs)
      .map(([startMs, bought]) => ({
        start: new Date(startMs).toISOString(),
        end: new Date(startMs + lengthMs).toISOString(),
        value: meanPrice(bought, this.#tick),
      }));
  }
}
