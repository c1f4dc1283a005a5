/**
 * What a market was worth to those who trade in it: what their energy would have cost without one, and what it cost.
 * docs/indicators.md gives the formulas. Everything follows from the ledger but the cost of running a plant, which no
 * contract says.
 */
import { viewOf } from "../bytes.js";
import type { Block } from "../ledger/format/block.js";
import { offsetsOf } from "../ledger/format/layout.js";
import {
  firstParticipantAccount,
  flowCode,
  flowLayout,
  orderLayout,
  partyCode,
  sideCode,
  tradeLayout,
} from "../ledger/format/records.js";
import { product } from "../market/books/amounts.js";
import type { PaymentKind } from "../market/books/payments.js";
import type { Contract, StorageContract } from "../market/contracts/contracts.js";
import { contractKey } from "../market/contracts/kinds.js";
import { type Carrier, carriers, ppm } from "../units.js";
import { addCosts, type CostOf, costWith, type Held, type Savings } from "./cost.js";
import type { CountedOrders } from "./left.js";
import type { MeteredChange } from "./metered.js";
import type { OutsidePrices } from "./outside.js";
import type { Payment } from "./payments.js";
import type { Registry } from "./registry.js";
import { gini } from "./welfare.js";

/** Movements of a participant's account that are no payment for energy or its handling. */
const apart: ReadonlySet<PaymentKind> = new Set(["deposit", "withdrawal", "collateral"]);
const forImbalances: ReadonlySet<PaymentKind> = new Set(["imbalance", "correction", "default"]);

const flow = /* @__PURE__ */ offsetsOf(flowLayout);
const order = /* @__PURE__ */ offsetsOf(orderLayout);
const trade = /* @__PURE__ */ offsetsOf(tradeLayout);

/** The sums of a participant and carrier, in quantity ticks. */
const sums = { asked: 0, offered: 1, delivered: 2, forgone: 3 } as const;
const width = Object.keys(sums).length;

/** Which sum a flow's quantity goes into, by its code. */
const countsFor: Readonly<Record<number, number>> = {
  [flowCode.stored]: sums.delivered,
  [flowCode.exported]: sums.delivered,
  [flowCode.interrupted]: sums.forgone,
};

/** Kinds of contract that change what energies are worth, or whose they are. */
const matters: ReadonlySet<Contract["kind"]> = new Set([
  "participant",
  "supply",
  "converter",
  "storage",
  "end",
]);
/** A block adds less than 2³² to a sum: so many keep it a whole number that a double holds. */
const mostBlocks = 2 ** 20;

/** What a carrier costs outside the market, in price ticks. */
interface GridPrices {
  readonly retail: bigint;
  readonly feedIn: bigint;
  /** Most that is ever paid for what is fed in: whose energy costs more is not made anyway. */
  readonly highest: number;
}

interface Device {
  contract: StorageContract;
  before: bigint;
  charge: bigint;
  used: bigint;
}

/** Money of a participant so far. */
interface Money {
  without: bigint;
  paid: bigint;
  supplier: bigint;
  imbalances: bigint;
  making: bigint;
  forgone: bigint;
}

/**
 * Adds up blocks that were checked and come in order from genesis. Energies are sums of a stretch of blocks with the
 * same contracts, and become money where one of them changes.
 */
export class SavingsSums {
  readonly #registry: Registry;
  readonly #costOf: CostOf | null;
  #energy = new Float64Array(0);
  readonly #money: Money[] = [];
  readonly #devices: Device[] = [];
  #tariffs: readonly GridPrices[] = carriers.map(() => ({ retail: 0n, feedIn: 0n, highest: 0 }));
  /** Floors of the supply contracts in force, by the place of their participant and carrier, under their keys. */
  readonly #supply = new Map<string, { readonly slot: number; readonly floor: number }>();
  /** Converters in force, by the places of their inputs and outputs, under their keys. */
  readonly #converters = new Map<string, { readonly input: number; readonly output: number }>();
  /** Blocks since energies became money. */
  #blocks = 0;

  constructor(registry: Registry, costOf: CostOf | null) {
    this.#registry = registry;
    this.#costOf = costOf;
  }

  /** Takes what carriers cost outside the market from the next block on. */
  price({ tariffs, highestFeedIn }: OutsidePrices): void {
    const next = carriers.map((carrier, code) => ({
      retail: BigInt(tariffs[carrier].retail),
      feedIn: BigInt(tariffs[carrier].feedIn),
      highest: highestFeedIn[code]!,
    }));
    const isSame = ({ retail, feedIn, highest: most }: GridPrices, code: number): boolean =>
      retail === next[code]!.retail && feedIn === next[code]!.feedIn && most === next[code]!.highest;
    if (this.#tariffs.every(isSame)) return;
    this.#settle();
    this.#tariffs = next;
  }

  /** Takes the contracts of the next block, which the registry has taken. */
  enter(contracts: readonly Contract[]): void {
    if (!contracts.some(({ kind }) => matters.has(kind))) return;
    this.#settle();
    for (const contract of contracts) this.#enter(contract);
    while (this.#money.length < this.#registry.participants.length)
      this.#money.push({ without: 0n, paid: 0n, supplier: 0n, imbalances: 0n, making: 0n, forgone: 0n });
    const length = this.#money.length * carriers.length * width;
    if (this.#energy.length < length) this.#energy = new Float64Array(length);
  }

  #enter(contract: Contract): void {
    const slotOf = (participant: string, carrier: Carrier): number =>
      this.#registry.numberOf(participant)! * carriers.length + carriers.indexOf(carrier);
    if (contract.kind === "end") {
      this.#supply.delete(contract.contract);
      this.#converters.delete(contract.contract);
    }
    if (contract.kind === "supply" && contract.participant !== undefined) {
      const floor = contract.pool === false ? undefined : contract.pool?.floor;
      const slot = slotOf(contract.participant, contract.carrier);
      if (floor === undefined) this.#supply.delete(contractKey(contract));
      else this.#supply.set(contractKey(contract), { slot, floor });
    }
    if (contract.kind === "converter")
      this.#converters.set(contractKey(contract), {
        input: slotOf(contract.participant, contract.input),
        output: slotOf(contract.participant, contract.output),
      });
    if (contract.kind !== "storage") return;
    const number = this.#registry.deviceOf(contract.device)!;
    const charge = BigInt(contract.charge);
    this.#devices[number] ??= { contract, before: charge, charge, used: 0n };
    this.#devices[number].contract = contract;
  }

  /** Takes the orders, trades and flows of a block whose contracts were taken, and what its orders counted for. */
  add({ sections }: Block, { counted, left }: CountedOrders): void {
    const energy = this.#energy;
    const orders = viewOf(sections.orders);
    const firstOf = (number: number): number => {
      const at = number * orderLayout.bytes;
      const participant = orders.getUint32(at + order.participant, true);
      return (participant * carriers.length + orders.getUint8(at + order.carrier)) * width;
    };
    for (const [number, quantity] of counted.entries()) {
      if (quantity === 0) continue;
      const first = firstOf(number);
      const offers = orders.getUint8(number * orderLayout.bytes + order.side) === sideCode.offer;
      energy[first + (offers ? sums.offered : sums.asked)]! += quantity;
      if (!offers) energy[first + sums.forgone]! += left[number]!;
    }
    const trades = viewOf(sections.trades);
    for (let at = 0; at < trades.byteLength; at += tradeLayout.bytes) {
      if (trades.getUint8(at + trade.seller) !== partyCode.order) continue;
      const first = firstOf(trades.getUint32(at + trade.offer, true));
      energy[first + sums.delivered]! += trades.getUint32(at + trade.quantity, true);
    }
    const flows = viewOf(sections.flows);
    for (let at = 0; at < flows.byteLength; at += flowLayout.bytes) {
      const kind = flows.getUint8(at + flow.kind);
      const into = countsFor[kind];
      if (into === undefined) continue;
      const slot =
        flows.getUint32(at + flow.party, true) * carriers.length + flows.getUint8(at + flow.carrier);
      const quantity = flows.getUint32(at + flow.quantity, true);
      energy[slot * width + into]! += quantity;
    }
    this.#blocks += 1;
    if (this.#blocks === mostBlocks) this.#settle();
  }

  /** Takes what a device holds after a flow of its own; `used` is what it used on the road. */
  charged(device: number, charge: bigint, used: bigint): void {
    const found = this.#devices[device]!;
    found.charge = charge;
    found.used += used;
  }

  /** Takes what a device holds before the first block that is added. */
  hold(device: number, charge: bigint): void {
    Object.assign(this.#devices[device]!, { before: charge, charge });
  }

  /** Takes a payment. */
  pay({ kind, debit, credit, amount }: Readonly<Payment>): void {
    if (apart.has(kind)) return;
    const name = forImbalances.has(kind) ? "imbalances" : "paid";
    const { [credit - firstParticipantAccount]: payer, [debit - firstParticipantAccount]: payee } =
      this.#money;
    if (payer !== undefined) payer[name] += amount;
    if (payee !== undefined) payee[name] -= amount;
  }

  /** Takes what a meter of a shared carrier came to more than before. */
  metered({ slot, outside, drawn, injected, received, supplied }: MeteredChange): void {
    const code = slot % carriers.length;
    const number = (slot - code) / carriers.length;
    const money = this.#money[number]!;
    const { retail, feedIn } = outside.tariffs[carriers[code]!];
    const worth = (quantity: number, price: number): bigint => BigInt(product(quantity, price));
    money.without += worth(drawn, retail);
    money.supplier += worth(drawn - received, retail) - worth(injected - supplied, feedIn);
    if (injected === 0) return;
    // What is made anyway would be fed in, what a plant makes would not be made.
    const cost = this.#cost(number, code, undefined);
    if (cost === null) money.without -= worth(injected, feedIn);
    else money.making += worth(injected, cost);
  }

  /** Turns the energies since the last change of contracts into money. */
  #settle(): void {
    const bought = new Set([...this.#converters.values()].map(({ input }) => input));
    const converted = new Set([...this.#converters.values()].map(({ output }) => output));
    const floors = new Map([...this.#supply.values()].map(({ slot, floor }) => [slot, floor]));
    for (const [number, money] of this.#money.entries())
      for (const [code, { retail, feedIn }] of this.#tariffs.entries()) {
        const slot = number * carriers.length + code;
        const sum = (name: keyof typeof sums): bigint => BigInt(this.#energy[slot * width + sums[name]]!);
        if (!bought.has(slot)) {
          money.without += sum("asked") * retail;
          money.forgone += sum("forgone") * retail;
        }
        if (converted.has(slot) || sum("offered") === 0n) continue;
        const cost = this.#cost(number, code, floors.get(slot));
        if (cost === null) money.without -= sum("offered") * feedIn;
        else money.making += sum("delivered") * BigInt(cost);
      }
    for (const { contract, used } of this.#devices) {
      if (contract.owner === undefined || used === 0n) continue;
      const { retail } = this.#tariffs[carriers.indexOf(contract.carrier)]!;
      this.#money[this.#registry.numberOf(contract.owner)!]!.without +=
        ((used * BigInt(ppm)) / BigInt(contract.chargeEfficiency)) * retail;
    }
    for (const device of this.#devices) device.used = 0n;
    this.#energy.fill(0);
    this.#blocks = 0;
  }

  /** Cost of a unit; without anybody who knows it, the floor of the supply contract where it is above the feed-in. */
  #cost(number: number, code: number, floor: number | undefined): number | null {
    if (this.#costOf !== null) return this.#costOf(this.#registry.participants[number]!, carriers[code]!);
    return floor === undefined || floor <= this.#tariffs[code]!.highest ? null : floor;
  }

  /** What the blocks so far came to. */
  result({ platform, retailer, operator }: Held): Savings {
    this.#settle();
    const drained = new Map<number | null, bigint>();
    for (const { contract, before, charge } of this.#devices) {
      const { retail, feedIn } = this.#tariffs[carriers.indexOf(contract.carrier)]!;
      const owner = contract.owner === undefined ? null : this.#registry.numberOf(contract.owner)!;
      drained.set(owner, (drained.get(owner) ?? 0n) + ((before - charge) * (retail + feedIn)) / 2n);
    }
    const participants = this.#money.map((money, number) => ({
      participant: this.#registry.participants[number]!,
      ...costWith({ ...money, drained: drained.get(number) ?? 0n }),
    }));
    const together = addCosts(participants);
    const own = { income: platform, drained: drained.get(null) ?? 0n };
    return {
      participants,
      together,
      platform: own,
      retailer,
      operator,
      systemCost:
        together.making +
        together.forgone +
        together.drained +
        together.supplier +
        retailer +
        operator +
        own.drained,
      gini: gini(participants.map((cost) => cost.without - cost.with)),
    };
  }
}
