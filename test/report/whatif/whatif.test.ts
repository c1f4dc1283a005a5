// The past under other rules, against sums worked out by hand: kWh and prices are small whole numbers and tenths.
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { headerBytes } from "../../../src/ledger/format/header.js";
import type { Contract, StorageContract } from "../../../src/market/contracts/contracts.js";
import { openTerms } from "../../../src/market/contracts/opening.js";
import type { Market } from "../../../src/market/market.js";
import { type MarketOptions, openMarket } from "../../../src/market/open.js";
import type { WhatIfRules } from "../../../src/report/whatif/rules.js";
import { replayWith, type WhatIf } from "../../../src/report/whatif/whatif.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const from = { version: 1, from: 0 };
/** Price ticks of so many cents, amount ticks of so many cents, and quantity ticks of so many kWh. */
const price = (cents: number): number => cents * 10_000;
const cents = (amount: number): bigint => BigInt(Math.round(amount * 1_000)) * 10_000_000n;
const kWh = (energy: number): number => Math.round(energy * 1_000_000);

type Order = readonly [participant: string, side: "offer" | "bid", quantity: string, price: string];

/** A market of electricity in which periods of orders were traded. */
async function traded(
  options: Partial<MarketOptions>,
  periods: readonly (readonly Order[])[],
  between: (market: Market) => void = () => {},
): Promise<Market> {
  const market = await openMarket({ engine, startMs: 0, ...options } as MarketOptions);
  for (const orders of periods) {
    for (const [participant, side, quantity, limit] of orders) {
      const order = { participant, carrier: "electricity", side, quantity, price: limit } as const;
      expect(await market.submit(order)).toMatchObject({ status: "accepted" });
    }
    between(market);
    await market.clearPeriod(market.period * 30_000);
  }
  return market;
}

const replayed = (market: Market, rules: WhatIfRules): Promise<WhatIf> =>
  replayWith(market.store.blocks(), rules, { engine });
const member = ({ members }: WhatIf, id: string) => members.find(({ participant }) => participant === id)!;

const grid = { import: true, export: true } as const;
/** Retail 32 cents, feed-in 8. */
const tariffs = { electricity: { retail: price(32), feedIn: price(8) } };
/** Ann sells 3 kWh to bob at 17.5, halfway; he gets another 2 from the grid. */
const day: readonly Order[] = [
  ["ann", "offer", "3", "0.05"],
  ["bob", "bid", "5", "0.3"],
];
const plain = {
  participants: ["ann", "bob"],
  tariffs,
  clearing: { electricity: { mechanism: "merit", pricing: "blend", pool: null, ...grid } },
} as const;

describe("another tariff", () => {
  it("costs whoever imports and pays whoever exports, by what was bought and sold", async () => {
    const market = await traded(plain, [day, [["ann", "offer", "1", "0.05"]]]);
    // Bob gets 2 kWh at retail, for 8 more each; ann sells 1 to the grid for 2 less.
    const found = await replayed(market, { tariffs: { electricity: { retail: "0.4", feedIn: "0.06" } } });
    expect(found.refused).toEqual({ orders: 0, readings: 0, contracts: 0, first: null });
    const [ann, bob] = [member(found, "ann"), member(found, "bob")];
    expect(bob.before!.paid).toBe(cents(3 * 17.5 + 2 * 32));
    expect(bob.after!.paid).toBe(cents(3 * 17.5 + 2 * 40));
    expect(bob.gain).toBe(cents(-16));
    expect(ann.before!.paid).toBe(cents(-3 * 17.5 - 8));
    expect(ann.gain).toBe(cents(-2));
    expect(found.together.gain).toBe(cents(-18));
    expect(found.retailer).toEqual({ before: cents(2 * 32 - 8), after: cents(2 * 40 - 6) });
    expect(found.platform).toEqual({ before: 0n, after: 0n });
    // Without a market bob buys 5 kWh at retail; ann feeds in 3 and 1.
    expect([bob.before!.without, bob.after!.without]).toEqual([cents(5 * 32), cents(5 * 40)]);
    expect([ann.before!.without, ann.after!.without]).toEqual([cents(-4 * 8), cents(-4 * 6)]);
    expect(bob.after!.served.electricity).toBe(5_000_000n);
    expect(ann.after!.sold.electricity).toBe(4_000_000n);
    expect(ann.after!.served.heat).toBe(0n);
  });

  it("makes no sun out of a plant, nor a plant out of sun", async () => {
    const plant: Contract = {
      kind: "supply",
      ...from,
      participant: "ann",
      carrier: "electricity",
      limit: kWh(10),
      pool: { floor: price(10) },
      collateral: "0",
    };
    const market = await traded({ ...plain, contracts: [plant] }, [day]);
    // What ann makes costs 10 a unit, above the feed-in of 8; it still does where that is 12.
    const found = member(await replayed(market, { tariffs: { electricity: { feedIn: "0.12" } } }), "ann");
    expect([found.before!.making, found.after!.making]).toEqual([cents(3 * 10), cents(3 * 10)]);
    expect([found.before!.without, found.after!.without]).toEqual([0n, 0n]);
  });
});

describe("another way of clearing", () => {
  it("moves what is paid between sellers and buyers, and sums to nothing", async () => {
    const market = await traded(
      { ...plain, clearing: { electricity: { mechanism: "merit", pricing: "blend", pool: null } } },
      [
        [
          ["ann", "offer", "2", "0.1"],
          ["bob", "bid", "2", "0.3"],
        ],
      ],
    );
    // Halfway: 20 cents. With k = 0 the buyer pays the offer's 10, with k = 1 its own 30.
    const low = await replayed(market, { clearing: { electricity: { k: 0 } } });
    expect([member(low, "ann").gain, member(low, "bob").gain]).toEqual([cents(-20), cents(20)]);
    const high = await replayed(market, { clearing: { electricity: { k: 1_000_000 } } });
    expect([member(high, "ann").gain, member(high, "bob").gain]).toEqual([cents(20), cents(-20)]);
    expect([low.together.gain, high.together.gain]).toEqual([0n, 0n]);
    // Another mechanism takes its own pricing along.
    const value = await replayed(market, { clearing: { electricity: { mechanism: "value" } } });
    expect(member(value, "ann").before!.sold.electricity).toBe(2_000_000n);
  });

  it("opens a pool, of which the platform keeps what lies between its prices", async () => {
    const contracts = openTerms(0).map((terms) =>
      terms.kind === "use" && terms.carrier === "electricity"
        ? { ...terms, poolLimit: price(20), import: false }
        : terms,
    );
    const market = await traded({ ...plain, contracts, clearing: { electricity: { pool: null } } }, [
      [
        ["ann", "offer", "2", "0.1"],
        ["bob", "bid", "2", "0.05"],
      ],
    ]);
    const pool = { price: "0.2", purchasePrice: "0.15", lots: "divisible" } as const;
    const found = await replayed(market, { clearing: { electricity: { pool } } });
    // Bob had nothing, which counts as 2 × 32 forgone; now he pays 2 × 20, and ann gets 2 × 15.
    expect(member(found, "bob").before).toMatchObject({ paid: 0n, forgone: cents(64) });
    expect(member(found, "bob").after).toMatchObject({ paid: cents(40), forgone: 0n });
    expect(member(found, "ann").gain).toBe(cents(30));
    expect(found.platform).toEqual({ before: 0n, after: cents(10) });
    // Nobody pays more in the pool than retail, however much its contract would let it.
    const cheap = { tariffs: { electricity: { retail: "0.15" } }, clearing: { electricity: { pool } } };
    expect(member(await replayed(market, cheap), "bob").after).toMatchObject({
      paid: 0n,
      forgone: cents(30),
    });
    // A price below what sellers get takes that down with it.
    const pooled = { price: price(20), purchasePrice: price(15), lots: "divisible" } as const;
    const dear = await traded({ ...plain, contracts, clearing: { electricity: { pool: pooled } } }, [
      [
        ["ann", "offer", "2", "0.1"],
        ["bob", "bid", "2", "0.05"],
      ],
    ]);
    const cheaper = await replayed(dear, { clearing: { electricity: { pool: { price: "0.12" } } } });
    expect(member(cheaper, "ann")).toMatchObject({ gain: cents(2 * (12 - 15)) });
    const unpriced = replayed(market, { clearing: { electricity: { pool: { lots: "whole" } } } });
    await expect(unpriced).rejects.toThrow("clearing.electricity.pool.price: wanted a price");
  });

  it("is refused where a market could not begin with it", async () => {
    const rules = { clearing: { electricity: { pricing: "counterparty" } } } as const;
    const market = await traded(plain, [day]);
    await expect(replayed(market, rules)).rejects.toThrow(
      "clearing.electricity.pricing: wanted uniform or blend",
    );
    const contracts: Contract[] = [
      { kind: "area", ...from, carrier: "electricity", area: "town" },
      { kind: "area", ...from, carrier: "electricity", area: "street", parent: "town" },
    ];
    const pooled = await traded({ ...plain, contracts, clearing: { electricity: {} } }, [day]);
    const areas = replayed(pooled, { clearing: { electricity: { mechanism: "merit" } } });
    await expect(areas).rejects.toMatchObject({ code: "refused", height: null });
    await expect(areas).rejects.toThrow(/pool/);
  });
});

describe("other participants", () => {
  it("get nothing from one who leaves, who is told no gain", async () => {
    const market = await traded(plain, [day]);
    const found = await replayed(market, { without: ["ann"] });
    expect(member(found, "ann")).toMatchObject({ after: null, gain: null });
    const bob = member(found, "bob");
    // All five kWh at retail now.
    expect(bob.after!.paid).toBe(cents(5 * 32));
    expect(bob.gain).toBe(bob.before!.paid - cents(5 * 32));
    // What she owns goes with her.
    const owning = await traded({ ...stored, contracts: [store] }, [[["bob", "bid", "1", "0.3"]]]);
    const gone = member(await replayed(owning, { without: ["ann"] }), "bob");
    expect([gone.before!.paid, gone.after!.paid]).toEqual([cents(25), cents(32)]);
    expect(found.together).toEqual({
      before: expect.objectContaining({ paid: bob.before!.paid }),
      after: expect.objectContaining({ paid: cents(5 * 32) }),
      gain: bob.gain,
    });
  });

  it("may be there twice, with all that they have", async () => {
    const market = await traded(plain, [day]);
    const found = await replayed(market, { copies: [{ of: "bob", as: "bob 2" }] });
    const twin = member(found, "bob 2");
    expect(twin).toMatchObject({ before: null, gain: null });
    // Ann had 3 kWh, which are bob's, who came first.
    expect(twin.after!.paid).toBe(cents(5 * 32));
    expect(member(found, "bob").gain).toBe(0n);
    const long = "n".repeat(60);
    const owning = await traded({ ...stored, contracts: [{ ...store, device: "a battery" }] }, []);
    await expect(replayed(owning, { copies: [{ of: "ann", as: long }] })).rejects.toThrow(
      /copy n+\.device: wanted/,
    );
    const sellers = await replayed(market, { copies: [{ of: "ann", as: "eve" }] });
    expect(member(sellers, "eve").after!.sold.electricity).toBe(3_000_000n);
    expect(member(sellers, "bob").after!.served.electricity).toBe(5_000_000n);
  });
});

const battery = {
  carrier: "electricity",
  capacity: "2",
  chargeLimit: "2",
  dischargeLimit: "2",
  chargePrice: "0.1",
  dischargePrice: "0.2",
} as const;
const store: StorageContract = {
  kind: "storage",
  ...from,
  device: "old",
  owner: "ann",
  carrier: "electricity",
  capacity: kWh(1),
  charge: kWh(1),
  chargeLimit: kWh(1),
  dischargeLimit: kWh(1),
  chargeEfficiency: 1_000_000,
  dischargeEfficiency: 1_000_000,
  selfDischarge: 0,
  chargePrice: price(10),
  dischargePrice: price(25),
};
const stored = {
  ...plain,
  clearing: {
    electricity: {
      ...grid,
      charge: true,
      discharge: true,
      pool: { price: price(30), purchasePrice: price(8), lots: "divisible" },
    },
  },
} as const;
const sunThenEvening: readonly (readonly Order[])[] = [
  [["ann", "offer", "2", "0.08"]],
  [["bob", "bid", "2", "0.3"]],
];

describe("a battery more", () => {
  it("buys what is left over and sells it later, by its prices", async () => {
    const market = await traded(stored, sunThenEvening);
    const found = await replayed(market, { batteries: [{ device: "new", owner: "ann", ...battery }] });
    // Before: 2 kWh to the grid for 8 each, and 2 from there for 32 each. Now the battery pays 10 (of which ann's roof
    // gets 8, the pool 2) and is paid 20.
    const [ann, bob] = [member(found, "ann"), member(found, "bob")];
    expect(bob).toMatchObject({ gain: cents(2 * 12) });
    expect(ann.before!.paid).toBe(cents(-16));
    expect(ann.after!.paid).toBe(cents(-16 + 20 - 40));
    expect(found.platform).toEqual({ before: 0n, after: cents(4) });
    expect(found.retailer).toEqual({ before: cents(64 - 16), after: 0n });
    // Half empty at the end is worth what lies between: here it is as empty as at first.
    expect(ann.after!.drained).toBe(0n);
  });

  it("has to be one that could do something, of somebody and somewhere", async () => {
    const market = await traded(plain, sunThenEvening);
    const idle = replayed(market, { batteries: [{ device: "new", ...battery }] });
    await expect(idle).rejects.toThrow("batteries[0].carrier: wanted a carrier with a pool");
    const other = await traded(stored, sunThenEvening);
    const nobody = replayed(other, { batteries: [{ device: "new", owner: "eve", ...battery }] });
    await expect(nobody).rejects.toThrow(
      'batteries[0]: wanted an owner and an area of the ledger, got "eve"',
    );
    const negative = replayed(other, { batteries: [{ device: "new", ...battery, dischargePrice: "-1" }] });
    await expect(negative).rejects.toThrow(/batteries\[0\].*dischargePrice/);
  });

  it("does not act as it did, but by the contracts: stores of the ledger too", async () => {
    const market = await traded({ ...stored, contracts: [store] }, [[["bob", "bid", "1", "0.3"]]]);
    const found = await replayed(market, { clearing: { electricity: { discharge: false } } });
    const [ann, bob] = [member(found, "ann"), member(found, "bob")];
    // It sold its 1 kWh for 25, and would now keep it: bob imports, and what is kept is worth (32 + 8) / 2.
    expect(ann.before).toMatchObject({ paid: cents(-25), drained: cents(20) });
    expect(ann.after).toMatchObject({ paid: 0n, drained: 0n });
    expect(bob.after!.paid).toBe(cents(32));
  });
});

describe("meters", () => {
  const metering = { window: 1, corrections: 0, missing: "traded" } as const;
  const priced = {
    electricity: { ...tariffs.electricity, shortagePrice: price(40), surplusPrice: price(4) },
  };

  it("show what stores did, not what they had done", async () => {
    let told = false;
    const market = await traded(
      { ...stored, tariffs: priced, metering, contracts: [store] },
      [[["bob", "bid", "1", "0.3"]], [], []],
      (open) => {
        if (told || open.period !== 2) return;
        told = true;
        // Ann used a tenth of a kWh beside what her battery gave.
        const reading = { participant: "ann", carrier: "electricity", period: 1 } as const;
        expect(open.report({ ...reading, in: "0.1", out: "1" })).toMatchObject({ status: "accepted" });
      },
    );
    expect(told).toBe(true);
    const found = await replayed(market, { clearing: { electricity: { discharge: false } } });
    // A tenth at the shortage price, whatever the battery did.
    expect(member(found, "ann").before!.imbalances).toBe(cents(4));
    expect(member(found, "ann").after!.imbalances).toBe(cents(4));
  });

  it("leave sun and wind as they were measured, sold or not", async () => {
    let told = false;
    const market = await traded(
      { ...plain, tariffs: priced, metering, clearing: { electricity: { pool: null, import: true } } },
      [[["ann", "offer", "2", "0.05"]], [], []],
      (open) => {
        if (told || open.period !== 2) return;
        told = true;
        const reading = { participant: "ann", carrier: "electricity", period: 1 } as const;
        expect(open.report({ ...reading, in: "0", out: "2" })).toMatchObject({ status: "accepted" });
      },
    );
    expect(told).toBe(true);
    // Nobody took the two kWh, which went out all the same and were paid 4 each; sold to the grid they are paid 8.
    const ann = member(await replayed(market, { clearing: { electricity: { export: true } } }), "ann");
    expect(ann.before).toMatchObject({ paid: 0n, imbalances: cents(-8) });
    expect(ann.after).toMatchObject({ paid: cents(-16), imbalances: 0n });
  });
});

describe("what other rules do not take", () => {
  it("is counted by participant, with the reason of the first", async () => {
    const contracts: Contract[] = [
      { kind: "participant", ...from, id: "cem", creditLimit: "0" },
      { kind: "deposit", ...from, participant: "cem", amount: `${cents(35)}`, number: 1 },
    ];
    const market = await traded({ ...plain, contracts }, [[["cem", "bid", "1", "0.3"]]]);
    const found = await replayed(market, { tariffs: { electricity: { retail: "0.5" } } });
    expect(found.refused).toMatchObject({ orders: 1, readings: 0, contracts: 0 });
    expect(found.refused.first).toMatch(/^period 1: cem: order: wanted a worst case of at most/);
    expect(member(found, "cem").refused).toBe(1);
    expect(member(found, "cem").after!.served.electricity).toBe(0n);
  });
});

describe("what is not taken", () => {
  it("need not be withdrawn", async () => {
    const contracts: Contract[] = [
      { kind: "participant", ...from, id: "cem", creditLimit: "0" },
      { kind: "deposit", ...from, participant: "cem", amount: `${cents(35)}`, number: 1 },
    ];
    const market = await traded({ ...plain, contracts }, [[["cem", "bid", "1", "0.3"]]], (open) => {
      expect(open.withdraw("cem", "electricity")).toMatchObject({ status: "accepted" });
    });
    const found = await replayed(market, { tariffs: { electricity: { retail: "0.5" } } });
    expect(found.refused.orders).toBe(1);
  });

  it("is a contract that no longer fits, and drops it", async () => {
    const market = await traded(plain, [day, [], []], (open) => {
      if (open.period !== 2) return;
      const withdrawal = { kind: "withdrawal", version: 1, from: 3, participant: "ann", number: 1 } as const;
      // Of the 52.5 that bob paid her.
      expect(open.propose({ ...withdrawal, amount: `${cents(50)}` })).toMatchObject({ status: "accepted" });
    });
    const found = await replayed(market, { clearing: { electricity: { k: 0 } } });
    // At k = 0 she got 3 × 5.
    expect(found.refused).toMatchObject({ orders: 0, contracts: 1 });
    expect(found.refused.first).toMatch(/^period 3: withdrawal\/1\/ann.amount: wanted at most the balance/);
    expect(member(found, "ann").gain).toBe(cents(-3 * 12.5));
  });
});

describe("areas", () => {
  it("lose the limits that the rules say, with their steps and signals, and keep the others", async () => {
    const area = { kind: "area", ...from, carrier: "electricity" } as const;
    const steps = [{ from: 1, importLimit: kWh(1), exportLimit: kWh(1) }];
    const contracts: Contract[] = [
      { ...area, area: "town" },
      { ...area, area: "street", parent: "town", importLimit: kWh(9), limits: steps },
      ...openTerms(0),
      { kind: "participant", ...from, id: "bob", creditLimit: null, areas: { electricity: "street" } },
    ];
    const bids: readonly Order[] = [["bob", "bid", "3", "0.3"]];
    const signal = { kind: "limit", version: 1, from: 2, until: 3, area: "street", importLimit: 0 } as const;
    const market = await traded(
      { tariffs, contracts, clearing: { electricity: { pool: null, ...grid } } },
      [bids, bids],
      (open) => {
        if (open.period === 1) expect(open.propose(signal)).toMatchObject({ status: "accepted" });
      },
    );
    const served = async (rules: WhatIfRules) =>
      member(await replayed(market, rules), "bob").after!.served.electricity;
    // One kWh by the step, then none by the signal.
    expect(await served({})).toBe(1_000_000n);
    expect(await served({ areas: [{ area: "street", importLimit: "2" }] })).toBe(4_000_000n);
    expect(await served({ areas: [{ carrier: "electricity", importLimit: null }] })).toBe(6_000_000n);
    expect(await served({ areas: [{ area: "street", exportLimit: "0" }] })).toBe(1_000_000n);
  });

  it("take other fees and limits, each by name or all of a carrier", async () => {
    const area = { kind: "area", ...from, carrier: "electricity" } as const;
    const contracts: Contract[] = [
      { ...area, area: "town" },
      { ...area, area: "street", parent: "town", fee: price(2), importLimit: kWh(9) },
      { ...area, area: "lane", parent: "street", fee: price(1) },
      ...openTerms(0),
      { kind: "participant", ...from, id: "ann", creditLimit: null },
      { kind: "participant", ...from, id: "bob", creditLimit: null, areas: { electricity: "lane" } },
    ];
    const rules = { mechanism: "merit", pricing: "uniform", pool: null, ties: "arrival", ...grid } as const;
    const market = await traded({ tariffs, contracts, clearing: { electricity: rules } }, [
      [["bob", "bid", "2", "0.6"]],
    ]);
    const bob = async (areas: NonNullable<WhatIfRules["areas"]>) =>
      member(await replayed(market, { areas }), "bob");
    // From the grid for 32, and 2 + 1 for the way.
    expect((await bob([{ area: "lane", fee: "0.03" }])).before!.paid).toBe(cents(2 * 35));
    expect((await bob([{ area: "lane", fee: "0.03" }])).after!.paid).toBe(cents(2 * 37));
    const { operator, retailer } = await replayed(market, { areas: [{ area: "lane", fee: "0.03" }] });
    expect([operator, retailer]).toEqual([
      { before: cents(2 * 3), after: cents(2 * 5) },
      { before: cents(64), after: cents(64) },
    ]);
    expect((await bob([{ carrier: "electricity", fee: "0" }])).after!.paid).toBe(cents(2 * 32));
    const both = [{ carrier: "electricity", fee: "0.05" } as const, { area: "lane", fee: "0" }];
    expect((await bob(both)).after!.paid).toBe(cents(2 * 37));
    const full = await bob([{ area: "street", importLimit: "0.5" }]);
    expect(full.after!.served.electricity).toBe(500_000n);
    expect(full.after!.forgone).toBe(cents(1.5 * 32));
  });
});

describe("rules are held against the ledger and the keys there are", () => {
  it.each([
    [{ clering: {} }, "clering"],
    [{ clearing: { steam: {} } }, "clearing.steam"],
    [{ clearing: { electricity: { pool: { cost: "1" } } } }, "clearing.electricity.pool.cost"],
    [{ tariffs: { electricity: { retail: 0.4 } } }, "tariffs.electricity.retail"],
    [{ tariffs: { electricity: { retail: "0.0000001" } } }, "tariffs.electricity.retail"],
    [
      { tariffs: { electricity: { commission: [{ share: 1, supply: 0, use: 0 }] } } },
      "tariffs.electricity.commission",
    ],
    [{ areas: [{ fee: "1" }] }, "areas[0]"],
    [{ areas: [{ area: "a", fee: "-1" }] }, "areas[0].fee"],
    [{ areas: [{ area: "nowhere", fee: "1" }] }, "areas[0]"],
    [{ without: ["eve"] }, "without[0]"],
    [{ without: ["ann", "ann"] }, "without[1]"],
    [{ copies: [{ of: "eve", as: "zoe" }] }, "copies[0].of"],
    [{ copies: [{ of: "ann", as: "bob" }] }, "copies[0].as"],
    [{ batteries: [{ device: "b" }] }, "batteries[0].carrier"],
    [{ without: "ann" }, "without"],
    [null, ""],
  ])("%j names the key", async (rules, field) => {
    const market = await traded(plain, [day]);
    const error = await replayed(market, rules as WhatIfRules).then(
      () => null,
      (thrown) => thrown,
    );
    expect(error?.name).toBe("GridclearError");
    expect(error.height).toBeNull();
    expect(error.field.replace(/^rules: (?:block \d+: )?/, "")).toMatch(
      field === "" ? /^rules$|^$/ : new RegExp(`^${field.replace(/[[\]]/g, "\\$&")}`),
    );
  });

  it("needs the records of a private market", async () => {
    const market = await traded({ ...plain, privacy: "private" }, [day]);
    const headers = async function* () {
      for await (const bytes of market.store.blocks()) yield bytes.subarray(0, headerBytes);
    };
    await expect(replayWith(headers(), {}, { engine })).rejects.toMatchObject({
      code: "state",
      height: null,
      field: "block 0",
    });
  });
});
