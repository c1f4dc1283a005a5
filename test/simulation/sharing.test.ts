// Scenarios whose carriers are shared: what the file may say, who is in which community by which key, and what meters
// and money of a run come to.
import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { hex } from "../../src/bytes.js";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { decodeRecords } from "../../src/ledger/format/layout.js";
import { readingLayout } from "../../src/ledger/format/records.js";
import { openSignatures } from "../../src/ledger/keys/signature.js";
import { openMemoryStore } from "../../src/ledger/store/memory.js";
import { readSnapshot } from "../../src/market/snapshots.js";
import { Indicators } from "../../src/report/indicators.js";
import { openCommunity } from "../../src/simulation/community.js";
import { knownOf } from "../../src/simulation/known.js";
import { checkScenario, inspectScenario } from "../../src/simulation/scenariofile.js";
import { bundledScenario } from "../../src/simulation/scenarios/index.js";
import { scenarioText } from "../../src/simulation/scenariotext.js";
import { signedRun } from "../../src/simulation/signed.js";
import { openSimulation } from "../../src/simulation/simulation.js";
import { variantsOf } from "../../src/study/settings.js";
import { carriers } from "../../src/units.js";
import { refusal } from "../support/refusal.js";
import { blocksOf } from "../support/scenario.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const quiet = { deviation: 0, late: 0, missing: 0, corrected: 0 };
const house = { name: "house", price: "0.12" };
const shared = (communities: readonly object[] = [house]) => ({
  electricity: { mechanism: "share", communities },
});
const file = (communities?: readonly object[], more: object = {}) => ({
  name: "shared",
  seed: 9,
  periodMs: 3_600_000,
  participants: { home: 6, solar: 1, business: 1, supplier: 1 },
  rules: shared(communities),
  ...more,
});
const opened = (communities?: readonly object[], more: object = {}) =>
  openCommunity(checkScenario(file(communities, more)));

/** The contracts of communities that a scenario opens with. */
const agreed = (communities: readonly object[]) => {
  const contracts = opened(communities).contracts(-1);
  return {
    communities: contracts.filter(({ kind }) => kind === "community"),
    members: contracts.flatMap((each) =>
      each.kind === "member" ? [[each.community, each.participant, each.factor] as const] : [],
    ),
  };
};

describe("a scenario file whose electricity is shared", () => {
  it("reads, is written with all that it says, and reads again", () => {
    const given = file([
      {
        ...house,
        key: { key: "static", shares: { home: 100_000, "solar-01": 5 } },
        members: ["home"],
        factor: 7,
      },
      { name: "street", price: "0", key: { key: "priority", classes: [["business-01"], ["home"]] } },
    ]);
    const scenario = checkScenario(given);
    const { rules } = scenario;
    expect(rules.electricity).toEqual({
      mechanism: "share",
      communities: [
        {
          name: "house",
          price: 120_000,
          key: { key: "static", supply: "proportional", shares: { home: 100_000, "solar-01": 5 } },
          members: ["home"],
          factor: 7,
        },
        {
          name: "street",
          price: 0,
          key: { key: "priority", supply: "proportional", classes: [["business-01"], ["home"]] },
          members: null,
          factor: 1_000_000,
        },
      ],
    });
    expect(inspectScenario(scenarioText(scenario))).toEqual({ scenario, problems: [] });
    // Another carrier still takes orders.
    expect(rules.heat).toMatchObject({ mechanism: "merit" });
  });

  const at = "rules.electricity.communities";
  it.each<[string, object]>([
    [at, { rules: { electricity: { mechanism: "share" } } }],
    [at, file([])],
    [`${at}[0].price`, file([{ name: "house" }])],
    [`${at}[0].price`, file([{ ...house, price: "-0.1" }])],
    [`${at}[0].name`, file([{ ...house, name: "a/b" }])],
    [`${at}[1].name`, file([house, house])],
    [`${at}[0].factor`, file([{ ...house, factor: 0 }])],
    [`${at}[0].members`, file([{ ...house, members: [] }])],
    [`${at}[0].members[1]`, file([{ ...house, members: ["home", "home"] }])],
    [`${at}[0].key.shares`, file([{ ...house, key: { key: "static" } }])],
    [`${at}[0].key.classes`, file([{ ...house, key: { key: "equal", classes: [["home"]] } }])],
    [
      `${at}[0].key.shares.b`,
      file([{ ...house, key: { key: "cascade", shares: { a: 700_000, b: 300_001 } } }]),
    ],
    ["rules.electricity.pool", { rules: { electricity: { ...shared().electricity, pool: null } } }],
    ["rules.heat.communities[0].name", { rules: { ...shared(), heat: shared().electricity } }],
    ["areas.electricity", file([house], { areas: { electricity: [{ name: "town" }] } })],
  ])("is refused by name: %s", (field, given) => {
    expect(refusal(() => checkScenario({ ...file(), ...given })).field).toBe(field);
  });

  it.each<[string, readonly object[], object]>([
    [`${at}[0].members[1]`, [{ ...house, members: ["home", "boat"] }], {}],
    [`${at}[0].members`, [{ ...house, members: ["supplier"] }], {}],
    [`${at}[0].members[1]`, [{ ...house, members: ["home", "supplier-01"] }], {}],
    [`${at}[0].key.shares.boat`, [{ ...house, key: { key: "static", shares: { boat: 1 } } }], {}],
    [
      `${at}[0].key.classes[1][0]`,
      [{ ...house, key: { key: "priority", classes: [["home"], ["boat"]] } }],
      {},
    ],
    // Six homes with a fifth each are more than all.
    [`${at}[0].key.shares."home-06"`, [{ ...house, key: { key: "static", shares: { home: 200_000 } } }], {}],
    [
      `${at}[1].factor`,
      [
        { ...house, factor: 600_000 },
        { name: "b", price: "0", factor: 400_001 },
      ],
      {},
    ],
    ["participants.car", [house], { participants: { home: 1, car: 1 } }],
    ["participants.storage", [house], { participants: { home: 1, storage: 1 } }],
    ["participants.heatpump", [house], { participants: { home: 1, heatpump: 1 } }],
    ["participants.chp", [house], { participants: { home: 1, chp: 1 } }],
    ["participants.biomass", [house], { participants: { home: 1, biomass: 1 } }],
  ])("is refused when its members are known: %s", (field, communities, more) => {
    expect(refusal(() => opened(communities, more)).field).toBe(field);
  });
});

describe("the communities of a scenario", () => {
  it("have everybody who has a meter of the carrier, unless they name their members", () => {
    const homes = ["home-01", "home-02", "home-03", "home-04", "home-05", "home-06"];
    const all = agreed([house]);
    expect(all.communities).toEqual([
      expect.objectContaining({ community: "house", carrier: "electricity", price: 120_000 }),
    ]);
    // Whoever brings gas has no electricity to share.
    expect(all.members.map(([, who]) => who)).toEqual([...homes, "business-01", "solar-01"]);
    const two = agreed([
      { ...house, members: ["solar-01", "home"], factor: 250_000 },
      { name: "street", price: "0.1", members: ["business", "home-02"], factor: 750_000 },
    ]);
    expect(two.members).toEqual([
      ...[...homes, "solar-01"].map((who) => ["house", who, 250_000]),
      ["street", "home-02", 750_000],
      ["street", "business-01", 750_000],
    ]);
  });

  it("take a kind in a key for each of it that the key does not name itself", () => {
    const keyOf = (key: object) => (agreed([{ ...house, key }]).communities[0] as { key: unknown }).key;
    expect(keyOf({ key: "static", shares: { home: 10, "home-03": 500, solar: 1 } })).toEqual({
      key: "static",
      supply: "proportional",
      shares: {
        "home-01": 10,
        "home-02": 10,
        "home-04": 10,
        "home-05": 10,
        "home-06": 10,
        "home-03": 500,
        "solar-01": 1,
      },
    });
    // Those of the community alone: half of everybody's would be more than all.
    const pair = {
      ...house,
      members: ["home-01", "home-02"],
      key: { key: "static", shares: { home: 500_000 } },
    };
    expect(agreed([pair]).communities).toMatchObject([
      { key: { shares: { "home-01": 500_000, "home-02": 500_000 } } },
    ]);
    expect(
      keyOf({
        key: "priority",
        classes: [["home-05"], ["home", "business"]],
        supply: "priority",
        supplyClasses: [["solar"]],
      }),
    ).toEqual({
      key: "priority",
      classes: [["home-05"], ["home-01", "home-02", "home-03", "home-04", "home-06", "business-01"]],
      supply: "priority",
      supplyClasses: [["solar-01"]],
    });
  });

  it("have one meter of a home, however many names it bids under", () => {
    const own = opened([{ ...house, key: { key: "equal" } }], { strategies: { "home-01": "splitting" } });
    const names = own.members.filter(({ person }) => person === "home-01");
    expect(names.length).toBeGreaterThan(1);
    const members = own.contracts(-1).flatMap((each) => (each.kind === "member" ? each.participant : []));
    expect(members.filter((id) => names.some((name) => name.id === id))).toEqual(["home-01"]);
    const single = opened([house]);
    for (const place of [3, 12, 20])
      expect(own.placed(place, null).meant[0]).toBe(single.placed(place, null).meant[0]);
  });

  it("are as docs/scenarios.md draws them, which opens", async () => {
    const docs = await readFile(new URL("../../docs/scenarios.md", import.meta.url), "utf8");
    const [, example] = /### Carriers that are shared[\s\S]*?```json\n"rules": ([\s\S]*?)```/.exec(docs)!;
    const { contracts } = openCommunity(checkScenario({ ...file(), rules: JSON.parse(example!) }));
    const factors = contracts(-1).flatMap((each) =>
      each.kind === "member" && each.participant === "home-03" ? each.factor : [],
    );
    expect(factors).toEqual([800_000, 200_000]);
  });
});

describe("a run whose electricity is shared", () => {
  const electricity = carriers.indexOf("electricity");

  it("places no orders for it, and meters what everybody used and made", async () => {
    const own = opened([house], { faults: quiet });
    const simulation = await openSimulation(own, { engine });
    for await (const _ of simulation);
    expect(await simulation.refused()).toMatchObject({ orders: 0 });
    const said = new Map<string, { in: number; out: number }>();
    for (const { header, sections } of await blocksOf(simulation.market.store))
      for (const { participant, carrier, age, in: drawn, out } of decodeRecords(
        readingLayout,
        sections.readings,
      ))
        if (carrier === "electricity") {
          const place = header.period - age - own.genesis - 1;
          said.set(`${place} ${participant}`, { in: drawn, out });
        }
    let moved = 0;
    // The readings of the last period come in none of the run.
    for (let place = 0; place < 23; place += 1) {
      const { orders, meant } = own.placed(place, null);
      expect([...orders.carrier]).not.toContain(electricity);
      expect(orders.carrier.length).toBeGreaterThan(0);
      for (const { number, kind } of own.members) {
        const net = meant[number * carriers.length + electricity]!;
        const wanted = kind === "supplier" ? undefined : { in: Math.max(net, 0), out: Math.max(-net, 0) };
        expect(said.get(`${place} ${number}`)).toEqual(wanted);
        moved += Math.abs(net);
      }
    }
    expect(moved).toBeGreaterThan(0);
  });

  it("takes a reading that never comes to be the one before", () => {
    const found = opened([house])
      .contracts(-1)
      .find(({ kind }) => kind === "payment");
    expect(found).toMatchObject({ metering: { missing: "last" } });
  });

  it("saves the gap between what the grid takes and pays, for all that is shared", async () => {
    const tariffs = { electricity: { retail: "0.4", feedIn: "0.05" } };
    const simulation = await openSimulation(
      opened([house], { faults: quiet, tariffs, participants: { home: 8, solar: 1 } }),
      { engine },
    );
    for await (const _ of simulation);
    const { savings, energy, trading, money } = await simulation.summary();
    const { drawn, injected, shared: inside } = energy.electricity.metered;
    expect(inside).toBeGreaterThan(0n);
    expect(energy.electricity.closes).toBe(true);
    expect(energy.electricity.selfSufficiency).toBe(Number((inside * 1_000_000n) / drawn));
    expect(trading.together.electricity.selfConsumption).toBe(Number((inside * 1_000_000n) / injected));
    expect(money.payments.get("sharing")).toBeGreaterThan(0n);
    // Heat and gas come from the grid with a market as without: what was saved, sharing did.
    expect(savings.together.without - savings.systemCost).toBe(inside * 350_000n);
    const { supplier } = savings.together;
    expect(supplier).toBe((drawn - inside) * 400_000n - (injected - inside) * 50_000n);
  });

  it("is the same when it is interrupted, and when everything is signed", async () => {
    const scenario = checkScenario(
      file([{ ...house, key: { key: "equal" } }], {
        faults: { deviation: 50_000, late: 100_000, missing: 50_000, corrected: 100_000 },
      }),
    );
    const headOf = ({ market }: Awaited<ReturnType<typeof openSimulation>>) => hex(market.store.head!.hash);
    const whole = await openSimulation(openCommunity(scenario), { engine });
    for await (const _ of whole);
    const store = await openMemoryStore();
    for (let part = 0; part < 4; part += 1) {
      const simulation = await openSimulation(openCommunity(scenario), { engine, store, snapshotEvery: 5 });
      for (let step = 0; step < 7; step += 1) await simulation.next();
      if (simulation.done) expect(headOf(simulation)).toBe(headOf(whole));
    }
    expect(store.size).toBe(25);

    const signatures = await openSignatures();
    const key = await signatures.importSeed(new Uint8Array(32).fill(3));
    const { community, run } = await signedRun(openCommunity(scenario), { signatures, hasher: engine, key });
    const signed = await openSimulation(community, { engine, signed: run });
    for await (const _ of signed);
    const { energy } = await signed.summary();
    expect(energy.electricity.metered).toEqual((await whole.summary()).energy.electricity.metered);
  });

  it("adds up in stretches, from a snapshot as from genesis", async () => {
    const store = await openMemoryStore();
    // What is told late of the periods before ten is paid by their tariff, wherever a stretch begins.
    const parts = [
      { name: "night", hours: ["00:00-10:00"], rate: "0.20" },
      { name: "day", rate: "0.60" },
    ];
    const retail = [{ by: "calendar", name: "energy", sort: "energy", on: ["fromGrid"], parts }];
    const own = opened([house], {
      faults: { deviation: 0, late: 200_000, missing: 0, corrected: 400_000 },
      tariffs: { electricity: { retail } },
    });
    const simulation = await openSimulation(own, { engine, store, snapshotEvery: 10 });
    for await (const _ of simulation);
    const blocks = await blocksOf(store);
    const known = knownOf(own);
    const sums = (indicators: Indicators, from: number, to: number) => {
      for (const block of blocks.slice(from, to)) indicators.add(block);
      const { savings, energy, trading } = indicators.summary();
      return { savings, metered: energy.electricity.metered, trading };
    };
    const whole = sums(new Indicators(known), 0, blocks.length);
    const early = sums(new Indicators(known), 0, 11);
    const passed = new Indicators(known);
    for (const block of blocks.slice(0, 11)) passed.pass(block);
    const late = sums(passed, 11, blocks.length);
    const restored = new Indicators(known, await readSnapshot(store, 10, engine));
    expect(sums(restored, 11, blocks.length)).toEqual(late);
    for (const name of ["drawn", "injected", "shared"] as const) {
      expect(late.metered[name]).toBeGreaterThan(0n);
      expect(early.metered[name] + late.metered[name]).toBe(whole.metered[name]);
    }
    expect(early.savings.together.supplier + late.savings.together.supplier).toBe(
      whole.savings.together.supplier,
    );
  });

  it("comes along with the package, and can be studied by bidding instead", async () => {
    const scenario = { ...bundledScenario("sharing"), periods: 20 };
    const simulation = await openSimulation(openCommunity(scenario), { engine });
    for await (const _ of simulation);
    expect((await simulation.summary()).energy.electricity.metered.drawn).toBeGreaterThan(0n);
    const [sharing, bidding] = variantsOf(scenario, { settings: [], mechanisms: ["share", "value"] });
    expect(sharing!.scenario.rules).toEqual(scenario.rules);
    const orders = bundledScenario("small");
    expect(refusal(() => variantsOf(orders, { settings: [], mechanisms: ["share"] })).wanted).toBe(
      "share where the scenario shares a carrier",
    );
    expect(bidding!.scenario.rules.electricity).toMatchObject({
      mechanism: "value",
      pricing: "counterparty",
    });
  });
});
