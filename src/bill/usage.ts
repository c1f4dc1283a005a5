/**
 * What the proved records of a member say of a month: by carrier and period the energy that was bought, shared, metered
 * and paid for, and by which contracts. Records tell what happened; what it costs beside the ledger is `bill.ts`.
 */
import { decodeCanonical } from "../ledger/format/canonical.js";
import type { Header } from "../ledger/format/header.js";
import { readRecord } from "../ledger/format/layout.js";
import {
  account,
  type FlowRecord,
  flowCode,
  flowLayout,
  meteredPeriod,
  postingLayout,
  readingLayout,
  tradeCode,
  tradeLayout,
} from "../ledger/format/records.js";
import type { BundleRecord } from "../ledger/proof/bundle.js";
import { accountOf } from "../market/books/accounts.js";
import {
  type Pay,
  type PaymentKind,
  pairCodes,
  payFlow,
  payReading,
  payTrade,
} from "../market/books/payments.js";
import type { Contract } from "../market/contracts/contracts.js";
import type { Zone } from "../tariff/zone.js";
import type { Carrier } from "../units.js";
import { MonthWalk, type WantedMonth } from "./months.js";
import { BillingRules, type Tariffs } from "./rules.js";

/** A member's records of a block, with its header; the first of a bundle that begins late has no period of its own. */
export interface ProvedBlock {
  readonly header: Header;
  readonly records: readonly BundleRecord[];
}

/** A member by the id and the number that records have. */
export interface BilledMember {
  readonly id: string;
  readonly number: number;
}

/** Energy of a carrier in a period, quantity ticks. */
export interface Traded {
  /** Bought from members, the pool and stores, and what its own stores drew. */
  bought: bigint;
  sold: bigint;
  /** From and to the grid at prices of the ledger. */
  imported: bigint;
  exported: bigint;
  /** By sharing. */
  received: bigint;
  supplied: bigint;
  /** Whether the carrier is shared: what is neither received nor supplied has no price in the ledger. */
  readonly isShared: boolean;
  /** What its meter said last; null before any reading. */
  metered: { readonly in: bigint; readonly out: bigint } | null;
}

/** Money that records of one kind moved, and the energy in them. */
export interface Moved {
  readonly carrier: Carrier;
  readonly kind: PaymentKind;
  /** Whether the member paid it; else it was paid. */
  readonly isPaid: boolean;
  /** Amount ticks, not negative in sum unless prices are. */
  amount: bigint;
  energy: bigint;
  /** How many records say it. */
  records: number;
}

/** A period of the month, with the contracts that held in it. */
export interface UsedPeriod {
  readonly period: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly tariffs: Tariffs;
  /** By whose clocks the member's months go. */
  readonly zone: Zone;
  readonly traded: { readonly [carrier in Carrier]?: Traded };
  /** Carriers that are shared by a key. */
  readonly shared: ReadonlySet<Carrier>;
}

/** A month of a member, as far as its records tell. */
export interface Usage {
  readonly periods: readonly UsedPeriod[];
  readonly moved: readonly Moved[];
  /** What corrections of periods before the month moved, as far as they came after that month was closed. */
  readonly earlier: readonly Moved[];
  /** Whether the month is over, and every reading of it that is due has come or was estimated. */
  readonly isClosed: boolean;
}

const others = -1;
/** Whose account the other side of a trade is: a store's is the pool. */
const otherSide = { order: others, device: account.pool, grid: account.grid } as const;

/** Reads the records of blocks, in order, into what a month comes to. */
export class UsageReader {
  readonly #member: BilledMember;
  readonly #rules: BillingRules;
  readonly #zone: Zone | null;
  readonly #walk: MonthWalk;
  readonly #periods = new Map<number, UsedPeriod>();
  readonly #moved = new Map<string, Moved>();
  readonly #earlier = new Map<string, Moved>();
  #before: Header | null = null;
  /** Periods after a period's own in which its readings are due, by the contracts at the beginning and the end. */
  #firstWindow = 0;
  #lastWindow = 0;
  #lastPeriod = 0;

  /**
   * `rules` are entered by the reader from the records that {@link add} is given; who shares them enters them before.
   * Throws `invalid` for what is no month.
   */
  constructor(member: BilledMember, { name, zone }: WantedMonth, rules: BillingRules = new BillingRules()) {
    this.#member = member;
    this.#zone = zone;
    this.#walk = new MonthWalk(name);
    this.#rules = rules;
  }

  /** Whether the month is over, and every reading of it was due. */
  get isOver(): boolean {
    if (this.#before === null) return false;
    const { timestampMs, period } = this.#before;
    return this.#walk.endsBy(timestampMs) && period >= this.#lastPeriod + this.#lastWindow;
  }

  /** Takes the records of the next block; what comes after the month is over is left out. */
  add({ header, records }: ProvedBlock): void {
    for (const { section, bytes } of records)
      if (section === "contracts" || section === "rules")
        this.#rules.enter(decodeCanonical(bytes) as unknown as Contract);
    if (this.open(header)) this.read(header, records);
  }

  /** Takes the header of the next block, whose contracts are entered; whether its records are to be read. */
  open(header: Header): boolean {
    if (this.isOver) return false;
    const before = this.#before;
    this.#before = header;
    const zone = this.#zone ?? this.#rules.zoneOf(this.#member.id);
    if (before === null) this.#walk.start(zone);
    else if (this.#walk.take(before.timestampMs, zone)) this.#begin(before.timestampMs, header, zone);
    return this.#periods.size > 0;
  }

  /** Reads the records of the block that was opened. */
  read(header: Header, records: readonly BundleRecord[]): void {
    const orders = new Set<number>();
    for (const { section, index, bytes } of records)
      if (section === "orders") orders.add(index);
      else if (section === "trades") this.#trade(bytes, orders, header.period);
      else if (section === "flows") this.#flow(bytes, header.period);
      else if (section === "readings") this.#reading(bytes, header.period);
      else if (section === "postings") this.#posting(bytes, header.period);
  }

  /** What came of all blocks. */
  end(): Usage {
    const periods = [...this.#periods.values()];
    return {
      periods,
      moved: [...this.#moved.values()],
      earlier: [...this.#earlier.values()],
      isClosed: periods.length > 0 && this.isOver,
    };
  }

  #begin(fromMs: number, { period, timestampMs }: Header, zone: Zone): void {
    const { window, shared } = this.#rules;
    if (this.#periods.size === 0) this.#firstWindow = window;
    this.#lastWindow = window;
    this.#lastPeriod = period;
    const tariffs = this.#rules.tariffsOf(this.#member.id);
    this.#periods.set(period, { period, fromMs, toMs: timestampMs, tariffs, zone, traded: {}, shared });
  }

  /** The energy of a carrier in a period of the month; null outside it. */
  #tradedIn(period: number, carrier: Carrier): Traded | null {
    const used = this.#periods.get(period);
    if (used === undefined) return null;
    const traded = used.traded as { [carrier in Carrier]?: Traded };
    traded[carrier] ??= {
      ...{ bought: 0n, sold: 0n, imported: 0n, exported: 0n, received: 0n, supplied: 0n, metered: null },
      isShared: used.shared.has(carrier),
    };
    return traded[carrier];
  }

  /** Takes what a record moves on the account of the member. */
  #pay(sums: Map<string, Moved>, carrier: Carrier, energy: bigint): Pay {
    const own = accountOf(this.#member.number);
    return (kind, from, to, amount) => {
      if (from === to || (from !== own && to !== own) || BigInt(amount) === 0n) return;
      const isPaid = from === own;
      const key = `${carrier}/${kind}/${isPaid}`;
      const sum = sums.get(key) ?? { carrier, kind, isPaid, amount: 0n, energy: 0n, records: 0 };
      sums.set(key, sum);
      sum.amount += BigInt(amount);
      sum.energy += energy;
      sum.records += 1;
    };
  }

  #trade(bytes: Uint8Array, orders: ReadonlySet<number>, period: number): void {
    const found = readRecord(tradeLayout, bytes, 0);
    const traded = this.#tradedIn(period, found.carrier);
    if (traded === null) return;
    const own = accountOf(this.#member.number);
    const buys = found.buyer === "order" && orders.has(found.bid);
    const sells = found.seller === "order" && orders.has(found.offer);
    const energy = BigInt(found.quantity);
    if (buys) traded[found.seller === "grid" ? "imported" : "bought"] += energy;
    if (sells) traded[found.buyer === "grid" ? "exported" : "sold"] += energy;
    payTrade(
      {
        kind: tradeCode[found.kind],
        buyer: buys ? own : otherSide[found.buyer],
        seller: sells ? own : otherSide[found.seller],
        supplyAmount: energy * BigInt(found.supplyPrice),
        useAmount: energy * BigInt(found.usePrice),
        supplyFee: found.supplyFee,
        useFee: found.useFee,
      },
      this.#pay(this.#moved, found.carrier, energy),
    );
  }

  #flow(bytes: Uint8Array, period: number): void {
    const found = readRecord(flowLayout, bytes, 0);
    const { kind, carrier, quantity, amount } = found;
    if (pairCodes.has(flowCode[kind])) {
      this.#pair(found, period);
      return;
    }
    const traded = this.#tradedIn(period, carrier);
    if (traded === null) return;
    const energy = BigInt(quantity);
    const side = sideOf[kind];
    if (side !== undefined) traded[side] += energy;
    const own = (): number => accountOf(this.#member.number);
    payFlow(
      { kind: flowCode[kind], amount },
      { participant: own, supplier: own, device: own },
      this.#pay(this.#moved, carrier, energy),
    );
  }

  /**
   * What the member received in a community, or supplied, or has back of either, in the period that was metered; or
   * what of its trades in that period was not delivered.
   */
  #pair({ kind, carrier, party, order, quantity, amount, extra }: FlowRecord, inPeriod: number): void {
    const { number } = this.#member;
    const isTraded = kind === "undelivered" || kind === "delivered";
    // What goes back takes away from what came: it stands in the same line.
    const sign = kind === "shared" || kind === "undelivered" ? 1n : -1n;
    const energy = sign * BigInt(quantity);
    const of = (side: number): number => (side === number ? accountOf(number) : others);
    const sides = { participant: () => of(party), supplier: () => of(order), device: () => others };
    const paid = { kind: flowCode[isTraded ? "undelivered" : "shared"], amount: sign * BigInt(amount) };
    const move = (sums: Map<string, Moved>): void => payFlow(paid, sides, this.#pay(sums, carrier, energy));
    const period = Number(extra);
    const traded = this.#tradedIn(period, carrier);
    if (traded === null) {
      if (this.#isEarlier(period, inPeriod)) move(this.#earlier);
      return;
    }
    // What was not delivered is taken off what was traded.
    const counts = isTraded ? -energy : energy;
    if (party === number) traded[isTraded ? "bought" : "received"] += counts;
    if (order === number) traded[isTraded ? "sold" : "supplied"] += counts;
    move(this.#moved);
  }

  #reading(bytes: Uint8Array, inPeriod: number): void {
    const found = readRecord(readingLayout, bytes, 0);
    const period = meteredPeriod(inPeriod, found.age);
    const traded = this.#tradedIn(period, found.carrier);
    if (traded !== null) {
      traded.metered = { in: BigInt(found.in), out: BigInt(found.out) };
      payReading(found, this.#pay(this.#moved, found.carrier, 0n));
      return;
    }
    if (this.#isEarlier(period, inPeriod)) payReading(found, this.#pay(this.#earlier, found.carrier, 0n));
  }

  /** What a meter's imbalance cost where trades count for what was delivered; other postings are on no bill. */
  #posting(bytes: Uint8Array, inPeriod: number): void {
    const { kind, carrier, debit, credit, period, amount } = readRecord(postingLayout, bytes, 0);
    if (kind !== "imbalance" || carrier === null) return;
    const own = accountOf(this.#member.number);
    // As of readings: what the member is paid is below zero in the same line.
    const move = (sums: Map<string, Moved>): void =>
      credit === own
        ? this.#pay(sums, carrier, 0n)(kind, own, debit, amount)
        : this.#pay(sums, carrier, 0n)(kind, debit, credit, -BigInt(amount));
    if (this.#tradedIn(period, carrier) !== null) move(this.#moved);
    else if (this.#isEarlier(period, inPeriod)) move(this.#earlier);
  }

  /** Whether what a block says of an earlier period belongs to this bill: until its month was closed, to that. */
  #isEarlier(period: number, inPeriod: number): boolean {
    const [first] = this.#periods.keys();
    return first !== undefined && period < first && inPeriod >= first + this.#firstWindow;
  }
}

/** Where a flow's energy counts. */
const sideOf: { readonly [kind: string]: "bought" | "sold" | "imported" | "exported" } = {
  imported: "imported",
  exported: "exported",
  stored: "sold",
  charged: "bought",
  gridCharged: "imported",
  discharged: "sold",
};
