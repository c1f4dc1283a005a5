import { viewOf } from "../bytes.js";
import { type Block, decodeItems } from "../ledger/format/block.js";
import { decodeCanonical } from "../ledger/format/canonical.js";
import { type Totals, totalNames } from "../ledger/format/header.js";
import {
  type AccountName,
  accountNames,
  firstCollateralAccount,
  firstParticipantAccount,
  flowKinds,
  flowLayout,
  postingKinds,
  postingLayout,
  tradeCode,
  tradeLayout,
} from "../ledger/format/records.js";
import type { Contract } from "../market/contracts/contracts.js";
import { type Carrier, carriers } from "../units.js";

/** Groups of accounts, as a person thinks of them. */
export const accountGroups = [
  "participants",
  "collateral",
  "platform pool",
  "platform commission",
  "platform trading",
  "platform defaults",
  "grid",
  "bank",
] as const;
export type AccountGroup = (typeof accountGroups)[number];
type PostingKind = (typeof postingKinds)[number];
type FlowKind = (typeof flowKinds)[number];

/** Where the energy of one carrier came from and where it went, in quantity ticks. */
export interface EnergyBalance {
  /** The header's totals, summed. */
  readonly totals: Totals;
  readonly sources: {
    /** Sold by participants to participants, and to the pool. */
    readonly traded: bigint;
    readonly pooled: bigint;
    readonly discharged: bigint;
    readonly imported: bigint;
  };
  readonly sinks: {
    /** Used by those who bought it from each other, from pool and stores, and from the grid. */
    readonly traded: bigint;
    readonly sold: bigint;
    readonly importedForUse: bigint;
    readonly charged: bigint;
    readonly exported: bigint;
    readonly curtailed: bigint;
    readonly feederLosses: bigint;
  };
  /** Not delivered: offers nobody took, and bids that stayed open or were called off. */
  readonly idle: bigint;
  readonly interrupted: bigint;
  readonly unserved: bigint;
  readonly storage: {
    readonly before: bigint;
    readonly after: bigint;
    /** Lost while charging, discharging and standing, and used by cars on the road. */
    readonly lost: bigint;
    readonly used: bigint;
  };
  /** Mean price of what users paid each other, pool and stores, in price ticks; null without a trade. */
  readonly averagePrice: bigint | null;
  /** Energy that users got from the community itself, in ppm of all they got; null when they got none. */
  readonly selfSufficiency: number | null;
  /** Whether sources and sinks, offers, bids and stores all come out equal. */
  readonly closes: boolean;
}

/** Where the money went, in amount ticks. */
export interface MoneyBalance {
  /** What was posted, by kind. */
  readonly posted: ReadonlyMap<PostingKind, bigint>;
  readonly groups: ReadonlyMap<AccountGroup, { readonly received: bigint; readonly paid: bigint }>;
  /** Whether all accounts together hold nothing: debits equal credits. */
  readonly closes: boolean;
}

/** What a run came to. */
export interface Summary {
  readonly blocks: number;
  readonly orders: number;
  readonly trades: number;
  readonly poolTrades: number;
  readonly readings: number;
  readonly participants: number;
  readonly energy: { readonly [carrier in Carrier]: EnergyBalance };
  readonly money: MoneyBalance;
  /** What participants would have paid, buying everything at the retail tariff and selling at the feed-in tariff. */
  readonly withoutMarket: bigint;
  /** What they paid, all fees counted, settlement of imbalances not. */
  readonly withMarket: bigint;
  /** What is left to the platform: commission, pool and trading accounts. */
  readonly platformIncome: bigint;
}

const groupsOfAccounts: Readonly<Record<AccountName, AccountGroup>> = {
  trading: "platform trading",
  pool: "platform pool",
  commission: "platform commission",
  grid: "grid",
  defaults: "platform defaults",
  bank: "bank",
};
/** Movements that are no payment for energy or its handling. */
const apart: ReadonlySet<PostingKind> = new Set([
  "deposit",
  "withdrawal",
  "collateral",
  "imbalance",
  "correction",
  "default",
]);

function groupOf(account: number): AccountGroup {
  if (account >= firstCollateralAccount) return "collateral";
  return account >= firstParticipantAccount
    ? "participants"
    : groupsOfAccounts[accountNames[account] ?? "bank"];
}

const slots = carriers.length * flowKinds.length;
const importForUse = 0n;

/**
 * Adds up blocks, each once and in order, into a {@link Summary}. It reads records and contracts only, never the
 * market's own numbers: what does not close here does not close.
 */
export class Indicators {
  #blocks = 0;
  #orders = 0;
  #trades = 0;
  #poolTrades = 0;
  #readings = 0;
  #participants = 0;
  readonly #totals: bigint[][] = carriers.map(() => totalNames.map(() => 0n));
  readonly #flowQuantity: bigint[] = Array.from({ length: slots }, () => 0n);
  readonly #flowLost: bigint[] = Array.from({ length: slots }, () => 0n);
  readonly #importedForUse: bigint[] = carriers.map(() => 0n);
  readonly #posted: bigint[][] = postingKinds.map(() =>
    Array.from({ length: carriers.length + 1 }, () => 0n),
  );
  readonly #received = new Map<AccountGroup, bigint>(accountGroups.map((group) => [group, 0n]));
  readonly #paid = new Map<AccountGroup, bigint>(accountGroups.map((group) => [group, 0n]));
  readonly #devices: { carrier: number; owned: boolean; before: bigint; charge: bigint }[] = [];
  readonly #deviceNumbers = new Map<string, number>();
  #tariffs: { retail: bigint; feedIn: bigint }[] = carriers.map(() => ({ retail: 0n, feedIn: 0n }));
  #withoutMarket = 0n;
  #withMarket = 0n;

  /** Adds the next block. */
  add(block: Block): void {
    const { header, sections } = block;
    for (const item of decodeItems(sections.contracts))
      this.#contract(decodeCanonical(item) as unknown as Contract);
    this.#blocks += 1;
    this.#orders += header.sections.orders.count;
    this.#trades += header.sections.trades.count;
    for (let at = 0; at < sections.trades.length; at += tradeLayout.bytes)
      if (sections.trades[at] !== tradeCode.peer) this.#poolTrades += 1;
    this.#readings += header.sections.readings.count;
    const bought = carriers.map(() => 0n);
    const sold = carriers.map(() => 0n);
    for (const [code, carrier] of carriers.entries()) {
      const totals = header.totals[carrier];
      for (const [index, name] of totalNames.entries()) this.#totals[code]![index]! += totals[name];
      bought[code]! += totals.traded + totals.sold;
      sold[code]! += totals.traded + totals.pooled;
    }
    this.#flows(sections.flows, bought, sold);
    this.#postings(sections.postings);
    for (const [code, { retail, feedIn }] of this.#tariffs.entries())
      this.#withoutMarket += bought[code]! * retail - sold[code]! * feedIn;
  }

  #contract(contract: Contract): void {
    if (contract.kind === "participant" && contract.version === 1) this.#participants += 1;
    if (contract.kind === "payment")
      this.#tariffs = carriers.map((carrier) => ({
        retail: BigInt(contract.tariffs[carrier].retail),
        feedIn: BigInt(contract.tariffs[carrier].feedIn),
      }));
    if (contract.kind !== "storage") return;
    const known = this.#deviceNumbers.get(contract.device);
    if (known !== undefined) {
      this.#devices[known]!.owned = contract.owner !== undefined;
      return;
    }
    this.#deviceNumbers.set(contract.device, this.#devices.length);
    const charge = BigInt(contract.charge);
    const carrier = carriers.indexOf(contract.carrier);
    this.#devices.push({ carrier, owned: contract.owner !== undefined, before: charge, charge });
  }

  #flows(bytes: Uint8Array, bought: bigint[], sold: bigint[]): void {
    const view = viewOf(bytes);
    for (let at = 0; at < bytes.length; at += flowLayout.bytes) {
      const kind: FlowKind = flowKinds[view.getUint8(at) - 1]!;
      const carrier = view.getUint8(at + 1);
      const party = view.getUint32(at + 4, true);
      const quantity = BigInt(view.getUint32(at + 12, true));
      const extra = view.getBigUint64(at + 32, true);
      const slot = carrier * flowKinds.length + view.getUint8(at) - 1;
      this.#flowQuantity[slot]! += quantity;
      this.#flowLost[slot]! += BigInt(view.getUint32(at + 16, true));
      if (kind === "imported" && extra === importForUse) {
        this.#importedForUse[carrier]! += quantity;
        bought[carrier]! += quantity;
      }
      if (kind !== "charged" && kind !== "discharged" && kind !== "selfDischarged" && kind !== "used")
        continue;
      const device = this.#devices[party]!;
      device.charge = extra;
      if (!device.owned) continue;
      if (kind === "charged") bought[carrier]! += quantity;
      if (kind === "discharged") sold[carrier]! += quantity;
    }
  }

  #postings(bytes: Uint8Array): void {
    const view = viewOf(bytes);
    for (let at = 0; at < bytes.length; at += postingLayout.bytes) {
      const kind: PostingKind = postingKinds[view.getUint8(at) - 1]!;
      const carrier = Math.min(view.getUint8(at + 1), carriers.length);
      const debit = groupOf(view.getUint32(at + 4, true));
      const credit = groupOf(view.getUint32(at + 8, true));
      const amount = view.getBigUint64(at + 16, true);
      this.#posted[view.getUint8(at) - 1]![carrier]! += amount;
      this.#received.set(debit, this.#received.get(debit)! + amount);
      this.#paid.set(credit, this.#paid.get(credit)! + amount);
      if (apart.has(kind)) continue;
      if (credit === "participants") this.#withMarket += amount;
      if (debit === "participants") this.#withMarket -= amount;
    }
  }

  /** What the blocks so far came to. */
  summary(): Summary {
    const held = (group: AccountGroup): bigint => this.#received.get(group)! - this.#paid.get(group)!;
    const posted = new Map(
      postingKinds.map((kind, index) => [kind, this.#posted[index]!.reduce((sum, part) => sum + part, 0n)]),
    );
    const groups = new Map(
      accountGroups.map((group) => [
        group,
        { received: this.#received.get(group)!, paid: this.#paid.get(group)! },
      ]),
    );
    return {
      blocks: this.#blocks,
      orders: this.#orders,
      trades: this.#trades - this.#poolTrades,
      poolTrades: this.#poolTrades,
      readings: this.#readings,
      participants: this.#participants,
      energy: Object.fromEntries(
        carriers.map((carrier, code) => [carrier, this.#energy(code)]),
      ) as Summary["energy"],
      money: {
        posted,
        groups,
        closes: accountGroups.reduce((sum, group) => sum + held(group), 0n) === 0n,
      },
      withoutMarket: this.#withoutMarket,
      withMarket: this.#withMarket,
      platformIncome: held("platform commission") + held("platform pool") + held("platform trading"),
    };
  }

  #energy(code: number): EnergyBalance {
    const totals = Object.fromEntries(
      totalNames.map((name, index) => [name, this.#totals[code]![index]!]),
    ) as unknown as Totals;
    const flow = (kind: FlowKind): bigint =>
      this.#flowQuantity[code * flowKinds.length + flowKinds.indexOf(kind)]!;
    const lost = (kind: FlowKind): bigint =>
      this.#flowLost[code * flowKinds.length + flowKinds.indexOf(kind)]!;
    const importedForUse = this.#importedForUse[code]!;
    const { traded, pooled, sold, charged, discharged, exported, imported } = totals;
    const devices = this.#devices.filter((device) => device.carrier === code);
    const before = devices.reduce((sum, device) => sum + device.before, 0n);
    const after = devices.reduce((sum, device) => sum + device.charge, 0n);
    const storageLost = lost("charged") + lost("discharged") + flow("selfDischarged");
    const sources = { traded, pooled, discharged, imported };
    const sinks = {
      traded,
      sold,
      importedForUse,
      charged,
      exported,
      curtailed: flow("curtailed"),
      feederLosses: flow("feederLoss"),
    };
    const sum = (parts: Readonly<Record<string, bigint>>): bigint =>
      Object.values(parts).reduce((total, part) => total + part, 0n);
    const served = traded + sold + importedForUse;
    const idle = flow("idle");
    const money = (kind: PostingKind): bigint => this.#posted[postingKinds.indexOf(kind)]![code]!;
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
        totals.offered === traded + pooled + idle &&
        totals.asked === served + totals.interrupted + totals.unserved &&
        before + charged === after + discharged + storageLost + flow("used"),
    };
  }
}
