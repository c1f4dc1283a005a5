import { beforeAll, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { eachPayment } from "../../src/report/payments.js";
import { Registry } from "../../src/report/registry.js";
import { Audit } from "../support/audit.js";
import { blocksOf, runScenario } from "../support/scenario.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

it("come to an auditor's balances, account by account, and each moves something", async () => {
  for (const seed of [21, 22, 23, 24]) {
    const { store } = await runScenario(engine, seed, { participants: 15, periods: 6 });
    const registry = new Registry();
    const audit = new Audit();
    const balances = new Map<number, bigint>();
    const move = (account: number, amount: bigint): void => {
      balances.set(account, (balances.get(account) ?? 0n) + amount);
    };
    const kinds = new Set<string>();
    for (const block of await blocksOf(store)) {
      audit.read(block);
      registry.add(block);
      eachPayment(block, registry, ({ kind, debit, credit, amount }) => {
        expect(amount > 0n && debit !== credit).toBe(true);
        move(debit, amount);
        move(credit, -amount);
        kinds.add(kind);
      });
    }
    for (const [account, balance] of audit.balances)
      expect([account, balances.get(account) ?? 0n]).toEqual([account, balance]);
    expect(kinds.size).toBeGreaterThan(8);
  }
});
