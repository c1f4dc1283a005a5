import type { Engine } from "../../src/core/engine.js";
import { decodeBlock } from "../../src/ledger/format/block.js";
import { openMemoryStore } from "../../src/ledger/store/memory.js";
import type { Store } from "../../src/ledger/store/store.js";
import type {
  AreaContract,
  ClearingContract,
  Contract,
  PeriodTariff,
  Stay,
} from "../../src/market/contracts/contracts.js";
import type { Market } from "../../src/market/market.js";
import { openMarket } from "../../src/market/open.js";
import { meter } from "../../src/market/period/meters.js";
import { openReplay, type Replay } from "../../src/market/replay.js";
import { type Carrier, carriers } from "../../src/units.js";
import { withMeteredRules } from "./meteredrules.js";
import { withLists } from "./pricelists.js";

/** A stream of pseudo-random numbers (mulberry32), so that a seed names a scenario. */
export function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * below);
  };
}

const order: readonly Carrier[] = ["gas", "electricity", "heat", "cold"];
const startPeriod = 100;

/** What a scenario is made of; `everything` false: all that goes beyond the paper is off. */
export interface ScenarioOptions {
  readonly participants: number;
  readonly periods: number;
  readonly everything?: boolean;
  /** Quantities and prices near the largest there are, so that amounts pass 2⁵³. */
  readonly huge?: boolean;
  /** Whether meters decide more than imbalances: carriers that are shared, trades that count as delivered. */
  readonly isMetered?: boolean;
  /** Whether some prices outside the market are lists of components, which change with time. */
  readonly isListed?: boolean;
  /** Whether the market is a private one; its secrets then follow from the seed. */
  readonly isPrivate?: boolean;
}

/** What quantities and prices are multiplied by in a huge scenario. */
const factor = 3_000_000;
const quantityFields = [
  "limit",
  "capacity",
  "charge",
  "chargeLimit",
  "dischargeLimit",
  "importLimit",
  "exportLimit",
  "required",
  "used",
];
const priceFields = [
  "price",
  "purchasePrice",
  "retail",
  "feedIn",
  "shortagePrice",
  "surplusPrice",
  "chargePrice",
  "dischargePrice",
  "interruptionPrice",
];
const amountFields = ["amount", "creditLimit", "collateral"];

/** A contract with quantities, prices and amounts made huge, as far as fields hold them. */
function magnified<T>(value: T, field = ""): T {
  const scaled = (most: number) => Math.max(-most, Math.min(most, (value as number) * factor));
  if (typeof value === "number" && quantityFields.includes(field)) return scaled(0xffff_ffff) as T;
  if (typeof value === "number" && priceFields.includes(field)) return scaled(0x7fff_ffff) as T;
  if (typeof value === "string" && amountFields.includes(field)) {
    const amount = BigInt(value) * BigInt(factor) ** 2n;
    return `${amount < 2n ** 63n ? amount : 2n ** 63n - 1n}` as T;
  }
  if (Array.isArray(value)) return value.map((item) => magnified(item)) as T;
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, magnified(item, name)]),
    ) as T;
  return value;
}

/** Out of the pool, or in it from the offer's limit or a floor on. */
const randomPool = (chance: (percent: number) => boolean, below: (bound: number) => number) =>
  chance(80) && (chance(50) ? {} : { floor: below(300) - 20 });

/** Standard terms for about half of all carriers and sides. */
function randomTerms(seed: number): Contract[] {
  const below = random(seed ^ 0x3c6ef372);
  const chance = (percent: number): boolean => below(100) < percent;
  return carriers.flatMap((carrier): Contract[] => {
    const common = { version: 1, from: startPeriod, carrier, limit: 200 + below(2_000) };
    const interruptible = chance(40) ? below(1_000_001) : 0;
    const interruption = { interruptible, interruptionPrice: below(300), import: chance(60) };
    return [
      ...(chance(50)
        ? [{ kind: "supply", ...common, pool: randomPool(chance, below), collateral: "0" } as const]
        : []),
      ...(chance(50) ? [{ kind: "use", ...common, ...interruption } as const] : []),
    ];
  });
}

/** The contracts that a random market opens with. */
export function randomContracts(seed: number, options: ScenarioOptions): Contract[] {
  const contracts = plainContracts(seed, options);
  return options.isMetered === true ? withMeteredRules(seed, contracts) : contracts;
}

function plainContracts(
  seed: number,
  { participants, periods, everything = true, isPrivate = false }: ScenarioOptions,
): Contract[] {
  const below = random(seed);
  const chance = (percent: number): boolean => below(100) < percent;
  const dated = { version: 1, from: startPeriod };
  const contracts: Contract[] = [
    {
      kind: "market",
      ...dated,
      id: `m${seed}`,
      currency: "EUR",
      quantityTick: "0.000001",
      priceTick: "0.000001",
      periodMs: 30_000,
      signed: false,
      ...(isPrivate ? { privacy: "private" as const } : {}),
      order,
    },
  ];
  const tariff = (): PeriodTariff => {
    const tiers = 1 + below(3);
    const commission = Array.from({ length: tiers }, (_, tier) => ({
      share: tier === tiers - 1 ? 1_000_000 - tier * 300_000 : 300_000,
      supply: below(100_000),
      use: below(100_000),
    }));
    return {
      retail: below(600),
      feedIn: below(200) - 50,
      commission: everything ? commission : [{ share: 1_000_000, supply: 0, use: 0 }],
      shortagePrice: below(2_000) - 200,
      surplusPrice: below(400) - 200,
    };
  };
  const tariffs = { electricity: tariff(), heat: tariff(), cold: tariff(), gas: tariff() };
  contracts.push({
    kind: "payment",
    ...dated,
    currency: "EUR",
    creditLimit: chance(50) ? "0" : `${below(100_000)}`,
    tariffs,
    metering:
      everything && chance(70)
        ? {
            window: 1 + below(3),
            corrections: below(4),
            missing: (["traded", "zero", "last"] as const)[below(3)]!,
          }
        : null,
  });
  for (const carrier of carriers) contracts.push(clearing(carrier));
  function clearing(carrier: Carrier): ClearingContract {
    const mechanism = chance(50) ? "value" : "merit";
    const price = below(600);
    const pricing = chance(50) ? "blend" : mechanism === "value" ? "counterparty" : "uniform";
    return {
      kind: "clearing",
      ...dated,
      carrier,
      mechanism,
      pricing,
      k: below(1_000_001),
      maxCycles: chance(50) ? 0 : 1 + below(2),
      ties:
        everything && chance(40) ? "lottery" : pricing === "uniform" && chance(50) ? "prorata" : "arrival",
      pool: chance(80)
        ? {
            price,
            purchasePrice: everything ? price - below(100) : price,
            lots: chance(50) ? "whole" : "divisible",
          }
        : null,
      discharge: everything && chance(80),
      charge: everything && chance(80),
      export: everything && chance(70),
      interrupt: everything && chance(70),
      import: everything && chance(70),
    };
  }
  if (everything) contracts.push(...randomTerms(seed));
  const areas: { [carrier in Carrier]: string[] } = { electricity: [], heat: [], cold: [], gas: [] };
  const limits = () => ({
    importLimit: chance(20) ? null : below(participants * 300),
    exportLimit: chance(20) ? null : below(participants * 300),
  });
  if (everything)
    for (const carrier of carriers) {
      const count = below(6);
      for (let index = 0; index < count; index += 1) {
        const area = `${carrier}-${index}`;
        const dates = { kind: "area", ...dated, area, carrier } as const;
        const parent = areas[carrier][below(index)];
        const steps = chance(30) ? [{ from: startPeriod + 1 + below(4), ...limits() }] : [];
        const edge = { ...limits(), loss: below(100_000), limits: steps };
        contracts.push(parent === undefined ? dates : { ...dates, parent, ...edge });
        areas[carrier].push(area);
      }
      const clears = contracts.findIndex((each) => each.kind === "clearing" && each.carrier === carrier);
      const rules = contracts[clears] as ClearingContract;
      // Prices by area go with neither.
      if (count > 0 && rules.pricing === "uniform") {
        contracts[clears] = { ...rules, pool: null, ties: "arrival" };
        for (const [index, each] of contracts.entries())
          if (each.kind === "area" && each.carrier === carrier && each.parent !== undefined)
            contracts[index] = { ...each, fee: (7 * index + seed) % 30 };
      }
    }
  const areaOf = (carrier: Carrier): string | undefined =>
    chance(60) ? areas[carrier][below(areas[carrier].length || 1)] : undefined;
  for (let number = 0; number < participants; number += 1) {
    const participant = `p${number}`;
    const own = Object.fromEntries(
      carriers.flatMap((carrier) => {
        const area = areaOf(carrier);
        return area === undefined ? [] : [[carrier, area]];
      }),
    );
    contracts.push({
      kind: "participant",
      ...dated,
      id: participant,
      ...(Object.keys(own).length > 0 ? { areas: own } : {}),
      ...(chance(20) ? { creditLimit: `${below(300_000)}` } : {}),
    });
    if (chance(90))
      contracts.push({
        kind: "deposit",
        ...dated,
        participant,
        amount: `${1 + below(2_000_000)}`,
        number: 1,
      });
    for (const carrier of carriers) {
      if (chance(70))
        contracts.push({
          kind: "supply",
          ...dated,
          participant,
          carrier,
          limit: 200 + below(2_000),
          pool: randomPool(chance, below),
          collateral: "0",
        });
      if (chance(70))
        contracts.push({
          kind: "use",
          ...dated,
          participant,
          carrier,
          limit: 200 + below(2_000),
          interruptible: chance(40) ? below(1_000_001) : 0,
          interruptionPrice: below(300),
          ...(chance(30) ? { poolLimit: below(tariffs[carrier].retail + 1) } : {}),
          import: chance(60),
        });
    }
  }
  if (!everything) return contracts;
  for (let number = below(1 + participants / 2); number > 0; number -= 1) {
    const carrier = carriers[below(4)]!;
    const area = areaOf(carrier);
    const capacity = 1 + below(3_000);
    contracts.push({
      kind: "storage",
      ...dated,
      device: `d${number}`,
      carrier,
      ...(chance(70) ? { owner: `p${below(participants)}` } : {}),
      ...(area === undefined ? {} : { area }),
      capacity,
      charge: below(capacity + 1),
      chargeLimit: below(500),
      dischargeLimit: below(500),
      chargeEfficiency: chance(20) ? 1_000_000 : 500_000 + below(500_001),
      dischargeEfficiency: chance(20) ? 1_000_000 : 500_000 + below(500_001),
      selfDischarge: chance(50) ? 0 : below(50_000),
      chargePrice: below(300) - 20,
      dischargePrice: below(500),
      ...(chance(40) ? { stays: stays(capacity) } : {}),
    });
  }
  function stays(capacity: number): Stay[] {
    const list: Stay[] = [];
    let at = startPeriod + below(3);
    while (at < startPeriod + periods) {
      const plugOut = at + 1 + below(5);
      list.push({ plugIn: at, plugOut, required: below(capacity + 1), used: below(capacity) });
      at = plugOut + below(3);
    }
    return list;
  }
  for (let number = below(4); number > 0; number -= 1) {
    const input = below(3);
    contracts.push({
      kind: "converter",
      ...dated,
      device: `c${number}`,
      participant: `p${below(participants)}`,
      input: order[input]!,
      output: order[input + 1 + below(3 - input)]!,
      ratio: 1 + below(4_000_000),
      ...(below(2) === 0 ? {} : { linked: below(2) === 0 }),
    });
  }
  return contracts;
}

/** A market that has run, and what it stored. */
export interface Run {
  readonly market: Market;
  readonly store: Store;
}

/** Runs a random market: orders of every kind, faulty readings, amendments, endings and transfers. */
export async function runScenario(engine: Engine, seed: number, options: ScenarioOptions): Promise<Run> {
  const { participants, periods, everything = true, huge = false } = options;
  const scale = huge ? factor : 1;
  const plain = randomContracts(seed, options);
  const contracts = options.isListed === true ? withLists(plain, random(seed ^ 0x1f83_d9ab)) : plain;
  const store = await openMemoryStore({ hasher: engine });
  const secret = random(seed ^ 0x7f4a_7c15);
  const market = await openMarket({
    engine,
    store,
    contracts: huge ? magnified(contracts) : contracts,
    secrets: () => Uint8Array.from({ length: 32 }, () => secret(256)),
    clock: { now: () => 1_000, setTimer: () => 0, clearTimer: () => undefined },
  });
  // The books of meters not yet settled are no business of a market's callers: a replay beside it knows them.
  const replay = openReplay(engine);
  replay.replay(decodeBlock((await store.get(0))!));
  const below = random(seed ^ 0x5bd1e995);
  const chance = (percent: number): boolean => below(100) < percent;
  // Where meters decide, they show anything.
  const dice = random(seed ^ 0x27d4_eb2f);
  const wild = options.isMetered === true ? () => (dice(3) === 0 ? 0 : (dice(1_200) - 600) * scale) : () => 0;
  for (let count = 0; count < periods; count += 1) {
    for (let number = 0; number < participants; number += 1)
      for (let tries = below(4); tries > 0; tries -= 1)
        market.submit({
          participant: `p${number}`,
          carrier: carriers[below(4)]!,
          side: chance(50) ? "offer" : "bid",
          quantity: ticks((1 + below(1_200)) * scale),
          price: ticks((chance(10) ? below(300) - 300 : below(600)) * scale),
        });
    if (everything) {
      if (chance(30)) market.withdraw(`p${below(participants)}`, carriers[below(4)]!);
      faultyReadings(market, replay, participants, below, scale, wild);
      amend(market, participants, below);
    }
    const { block } = await market.clearPeriod(1_000 + count * 30_000);
    if (everything) replay.replay(block);
  }
  return { market, store };
}

const ticks = (count: number): string => {
  const digits = `${Math.abs(count)}`.padStart(7, "0");
  return `${count < 0 ? "-" : ""}${digits.slice(0, -6)}.${digits.slice(-6)}`;
};

/** Readings that come, don't come, come late, twice, too late or corrected. */
function faultyReadings(
  market: Market,
  replay: Replay,
  participants: number,
  below: (n: number) => number,
  scale: number,
  wild: () => number,
): void {
  for (const [period, book] of replay.state.books) {
    const mood = below(4);
    for (let slot = 0; slot < book.slots; slot += 1) {
      const row = book.find(slot);
      const said = (field: number): number => (row < 0 ? 0 : book.get(row, field));
      if (mood === 0 || (mood < 3 && below(100) < 40 * mood)) continue;
      if ((row < 0 || row >= book.due) && below(20) > 0) continue;
      const off = below(3) === 0 ? (below(200) - 100) * scale : 0;
      market.report({
        participant: `p${Math.min(Math.floor(slot / 4), participants - 1)}`,
        carrier: carriers[slot % 4]!,
        period,
        in: ticks(Math.max(0, said(meter.tradedIn) + off + wild())),
        out: ticks(Math.max(0, said(meter.tradedOut) + wild())),
        version: below(10) === 0 ? 1 + below(3) : said(meter.version) + 1,
      });
    }
  }
}

/** Contracts that change while the market runs; some don't fit and are dropped. */
function amend(market: Market, participants: number, below: (n: number) => number): void {
  const { state } = market;
  const from = market.period + 1 + below(2);
  const held = state.contracts;
  for (let tries = below(4); tries > 0; tries -= 1) {
    const key = held[below(held.length)]!;
    const contract = state.contract(key)!;
    const participant = `p${below(participants)}`;
    const choice = below(6);
    if (choice === 0)
      market.propose({ kind: "end", version: market.nextVersion(`end/${key}`), from, contract: key });
    else if (choice === 1)
      market.propose({
        kind: "withdrawal",
        version: 1,
        from,
        participant,
        amount: `${1 + below(1_000_000)}`,
        number: market.period,
      });
    else if (choice === 2)
      market.propose({
        kind: "deposit",
        version: 1,
        from,
        participant,
        amount: `${1 + below(1_000_000)}`,
        number: market.period,
      });
    else if (contract.kind === "supply")
      market.propose({
        ...contract,
        version: market.nextVersion(key),
        from,
        limit: below(2_000),
        collateral: contract.participant === undefined ? "0" : `${below(500_000)}`,
      });
    else if (contract.kind === "use")
      market.propose({ ...contract, version: market.nextVersion(key), from, import: below(2) === 0 });
    else if (contract.kind === "storage") {
      const capacity = 1 + below(3_000);
      market.propose({
        ...contract,
        version: market.nextVersion(key),
        from,
        capacity,
        charge: 0,
        stays: [],
      });
    } else if (contract.kind === "area") propose(market, below, contract, from);
    else if (contract.kind === "participant")
      market.propose({
        ...contract,
        version: market.nextVersion(key),
        from,
        creditLimit: `${below(400_000)}`,
      });
    else if (contract.kind === "payment")
      market.propose({
        ...contract,
        version: market.nextVersion(key),
        from,
        creditLimit: `${below(100_000)}`,
      });
  }
}

/** Another limit of an area, another place in the tree, or a signal of its operator. */
function propose(
  market: Market,
  below: (n: number) => number,
  { parent, ...contract }: AreaContract,
  from: number,
): void {
  const { area, carrier } = contract;
  if (parent === undefined) return;
  const importLimit = below(500);
  const version = market.nextVersion(`area/${area}`);
  const signal = { kind: "limit", from, area, importLimit, until: from + 1 + below(3) } as const;
  const choice = below(3);
  if (choice === 0) market.propose({ ...contract, parent, version, from, importLimit });
  else if (choice === 1)
    market.propose({ ...contract, parent: `${carrier}-${below(5)}`, version, from, importLimit });
  else market.propose({ ...signal, version: market.nextVersion(`limit/${area}`) });
}

/** The blocks of a store, decoded. */
export async function blocksOf(store: Store): Promise<ReturnType<typeof decodeBlock>[]> {
  const blocks: ReturnType<typeof decodeBlock>[] = [];
  for await (const bytes of store.blocks()) blocks.push(decodeBlock(bytes));
  return blocks;
}
