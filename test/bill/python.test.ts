// Bills of random markets, line by line, against a program in Python that has the pages' words and the exported ledger.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { type Bill, bill } from "../../src/bill/bill.js";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { decodeBundle, openBundle } from "../../src/ledger/proof/bundle.js";
import type { Store } from "../../src/ledger/store/store.js";
import { plainHasher } from "../../src/ledger/tree/plain.js";
import { writeBundle } from "../../src/report/bundle/write.js";
import { exportJson } from "../../src/report/export/document.js";
import type { Component, Tariff } from "../../src/tariff/components.js";
import { zoneOffsets } from "../../src/tariff/zone.js";
import { Random } from "../core/markets.js";
import { blocksOf, runScenario } from "../support/scenario.js";
import { playShared } from "../support/sharedrun.js";
import { runStreet, tariffContract } from "./market.js";

const hasPython =
  spawnSync("python3", ["-c", "import zoneinfo; zoneinfo.ZoneInfo('Europe/Vienna')"]).status === 0;
const script = fileURLToPath(new URL("bills.py", import.meta.url));

const bases = ["fromGrid", "received", "bought", "toGrid", "supplied", "sold"] as const;

/** Random components of every kind but a series, which has times of its own. */
function componentsOf(random: Random): Component[] {
  const rate = (): string => `${random.of("", "", "-")}0.${`${random.between(0, 999_999)}`.padStart(6, "0")}`;
  const on = (): (typeof bases)[number][] => bases.filter(() => random.between(0, 1) === 0);
  const some = (): (typeof bases)[number][] => (on().length > 0 ? on() : ["fromGrid"]);
  const sort = () => random.of("energy", "grid", "levy", "tax", "feedIn");
  const make = (index: number): Component => {
    const head = { name: `c${index}`, sort: sort() } as const;
    const basis = some();
    const base = { ...head, on: basis.length > 0 ? basis : (["toGrid"] as const) };
    switch (random.between(0, 6)) {
      case 0:
        return { by: "energy", ...base, rate: rate(), ...random.of({}, { less: 570_000 }, { less: 1 }) };
      case 1:
        return {
          ...{ by: "calendar", ...base },
          parts: [
            { name: "night", hours: ["22:00-06:00"], rate: rate() },
            { name: "work", weekdays: [1, 2, 3, 4, 5], rate: rate() },
            { name: "rest", rate: rate() },
          ],
        };
      case 2:
        return {
          ...{ by: "steps", ...base },
          steps: [{ upTo: "0.5", rate: rate() }, { upTo: "100", rate: rate() }, { rate: rate() }],
        };
      case 3:
        return { by: "peak", ...base, minutes: random.of(15, 60), rate: rate() };
      case 4:
        return { by: "month", ...head, rate: "12.34" };
      case 5:
        return { by: "contracted", ...head, power: "4.5", rate: "3.21" };
      default: {
        const percent = `${random.between(0, 30)}.5`;
        const of = random.of(["energy", "grid"] as const, ["community", "levy"] as const);
        // Every second is also, and every sixth only, on a component above it that it names.
        const lines = index % 2 === 1 ? { lines: [`c${index >> 1}`] } : {};
        return { by: "percent", ...head, of: index % 6 === 1 ? [] : of, ...lines, percent };
      }
    }
  };
  return Array.from({ length: random.between(1, 8) }, (_, index) => make(index)) as Component[];
}

const tariffOf = (random: Random, currency: string, carrier: Tariff["carrier"]): Tariff => ({
  ...{ name: "random", carrier, currency, unit: random.of("0.01", "0.01", "0.05", "1", "0.001") },
  zone: zoneOffsets("Europe/Vienna", Date.UTC(1969, 0), Date.UTC(2040, 0)),
  components: componentsOf(random),
});

type Line = readonly [group: string, carrier: string, label: string, quantity: string | null, amount: string];
interface Wanted {
  readonly [member: string]: {
    readonly lines: readonly Line[];
    readonly total: string;
    readonly without: readonly Line[] | null;
    readonly closed: boolean;
  };
}

async function inPython(store: Store, engine: Engine, month: string, tariff: Tariff | null): Promise<Wanted> {
  let document = "";
  for await (const piece of exportJson(store.blocks(), engine)) document += piece;
  const input = `{"document":${document},"month":"${month}","tariff":${JSON.stringify(tariff)}}`;
  const { stdout, stderr } = spawnSync("python3", [script], { input, encoding: "utf8", maxBuffer: 1 << 28 });
  expect(stderr).toBe("");
  return JSON.parse(stdout) as Wanted;
}

/** A decimal or a fraction as a number of 10⁻¹², to compare exactly; quantities of a bill have six places. */
function fine(text: string): bigint {
  const [num = "0", den = "1"] = text.split("/");
  const [whole = "0", fraction = ""] = num.replace("-", "").split(".");
  const size = BigInt(whole + fraction.padEnd(12, "0")) / BigInt(den);
  return num.startsWith("-") ? -size : size;
}
const isNear = (a: bigint, b: bigint): boolean => a - b <= 1_000_000n && b - a <= 1_000_000n;

function compare(found: Bill["lines"], wanted: readonly Line[], where: string): void {
  const key = ([group, carrier, label]: readonly string[]): string => `${group} ${carrier} ${label}`;
  const named = new Map(wanted.map((line) => [key(line as unknown as string[]), line]));
  expect(found.map(({ group, carrier, label }) => key([group, carrier, label])).sort(), where).toEqual(
    [...named.keys()].sort(),
  );
  expect(named.size).toBe(wanted.length);
  for (const line of found) {
    const [, , label, quantity, amount] = named.get(key([line.group, line.carrier, line.label]))!;
    expect(`${label} ${fine(line.amount)}`, where).toBe(`${label} ${fine(amount)}`);
    if (quantity === null) continue;
    expect(
      isNear(fine(line.quantity!), fine(quantity)),
      `${where} ${label}: ${line.quantity} ${quantity}`,
    ).toBe(true);
  }
}

describe.skipIf(!hasPython)("bills worked out in Python from an exported ledger alone", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine();
  });
  const seen = new Map<string, number>();

  /** Compares the bills of all members for a month. */
  async function hold(store: Store, month: string, tariff: Tariff | null, where: string): Promise<void> {
    const wanted = await inPython(store, engine, month, tariff);
    for (const [member, its] of Object.entries(wanted)) {
      let text = "";
      for await (const lines of writeBundle(store.blocks(), member, { engine, hasher: plainHasher }))
        text += lines;
      const found = bill(openBundle(decodeBundle(text), plainHasher), { month, tariff });
      compare(found.lines, its.lines, `${where} ${member}`);
      compare(found.without?.lines ?? [], its.without ?? [], `${where} ${member} without`);
      expect(fine(found.total), `${where} ${member}`).toBe(fine(its.total));
      expect(found.isClosed).toBe(its.closed);
      for (const { group, label } of found.lines) {
        const kind = group === "tariff" ? "tariff" : `${group} ${label}`;
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
        if (label.includes(" (from 2")) seen.set("stretch", (seen.get("stretch") ?? 0) + 1);
      }
    }
  }

  /** The month in which a ledger begins, in Vienna. */
  async function monthIn(store: Store): Promise<string> {
    const [genesis] = await blocksOf(store);
    const names = { timeZone: "Europe/Vienna", year: "numeric", month: "2-digit" } as const;
    return new Intl.DateTimeFormat("sv-SE", names).format(genesis!.header.timestampMs);
  }

  it("are the same over the ends of months, with late corrections", async () => {
    for (const [seed, month, startMs, periods] of [
      [21, "2026-07", Date.UTC(2026, 6, 30), 60],
      [22, "2026-08", Date.UTC(2026, 6, 30), 100],
      [23, "2026-03", Date.UTC(2026, 2, 28), 96],
      [24, "2026-11", Date.UTC(2026, 9, 24), 260],
    ] as const) {
      const components = componentsOf(new Random(seed));
      const { market } = await runStreet(engine, seed, { startMs, periods, components });
      await hold(market.store, month, null, `street ${seed}`);
    }
  }, 120_000);

  it("are the same where tariffs are amended, by prices or else, and where a member has none for a time", async () => {
    for (const [seed, what] of [
      [41, "prices"],
      [42, "all"],
      [43, "all"],
    ] as const) {
      const random = new Random(seed);
      const startMs = Date.UTC(2026, 6, 30);
      const own = componentsOf(random);
      const seriesFrom = (period: number): Component => ({
        ...{ by: "series", name: "spot", sort: "grid", on: ["fromGrid", "bought"], minutes: 60 },
        start: new Date(startMs + (period - 1) * 3_600_000).toISOString().replace(".000Z", "Z"),
        rates: Array.from({ length: 30 }, () => `0.${random.between(0, 9_999)}`),
      });
      let [version, components, isIn, terms] = [1, [seriesFrom(1), ...own], true, 1];
      const before: NonNullable<Parameters<typeof runStreet>[2]["before"]> = (market, period) => {
        const at = { version: version + 1, from: period + 1 };
        if (period % 10 === 0) {
          const rest =
            what === "all" && random.between(0, 2) === 0 ? componentsOf(random) : components.slice(1);
          components = [seriesFrom(period + 1), ...rest];
          version += 1;
          expect(market.propose(tariffContract(components, at.version, at.from)).status).toBe("accepted");
        }
        if (what === "prices" || period % 17 !== 0) return;
        isIn = !isIn;
        terms += 1;
        const member = { kind: "participant" as const, version: terms, from: at.from, id: "bob" };
        const named = isIn ? { tariffs: { electricity: "house" } } : {};
        expect(market.propose({ ...member, creditLimit: null, ...named }).status).toBe("accepted");
      };
      const { market } = await runStreet(engine, seed, { startMs, periods: 60, components, before });
      await hold(market.store, "2026-07", null, `amended ${seed}`);
    }
    expect(seen.get("stretch")).toBeGreaterThan(0);
  }, 120_000);

  it("are the same where trades count as delivered, with late corrections", async () => {
    for (const [seed, delivered, month, startMs, periods] of [
      [31, "fifo", "2026-07", Date.UTC(2026, 6, 30), 60],
      [32, "proportional", "2026-08", Date.UTC(2026, 6, 30), 100],
      [33, "fifo", "2026-08", Date.UTC(2026, 6, 31), 90],
    ] as const) {
      const components = componentsOf(new Random(seed));
      const { market } = await runStreet(engine, seed, { startMs, periods, components, delivered });
      await hold(market.store, month, null, `delivered ${seed}`);
    }
  }, 120_000);

  it("are the same where meters decide in markets with all else, shared or delivered", async () => {
    for (let seed = 1; seed <= 6; seed += 1) {
      const random = new Random(seed);
      const options = { participants: random.between(2, 5), periods: random.between(4, 10), isMetered: true };
      const { store } = await runScenario(engine, seed, options);
      const carrier = random.of("electricity", "heat", "cold", "gas");
      await hold(store, await monthIn(store), tariffOf(random, "EUR", carrier), `metered ${seed}`);
    }
  }, 240_000);

  it("are the same with pool, stores, interruptions, private and open, by tariffs from a file", async () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const random = new Random(seed);
      const options = { participants: random.between(1, 6), periods: random.between(2, 12) };
      const { store } = await runScenario(engine, seed, { ...options, isPrivate: seed % 3 === 0 });
      const carrier = random.of("electricity", "heat", "cold", "gas");
      await hold(store, await monthIn(store), tariffOf(random, "EUR", carrier), `scenario ${seed}`);
    }
  }, 120_000);

  it("are the same where carriers are shared, and readings corrected", async () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const { store } = await playShared(engine, seed, seed % 4 === 0);
      const random = new Random(seed);
      const carrier = random.of("electricity", "heat");
      await hold(store, await monthIn(store), tariffOf(random, "EUR", carrier), `shared ${seed}`);
    }
  }, 120_000);

  const inMonth = (label: string): string => `community ${label}`;

  it("had every sort of line", () => {
    expect([...seen.keys()]).toEqual(
      expect.arrayContaining([
        ...["bought from members", "sold to members", "bought from the pool", "sold to the pool"].map(
          inMonth,
        ),
        ...["delivered by own stores", "from the grid", "to the grid", "interruptions"].map(inMonth),
        ...["commission on purchases", "commission on sales"].map(inMonth),
        ...["use of the network between areas", "imbalance", "corrections of readings"].map(inMonth),
        ...["received by sharing", "supplied by sharing"].map(inMonth),
        ...["sales not delivered", "purchases not delivered"].map(inMonth),
        ...["sales not delivered", "purchases not delivered", "imbalance"].map((label) => `earlier ${label}`),
        ...["earlier corrections of readings", "tariff"],
      ]),
    );
  });
});
