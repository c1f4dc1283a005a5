/**
 * Trades of a carrier that has a price for each of its areas: those of the clearing, as the core writes them, and those
 * with the grid that contracts consent to after it, which are gathered here and written together. Both sides pay by the
 * trade; what stores pay and get goes on to their owners by the flows that say how full they are.
 */
import { viewOf } from "../../bytes.js";
import { encodeRecords, offsetsOf } from "../../ledger/format/layout.js";
import { flowCode, none, partyCode, type TradeRecord, tradeLayout } from "../../ledger/format/records.js";
import { carriers, maxPrice } from "../../units.js";
import { account, accountOf } from "../books/accounts.js";
import { plainFlow } from "../books/journal.js";
import { flowAmount, moveTrades, payFlow, type TradeSides } from "../books/payments.js";
import type { PeriodTariff } from "../contracts/contracts.js";
import { carrierCount } from "../contracts/terms.js";
import type { Round } from "./round.js";

const tradeAt = /* @__PURE__ */ offsetsOf(tradeLayout);

/** Writes trades down, moves their money, and adds them to the sums and to what participants got and gave. */
export function tradeAcross(round: Round, carrier: number, records: Uint8Array, sides: TradeSides): void {
  const { journal, accounts, orders, positions, sums } = round;
  journal.trades(records);
  moveTrades(records, sides, accounts);
  const view = viewOf(records);
  for (let at = 0; at < records.length; at += tradeLayout.bytes) {
    const quantity = view.getUint32(at + tradeAt.quantity, true);
    const seller = view.getUint8(at + tradeAt.seller);
    const buyer = view.getUint8(at + tradeAt.buyer);
    if (seller === partyCode.order) {
      const offer = view.getUint32(at + tradeAt.offer, true);
      positions.sold[orders.participantOf(offer) * carrierCount + carrier]! += quantity;
    }
    if (buyer === partyCode.order) {
      const bid = view.getUint32(at + tradeAt.bid, true);
      positions.bought[orders.participantOf(bid) * carrierCount + carrier]! += quantity;
    }
    if (seller === partyCode.grid) sums.add(carrier, "imported", quantity);
    else if (buyer === partyCode.grid) sums.add(carrier, "exported", quantity);
    else if (buyer === partyCode.order)
      sums.add(carrier, seller === partyCode.order ? "traded" : "sold", quantity);
    else if (seller === partyCode.order) sums.add(carrier, "pooled", quantity);
  }
}

/** Trades with the grid connection at its tariff, what the way costs beside it, to be written together. */
export class GridTrades {
  readonly #round: Round;
  readonly #carrier: number;
  readonly #tariff: PeriodTariff;
  readonly #records: TradeRecord[] = [];
  readonly #accounts: number[] = [];

  constructor(round: Round, carrier: number, tariff: PeriodTariff) {
    this.#round = round;
    this.#carrier = carrier;
    this.#tariff = tariff;
  }

  /** An order or a store buys; the way from the grid costs `fee` a unit. */
  buy(buyer: "order" | "device", bid: number, quantity: number, fee: number): void {
    const { retail } = this.#tariff;
    this.#put({
      seller: "grid",
      buyer,
      offer: none,
      bid,
      quantity,
      supplyPrice: retail,
      usePrice: retail + fee,
    });
    this.#accounts.push(buyer === "order" ? this.#accountOf(bid) : account.pool);
  }

  /** An order sells; the way to the grid costs `fee` a unit. */
  sell(offer: number, quantity: number, fee: number): void {
    const { feedIn } = this.#tariff;
    const prices = { supplyPrice: feedIn - fee, usePrice: feedIn };
    this.#put({ seller: "order", buyer: "grid", offer, bid: none, quantity, ...prices });
    this.#accounts.push(this.#accountOf(offer));
  }

  #accountOf = (order: number): number => accountOf(this.#round.orders.participantOf(order));

  #put(trade: Omit<TradeRecord, "kind" | "carrier" | "supplyFee" | "useFee">): void {
    const carrier = carriers[this.#carrier]!;
    this.#records.push({ kind: "grid", carrier, ...trade, supplyFee: 0n, useFee: 0n });
  }

  /** Writes what was gathered. */
  write(): void {
    const records = this.#records;
    // Each trade has its own account on one side; the other is the grid's, behind them all.
    const own = Uint32Array.from([...this.#accounts, account.grid]);
    const side = (grid: "buyer" | "seller") => ({
      account: own,
      place: Uint32Array.from(records, (trade, index) => (trade[grid] === "grid" ? records.length : index)),
    });
    const sides = { buyers: side("buyer"), sellers: side("seller") };
    tradeAcross(this.#round, this.#carrier, encodeRecords(tradeLayout, records), sides);
    records.length = 0;
    this.#accounts.length = 0;
  }
}

/** What came of an area that took part in a clearing, or whose edge was crossed after it. */
export interface AreaOutcome {
  /** Number of the area, and its name. */
  readonly area: number;
  readonly name: string;
  /** Price ticks; null where it took no part in the clearing. */
  readonly price: number | null;
  /** Quantity ticks that it handed its parent in the clearing; below 0: took. */
  readonly flow: number;
  /** What the edge takes for a unit, and what a unit that crossed it in the clearing leaves beyond that. */
  readonly fee: number;
  readonly rent: number;
  /** All that crossed the edge, in the clearing and after it, both ways. */
  readonly crossed: number;
}

/** Writes down what came of the areas, and moves what their edges earned from `trading` to the grid operator. */
export function writeAreas(
  { journal, accounts }: Round,
  carrier: number,
  areas: readonly AreaOutcome[],
): void {
  const put = (kind: number, party: number, price: number, extra: number): void => {
    const row = { ...plainFlow, kind, carrier, party, quantity: 0, price, extra };
    journal.flow(row);
    payFlow({ kind, amount: flowAmount(row) }, nobodys, (_, from, to, amount) =>
      accounts.move(from, to, amount),
    );
  };
  for (const { area, price, flow, fee, rent, crossed } of areas) {
    if (price !== null) put(flow < 0 ? flowCode.areaDown : flowCode.areaUp, area, price, Math.abs(flow));
    if (fee > 0 && crossed > 0) put(flowCode.areaFee, area, fee, crossed);
    // A rent beyond what a price holds takes two records.
    for (let left = rent; left > 0; left -= maxPrice)
      put(flowCode.areaRent, area, Math.min(left, maxPrice), Math.abs(flow));
  }
}

/** These flows pay between accounts of nobody. */
const noAccount = (): number => account.trading;
const nobodys = { participant: noAccount, supplier: noAccount, device: noAccount };
