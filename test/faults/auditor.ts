// Who believes nothing: every promise that a market makes, checked on its blocks as they come. What follows from the
// records is worked out by `Audit`, what the rules say of a matching by the oracle; neither shares code with the
// market.
import { createHash } from "node:crypto";
import { type Block, decodeBlock, decodeItems } from "../../src/ledger/format/block.js";
import { decodeCanonical } from "../../src/ledger/format/canonical.js";
import { headerBytes } from "../../src/ledger/format/header.js";
import { decodeRecords } from "../../src/ledger/format/layout.js";
import {
  type OrderRecord,
  orderLayout,
  readingLayout,
  tradeLayout,
} from "../../src/ledger/format/records.js";
import { stateLayout } from "../../src/ledger/format/state.js";
import type { ClearingContract, Contract, SupplyContract } from "../../src/market/contracts/contracts.js";
import type { ShareContract } from "../../src/market/contracts/sharedcontracts.js";
import type { MatchingEngine } from "../../src/market/engine.js";
import { openReplay, type Replay, type Replayed } from "../../src/market/replay.js";
import { type Carrier, carriers } from "../../src/units.js";
import { clearByRules } from "../oracle/rules.js";
import { Audit } from "../support/audit.js";
import { EvidenceAudit } from "../support/auditevidence.js";

/** What does not hold. */
export class Broken extends Error {}

/** Throws unless a promise holds. */
export function promised(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Broken(what);
}

/** An order as it was acknowledged: its number, and its record in hexadecimal. */
export interface Ordered {
  readonly period: number;
  readonly number: number;
  readonly record: string;
}

/** A contract as it was acknowledged. */
export interface Agreed {
  readonly period: number;
  readonly key: string;
  readonly version: number;
  /** The member who signed it, and what of its money it takes, in amount ticks; null: no member did. */
  readonly takes: { readonly from: string; readonly amount: bigint } | null;
}

/** What the market acknowledged, to be found in the block of its period. */
export interface Acknowledged {
  readonly orders: Map<string, Ordered>;
  readonly readings: Map<string, { readonly period: number; readonly reading: string }>;
  readonly contracts: Map<string, Agreed>;
}

/** Accounts from here on are collateral, of the participants in their order. */
const collaterals = 0x8000_0000;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
/** The hash of a block: SHA-256 of its header behind the domain of blocks (docs/ledger-format.md). */
const hashOf = (bytes: Uint8Array): string =>
  createHash("sha256").update("gridclear block v2\0").update(bytes.subarray(0, headerBytes)).digest("hex");
/** A reading as one text: what the meter said, not what it came to. */
export const readingText = (
  participant: number,
  carrier: string,
  age: number,
  sides: readonly number[],
): string => [participant, carrier, age, ...sides].join(" ");

export class Auditor {
  readonly #from: number;
  readonly #acknowledged: Acknowledged;
  readonly #audit = new Audit();
  readonly #evidence = new EvidenceAudit();
  readonly #replay: Replay;
  /** SHA-256 of each header read. */
  readonly hashes: string[] = [];
  /** Orders of each block, in hexadecimal. */
  readonly #orders: string[] = [];
  /** Contracts that were acknowledged and did not fit when their period came: whoever signed them has to be told. */
  readonly dropped: { readonly key: string; readonly version: number; readonly participant: string }[] = [];
  /** By member: what contracts of the block at hand take of its money. */
  readonly #taken = new Map<string, bigint>();
  readonly #inForce = new Map<string, Contract>();
  #timestamp = 0;
  /** Matchings that the oracle did as well, and trades in all. */
  matchings = 0;
  trades = 0;
  orders = 0;
  /** Contracts that entered while the world lived, and that were dropped. */
  contracts = 0;
  drops = 0;

  constructor(from: number, engine: MatchingEngine, acknowledged: Acknowledged) {
    this.#from = from;
    this.#replay = openReplay(engine);
    this.#acknowledged = acknowledged;
  }

  /** Flows that two meters decided on. */
  get pairs(): number {
    return this.#audit.pairs;
  }

  /** Prices of areas that support what traded. */
  get prices(): number {
    return this.#audit.pricedAreas;
  }

  /** Takes the next block. */
  read(bytes: Uint8Array): void {
    const height = this.hashes.length;
    const block = decodeBlock(bytes);
    const { header } = block;
    const at = `block ${height}`;
    promised(header.height === height, `${at} says that it has height ${header.height}`);
    promised(header.period === this.#from + height, `${at} is of period ${header.period}`);
    const previous = this.hashes.at(-1) ?? "00".repeat(32);
    promised(hex(header.previous) === previous, `${at} does not follow the block before it`);
    promised(header.timestampMs >= this.#timestamp, `${at} is of a time before the last`);
    this.#timestamp = header.timestampMs;
    const entered = decodeItems(block.sections.contracts, "contracts").map(
      (item) => decodeCanonical(item) as unknown as Contract,
    );
    this.#contracts(entered);
    this.#matched(block, at);
    const before = new Map(this.#audit.balances);
    try {
      this.#evidence.read(block, keyOf);
      this.#audit.read(block);
    } catch (error) {
      throw new Broken(`${at}: ${(error as Error).message}`);
    }
    const hash = hashOf(bytes);
    const again = this.#again(block, at);
    promised(hex(again.hash) === hash, `${at} has another hash when it is executed again`);
    this.#carried(again.records("state")!, at);
    this.hashes.push(hash);
    if (height > 0) this.contracts += entered.length;
    this.#kept(block, entered, before, at);
  }

  /** A block executed again by another instance of the core, which has to come to all that it records. */
  #again(block: Block, at: string): Replayed {
    try {
      return this.#replay.replay(block);
    } catch (error) {
      throw new Broken(`${at} is another when it is executed again: ${(error as Error).message}`);
    }
  }

  /** An order that is acknowledged when its block is there stands in it. */
  holds({ period, number, record }: Ordered): void {
    const found = this.#orders[period - this.#from]!.slice(32 * number, 32 * number + 32);
    promised(found === record, `order ${number} of period ${period} is ${record}, there stands ${found}`);
  }

  /** Another reading of a block that was read before, which may not have changed. */
  same(height: number, bytes: Uint8Array): void {
    const hash = hashOf(bytes);
    promised(hash === this.hashes[height], `block ${height} is another than it was`);
  }

  /** Balances and charges that go into the next period, the root of whose records is in the block's header. */
  #carried(records: Uint8Array, at: string): void {
    const { balances, charges } = this.#audit;
    const wanted = new Map<string, bigint>();
    for (const [account, balance] of balances)
      if (account < collaterals) wanted.set(`balance ${account}`, balance);
      else wanted.set(`collateral ${account - collaterals}`, balance);
    for (const [device, charge] of charges) wanted.set(`charge ${device}`, charge);
    for (const { kind, number, value } of decodeRecords(stateLayout, records)) {
      const name = `${kind} ${number}`;
      const own = wanted.get(name) ?? 0n;
      promised(value === own, `${at}: ${name} is ${value}, by the records ${own}`);
      wanted.delete(name);
    }
    const left = [...wanted].find(([, value]) => value !== 0n);
    promised(left === undefined, `${at}: ${left?.[0]} is not carried over`);
  }

  /** Everything acknowledged for the period of a block stands in it, where it was promised. */
  #kept(
    { header, sections }: Block,
    entered: readonly Contract[],
    before: ReadonlyMap<number, bigint>,
    at: string,
  ): void {
    const { orders, readings, contracts } = this.#acknowledged;
    this.#orders.push(hex(sections.orders));
    for (const [key, order] of orders) {
      if (order.period !== header.period) continue;
      this.holds(order);
      orders.delete(key);
    }
    const read = new Set(
      decodeRecords(readingLayout, sections.readings).map((reading) =>
        readingText(reading.participant, reading.carrier, reading.age, [
          reading.in,
          reading.out,
          reading.version,
        ]),
      ),
    );
    for (const [key, { period, reading }] of readings) {
      if (period !== header.period) continue;
      promised(read.has(reading), `${at}: acknowledged reading "${reading}" is not there`);
      readings.delete(key);
    }
    for (const [id, agreed] of contracts) {
      const { period, key, version, takes } = agreed;
      if (period !== header.period) continue;
      contracts.delete(id);
      if (entered.some((each) => keyOf(each) === key && each.version === version)) continue;
      const isTooMuch =
        takes !== null && takes.amount > 0n && takes.amount > this.#leastOf(takes.from, before);
      this.drops += 1;
      promised(isTooMuch, `${at}: acknowledged contract ${key} is not there`);
      this.dropped.push({ key, version, participant: takes.from });
    }
  }

  /**
   * The least that a member may have had when a contract of a block was looked at: what it had as the block began, less
   * all that contracts of the block take of it. What came in besides may have come later.
   */
  #leastOf(id: string, before: ReadonlyMap<number, bigint>): bigint {
    const own = this.#audit.participants.findIndex((each) => each.id === id);
    return (before.get(16 + own) ?? 0n) - (this.#taken.get(id) ?? 0n);
  }

  #contracts(entered: readonly Contract[]): void {
    this.#taken.clear();
    const take = (id: string, amount: bigint): void => {
      if (amount > 0n) this.#taken.set(id, (this.#taken.get(id) ?? 0n) + amount);
    };
    for (const contract of entered) {
      const held = this.#inForce.get(keyOf(contract)) as SupplyContract | undefined;
      if (contract.kind === "withdrawal") take(contract.participant, BigInt(contract.amount));
      if (contract.kind === "supply" && contract.participant !== undefined)
        take(contract.participant, BigInt(contract.collateral) - BigInt(held?.collateral ?? "0"));
      if (contract.kind === "end") this.#inForce.delete(contract.contract);
      else this.#inForce.set(keyOf(contract), contract);
    }
  }

  /** What the rules make of the orders of each carrier that nothing but its mechanism touches. */
  #matched({ header, sections }: Block, at: string): void {
    const orders = decodeRecords(orderLayout, sections.orders);
    const trades = decodeRecords(tradeLayout, sections.trades);
    this.trades += trades.length;
    this.orders += orders.length;
    if (header.height === 0) return;
    const contracts = [...this.#inForce.values()];
    for (const carrier of carriers) {
      const rules = this.#inForce.get(`clearing/${carrier}`) as ClearingContract | ShareContract | undefined;
      const touched = contracts.some(
        (contract) =>
          (contract.kind === "area" && contract.carrier === carrier) ||
          (contract.kind === "converter" && (contract.input === carrier || contract.output === carrier)),
      );
      if (rules === undefined || rules.mechanism === "share" || touched || rules.ties === "lottery") continue;
      const [offers, bids] = [live(orders, carrier, "offer"), live(orders, carrier, "bid")];
      const asked = (list: readonly Numbered[]) =>
        list.map(({ order }) => ({ quantity: BigInt(order.quantity), price: BigInt(order.price) }));
      const wanted = clearByRules(asked(offers), asked(bids), {
        mechanism: rules.mechanism,
        pricing: rules.pricing,
        ties: rules.ties,
        k: BigInt(rules.k),
        maxCycles: rules.maxCycles,
        pool: null,
      }).trades.map(({ offer, bid, quantity, price }) =>
        [offers[offer]!.number, bids[bid]!.number, quantity, price].join(" "),
      );
      const found = trades
        .filter((trade) => trade.kind === "peer" && trade.carrier === carrier)
        .map(({ offer, bid, quantity, usePrice }) => [offer, bid, quantity, usePrice].join(" "));
      promised(
        found.join() === wanted.join(),
        `${at}: ${carrier} trades ${found.join()}, by the rules ${wanted.join()}`,
      );
      this.matchings += 1;
    }
  }
}

interface Numbered {
  readonly order: OrderRecord;
  readonly number: number;
}

/** The last order of each participant for a carrier, where it is of that side and not taken back, by arrival. */
function live(orders: readonly OrderRecord[], carrier: Carrier, side: OrderRecord["side"]): Numbered[] {
  const last = new Map<number, Numbered>();
  for (const [number, order] of orders.entries())
    if (order.carrier === carrier) last.set(order.participant, { order, number });
  return [...last.values()]
    .filter(({ order }) => order.side === side && order.quantity > 0)
    .sort((a, b) => a.number - b.number);
}

/** What a contract is about, as docs/market.md says it. */
export function keyOf(contract: Contract): string {
  const fields = contract as unknown as Record<string, string | undefined>;
  const { kind, participant, carrier, area, device, id } = fields;
  if (kind === "supply" || kind === "use")
    return [kind, carrier, ...(participant === undefined ? [] : [participant])].join("/");
  if (contract.kind === "end")
    return `end/${contract.by === "platform" ? "platform/" : ""}${contract.contract}`;
  if (kind === "participant") return `participant/${id}`;
  if (kind === "clearing") return `clearing/${carrier}`;
  if (kind === "area" || kind === "limit") return `${kind}/${area}`;
  if (kind === "tariff") return `tariff/${fields.tariff}`;
  if (kind === "community") return `community/${fields.community}`;
  if (kind === "member") return `member/${fields.community}/${participant}`;
  if (kind === "storage" || kind === "converter") return `${kind}/${device}`;
  if (kind === "deposit" || kind === "withdrawal") return `${kind}/${fields.number}/${participant}`;
  return `${kind}`;
}
