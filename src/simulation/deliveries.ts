/** What a block says that every meter should have shown: the truth from which simulated readings stray. */
import { viewOf } from "../bytes.js";
import type { Block } from "../ledger/format/block.js";
import { offsetsOf } from "../ledger/format/layout.js";
import { flowCode, flowLayout, orderLayout, partyCode, tradeLayout } from "../ledger/format/records.js";
import { carriers } from "../units.js";

/** What every meter should have shown in a period, by participant × 4 + carrier. */
export interface Deliveries {
  /** Quantity ticks drawn and fed in. */
  readonly in: Float64Array;
  readonly out: Float64Array;
  /** 1 where the participant had an order or moved energy: where a reading is due. */
  readonly due: Uint8Array;
}

/**
 * What a meter shows beside what was traded. Whoever is served draws what it needs and not what it ordered; what was
 * called off or not served did not flow. Sun and wind feed in all they make (`nature`), a plant what it sold as far as
 * it can (`plant`), a converter what it traded (`trades`).
 */
export type Follows = "nature" | "plant" | "trades";

/** What stood behind the orders of a period: what each slot will use (above zero) or make (below). */
export interface Truth {
  readonly meant: Float64Array;
  readonly follows: readonly Follows[];
}

const inOrder = offsetsOf(orderLayout);
const inTrade = offsetsOf(tradeLayout);
const inFlow = offsetsOf(flowLayout);

/**
 * Adds up one block's trades and flows by meter.
 *
 * @param participants how many there are
 * @param owners participant number of the owner of each storage device, −1 for the platform's own
 * @param truth what stood behind the orders; null: exactly what was traded
 */
export function deliveriesOf(
  block: Block,
  participants: number,
  owners: readonly number[],
  truth: Truth | null = null,
): Deliveries {
  const slots = participants * carriers.length;
  const taken = new Float64Array(slots);
  const given = new Float64Array(slots);
  const ordered = new Float64Array(slots);
  const { orders, trades, flows } = block.sections;
  const order = viewOf(orders);
  const slotOf = (number: number): number => {
    const at = number * orderLayout.bytes;
    const participant = order.getUint32(at + inOrder.participant, true);
    return participant * carriers.length + order.getUint8(at + inOrder.carrier);
  };
  // A later order replaces an earlier one, and a quantity of 0 withdraws: the last says whether one stands.
  for (let at = 0; at < orders.length; at += orderLayout.bytes)
    ordered[slotOf(at / orderLayout.bytes)] = order.getUint32(at + inOrder.quantity, true);
  const trade = viewOf(trades);
  for (let at = 0; at < trades.length; at += tradeLayout.bytes) {
    const quantity = trade.getUint32(at + inTrade.quantity, true);
    // What a store takes or gives stands in the flows: its device was charged or discharged.
    if (trade.getUint8(at + inTrade.buyer) === partyCode.order)
      taken[slotOf(trade.getUint32(at + inTrade.bid, true))]! += quantity;
    if (trade.getUint8(at + inTrade.seller) === partyCode.order)
      given[slotOf(trade.getUint32(at + inTrade.offer, true))]! += quantity;
  }
  const view = viewOf(flows);
  for (let at = 0; at < flows.length; at += flowLayout.bytes) {
    const kind = view.getUint8(at + inFlow.kind);
    const side =
      kind === flowCode.imported
        ? taken
        : kind === flowCode.stored || kind === flowCode.exported
          ? given
          : null;
    if (side === null) continue;
    const slot = view.getUint32(at + inFlow.party, true) * carriers.length;
    side[slot + view.getUint8(at + inFlow.carrier)]! += view.getUint32(at + inFlow.quantity, true);
  }
  if (truth !== null) follow(truth, { taken, given, ordered });
  addStores(view, owners, { taken, given });
  const due = new Uint8Array(slots);
  for (let slot = 0; slot < slots; slot++)
    if (ordered[slot]! > 0 || taken[slot]! > 0 || given[slot]! > 0) due[slot] = 1;
  return { in: taken, out: given, due };
}

/** Turns what was traded into what flowed. */
function follow(
  { meant, follows }: Truth,
  { taken, given, ordered }: { taken: Float64Array; given: Float64Array; ordered: Float64Array },
): void {
  for (let slot = 0; slot < meant.length; slot++) {
    const wanted = meant[slot]!;
    if (follows[slot] === "trades") continue;
    if (wanted > 0)
      // What was not ordered is drawn all the same; what was ordered and not served is not.
      taken[slot] = Math.min(wanted, taken[slot]! + Math.max(wanted - ordered[slot]!, 0));
    else if (wanted < 0) given[slot] = follows[slot] === "nature" ? -wanted : Math.min(given[slot]!, -wanted);
  }
}

/** Adds what stores and cars of participants draw and give, which their owners' meters show too. */
function addStores(
  flows: DataView,
  owners: readonly number[],
  { taken, given }: { taken: Float64Array; given: Float64Array },
): void {
  for (let at = 0; at < flows.byteLength; at += flowLayout.bytes) {
    const kind = flows.getUint8(at + inFlow.kind);
    if (kind !== flowCode.charged && kind !== flowCode.gridCharged && kind !== flowCode.discharged) continue;
    const owner = owners[flows.getUint32(at + inFlow.party, true)] ?? -1;
    if (owner < 0) continue;
    const side = kind === flowCode.discharged ? given : taken;
    side[owner * carriers.length + flows.getUint8(at + inFlow.carrier)]! += flows.getUint32(
      at + inFlow.quantity,
      true,
    );
  }
}
