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
import { flowKinds, flowLayout, partyCode, tradeCode, tradeLayout } from "../ledger/format/records.js";
import type { Snapshot } from "../ledger/format/snapshot.js";
import { stateLayout } from "../ledger/format/state.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import { openHasher } from "../ledger/tree/hashwasm.js";
import type { Contract, MarketContract } from "../market/contracts/contracts.js";
import type { PeriodTariffs } from "../market/contracts/tariffs.js";
import { carriers } from "../units.js";
import { AreaSums } from "./areas.js";
import type { AccountGroup, EnergyBalance, Summary } from "./balances.js";
import { checkedBlocks } from "./blocks.js";
import { defaultTicks, type MarketTicks, marketTicks } from "./columns.js";
import type { CostOf } from "./cost.js";
import { ordersOf } from "./left.js";
import { MeteredWatch, type Outside } from "./metered.js";
import { MoneySums } from "./money.js";
import { OutsideWatch } from "./outside.js";
import { eachPayment } from "./payments.js";
import { chargeKinds, contractsAfter, Registry } from "./registry.js";
import { SavingsSums } from "./savings.js";
import { totalsOf } from "./totals.js";
import { TradingSums } from "./trading.js";
import type { CommunityTrading, Emissions } from "./tradingsum.js";

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

const zeroTariffs = Object.fromEntries(
  carriers.map((carrier) => [carrier, { retail: 0, feedIn: 0 }]),
) as unknown as PeriodTariffs;

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
  readonly #money = new MoneySums();
  readonly #registry: Registry;
  readonly #outside = new OutsideWatch();
  /** Charge of the devices by number, at first and now. */
  readonly #devices: { carrier: number; before: bigint; charge: bigint }[] = [];
  readonly #savings: SavingsSums;
  readonly #trading: TradingSums;
  readonly #metered = new MeteredWatch();
  readonly #emissions: Emissions | null;
  /** What carriers cost outside the market in the period of the next block. */
  #tariffs: PeriodTariffs = zeroTariffs;

  /**
   * @param known what no block says; the defaults of {@link SummaryOptions}
   * @param snapshot of the block before the first that is added; null: that is genesis
   */
  constructor({ costOf, emissions }: Known = {}, snapshot: Snapshot | null = null) {
    this.#registry = Registry.after(snapshot);
    this.#savings = new SavingsSums(this.#registry, costOf ?? null);
    this.#emissions = emissions ?? null;
    this.#trading = new TradingSums(this.#registry, this.#emissions);
    if (snapshot === null) return;
    this.#outside.beganMs = snapshot.header.timestampMs;
    const contracts = contractsAfter(snapshot);
    this.#contracts(contracts);
    const market = contracts.find((each): each is MarketContract => each.kind === "market")!;
    this.#metered.restore(snapshot, market, (endMs) => this.#intensityAt(endMs));
    for (const { kind, number, value } of decodeRecords(stateLayout, snapshot.state))
      if (kind === "charge") this.#hold(number, value);
  }

  /** Takes a block before those that are added up: who takes part by which contracts, and what stores hold. */
  pass(block: Block): void {
    this.#contracts(this.#registry.add(block));
    this.#outside.beganMs = block.header.timestampMs;
    this.#metered.add(block, this.#outsideAt(block.header.timestampMs), () => {});
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
      this.#tariffs = outside.tariffs;
    }
    this.#metered.enter(contracts);
    this.#savings.enter(contracts);
    this.#trading.enter();
  }

  #outsideAt(timestampMs: number): Outside {
    return { tariffs: this.#tariffs, intensity: this.#intensityAt(timestampMs) };
  }

  #intensityAt(timestampMs: number): number[] {
    return carriers.map((carrier) => this.#emissions?.grid(carrier, timestampMs) ?? 0);
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
    const outside = this.#outsideAt(header.timestampMs);
    this.#trading.add(block, orders, totalsBy, outside.intensity);
    this.#metered.add(block, outside, (change) => {
      this.#savings.metered(change);
      this.#trading.metered(change);
    });
    for (const [code, carrier] of carriers.entries()) {
      const totals = totalsBy[carrier];
      for (const [index, name] of totalNames.entries()) this.#totals[code]![index]! += totals[name];
    }
    this.#flows(sections.flows);
    eachPayment(block, this.#registry, (payment) => {
      this.#money.add(payment);
      this.#savings.pay(payment);
    });
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

  /** What the blocks so far came to. */
  summary(): Summary {
    const held = (group: AccountGroup): bigint => this.#money.held(group);
    const trading = this.#trading.result();
    return {
      ticks: this.#ticks,
      blocks: this.#blocks,
      orders: this.#orders,
      trades: this.#trades - this.#poolTrades,
      poolTrades: this.#poolTrades,
      readings: this.#readings,
      participants: this.#registry.participants.length,
      energy: Object.fromEntries(
        carriers.map((carrier, code) => [carrier, this.#energy(code, trading.together[carrier])]),
      ) as Summary["energy"],
      money: this.#money.result(),
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
      trading,
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

  #energy(code: number, { drawn, injected, received }: CommunityTrading): EnergyBalance {
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
    const used = served + drawn;
    // What an offer is left with follows from what became of the rest.
    const idle = totals.offered - traded - pooled - ownExports;
    const volume = traded + sold;
    return {
      totals,
      sources,
      sinks,
      metered: { drawn, injected, shared: received },
      idle,
      interrupted: totals.interrupted,
      unserved: totals.unserved,
      storage: { before, after, lost: storageLost, used: flow("used") },
      averagePrice: volume === 0n ? null : this.#money.paidFor(code, ["energy", "poolSale"]) / volume,
      selfSufficiency: used === 0n ? null : Number(((traded + sold + received) * 1_000_000n) / used),
      closes:
        sum(sources) === sum(sinks) &&
        idle >= 0n &&
        totals.asked === served + totals.interrupted + totals.unserved &&
        before + charged === after + discharged + storageLost + flow("used"),
    };
  }
}
