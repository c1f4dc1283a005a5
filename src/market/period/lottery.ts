/**
 * The lottery that ranks orders which the rules rank equal. Its seed is the market's id and the period: both stand
 * fixed before the first order of the period comes, and whoever seals blocks can choose neither. Time stamps, hashes of
 * blocks, orders and signatures are left out, because a sealer who knows the orders could try many of them
 * (docs/market-rules.md says who could steer what).
 */
import { concat, viewOf } from "../../bytes.js";
import type { Hasher } from "../../ledger/tree/hasher.js";

const tag = /* @__PURE__ */ new TextEncoder().encode("gridclear lottery v2\0");

/** The lottery of one period: each participant has one ticket, which is hashed when it is first asked for. */
export class Lottery {
  readonly #hasher: Pick<Hasher, "sha256">;
  readonly #message: Uint8Array;
  readonly #view: DataView;
  readonly #participantAt: number;
  readonly #tickets = new Map<number, Uint8Array>();

  constructor(marketId: Uint8Array, period: number, hasher: Pick<Hasher, "sha256">) {
    this.#hasher = hasher;
    this.#message = concat(tag, marketId, new Uint8Array(12));
    this.#view = viewOf(this.#message);
    const periodAt = tag.length + marketId.length;
    this.#view.setBigUint64(periodAt, BigInt(period), true);
    this.#participantAt = periodAt + 8;
  }

  /**
   * Puts order numbers in the sequence of the lottery: ascending by SHA-256("gridclear lottery v2\0" ‖ market id ‖
   * period as u64 ‖ participant number as u32), integers little-endian, hashes compared as big-endian numbers.
   */
  sequence(numbers: Uint32Array, orders: { participantOf(number: number): number }): Uint32Array {
    const drawn = Array.from(numbers, (number) => ({
      number,
      ticket: this.#ticketOf(orders.participantOf(number)),
    }));
    drawn.sort((a, b) => compare(a.ticket, b.ticket) || a.number - b.number);
    return Uint32Array.from(drawn, ({ number }) => number);
  }

  #ticketOf(participant: number): Uint8Array {
    const known = this.#tickets.get(participant);
    if (known !== undefined) return known;
    this.#view.setUint32(this.#participantAt, participant, true);
    const ticket = this.#hasher.sha256(this.#message);
    this.#tickets.set(participant, ticket);
    return ticket;
  }
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return a[at]! - b[at]!;
  return 0;
}
