import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { decodeBlock } from "../../../src/ledger/format/block.js";
import { accountOf } from "../../../src/market/books/accounts.js";
import { openReplay } from "../../../src/market/replay.js";
import type { StatementEntry } from "../../../src/report/entry.js";
import { statement } from "../../../src/report/statement.js";
import { orderRules } from "../../../src/simulation/scenario.js";
import { openSimulation } from "../../../src/simulation/simulation.js";
import { type Carrier, carriers } from "../../../src/units.js";
import { keyOf } from "../../../src/web/settings/effects.js";
import { consistent, defaults, type Settings } from "../../../src/web/settings/settings.js";
import { whyWords } from "../../../src/web/views/homewhy.js";
import type { Run } from "../../../src/web/worker/chain.js";
import { type DayPeriod, day, runOf } from "../../../src/web/worker/day.js";
import { home } from "../../../src/web/worker/home/account.js";
import { homeBill, homeBillFile } from "../../../src/web/worker/home/bill.js";
import { type OrderWhy, why } from "../../../src/web/worker/home/reasons.js";
import type { Work } from "../../../src/web/worker/work.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
const work = <News = never>(tell: (news: News) => void = () => undefined) =>
  ({ engine, tell, signal: new AbortController().signal }) as Work<News>;

const hourly: Settings = { ...defaults, view: "home", minutes: 60, members: 40 };
/** The days that are looked at: with a pool and areas, with prices by place and no pool, with whole lots. */
const days: readonly Partial<Settings>[] = [
  {},
  { mix: "solar", weather: "clear", seed: 4 },
  { mechanism: "merit", pricing: "uniform", pool: false, mix: "industry", commission: 30 },
  { mechanism: "merit", pricing: "blend", lots: "whole", mix: "town", season: "winter" },
];

/** Trades a day to its end. */
async function traded(
  change: Partial<Settings>,
): Promise<{ readonly ledger: string; readonly run: Run; readonly periods: DayPeriod[] }> {
  const settings = consistent({ ...hourly, ...change });
  const periods: DayPeriod[] = [];
  await day(
    work<readonly DayPeriod[]>((news) => periods.push(...news)),
    settings,
  );
  const ledger = keyOf("day", settings, null);
  return { ledger, run: runOf(ledger), periods };
}

const statements = new WeakMap<object, Map<string, Promise<readonly StatementEntry[]>>>();
/** What the statement of the package says of the orders of a member in a period: energy by entry. */
async function stated(blocks: readonly Uint8Array[], id: string, place: number) {
  const known = statements.get(blocks) ?? new Map<string, Promise<readonly StatementEntry[]>>();
  statements.set(blocks, known);
  const whole = known.get(id) ?? statement(blocks, id, { hasher: engine }).then(({ entries }) => entries);
  known.set(id, whole);
  const period = decodeBlock(blocks[place + 1]!).header.period;
  const entries = (await whole).filter((entry) => entry.period === period);
  const sum = (carrier: Carrier, ...names: string[]): number =>
    Math.abs(
      entries
        .filter((entry) => entry.carrier === carrier && names.includes(entry.entry))
        .reduce((total, { energy }) => total + Number(energy), 0),
    );
  return {
    direct: (carrier: Carrier, side: string) => sum(carrier, side === "offer" ? "sold" : "bought"),
    community: (carrier: Carrier, side: string) =>
      side === "offer"
        ? sum(carrier, "sold", "pool sale")
        : sum(carrier, "bought", "pool purchase", "store purchase"),
    grid: (carrier: Carrier, side: string) => sum(carrier, side === "offer" ? "exported" : "imported"),
  };
}

describe("what a member earned and paid", () => {
  for (const change of days)
    it(`adds up to what its account moved by: ${JSON.stringify(change)}`, async () => {
      const { ledger, run } = await traded(change);
      const replay = openReplay(engine);
      replay.replay(decodeBlock(run.blocks[0]!));
      const { members } = run.community;
      const before = members.map(({ number }) => replay.state.accounts.balance(accountOf(number)));
      for (const bytes of run.blocks.slice(1)) replay.replay(decodeBlock(bytes));
      for (const { number } of members) {
        const { parts, cost, member } = await home(work(), { ledger, member: number });
        expect(member).toBe(number);
        const moved = parts.reduce((sum, { amount }) => sum + amount, 0n);
        expect(moved).toBe(replay.state.accounts.balance(accountOf(number)) - before[number]!);
        expect(-moved).toBe(cost.paid + cost.imbalances);
      }
    });

  it("is held against what the supplier alone would have asked for the same orders", async () => {
    const { ledger, run } = await traded({ mix: "solar", seed: 4 });
    const { community } = run;
    const { tariffs } = community.scenario;
    const alone = community.members.map(() => 0n);
    for (let place = 0; place < 24; place += 1) {
      const { participant, carrier, side, quantity } = community.orders(place);
      for (let index = 0; index < quantity.length; index += 1) {
        const { retail, feedIn } = tariffs[carriers[carrier[index]!]!];
        const sells = side[index] === 0;
        alone[participant[index]!]! += BigInt(quantity[index]!) * BigInt(sells ? -feedIn : retail);
      }
    }
    const homes = community.members.filter(({ kind }) => kind === "home");
    expect(homes.length).toBeGreaterThan(15);
    let gained = 0;
    for (const { number } of homes) {
      const { cost } = await home(work(), { ledger, member: number });
      expect(cost.without).toBe(alone[number]!);
      expect(cost.with).toBe(cost.paid + cost.imbalances + cost.making + cost.forgone + cost.drained);
      if (cost.without > cost.with) gained += 1;
    }
    expect(gained).toBeGreaterThan(0);
  });

  it("is that of a home with solar panels where nobody is named, and draws each period as its block has it", async () => {
    const { ledger, run } = await traded({});
    const shown = await home(work(), { ledger, member: -1 });
    expect(shown.members[shown.member]!.kind).toBe("home with solar panels");
    const { id } = run.community.members[shown.member]!;
    for (const place of [0, 9, 12, 20, 23]) {
      const said = await stated(run.blocks, id, place);
      for (const carrier of carriers) {
        const { moved } = shown.days[carrier];
        expect(moved.sold[place]).toBe(said.direct(carrier, "offer"));
        expect(moved.bought[place]).toBe(said.direct(carrier, "bid"));
        expect(moved.exported[place]).toBe(said.grid(carrier, "offer"));
        expect(moved.imported[place]).toBe(said.grid(carrier, "bid"));
      }
    }
  });

  it("has the charge of its stores as the ledger ends with it", async () => {
    const { ledger, run } = await traded({ mix: "solar", seed: 4 });
    const replay = openReplay(engine);
    for (const bytes of run.blocks) replay.replay(decodeBlock(bytes));
    const stores = run.community.contracts(-1).filter((contract) => contract.kind === "storage");
    let seen = 0;
    for (const { number } of run.community.members) {
      const { days } = await home(work(), { ledger, member: number });
      for (const carrier of carriers) {
        const own = stores.flatMap((store, device) =>
          run.stores[device]?.number === number && store.carrier === carrier
            ? [replay.state.charges[device]!]
            : [],
        );
        const total = own.reduce((sum, charge) => sum + charge, 0);
        expect(days[carrier].charge?.at(-1) ?? null).toBe(own.length === 0 ? null : total);
        seen += own.length;
      }
    }
    expect(seen).toBeGreaterThan(3);
  });
});

describe("why an order was or was not served", () => {
  /** The orders of everybody in a period, as the simulation drew them. */
  const drawn = ({ community }: Run, place: number) => {
    const batch = community.orders(place);
    return Array.from(batch.quantity, (quantity, index) => ({
      participant: batch.participant[index]!,
      carrier: carriers[batch.carrier[index]!]!,
      side: batch.side[index] === 0 ? "offer" : "bid",
      quantity,
      price: batch.price[index]!,
    }));
  };

  /** What the live market makes of the period when one order has another limit. */
  async function relived(
    run: Run,
    place: number,
    own: { participant: number; carrier: Carrier },
    price: number,
  ) {
    const { community } = run;
    const simulation = await openSimulation(
      {
        ...community,
        placed(at, history) {
          const placed = community.placed(at, history);
          if (at !== place) return placed;
          const { orders } = placed;
          const prices = orders.price.slice();
          for (let index = 0; index < prices.length; index += 1)
            if (
              orders.participant[index] === own.participant &&
              orders.carrier[index] === carriers.indexOf(own.carrier)
            )
              prices[index] = price;
          return { ...placed, orders: { ...orders, price: prices } };
        },
      },
      { engine },
    );
    const blocks = [(await simulation.market.store.get(0))!];
    for await (const { bytes } of simulation) {
      blocks.push(bytes);
      if (blocks.length === place + 2) break;
    }
    return stated(blocks, community.members[own.participant]!.id, place);
  }

  for (const change of days)
    it(`is true of every order: ${JSON.stringify(change)}`, async () => {
      const { ledger, run, periods } = await traded(change);
      const kinds = new Set<string>();
      for (const place of [3, 9, 12, 14, 19])
        for (const { id, number } of run.community.members) {
          const said = await stated(run.blocks, id, place);
          for (const order of await why(work(), { ledger, member: number, place })) {
            const { fate, carrier, side } = order;
            const { direct, pooled, grid, paused, left, quantity } = fate;
            expect(direct.quantity + pooled.quantity + grid.quantity + paused.quantity + left).toBe(quantity);
            expect(direct.quantity).toBe(said.direct(carrier, side));
            expect(direct.quantity + pooled.quantity).toBe(said.community(carrier, side));
            expect(grid.quantity).toBe(said.grid(carrier, side));
            await isTrue(order, number, place, run, periods);
            kinds.add(`${order.direct?.why} ${order.pool?.why}`);
          }
        }
      expect(kinds.size).toBeGreaterThan(1);
    });

  /** Holds the reason of an order against what others say of the same period. */
  async function isTrue(
    order: OrderWhy,
    member: number,
    place: number,
    run: Run,
    periods: DayPeriod[],
  ): Promise<void> {
    const { direct, pool, side, price, carrier, fate } = order;
    const others = drawn(run, place).filter((each) => each.carrier === carrier && each.side !== side);
    const agreeing = others.filter((each) => (side === "offer" ? each.price >= price : each.price <= price));
    const limits = others.map((each) => each.price);
    if (direct?.why === "nobody") expect(others).toEqual([]);
    if (direct?.why === "price") {
      expect(agreeing).toEqual([]);
      expect(direct.best).toBe(side === "offer" ? Math.max(...limits) : Math.min(...limits));
    }
    if (direct?.why === "used") {
      // Converters trade less than they ask for; their orders count for what they can make.
      expect(direct.agreeing).toBeGreaterThan(0);
      expect(direct.agreeing).toBeLessThanOrEqual(agreeing.length);
      for (const each of agreeing) {
        const { id, converter } = run.community.members[each.participant]!;
        if (converter !== null) continue;
        const said = await stated(run.blocks, id, place);
        expect(said.direct(carrier, each.side)).toBe(each.quantity);
      }
    }
    if (direct?.why === "line") {
      const area = periods[place]!.carriers[carrier].areas.find(({ name }) => name === direct.area);
      expect(area!.held).toBeGreaterThan(0);
    }
    if (direct?.why === "place") {
      const area = periods[place]!.carriers[carrier].areas.find(({ name }) => name === direct.area);
      expect(area!.price).toBe(direct.price);
    }
    const rules = orderRules(run.community.scenario, carrier);
    if (pool?.why === "none") expect(rules.pool).toBeNull();
    if (pool?.why === "limit" || pool?.why === "rest") {
      expect(pool.price).toBe(side === "offer" ? rules.pool!.purchasePrice : rules.pool!.price);
      const contract = run.community
        .contracts(-1)
        .find(
          (each) =>
            each.kind === "supply" &&
            each.participant === run.community.members[member]!.id &&
            each.carrier === carrier,
        );
      if (side === "offer" && contract?.kind === "supply" && contract.pool !== false)
        expect(pool.limit).toBe(contract.pool?.floor ?? price);
      expect(pool.limit > pool.price).toBe(
        (side === "offer") === (pool.why === "limit") && pool.limit !== pool.price,
      );
    }
    if (pool !== null) expect(fate.direct.quantity + fate.pooled.quantity).toBeLessThan(fate.quantity);
  }

  it("names a limit that would have been enough, and the live market agrees", async () => {
    let [enough, tooLittle] = [0, 0];
    for (const change of days) {
      const { ledger, run } = await traded(change);
      const { members } = run.community;
      const asked: { place: number; number: number; order: OrderWhy }[] = [];
      await fc.assert(
        fc.asyncProperty(fc.nat({ max: 23 }), fc.nat({ max: members.length - 1 }), async (place, number) => {
          for (const order of await why(work(), { ledger, member: number, place }))
            if (order.instead !== null) asked.push({ place, number, order });
        }),
        { numRuns: 60 },
      );
      // Some of each: reliving a day takes a while.
      const some = [true, false].flatMap((all) =>
        asked.filter(({ order }) => order.instead!.all === all).slice(0, 4),
      );
      for (const { place, number, order } of some) {
        const { carrier, side, instead, price, fate } = order;
        const said = await relived(run, place, { participant: number, carrier }, instead!.price);
        expect(said.community(carrier, side)).toBe(instead!.quantity);
        expect(side === "offer" ? instead!.price < price : instead!.price > price).toBe(true);
        const grid = said.grid(carrier, side);
        if (instead!.all) expect(grid).toBe(0);
        else expect(instead!.quantity).toBeLessThan(fate.quantity);
        if (instead!.all) enough += 1;
        else tooLittle += 1;
      }
    }
    expect(enough).toBeGreaterThan(3);
    expect(tooLittle).toBeGreaterThan(3);
  });

  it("is said in whole sentences with their numbers", () => {
    const part = (quantity: number, price: number) => ({ quantity, amount: quantity * price });
    const fate = {
      quantity: 41_400,
      direct: part(0, 0),
      partners: 0,
      pooled: part(0, 0),
      grid: part(41_400, 82_000),
      paused: part(0, 0),
      left: 0,
      heldBy: null,
    };
    const order: OrderWhy = {
      carrier: "electricity",
      side: "offer",
      price: 470_000,
      fate,
      direct: { why: "price", best: 450_000 },
      pool: { why: "limit", price: 430_000, limit: 470_000 },
      instead: { price: 449_000, quantity: 41_400, all: true },
      retail: 520_000,
      feedIn: 82_000,
    };
    expect(whyWords(order, "Home 3").join(" ")).toBe(
      "Home 3 offered 41.4 Wh for at least 47.0 ct. All of it went to the grid, which pays 8.2 ct. Nobody asked for it at that price: the highest bid was 45.0 ct. The pool pays 43.0 ct; its contract asks for 47.0 ct there. Asking 44.9 ct, it would have sold all of it in the community.",
    );
    const served: OrderWhy = {
      ...order,
      side: "bid",
      fate: { ...fate, direct: part(41_400, 486_000), partners: 3, grid: part(0, 0) },
      direct: null,
      pool: null,
      instead: null,
    };
    expect(whyWords(served, "Home 3").join(" ")).toBe(
      "Home 3 asked for 41.4 Wh and would pay at most 47.0 ct. All of it came from 3 neighbours, at 48.6 ct on average.",
    );
  });
});

describe("the bill of a member", () => {
  it("follows from its proofs line by line, and adds up to what it paid", async () => {
    const { ledger, run } = await traded({ commission: 20 });
    for (const number of [0, 5, 11, run.community.members.length - 1]) {
      const { cost } = await home(work(), { ledger, member: number });
      const shown = await homeBill(work<number>(), { ledger, member: number, changed: -1 });
      expect(shown).toMatchObject({ holds: true, accounts: true, missing: [], blocks: 25 });
      expect(shown.lines.every(({ fault }) => fault === null)).toBe(true);
      expect(shown.month).toBe(new Date(run.community.timeOf(0)).toISOString().slice(0, 7));
      const paid = Number(cost.paid + cost.imbalances) / 1e12;
      expect(Math.abs(Number(shown.total) - paid)).toBeLessThanOrEqual(0.005 * shown.lines.length + 1e-9);
      const sum = shown.lines.reduce((total, { amount }) => total + Number(amount), 0);
      expect(Number(shown.total)).toBeCloseTo(sum, 6);
    }
  });

  it("names the line that was changed, and the total", async () => {
    const { ledger } = await traded({});
    const whole = await homeBill(work<number>(), { ledger, member: 0, changed: -1 });
    expect(whole.lines.length).toBeGreaterThan(1);
    for (const changed of whole.lines.keys()) {
      const shown = await homeBill(work<number>(), { ledger, member: 0, changed });
      expect(shown.holds).toBe(false);
      expect(shown.lines.flatMap(({ fault }, place) => (fault === null ? [] : [place]))).toEqual([changed]);
      expect(shown.lines[changed]!.fault!.proved!.amount).toBe(whole.lines[changed]!.amount);
      expect(Number(shown.lines[changed]!.amount) - Number(whole.lines[changed]!.amount)).toBeCloseTo(1, 9);
      expect(shown.provedTotal).toBe(whole.total);
      expect(Number(shown.total) - Number(whole.total)).toBeCloseTo(1, 9);
    }
  });

  it("is given as one document, and as a page that lets its own script run", async () => {
    const { ledger } = await traded({});
    const json = JSON.parse(
      await (await homeBillFile(work<number>(), { ledger, member: 0, type: "json" })).text(),
    );
    const whole = await homeBill(work<number>(), { ledger, member: 0, changed: -1 });
    expect(json.total).toBe(whole.total);
    const html = await (await homeBillFile(work<number>(), { ledger, member: 0, type: "html" })).text();
    const script = html.slice(html.lastIndexOf("<script>") + 8, html.lastIndexOf("</script>"));
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(script));
    const named = /sha256-([A-Za-z0-9+/=]+)/.exec(html.slice(0, 2000))?.[1];
    expect(named).toBe(Buffer.from(hash).toString("base64"));
  });

  it("is refused of another day and of nobody", async () => {
    const { ledger } = await traded({});
    for (const ask of [
      () => home(work(), { ledger: "another", member: 0 }),
      () => why(work(), { ledger: "another", member: 0, place: 0 }),
      () => homeBill(work<number>(), { ledger: "another", member: 0, changed: -1 }),
    ])
      await expect(ask()).rejects.toMatchObject({ code: "state" });
    await expect(homeBill(work<number>(), { ledger, member: 4000, changed: -1 })).rejects.toMatchObject({
      code: "invalid",
      field: "member",
    });
  });
});
