/** What a block says that every meter should have shown: the truth from which simulated readings stray. */
import { viewOf } from "../bytes.js";
import type { Block } from "../ledger/format/block.js";
import { offsetsOf } from "../ledger/format/layout.js";
import { flowCode, flowLayout, orderLayout, partyCode, tradeLayout } from "../ledger/format/records.js";
import { carriers } from "../units.js";

/** What every meter should have shown in a period by the contracts alone, by participant × 4 + carrier. */
export interface Deliveries {
  /** Quantity ticks drawn and fed in. */
  readonly in: Float64Array;
  readonly out: Float64Array;
  /** 1 where the participant had an order or moved energy: where a reading is due. */
  readonly due: Uint8Array;
}

const inOrder = offsetsOf(orderLayout);
const inTrade = offsetsOf(tradeLayout);
const inFlow = offsetsOf(flowLayout);

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
    const participant = order.getUint32(at + inOrder.participant, true);
    return participant * carriers.length + order.getUint8(at + inOrder.carrier);
  };
  // A later order replaces an earlier one, and a quantity of 0 withdraws: the last says whether one stands.
  for (let at = 0; at < orders.length; at += orderLayout.bytes)
    due[slotOf(at / orderLayout.bytes)] = order.getUint32(at + inOrder.quantity, true) > 0 ? 1 : 0;
  const trade = viewOf(trades);
  for (let at = 0; at < trades.length; at += tradeLayout.bytes) {
    const quantity = trade.getUint32(at + inTrade.quantity, true);
    taken[slotOf(trade.getUint32(at + inTrade.bid, true))]! += quantity;
    // What a store gives stands in the flows: its device was discharged.
    if (trade.getUint8(at + inTrade.seller) === partyCode.order)
      given[slotOf(trade.getUint32(at + inTrade.offer, true))]! += quantity;
  }
  const flow = viewOf(flows);
  for (let at = 0; at < flows.length; at += flowLayout.bytes) {
    const kind = flow.getUint8(at + inFlow.kind);
    const carrier = flow.getUint8(at + inFlow.carrier);
    const party = flow.getUint32(at + inFlow.party, true);
    const quantity = flow.getUint32(at + inFlow.quantity, true);
    if (kind === flowCode.stored || kind === flowCode.exported)
      given[party * carriers.length + carrier]! += quantity;
    else if (kind === flowCode.imported) taken[party * carriers.length + carrier]! += quantity;
    else if (kind === flowCode.charged || kind === flowCode.gridCharged || kind === flowCode.discharged) {
      const owner = owners[party] ?? -1;
      if (owner < 0) continue;
      const side = kind === flowCode.discharged ? given : taken;
      side[owner * carriers.length + carrier]! += quantity;
    }
  }
  for (let slot = 0; slot < slots; slot++) if (taken[slot]! > 0 || given[slot]! > 0) due[slot] = 1;
  return { in: taken, out: given, due };
}
