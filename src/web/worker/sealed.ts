/**
 * The market of one period as its block has it: the orders that were sealed, the lots that stores offered, and the
 * trades that were made. So the period one walks through is that period of the day, and that block of the ledger.
 */
import { type Block, decodeBlock } from "../../ledger/format/block.js";
import { readRecord } from "../../ledger/format/layout.js";
import { flowLayout, type OrderRecord, orderLayout, tradeLayout } from "../../ledger/format/records.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { scaleDown } from "../../market/books/amounts.js";
import { Lottery } from "../../market/period/lottery.js";
import { chargeOwed, stayIn } from "../../market/period/storage.js";
import { orderRules } from "../../simulation/scenario.js";
import { type Carrier, ppm } from "../../units.js";
import { poolLimits } from "./agreed.js";
import type { Traded } from "./day.js";
import type { InBlock, Lot, Placed } from "./market.js";
import type { Streams } from "./streams.js";
import type { SceneTrade } from "./trades.js";

/** The lots that stores of a carrier offered in a block's period, by device number. */
function lotsIn({ run, stores }: Traded, block: Block, carrier: Carrier): Map<number, Lot> {
  const { height, period } = block.header;
  const gone = new Map<number, number>();
  for (let index = 0; index < block.header.sections.flows.count; index++) {
    const { kind, party, quantity } = readRecord(flowLayout, block.sections.flows, index);
    // What was lost by standing and used on the way was gone before anything was sold.
    if (kind === "selfDischarged" || kind === "used") gone.set(party, (gone.get(party) ?? 0) + quantity);
  }
  const lots = new Map<number, Lot>();
  // Contracts of this block hold in its period; what was charged stood in the one before.
  for (const [number, { contract }] of stores[height]!.entries()) {
    const charge = stores[height - 1]![number]?.charge ?? contract.charge;
    const stay = contract.carrier === carrier ? stayIn(contract, period) : undefined;
    const member = run.stores[number];
    if (stay === undefined || member === undefined) continue;
    const free = Math.max(0, charge - (gone.get(number) ?? 0) - chargeOwed(contract, stay, period));
    const quantity = Math.min(contract.dischargeLimit, scaleDown(free, contract.dischargeEfficiency, ppm));
    if (quantity > 0) lots.set(number, { member, quantity, price: contract.dischargePrice });
  }
  return lots;
}

/** The trades of a carrier among orders and stores; `placeOf`: the place of an order or a store's lot in its side. */
function tradesIn(
  block: Block,
  carrier: Carrier,
  placeOf: (party: "order" | "device", number: number) => number,
): SceneTrade[] {
  const list: SceneTrade[] = [];
  for (let index = 0; index < block.header.sections.trades.count; index++) {
    const trade = readRecord(tradeLayout, block.sections.trades, index);
    const { seller, buyer, offer, bid, quantity, usePrice } = trade;
    if (trade.carrier !== carrier || seller === "grid" || buyer !== "order") continue;
    const pool = trade.kind === "pool" || seller === "device";
    list.push({ pool, offer: placeOf(seller, offer), bid: placeOf("order", bid), quantity, price: usePrice });
  }
  return list;
}

/** The orders of a carrier in a block by number, offers and bids, in the sequence in which equals have their turn. */
function ordersIn(
  { run: { community } }: Traded,
  { header, sections }: Block,
  carrier: Carrier,
  hasher: Pick<Hasher, "sha256">,
): Record<OrderRecord["side"], { readonly number: number; readonly order: OrderRecord }[]> {
  const orders = Array.from({ length: header.sections.orders.count }, (_, index) =>
    readRecord(orderLayout, sections.orders, index),
  );
  const lottery = new Lottery(header.marketId, header.period, hasher);
  const participantOf = (number: number): number => orders[number]!.participant;
  const of = (side: OrderRecord["side"]) => {
    const arrived = Uint32Array.from(
      orders.flatMap((order, number) =>
        order.carrier === carrier && order.side === side && order.quantity > 0 ? [number] : [],
      ),
    );
    const drawn =
      orderRules(community.scenario, carrier).ties === "lottery"
        ? lottery.sequence(arrived, { participantOf })
        : arrived;
    return Array.from(drawn, (number) => ({ number, order: orders[number]! }));
  };
  return { offer: of("offer"), bid: of("bid") };
}

/** The market of a carrier in the period at `place` of a day, which has to be traded. */
export function marketInBlock(
  day: Traded,
  place: number,
  carrier: Carrier,
  hasher: Pick<Hasher, "sha256">,
): InBlock {
  const { run } = day;
  const block = decodeBlock(run.blocks[place + 1]!);
  const limitOf = poolLimits(run.community, carrier, place);
  const sides = ordersIn(day, block, carrier, hasher);
  const placeOf = new Map<number, number>();
  const placed = [...sides.offer, ...sides.bid].map(({ number, order }, index): Placed => {
    const { participant, quantity, price } = order;
    const sells = order.side === "offer";
    placeOf.set(number, sells ? index : index - sides.offer.length);
    const member = run.community.members[participant]!;
    return { member, sells, quantity, price, ...limitOf({ participant, sells, price }) };
  });
  const lots = lotsIn(day, block, carrier);
  const devices = [...lots.keys()];
  const { streams } = day.periods[place]!.carriers[carrier];
  const grid = (kinds: Streams["sold"]): number =>
    Object.values(kinds).reduce((sum, { grid }) => sum + grid, 0);
  return {
    placed,
    lots: [...lots.values()],
    trades: tradesIn(block, carrier, (party, number) =>
      party === "order" ? placeOf.get(number)! : sides.offer.length + devices.indexOf(number),
    ),
    exported: grid(streams.sold),
    imported: grid(streams.bought),
  };
}
