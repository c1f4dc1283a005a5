import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { hex } from "../../../src/bytes.js";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { decodeBlock } from "../../../src/ledger/format/block.js";
import type { Contract, SupplyContract, UseContract } from "../../../src/market/contracts/contracts.js";
import type { Order, OrderResult } from "../../../src/market/intake/request.js";
import type { Market } from "../../../src/market/market.js";
import { openMarket } from "../../../src/market/open.js";
import { openReplay } from "../../../src/market/replay.js";
import type { PeriodResult } from "../../../src/market/result.js";
import { carriers, formatTicks, microTick } from "../../../src/units.js";
import { Audit } from "../../support/audit.js";
import { random, randomContracts } from "../../support/scenario.js";
import {
  checkLedger,
  gateway,
  keys,
  openSigned,
  signContract,
  signedContracts,
} from "../../support/signedmarket.js";
import { clock, dated, electricity, opening, put, rest } from "../../support/steps.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

type Terms = SupplyContract | UseContract;
const isTerms = (contract: Contract): contract is Terms =>
  contract.kind === "supply" || contract.kind === "use";
const isStandard = (contract: Contract): contract is Terms =>
  isTerms(contract) && contract.participant === undefined;

/**
 * The same market without standard terms: whoever has none of its own has them written out, behind its own contract.
 */
function writtenOut(contracts: readonly Contract[]): Contract[] {
  const standard = contracts.filter(isStandard);
  const own = new Set(
    contracts.filter(isTerms).map(({ kind, carrier, participant }) => `${kind} ${carrier} ${participant}`),
  );
  return contracts.flatMap((contract): Contract[] => {
    if (isStandard(contract)) return [];
    if (contract.kind !== "participant") return [contract];
    const copies = standard
      .filter(({ kind, carrier }) => !own.has(`${kind} ${carrier} ${contract.id}`))
      .map((each) => ({ ...each, participant: contract.id }));
    return [contract, ...copies];
  });
}

/** Everything that a period came to, but what names its contracts. */
function cameTo({ block, carriers: results, settled }: PeriodResult): string {
  const { orders, trades, flows, readings, postings } = block.sections;
  const { totals, sections } = block.header;
  const said = { results, settled, totals, state: [sections.state.count, hex(sections.state.root)] };
  const records = [orders, trades, flows, readings, postings].map((each) => hex(each)).join(" ");
  return records + JSON.stringify(said, (_, value) => (typeof value === "bigint" ? `${value}` : value));
}

describe("standard terms", () => {
  it("clear exactly as the same terms do when each participant has them as its own", async () => {
    let matched = 0;
    const numbers = fc.tuple(fc.nat(0xffff_ffff), fc.integer({ min: 2, max: 20 }));
    await fc.assert(
      fc.asyncProperty(numbers, async ([seed, participants]) => {
        const contracts = randomContracts(seed, { participants, periods: 4 });
        const below = random(seed ^ 0x77);
        const from = contracts[0]!.from;
        const [standard, own] = await Promise.all(
          [contracts, writtenOut(contracts)].map((each) => openMarket({ engine, contracts: each, clock })),
        );
        for (let count = 1; count <= 4; count += 1) {
          for (let tries = 4 * participants; tries > 0; tries -= 1) {
            const order: Order = {
              participant: `p${below(participants)}`,
              carrier: carriers[below(4)]!,
              side: below(2) === 0 ? "offer" : "bid",
              quantity: formatTicks(1 + below(2_000), microTick),
              price: formatTicks(below(600) - 50, microTick),
            };
            expect(standard!.submit(order)).toEqual(own!.submit(order));
          }
          // The second period changes the standard, and in the other market every copy of it.
          const changed = count === 1 ? contracts.filter(isStandard) : [];
          for (const each of changed) {
            const amended = { ...each, version: 2, from: from + 2, limit: below(2_000) };
            expect(standard!.propose(amended).status).toBe("accepted");
            for (const copy of writtenOut(contracts).filter(isTerms))
              if (copy.kind === each.kind && copy.carrier === each.carrier && !contracts.includes(copy))
                expect(own!.propose({ ...amended, participant: copy.participant! }).status).toBe("accepted");
          }
          const results = [await standard!.clearPeriod(count), await own!.clearPeriod(count)] as const;
          expect(cameTo(results[0])).toBe(cameTo(results[1]));
          matched += results[0].trades().length;
        }
      }),
      { numRuns: 40 },
    );
    expect(matched).toBeGreaterThan(100);
  }, 120_000);
});

const standard: SupplyContract = {
  kind: "supply",
  ...dated,
  carrier: "electricity",
  limit: 50,
  pool: {},
  collateral: "0",
};
const use: UseContract = {
  kind: "use",
  ...dated,
  carrier: "electricity",
  limit: 40,
  interruptible: 0,
  interruptionPrice: 0,
  import: true,
};
const person = (id: string): Contract => ({ kind: "participant", ...dated, id, creditLimit: null });
const street = (more: readonly Contract[] = []): Promise<Market> =>
  opening({}, [electricity({ pool: null }), person("ann"), person("bob"), ...more]);
const said = (answer: OrderResult): string =>
  answer.status === "refused" ? answer.error.message : answer.status;

describe("whose terms hold", () => {
  it("the participant's own before the standard, whichever is the wider", async () => {
    const wide = { ...standard, participant: "ann", limit: 90 };
    const narrow = { ...use, participant: "bob", limit: 10 };
    const market = await street([standard, use, wide, narrow]);
    expect(market.state.terms("ann", "electricity")).toEqual({ supply: wide, use });
    expect(market.state.terms("bob", "electricity")).toEqual({ supply: standard, use: narrow });
    for (const [id, carrier] of [
      ["ann", "gas"],
      ["eve", "electricity"],
    ] as const)
      expect(market.state.terms(id, carrier)).toEqual({ supply: null, use: null });
    expect(said(put(market, "ann", "offer", 90, 5))).toBe("accepted");
    expect(said(put(market, "bob", "offer", 50, 5))).toBe("accepted");
    expect(said(put(market, "bob", "offer", 51, 5))).toContain('at most 50 kWh by contract, got "51 kWh"');
    expect(said(put(market, "ann", "bid", 40, 5))).toBe("accepted");
    expect(said(put(market, "bob", "bid", 11, 5))).toContain('at most 10 kWh by contract, got "11 kWh"');
  });

  it("nobody's where there are neither: the order is refused", async () => {
    const market = await street([use, { ...standard, participant: "ann" }]);
    expect(said(put(market, "ann", "offer", 1, 5))).toBe("accepted");
    expect(said(put(market, "bob", "offer", 1, 5))).toBe(
      'order.participant: wanted supply terms for electricity, its own or standard, got "bob"',
    );
    expect(
      said(market.submit({ participant: "bob", carrier: "gas", side: "bid", quantity: "1", price: "5" })),
    ).toContain("use terms for gas");
  });

  it("nobody's who is under contract no more, though the standard holds", async () => {
    const market = await street([standard, use]);
    const end: Contract = { kind: "end", version: 1, from: 2, contract: "participant/ann" };
    expect(market.propose(end).status).toBe("accepted");
    expect(market.state.terms("ann", "electricity")).toEqual({ supply: standard, use });
    await market.clearPeriod(1);
    expect(market.state.terms("ann", "electricity")).toEqual({ supply: null, use: null });
    expect(market.state.terms("bob", "electricity")).toEqual({ supply: standard, use });
  });

  it("the standard again once the own contract ends, and none once the standard ends as well", async () => {
    const market = await street([standard, use, { ...standard, participant: "ann", limit: 90 }]);
    const end = (contract: string, from: number): Contract => ({ kind: "end", version: 1, from, contract });
    expect(market.propose(end("supply/electricity/ann", 2)).status).toBe("accepted");
    expect(market.propose(end("supply/electricity", 3)).status).toBe("accepted");
    const limits: string[] = [];
    for (let period = 1; period <= 3; period += 1) {
      limits.push(said(put(market, "ann", "offer", 80, 5)));
      await market.clearPeriod(period);
    }
    expect(limits[0]).toBe("accepted");
    expect(limits[1]).toContain("at most 50 kWh by contract");
    expect(limits[2]).toContain("supply terms for electricity");
    // Ended, it can be agreed again as its next version.
    expect(market.nextVersion("supply/electricity")).toBe(2);
    expect(market.propose({ ...standard, version: 2, from: 5 }).status).toBe("accepted");
    await market.clearPeriod(4);
    expect(said(put(market, "bob", "offer", 50, 5))).toBe("accepted");
    await market.clearPeriod(5);
    const replay = openReplay(await openEngine());
    const audit = new Audit();
    for await (const bytes of market.store.blocks()) {
      replay.replay(decodeBlock(bytes));
      audit.read(decodeBlock(bytes));
    }
    expect(hex(replay.hash)).toBe(hex(market.last!.hash));
    const again = await openMarket({ engine, store: market.store, clock });
    expect(said(put(again, "bob", "offer", 51, 5))).toContain("at most 50 kWh by contract");
  });

  it("the standard decides pool, interruption and import of whoever has none of its own", async () => {
    const rules = electricity({ discharge: false, charge: false });
    const outside = { ...standard, participant: "ann", pool: false } as const;
    const spared = { ...use, participant: "bob", import: false };
    const interruptible = { ...use, interruptible: 500_000, interruptionPrice: 3 };
    const market = await opening({}, [
      rules,
      ...["ann", "bob", "cid", "dan"].map(person),
      standard,
      interruptible,
      outside,
      spared,
    ]);
    put(market, "ann", "offer", 10, 15);
    put(market, "cid", "offer", 2, 15);
    put(market, "bob", "bid", 6, 5);
    put(market, "dan", "bid", 8, 5);
    const result = await market.clearPeriod(1);
    const flows = result.flows();
    const of = (party: number) =>
      flows.filter((flow) => flow.party === party).map(({ kind, quantity }) => [kind, quantity]);
    expect(of(0)).toEqual([]);
    expect(of(1)).toEqual([]);
    expect(rest(result, "offer")).toEqual([{ order: 0, quantity: 10 }]);
    expect(rest(result, "bid")).toMatchObject([{ quantity: 6 }]);
    expect(of(2)).toEqual([]);
    expect(result.trades()).toMatchObject([{ kind: "pool", offer: 1, bid: 3, quantity: 2 }]);
    expect(of(3)).toEqual([
      ["interrupted", 4],
      ["imported", 2],
    ]);
  });

  it("comes with `participants`, unless the contracts say otherwise", async () => {
    const participants = Array.from({ length: 50 }, (_, number) => `unit ${number}`);
    const market = await openMarket({ engine, participants, clock, contracts: [{ ...standard, limit: 7 }] });
    const { contracts } = market.state;
    // Market, payment, four ways to clear, eight standard terms, and one contract a participant.
    expect(contracts).toHaveLength(1 + 1 + 4 + 8 + participants.length);
    expect(market.state.contract("supply/electricity")).toMatchObject({ limit: 7 });
    expect(market.state.contract("supply/heat")).toMatchObject({ limit: 4_294_967_295 });
    const bare = await openMarket({ engine, clock });
    expect(bare.state.contracts.filter((key) => /^(supply|use)/.test(key))).toEqual([]);
  });
});

describe("standard terms in a signed market", () => {
  const withStandard = (): Contract[] => {
    const contracts = signedContracts().filter(
      (contract) => !(isTerms(contract) && contract.participant === "ann"),
    );
    return [...contracts, standard, { ...use, participant: "ann" }];
  };
  const amended = { ...standard, version: 2, from: 2, limit: 9 };
  const end: Contract = { kind: "end", version: 1, from: 3, contract: "supply/electricity" };

  it("are the platform's to sign, to amend and to end, and nobody else's", async () => {
    const market = await openSigned({ contracts: withStandard() });
    for (const contract of [amended, end])
      for (const key of [keys.get("ann")!, keys.get("bob")!, gateway])
        expect(await market.propose(contract, await signContract(contract, market.id, key))).toMatchObject({
          status: "refused",
          error: { code: "signature" },
        });
    for (const contract of [amended, end])
      expect(await market.propose(contract, await signContract(contract, market.id))).toMatchObject({
        status: "accepted",
      });
    for (let period = 1; period <= 3; period += 1) await market.clearPeriod(period + 1);
    expect(market.state.contract("supply/electricity")).toBeNull();
    await checkLedger(market.store);
  });
});
