// "What an order can rely on" (docs/market.md), sentence by sentence, over random markets with commission, imports,
// pools, storage and areas: read from the records, and then held against the postings, so that nothing else is paid.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { type Block, decodeItems } from "../../../src/ledger/format/block.js";
import { decodeCanonical } from "../../../src/ledger/format/canonical.js";
import { decodeRecords } from "../../../src/ledger/format/layout.js";
import {
  flowLayout,
  type OrderRecord,
  orderLayout,
  type TradeRecord,
  tradeLayout,
} from "../../../src/ledger/format/records.js";
import type {
  Contract,
  PaymentContract,
  SupplyContract,
  UseContract,
} from "../../../src/market/contracts/contracts.js";
import { eachPayment } from "../../../src/report/payments.js";
import { Registry } from "../../../src/report/registry.js";
import type { Carrier } from "../../../src/units.js";
import { blocksOf, runScenario } from "../../support/scenario.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

/** Contracts as far as the promise speaks of them, in force as the blocks go by. */
class Terms {
  payment: PaymentContract | null = null;
  readonly #ids: string[] = [];
  readonly #own = new Map<string, SupplyContract | UseContract>();

  read(block: Block): void {
    for (const item of decodeItems(block.sections.contracts)) {
      const contract = decodeCanonical(item) as unknown as Contract;
      if (contract.kind === "payment") this.payment = contract;
      if (contract.kind === "participant" && !this.#ids.includes(contract.id)) this.#ids.push(contract.id);
      if (contract.kind === "supply" || contract.kind === "use")
        this.#own.set(`${contract.kind} ${contract.carrier} ${contract.participant ?? ""}`, contract);
      // A contract that ends leaves its participant with the standard terms again.
      if (contract.kind === "end") {
        const [kind, carrier, id] = contract.contract.split("/");
        this.#own.delete(`${kind} ${carrier} ${id ?? ""}`);
      }
    }
  }

  #of(kind: "supply" | "use", participant: number, carrier: string) {
    return (
      this.#own.get(`${kind} ${carrier} ${this.#ids[participant]}`) ?? this.#own.get(`${kind} ${carrier} `)
    );
  }

  mayImport(participant: number, carrier: string): boolean {
    return (this.#of("use", participant, carrier) as UseContract).import;
  }

  /** What the contract lets a bid pay in the pool; the lowest price where it says nothing. */
  poolLimit(participant: number, carrier: Carrier): number {
    const { poolLimit, import: imports } = this.#of("use", participant, carrier) as UseContract;
    const retail = Number(this.payment!.tariffs[carrier].retail);
    return Math.min(poolLimit ?? (imports ? retail : Number.NEGATIVE_INFINITY), retail);
  }

  /** The floor of a contract for an offer with this limit; the highest price where it sells nothing so. */
  floor(participant: number, carrier: Carrier, limit: number): number {
    const { pool } = this.#of("supply", participant, carrier) as SupplyContract;
    return pool === false ? Number.POSITIVE_INFINITY : (pool?.floor ?? limit);
  }
}

/** The same of a trade where areas have prices: of it only sides that are orders promise anything. */
function across(
  { kind, carrier, seller, buyer, offer, bid, ...trade }: TradeRecord,
  orders: readonly OrderRecord[],
  terms: Terms,
  pay: (participant: number, amount: bigint) => void,
): void {
  const [got, paid] = [trade.supplyPrice, trade.usePrice].map(
    (price) => BigInt(trade.quantity) * BigInt(price),
  );
  const { commission } = terms.payment!.tariffs[carrier];
  const retail = Number(terms.payment!.tariffs[carrier].retail);
  const most = (amount: bigint, rates: number[]): bigint =>
    ((amount < 0n ? -amount : amount) * BigInt(Math.max(...rates))) / 1_000_000n;
  const peers = kind === "area" && seller === "order" && buyer === "order";
  if (!peers) expect([trade.supplyFee, trade.useFee]).toEqual([0n, 0n]);
  expect(
    trade.supplyFee <=
      most(
        got!,
        commission.map(({ supply }) => supply),
      ),
  ).toBe(true);
  expect(
    trade.useFee <=
      most(
        paid!,
        commission.map(({ use }) => use),
      ),
  ).toBe(true);
  if (buyer === "order") {
    const { participant, price } = orders[bid]!;
    if (kind === "area") expect(trade.usePrice).toBeLessThanOrEqual(price);
    else {
      expect(trade.usePrice).toBeGreaterThanOrEqual(retail);
      expect(terms.mayImport(participant, carrier)).toBe(true);
    }
    pay(participant, paid! + trade.useFee);
  }
  if (seller !== "order") return;
  const { participant, price } = orders[offer]!;
  const least = kind === "area" ? price : terms.floor(participant, carrier, price);
  expect(trade.supplyPrice).toBeGreaterThanOrEqual(least);
  pay(participant, trade.supplyFee - got!);
}

function holds(
  block: Block,
  terms: Terms,
  registry: Registry,
): { trades: number; imports: number; fees: bigint } {
  const orders = decodeRecords(orderLayout, block.sections.orders);
  const paid = new Map<number, bigint>();
  const pay = (participant: number, amount: bigint): void => {
    paid.set(participant, (paid.get(participant) ?? 0n) + amount);
  };
  let fees = 0n;
  const trades = decodeRecords(tradeLayout, block.sections.trades);
  for (const trade of trades) {
    const { kind, carrier, seller, buyer: by, offer, bid, supplyPrice, usePrice, supplyFee, useFee } = trade;
    if (kind === "area" || kind === "grid") {
      fees += supplyFee + useFee;
      across(trade, orders, terms, pay);
      continue;
    }
    expect(by).toBe("order");
    // In scenario 1 nobody pays above a bid; in scenario 2 nobody pays above the higher of bid and contract.
    const { participant: buyer, price: limit } = orders[bid]!;
    expect(usePrice).toBeLessThanOrEqual(
      kind === "peer" ? limit : Math.max(limit, terms.poolLimit(buyer, carrier)),
    );
    const amount = BigInt(trade.quantity) * BigInt(usePrice);
    pay(orders[bid]!.participant, amount + useFee);
    const got = BigInt(trade.quantity) * BigInt(supplyPrice);
    if (seller === "order") pay(orders[offer]!.participant, supplyFee - got);
    fees += supplyFee + useFee;
    if (kind !== "peer") {
      // Pool and grid take no commission.
      expect([supplyFee, useFee]).toEqual([0n, 0n]);
      if (seller !== "order") continue;
      // In scenario 2 nobody gets below the contract's floor.
      const { participant, price } = orders[offer]!;
      expect(supplyPrice).toBeGreaterThanOrEqual(terms.floor(participant, carrier, price));
      continue;
    }
    // In scenario 1 nobody gets below an offer.
    expect(supplyPrice).toBeGreaterThanOrEqual(orders[offer]!.price);
    // The commission is at most ⌊amount × highest rate of the side⌋.
    const { commission } = terms.payment!.tariffs[carrier];
    const most = (rates: number[]): bigint =>
      ((amount < 0n ? -amount : amount) * BigInt(Math.max(...rates))) / 1_000_000n;
    expect(supplyFee <= most(commission.map(({ supply }) => supply))).toBe(true);
    expect(useFee <= most(commission.map(({ use }) => use))).toBe(true);
  }
  const flows = decodeRecords(flowLayout, block.sections.flows);
  let imports = 0;
  for (const { kind, carrier, party, order, quantity, price } of flows) {
    const amount = BigInt(quantity) * BigInt(price);
    if (["stored", "exported"].includes(kind)) {
      // Outside scenario 1 nobody gets below the contract's floor.
      expect(price).toBeGreaterThanOrEqual(terms.floor(party, carrier, orders[order]!.price));
      pay(party, -amount);
    }
    if (kind === "imported") {
      // A bid pays the retail tariff for what is imported for it, if its use contract allows import.
      expect(price).toBe(terms.payment!.tariffs[carrier].retail);
      expect(terms.mayImport(party, carrier)).toBe(true);
      pay(party, amount);
      imports += 1;
    }
  }
  // And for nothing else: what the payments of these kinds take from a participant is what was just added up.
  const kinds = ["energy", "supplyFee", "useFee", "poolPurchase", "poolSale", "import", "export", "gridUse"];
  eachPayment(block, registry, ({ kind, debit, credit, amount, section, reference }) => {
    const charge = section === "flows" && flows[reference]!.kind === "gridCharged";
    if (!kinds.includes(kind) || charge) return;
    if (credit >= 16) pay(credit - 16, -amount);
    if (debit >= 16) pay(debit - 16, amount);
  });
  expect([...paid.values()].filter((left) => left !== 0n)).toEqual([]);
  return { trades: trades.length, imports, fees };
}

it("is the one that README and docs give", () => {
  const words =
    "in scenario 1 nobody pays above a bid or gets below an offer; in scenario 2 nobody pays above the higher of bid and contract, or gets below the contract's floor";
  for (const page of ["README.md", "docs/market.md"])
    expect(
      readFileSync(new URL(`../../../${page}`, import.meta.url), "utf8")
        .replace(/\s+/g, " ")
        .toLowerCase(),
      page,
    ).toContain(words);
});

it("holds for every order of random markets", async () => {
  const seen = { trades: 0, imports: 0, fees: 0n };
  await fc.assert(
    fc.asyncProperty(fc.nat(0xffff_ffff), async (seed) => {
      const { store } = await runScenario(engine, seed, { participants: 12, periods: 5 });
      const terms = new Terms();
      const registry = new Registry();
      for (const block of await blocksOf(store)) {
        terms.read(block);
        registry.add(block);
        const found = holds(block, terms, registry);
        seen.trades += found.trades;
        seen.imports += found.imports;
        seen.fees += found.fees;
      }
    }),
    { numRuns: 40, seed: 15 },
  );
  expect(seen.trades).toBeGreaterThan(300);
  expect(seen.imports).toBeGreaterThan(50);
  expect(seen.fees).toBeGreaterThan(0n);
}, 60_000);
