// In which month a period of a member is, whatever zones its tariffs have one after the other: each is in exactly one.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Bill, bill } from "../../src/bill/bill.js";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { decodeBundle, openBundle } from "../../src/ledger/proof/bundle.js";
import { openNodeStore } from "../../src/ledger/store/node.js";
import { plainHasher } from "../../src/ledger/tree/plain.js";
import type { Contract, ParticipantContract } from "../../src/market/contracts/contracts.js";
import { parseContract } from "../../src/market/contracts/kinds.js";
import { openMarket } from "../../src/market/open.js";
import { writeBundle } from "../../src/report/bundle/write.js";
import { zoneOffsets } from "../../src/tariff/zone.js";
import { call } from "../support/commands.js";
import { random } from "../support/scenario.js";

const hourMs = 3_600_000;
const zones = ["Europe/Vienna", "Atlantic/Azores", "Pacific/Auckland", "America/New_York"] as const;
type Named = (typeof zones)[number] | null;

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const offsetsOf = (name: string) => zoneOffsets(name, Date.UTC(2024, 0), Date.UTC(2028, 0));

const tariffOf = (name: string, version = 1, from = 0): Contract =>
  parseContract({
    ...{ kind: "tariff", version, from, tariff: name.replace("/", "."), carrier: "electricity" },
    ...{ currency: "EUR", unit: "0.000001", zone: offsetsOf(name) },
    components: [{ by: "month", name: "fixed", sort: "grid", rate: "744" }],
  });

const participantOf = (id: string, zone: Named, version: number, from: number): ParticipantContract => ({
  ...{ kind: "participant", version, from, id, creditLimit: null },
  ...(zone === null ? {} : { tariffs: { electricity: zone.replace("/", ".") } }),
});

/** By member the zone of its tariff in each period, from the first on; null: it has none. */
type Timeline = readonly Named[];

/** A market of hours in which nobody trades and members have one tariff after the other; where it is on disk. */
async function played(
  startMs: number,
  timelines: readonly Timeline[],
  marketZone: Named,
  privacy: "open" | "private" = "open",
) {
  const path = join(mkdtempSync(join(tmpdir(), "gridclear-months-")), "ledger");
  const store = await openNodeStore(path);
  const market = await openMarket({
    ...{ engine, store, currency: "EUR", startMs, periodMs: hourMs, privacy },
    ...(marketZone === null ? {} : { zone: offsetsOf(marketZone) }),
    contracts: [
      ...zones.map((zone) => tariffOf(zone)),
      ...timelines.map(([first], index) => participantOf(`m${index}`, first!, 1, 0)),
    ],
  });
  const versions = timelines.map(() => 1);
  for (let period = 1; period <= timelines[0]!.length; period += 1) {
    // What is proposed in a period holds in the next one.
    for (const [index, timeline] of timelines.entries()) {
      const next = timeline[period];
      if (next === undefined || next === timeline[period - 1]) continue;
      versions[index]! += 1;
      market.propose(participantOf(`m${index}`, next, versions[index]!, period + 1));
    }
    await market.clearPeriod(startMs + period * hourMs);
  }
  return { path, store };
}

/** What the clocks of a zone show at an instant, as `YYYY-MM`. */
const shown = (zone: string, ms: number): string => {
  const parts = new Intl.DateTimeFormat("en-US", {
    ...{ timeZone: zone, year: "numeric", month: "2-digit" },
  }).formatToParts(ms);
  return ["year", "month"].map((type) => parts.find((part) => part.type === type)!.value).join("-");
};

/** By docs/bills.md: the month of each period, from the first on. */
function monthsOf(startMs: number, timeline: Timeline, marketZone: Named): string[] {
  let month = "";
  return timeline.map((zone, index) => {
    for (const each of [timeline[index - 1] === undefined ? zone : timeline[index - 1]!, zone]) {
      const its = shown(each ?? marketZone ?? "UTC", startMs + index * hourMs);
      if (its > month) month = its;
    }
    return month;
  });
}

/** Random zones one after the other, changed some hours around the turn of the month. */
function timelineOf(seed: number, periods: number): Timeline {
  const next = random(seed);
  let zone: Named = next(2) === 0 ? null : zones[next(zones.length)]!;
  return Array.from({ length: periods }, () => {
    if (next(9) === 0) zone = next(3) === 0 ? null : zones[next(zones.length)]!;
    return zone;
  });
}

async function billFrom(
  store: Awaited<ReturnType<typeof played>>["store"],
  id: string,
  month: string,
  from = 0,
) {
  let text = "";
  for await (const lines of writeBundle(store.blocks(), id, { engine, hasher: plainHasher, from }))
    text += lines;
  return bill(openBundle(decodeBundle(text), plainHasher), { month });
}

/** The amount of all lines in millionths: the fixed part is 744 a month, so that an hour of July is 1. */
const millionths = ({ lines }: Bill): number =>
  lines.reduce((sum, { amount }) => sum + Math.round(Number(amount) * 1e6), 0);

describe("the months of a member", () => {
  // Turns of months, in two of which clocks were changed on the last day.
  it.each([
    [1, Date.UTC(2024, 2, 30, 20), null],
    [2, Date.UTC(2027, 9, 30, 20), null],
    [3, Date.UTC(2026, 6, 31, 2), "Europe/Vienna"],
    [4, Date.UTC(2026, 11, 31, 2), "Pacific/Auckland"],
  ] as const)(
    "have every period once, whatever tariffs follow each other (%i)",
    async (seed, startMs, own) => {
      const timelines = [0, 1, 2, 3, 4, 5].map((member) => timelineOf(seed * 100 + member, 48));
      const { path, store } = await played(startMs, timelines, own);
      const all = new Map<string, Bill[]>();
      for (const [member, timeline] of timelines.entries()) {
        const months = monthsOf(startMs, timeline, own);
        const names = [...new Set(months)];
        expect(names.length).toBeGreaterThan(1);
        for (const name of names) {
          const [first, last] = [months.indexOf(name), months.lastIndexOf(name)];
          const found = await billFrom(store, `m${member}`, name);
          expect(found).toMatchObject({
            periods: last - first + 1,
            from: new Date(startMs + first * hourMs).toISOString(),
            until: new Date(startMs + (last + 1) * hourMs).toISOString(),
            zone: timeline[last] ?? own ?? "UTC",
          });
          // Nothing behind it is needed, and nothing before it but one block.
          expect(await billFrom(store, `m${member}`, name, first + 1)).toEqual(found);
          if (found.lines.length > 0) all.set(name, [...(all.get(name) ?? []), found]);
        }
      }
      await store.close();
      for (const [name, bills] of all) {
        expect(JSON.parse((await call("bills", path, "--month", name, "--json")).out)).toEqual({
          month: name,
          bills,
        });
        const [one] = bills;
        const said = await call("bill", path, one!.participant, "--month", name, "--json");
        expect(JSON.parse(said.out)).toEqual(one);
      }
    },
  );

  it("of a first tariff that comes late are by UTC before, and each hour is charged once", async () => {
    // The tariff comes with the hour of 20:00 UTC: Vienna's August begins two hours later.
    const startMs = Date.UTC(2026, 6, 31, 12);
    const timeline = Array.from({ length: 20 }, (_, index): Named => (index < 8 ? null : "Europe/Vienna"));
    const { store } = await played(startMs, [timeline], null);
    const july = await billFrom(store, "m0", "2026-07");
    expect(july).toMatchObject({ periods: 10, until: "2026-07-31T22:00:00.000Z", isClosed: true });
    expect(millionths(july)).toBe(2_000_000);
    const august = await billFrom(store, "m0", "2026-08");
    expect(august).toMatchObject({ periods: 10, from: "2026-07-31T22:00:00.000Z", isClosed: false });
    expect(millionths(august)).toBe(10_000_000);
    await store.close();
  });

  it("are the same where the blocks in which its tariff was agreed are erased", async () => {
    const startMs = Date.UTC(2026, 6, 31, 12);
    const timeline = Array.from({ length: 20 }, (): Named => "Europe/Vienna");
    const { path, store } = await played(startMs, [timeline], null, "private");
    await store.close();
    const asked = [
      ["bill", path, "m0", "--month", "2026-08", "--json"],
      ["bills", path, "--month", "2026-08", "--json"],
    ];
    const said = async () => Promise.all(asked.map((each) => call(...each)));
    const before = await said();
    expect(JSON.parse(before[0]!.out)).toMatchObject({ periods: 10, from: "2026-07-31T22:00:00.000Z" });
    expect((await call("erase", path, "--before", "2026-07-31T20:00Z")).code).toBe(0);
    expect(await said()).toEqual(before);
  });

  it("go on where another zone is a month behind", async () => {
    // By Vienna it is August from 22:00 UTC on, on the Azores from midnight: what has begun does not end again.
    const startMs = Date.UTC(2026, 6, 31, 20);
    const timeline = Array.from({ length: 8 }, (_, index): Named => (index < 3 ? zones[0] : zones[1]));
    const { store } = await played(startMs, [timeline], null);
    const [july, august] = [await billFrom(store, "m0", "2026-07"), await billFrom(store, "m0", "2026-08")];
    expect(july).toMatchObject({ periods: 2, zone: "Europe/Vienna", isClosed: true });
    expect(august).toMatchObject({ periods: 6, zone: "Atlantic/Azores", from: july.until });
    expect([millionths(july), millionths(august)]).toEqual([2_000_000, 6_000_000]);
    // A tariff from a file has its own clocks for the whole of it.
    const [tariff] = [tariffOf(zones[1])].map((each) => {
      const { kind, version, from, tariff: name, ...rest } = each as unknown as { [key: string]: unknown };
      expect([kind, version, from]).toEqual(["tariff", 1, 0]);
      return { ...rest, name };
    });
    let text = "";
    for await (const lines of writeBundle(store.blocks(), "m0", { engine, hasher: plainHasher }))
      text += lines;
    const outside = bill(openBundle(decodeBundle(text), plainHasher), {
      month: "2026-07",
      tariff: tariff as never,
    });
    expect(outside).toMatchObject({ periods: 4, until: "2026-08-01T00:00:00.000Z" });
    await store.close();
  });
});
