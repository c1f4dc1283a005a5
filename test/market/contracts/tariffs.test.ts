// Tariffs as contracts: how they enter, who may name them, and that a statement bundle shows them.
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { GridclearError } from "../../../src/errors.js";
import { decodeBlock } from "../../../src/ledger/format/block.js";
import { decodeCanonical } from "../../../src/ledger/format/canonical.js";
import { decodeRecords } from "../../../src/ledger/format/layout.js";
import { flowLayout } from "../../../src/ledger/format/records.js";
import { decodeBundle, openBundle } from "../../../src/ledger/proof/bundle.js";
import { plainHasher } from "../../../src/ledger/tree/plain.js";
import { Journal } from "../../../src/market/books/journal.js";
import type { Contract } from "../../../src/market/contracts/contracts.js";
import { applyContract, checkContract, parseContract } from "../../../src/market/contracts/kinds.js";
import { openingContracts } from "../../../src/market/contracts/opening.js";
import { openMarket } from "../../../src/market/open.js";
import { MarketState } from "../../../src/market/period/state.js";
import { openReplay } from "../../../src/market/replay.js";
import { readBundle } from "../../../src/report/bundle/read.js";
import { writeBundle } from "../../../src/report/bundle/write.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const tariff = (version: number, from: number, more: object = {}): Contract =>
  parseContract({
    kind: "tariff",
    version,
    from,
    tariff: "house",
    carrier: "electricity",
    currency: "EUR",
    unit: "0.01",
    zone: { name: "Etc/UTC", offsets: [[0, 0]], untilMs: 4e12 },
    components: [{ by: "energy", name: "energy", sort: "energy", on: ["fromGrid"], rate: "0.2" }],
    ...more,
  });
const ann = (version: number, from: number, of: object): Contract => ({
  ...{ kind: "participant", version, from, id: "ann", creditLimit: null },
  tariffs: of,
});

/** Enters contracts into a state: what refuses one; where nothing does, it is entered. */
const entering =
  (state: MarketState) =>
  (contract: Contract): string => {
    try {
      const key = checkContract(contract, state, contract.from);
      applyContract(key, contract, state, new Journal(state.accounts, contract.from));
      return "";
    } catch (error) {
      return error instanceof GridclearError ? error.message : `${error}`;
    }
  };

describe("prices outside the market as components", () => {
  const energy = { by: "energy", name: "energy", sort: "energy", on: ["fromGrid"], rate: "0.2" } as const;
  const night = {
    by: "calendar",
    name: "night",
    sort: "grid",
    on: ["fromGrid"],
    parts: [
      { name: "night", hours: ["22:00-06:00"], rate: "0.01" },
      { name: "day", rate: "0.1" },
    ],
  } as const;
  const zone = { name: "Europe/Vienna", offsets: [[0, 60]], untilMs: 4e12 } as const;

  it("hold in a period that begins in their time, for imports, pool limits and what is shown", async () => {
    const market = await openMarket({
      engine,
      participants: ["ann"],
      periodMs: 3_600_000,
      startMs: 0,
      tariffs: { electricity: { retail: [energy, night] } },
      zone,
      clearing: { electricity: { import: true } },
    });
    const hour = 3_600_000;
    const paid: string[] = [];
    // The market's first block is at 1970-01-01 00:00 UTC, one o'clock at night in Vienna.
    for (const ends of [4.5, 5, 6, 22]) {
      const shown = market.state.tariff("electricity")!.retail;
      market.submit({ participant: "ann", carrier: "electricity", side: "bid", quantity: "1", price: "0" });
      const { block } = await market.clearPeriod(ends * hour);
      const [flow] = decodeRecords(flowLayout, block.sections.flows);
      paid.push(`${flow!.kind} ${flow!.price} ${shown}`);
    }
    // Periods begin at 0:00, 4:30, 5:00 and 6:00 UTC.
    const [dark, light] = ["imported 210000 210000", "imported 300000 300000"];
    expect(paid).toEqual([dark, dark, light, light]);
    const replay = openReplay(engine);
    for await (const bytes of market.store.blocks()) replay.replay(decodeBlock(bytes));
    expect(replay.height).toBe(5);
  });

  const open = (tariffs: object, own: object = {}) =>
    openMarket({ engine, participants: ["ann"], tariffs: { heat: tariffs }, ...own } as never);
  it.each([
    [{ retail: [] }, {}, /tariffs\.heat\.retail: wanted an array of 1/],
    [{ retail: [night] }, {}, /zone: wanted a zone by whose clocks calendars go/],
    [{ retail: [{ ...energy, rate: "2148" }] }, {}, /tariffs\.heat\.retail: wanted a price from/],
    [{ feedIn: [energy] }, {}, /tariffs\.heat\.feedIn\[0\]\.on: wanted toGrid/],
    [{ retail: [energy, energy] }, {}, /retail\[1\]\.name: wanted a name of its own/],
    [{ retail: "0.2" }, {}, /retail/],
    [
      {
        retail: ["spot", "network"].map((name) => ({
          ...{ by: "series", name, sort: "energy", on: ["fromGrid"], start: "2026-01-01T00:00Z" },
          ...{ minutes: 15, rates: Array.from({ length: 4000 }, () => "0.123456") },
        })),
      },
      {},
      /at most 65536 bytes/,
    ],
    [{ retail: [energy] }, { zone: { name: "Etc/UTC", offsets: [], untilMs: 1 } }, /zone\.offsets/],
  ])("are refused: %j", async (tariffs, own, wanted) => {
    await expect(open(tariffs, own)).rejects.toThrow(wanted);
  });
});

describe("a tariff contract", () => {
  it("is held in plain data, with what was left out left out", () => {
    const found = tariff(1, 0, { carrier: undefined, unit: undefined });
    expect(found).toMatchObject({ carrier: "electricity", unit: "0.01" });
    expect(Object.keys((found as unknown as { components: object[] }).components[0]!)).not.toContain("less");
  });

  it.each([
    [{ components: [] }, /tariff\.components|components: wanted an array of 1/],
    [{ zone: { name: "Etc/UTC", offsets: [], untilMs: 1 } }, /zone\.offsets/],
    [
      {
        zone: {
          name: "Etc/UTC",
          offsets: [
            [5, 0],
            [5, 60],
          ],
          untilMs: 9,
        },
      },
      /offsets\[1\]\[0\]: wanted a later instant/,
    ],
    [{ zone: { name: "Etc/UTC", offsets: [[5, 0]], untilMs: 5 } }, /untilMs: wanted a later instant/],
    [{ price: 3 }, /price: wanted a key out of/],
    [
      {
        components: ["spot", "network"].map((name) => ({
          ...{ by: "series", name, sort: "energy", on: ["fromGrid"], start: "2026-01-01T00:00Z" },
          ...{ minutes: 15, rates: Array.from({ length: 4000 }, () => "0.123456") },
        })),
      },
      /at most 65536 bytes/,
    ],
  ])("is refused: %j", (more, wanted) => {
    expect(() => tariff(1, 0, more)).toThrow(wanted);
  });

  it("keeps its zone, and all that a participant has at the same time have one", () => {
    const state = new MarketState();
    const enter = entering(state);
    const zone = (name: string, ahead: number) => ({ zone: { name, offsets: [[0, ahead]], untilMs: 4e12 } });
    for (const contract of openingContracts({ participants: ["ann"] })) expect(enter(contract)).toBe("");
    expect(enter(tariff(1, 0))).toBe("");
    expect(enter(tariff(1, 0, { tariff: "west", ...zone("Atlantic/Azores", -60) }))).toBe("");
    expect(enter(tariff(1, 0, { tariff: "warm", carrier: "heat" }))).toBe("");
    expect(enter(tariff(1, 0, { tariff: "hot", carrier: "heat", ...zone("Europe/Vienna", 60) }))).toBe("");
    const one = /participant\/ann\.tariffs\.(heat|electricity): wanted a tariff by the clocks of Etc\/UTC/;
    expect(enter(ann(2, 0, { electricity: "house", heat: "hot" }))).toMatch(one);
    expect(enter(ann(2, 0, { electricity: "house", heat: "warm" }))).toBe("");
    // Another zone may come after it: bills say in which month each hour is (test/bill/months.test.ts).
    expect(enter(ann(3, 0, { electricity: "west" }))).toBe("");
    expect(enter(tariff(2, 0, zone("Atlantic/Azores", -60)))).toMatch(
      /tariff\/house\.zone\.name: wanted Etc\/UTC, as before/,
    );
    // The same zone may go on, and other clocks come where there were none.
    expect(enter(tariff(2, 0, { zone: { name: "Etc/UTC", offsets: [[0, 0]], untilMs: 5e12 } }))).toBe("");
    expect(enter({ kind: "participant", version: 1, from: 0, id: "bob", creditLimit: null })).toBe("");
    expect(enter({ ...ann(2, 0, { electricity: "west" }), id: "bob" } as Contract)).toBe("");
  });

  it("enters before who names it, and stays as long as somebody does", () => {
    const state = new MarketState();
    const enter = entering(state);
    for (const contract of openingContracts({ participants: ["ann"] })) expect(enter(contract)).toBe("");
    expect(enter(ann(2, 0, { electricity: "house" }))).toMatch(
      /tariffs\.electricity: wanted a tariff of elec/,
    );
    expect(enter(tariff(1, 0, { currency: "CHF" }))).toMatch(/tariff\/house\.currency: wanted EUR/);
    expect(enter(tariff(1, 0))).toBe("");
    expect(enter(ann(2, 0, { heat: "house" }))).toMatch(/tariffs\.heat: wanted a tariff of heat/);
    expect(enter(ann(2, 0, { electricity: "house" }))).toBe("");
    expect(enter(tariff(2, 1, { carrier: "heat" }))).toMatch(/carrier: wanted electricity, as before/);
    expect(enter(tariff(2, 1))).toBe("");
    const end: Contract = { kind: "end", version: 1, from: 1, contract: "tariff/house" };
    expect(enter(end)).toMatch(/one that no other needs/);
    expect(enter(ann(3, 1, {}))).toBe("");
    expect(enter(end)).toBe("");
    expect(state.terms.inForce.has("tariff/house")).toBe(false);
  });

  it("stands in every bundle that begins while it holds", async () => {
    const market = await openMarket({ engine, participants: ["ann", "bob"], currency: "EUR", startMs: 0 });
    market.propose(tariff(1, 2));
    market.propose(ann(2, 2, { electricity: "house" }));
    for (let period = 1; period < 5; period += 1) await market.clearPeriod(1000 * period);
    let text = "";
    const options = { from: 3, hasher: plainHasher, engine };
    for await (const lines of writeBundle(market.store.blocks(), "ann", options)) text += lines;
    const bundle = openBundle(decodeBundle(text), plainHasher);
    const rules = bundle.blocks.flatMap(({ header, records }) =>
      records
        .filter(({ section }) => section === "rules")
        .map(({ bytes }) => [header.height, decodeCanonical(bytes) as unknown as Contract] as const),
    );
    expect(rules.map(([height, { kind }]) => [height, kind])).toEqual([
      [2, "payment"],
      // Whether a carrier is shared decides what of its energy the tariff is on.
      ...[2, 2, 2, 2].map((height) => [height, "clearing"]),
      [2, "participant"],
      [2, "tariff"],
    ]);
    expect(rules.map(([, contract]) => contract)).toContainEqual(tariff(1, 2));
    expect(readBundle(bundle).accounts).toBe(true);
    // Another member's contract is nobody's to hand to ann.
    expect(rules.some(([, contract]) => contract.kind === "participant" && contract.id !== "ann")).toBe(
      false,
    );
  });
});
