import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import { memoryMedium, openMemoryStore } from "../../src/ledger/store/memory.js";
import type { Contract } from "../../src/market/contracts/contracts.js";
import type { Refused } from "../../src/market/intake/request.js";
import { type MarketOptions, openMarket } from "../../src/market/open.js";
import { Platform } from "../../src/market/platform.js";
import {
  openLogged,
  openSigned,
  order,
  platform as platformKey,
  signContract,
} from "../support/signedmarket.js";
import { ownTerms, participant } from "../support/terms.js";

const engine = await openEngine();
const clock = { now: () => 1, setTimer: () => 0, clearTimer: () => undefined };
const open = (options: Partial<MarketOptions> = {}) =>
  openMarket({ engine, clock, participants: ["ann", "bob"], ...options });
const message = (result: unknown): string => (result as Refused).error?.message ?? "accepted";

/** Bytes of the heap after a collection. */
function heap(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

describe("openMarket refuses by name", () => {
  const cases: readonly (readonly [what: string, options: unknown, error: string])[] = [
    ["nothing", undefined, "options: wanted an object, got undefined"],
    ["an empty object", {}, "engine: wanted an engine, as `await openEngine()` gives it, got undefined"],
    [
      "a promise of an engine",
      { engine: openEngine() },
      "engine: wanted an engine, as `await openEngine()` gives it, got an object (Promise)",
    ],
    ["a misspelt option", { engine, particpants: ["ann"] }, "options.particpants: wanted a key out of"],
    [
      "a misspelt carrier of clearing",
      { engine, clearing: { electrcity: {} } },
      "clearing.electrcity: wanted a key out of electricity, heat, cold, gas",
    ],
    [
      "a misspelt carrier of tariffs",
      { engine, tariffs: { power: {} } },
      "tariffs.power: wanted a key out of",
    ],
    [
      "a misspelt clearing rule",
      { engine, clearing: { heat: { pricng: "blend" } } },
      "clearing.pricng: wanted a key out of",
    ],
    [
      "a tariff in decimals",
      { engine, tariffs: { heat: { retail: 0.3 } } },
      "payment.tariffs.heat.retail: wanted a whole number",
    ],
    [
      "a name for the names",
      { engine, participants: "ann" },
      'participants: wanted an array of 0 to 16777216, got "ann"',
    ],
    [
      "a name twice",
      { engine, participants: ["ann", "bob", "ann"] },
      'participants[2]: wanted each id once, got "ann"',
    ],
    ["a number for a name", { engine, participants: ["ann", 1] }, "participants[1]: wanted an id, got 1"],
    ["a name with a line break", { engine, participants: ["House\n1"] }, "participant.id: wanted"],
    ["a tick as a number", { engine, quantityTick: 0.001 }, "market.quantityTick: wanted a decimal string"],
    ["no length of a period", { engine, periodMs: 0 }, "market.periodMs: wanted a whole number"],
    ["a store that is none", { engine, store: new Map() }, "store: wanted an open store"],
    [
      "a promise of a store",
      { engine, store: openMemoryStore() },
      "store: wanted an open store, got an object (Promise)",
    ],
    ["a clock that is a date", { engine, clock: new Date(0) }, "clock: wanted a clock, got an object (Date)"],
    [
      "signatures that are none",
      { engine, signatures: {} },
      "signatures: wanted signatures, as `await openSignatures()` gives them",
    ],
    ["a start that is a date", { engine, startMs: new Date(0) }, "startMs: wanted a whole number"],
    [
      "a catch-up without end",
      { engine, catchUp: Number.POSITIVE_INFINITY },
      "catchUp: wanted a whole number from 0 to 1000, got Infinity",
    ],
    ["a log that is none", { engine, log: {} }, "log: wanted true or false, got an object"],
    [
      "what is due beside a log",
      { engine, log: true, due: () => [] },
      "due: wanted none beside `log: true`, which keeps what was proposed, got a function",
    ],
    ["contracts that are none", { engine, contracts: {} }, "contracts: wanted an array of contracts"],
    ["a contract that is none", { engine, contracts: [{ kind: "wish" }] }, "contracts[0].kind"],
    [
      "a reporter that is none",
      { engine, onListenerError: "console" },
      'onListenerError: wanted a function, got "console"',
    ],
  ];
  for (const [what, options, error] of cases)
    it(what, async () => {
      const failure = await openMarket(options as MarketOptions).catch((caught: Error) => caught);
      expect(failure).toMatchObject({ name: "GridclearError" });
      expect((failure as Error).message).toContain(error);
    });

  it("a store that began with other contracts than are given", async () => {
    const medium = memoryMedium();
    const reopen = async () => openMemoryStore({ hasher: engine }, { ...medium, held: false });
    await (
      await open({ store: await openMemoryStore({ hasher: engine }, medium), id: "street" })
    ).clearPeriod(1);
    const resumed = async (options: Partial<MarketOptions>) =>
      openMarket({ engine, clock, store: await reopen(), ...options }).then(
        ({ period }) => period,
        (error: { code: string; message: string }) => `${error.code} ${error.message}`,
      );
    expect(await resumed({})).toBe(2);
    expect(await resumed({ participants: ["ann", "bob"] })).toBe(2);
    expect(await resumed({ id: "street", participants: ["ann", "bob"] })).toBe(2);
    expect(await resumed({ id: "lane" })).toContain("conflict id: wanted street, the market in the store");
    expect(await resumed({ participants: ["ann", "cid"] })).toContain(
      "conflict participant/cid: wanted the contract that the ledger began with",
    );
    expect(await resumed({ participants: ["ann"] })).toContain("conflict contracts: wanted the");
    expect(await resumed({ participants: ["ann", "bob"], periodMs: 1_000 })).toContain(
      "conflict market: wanted the contract",
    );
    expect(await resumed({ contracts: [participant("bob", 0)] })).toContain("conflict payment");
  });
});

describe("a market refuses by name", () => {
  const good = order("ann", "offer", "1", "0.1");
  const orders: readonly (readonly [what: string, order: unknown, error: string])[] = [
    ["nothing", undefined, "order: wanted an object, got undefined"],
    ["a list", [good], "order: wanted an object, got an array of 1"],
    [
      "an extra key",
      { ...good, validFor: 3 },
      "order.validFor: wanted a key out of participant, carrier, side",
    ],
    [
      "an unknown participant",
      { ...good, participant: "Ann" },
      'order.participant: wanted a registered participant, got "Ann"',
    ],
    [
      "an unknown carrier",
      { ...good, carrier: "Electricity" },
      "order.carrier: wanted one of electricity, heat, cold, gas",
    ],
    ["an unknown side", { ...good, side: "sell" }, 'order.side: wanted offer or bid, got "sell"'],
    ["a quantity as a number", { ...good, quantity: 2.5 }, "order.quantity: wanted"],
    ["a decimal comma", { ...good, quantity: "2,5" }, "order.quantity: wanted"],
    ["a price as a number", { ...good, price: 0.1 }, "order.price: wanted a string that holds a decimal"],
    [
      "a withdrawal of nothing",
      { ...good, quantity: "0", price: "0" },
      "order.quantity: wanted an order to withdraw",
    ],
    ["a revision out of turn", { ...good, revision: 3 }, "order.revision: wanted 0, the next, got 3"],
    [
      "a revision that is none",
      { ...good, revision: "0" },
      "order.revision: wanted a whole number from 0 to 65535",
    ],
  ];
  for (const [what, given, error] of orders)
    it(`an order: ${what}`, async () => {
      const market = await open();
      expect(message(market.submit(given as never))).toContain(error);
      // Only the open period knows that there is nothing to withdraw, and which revision is next.
      if (what !== "a withdrawal of nothing" && what !== "a revision out of turn")
        expect(() => market.record(given as never)).toThrow(error);
    });

  const batch = {
    participant: Uint32Array.of(0),
    carrier: Uint8Array.of(0),
    side: Uint8Array.of(0),
    quantity: Uint32Array.of(1),
    price: Int32Array.of(1),
  };
  const batches: readonly (readonly [what: string, batch: unknown, error: string])[] = [
    ["null", null, "batch: wanted an object, got null"],
    ["an empty object", {}, "batch.participant: wanted a Uint32Array, got undefined"],
    ["plain arrays", { ...batch, price: [1] }, "batch.price: wanted a Int32Array, got an array of 1"],
    ["a wrong kind of column", { ...batch, side: Int8Array.of(0) }, "batch.side: wanted a Uint8Array"],
    ["an extra column", { ...batch, limit: Uint32Array.of(1) }, "batch.limit: wanted a key out of"],
    [
      "a short column",
      { ...batch, quantity: new Uint32Array(2) },
      "batch.participant: wanted 2 entries, got 1",
    ],
    [
      "an unknown carrier",
      { ...batch, carrier: Uint8Array.of(4) },
      "batch.carrier[0]: wanted a code below 4, got 4",
    ],
    [
      "a short column of revisions",
      { ...batch, revision: new Uint16Array(0) },
      "batch.revision: wanted 1 entries, got 0",
    ],
  ];
  for (const [what, given, error] of batches)
    it(`columns: ${what}`, async () => {
      const market = await open();
      expect(() => market.submitColumns(given as never)).toThrow(error);
      expect(() => market.records(given as never)).toThrow(error);
      const signed = await openSigned({ engine });
      const proof = { gateway: new Uint8Array(32), signature: new Uint8Array(64) };
      expect(message(await signed.submitColumns(given as never, proof))).toContain(error);
      const logged = await openLogged({ engine });
      const platform = await Platform.open({ market: logged, key: platformKey, hasher: engine });
      expect(message(await platform.submitColumns(given as never, proof))).toContain(error);
    });

  it("a batch's proof, signed orders and readings that are none", async () => {
    const market = await openSigned({ engine });
    const signature = new Uint8Array(64);
    const gateway = new Uint8Array(32);
    const refused: readonly (readonly [unknown, string])[] = [
      [market.submitColumns(batch, null as never), "proof: wanted an object, got null"],
      [
        market.submitColumns(batch, { gateway, sig: signature } as never),
        "proof.sig: wanted a key out of gateway, signature",
      ],
      [
        market.submitColumns(batch, { gateway, signature: "00" } as never),
        'batch.signature: wanted 64 bytes, got "00"',
      ],
      [
        market.submitColumns(batch, { gateway: new Uint8Array(31), signature }),
        "batch.gateway: wanted a public key of 32 bytes",
      ],
      [market.submit(good, new Uint8Array(63)), "order.signature: wanted 64 bytes"],
      [market.submit(good, null as never), "order.signature: wanted 64 bytes, got null"],
      [market.enter(null as never), "orders: wanted an object, got null"],
      [
        market.enter({ records: new Uint8Array(0), signature, gateway: null }),
        "order.records: wanted records of 16 bytes",
      ],
      [market.enter({ records: new Uint8Array(17), signature, gateway: null }), "orders"],
      [
        market.enter({ records: new Uint8Array(32), signature, gateway: null }),
        "order.records: wanted one record under a participant's signature, got 2",
      ],
      [market.propose(ownTerms("bob", 3)[0]!, [] as never), "contract.signature: wanted 64 bytes"],
      [
        market.report({ participant: "ann", carrier: "heat", period: 0, in: "0", out: "0" }, "x" as never),
        'reading.signature: wanted 64 bytes, got "x"',
      ],
    ];
    for (const [result, error] of refused) expect(message(await result)).toContain(error);
    const unsigned = await open({ metering: { window: 2, corrections: 0, missing: "zero" } });
    await unsigned.clearPeriod(1);
    const reading = { participant: "ann", carrier: "heat", period: 1, in: "0", out: "0" } as const;
    const readings: readonly (readonly [unknown, string])[] = [
      [null, "reading: wanted an object, got null"],
      [{ ...reading, meter: "x" }, "reading.meter: wanted a key out of"],
      [{ ...reading, period: -1 }, "reading.period: wanted a whole number"],
      [
        { ...reading, period: unsigned.period },
        "reading.period: wanted a past period whose readings are still taken",
      ],
      [
        { ...reading, period: unsigned.period + 1 },
        "reading.period: wanted a past period whose readings are still taken",
      ],
      [{ ...reading, version: 0 }, "reading.version: wanted a whole number from 1 to 65535, got 0"],
      [{ ...reading, in: "-1" }, 'reading.in: wanted 0 to 4294.967295, got "-1"'],
    ];
    for (const [given, error] of readings) expect(message(unsigned.report(given as never))).toContain(error);
    expect(message(unsigned.report(reading))).toBe("accepted");
  });
});

describe("refused and dropped proposals keep nothing", () => {
  it("ten thousand signed ones of a stale version, and those that their period drops", async () => {
    const market = await openSigned({ engine });
    const fine: Contract = { ...ownTerms("bob", 3)[0]!, version: 2 };
    const stale: Contract = { ...fine, version: 1 };
    const signature = await signContract(stale, market.id);
    const refuse = async (times: number): Promise<void> => {
      for (let count = 0; count < times; count += 1)
        expect(message(await market.propose(stale, signature))).toContain("version");
    };
    await refuse(200);
    const before = heap();
    await refuse(10_000);
    // Kept, each would be some 350 bytes.
    expect(heap() - before).toBeLessThan(1_000_000);
    expect(market.proposals.waiting).toBe(0);
    // One that fits now and no longer when it begins: the area it names does not exist.
    const own = market.state.contract("participant/bob") as Contract;
    const dropped: Contract = { ...own, version: 2, from: 2, areas: { heat: "nowhere" } } as Contract;
    await market.propose(dropped, await signContract(dropped, market.id));
    expect(market.proposals.waiting).toBe(1);
    const told: string[] = [];
    market.on("refused", ({ what }) => told.push(what));
    await market.clearPeriod(2);
    expect(told).toEqual(["contract"]);
    expect(market.proposals.waiting).toBe(0);
    // What was dropped does not count for the next version.
    expect(market.nextVersion("participant/bob")).toBe(2);
  });

  it("of several of one key those that still wait count", async () => {
    const market = await open();
    const key = "participant/bob";
    for (const [version, from] of [
      [2, 2],
      [3, 3],
      [4, 3],
    ] as const)
      expect(message(market.propose({ kind: "participant", version, from, id: "bob" }))).toBe("accepted");
    expect([market.proposals.waiting, market.nextVersion(key)]).toEqual([3, 5]);
    await market.clearPeriod(1);
    expect([market.proposals.waiting, market.nextVersion(key)]).toEqual([2, 5]);
    await market.clearPeriod(2);
    expect([market.proposals.waiting, market.nextVersion(key)]).toEqual([0, 5]);
  });

  it("and those that began count no longer as under way", async () => {
    const market = await open();
    const key = "participant/bob";
    for (let version = 2; version <= 6; version += 1) {
      expect(market.nextVersion(key)).toBe(version);
      const proposal = { kind: "participant", version, from: market.period + 1, id: "bob" } as const;
      expect(message(market.propose(proposal))).toBe("accepted");
      expect(market.nextVersion(key)).toBe(version + 1);
      await market.clearPeriod(version);
      expect(market.proposals.waiting).toBe(0);
      expect(market.nextVersion(key)).toBe(version + 1);
    }
  });
});
