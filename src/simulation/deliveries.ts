import type { Block } from "../ledger/format/block.js";
import { flowKinds, flowLayout, orderLayout, tradeLayout } from "../ledger/format/records.js";
import { carriers } from "../units.js";

/** What every meter should have shown in a period by the contracts alone, by participant × 4 + carrier. */
export interface Deliveries {
  /** Quantity ticks drawn and fed in. */
  readonly in: Float64Array;
  readonly out: Float64Array;
  /** 1 where the participant had an order or moved energy: where a reading is due. */
  readonly due: Uint8Array;
}

const peer = 1;
const kindCode = (kind: (typeof flowKinds)[number]): number => flowKinds.indexOf(kind) + 1;
const pooled = kindCode("pooled");
const imported = kindCode("imported");
const charged = kindCode("charged");
const discharged = kindCode("discharged");
const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * Adds up one block's trades and flows by meter.
 *
 * @param participants how many there are
 * @param owners participant number of the owner of each storage device, −1 for the platform's own
 */
export function deliveriesOf(block: Block, participants: number, owners: readonly number[]): Deliveries {
  const slots = participants * carriers.length;
  const taken = new Float64Array(slots);
  const given = new Float64Array(slots);
  const due = new Uint8Array(slots);
  const { orders, trades, flows } = block.sections;
  const order = viewOf(orders);
  const slotOf = (number: number): number => {
    const at = number * orderLayout.bytes;
    return order.getUint32(at, true) * carriers.length + order.getUint8(at + 4);
  };
  // A later order replaces an earlier one, and a quantity of 0 withdraws: the last says whether one stands.
  for (let at = 0; at < orders.length; at += orderLayout.bytes)
    due[slotOf(at / orderLayout.bytes)] = order.getUint32(at + 8, true) > 0 ? 1 : 0;
  const trade = viewOf(trades);
  for (let at = 0; at < trades.length; at += tradeLayout.bytes) {
    const kind = trade.getUint8(at);
    const quantity = trade.getUint32(at + 12, true);
    taken[slotOf(trade.getUint32(at + 8, true))]! += quantity;
    // What a pool lot or a storage lot gives stands in the flows: it joined, or its device was discharged.
    if (kind === peer) given[slotOf(trade.getUint32(at + 4, true))]! += quantity;
  }
  const flow = viewOf(flows);
  for (let at = 0; at < flows.length; at += flowLayout.bytes) {
    const kind = flow.getUint8(at);
    const carrier = flow.getUint8(at + 1);
    const party = flow.getUint32(at + 4, true);
    const quantity = flow.getUint32(at + 12, true);
    if (kind === pooled) given[party * carriers.length + carrier]! += quantity;
    else if (kind === imported && flow.getBigUint64(at + 32, true) === 0n)
      taken[party * carriers.length + carrier]! += quantity;
    else if (kind === charged || kind === discharged) {
      const owner = owners[party] ?? -1;
      if (owner < 0) continue;
      const side = kind === charged ? taken : given;
      side[owner * carriers.length + carrier]! += quantity;
    }
  }
  for (let slot = 0; slot < slots; slot++) if (taken[slot]! > 0 || given[slot]! > 0) due[slot] = 1;
  return { in: taken, out: given, due };
}
