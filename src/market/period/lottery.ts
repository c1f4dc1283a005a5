import type { Hasher } from "../../ledger/tree/hasher.js";

/**
 * Puts order numbers in the sequence of a lottery nobody can steer and everybody can recompute: by
 * SHA-256(hash of the previous block ‖ participant number as a little-endian u32), as big-endian numbers, ascending.
 */
export function lotterySequence(
  orders: readonly number[],
  participant: Uint32Array,
  previous: Uint8Array,
  hasher: Hasher,
): number[] {
  const message = new Uint8Array(previous.length + 4);
  message.set(previous);
  const view = new DataView(message.buffer);
  const tickets = orders.map((order) => {
    view.setUint32(previous.length, participant[order]!, true);
    return { order, ticket: hasher.sha256(message) };
  });
  return tickets.sort((a, b) => compare(a.ticket, b.ticket) || a.order - b.order).map(({ order }) => order);
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return a[at]! - b[at]!;
  return 0;
}
