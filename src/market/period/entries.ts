/**
 * Everything that happens to one carrier in one period is written here: the record, its money, the sums of the header
 * and the positions of the participants, together, so that no step can write the one and forget the other. The steps
 * (matching, pool, storage, grid) decide what happens.
 */
import { type CommissionTier, tierRanges } from "../../core/rules.js";
import { flowCode, none, postingCode, tradeCode } from "../../ledger/format/records.js";
import { maxQuantity } from "../../units.js";
import { account, accountOf } from "../books/accounts.js";
import { type Amount, fee, product } from "../books/amounts.js";
import type { FlowRow, PostingRow, TradeRow } from "../books/journal.js";
import { carrierCount, nobody } from "../contracts/terms.js";
import type { Round } from "./round.js";

/** `extra` of an imported flow: for whom the energy came. */
export const importedFor = { bid: 0, storage: 1, losses: 2 } as const;

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
  readonly #posting: PostingRow;

  constructor(round: Round, carrier: number) {
    this.#round = round;
    this.#carrier = carrier;
    const trade = { kind: 0, carrier, offer: 0, bid: 0, quantity: 0, price: 0, position: 0 };
    this.#trade = { ...trade, supplyFee: 0, useFee: 0 };
    const flow = { kind: 0, carrier, party: none, order: none, quantity: 0 };
    this.#flow = { ...flow, lost: 0, price: 0, amount: 0, extra: 0 };
    this.#posting = { kind: 0, carrier, from: 0, to: 0, reference: none, amount: 0 };
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
    this.#round.journal.flow(row);
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
        const trade = journal.trade(row);
        const seller = orders.participant[row.offer]!;
        const buyer = orders.participant[row.bid]!;
        const from = accountOf(buyer);
        const to = accountOf(seller);
        this.#pay(postingCode.energy, from, to, trade, amount);
        this.#pay(postingCode.supplyFee, to, account.commission, trade, row.supplyFee);
        this.#pay(postingCode.useFee, from, account.commission, trade, row.useFee);
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
    const row = this.#priced(flowCode.pooled, party, order, quantity, price);
    const flow = this.#round.journal.flow(row);
    this.#pay(postingCode.poolPurchase, account.pool, accountOf(party), flow, row.amount);
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
      const trade = journal.trade(row);
      const buyer = orders.participant[row.bid]!;
      const amount = product(quantity, row.price);
      this.#pay(postingCode.poolSale, accountOf(buyer), account.pool, trade, amount);
      positions.bought[buyer * carrierCount + this.#carrier]! += quantity;
      sold += quantity;
      row.position += 1;
    }
    sums.add(this.#carrier, "sold", sold);
    return row.position;
  }

  /** A device delivered to the pool's buyers: it lost `drained`, and its owner is paid by the pool. */
  discharged(device: number, delivered: number, drained: number): void {
    const { terms, charges, sums, positions, journal } = this.#round;
    const { contract, owner } = terms.devices[device]!;
    charges[device]! -= drained;
    const row = this.#priced(flowCode.discharged, device, none, delivered, contract!.dischargePrice);
    row.lost = drained - delivered;
    row.extra = charges[device]!;
    const flow = journal.flow(row);
    sums.add(this.#carrier, "discharged", delivered);
    sums.add(this.#carrier, "lost", row.lost);
    if (owner === nobody) return;
    positions.delivered[owner * carrierCount + this.#carrier]! += delivered;
    this.#pay(postingCode.storage, account.pool, accountOf(owner), flow, row.amount);
  }

  /** A device charged from the pool or the grid; its owner pays, or the pool for devices of the platform. */
  charged({ device, drawn, stored, price, imported }: Charging): void {
    const { terms, charges, sums, positions, journal } = this.#round;
    const { owner } = terms.devices[device]!;
    charges[device]! += stored;
    if (imported) {
      const row = this.#priced(flowCode.imported, device, none, drawn, price);
      row.extra = importedFor.storage;
      journal.flow(row);
      sums.add(this.#carrier, "imported", drawn);
    }
    const row = this.#priced(flowCode.charged, device, none, drawn, price);
    row.lost = drawn - stored;
    row.extra = charges[device]!;
    const flow = journal.flow(row);
    sums.add(this.#carrier, "charged", drawn);
    sums.add(this.#carrier, "lost", drawn - stored);
    if (owner !== nobody) positions.drawn[owner * carrierCount + this.#carrier]! += drawn;
    const payer = owner === nobody ? account.pool : accountOf(owner);
    if (imported) this.#pay(postingCode.import, payer, account.grid, flow, row.amount);
    else if (owner !== nobody) this.#pay(postingCode.storage, payer, account.pool, flow, row.amount);
  }

  /** What the pool could not sell goes to the grid, which pays `price`. */
  exported(quantity: number, price: number): void {
    this.#unsold(quantity, (part) => {
      const row = this.#priced(flowCode.exported, none, none, part, price);
      const flow = this.#round.journal.flow(row);
      this.#round.sums.add(this.#carrier, "exported", part);
      this.#pay(postingCode.export, account.grid, account.pool, flow, row.amount);
    });
  }

  /** What the pool could not sell is lost to everybody. */
  curtailed(quantity: number): void {
    this.#unsold(quantity, (part) => {
      this.#round.journal.flow(this.#row(flowCode.curtailed, none, none, part));
    });
  }

  /** Part of what a bid still wants is called off, and paid for. */
  interrupted(order: number, quantity: number, price: number): void {
    const party = this.#partyOf(order);
    const row = this.#priced(flowCode.interrupted, party, order, quantity, price);
    const flow = this.#round.journal.flow(row);
    this.#pay(postingCode.interruption, account.trading, accountOf(party), flow, row.amount);
    this.#round.sums.add(this.#carrier, "interrupted", quantity);
  }

  /** A bid gets what it still wants from the grid. */
  imported(order: number, quantity: number, price: number): void {
    const party = this.#partyOf(order);
    const row = this.#priced(flowCode.imported, party, order, quantity, price);
    row.extra = importedFor.bid;
    const flow = this.#round.journal.flow(row);
    this.#pay(postingCode.import, accountOf(party), account.grid, flow, row.amount);
    this.#round.sums.add(this.#carrier, "imported", quantity);
    this.#round.positions.bought[party * carrierCount + this.#carrier]! += quantity;
  }

  /** What a bid never got. */
  unserved(order: number, quantity: number): void {
    this.#round.journal.flow(this.#row(flowCode.unserved, this.#partyOf(order), order, quantity));
    this.#round.sums.add(this.#carrier, "unserved", quantity);
  }

  /** What nobody took of an offer. */
  idle(order: number, quantity: number): void {
    this.#round.journal.flow(this.#row(flowCode.idle, this.#partyOf(order), order, quantity));
  }

  /** What a full feeder held back of the order behind it, at its limit; `order` is {@link none} for a device's lot. */
  heldBack(feeder: number, order: number, quantity: number, price: number): void {
    const row = this.#row(flowCode.feederCurtailed, feeder, order, quantity);
    row.price = price;
    this.#round.journal.flow(row);
  }

  /** A feeder lost part of what crossed it; the grid makes it up and the platform pays. */
  lostByFeeder(feeder: number, lost: number, crossed: number, retail: number): void {
    const { journal, sums } = this.#round;
    const loss = this.#row(flowCode.feederLoss, feeder, none, lost);
    loss.lost = lost;
    loss.extra = crossed;
    journal.flow(loss);
    const row = this.#priced(flowCode.imported, none, none, lost, retail);
    row.extra = importedFor.losses;
    const flow = journal.flow(row);
    this.#pay(postingCode.loss, account.trading, account.grid, flow, row.amount);
    sums.add(this.#carrier, "lost", lost);
    sums.add(this.#carrier, "imported", lost);
  }

  /** A device lost charge by standing. */
  stood(device: number, lost: number): void {
    this.#round.charges[device]! -= lost;
    const row = this.#row(flowCode.selfDischarged, device, none, lost);
    row.lost = lost;
    row.extra = this.#round.charges[device]!;
    this.#round.journal.flow(row);
    this.#round.sums.add(this.#carrier, "lost", lost);
  }

  /** A device that came back used charge on its way. */
  used(device: number, quantity: number): void {
    this.#round.charges[device]! -= quantity;
    const row = this.#row(flowCode.used, device, none, quantity);
    row.extra = this.#round.charges[device]!;
    this.#round.journal.flow(row);
  }

  /** A device leaves with `missing` less than its stay required. */
  undercharged(device: number, missing: number): void {
    const row = this.#row(flowCode.undercharged, device, none, missing);
    row.extra = this.#round.charges[device]!;
    this.#round.journal.flow(row);
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

  #pay(kind: number, from: number, to: number, reference: number, amount: Amount): void {
    const row = this.#posting;
    row.kind = kind;
    row.from = from;
    row.to = to;
    row.reference = reference;
    row.amount = amount;
    this.#round.journal.post(row);
  }
}
