/**
 * What a run's blocks say of the orders before: each member's last and what became of it, and what each carrier cost.
 * Strategies that learn look at nothing else, so an interrupted run learns the same again.
 */
import { viewOf } from "../bytes.js";
import type { Block } from "../ledger/format/block.js";
import { offsetsOf } from "../ledger/format/layout.js";
import {
  flowCode,
  flowLayout,
  orderLayout,
  partyCode,
  tradeCode,
  tradeLayout,
} from "../ledger/format/records.js";
import { carriers } from "../units.js";
import type { Outcome } from "./members/quote.js";

const inOrder = offsetsOf(orderLayout);
const inTrade = offsetsOf(tradeLayout);
const inFlow = offsetsOf(flowLayout);

/** The orders of a run so far; blocks come in order, each once. */
export class History {
  readonly #memory: number;
  readonly #place: Float64Array;
  readonly #price: Int32Array;
  readonly #quantity: Float64Array;
  readonly #served: Float64Array;
  readonly #marketPrice: number[] = carriers.map(() => 0);
  readonly #marketPlace: number[] = carriers.map(() => Number.NEGATIVE_INFINITY);

  /** @param memory how many periods back anybody remembers */
  constructor(members: number, memory: number) {
    const slots = members * carriers.length;
    this.#memory = memory;
    this.#place = new Float64Array(slots).fill(Number.NEGATIVE_INFINITY);
    this.#price = new Int32Array(slots);
    this.#quantity = new Float64Array(slots);
    this.#served = new Float64Array(slots);
  }

  /** The last order of a member for a carrier before a period, and what became of it; null when none is remembered. */
  last(member: number, carrier: number, place: number): Outcome | null {
    const slot = member * carriers.length + carrier;
    const then = this.#place[slot]!;
    if (place - then > this.#memory) return null;
    return {
      place: then,
      price: this.#price[slot]!,
      quantity: this.#quantity[slot]!,
      served: this.#served[slot]!,
    };
  }

  /**
   * Mean price of a carrier's trades, those with the grid aside, in the last period before `place` that had any; null
   * when none is remembered.
   */
  price(carrier: number, place: number): number | null {
    return place - this.#marketPlace[carrier]! > this.#memory ? null : this.#marketPrice[carrier]!;
  }

  /** Adds the block of the period at a place. */
  add({ sections }: Block, place: number): void {
    const orders = viewOf(sections.orders);
    const slotOf = (number: number): number => {
      const at = number * orderLayout.bytes;
      const member = orders.getUint32(at + inOrder.participant, true);
      return member * carriers.length + orders.getUint8(at + inOrder.carrier);
    };
    for (let at = 0; at < orders.byteLength; at += orderLayout.bytes) {
      const slot = slotOf(at / orderLayout.bytes);
      this.#place[slot] = place;
      this.#price[slot] = orders.getInt32(at + inOrder.price, true);
      this.#quantity[slot] = orders.getUint32(at + inOrder.quantity, true);
      this.#served[slot] = 0;
    }
    const volume = carriers.map(() => 0);
    const paid = carriers.map(() => 0);
    const trades = viewOf(sections.trades);
    for (let at = 0; at < trades.byteLength; at += tradeLayout.bytes) {
      // Where areas have prices the grid trades as well: what is imported or exported was not served.
      if (trades.getUint8(at + inTrade.kind) === tradeCode.grid) continue;
      const quantity = trades.getUint32(at + inTrade.quantity, true);
      const carrier = trades.getUint8(at + inTrade.carrier);
      volume[carrier]! += quantity;
      paid[carrier]! += quantity * trades.getInt32(at + inTrade.usePrice, true);
      if (trades.getUint8(at + inTrade.buyer) === partyCode.order)
        this.#served[slotOf(trades.getUint32(at + inTrade.bid, true))]! += quantity;
      if (trades.getUint8(at + inTrade.seller) === partyCode.order)
        this.#served[slotOf(trades.getUint32(at + inTrade.offer, true))]! += quantity;
    }
    for (const [carrier, sum] of volume.entries())
      if (sum > 0) {
        this.#marketPrice[carrier] = Math.floor(paid[carrier]! / sum);
        this.#marketPlace[carrier] = place;
      }
    const flows = viewOf(sections.flows);
    for (let at = 0; at < flows.byteLength; at += flowLayout.bytes) {
      const kind = flows.getUint8(at + inFlow.kind);
      if (kind !== flowCode.stored) continue;
      const slot =
        flows.getUint32(at + inFlow.party, true) * carriers.length + flows.getUint8(at + inFlow.carrier);
      this.#served[slot]! += flows.getUint32(at + inFlow.quantity, true);
    }
  }
}
