import { beforeAll, describe, expect, test } from "vitest";
import {
  type Book,
  type ClearingRules,
  copyClearing,
  type Engine,
  feeOf,
  maxOrders,
  openEngine,
  storageLot,
  tierRanges,
  tradeRecordBytes,
} from "../../src/core/engine.js";
import { fee, tierOf } from "../oracle/rules.js";
import { byRules, linesOfClearing, Random, randomMarket } from "./markets.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const offers = { quantity: Uint32Array.of(10, 4), price: Int32Array.of(3, 2) };
const bids = { quantity: Uint32Array.of(6, 7), price: Int32Array.of(5, 4) };
const book: Book = { offers, bids };

describe("refuses, naming the field", () => {
  const wrong: readonly [string, string, unknown, unknown][] = [
    ["no book", "book", null, {}],
    ["no offers", "offers", { bids }, {}],
    ["an array of numbers", "offers.quantity", { offers: { quantity: [1], price: [1] }, bids }, {}],
    ["signed quantities", "bids.quantity", { offers, bids: { quantity: bids.price, price: bids.price } }, {}],
    ["double prices", "bids.price", { offers, bids: { ...bids, price: new Float64Array(2) } }, {}],
    ["unequal lengths", "offers.price", { offers: { ...offers, price: new Int32Array(1) }, bids }, {}],
    ["short consent", "offers.consent", { offers: { ...offers, consent: new Uint8Array(1) }, bids }, {}],
    ["wide consent", "offers.consent", { offers: { ...offers, consent: new Uint16Array(2) }, bids }, {}],
    [
      "an offer of nothing",
      "offers.quantity[1]",
      { offers: { ...offers, quantity: Uint32Array.of(1, 0) }, bids },
      {},
    ],
    [
      "a bid of nothing",
      "bids.quantity[0]",
      { offers, bids: { ...bids, quantity: Uint32Array.of(0, 0) } },
      {},
    ],
    [
      "an empty storage lot",
      "lots.quantity[0]",
      { ...book, lots: { quantity: new Uint32Array(1), price: new Int32Array(1) } },
      { pool: { price: 1 } },
    ],
    ["rules that are text", "rules", book, "value"],
    ["an unknown rule", "rules.poll", book, { poll: null }],
    ["a rule on the prototype", "rules.__proto__", book, JSON.parse('{"__proto__": {}}')],
    ["an unknown mechanism", "rules.mechanism", book, { mechanism: "Value" }],
    ["uniform with value", "rules.pricing", book, { pricing: "uniform" }],
    ["counterparty with merit", "rules.pricing", book, { mechanism: "merit", pricing: "counterparty" }],
    [
      "a short column of pool limits",
      "offers.poolLimit",
      { offers: { ...offers, poolLimit: new Int32Array(1) }, bids },
      {},
    ],
    [
      "pool limits without a sign",
      "bids.poolLimit",
      { offers, bids: { ...bids, poolLimit: new Uint32Array(2) } },
      {},
    ],
    ["unknown ties", "rules.ties", book, { ties: "lottery" }],
    [
      "ties that share without one price",
      "rules.ties",
      book,
      { mechanism: "merit", pricing: "blend", ties: "prorata" },
    ],
    ["ties that share by value", "rules.ties", book, { ties: "prorata" }],
    ["k as text", "rules.k", book, { k: "5" }],
    ["k above one", "rules.k", book, { k: 1_000_001 }],
    ["k that is no number", "rules.k", book, { k: Number.NaN }],
    ["k of −0", "rules.k", book, { k: -0 }],
    ["a fraction of a cycle", "rules.maxCycles", book, { maxCycles: 0.5 }],
    ["too many cycles", "rules.maxCycles", book, { maxCycles: 2 ** 32 }],
    ["a pool without a price", "rules.pool.price", book, { pool: {} }],
    ["a pool price beyond 32 bits", "rules.pool.price", book, { pool: { price: 2 ** 31 } }],
    ["a pool price of −0", "rules.pool.price", book, { pool: { price: -0 } }],
    ["lots in halves", "rules.pool.lots", book, { pool: { price: 1, lots: "half" } }],
    ["an unknown pool rule", "rules.pool.kind", book, { pool: { price: 1, kind: 1 } }],
    ["a commission without tiers", "rules.commission", book, { commission: [] }],
    [
      "shares that don't sum",
      "rules.commission",
      book,
      { commission: [{ share: 999_999, supply: 0, use: 0 }] },
    ],
    [
      "a rate above one",
      "rules.commission[0].use",
      book,
      { commission: [{ share: 1_000_000, supply: 0, use: 1_000_001 }] },
    ],
  ];
  test("a mechanism alone is priced in its own way", () => {
    for (const { mechanism, pricing } of [
      { mechanism: "value", pricing: "counterparty" },
      { mechanism: "merit", pricing: "uniform" },
    ] as const) {
      const said = copyClearing(engine.clear(book, { mechanism, pricing }));
      expect(copyClearing(engine.clear(book, { mechanism }))).toEqual(said);
    }
  });
  test.each(wrong)("%s", (_, field, badBook, badRules) => {
    expect(() => engine.clear(badBook as Book, badRules as ClearingRules)).toThrowError(
      expect.objectContaining({ name: "GridclearError", code: "invalid", field }),
    );
    // The engine goes on as if nothing had happened.
    expect(engine.clear(book).trades.count).toBe(3);
  });

  test("more orders than the limit, before allocating anything", () => {
    const many = { quantity: new Uint32Array(maxOrders + 1), price: new Int32Array(maxOrders + 1) };
    const before = engine.memoryBytes;
    for (const badBook of [
      { offers: many, bids },
      { offers, bids: many },
    ])
      expect(() => engine.clear(badBook)).toThrowError(expect.objectContaining({ code: "limit" }));
    expect(engine.memoryBytes).toBe(before);
  });

  test("what fits no 32-bit memory, and goes on", async () => {
    const small = await openEngine();
    expect(() => small.reserve(maxOrders, maxOrders, maxOrders)).toThrowError(
      expect.objectContaining({ code: "limit" }),
    );
    expect(small.clear(book).trades.count).toBe(3);
  });
});

describe("staged", () => {
  test("match, change what is left, sell", () => {
    const { remaining, trades } = engine.match(book);
    expect([...remaining.offers]).toEqual([1, 0]);
    // The third trade (3 of offer 0 to bid 1) is curtailed to 1; both get their quantity back.
    trades.quantity[2] = 1;
    remaining.offers[0] = 3;
    remaining.bids[1] = 2;
    const storage = { quantity: Uint32Array.of(1), price: Int32Array.of(-1) };
    const { lots, trades: sales, rest } = engine.sell({ price: 4, lots: "divisible" }, storage);
    expect([...lots.offer]).toEqual([0, storageLot]);
    expect([...sales.lot]).toEqual([1, 0]);
    expect([...sales.quantity]).toEqual([1, 1]);
    expect([...sales.price]).toEqual([-1, 4]);
    expect([...lots.unsold]).toEqual([2, 0]);
    expect([...rest]).toEqual([0, 0]);
    // What was matched stays in view, and selling again starts from it afresh.
    expect([...trades.quantity]).toEqual([6, 4, 1]);
    expect([...engine.sell({ price: 4, lots: "divisible" }).lots.unsold]).toEqual([1]);
  });

  test("more left than there was is refused", () => {
    engine.match(book).remaining.offers[0] = 11;
    expect(() => engine.sell({ price: 4 })).toThrowError(
      expect.objectContaining({ code: "invalid", field: "remaining" }),
    );
  });

  test("selling needs a match", async () => {
    const fresh = await openEngine();
    expect(() => fresh.sell({ price: 4 })).toThrowError(expect.objectContaining({ code: "state" }));
    expect(() => fresh.tradeRecords({ carrier: 0 })).toThrowError(expect.objectContaining({ code: "state" }));
  });

  test("clear is match and sell", () => {
    const random = new Random(11);
    for (let round = 0; round < 300; round++) {
      const market = randomMarket(random);
      const whole = linesOfClearing(engine.clear(market.book, market.rules));
      const matching = engine.match(market.book, market.rules);
      const pool = market.rules.pool ? engine.sell(market.rules.pool, market.book.lots) : null;
      const staged = linesOfClearing({
        ...matching,
        pool,
        counters: engine.clear(market.book, market.rules).counters,
      });
      expect(staged).toEqual(whole);
    }
  });
});

describe("memory", () => {
  test("copies last, views don't, and nothing grows after warm-up", () => {
    const clearing = engine.clear(book);
    const copy = copyClearing(clearing);
    const before = linesOfClearing(clearing);
    engine.clear({ offers: bids, bids: offers });
    expect(linesOfClearing(copy)).toEqual(before);

    const count = 3000;
    const many = { quantity: new Uint32Array(count).fill(3), price: new Int32Array(count).fill(1) };
    engine.clear({ offers: many, bids: many }, { pool: { price: 1 } });
    const bytes = engine.memoryBytes;
    for (let round = 0; round < 20; round++)
      engine.clear({ offers: many, bids: many }, { pool: { price: 1 } });
    expect(engine.memoryBytes).toBe(bytes);
  });

  test("reserved beforehand, a clearing grows nothing", async () => {
    const fresh = await openEngine();
    fresh.reserve(5000, 5000, 10);
    const bytes = fresh.memoryBytes;
    const many = { quantity: new Uint32Array(5000).fill(3), price: new Int32Array(5000).fill(1) };
    fresh.clear({ offers: many, bids: many, lots: offers }, { pool: { price: 1 } });
    expect(fresh.memoryBytes).toBe(bytes);
  });

  test("room that moves the columns takes the match away", async () => {
    const fresh = await openEngine();
    fresh.match(book);
    fresh.reserve(2, 2);
    fresh.sell({ price: 4 });
    fresh.reserve(100_000, 2);
    expect(() => fresh.sell({ price: 4 })).toThrowError(expect.objectContaining({ code: "state" }));
    for (const wrong of [-1, 0.5, Number.NaN, maxOrders + 1])
      expect(() => fresh.reserve(wrong, 1)).toThrowError(expect.objectContaining({ code: "invalid" }));
  });

  test("a closed engine says so", async () => {
    const closed = await openEngine();
    closed.close();
    for (const call of [
      () => closed.clear(book),
      () => closed.sha256(new Uint8Array(1)),
      () => closed.reserve(1, 1),
    ])
      expect(call).toThrowError(expect.objectContaining({ code: "state" }));
  });
});

describe("records and fees", () => {
  test("fees are exact for 63-bit amounts", () => {
    const random = new Random(5);
    for (let round = 0; round < 5000; round++) {
      const quantity = random.of(1, 999_999, 1_000_000, 0xffff_ffff, random.word() || 1);
      const price = random.of(1, -1, 0x7fff_ffff, -0x8000_0000, random.word() | 0);
      const rate = random.of(0, 1, 999_999, 1_000_000, random.between(0, 1_000_000));
      engine.clear({
        offers: { quantity: Uint32Array.of(quantity), price: Int32Array.of(price) },
        bids: { quantity: Uint32Array.of(quantity), price: Int32Array.of(price) },
      });
      const { bytes } = engine.tradeRecords({
        carrier: 3,
        commission: [{ share: 1_000_000, supply: rate, use: 1_000_000 - rate }],
      });
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const amount = BigInt(quantity) * BigInt(price);
      expect(view.getBigInt64(24, true)).toBe(fee(amount, BigInt(rate)));
      expect(view.getBigInt64(32, true)).toBe(fee(amount, BigInt(1_000_000 - rate)));
      expect(feeOf(amount, rate)).toBe(fee(amount, BigInt(rate)));
    }
  });

  test("tiers are those of the rules", () => {
    const random = new Random(6);
    for (let round = 0; round < 3000; round++) {
      const cuts = Array.from({ length: random.between(0, 4) }, () =>
        random.of(random.between(0, 1_000_000), 333_333, 500_000),
      ).sort((a, b) => a - b);
      const edges = [0, ...cuts, 1_000_000];
      const tiers = edges
        .slice(1)
        .map((edge, i) => ({ share: edge - (edges[i] as number), supply: i, use: 0 }));
      const count = random.of(0, 1, 2, 3, random.between(0, 40), random.between(0, 2000));
      const got: number[] = [];
      for (const { tier, first, end } of tierRanges(tiers, count))
        for (let i = first; i < end; i++) got[i] = tier.supply;
      const exact = tiers.map(({ share, supply, use }) => ({
        share: BigInt(share),
        supply: BigInt(supply),
        use: BigInt(use),
      }));
      expect(got).toEqual(Array.from({ length: count }, (_, i) => Number(tierOf(exact, i, count).supply)));
    }
  });

  test("records hold trades and sales under their numbers", () => {
    const random = new Random(7);
    const tiers = [
      { share: 400_000, supply: 10_000, use: 20_000 },
      { share: 600_000, supply: 0, use: 999_999 },
    ];
    const exact = tiers.map(({ share, supply, use }) => ({
      share: BigInt(share),
      supply: BigInt(supply),
      use: BigInt(use),
    }));
    let sold = 0;
    for (let round = 0; round < 2000; round++) {
      const market = randomMarket(random);
      const wanted = byRules(market);
      engine.clear(market.book, market.rules);
      const numbers = (count: number): Uint32Array =>
        Uint32Array.from({ length: count }, () => random.word());
      const names = {
        offers: numbers(market.book.offers.quantity.length),
        bids: numbers(market.book.bids.quantity.length),
        devices: numbers(market.book.lots.quantity.length),
      };
      const purchasePrice = round % 2 === 0 ? undefined : round - 1000;
      const { peers, sales, bytes } = engine.tradeRecords({
        carrier: 2,
        commission: tiers,
        ...(purchasePrice === undefined ? {} : { purchasePrice }),
        ...names,
      });
      expect([peers, sales]).toEqual([wanted.trades.length, wanted.pool?.sales.length ?? 0]);
      expect(bytes.length).toBe((peers + sales) * tradeRecordBytes);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const row = (at: number): (number | bigint)[] => [
        view.getUint32(at, true),
        view.getUint32(at + 4, true),
        view.getUint32(at + 8, true),
        view.getUint32(at + 12, true),
        view.getInt32(at + 16, true),
        view.getInt32(at + 20, true),
        view.getBigInt64(at + 24, true),
        view.getBigInt64(at + 32, true),
      ];
      wanted.trades.forEach(({ offer, bid, quantity, price }, i) => {
        const tier = tierOf(exact, i, peers);
        const amount = quantity * price;
        expect(row(i * tradeRecordBytes)).toEqual([
          1 | (2 << 8) | (1 << 16) | (1 << 24),
          names.offers[offer],
          names.bids[bid],
          Number(quantity),
          Number(price),
          Number(price),
          fee(amount, tier.supply),
          fee(amount, tier.use),
        ]);
      });
      let ownLots = 0;
      for (const lot of wanted.pool?.lots ?? []) if (lot.offer !== null) ownLots++;
      wanted.pool?.sales.forEach(({ lot, bid, quantity, price }, i) => {
        const offer = wanted.pool?.lots[lot]?.offer ?? null;
        const seller = offer === null ? names.devices[lot - ownLots] : names.offers[offer];
        expect(row((peers + i) * tradeRecordBytes)).toEqual([
          (offer === null ? 3 : 2) | (2 << 8) | ((offer === null ? 2 : 1) << 16) | (1 << 24),
          seller,
          names.bids[bid],
          Number(quantity),
          offer === null ? Number(price) : (purchasePrice ?? Number(price)),
          Number(price),
          0n,
          0n,
        ]);
        sold++;
      });
      expect(engine.merkleRoot(bytes, tradeRecordBytes)).toEqual(
        engine.merkleRoot(bytes.slice(), tradeRecordBytes),
      );
    }
    expect(sold).toBeGreaterThan(500);
  });
});
