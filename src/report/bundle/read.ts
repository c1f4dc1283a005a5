/**
 * What a statement bundle that holds together says: that every record in it is the member's own, what it bought and
 * sold, and whether its records account for its balance. Needs no ledger and no engine.
 */
import { needArray, needObject } from "../../check.js";
import { fail } from "../../errors.js";
import { decodeCanonical } from "../../ledger/format/canonical.js";
import { readRecord } from "../../ledger/format/layout.js";
import {
  flowCode,
  flowLayout,
  postingLayout,
  readingLayout,
  tradeCode,
  tradeLayout,
} from "../../ledger/format/records.js";
import { stateLayout } from "../../ledger/format/state.js";
import type { BundleRecord, OpenedBundle } from "../../ledger/proof/bundle.js";
import { accountOf } from "../../market/books/accounts.js";
import { pairCodes, payFlow, payReading, payTrade } from "../../market/books/payments.js";
import type { Contract, MarketContract } from "../../market/contracts/contracts.js";
import { type MarketTicks, marketTicks } from "../columns.js";
import { isOwn, isOwned, isOwnRule, memberOf } from "./own.js";

/** What a bundle comes to, in ticks of the market. */
export interface BundleStatement {
  readonly participant: string;
  readonly ticks: MarketTicks;
  /** First and last period that it is about. */
  readonly periods: readonly [first: number, last: number];
  /** Number of records of each section. */
  readonly records: ReadonlyMap<string, number>;
  /** Energy bought from members, pool, stores and grid, and sold to members, pool and grid, all carriers together. */
  readonly bought: bigint;
  readonly sold: bigint;
  /** Balance before the first period and after the last, as the ledger's headers have them under their roots. */
  readonly before: bigint;
  readonly after: bigint;
  /** What the records say was paid to the member, less what it paid. */
  readonly paid: bigint;
  /** Whether that is what the balance changed by: then no record that moved its money is missing. */
  readonly accounts: boolean;
}

/** Adds a bundle up. Throws `corrupt` naming a record that is not the member's own. */
export function readBundle(bundle: OpenedBundle): BundleStatement {
  const { member, market, blocks } = needObject(bundle, "bundle");
  needArray(blocks, "bundle.blocks");
  const sums = new Sums(member);
  const [first, last] = [blocks[0]!, blocks.at(-1)!];
  // A statement that begins behind genesis shows of that what is carried over, and none of its records.
  const isWhole = first.header.height === 0 && first.records.some(({ section }) => section === "contracts");
  const before = isWhole ? 0n : sums.balance(first.records);
  for (const { header, records } of blocks) sums.add(header.height, records);
  const after = sums.balance(last.records);
  return {
    participant: member.id,
    ticks: marketTicks(market as unknown as MarketContract),
    periods: [first.header.period + (isWhole ? 0 : 1), last.header.period],
    records: sums.records,
    bought: sums.bought,
    sold: sums.sold,
    before,
    after,
    paid: sums.paid,
    accounts: before + sums.paid === after,
  };
}

/** An account that is not the member's, whosever it is. */
const others = -1;

/** Adds up a member's records. */
class Sums {
  readonly records: Map<string, number> = new Map();
  bought = 0n;
  sold = 0n;
  paid = 0n;
  readonly #member: OpenedBundle["member"];
  readonly #account: number;

  constructor(member: OpenedBundle["member"]) {
    this.#member = member;
    this.#account = accountOf(member.number);
  }

  /** The balance that a block's records of what is carried over say; 0 where they don't, as of who came later. */
  balance(records: readonly BundleRecord[]): bigint {
    for (const { section, bytes } of records) {
      if (section !== "state") continue;
      const { kind, number, value } = readRecord(stateLayout, bytes, 0);
      if (kind === "balance" && number === this.#account) return value;
    }
    return 0n;
  }

  add(height: number, records: readonly BundleRecord[]): void {
    const orders = new Set<number>();
    for (const record of records) {
      const { section, index, bytes } = record;
      if (section === "orders") orders.add(index);
      if (!this.#isOwn(record, orders))
        fail(
          "corrupt",
          `${section}[${index}] of block ${height}`,
          `a record of ${this.#member.id}`,
          "another",
        );
      this.records.set(section, (this.records.get(section) ?? 0) + 1);
      if (section === "trades") this.#trade(bytes, orders);
      else if (section === "flows") this.#flow(bytes);
      else if (section === "readings")
        payReading(readRecord(readingLayout, bytes, 0), (_, from, to, amount) =>
          this.#pay(from, to, BigInt(amount)),
        );
      else if (section === "postings") {
        const { debit, credit, amount } = readRecord(postingLayout, bytes, 0);
        this.#pay(credit, debit, amount);
      }
    }
  }

  #isOwn({ section, bytes }: BundleRecord, orders: ReadonlySet<number>): boolean {
    if (section === "contracts") {
      const contract = decodeCanonical(bytes, "contract") as unknown as Contract;
      const bound = contract.kind === "end" ? null : memberOf(contract);
      return bound === null || bound === this.#member.id;
    }
    if (section === "rules")
      return isOwnRule(decodeCanonical(bytes, "rules") as unknown as Contract, this.#member.id);
    // Which devices are the member's is said by contracts that may be older than the bundle.
    const owner = { number: this.#member.number, devices: everything };
    return isOwned(section) && isOwn(section, bytes, owner, orders);
  }

  #pay(from: number, to: number, amount: bigint): void {
    if (to === this.#account) this.paid += amount;
    if (from === this.#account) this.paid -= amount;
  }

  #trade(bytes: Uint8Array, orders: ReadonlySet<number>): void {
    const found = readRecord(tradeLayout, bytes, 0);
    const { kind, supplyFee, useFee } = found;
    const buys = found.buyer === "order" && orders.has(found.bid);
    const sells = found.seller === "order" && orders.has(found.offer);
    const quantity = BigInt(found.quantity);
    if (buys) this.bought += quantity;
    if (sells) this.sold += quantity;
    payTrade(
      {
        kind: tradeCode[kind],
        buyer: buys ? this.#account : others,
        seller: sells ? this.#account : others,
        supplyAmount: quantity * BigInt(found.supplyPrice),
        useAmount: quantity * BigInt(found.usePrice),
        supplyFee,
        useFee,
      },
      (_, from, to, amount) => this.#pay(from, to, BigInt(amount)),
    );
  }

  #flow(bytes: Uint8Array): void {
    const { kind, party, order, quantity, amount } = readRecord(flowLayout, bytes, 0);
    const isPair = pairCodes.has(flowCode[kind]);
    if (isPair) {
      const sign = kind === "shared" || kind === "delivered" ? 1n : -1n;
      if (party === this.#member.number) this.bought += sign * BigInt(quantity);
      if (order === this.#member.number) this.sold += sign * BigInt(quantity);
    }
    if (kind === "imported") this.bought += BigInt(quantity);
    if (kind === "stored" || kind === "exported") this.sold += BigInt(quantity);
    const own = (): number => this.#account;
    // Of what meters decide it is one side of two, or both.
    const of = (number: number): number => (number === this.#member.number ? this.#account : others);
    const sides = isPair
      ? { participant: () => of(party), supplier: () => of(order), device: own }
      : { participant: own, supplier: own, device: own };
    payFlow({ kind: flowCode[kind], amount }, sides, (_, from, to, paid) =>
      this.#pay(from, to, BigInt(paid)),
    );
  }
}

/** A set that has everything. */
const everything: ReadonlySet<number> = Object.assign(new Set<number>(), { has: () => true });
