/**
 * The lottery that ranks orders which the rules rank equal. Its seed is the market's id and the period: both stand
 * fixed before the first order of the period comes, and whoever seals blocks can choose neither. Time stamps, hashes of
 * blocks, orders and signatures are left out, because a sealer who knows the orders could try many of them
 * (docs/market-rules.md says who could steer what).
 */
import { concat } from "../../bytes.js";
import type { Round } from "./round.js";

const tag = /* @__PURE__ */ new TextEncoder().encode("gridclear lottery v2\0");

/**
 * Puts order numbers in the sequence of the lottery: ascending by SHA-256("gridclear lottery v2\0" ‖ market id ‖ period
 * as u64 ‖ participant number as u32), integers little-endian, hashes compared as big-endian numbers.
 */
export function lotterySequence(
  numbers: Uint32Array,
  {
    orders,
    marketId,
    period,
    engine,
  }: Pick<Round, "marketId" | "period" | "engine"> & {
    readonly orders: { participantOf(number: number): number };
  },
): Uint32Array {
  const periodAt = tag.length + marketId.length;
  const participantAt = periodAt + 8;
  const message = concat(tag, marketId, new Uint8Array(12));
  const view = new DataView(message.buffer);
  view.setBigUint64(periodAt, BigInt(period), true);
  const tickets = Array.from(numbers, (number) => {
    view.setUint32(participantAt, orders.participantOf(number), true);
    return { number, ticket: engine.sha256(message) };
  });
  tickets.sort((a, b) => compare(a.ticket, b.ticket) || a.number - b.number);
  return Uint32Array.from(tickets, ({ number }) => number);
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return a[at]! - b[at]!;
  return 0;
}
