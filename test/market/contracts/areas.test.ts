import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Journal } from "../../../src/market/books/journal.js";
import { limitsIn, maxDepth } from "../../../src/market/contracts/areas.js";
import type {
  AreaContract,
  ClearingContract,
  Contract,
  LimitContract,
} from "../../../src/market/contracts/contracts.js";
import { applyContract, checkContract, parseContract } from "../../../src/market/contracts/kinds.js";
import { openingContracts, paperClearing } from "../../../src/market/contracts/opening.js";
import { MarketState } from "../../../src/market/period/state.js";

/** A market's state that takes contracts of period 0, each with the version that is due unless it says one. */
class Town {
  readonly state = new MarketState();

  constructor(...contracts: Contract[]) {
    for (const contract of openingContracts({ participants: ["ann"] }, contracts))
      this.enter({ ...contract });
  }

  enter(contract: {
    readonly kind: string;
    readonly version?: number;
    readonly [field: string]: unknown;
  }): void {
    const journal = new Journal(this.state.accounts, 0);
    const key = `${contract.kind}/${contract.area as string}`;
    const parsed = parseContract({ version: this.state.terms.nextVersion(key), ...contract });
    applyContract(checkContract(parsed, this.state, 0), parsed, this.state, journal);
  }

  get names(): string[] {
    const { areas } = this.state.terms;
    return Array.from(areas.tree(0).numbers, (number) => areas.entries[number]!.name);
  }
}

type Edge = Partial<Omit<AreaContract, "kind" | "area">>;
const area = (name: string, parent?: string, edge: Edge = {}) =>
  ({
    kind: "area",
    from: 0,
    area: name,
    carrier: "electricity",
    ...(parent === undefined ? {} : { parent }),
    ...edge,
  }) as const;
const end = (contract: string) => ({ kind: "end", version: 1, from: 0, contract }) as const;
const clearing = (rules: Partial<ClearingContract>): ClearingContract => ({
  ...paperClearing("electricity", 0),
  ...rules,
});
const uniform = { mechanism: "merit", pricing: "uniform", pool: null } as const;

describe("the tree of a carrier", () => {
  it("stands root first, then by depth, then in order of registration, wherever an area is put later", () => {
    const town = new Town();
    for (const [name, parent] of [["town"], ["north", "town"], ["elm", "north"], ["south", "town"]] as const)
      town.enter(area(name, parent));
    town.enter(area("oak", "south"));
    expect(town.names).toEqual(["town", "north", "south", "elm", "oak"]);
    expect([...town.state.terms.areas.tree(0).parents]).toEqual([0, 0, 0, 1, 2]);
    // North now hangs behind oak, and takes elm with it.
    town.enter(area("north", "oak"));
    expect(town.names).toEqual(["town", "south", "oak", "north", "elm"]);
    expect([...town.state.terms.areas.tree(0).depths]).toEqual([0, 1, 2, 3, 4]);
    expect(town.state.terms.areas.tree(1).count).toBe(1);
  });

  it("has one root, no loop, and at most 64 edges in a row", () => {
    const town = new Town();
    expect(() => town.enter(area("elm", "town"))).toThrow("an area of electricity under contract");
    town.enter(area("town"));
    expect(() => town.enter(area("village"))).toThrow(
      "area/village.parent: wanted one: electricity has a root",
    );
    town.enter(area("a1", "town"));
    for (let depth = 2; depth <= maxDepth; depth += 1) town.enter(area(`a${depth}`, `a${depth - 1}`));
    expect(() => town.enter(area("deep", `a${maxDepth}`))).toThrow("at most 64 edges to the root, got 65");
    town.enter(area("b1", "town"));
    // Moved one edge down, the chain would be too long.
    expect(() => town.enter(area("a1", "b1"))).toThrow("at most 64 edges to the root, got 65");
    for (const parent of ["a1", "a2", "a64"])
      expect(() => town.enter(area("a1", parent))).toThrow("does not lie in this one");
    expect(() => town.enter(area("town", "a1"))).toThrow("does not lie in this one");
    expect(() => town.enter(area("a1"))).toThrow("electricity has a root");
    expect(() => town.enter({ ...area("a1"), carrier: "heat" })).toThrow(
      "the carrier it was registered with",
    );
  });

  it("keeps what others need, and forgets a root that ended", () => {
    const town = new Town();
    for (const [name, parent] of [["town"], ["elm", "town"]] as const) town.enter(area(name, parent));
    town.enter({
      kind: "participant",
      version: 2,
      from: 0,
      id: "ann",
      areas: { electricity: "elm" },
    });
    town.enter({ kind: "limit", from: 0, area: "elm", until: 3, importLimit: 4 });
    expect(() => town.enter(end("area/town"))).toThrow("end area/elm first");
    expect(() => town.enter(end("area/elm"))).toThrow("end participant/ann first");
    town.enter({ kind: "participant", version: 3, from: 0, id: "ann" });
    expect(() => town.enter(end("area/elm"))).toThrow("end limit/elm first");
    for (const key of ["limit/elm", "area/elm", "area/town"]) town.enter(end(key));
    expect(town.state.terms.areas.count(0)).toBe(0);
    town.enter(area("village"));
    expect(town.names).toEqual(["village"]);
    expect(() => town.enter(area("elm", "town"))).toThrow("an area of electricity under contract");
  });

  it("refuses of a root what only an edge has", () => {
    const key = "ab".repeat(32);
    for (const edge of [
      { fee: 0 },
      { exportLimit: null },
      { importLimit: 1 },
      { loss: 0 },
      { limits: [] },
      { operator: key },
    ])
      expect(() => parseContract({ version: 1, ...area("town", undefined, edge) })).toThrow(
        `contract.${Object.keys(edge)[0]}: wanted none without a parent`,
      );
    expect(() =>
      parseContract({ version: 1, ...area("elm", "town", { limits: [{ from: 4 }, { from: 4 }] }) }),
    ).toThrow("limits[1].from: wanted after the step before it");
    expect(() => parseContract({ version: 1, ...area("elm", "town", { loss: 500_001 }) })).toThrow("loss");
    expect(() => parseContract({ version: 1, ...area("elm", "town", { fee: 2 ** 31 }) })).toThrow("fee");
  });
});

describe("fees and pools", () => {
  it("go with how the carrier clears, whichever of both contracts comes first", () => {
    const fee = area("elm", "town", { fee: 1 });
    const byValue = new Town(clearing({}));
    byValue.enter(area("town"));
    expect(() => byValue.enter(fee)).toThrow("area/elm.fee: wanted none where electricity does not clear by");
    byValue.enter({ ...fee, fee: 0 });
    const pool = clearing({}).pool;
    for (const [rules, field] of [
      [{ ...uniform, pool }, "clearing/electricity.pool"],
      [{ ...uniform, ties: "prorata" }, "clearing/electricity.ties"],
    ] as const)
      expect(() => byValue.enter({ ...clearing(rules), version: 2 })).toThrow(field);
    byValue.enter({ ...clearing(uniform), version: 2 });
    byValue.enter(fee);
    expect(() => byValue.enter({ ...clearing({}), version: 3 })).toThrow(
      "clearing/electricity.mechanism: wanted `merit` with `uniform` prices while areas of electricity take fees",
    );
    byValue.enter({ ...fee, fee: 0 });
    byValue.enter({ ...clearing({}), version: 3 });
    for (const [rules, field] of [
      [{ ...uniform, pool }, "area/town.pool"],
      [{ ...uniform, ties: "prorata" }, "area/town.ties"],
    ] as const) {
      const pooled = new Town(clearing(rules));
      expect(() => pooled.enter(area("town"))).toThrow(field);
    }
    // An area that ends takes its fee with it.
    const fees = new Town(clearing(uniform));
    for (const contract of [area("town"), fee, end("area/elm")]) fees.enter(contract);
    fees.enter({ ...clearing({}), version: 2 });
  });

  it("stand in genesis in any order", () => {
    const contracts = [area("town"), area("elm", "town", { fee: 3 })].map(
      (contract) => ({ version: 1, ...contract }) as Contract,
    );
    for (const given of [
      [clearing(uniform), ...contracts],
      [...contracts, clearing(uniform)],
    ])
      expect(new Town(...given).state.terms.areas.fees(0)).toBe(1);
  });
});

describe("the limits of a period", () => {
  it("are the contract's, a step's from its period on, and a signal's while it lasts", () => {
    const limit = fc.option(fc.nat(20), { nil: null, freq: 4 });
    const maybe = fc.record({ exportLimit: limit, importLimit: limit }, { requiredKeys: [] });
    const steps = fc.uniqueArray(fc.nat(12), { maxLength: 6 }).map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(
        maybe,
        steps,
        fc.array(maybe, { minLength: 6, maxLength: 6 }),
        maybe,
        fc.nat(12),
        (...all) => {
          const [own, froms, said, signalled, from] = all;
          const limits = froms.map((start, index) => ({ from: start, ...said[index] }));
          const contract: AreaContract = { version: 1, ...area("elm", "town"), ...own, limits };
          const signal: LimitContract = {
            kind: "limit",
            version: 1,
            area: "elm",
            from,
            until: from + 3,
            ...signalled,
          };
          const entry = { name: "elm", contract, carrier: 0, parent: 0, signal };
          // Written over, period by period.
          const line = Array.from({ length: 20 }, () => ({ exportLimit: null, importLimit: null, ...own }));
          for (const step of limits)
            for (let period = step.from; period < 20; period += 1) {
              const { exportLimit = null, importLimit = null } = { ...own, ...said[limits.indexOf(step)] };
              line[period] = { exportLimit, importLimit };
            }
          for (let period = from; period < from + 3; period += 1)
            line[period] = { ...line[period]!, ...signalled };
          for (const [period, wanted] of line.entries()) expect(limitsIn(entry, period)).toEqual(wanted);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("are at most 2³²−1 each way where an edge has a loss", () => {
    const entry = (edge: Edge) => ({
      name: "elm",
      contract: { version: 1, ...area("elm", "town", edge) },
      carrier: 0,
      parent: 0,
      signal: null,
    });
    const most = 2 ** 32 - 1;
    expect(limitsIn(entry({ loss: 1, importLimit: 2 ** 33 }), 0)).toEqual({
      exportLimit: most,
      importLimit: most,
    });
    expect(limitsIn(entry({ loss: 0, importLimit: 2 ** 33 }), 0)).toEqual({
      exportLimit: null,
      importLimit: 2 ** 33,
    });
  });

  it("are signalled of areas with a parent alone, for a time, and say something", () => {
    const town = new Town();
    town.enter(area("town"));
    const limit = { kind: "limit", from: 0, area: "town", until: 1, importLimit: 0 } as const;
    expect(() => town.enter(limit as never)).toThrow("limit/town.area: wanted an area with a parent");
    expect(() => parseContract({ version: 1, ...limit, until: 0 })).toThrow("until: wanted after from");
    expect(() => parseContract({ version: 1, ...limit, importLimit: undefined })).toThrow("exportLimit");
  });
});

describe("areas of a snapshot", () => {
  /** Contracts put in force as a snapshot's are, none of them held against the others. */
  const restored = (...contracts: ReturnType<typeof area>[]) => {
    const { areas } = new MarketState().terms;
    for (const contract of contracts) areas.put({ version: 1, ...contract });
    // A parent may have been registered later than what now lies in it.
    for (const contract of contracts) areas.put({ version: 1, ...contract });
    return () => areas.checkRestored("snapshot rules");
  };

  it("are refused unless they make one tree", () => {
    expect(restored(area("elm", "oak"), area("town"), area("oak", "town"))).not.toThrow();
    const chain = Array.from({ length: 300 }, (_, at) => area(`a${at}`, at === 0 ? "town" : `a${at - 1}`));
    for (const [name, contracts] of [
      ["two roots", [area("town"), area("village")]],
      ["no root", [area("elm", "oak"), area("oak", "elm")]],
      ["no root of its own", [{ ...area("town"), carrier: "heat" as const }, area("elm", "town")]],
      ["a loop aside", [area("town"), area("elm", "oak"), area("oak", "elm")]],
      [
        "a parent of another carrier",
        [area("town"), { ...area("elm"), carrier: "heat" as const }, area("oak", "elm")],
      ],
      ["a chain too long", [area("town"), ...chain]],
    ] as const)
      expect(restored(...contracts), name).toThrow("snapshot rules: wanted");
  });
});
