// Linked converters: their bids count for what a trial of the period would sell of their outputs (docs/market.md).
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type {
  ClearingContract,
  Contract,
  ConverterContract,
} from "../../../src/market/contracts/contracts.js";
import { paperClearing } from "../../../src/market/contracts/opening.js";
import type { Market } from "../../../src/market/market.js";
import type { PeriodResult } from "../../../src/market/result.js";
import type { Carrier } from "../../../src/units.js";
import { clearByRules } from "../../oracle/rules.js";
import { dated, opening, rest, seen, tariff } from "../../support/steps.js";

const chain: readonly Carrier[] = ["gas", "electricity", "heat", "cold"];
const million = 1_000_000n;

const converter = (
  input: Carrier,
  output: Carrier,
  ratio: number,
  more: Partial<ConverterContract> = {},
): ConverterContract => ({
  kind: "converter",
  ...dated,
  device: `${more.participant ?? "owner"}-${output}`,
  participant: "owner",
  input,
  output,
  ratio,
  ...more,
});

const clearing = (carrier: Carrier, more: Partial<ClearingContract> = {}): ClearingContract => ({
  ...paperClearing(carrier, 0),
  ...more,
});

interface Asked {
  readonly participant: string;
  readonly carrier: Carrier;
  readonly side: "offer" | "bid";
  readonly quantity: number;
  readonly price: number;
}

const say = (market: Market, orders: readonly Asked[]): void => {
  for (const { quantity, price, ...order } of orders)
    expect(market.submit({ ...order, quantity: `${quantity}`, price: `${price}` })).toMatchObject({
      status: "accepted",
    });
};

/** A period of a market with gas to be had, and an owner who bids for ten of it and offers what can be made of it. */
async function period(
  contracts: readonly Contract[],
  wants: readonly (readonly [Carrier, number])[],
  gas = 10,
): Promise<PeriodResult> {
  const market = await opening({ well: 0n, owner: 1000n, home: 1000n }, [
    ...contracts.filter(({ kind }) => kind !== "clearing"),
    ...(["electricity", "heat"] as const).map(
      (carrier): Contract =>
        contracts.find((each) => each.kind === "clearing" && each.carrier === carrier) ??
        clearing(carrier, { pool: null }),
    ),
  ]);
  say(market, [
    { participant: "well", carrier: "gas", side: "offer", quantity: 10, price: 2 },
    { participant: "owner", carrier: "gas", side: "bid", quantity: gas, price: 3 },
  ]);
  for (const carrier of ["electricity", "heat"] as const)
    say(market, [{ participant: "owner", carrier, side: "offer", quantity: 40, price: 6 }]);
  for (const [carrier, quantity] of wants)
    say(market, [{ participant: "home", carrier, side: "bid", quantity, price: 8 }]);
  return market.clearPeriod(1);
}

const linked = (result: PeriodResult) => seen(result, "linked").map(({ quantity }) => quantity);
const bought = (result: PeriodResult) =>
  result
    .trades()
    .filter(({ carrier }) => carrier === "gas")
    .reduce((sum, { quantity }) => sum + quantity, 0);

const boiler = converter("gas", "heat", 900_000);

describe("a linked converter", () => {
  it("buys nothing for heat that nobody wants", async () => {
    const result = await period([boiler], []);
    expect(linked(result)).toEqual([0]);
    expect(bought(result)).toBe(0);
    expect(seen(result, "converted")).toMatchObject([{ quantity: 0, extra: 0n }]);
    expect(result.carriers[3]!.totals.asked).toBe(0n);
    // The well keeps its gas; and what the owner offers of electricity is none that it converts.
    expect(rest(result, "offer")).toEqual([
      { order: 0, quantity: 10 },
      { order: 2, quantity: 40 },
    ]);
    expect(rest(result, "bid")).toEqual([]);
  });

  it("buys what it will sell, rounded up, and as it did where that is all it asks for", async () => {
    // Four of heat by nine parts in ten: 4.4… of gas, for which five have to be bought.
    const result = await period([boiler], [["heat", 4]]);
    expect([linked(result), bought(result)]).toEqual([[5], 5]);
    const whole = await period([boiler], [["heat", 9]]);
    expect([linked(whole), bought(whole)]).toEqual([[], 10]);
  });

  it("with two outputs buys for the one that needs more", async () => {
    const chp = [converter("gas", "electricity", 400_000), converter("gas", "heat", 500_000)];
    const result = await period(chp, [
      ["electricity", 1],
      ["heat", 3],
    ]);
    expect([linked(result), bought(result)]).toEqual([[6], 6]);
  });

  it("counts what the pool would sell, and what the grid would take", async () => {
    const pool = { price: 20, purchasePrice: 15, lots: "divisible" } as const;
    const dear = [clearing("heat", { pool })];
    const market = await opening({ well: 0n, owner: 1000n, home: 1000n }, [...dear, boiler]);
    say(market, [
      { participant: "well", carrier: "gas", side: "offer", quantity: 10, price: 2 },
      { participant: "owner", carrier: "gas", side: "bid", quantity: 10, price: 3 },
      // Whole offers to whole bids, by value: five don't take nine whole. The pool divides them.
      { participant: "owner", carrier: "heat", side: "offer", quantity: 40, price: 6 },
      { participant: "home", carrier: "heat", side: "bid", quantity: 5, price: 25 },
    ]);
    expect(linked(await market.clearPeriod(1))).toEqual([6]);
    const exported = await period(
      [
        boiler,
        clearing("heat", { pool: null, export: true }),
        {
          kind: "supply",
          ...dated,
          version: 2,
          from: 0,
          participant: "owner",
          carrier: "heat",
          limit: 1000,
          pool: { floor: 5 },
          collateral: "0",
        },
      ],
      [],
    );
    expect([linked(exported), bought(exported)]).toEqual([[], 10]);
  });

  it("asks for all where its contract says so, whatever its other converters are", async () => {
    const result = await period([{ ...boiler, linked: false }], []);
    expect([linked(result), bought(result)]).toEqual([[], 10]);
    const both = await period([boiler, converter("gas", "electricity", 400_000, { linked: false })], []);
    expect([linked(both), bought(both)]).toEqual([[], 10]);
  });
});

describe("a trial", () => {
  /** What the bids of converters count for by the page's words, with the oracle's clearing. */
  function expected(
    orders: readonly Asked[],
    converters: readonly ConverterContract[],
    rulesOf: (carrier: Carrier) => ClearingContract,
  ): Map<string, number> {
    const gained = new Map<string, bigint>();
    const sold = new Map<string, bigint>();
    const key = ({ participant, carrier }: Pick<Asked, "participant" | "carrier">) =>
      `${participant} ${carrier}`;
    for (const carrier of chain) {
      const rules = rulesOf(carrier);
      const made = (participant: string): bigint | null => {
        const own = converters.filter((each) => each.participant === participant && each.output === carrier);
        if (own.length === 0) return null;
        return chain.reduce((sum, input) => {
          const ratios = own.filter((each) => each.input === input).map(({ ratio }) => ratio);
          if (ratios.length === 0) return sum;
          const most = BigInt(Math.max(...ratios));
          return sum + ((gained.get(key({ participant, carrier: input })) ?? 0n) * most) / million;
        }, 0n);
      };
      const mine = orders.filter((order) => order.carrier === carrier);
      const offers = mine.flatMap((order) => {
        if (order.side === "bid") return [];
        const most = made(order.participant);
        const asked = BigInt(order.quantity);
        const quantity = most === null || asked < most ? asked : most;
        return quantity === 0n ? [] : [{ order, quantity }];
      });
      const bids = mine.filter(({ side }) => side === "bid");
      const pool = rules.pool === null ? null : { price: BigInt(rules.pool.price), lots: rules.pool.lots };
      const result = clearByRules(
        offers.map(({ order, quantity }) => ({
          quantity,
          price: BigInt(order.price),
          consent: rules.pool !== null && order.price <= rules.pool.purchasePrice,
        })),
        bids.map(({ quantity, price }) => ({ quantity: BigInt(quantity), price: BigInt(price) })),
        {
          mechanism: rules.mechanism,
          pricing: rules.pricing,
          k: BigInt(rules.k),
          maxCycles: rules.maxCycles,
          pool,
        },
      );
      const bidsGot = bids.map(() => 0n);
      const offersGave = offers.map(() => 0n);
      for (const { offer, bid, quantity } of result.trades) {
        offersGave[offer]! += quantity;
        bidsGot[bid]! += quantity;
      }
      for (const { lot, bid, quantity } of result.pool?.sales ?? []) {
        offersGave[result.pool!.lots[lot]!.offer!]! += quantity;
        bidsGot[bid]! += quantity;
      }
      for (const [at, order] of bids.entries()) gained.set(key(order), bidsGot[at]!);
      for (const [at, { order, quantity }] of offers.entries())
        sold.set(
          key(order),
          rules.export && order.price <= Number(tariff.feedIn) ? quantity : offersGave[at]!,
        );
    }
    const counted = new Map<string, number>();
    for (const order of orders) {
      if (order.side === "offer") continue;
      const own = converters.filter(
        (each) => each.participant === order.participant && each.input === order.carrier,
      );
      if (own.length === 0 || own.some((each) => each.linked === false)) continue;
      const most = own
        .map(({ output, ratio }) => {
          const need = (sold.get(key({ ...order, carrier: output })) ?? 0n) * million;
          return Number((need + BigInt(ratio) - 1n) / BigInt(ratio));
        })
        .reduce((a, b) => Math.max(a, b));
      if (most < order.quantity) counted.set(key(order), most);
    }
    return counted;
  }

  it("is what the rules say, for random markets", async () => {
    const people = ["a", "b", "c", "d", "e"];
    const order = fc.record({
      participant: fc.constantFrom(...people),
      carrier: fc.constantFrom(...chain),
      side: fc.constantFrom("offer" as const, "bid" as const),
      quantity: fc.integer({ min: 1, max: 60 }),
      price: fc.integer({ min: 0, max: 30 }),
    });
    const device = fc.record({
      participant: fc.constantFrom(...people),
      link: fc.constantFrom([0, 1], [0, 2], [1, 2], [1, 3], [2, 3], [0, 3]),
      ratio: fc.integer({ min: 100_000, max: 4_000_000 }),
      linked: fc.constantFrom(undefined, true, false),
    });
    const rule = fc.record({
      mechanism: fc.constantFrom("value" as const, "merit" as const),
      pool: fc.constantFrom(null, { price: 20, purchasePrice: 15, lots: "divisible" as const }),
      export: fc.boolean(),
    });
    let cuts = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(order, {
          minLength: 4,
          maxLength: 20,
          selector: ({ participant, carrier }) => `${participant} ${carrier}`,
        }),
        fc.array(device, { minLength: 1, maxLength: 5 }),
        fc.tuple(rule, rule, rule, rule),
        async (orders, devices, rules) => {
          const converters = devices.map(
            ({ participant, link, ratio, linked }, index): ConverterContract => ({
              ...converter(chain[link[0]!]!, chain[link[1]!]!, ratio),
              device: `device-${index}`,
              participant,
              ...(linked === undefined ? {} : { linked }),
            }),
          );
          const rulesOf = (carrier: Carrier): ClearingContract => {
            const { mechanism, pool, export: exports } = rules[chain.indexOf(carrier)]!;
            return clearing(carrier, {
              mechanism,
              pricing: mechanism === "value" ? "counterparty" : "uniform",
              k: 500_000,
              pool,
              export: exports,
            });
          };
          const money = Object.fromEntries(people.map((id) => [id, 100_000n]));
          const market = await opening(money, [...chain.map(rulesOf), ...converters]);
          say(market, orders);
          const result = await market.clearPeriod(1);
          const found = new Map(
            result
              .flows()
              .filter(({ kind }) => kind === "linked")
              .map(({ party, carrier, quantity }) => [`${people[party]} ${carrier}`, quantity]),
          );
          const wanted = expected(orders, converters, rulesOf);
          cuts += wanted.size;
          expect(found).toEqual(wanted);
        },
      ),
      { numRuns: 300 },
    );
    expect(cuts).toBeGreaterThan(100);
  });
});
