/**
 * Everything that happens to one carrier in one period is written here: the record, the money that it moves, the sums
 * of the header and the positions of the participants, together, so that no step can write the one and forget the
 * other. The steps (matching, pool, storage, grid) decide what happens.
 */
import { viewOf } from "../../bytes.js";
import { offsetsOf } from "../../ledger/format/layout.js";
import { flowCode, none, partyCode, tradeLayout } from "../../ledger/format/records.js";
import { account, accountOf } from "../books/accounts.js";
import { product } from "../books/amounts.js";
import type { FlowRow } from "../books/journal.js";
import { moveTrades, type Pay, payFlow, type TradeSides } from "../books/payments.js";
import { sumOf } from "../books/sums.js";
import { nobody } from "../contracts/register.js";
import { carrierCount } from "../contracts/terms.js";
import type { Round } from "./round.js";

const tradeAt = /* @__PURE__ */ offsetsOf(tradeLayout);

/** The orders of one side: whose they are, how much each is for, and what trading left of it. */
export interface OrdersLeft {
  readonly participant: Uint32Array;
  readonly quantity: Uint32Array;
  readonly left: Uint32Array;
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
  /** Filled anew for every flow: a period writes millions. */
  readonly #flow: FlowRow;
  readonly #pay: Pay;
  /** The accounts of that row's participant, and of the owner of its device. */
  readonly #of: Parameters<typeof payFlow>[1];

  constructor(round: Round, carrier: number) {
    this.#round = round;
    this.#carrier = carrier;
    const flow = { kind: 0, carrier, party: none, order: none, quantity: 0 };
    const row: FlowRow = { ...flow, lost: 0, price: 0, amount: 0, extra: 0 };
    this.#flow = row;
    this.#of = {
      participant: () => accountOf(row.party),
      supplier: () => accountOf(row.order),
      device: () => {
        const { owner } = round.terms.devices[row.party]!;
        return owner === nobody ? account.pool : accountOf(owner);
      },
    };
    this.#pay = (_, from, to, amount) => round.accounts.move(from, to, amount);
  }

  /** What the orders of the carrier offer and ask for, once it opens. */
  opened(offered: Uint32Array, asked: Uint32Array): void {
    const { sums } = this.#round;
    sums.add(this.#carrier, "offered", sumOf(offered));
    sums.add(this.#carrier, "asked", sumOf(asked));
  }

  /** A converter's bid counts for `quantity`, which is all it needs for what it will sell. */
  linked(order: number, quantity: number): void {
    this.#write(this.#row(flowCode.linked, this.#partyOf(order), order, quantity));
  }

  /** A converter's offer counts for `quantity`, made of `input`. */
  converted(order: number, quantity: number, input: number): void {
    const row = this.#row(flowCode.converted, this.#partyOf(order), order, quantity);
    row.extra = input;
    this.#write(row);
  }

  /**
   * Trades between peers, as the core wrote them: records end to end, in order of execution; and what they left of the
   * orders.
   */
  traded(
    records: Uint8Array,
    sides: TradeSides,
    { offers, bids }: { readonly offers: OrdersLeft; readonly bids: OrdersLeft },
  ): void {
    const { positions, sums } = this.#round;
    this.#take(records, sides);
    this.#deliver(offers, positions.sold);
    sums.add(this.#carrier, "traded", this.#deliver(bids, positions.bought));
  }

  /** Adds what the orders of one side have traded to the positions of their participants. Returns how much that is. */
  #deliver({ participant, quantity, left }: OrdersLeft, positions: Float64Array): number {
    let sum = 0;
    for (let place = 0; place < left.length; place += 1) {
      const traded = quantity[place]! - left[place]!;
      if (traded === 0) continue;
      positions[participant[place]! * carrierCount + this.#carrier]! += traded;
      sum += traded;
    }
    return sum;
  }

  /** Sales of the pool and of stores to bids, likewise. */
  soldFromPool(records: Uint8Array, sides: TradeSides): void {
    const { positions, sums } = this.#round;
    this.#take(records, sides);
    const view = viewOf(records);
    let sold = 0;
    let pooled = 0;
    for (let at = 0; at < records.length; at += tradeLayout.bytes) {
      const quantity = view.getUint32(at + tradeAt.quantity, true);
      const buyer = this.#partyOf(view.getUint32(at + tradeAt.bid, true));
      positions.bought[buyer * carrierCount + this.#carrier]! += quantity;
      sold += quantity;
      if (view.getUint8(at + tradeAt.seller) !== partyCode.order) continue;
      const seller = this.#partyOf(view.getUint32(at + tradeAt.offer, true));
      positions.sold[seller * carrierCount + this.#carrier]! += quantity;
      pooled += quantity;
    }
    sums.add(this.#carrier, "sold", sold);
    sums.add(this.#carrier, "pooled", pooled);
  }

  /** Writes trades down and moves their money. */
  #take(records: Uint8Array, sides: TradeSides): void {
    const { journal, accounts } = this.#round;
    journal.trades(records);
    moveTrades(records, sides, accounts);
  }

  /** What an offer had left went to a device; the pool, which its owner pays, pays the seller. */
  stored(order: number, device: number, quantity: number, price: number): void {
    const row = this.#priced(flowCode.stored, this.#partyOf(order), order, quantity, price);
    row.extra = device;
    this.#delivered(row, "pooled");
  }

  /** A device delivered to the pool's buyers: it lost `drained`, and its owner is paid by the pool. */
  discharged(
    device: number,
    { delivered, drained, price }: Readonly<Record<"delivered" | "drained" | "price", number>>,
  ): void {
    const { terms, charges, sums, positions } = this.#round;
    const { owner } = terms.devices[device]!;
    charges[device]! -= drained;
    const row = this.#priced(flowCode.discharged, device, none, delivered, price);
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

  /** What is left of an offer goes to the grid, which pays the seller. */
  exported(order: number, quantity: number, price: number): void {
    this.#delivered(
      this.#priced(flowCode.exported, this.#partyOf(order), order, quantity, price),
      "exported",
    );
  }

  /** Writes what a seller delivers outside of trades. */
  #delivered(row: FlowRow, total: "pooled" | "exported"): void {
    this.#write(row);
    this.#round.sums.add(this.#carrier, total, row.quantity);
    this.#round.positions.sold[row.party * carrierCount + this.#carrier]! += row.quantity;
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

  /** What a bid never got: no record says it, since the bid and what became of it do. */
  unserved(quantity: number): void {
    this.#round.sums.add(this.#carrier, "unserved", quantity);
  }

  /** What a full edge held back of an order in the area below it, at its limit; {@link none} for a device's lot. */
  heldBack(area: number, order: number, quantity: number, price: number): void {
    const row = this.#row(flowCode.areaCurtailed, area, order, quantity);
    row.price = price;
    this.#write(row);
  }

  /** An edge lost part of what crossed it; the grid makes it up and the platform pays. */
  lostAtEdge(area: number, lost: number, crossed: number, retail: number): void {
    const row = this.#priced(flowCode.areaLoss, area, none, lost, retail);
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

  #partyOf(order: number): number {
    return this.#round.orders.participantOf(order);
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
    this.#round.journal.flow(row);
    if (row.amount !== 0) payFlow(row, this.#of, this.#pay);
  }
}
