/**
 * Adds up the blocks of a ledger: energy by carrier, money by account, and what the market was worth
 * (savings.ts). It reads records and contracts only, never the market's own sums: what does not close here does not
 * close.
 */
import { viewOf } from "../bytes.js";
import { onlyKeys } from "../check.js";
import type { Block } from "../ledger/format/block.js";
import type { Blocks } from "../ledger/format/chain.js";
import { type Totals, totalNames } from "../ledger/format/header.js";
import { decodeRecords, offsetsOf } from "../ledger/format/layout.js";
import {
  type AccountName,
  accountNames,
  firstCollateralAccount,
  firstParticipantAccount,
  flowKinds,
  flowLayout,
  partyCode,
  tradeCode,
  tradeLayout,
} from "../ledger/format/records.js";
import type { Snapshot } from "../ledger/format/snapshot.js";
import { stateLayout } from "../ledger/format/state.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import { openHasher } from "../ledger/tree/hashwasm.js";
import { type PaymentKind, paymentKinds } from "../market/books/payments.js";
import type { Contract } from "../market/contracts/contracts.js";
import { carriers } from "../units.js";
import { AreaSums } from "./areas.js";
import { type AccountGroup, accountGroups, type EnergyBalance, type Summary } from "./balances.js";
import { checkedBlocks } from "./blocks.js";
import { defaultTicks, type MarketTicks, marketTicks } from "./columns.js";
import type { CostOf } from "./cost.js";
import { ordersOf } from "./left.js";
import { OutsideWatch } from "./outside.js";
import { eachPayment, type Payment } from "./payments.js";
import { chargeKinds, contractsAfter, Registry } from "./registry.js";
import { SavingsSums } from "./savings.js";
import { totalsOf } from "./totals.js";
import { TradingSums } from "./trading.js";
import type { Emissions } from "./tradingsum.js";

export type { EnergyBalance, MoneyBalance, Summary } from "./balances.js";

/** What no block says of a market. */
export interface Known {
  /** What it costs participants to make energy. Default: what contracts tell (docs/indicators.md). */
  readonly costOf?: CostOf;
  /** What energy emits. Default: nobody knows, and CO2 is null. */
  readonly emissions?: Emissions;
}

/** What {@link summarize} may be given beside the blocks. */
export interface SummaryOptions extends Known {
  /** Default: `openHasher`'s. */
  readonly hasher?: Hasher;
}

/**
 * Adds up a ledger by its blocks, in order from genesis; every block is checked first. Throws `corrupt` naming the
 * first bad height, `invalid` for an unknown option.
 */
export async function summarize(blocks: Blocks, options: SummaryOptions = {}): Promise<Summary> {
  onlyKeys(options, "options", ["hasher", "costOf", "emissions"]);
  const { hasher = await openHasher(), ...known } = options;
  const indicators = new Indicators(known);
  for await (const { block } of checkedBlocks(blocks, hasher)) indicators.add(block);
  return indicators.summary();
}

type FlowKind = (typeof flowKinds)[number];

const groupsOfAccounts: Readonly<Record<AccountName, AccountGroup>> = {
  trading: "platform trading",
  pool: "platform pool",
  commission: "platform commission",
  grid: "grid",
  defaults: "platform defaults",
  bank: "bank",
  gridFees: "grid fees",
  congestionRent: "congestion rent",
};
function groupOf(account: number): AccountGroup {
  if (account >= firstCollateralAccount) return "collateral";
  return account >= firstParticipantAccount
    ? "participants"
    : groupsOfAccounts[accountNames[account] ?? "bank"];
}

const slots = carriers.length * flowKinds.length;

const flow = /* @__PURE__ */ offsetsOf(flowLayout);
const trade = /* @__PURE__ */ offsetsOf(tradeLayout);

/** Adds up blocks into a {@link Summary}; they must have been checked, and come in order from genesis, each once. */
export class Indicators {
  #ticks: MarketTicks = defaultTicks;
  #blocks = 0;
  #orders = 0;
  #trades = 0;
  #poolTrades = 0;
  /** By carrier: what orders bought from the grid, and stores sold to it, by trades. */
  readonly #onAreas = carriers.map(() => ({ imports: 0n, storeExports: 0n }));
  readonly #areas = new AreaSums();
  #readings = 0;
  readonly #totals: bigint[][] = carriers.map(() => totalNames.map(() => 0n));
  readonly #flowQuantity: bigint[] = Array.from({ length: slots }, () => 0n);
  readonly #flowLost: bigint[] = Array.from({ length: slots }, () => 0n);
  readonly #payments: bigint[][] = paymentKinds.map(() =>
    Array.from({ length: carriers.length + 1 }, () => 0n),
  );
  readonly #received = new Map<AccountGroup, bigint>(accountGroups.map((group) => [group, 0n]));
  readonly #paid = new Map<AccountGroup, bigint>(accountGroups.map((group) => [group, 0n]));
  readonly #registry: Registry;
  readonly #outside = new OutsideWatch();
  /** Charge of the devices by number, at first and now. */
  readonly #devices: { carrier: number; before: bigint; charge: bigint }[] = [];
  readonly #savings: SavingsSums;
  readonly #trading: TradingSums;

  /**
   * @param known what no block says; the defaults of {@link SummaryOptions}
   * @param snapshot of the block before the first that is added; null: that is genesis
   */
  constructor({ costOf, emissions }: Known = {}, snapshot: Snapshot | null = null) {
    this.#registry = Registry.after(snapshot);
    this.#savings = new SavingsSums(this.#registry, costOf ?? null);
    this.#trading = new TradingSums(this.#registry, emissions ?? null);
    if (snapshot === null) return;
    this.#outside.beganMs = snapshot.header.timestampMs;
    this.#contracts(contractsAfter(snapshot));
    for (const { kind, number, value } of decodeRecords(stateLayout, snapshot.state))
      if (kind === "charge") this.#hold(number, value);
  }

  /** Takes a block before those that are added up: who takes part by which contracts, and what stores hold. */
  pass(block: Block): void {
    this.#contracts(this.#registry.add(block));
    this.#outside.beganMs = block.header.timestampMs;
    const { flows } = block.sections;
    const view = viewOf(flows);
    for (let at = 0; at < flows.length; at += flowLayout.bytes)
      if (chargeKinds.has(flowKinds[view.getUint8(at + flow.kind) - 1]!))
        this.#hold(view.getUint32(at + flow.party, true), view.getBigUint64(at + flow.extra, true));
  }

  #hold(device: number, charge: bigint): void {
    Object.assign(this.#devices[device]!, { before: charge, charge });
    this.#savings.hold(device, charge);
  }

  #contracts(contracts: readonly Contract[]): void {
    for (const contract of contracts) this.#contract(contract);
    const outside = this.#outside.enter(contracts);
    if (outside !== null) {
      this.#savings.price(outside);
      this.#trading.price(outside);
    }
    this.#savings.enter(contracts);
    this.#trading.enter();
  }

  /** Adds the next block. */
  add(block: Block): void {
    const { header, sections } = block;
    this.#contracts(this.#registry.add(block));
    this.#outside.beganMs = header.timestampMs;
    const orders = ordersOf(sections);
    this.#savings.add(block, orders);
    this.#blocks += 1;
    this.#orders += header.sections.orders.count;
    this.#trades += header.sections.trades.count;
    this.#countTrades(sections.trades);
    this.#areas.add(block);
    this.#readings += header.sections.readings.count;
    const totalsBy = totalsOf(block);
    this.#trading.add(block, orders, totalsBy);
    for (const [code, carrier] of carriers.entries()) {
      const totals = totalsBy[carrier];
      for (const [index, name] of totalNames.entries()) this.#totals[code]![index]! += totals[name];
    }
    this.#flows(sections.flows);
    eachPayment(block, this.#registry, (payment) => this.#payment(payment));
  }

  #contract(contract: Contract): void {
    if (contract.kind === "market") this.#ticks = marketTicks(contract);
    if (contract.kind !== "storage") return;
    const charge = BigInt(contract.charge);
    const number = this.#registry.deviceOf(contract.device)!;
    this.#devices[number] ??= { carrier: carriers.indexOf(contract.carrier), before: charge, charge };
  }

  #flows(bytes: Uint8Array): void {
    const view = viewOf(bytes);
    for (let at = 0; at < bytes.length; at += flowLayout.bytes) {
      const kind: FlowKind = flowKinds[view.getUint8(at + flow.kind) - 1]!;
      const carrier = view.getUint8(at + flow.carrier);
      const party = view.getUint32(at + flow.party, true);
      const quantity = BigInt(view.getUint32(at + flow.quantity, true));
      const extra = view.getBigUint64(at + flow.extra, true);
      const slot = carrier * flowKinds.length + view.getUint8(at + flow.kind) - 1;
      this.#flowQuantity[slot]! += quantity;
      this.#flowLost[slot]! += BigInt(view.getUint32(at + flow.lost, true));
      if (!chargeKinds.has(kind)) continue;
      this.#devices[party]!.charge = extra;
      this.#savings.charged(party, extra, kind === "used" ? quantity : 0n);
    }
  }

  #payment(payment: Readonly<Payment>): void {
    const { kind, carrier, debit, credit, amount } = payment;
    const [to, from] = [groupOf(debit), groupOf(credit)];
    this.#payments[paymentKinds.indexOf(kind)]![carrier]! += amount;
    this.#received.set(to, this.#received.get(to)! + amount);
    this.#paid.set(from, this.#paid.get(from)! + amount);
    this.#savings.pay(payment);
  }

  /** What the blocks so far came to. */
  summary(): Summary {
    const held = (group: AccountGroup): bigint => this.#received.get(group)! - this.#paid.get(group)!;
    const payments = new Map(
      paymentKinds.map((kind, index) => [kind, this.#payments[index]!.reduce((sum, part) => sum + part, 0n)]),
    );
    const groups = new Map(
      accountGroups.map((group) => [
        group,
        { received: this.#received.get(group)!, paid: this.#paid.get(group)! },
      ]),
    );
    return {
      ticks: this.#ticks,
      blocks: this.#blocks,
      orders: this.#orders,
      trades: this.#trades - this.#poolTrades,
      poolTrades: this.#poolTrades,
      readings: this.#readings,
      participants: this.#registry.participants.length,
      energy: Object.fromEntries(
        carriers.map((carrier, code) => [carrier, this.#energy(code)]),
      ) as Summary["energy"],
      money: {
        payments,
        groups,
        closes: accountGroups.reduce((sum, group) => sum + held(group), 0n) === 0n,
      },
      areas: this.#areas.result(this.#registry.network.names),
      savings: this.#savings.result({
        platform:
          held("platform commission") +
          held("platform pool") +
          held("platform trading") +
          held("platform defaults"),
        retailer: held("grid"),
        operator: held("grid fees") + held("congestion rent"),
      }),
      trading: this.#trading.result(),
    };
  }

  /** Counts trades that are no sales of the pool, and what orders and stores trade with the grid by them. */
  #countTrades(bytes: Uint8Array): void {
    const view = viewOf(bytes);
    for (let at = 0; at < bytes.length; at += tradeLayout.bytes) {
      const kind = view.getUint8(at + trade.kind);
      if (kind === tradeCode.pool || kind === tradeCode.storage) this.#poolTrades += 1;
      if (kind !== tradeCode.area && kind !== tradeCode.grid) continue;
      const own = this.#onAreas[view.getUint8(at + trade.carrier)]!;
      const quantity = BigInt(view.getUint32(at + trade.quantity, true));
      const [seller, buyer] = [view.getUint8(at + trade.seller), view.getUint8(at + trade.buyer)];
      if (seller === partyCode.grid && buyer === partyCode.order) own.imports += quantity;
      if (seller === partyCode.device && buyer === partyCode.grid) own.storeExports += quantity;
    }
  }

  #energy(code: number): EnergyBalance {
    const totals = Object.fromEntries(
      totalNames.map((name, index) => [name, this.#totals[code]![index]!]),
    ) as unknown as Totals;
    const flow = (kind: FlowKind): bigint =>
      this.#flowQuantity[code * flowKinds.length + flowKinds.indexOf(kind)]!;
    const lost = (kind: FlowKind): bigint =>
      this.#flowLost[code * flowKinds.length + flowKinds.indexOf(kind)]!;
    const { imports, storeExports } = this.#onAreas[code]!;
    const importedForUse = flow("imported") + imports;
    const { traded, pooled, sold, charged, discharged, exported, imported } = totals;
    const devices = this.#devices.filter((device) => device.carrier === code);
    const before = devices.reduce((sum, device) => sum + device.before, 0n);
    const after = devices.reduce((sum, device) => sum + device.charge, 0n);
    const storageLost = lost("charged") + lost("gridCharged") + lost("discharged") + flow("selfDischarged");
    const ownExports = exported - storeExports;
    const sources = { traded, pooled, exported: ownExports, discharged, imported };
    const sinks = {
      traded,
      sold,
      importedForUse,
      charged,
      exported,
      areaLosses: flow("areaLoss"),
    };
    const sum = (parts: Readonly<Record<string, bigint>>): bigint =>
      Object.values(parts).reduce((total, part) => total + part, 0n);
    const served = traded + sold + importedForUse;
    // What an offer is left with follows from what became of the rest.
    const idle = totals.offered - traded - pooled - ownExports;
    const money = (kind: PaymentKind): bigint => this.#payments[paymentKinds.indexOf(kind)]![code]!;
    const volume = traded + sold;
    return {
      totals,
      sources,
      sinks,
      idle,
      interrupted: totals.interrupted,
      unserved: totals.unserved,
      storage: { before, after, lost: storageLost, used: flow("used") },
      averagePrice: volume === 0n ? null : (money("energy") + money("poolSale")) / volume,
      selfSufficiency: served === 0n ? null : Number(((traded + sold) * 1_000_000n) / served),
      closes:
        sum(sources) === sum(sinks) &&
        idle >= 0n &&
        totals.asked === served + totals.interrupted + totals.unserved &&
        before + charged === after + discharged + storageLost + flow("used"),
    };
  }
}
