/**
 * What trading came to, by carrier and by participant: energies and shares, prices, peaks, welfare by the limits of
 * orders, imports beside idle offers, and CO2. docs/indicators.md gives the formulas and where they come from.
 */
import { viewOf } from "../bytes.js";
import type { Block } from "../ledger/format/block.js";
import type { Header } from "../ledger/format/header.js";
import { offsetsOf } from "../ledger/format/layout.js";
import {
  flowCode,
  flowLayout,
  orderLayout,
  partyCode,
  sideCode,
  tradeLayout,
} from "../ledger/format/records.js";
import { amountAt, product } from "../market/books/amounts.js";
import { type Carrier, carriers } from "../units.js";
import { CarrierSum, Peaks } from "./carriersum.js";
import { ExactSums } from "./exact.js";
import type { CountedOrders } from "./left.js";
import type { MeteredChange } from "./metered.js";
import type { OutsidePrices } from "./outside.js";
import type { Registry } from "./registry.js";
import { placeOf, type SumName, type Sums, sums, tradingOf } from "./slotsums.js";
import type { ByCarrier, CommunityTrading, Emissions, TradingOfAll } from "./tradingsum.js";

const order = /* @__PURE__ */ offsetsOf(orderLayout);
const trade = /* @__PURE__ */ offsetsOf(tradeLayout);
const flow = /* @__PURE__ */ offsetsOf(flowLayout);

/** The sum that a flow of a participant's order goes into, by code. */
const ofOrder: Readonly<Record<number, SumName>> = {
  [flowCode.stored]: "sold",
  [flowCode.exported]: "exported",
  [flowCode.imported]: "imported",
  [flowCode.interrupted]: "interrupted",
};
/** The sum that a flow of a device goes into for its owner, by code. */
const ofDevice: Readonly<Record<number, SumName>> = {
  [flowCode.charged]: "charged",
  [flowCode.gridCharged]: "charged",
  [flowCode.discharged]: "discharged",
};

/** The place of a participant and carrier: those of an order. */
function slotAt(orders: DataView, number: number): number {
  const at = number * orderLayout.bytes;
  return (
    orders.getUint32(at + order.participant, true) * carriers.length + orders.getUint8(at + order.carrier)
  );
}

/** Adds up blocks that were checked and come in order from genesis. */
export class TradingSums {
  readonly #registry: Registry;
  readonly #emissions: Emissions | null;
  readonly #sums = new ExactSums();
  readonly #imports = new Peaks();
  readonly #exports = new Peaks();
  readonly #carriers = carriers.map(() => new CarrierSum());
  /** Charged and discharged by all stores. */
  readonly #stores = carriers.map(() => ({ charged: 0n, discharged: 0n }));
  /** What the grid's energy emits in the block at hand, by carrier. */
  #intensity: readonly number[] = [];

  constructor(registry: Registry, emissions: Emissions | null) {
    this.#registry = registry;
    this.#emissions = emissions;
  }

  /** Takes what carriers cost outside the market from the next block on. */
  price({ tariffs }: OutsidePrices): void {
    for (const [code, carrier] of carriers.entries()) this.#carriers[code]!.retail = tariffs[carrier].retail;
  }

  /** The registry has taken the contracts of the next block. */
  enter(): void {
    this.#sums.grow(this.#registry.participants.length * carriers.length * sums.length);
  }

  /**
   * Takes the records of a block whose contracts were taken, what its orders and its carriers come to, and what the
   * grid's energy emits in it, by carrier code.
   */
  add(
    { header, sections }: Block,
    orders: CountedOrders,
    totals: Header["totals"],
    intensity: readonly number[],
  ): void {
    const { period } = header;
    this.#intensity = intensity;
    for (const carrier of this.#carriers) carrier.open();
    this.#addOrders(sections, orders);
    this.#addTrades(sections);
    this.#addFlows(sections);
    for (const [code, carrier] of carriers.entries()) {
      this.#carriers[code]!.close(period, totals[carrier], this.#intensity[code]!);
      this.#stores[code]!.charged += totals[carrier].charged;
      this.#stores[code]!.discharged += totals[carrier].discharged;
    }
    this.#imports.close(period);
    this.#exports.close(period);
  }

  /** Takes what a meter of a shared carrier came to more than before. */
  metered({ slot, outside, drawn, injected, received, supplied }: MeteredChange): void {
    const code = slot % carriers.length;
    this.#add(slot, "drawn", drawn);
    this.#add(slot, "injected", injected);
    this.#add(slot, "received", received);
    this.#add(slot, "supplied", supplied);
    const emitted = product(drawn - received, outside.intensity[code]!);
    this.#add(slot, "gridCo2", emitted);
    this.#carriers[code]!.gridCo2 += BigInt(emitted);
  }

  #add(slot: number, name: SumName, amount: number | bigint): void {
    this.#sums.add(slot * sums.length + placeOf[name], amount);
  }

  #addImport(slot: number, name: "imported" | "storeImported", quantity: number): void {
    this.#add(slot, name, quantity);
    this.#add(slot, "gridCo2", product(quantity, this.#intensity[slot % carriers.length]!));
    this.#imports.add(slot, quantity);
    if (name === "imported") this.#carriers[slot % carriers.length]!.importedForBid(quantity);
  }

  #addExport(slot: number, name: "exported" | "storeExported", quantity: number): void {
    this.#add(slot, name, quantity);
    this.#exports.add(slot, quantity);
  }

  #addOrders({ orders }: Block["sections"], { counted, left }: CountedOrders): void {
    const view = viewOf(orders);
    for (const [number, quantity] of counted.entries()) {
      if (quantity === 0) continue;
      const slot = slotAt(view, number);
      const at = number * orderLayout.bytes;
      const isOffer = view.getUint8(at + order.side) === sideCode.offer;
      const rest = left[number]!;
      this.#add(slot, isOffer ? "offered" : "asked", quantity);
      this.#add(slot, isOffer ? "idle" : "unserved", rest);
      const price = view.getInt32(at + order.price, true);
      this.#carriers[slot % carriers.length]!.order(isOffer, price, { quantity, left: rest });
    }
  }

  #addTrades({ orders, trades }: Block["sections"]): void {
    const [orderView, view] = [viewOf(orders), viewOf(trades)];
    const limitOf = (number: number): number =>
      orderView.getInt32(number * orderLayout.bytes + order.price, true);
    for (let at = 0; at < view.byteLength; at += tradeLayout.bytes) {
      const code = view.getUint8(at + trade.carrier);
      const seller = view.getUint8(at + trade.seller);
      const buyer = view.getUint8(at + trade.buyer);
      const offer = view.getUint32(at + trade.offer, true);
      const bid = view.getUint32(at + trade.bid, true);
      const quantity = view.getUint32(at + trade.quantity, true);
      if (seller === partyCode.grid || buyer === partyCode.grid) {
        if (buyer === partyCode.order) this.#addImport(slotAt(orderView, bid), "imported", quantity);
        if (seller === partyCode.order) this.#addExport(slotAt(orderView, offer), "exported", quantity);
        if (buyer === partyCode.device) this.#ofStore(bid, code, quantity, "storeImported");
        if (seller === partyCode.device) this.#ofStore(offer, code, quantity, "storeExported");
        continue;
      }
      if (buyer === partyCode.order) {
        const price = view.getInt32(at + trade.usePrice, true);
        const slot = slotAt(orderView, bid);
        this.#add(slot, "bought", quantity);
        this.#add(slot, "paid", product(quantity, price));
        this.#add(slot, "paid", amountAt(view, at + trade.useFee));
        this.#add(slot, "buyerGain", product(quantity, limitOf(bid) - price));
        this.#carriers[code]!.prices.add(quantity, price);
      }
      if (seller === partyCode.order) {
        const price = view.getInt32(at + trade.supplyPrice, true);
        const slot = slotAt(orderView, offer);
        this.#add(slot, "sold", quantity);
        this.#add(slot, "got", product(quantity, price));
        this.#add(slot, "got", -BigInt(amountAt(view, at + trade.supplyFee)));
        this.#add(slot, "sellerGain", product(quantity, price - limitOf(offer)));
      }
      if (seller === partyCode.order && buyer === partyCode.order)
        this.#carriers[code]!.tradedFor(quantity, limitOf(bid) - limitOf(offer));
    }
  }

  /** What a participant's store draws from the grid, or sells to it. */
  #ofStore(device: number, code: number, quantity: number, name: "storeImported" | "storeExported"): void {
    const slot = this.#ownerSlot(device, code);
    if (slot === null) return;
    if (name === "storeImported") this.#addImport(slot, name, quantity);
    else this.#addExport(slot, name, quantity);
  }

  #ownerSlot(device: number, code: number): number | null {
    const owner = this.#registry.devices[device]?.owner ?? null;
    return owner === null ? null : owner * carriers.length + code;
  }

  #addFlows({ orders, flows }: Block["sections"]): void {
    const [orderView, view] = [viewOf(orders), viewOf(flows)];
    for (let at = 0; at < view.byteLength; at += flowLayout.bytes) {
      const kind = view.getUint8(at + flow.kind);
      const code = view.getUint8(at + flow.carrier);
      const party = view.getUint32(at + flow.party, true);
      const quantity = view.getUint32(at + flow.quantity, true);
      const stored = ofDevice[kind];
      if (stored !== undefined) {
        const slot = this.#ownerSlot(party, code);
        if (slot !== null) this.#add(slot, stored, quantity);
        if (kind === flowCode.gridCharged) this.#ofStore(party, code, quantity, "storeImported");
        continue;
      }
      const name = ofOrder[kind];
      if (name === undefined) continue;
      const slot = party * carriers.length + code;
      if (name === "imported") this.#addImport(slot, name, quantity);
      else if (name === "exported") this.#addExport(slot, name, quantity);
      else this.#add(slot, name, quantity);
      if (kind !== flowCode.stored) continue;
      const offer = view.getUint32(at + flow.order, true);
      const price = view.getInt32(at + flow.price, true);
      const limit = orderView.getInt32(offer * orderLayout.bytes + order.price, true);
      this.#add(slot, "got", product(quantity, price));
      this.#add(slot, "sellerGain", product(quantity, price - limit));
    }
  }

  /** What the blocks so far came to. */
  result(): TradingOfAll {
    const { participants } = this.#registry;
    const all = carriers.map(() => this.#noSums());
    const own = carriers.map(() => 0n);
    const each = participants.map((participant, number) => ({
      participant,
      carriers: byCarrier((carrier, code) => {
        const slot = number * carriers.length + code;
        const found = this.#sumsOf(slot);
        for (const name of sums) all[code]![name] += found[name];
        const made = this.#ownCo2(participant, carrier, found);
        own[code]! += made;
        return {
          ...tradingOf(found),
          peakImport: this.#imports.of(slot),
          peakExport: this.#exports.of(slot),
          co2: this.#emissions === null ? null : found.gridCo2 + made,
        };
      }),
    }));
    const together = byCarrier((_, code) => this.#together(code, all[code]!, own[code]!));
    return { together, participants: each };
  }

  #noSums(): Sums {
    return Object.fromEntries(sums.map((name) => [name, 0n])) as Sums;
  }

  #sumsOf(slot: number): Sums {
    const found = this.#noSums();
    for (const name of sums) found[name] = this.#sums.get(slot * sums.length + placeOf[name]);
    return found;
  }

  #ownCo2(participant: string, carrier: Carrier, { sold, exported, injected }: Sums): bigint {
    return (sold + exported + injected) * BigInt(this.#emissions?.own(participant, carrier) ?? 0);
  }

  #together(code: number, all: Sums, ownCo2: bigint): CommunityTrading {
    const carrier = this.#carriers[code]!;
    const { imported, exported, welfare, bestWelfare, overlap, overlapLoss } = carrier;
    // The platform's stores have no owner, and losses between areas nobody.
    const storeExported = exported - all.exported;
    return {
      ...tradingOf({ ...all, ...this.#stores[code]!, storeExported }),
      imported,
      exported,
      peakImport: carrier.peakImport,
      peakExport: carrier.peakExport,
      co2: this.#emissions === null ? null : carrier.gridCo2 + ownCo2,
      prices: carrier.prices.result(),
      welfare,
      bestWelfare,
      overlap,
      overlapLoss,
    };
  }
}

const byCarrier = <T>(make: (carrier: Carrier, code: number) => T): ByCarrier<T> =>
  Object.fromEntries(carriers.map((carrier, code) => [carrier, make(carrier, code)])) as ByCarrier<T>;
