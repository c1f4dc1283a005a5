import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { openMarket } from "../../src/index.js";
import type { Store } from "../../src/ledger/store/store.js";
import { checkedBlocks } from "../../src/report/blocks.js";
import { ExactSums, squareRoot } from "../../src/report/exact.js";
import { exportJson } from "../../src/report/export/document.js";
import { type Summary, summarize } from "../../src/report/index.js";
import { Indicators } from "../../src/report/indicators.js";
import type { CommunityTrading, Emissions } from "../../src/report/tradingsum.js";
import { bestWelfare, gini, overlapOf } from "../../src/report/welfare.js";
import { community, openCommunity } from "../../src/simulation/community.js";
import { bundledScenario } from "../../src/simulation/scenarios/index.js";
import { openSimulation } from "../../src/simulation/simulation.js";
import { type Carrier, carriers } from "../../src/units.js";
import { runScenario } from "../support/scenario.js";
import { playShared } from "../support/sharedrun.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const hourMs = 3_600_000;
/** Some emissions for each hour and carrier, and for each participant and carrier. */
const intensityOf = (carrier: Carrier, hour: number): number =>
  100_000 * (carriers.indexOf(carrier) + 1) + 1_000 * hour;
const ownOf = (participant: string, carrier: Carrier): number =>
  ((participant.charCodeAt(participant.length - 1) * 7) % 5) * 10_000 + carriers.indexOf(carrier);
const emissions: Emissions = {
  grid: (carrier, timestampMs) => intensityOf(carrier, Math.floor(timestampMs / hourMs) % 24),
  own: ownOf,
};

async function summaryOf(store: Store): Promise<Summary> {
  const indicators = new Indicators({ emissions });
  for await (const { block } of checkedBlocks(store.blocks(), engine)) indicators.add(block);
  return indicators.summary();
}

/** As JSON has it: whole numbers of any length are text. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, each) => (typeof each === "bigint" ? `${each}` : each)));

const python = spawnSync("python3", ["--version"]).status === 0;
describe.skipIf(!python)("how a market traded, worked out in Python from an exported ledger", () => {
  const script = fileURLToPath(new URL("indicators.py", import.meta.url));

  async function judge(store: Store, participants: readonly string[]): Promise<unknown> {
    const pieces: string[] = [];
    for await (const piece of exportJson(store.blocks(), engine)) pieces.push(piece);
    const hours = Array.from({ length: 24 }, (_, hour) => hour);
    const given = {
      grid: Object.fromEntries(carriers.map((each) => [each, hours.map((hour) => intensityOf(each, hour))])),
      own: Object.fromEntries(
        participants.map((id) => [id, Object.fromEntries(carriers.map((each) => [each, ownOf(id, each)]))]),
      ),
    };
    const { stdout, stderr } = spawnSync("python3", [script], {
      input: `{"ledger": ${pieces.join("")}, "emissions": ${JSON.stringify(given)}}`,
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    expect(stderr).toBe("");
    return JSON.parse(stdout);
  }

  async function agree(store: Store): Promise<Summary> {
    const summary = await summaryOf(store);
    const ids = summary.trading.participants.map(({ participant }) => participant);
    expect(plain(summary.trading)).toEqual(await judge(store, ids));
    return summary;
  }

  it("is the same for random markets, huge and private ones too", async () => {
    for (const [seed, participants, more] of [
      [301, 1, {}],
      [302, 12, {}],
      [303, 40, {}],
      [304, 80, {}],
      [305, 25, { huge: true }],
      [306, 30, { isPrivate: true }],
      [307, 30, { everything: false }],
      [308, 40, { isListed: true }],
    ] as const) {
      const { store } = await runScenario(engine, seed, { participants, periods: 8, ...more });
      const { trading } = await agree(store);
      if (seed === 304) expect(trading.together.electricity.unserved).toBeGreaterThan(0n);
    }
  });

  it("is the same for random markets that share, and corrects what was shared", async () => {
    const met = { received: 0n, injected: 0n, co2: 0n };
    for (let seed = 740; seed < 746; seed += 1) {
      const { store } = await playShared(engine, seed, seed % 2 === 0);
      const { trading } = await agree(store);
      const { received, injected, co2 } = trading.together.electricity;
      met.received += received;
      met.injected += injected;
      met.co2 += co2!;
    }
    for (const sum of Object.values(met)) expect(sum).toBeGreaterThan(0n);
  });

  it("is the same for a simulated community, and says something of everything", async () => {
    const scenario = community({
      participants: 40,
      seed: 3,
      season: "summer",
      periodMs: hourMs,
      periods: 48,
      more: { name: "traded" },
    });
    const simulation = await openSimulation(openCommunity(scenario), { engine });
    for await (const _ of simulation);
    const { trading, energy } = await agree(simulation.market.store);
    // Whoever lives in a simulated community can import what nobody sells.
    const { unserved: _, drawn, injected, received, supplied, ...others } = trading.together.heat;
    // Nothing is shared in it.
    expect([drawn, injected, received, supplied]).toEqual([0n, 0n, 0n, 0n]);
    for (const name of Object.keys(others) as (keyof CommunityTrading)[])
      expect(
        carriers.some((carrier) => ![0n, null].includes(trading.together[carrier][name] as bigint | null)),
        name,
      ).toBe(true);
    for (const carrier of carriers) {
      const { totals, idle } = energy[carrier];
      expect(trading.together[carrier]).toMatchObject({
        asked: totals.asked,
        offered: totals.offered,
        imported: totals.imported,
        exported: totals.exported,
        unserved: totals.unserved,
        idle,
      });
    }
  });

  it("is the same on areas with fees and full edges", async () => {
    const scenario = { ...bundledScenario("evening"), periods: 24, periodMs: hourMs };
    const simulation = await openSimulation(openCommunity(scenario), { engine });
    for await (const _ of simulation);
    const { trading, savings } = await agree(simulation.market.store);
    expect(savings.operator).toBeGreaterThan(0n);
    expect(trading.together.electricity.imported).toBeGreaterThan(0n);
  });
});

describe("a market in which little happened", () => {
  const order = (participant: string, side: "offer" | "bid") =>
    ({ participant, carrier: "electricity", side, quantity: "2", price: "0.1" }) as const;

  /** What is not zero and not null of a carrier. */
  const said = (trading: object): object =>
    Object.fromEntries(
      Object.entries(trading).filter(([, value]) => value !== 0n && value !== 0 && value !== null),
    );

  async function traded(orders: readonly ReturnType<typeof order>[]) {
    const market = await openMarket({ engine, participants: ["ann", "bob"], startMs: 0 });
    for (const each of orders) market.submit(each);
    await market.clearPeriod(30_000);
    const summary = await summarize(market.store.blocks(), { hasher: engine });
    expect(summary.savings.gini).toBe(null);
    return summary.trading;
  }

  it("has nothing without orders", async () => {
    const { together, participants } = await traded([]);
    for (const carrier of carriers) {
      expect(said(together[carrier])).toEqual({});
      for (const { carriers: own } of participants) expect(said(own[carrier])).toEqual({});
    }
    expect(participants.map(({ participant }) => participant)).toEqual(["ann", "bob"]);
  });

  it("has an idle offer, a bid that nobody served, and no welfare without both", async () => {
    expect(said((await traded([order("ann", "offer")])).together.electricity)).toEqual({
      offered: 2_000_000n,
      idle: 2_000_000n,
    });
    const { together, participants } = await traded([order("bob", "bid")]);
    const wanted = { asked: 2_000_000n, unserved: 2_000_000n };
    expect(said(together.electricity)).toEqual(wanted);
    expect(said(participants[1]!.carriers.electricity)).toEqual(wanted);
    expect(said(participants[0]!.carriers.electricity)).toEqual({});
    const idle = await traded([order("ann", "offer"), order("bob", "offer")]);
    expect(said(idle.together.electricity)).toEqual({ offered: 4_000_000n, idle: 4_000_000n });
  });
});

describe("welfare", () => {
  const side = fc.array(
    fc.record({ price: fc.integer({ min: -50, max: 50 }), quantity: fc.integer({ min: 1, max: 30 }) }),
    { maxLength: 12 },
  );
  const limitsOf = (orders: readonly { price: number; quantity: number }[]) => ({
    price: orders.map(({ price }) => price),
    quantity: orders.map(({ quantity }) => quantity),
  });

  it("at its best is what the engine's merit order comes to, and no other trades come to more", () => {
    fc.assert(
      fc.property(side, side, (offers, bids) => {
        const best = bestWelfare(limitsOf(offers), limitsOf(bids));
        const columns = (orders: readonly { price: number; quantity: number }[]) => ({
          quantity: Uint32Array.from(orders, ({ quantity }) => quantity),
          price: Int32Array.from(orders, ({ price }) => price),
        });
        for (const mechanism of ["merit", "value"] as const) {
          const { trades } = engine.clear({ offers: columns(offers), bids: columns(bids) }, { mechanism });
          let reached = 0n;
          for (let index = 0; index < trades.count; index += 1)
            reached +=
              BigInt(trades.quantity[index]!) *
              BigInt(bids[trades.bid[index]!]!.price - offers[trades.offer[index]!]!.price);
          if (mechanism === "merit") expect(reached).toBe(best);
          else expect(reached).toBeLessThanOrEqual(best);
        }
      }),
    );
  });

  it("reached is never more than the best, in any market", async () => {
    for (const seed of [311, 312, 313, 314]) {
      const { store } = await runScenario(engine, seed, { participants: 30, periods: 6 });
      const { trading } = await summaryOf(store);
      for (const carrier of carriers) {
        const { welfare, bestWelfare: best } = trading.together[carrier];
        expect(welfare).toBeLessThanOrEqual(best);
      }
    }
  });
});

describe("imports beside idle offers", () => {
  it("are the smaller of both, at what the cheapest offers would have saved", () => {
    const idle = { price: [30, 10, 20], quantity: [5, 4, 100] };
    expect(overlapOf(idle, 0, 50)).toEqual({ quantity: 0, loss: 0n });
    // 4 × (50 − 10) + 6 × (50 − 20)
    expect(overlapOf(idle, 10, 50)).toEqual({ quantity: 10, loss: 340n });
    // 4 × 40 + 100 × 30 + 5 × 20
    expect(overlapOf(idle, 1_000, 50)).toEqual({ quantity: 109, loss: 3_260n });
    expect(overlapOf({ price: [], quantity: [] }, 10, 50)).toEqual({ quantity: 0, loss: 0n });
  });
});

describe("the Gini coefficient", () => {
  it("is 0 where all have the same, and nearly 1 where one has everything", () => {
    expect(gini([])).toBe(null);
    expect(gini([0n, 0n])).toBe(null);
    expect(gini([7n])).toBe(0);
    expect(gini([5n, 5n, 5n])).toBe(0);
    expect(gini([0n, 0n, 0n, 8n])).toBe(750_000);
    // Textbook: 1, 2, 3, 4 have 0.25.
    expect(gini([4n, 2n, 1n, 3n])).toBe(250_000);
  });

  it("is what its definition says, within 0 and 1, whatever the signs", () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), { maxLength: 30 }),
        (values) => {
          const size = (value: bigint): bigint => (value < 0n ? -value : value);
          let differences = 0n;
          for (const a of values) for (const b of values) differences += size(a - b);
          const sizes = values.reduce((sum, value) => sum + size(value), 0n);
          const found = gini(values);
          if (sizes === 0n) expect(found).toBe(null);
          else {
            expect(found).toBe(Number((differences * 1_000_000n) / (2n * BigInt(values.length) * sizes)));
            expect(found).toBeGreaterThanOrEqual(0);
            expect(found).toBeLessThanOrEqual(1_000_000);
          }
        },
      ),
    );
  });
});

describe("exact sums", () => {
  it("are those of whole numbers of any length", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.maxSafeInteger(),
            fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
            fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
          ),
        ),
        (amounts) => {
          const sums = new ExactSums(1);
          for (const [index, amount] of amounts.entries()) {
            if (index === 3) sums.grow(5);
            sums.add(0, amount);
          }
          expect(sums.get(0)).toBe(amounts.reduce<bigint>((sum, amount) => sum + BigInt(amount), 0n));
        },
      ),
    );
  });

  it("have square roots rounded down", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 200n }), (value) => {
        const root = squareRoot(value);
        expect(root * root).toBeLessThanOrEqual(value);
        expect((root + 1n) * (root + 1n)).toBeGreaterThan(value);
      }),
    );
  });
});
