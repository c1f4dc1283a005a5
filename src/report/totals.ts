/**
 * The totals of a block's carriers, worked out from its orders, trades and flows: what its header says of them, or in a
 * private market does not say where too few members would be behind them.
 */
import { viewOf } from "../bytes.js";
import { type Block, isPrivate } from "../ledger/format/block.js";
import { type Header, type Totals, totalNames } from "../ledger/format/header.js";
import { offsetsOf } from "../ledger/format/layout.js";
import {
  type FlowRecord,
  flowCode,
  flowKinds,
  flowLayout,
  orderLayout,
  partyCode,
  sideCode,
  tradeCode,
  tradeLayout,
} from "../ledger/format/records.js";
import { carriers } from "../units.js";
import { ordersOf } from "./left.js";

type TotalName = keyof Totals;

const order = /* @__PURE__ */ offsetsOf(orderLayout);
const trade = /* @__PURE__ */ offsetsOf(tradeLayout);
const flow = /* @__PURE__ */ offsetsOf(flowLayout);

/** The totals that a flow's quantity counts for. */
const countsFor: { readonly [Kind in FlowRecord["kind"]]?: readonly TotalName[] } = {
  stored: ["pooled"],
  charged: ["charged"],
  gridCharged: ["charged", "imported"],
  discharged: ["discharged"],
  exported: ["exported"],
  imported: ["imported"],
  areaLoss: ["imported"],
  interrupted: ["interrupted"],
};

const known = new WeakMap<Block, Header["totals"]>();

/** What a block's carriers come to: in a private market by its records, as its header may leave totals out. */
export function totalsOf(block: Block): Header["totals"] {
  if (!isPrivate(block.header)) return block.header.totals;
  const found = known.get(block) ?? totalsOfBlock(block);
  known.set(block, found);
  return found;
}

/** Totals by carrier, whatever the header says of them. */
export function totalsOfBlock({ sections }: Pick<Block, "sections">): Header["totals"] {
  const sums = carriers.map(
    () => Object.fromEntries(totalNames.map((name) => [name, 0n])) as { [name in TotalName]: bigint },
  );
  const trades = viewOf(sections.trades);
  for (let at = 0; at < trades.byteLength; at += tradeLayout.bytes) {
    const kind = trades.getUint8(at + trade.kind);
    const quantity = BigInt(trades.getUint32(at + trade.quantity, true));
    const own = sums[trades.getUint8(at + trade.carrier)]!;
    const [seller, buyer] = [trades.getUint8(at + trade.seller), trades.getUint8(at + trade.buyer)];
    const sold = kind === tradeCode.pool || seller === partyCode.device;
    if (seller === partyCode.grid) own.imported += quantity;
    else if (buyer === partyCode.grid) own.exported += quantity;
    else if (buyer === partyCode.order) own[sold ? "sold" : "traded"] += quantity;
    if (kind === tradeCode.pool || (seller === partyCode.order && buyer === partyCode.device))
      own.pooled += quantity;
  }
  const flows = viewOf(sections.flows);
  for (let at = 0; at < flows.byteLength; at += flowLayout.bytes) {
    const own = sums[flows.getUint8(at + flow.carrier)]!;
    const quantity = BigInt(flows.getUint32(at + flow.quantity, true));
    for (const name of byCode[flows.getUint8(at + flow.kind)] ?? []) own[name] += quantity;
    own.lost += BigInt(flows.getUint32(at + flow.lost, true));
  }
  addOrders(sections, sums);
  return Object.fromEntries(carriers.map((carrier, code) => [carrier, sums[code]!])) as Header["totals"];
}

/** What orders offered and asked for, and what bids never got. */
function addOrders(sections: Block["sections"], sums: readonly { [name in TotalName]: bigint }[]): void {
  const { counted, left } = ordersOf(sections);
  const view = viewOf(sections.orders);
  for (const [number, quantity] of counted.entries()) {
    if (quantity === 0) continue;
    const at = number * orderLayout.bytes;
    const own = sums[view.getUint8(at + order.carrier)]!;
    if (view.getUint8(at + order.side) === sideCode.offer) own.offered += BigInt(quantity);
    else {
      own.asked += BigInt(quantity);
      own.unserved += BigInt(left[number]!);
    }
  }
}

const byCode = /* @__PURE__ */ (() => {
  const found: (readonly TotalName[] | undefined)[] = [];
  for (const kind of flowKinds) found[flowCode[kind]] = countsFor[kind];
  return found;
})();
