// Periods with a price for each area: against an oracle that reads like docs/areas.md, over random small communities
// with random trees, stores and switches; by hand where a case tells something; and that a replay asks for the
// certificate.
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { plainHasher } from "../../../src/ledger/tree/plain.js";
import type { Contract } from "../../../src/market/contracts/contracts.js";
import { freeTariff } from "../../../src/market/contracts/opening.js";
import type { MatchingEngine } from "../../../src/market/engine.js";
import { openMarket } from "../../../src/market/open.js";
import { openReplay } from "../../../src/market/replay.js";
import type { PeriodResult } from "../../../src/market/result.js";
import { statement } from "../../../src/report/statement.js";
import { type Community, type MemberOrder, period, type Store } from "../../oracle/areaperiod.js";
import { Audit } from "../../support/audit.js";
import { blocksOf } from "../../support/scenario.js";
import { battery, branch, clock, dated, electricity, opening } from "../../support/steps.js";

let engine: Engine;
let other: Engine;
beforeAll(async () => {
  engine = await openEngine();
  other = await openEngine();
});

const of = { carrier: "electricity" } as const;
const orNull = (limit: bigint | null): number | null => (limit === null ? null : Number(limit));

/** The contracts of a community: one participant an order, an area of the name `a` and its number. */
function contractsOf({ areas, offers, bids, stores, retail, feedIn, k, rules }: Community): Contract[] {
  const members = [...offers, ...bids];
  return [
    {
      kind: "market",
      ...dated,
      id: "areas",
      currency: "EUR",
      quantityTick: "1",
      priceTick: "1",
      periodMs: 1000,
      signed: false,
      order: ["electricity", "heat", "cold", "gas"],
    },
    {
      kind: "payment",
      ...dated,
      currency: "EUR",
      creditLimit: null,
      tariffs: {
        heat: freeTariff,
        cold: freeTariff,
        gas: freeTariff,
        electricity: { ...freeTariff, retail: Number(retail), feedIn: Number(feedIn) },
      },
      metering: null,
    },
    ...areas.map(({ parent, fee, exportLimit, importLimit }, area): Contract => {
      const own = { kind: "area", ...dated, ...of, area: `a${area}` } as const;
      const limits = { exportLimit: orNull(exportLimit), importLimit: orNull(importLimit) };
      return area === 0 ? own : { ...own, parent: `a${parent}`, fee: Number(fee), ...limits };
    }),
    {
      kind: "clearing",
      ...dated,
      ...of,
      mechanism: "merit",
      pricing: "uniform",
      k: Number(k),
      maxCycles: 0,
      ties: "arrival",
      pool: null,
      ...rules,
    },
    ...members.flatMap(({ area, floor, imports, interruptible }, number): Contract[] => {
      const participant = { ...dated, ...of, participant: `p${number}`, limit: 2 ** 32 - 1 };
      return [
        { kind: "participant", ...dated, id: `p${number}`, areas: { electricity: `a${area}` } },
        {
          kind: "supply",
          ...participant,
          pool: floor === null ? false : { floor: Number(floor) },
          collateral: "0",
        },
        {
          kind: "use",
          ...participant,
          interruptible: Number(interruptible),
          interruptionPrice: 3,
          import: imports,
        },
      ];
    }),
    ...stores.map(({ area, ...store }, number): Contract => {
      const numbers = Object.fromEntries(Object.entries(store).map(([name, value]) => [name, Number(value)]));
      const device = { kind: "storage", ...dated, ...of, device: `s${number}`, area: `a${area}` } as const;
      // Every second one is a member's.
      const owner = number % 2 === 1 && members.length > 0 ? { owner: "p0" } : {};
      return { ...device, ...owner, selfDischarge: 0, ...(numbers as unknown as StoreNumbers) };
    }),
  ];
}

type StoreNumbers = Record<Exclude<keyof Store, "area">, number>;

async function clear(
  community: Community,
  on: MatchingEngine = engine,
): Promise<{ result: PeriodResult; market: Awaited<ReturnType<typeof openMarket>> }> {
  const market = await openMarket({ engine: on, contracts: contractsOf(community), clock });
  for (const [number, { quantity, price }] of [...community.offers, ...community.bids].entries()) {
    const side = number < community.offers.length ? "offer" : "bid";
    const order = {
      participant: `p${number}`,
      ...of,
      side,
      quantity: `${quantity}`,
      price: `${price}`,
    } as const;
    expect(market.submit(order)).toMatchObject({ status: "accepted" });
  }
  return { result: await market.clearPeriod(1), market };
}

/** Trades as the oracle says them: orders by their place on their side. */
const tradesOf = (result: PeriodResult, offers: number) =>
  result.trades().map(({ kind, seller, buyer, offer, bid, quantity, supplyPrice, usePrice }) => ({
    kind,
    seller: [seller, seller === "grid" ? 0 : offer],
    buyer: [buyer, buyer === "grid" ? 0 : buyer === "order" ? bid - offers : bid],
    quantity: BigInt(quantity),
    supplyPrice: BigInt(supplyPrice),
    usePrice: BigInt(usePrice),
  }));

function agrees(
  result: PeriodResult,
  market: Awaited<ReturnType<typeof openMarket>>,
  community: Community,
): void {
  const wanted = period(community);
  expect(tradesOf(result, community.offers.length)).toEqual(wanted.trades);
  const areas = new Map(result.carriers[0]!.areas.map((area) => [area.name, area]));
  for (const [area, price] of wanted.prices.entries()) {
    const got = areas.get(`a${area}`) ?? { price: null, flow: 0, fees: 0n, rent: 0n };
    expect([got.price, BigInt(got.flow), got.fees, got.rent], `a${area}`).toEqual([
      price === null ? null : Number(price),
      wanted.flows[area],
      wanted.fees[area],
      wanted.rents[area],
    ]);
  }
  const interrupted = new Map(
    result
      .flows()
      .flatMap(({ kind, order, quantity }) => (kind === "interrupted" ? [[order, quantity]] : [])),
  );
  for (const [index, quantity] of wanted.interrupted.entries())
    expect(BigInt(interrupted.get(community.offers.length + index) ?? 0)).toBe(quantity);
  expect(market.state.devices.map(({ charge }) => BigInt(charge))).toEqual(wanted.charges);
  const sum = (of: readonly bigint[]): bigint => of.reduce((all, each) => all + each, 0n);
  expect([market.state.balance(6), market.state.balance(7)]).toEqual([sum(wanted.fees), sum(wanted.rents)]);
}

const bigIn = (min: number, max: number) => fc.integer({ min, max }).map(BigInt);
const limit = fc.oneof(fc.constant(null), fc.constant(0n), bigIn(0, 12));
const share = fc.constantFrom(1_000_000n, 900_000n, 500_000n, 333_333n);

/** Areas by depth, as the market lists them. */
const trees = fc
  .array(
    fc.record({
      parent: fc.nat(),
      fee: fc.oneof(fc.constant(0n), bigIn(0, 9)),
      exportLimit: limit,
      importLimit: limit,
    }),
    {
      minLength: 0,
      maxLength: 6,
    },
  )
  .map((below) => {
    const root = { parent: 0, fee: 0n, exportLimit: null, importLimit: null, depth: 0, was: 0 };
    const all = [root];
    for (const [index, area] of below.entries()) {
      const parent = area.parent % all.length;
      all.push({ ...area, parent, depth: all[parent]!.depth + 1, was: index + 1 } as never);
    }
    const sorted = [...all].sort((a, b) => a.depth - b.depth || a.was - b.was);
    return sorted.map(({ parent, fee, exportLimit, importLimit }) => ({
      parent: sorted.findIndex(({ was }) => was === parent),
      fee,
      exportLimit,
      importLimit,
    }));
  });

const communities = trees.chain((areas) => {
  const area = fc.nat(areas.length - 1);
  const orders = fc.array(
    fc.record<MemberOrder>({
      area,
      quantity: bigIn(1, 15),
      price: bigIn(-3, 40),
      floor: fc.oneof(fc.constant(null), bigIn(-5, 40)),
      imports: fc.boolean(),
      interruptible: fc.constantFrom(0n, 300_000n, 1_000_000n),
    }),
    { maxLength: 8 },
  );
  const stores = fc.array(
    fc.record<Store & { readonly full: bigint }>({
      area,
      capacity: bigIn(0, 40),
      charge: fc.constant(0n),
      full: bigIn(0, 1_000_000),
      chargeLimit: bigIn(0, 12),
      dischargeLimit: bigIn(0, 12),
      chargeEfficiency: share,
      dischargeEfficiency: share,
      chargePrice: bigIn(-2, 40),
      dischargePrice: bigIn(0, 40),
    }),
    { maxLength: 4 },
  );
  const flag = fc.boolean();
  return fc.record<Community>({
    areas: fc.constant(areas),
    offers: orders,
    bids: orders,
    stores: stores.map((all) =>
      all.map(({ full, ...store }) => ({ ...store, charge: (store.capacity * full) / 1_000_000n })),
    ),
    retail: bigIn(-2, 40),
    feedIn: bigIn(-2, 30),
    k: fc.constantFrom(0n, 500_000n, 1_000_000n),
    rules: fc.record({ import: flag, export: flag, charge: flag, discharge: flag, interrupt: flag }),
  });
});

describe("a period with prices by area", () => {
  it("is what the oracle makes of it, audited, and the same executed again", async () => {
    const kinds = new Set<string>();
    await fc.assert(
      fc.asyncProperty(communities, async (community) => {
        const { result, market } = await clear(community);
        agrees(result, market, community);
        for (const { kind, seller, buyer } of result.trades()) kinds.add(`${kind}: ${seller} to ${buyer}`);
        const audit = new Audit();
        const replay = openReplay(other);
        for (const block of await blocksOf(market.store)) {
          audit.read(block);
          replay.replay(block);
        }
      }),
      { numRuns: 1_500, seed: 11 },
    );
    const parties = ["order", "device", "grid"];
    const cleared = parties.flatMap((seller) => parties.map((buyer) => `area: ${seller} to ${buyer}`));
    expect([...kinds].sort()).toEqual(
      [
        ...cleared.filter((each) => each !== "area: grid to grid"),
        "grid: grid to order",
        "grid: order to grid",
      ].sort(),
    );
  }, 240_000);

  it("gives the members lines of fees and rent that add up to the grid operator's accounts", async () => {
    let paid = 0n;
    await fc.assert(
      fc.asyncProperty(communities, async (community) => {
        const { market } = await clear({ ...community, stores: [] });
        const lines = { "grid fee": 0n, "congestion rent": 0n };
        for (const id of market.state.participants) {
          const { entries, balance } = await statement(market.store.blocks(), id, { hasher: plainHasher });
          expect(balance).toBe(market.balance(id));
          for (const { entry, amount } of entries)
            if (entry === "grid fee" || entry === "congestion rent") lines[entry] -= amount;
        }
        expect([lines["grid fee"], lines["congestion rent"]]).toEqual([
          market.state.balance(6),
          market.state.balance(7),
        ]);
        paid += lines["congestion rent"];
      }),
      { numRuns: 60, seed: 12 },
    );
    expect(paid).toBeGreaterThan(0n);
  }, 120_000);
});

const none: Omit<MemberOrder, "area" | "quantity" | "price"> = {
  floor: null,
  imports: false,
  interruptible: 0n,
};
const order = (
  area: number,
  quantity: bigint,
  price: bigint,
  more: Partial<MemberOrder> = {},
): MemberOrder => ({
  area,
  quantity,
  price,
  ...none,
  ...more,
});
const off = { import: false, export: false, charge: false, discharge: false, interrupt: false };
const root = { parent: 0, fee: 0n, exportLimit: null, importLimit: null };

/** The worked case of docs/areas.md. */
const worked: Community = {
  areas: [
    root,
    { ...root, fee: 2n, exportLimit: 4n, importLimit: 4n },
    { ...root, fee: 3n },
    { ...root, fee: 12n },
  ],
  offers: [order(0, 10n, 25n), order(1, 12n, 10n), order(2, 2n, 33n), order(3, 3n, 20n)],
  bids: [order(0, 20n, 30n), order(1, 5n, 40n), order(2, 6n, 35n), order(3, 3n, 29n)],
  stores: [],
  retail: 40n,
  feedIn: 5n,
  k: 500_000n,
  rules: off,
};

describe("by hand", () => {
  it("is the worked case of the page", async () => {
    const { result, market } = await clear(worked);
    expect(result.carriers[0]!.areas).toEqual([
      { name: "a0", price: 30, flow: 0, fees: 0n, rent: 0n },
      { name: "a1", price: 10, flow: 4, fees: 8n, rent: 72n },
      { name: "a2", price: 33, flow: -4, fees: 12n, rent: 0n },
      { name: "a3", price: 24, flow: 0, fees: 0n, rent: 0n },
    ]);
    expect(result.carriers[0]!.clearingPrice).toBe(30);
    // Buyers pay 620, sellers get 528.
    const balances = market.state.participants.map((id) => market.balance(id));
    expect(balances.slice(0, 4).reduce((sum, each) => sum + each)).toBe(528n);
    expect(balances.slice(4).reduce((sum, each) => sum + each)).toBe(-620n);
    expect([0, 6, 7].map((account) => market.state.balance(account))).toEqual([0n, 20n, 72n]);
    // C2 bought 2 of S2, and 4 of S1 across two edges.
    const { entries } = await statement(market.store.blocks(), "p6", { hasher: plainHasher });
    expect(
      entries.map(({ entry, counterparty, energy, amount }) => [entry, counterparty, energy, amount]),
    ).toEqual([
      ["bought", "p2", 2n, -66n],
      ["bought", "p1", 4n, -40n],
      ["grid fee", "grid operator", 0n, -20n],
      ["congestion rent", "grid operator", 0n, -72n],
    ]);
  });

  it("imports and exports by consent beyond limits of orders, fees of the way included", async () => {
    const { result, market } = await clear({
      ...worked,
      areas: [root, { ...root, fee: 2n, importLimit: 7n }],
      offers: [order(1, 3n, 30n, { floor: 3n })],
      bids: [order(1, 9n, 20n, { imports: true, interruptible: 111_112n })],
      rules: { ...off, import: true, export: true, interrupt: true },
    });
    expect(
      result
        .trades()
        .map(({ kind, quantity, supplyPrice, usePrice }) => [kind, quantity, supplyPrice, usePrice]),
    ).toEqual([
      ["grid", 3, 3, 5],
      ["grid", 7, 40, 42],
    ]);
    // One of nine was called off; of the other eight the edge let seven down.
    expect(market.balance("p1")).toBe(-7n * 42n + 3n);
    expect(market.state.balance(6)).toBe(3n * 2n + 7n * 2n);
    expect(result.block.header.totals.electricity).toMatchObject({
      exported: 3n,
      imported: 7n,
      interrupted: 1n,
      unserved: 1n,
    });
    expect(result.carriers[0]!.areas).toEqual([{ name: "a1", price: null, flow: 0, fees: 20n, rent: 0n }]);
  });

  it("gives in one area what flat `merit` gives", async () => {
    const flat = { ...worked, areas: [root] };
    const here = (orders: readonly MemberOrder[]) => orders.map((each) => ({ ...each, area: 0 }));
    const community = { ...flat, offers: here(worked.offers), bids: here(worked.bids) };
    const { result } = await clear(community);
    const market = await openMarket({
      engine,
      contracts: contractsOf(community).flatMap((contract): Contract[] => {
        if (contract.kind === "area") return [];
        return contract.kind === "participant"
          ? [{ kind: "participant", ...dated, id: contract.id }]
          : [contract];
      }),
      clock,
    });
    for (const { participant, side, quantity, price } of result.orders())
      market.submit({
        participant: `p${participant}`,
        ...of,
        side,
        quantity: `${quantity}`,
        price: `${price}`,
      });
    const same = await market.clearPeriod(1);
    const plain = (each: PeriodResult) => each.trades().map((trade) => ({ ...trade, kind: null }));
    expect(plain(result)).toEqual(plain(same));
    expect(result.trades().length).toBeGreaterThan(2);
    expect(result.carriers[0]!.clearingPrice).toBe(same.carriers[0]!.clearingPrice);
  });

  it("never has a device do both, nor the grid trade with itself where the tariffs meet", async () => {
    const store: Store = {
      area: 0,
      capacity: 20n,
      charge: 10n,
      chargeLimit: 5n,
      dischargeLimit: 5n,
      chargeEfficiency: 1_000_000n,
      dischargeEfficiency: 1_000_000n,
      chargePrice: 30n,
      dischargePrice: 10n,
    };
    const rules = { ...off, charge: true, discharge: true, import: true, export: true };
    for (const [retail, feedIn] of [
      [20n, 20n],
      [20n, 25n],
      [40n, 5n],
    ] as const) {
      const { result } = await clear({ ...worked, stores: [store], retail, feedIn, rules });
      const sides = result.trades().map(({ seller, buyer }) => [seller, buyer]);
      expect(sides.filter(([seller, buyer]) => seller === buyer && seller !== "order")).toEqual([]);
      expect(sides.some(([seller]) => seller === "device")).toBe(true);
      expect(sides.some(([, buyer]) => buyer === "device")).toBe(false);
    }
  });
});

describe("what is owed at departure", () => {
  const priced = electricity({ mechanism: "merit", pricing: "uniform", pool: null });
  it.each([
    { network: "without areas", areas: [], price: 40 },
    { network: "on areas", areas: branch({}), price: 40 },
    { network: "on areas, with a fee", areas: branch({ fee: 2 }), price: 42 },
  ])("is paid once: two stores of one owner draw all that it can pay, $network", async ({ areas, price }) => {
    const car = (device: string): Contract => ({
      ...battery,
      device,
      ...(areas.length === 0 ? {} : { area: "branch" }),
      charge: 0,
      chargeEfficiency: 1_000_000,
      selfDischarge: 0,
      stays: [{ plugIn: 0, plugOut: 2, required: 10, used: 0 }],
    });
    const means = BigInt(20 * price);
    const market = await opening({ owner: means }, [priced, ...areas, car("first"), car("second")]);
    await market.clearPeriod(1);
    expect(market.state.devices.map(({ charge }) => charge)).toEqual([10, 10]);
    expect(market.balance("owner")).toBe(0n);
  });
});

describe("a replay", () => {
  it("refuses an outcome without its certificate, though its records are the engine's", async () => {
    // Prices that are off by one are still paid, recorded and compared alike: only the certificate tells.
    const spoiled = new Proxy(engine, {
      get: (target, name) => {
        const value = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        if (name !== "clear") return value.bind(target);
        return (...given: Parameters<MatchingEngine["clear"]>) => {
          const clearing = target.clear(...given);
          const { price } = clearing.areas;
          price[3]! += 20;
          const { trades } = clearing;
          for (let at = 0; at < trades.count; at += 1)
            if (given[0].offers.area![trades.offer[at]!] === 3) {
              trades.supplyPrice[at]! += 20;
              trades.usePrice[at]! += 20;
            }
          return clearing;
        };
      },
    });
    const { market } = await clear(worked, spoiled);
    const replay = openReplay(spoiled);
    const blocks = await blocksOf(market.store);
    replay.replay(blocks[0]!);
    expect(() => replay.replay(blocks[1]!)).toThrow(
      'block 1: electricity: area a3: wanted a price from 44, got "at most 29"',
    );
  });
});
