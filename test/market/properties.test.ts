import fc from "fast-check";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { hex } from "../../src/bytes.js";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { decodeRecords } from "../../src/ledger/format/layout.js";
import { flowLayout } from "../../src/ledger/format/records.js";
import { openReplay } from "../../src/market/replay.js";
import { Audit } from "../support/audit.js";
import { blocksOf, runScenario } from "../support/scenario.js";

let engine: Engine;
let other: Engine;
beforeAll(async () => {
  engine = await openEngine();
  other = await openEngine();
});

/** Runs a scenario, has it audited from its blocks alone, and compares what auditor and market make of it. */
async function audited(
  seed: number,
  participants: number,
  periods: number,
  { huge = false, isMetered = false, isListed = false } = {},
): Promise<number> {
  const { market, store } = await runScenario(engine, seed, {
    participants,
    periods,
    huge,
    isMetered,
    isListed,
  });
  const audit = new Audit();
  const replay = openReplay(other);
  for (const block of await blocksOf(store)) {
    audit.read(block);
    replay.replay(block);
  }
  // Not the market's own state: contracts of its open period have begun there.
  const { state } = replay;
  expect(audit.participants.length).toBe(state.accounts.participants);
  for (const [account, balance] of audit.balances)
    expect(state.accounts.balance(account), `account ${account}`).toBe(balance);
  for (const [number, { id }] of audit.participants.entries())
    expect(state.accounts.of(number), id).toBe(audit.balances.get(16 + number) ?? 0n);
  for (const [device, charge] of audit.charges)
    expect(BigInt(state.charges[device]!), `device ${device}`).toBe(charge);
  expect(hex(replay.hash)).toBe(hex(market.last!.hash));
  return audit.pairs;
}

describe("random markets of everything", () => {
  it("conserve energy and money, keep every limit, and give an auditor the same balances", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(0xffff_ffff), fc.integer({ min: 1, max: 30 }), async (seed, participants) => {
        await audited(seed, participants, 8);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it("do so with up to 200 participants", async () => {
    for (const [seed, participants] of [
      [1, 200],
      [2, 199],
      [3, 100],
    ] as const)
      await audited(seed, participants, 5);
  }, 120_000);

  it("do so with quantities, prices and amounts near the largest there are", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(0xffff_ffff), fc.integer({ min: 1, max: 20 }), async (seed, participants) => {
        await audited(seed, participants, 6, { huge: true });
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it("do so where prices outside the market change from period to period", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(0xffff_ffff), fc.integer({ min: 1, max: 30 }), async (seed, participants) => {
        await audited(seed, participants, 8, { isListed: true, isMetered: seed % 3 === 0 });
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it.each([false, true])(
    "do so where meters decide what is shared and delivered; huge: %s",
    async (huge) => {
      let pairs = 0;
      const first = inject("propertySeed");
      for (let seed = first; seed < first + 60; seed += 1)
        pairs += await audited(seed, 2 + (seed % 9), 9, { huge, isMetered: true });
      expect(pairs).toBeGreaterThan(1_000);
    },
    120_000,
  );

  it("are huge where they should be", async () => {
    const { store } = await runScenario(engine, 5, { participants: 20, periods: 3, huge: true });
    const amounts = (await blocksOf(store))
      .slice(1)
      .flatMap(({ sections }) => decodeRecords(flowLayout, sections.flows).map(({ amount }) => amount));
    expect(amounts.filter((amount) => amount > 2n ** 53n).length).toBeGreaterThan(20);
  });

  it("come to the same hashes when run again", async () => {
    for (const seed of [11, 12, 13]) {
      const one = await runScenario(engine, seed, { participants: 20, periods: 5 });
      const two = await runScenario(other, seed, { participants: 20, periods: 5 });
      expect(hex(one.market.last!.hash)).toBe(hex(two.market.last!.hash));
    }
  }, 60_000);
});
