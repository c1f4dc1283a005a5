// "What an order can rely on" (docs/market.md), sentence by sentence, over random markets with commission, imports,
// pools, storage and feeders: read from the records, and then held against the postings, so that nothing else is paid.
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { type Block, decodeItems } from "../../../src/ledger/format/block.js";
import { decodeCanonical } from "../../../src/ledger/format/canonical.js";
import { decodeRecords } from "../../../src/ledger/format/layout.js";
import { flowLayout, orderLayout, tradeLayout } from "../../../src/ledger/format/records.js";
import type { Contract, PaymentContract } from "../../../src/market/contracts/contracts.js";
import { eachPayment } from "../../../src/report/payments.js";
import { Registry } from "../../../src/report/registry.js";
import { blocksOf, runScenario } from "../../support/scenario.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

/** Contracts as far as the promise speaks of them, in force as the blocks go by. */
class Terms {
  payment: PaymentContract | null = null;
  readonly #ids: string[] = [];
  readonly #imports = new Map<string, boolean>();

  read(block: Block): void {
    for (const item of decodeItems(block.sections.contracts)) {
      const contract = decodeCanonical(item) as unknown as Contract;
      if (contract.kind === "payment") this.payment = contract;
      if (contract.kind === "participant" && !this.#ids.includes(contract.id)) this.#ids.push(contract.id);
      if (contract.kind === "use")
        this.#imports.set(`${contract.carrier} ${contract.participant ?? ""}`, contract.import);
      // A contract that ends leaves its participant with the standard terms again.
      if (contract.kind === "end") {
        const [kind, carrier, id] = contract.contract.split("/");
        if (kind === "use") this.#imports.delete(`${carrier} ${id ?? ""}`);
      }
    }
  }

  mayImport(participant: number, carrier: string): boolean {
    const own = this.#imports.get(`${carrier} ${this.#ids[participant]}`);
    return (own ?? this.#imports.get(`${carrier} `)) === true;
  }
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
  for (const { kind, carrier, offer, bid, quantity, price, supplyFee, useFee } of trades) {
    // Every trade and every sale of the pool is at a price of at most the bid's limit.
    expect(price).toBeLessThanOrEqual(orders[bid]!.price);
    const amount = BigInt(quantity) * BigInt(price);
    pay(orders[bid]!.participant, amount + useFee);
    fees += supplyFee + useFee;
    if (kind !== "peer") {
      // Pool and grid take no commission.
      expect([supplyFee, useFee]).toEqual([0n, 0n]);
      continue;
    }
    // Every trade is at a price of at least the offer's limit.
    expect(price).toBeGreaterThanOrEqual(orders[offer]!.price);
    pay(orders[offer]!.participant, supplyFee - amount);
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
    if (kind === "pooled") {
      // Every purchase of the pool is at a price of at least the offer's limit.
      expect(price).toBeGreaterThanOrEqual(orders[order]!.price);
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
  const kinds = ["energy", "supplyFee", "useFee", "poolPurchase", "poolSale", "import"];
  eachPayment(block, registry, ({ kind, debit, credit, amount, section, reference }) => {
    const charge = section === "flows" && flows[reference]!.kind === "gridCharged";
    if (!kinds.includes(kind) || charge) return;
    if (credit >= 16) pay(credit - 16, -amount);
    if (debit >= 16) pay(debit - 16, amount);
  });
  expect([...paid.values()].filter((left) => left !== 0n)).toEqual([]);
  return { trades: trades.length, imports, fees };
}

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
