/**
 * Everything that happens to one carrier in one period is written here: the record, the money that it moves, the sums of
 * the header and the positions of the participants, together, so that no step can write the one and forget the other. The
 * steps (matching, pool, storage, grid) decide what happens.
 */
import { type CommissionTier, tierRanges } from "../../core/rules.js";
import { flowCode, none, tradeCode } from "../../ledger/format/records.js";
import { maxQuantity } from "../../units.js";
import { account, accountOf } from "../books/accounts.js";
import { fee, product } from "../books/amounts.js";
import type { FlowRow, TradeRow } from "../books/journal.js";
import { type Pay, payFlow, payTrade } from "../books/payments.js";
import { carrierCount, nobody } from "../contracts/terms.js";
import type { Round } from "./round.js";

/** Deliveries to bids, in order of execution; those of quantity 0 did not take place. */
export interface Deliveries {
  readonly count: number;
  /** By delivery: place of the offer (or lot) and of the bid in the columns below. */
  readonly offer: Uint32Array;
  readonly bid: Uint32Array;
  readonly quantity: Uint32Array;
  readonly price: Int32Array;
  /** By place: order number of an offer, or of a device its number; order number of a bid. */
  readonly offerNumber: Uint32Array;
  readonly bidNumber: Uint32Array;
}

/** What a device drew in one step. */
export interface Charging {
  readonly device: number;
  readonly drawn: number;
  readonly stored: number;
  readonly price: number;
  /** Whether it came from the grid, and not from the pool. */
  readonly imported: boolean;
}

/** The writer of one carrier in one period. */
export class Entries {
  readonly #round: Round;
  readonly #carrier: number;
  // One row of each kind, filled anew for every record: a period writes millions.
  readonly #trade: TradeRow;
  readonly #flow: FlowRow;
  readonly #pay: Pay;

  constructor(round: Round, carrier: number) {
    this.#round = round;
    this.#carrier = carrier;
    const trade = { kind: 0, carrier, offer: 0, bid: 0, quantity: 0, price: 0, position: 0 };
    this.#trade = { ...trade, supplyFee: 0, useFee: 0 };
    const flow = { kind: 0, carrier, party: none, order: none, quantity: 0 };
    this.#flow = { ...flow, lost: 0, price: 0, amount: 0, extra: 0 };
    this.#pay = (_, from, to, amount) => round.accounts.move(from, to, amount);
  }

  /** What the orders of the carrier offer and ask for, once it opens. */
  opened(offered: Uint32Array, asked: Uint32Array): void {
    const { sums } = this.#round;
    for (let index = 0; index < offered.length; index += 1)
      sums.add(this.#carrier, "offered", offered[index]!);
    for (let index = 0; index < asked.length; index += 1) sums.add(this.#carrier, "asked", asked[index]!);
  }

  /** A converter's offer counts for `quantity`, made of `input`. */
  converted(order: number, quantity: number, input: number): void {
    const row = this.#row(flowCode.converted, this.#partyOf(order), order, quantity);
    row.extra = input;
    this.#write(row);
  }

  /** Scenario 1: the buyer pays the seller, and each its fee by the place of the trade. Returns how many there were. */
  trades(deliveries: Deliveries, commission: readonly CommissionTier[]): number {
    const { journal, orders, positions, sums } = this.#round;
    const { offer, bid, quantity, price, offerNumber, bidNumber } = deliveries;
    const row = this.#trade;
    row.kind = tradeCode.peer;
    row.position = 0;
    let count = 0;
    let traded = 0;
    for (let place = 0; place < deliveries.count; place += 1) if (quantity[place]! > 0) count += 1;
    let place = 0;
    for (const { tier, end } of tierRanges(commission, count))
      for (; row.position < end; place += 1) {
        if (quantity[place] === 0) continue;
        const energy = quantity[place]!;
        row.offer = offerNumber[offer[place]!]!;
        row.bid = bidNumber[bid[place]!]!;
        row.quantity = energy;
        row.price = price[place]!;
        const amount = product(energy, row.price);
        row.supplyFee = fee(amount, tier.supply);
        row.useFee = fee(amount, tier.use);
        journal.trade(row);
        const seller = orders.participant[row.offer]!;
        const buyer = orders.participant[row.bid]!;
        payTrade(row, amount, { seller: accountOf(seller), buyer: accountOf(buyer) }, this.#pay);
        positions.sold[seller * carrierCount + this.#carrier]! += energy;
        positions.bought[buyer * carrierCount + this.#carrier]! += energy;
        traded += energy;
        row.position += 1;
      }
    sums.add(this.#carrier, "traded", traded);
    return count;
  }

  /** The pool buys what an offer has left. */
  pooled(order: number, quantity: number, price: number): void {
    const party = this.#partyOf(order);
    this.#write(this.#priced(flowCode.pooled, party, order, quantity, price));
    this.#round.sums.add(this.#carrier, "pooled", quantity);
    this.#round.positions.sold[party * carrierCount + this.#carrier]! += quantity;
  }

  /**
   * Scenario 2: bids buy from the pool. The first `ownLots` lots are those of offers, the others of devices. Returns how
   * many sales there were.
   */
  sales(deliveries: Deliveries, ownLots: number): number {
    const { journal, orders, positions, sums } = this.#round;
    const row = this.#trade;
    row.position = 0;
    row.supplyFee = 0;
    row.useFee = 0;
    let sold = 0;
    for (let place = 0; place < deliveries.count; place += 1) {
      const quantity = deliveries.quantity[place]!;
      if (quantity === 0) continue;
      const lot = deliveries.offer[place]!;
      row.kind = lot < ownLots ? tradeCode.pool : tradeCode.storage;
      row.offer = deliveries.offerNumber[lot]!;
      row.bid = deliveries.bidNumber[deliveries.bid[place]!]!;
      row.quantity = quantity;
      row.price = deliveries.price[place]!;
      journal.trade(row);
      const buyer = orders.participant[row.bid]!;
      const amount = product(quantity, row.price);
      payTrade(row, amount, { seller: account.pool, buyer: accountOf(buyer) }, this.#pay);
      positions.bought[buyer * carrierCount + this.#carrier]! += quantity;
      sold += quantity;
      row.position += 1;
    }
    sums.add(this.#carrier, "sold", sold);
    return row.position;
  }

  /** A device delivered to the pool's buyers: it lost `drained`, and its owner is paid by the pool. */
  discharged(device: number, delivered: number, drained: number): void {
    const { terms, charges, sums, positions } = this.#round;
    const { contract, owner } = terms.devices[device]!;
    charges[device]! -= drained;
    const row = this.#priced(flowCode.discharged, device, none, delivered, contract!.dischargePrice);
    row.lost = drained - delivered;
    row.extra = charges[device]!;
    this.#write(row);
    sums.add(this.#carrier, "discharged", delivered);
    sums.add(this.#carrier, "lost", row.lost);
    if (owner !== nobody) positions.delivered[owner * carrierCount + this.#carrier]! += delivered;
  }

  /** A device charged from the pool or the grid; its owner pays, or the pool for devices of the platform. */
  charged({ device, drawn, stored, price, imported }: Charging): void {
    const { terms, charges, sums, positions } = this.#round;
    const { owner } = terms.devices[device]!;
    charges[device]! += stored;
    const kind = imported ? flowCode.gridCharged : flowCode.charged;
    const row = this.#priced(kind, device, none, drawn, price);
    row.lost = drawn - stored;
    row.extra = charges[device]!;
    this.#write(row);
    if (imported) sums.add(this.#carrier, "imported", drawn);
    sums.add(this.#carrier, "charged", drawn);
    sums.add(this.#carrier, "lost", row.lost);
    if (owner !== nobody) positions.drawn[owner * carrierCount + this.#carrier]! += drawn;
  }

  /** What the pool could not sell goes to the grid, which pays `price`. */
  exported(quantity: number, price: number): void {
    this.#unsold(quantity, (part) => {
      this.#write(this.#priced(flowCode.exported, none, none, part, price));
      this.#round.sums.add(this.#carrier, "exported", part);
    });
  }

  /** What the pool could not sell is lost to everybody. */
  curtailed(quantity: number): void {
    this.#unsold(quantity, (part) => {
      this.#write(this.#row(flowCode.curtailed, none, none, part));
    });
  }

  /** Part of what a bid still wants is called off, and paid for. */
  interrupted(order: number, quantity: number, price: number): void {
    this.#write(this.#priced(flowCode.interrupted, this.#partyOf(order), order, quantity, price));
    this.#round.sums.add(this.#carrier, "interrupted", quantity);
  }

  /** A bid gets what it still wants from the grid. */
  imported(order: number, quantity: number, price: number): void {
    const party = this.#partyOf(order);
    this.#write(this.#priced(flowCode.imported, party, order, quantity, price));
    this.#round.sums.add(this.#carrier, "imported", quantity);
    this.#round.positions.bought[party * carrierCount + this.#carrier]! += quantity;
  }

  /** What a bid never got. */
  unserved(order: number, quantity: number): void {
    this.#write(this.#row(flowCode.unserved, this.#partyOf(order), order, quantity));
    this.#round.sums.add(this.#carrier, "unserved", quantity);
  }

  /** What nobody took of an offer. */
  idle(order: number, quantity: number): void {
    this.#write(this.#row(flowCode.idle, this.#partyOf(order), order, quantity));
  }

  /** What a full feeder held back of the order behind it, at its limit; `order` is {@link none} for a device's lot. */
  heldBack(feeder: number, order: number, quantity: number, price: number): void {
    const row = this.#row(flowCode.feederCurtailed, feeder, order, quantity);
    row.price = price;
    this.#write(row);
  }

  /** A feeder lost part of what crossed it; the grid makes it up and the platform pays. */
  lostByFeeder(feeder: number, lost: number, crossed: number, retail: number): void {
    const row = this.#priced(flowCode.feederLoss, feeder, none, lost, retail);
    row.lost = lost;
    row.extra = crossed;
    this.#write(row);
    this.#round.sums.add(this.#carrier, "lost", lost);
    this.#round.sums.add(this.#carrier, "imported", lost);
  }

  /** A device lost charge by standing. */
  stood(device: number, lost: number): void {
    this.#round.charges[device]! -= lost;
    const row = this.#row(flowCode.selfDischarged, device, none, lost);
    row.lost = lost;
    row.extra = this.#round.charges[device]!;
    this.#write(row);
    this.#round.sums.add(this.#carrier, "lost", lost);
  }

  /** A device that came back used charge on its way. */
  used(device: number, quantity: number): void {
    this.#round.charges[device]! -= quantity;
    const row = this.#row(flowCode.used, device, none, quantity);
    row.extra = this.#round.charges[device]!;
    this.#write(row);
  }

  /** A device leaves with `missing` less than its stay required. */
  undercharged(device: number, missing: number): void {
    const row = this.#row(flowCode.undercharged, device, none, missing);
    row.extra = this.#round.charges[device]!;
    this.#write(row);
  }

  /** Writes more than one record holds as several. */
  #unsold(quantity: number, write: (part: number) => void): void {
    for (let left = quantity; left > 0; left -= maxQuantity) write(Math.min(left, maxQuantity));
  }

  #partyOf(order: number): number {
    return this.#round.orders.participant[order]!;
  }

  /** The row of flows with everything else as it is where nothing is said. */
  #row(kind: number, party: number, order: number, quantity: number): FlowRow {
    const row = this.#flow;
    row.kind = kind;
    row.party = party;
    row.order = order;
    row.quantity = quantity;
    row.lost = 0;
    row.price = 0;
    row.amount = 0;
    row.extra = 0;
    return row;
  }

  #priced(kind: number, party: number, order: number, quantity: number, price: number): FlowRow {
    const row = this.#row(kind, party, order, quantity);
    row.price = price;
    row.amount = product(quantity, price);
    return row;
  }

  /** Writes a flow, and moves the money that it says. */
  #write(row: FlowRow): void {
    const { journal, terms } = this.#round;
    journal.flow(row);
    if (row.amount === 0) return;
    const device = (): number => {
      const { owner } = terms.devices[row.party]!;
      return owner === nobody ? account.pool : accountOf(owner);
    };
    payFlow(row, { participant: () => accountOf(row.party), device }, this.#pay);
  }
}
