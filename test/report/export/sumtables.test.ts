import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { openMemoryStore } from "../../../src/ledger/store/memory.js";
import type { Store } from "../../../src/ledger/store/store.js";
import { readSnapshot } from "../../../src/market/snapshots.js";
import { checkedBlocks } from "../../../src/report/blocks.js";
import { exportCsv, exportRows, summarize, type TableOptions } from "../../../src/report/index.js";
import { Indicators } from "../../../src/report/indicators.js";
import { community, openCommunity } from "../../../src/simulation/community.js";
import { openSimulation } from "../../../src/simulation/simulation.js";
import { formatTicks } from "../../../src/units.js";

let engine: Engine;
let store: Store;
beforeAll(async () => {
  engine = await openEngine();
  const scenario = community({
    participants: 30,
    seed: 5,
    periodMs: 3_600_000,
    periods: 24,
    more: { name: "tables" },
  });
  store = await openMemoryStore({ hasher: engine });
  const simulation = await openSimulation(openCommunity(scenario), { engine, store, snapshotEvery: 10 });
  for await (const _ of simulation);
});

const textOf = async (pieces: AsyncIterable<string>): Promise<string> => {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
};
const rowsOf = async (table: string, options: TableOptions = {}): Promise<Record<string, string>[]> =>
  parse(await textOf(exportCsv(store.blocks(), table, engine, options)), { columns: true });

describe("tables of sums", () => {
  it("have the summary's figures, for the community and for each participant", async () => {
    const { trading, savings, ticks } = await summarize(store.blocks(), { hasher: engine });
    const rows = await rowsOf("indicators");
    expect(rows.length).toBe(4 * 31);
    const { electricity } = trading.together;
    expect(rows[0]).toMatchObject({
      scope: "community",
      participant: "",
      carrier: "electricity",
      bought: formatTicks(electricity.bought, ticks.quantity),
      self_sufficiency: formatTicks(electricity.selfSufficiency!),
      peak_import_period: `${electricity.peakImport!.period}`,
      spread: formatTicks(electricity.paidPrice! - electricity.gotPrice!, ticks.price),
      price: formatTicks(electricity.prices!.mean, ticks.price),
      welfare: formatTicks(electricity.welfare, ticks.amount),
      co2: "",
    });
    const own = rows.find(
      ({ participant, carrier }) => participant === "home-01" && carrier === "electricity",
    );
    const home = trading.participants.find(({ participant }) => participant === "home-01")!;
    expect(own).toMatchObject({
      scope: "participant",
      bought: formatTicks(home.carriers.electricity.bought, ticks.quantity),
      welfare: "",
    });
    const [community_, platform, ...each] = await rowsOf("savings");
    expect(community_).toMatchObject({
      scope: "community",
      system_cost: formatTicks(savings.systemCost, ticks.amount),
      gini: formatTicks(savings.gini!),
      saved: formatTicks(savings.together.without - savings.systemCost, ticks.amount),
    });
    expect(platform).toMatchObject({ scope: "platform", without: "", gini: "" });
    expect(each.map(({ participant }) => participant)).toEqual(
      savings.participants.map(({ participant }) => participant),
    );
  });

  it("have CO2 where somebody says what energy emits", async () => {
    const emissions = { grid: () => 400_000, own: () => 0 };
    const [row] = await rowsOf("indicators", { emissions });
    expect(Number(row!.co2)).toBeCloseTo(Number(row!.imported) * 0.4, 9);
  });

  it("are the same as JSON", async () => {
    for (const table of ["indicators", "savings", "orders"]) {
      const rows = await rowsOf(table);
      const json = JSON.parse(await textOf(exportRows(store.blocks(), table, engine)));
      const texts = json.map((row: Record<string, unknown>) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [name, value === null ? "" : `${value}`]),
        ),
      );
      expect(texts).toEqual(rows);
    }
    expect(JSON.parse(await textOf(exportRows([], "savings", engine)))).toEqual([]);
  });

  it("of a stretch are the same from a snapshot and from genesis, and stretches add up", async () => {
    const snapshot = await readSnapshot(store, 10, engine);
    const whole = await rowsOf("indicators");
    const early = await rowsOf("indicators", { to: 12 });
    for (const table of ["indicators", "savings"]) {
      const late = await rowsOf(table, { from: 12 });
      expect(await rowsOf(table, { from: 12, snapshot })).toEqual(late);
    }
    const late = await rowsOf("indicators", { from: 12 });
    for (const name of ["asked", "bought", "imported", "idle", "charged", "welfare", "overlap"])
      for (const [index, row] of whole.entries())
        expect(Number(early[index]![name]) + Number(late[index]![name])).toBeCloseTo(Number(row[name]), 6);
    // Stores go on with what they held.
    const drained = async (options: TableOptions): Promise<number> =>
      (await rowsOf("savings", options))
        .filter(({ scope }) => scope !== "community")
        .reduce((sum, row) => sum + Number(row.drained), 0);
    expect((await drained({ to: 12 })) + (await drained({ from: 12 }))).toBeCloseTo(await drained({}), 6);
    expect(await drained({ from: 12 })).not.toBe(0);
    const summed = new Indicators({}, snapshot);
    for await (const { block } of checkedBlocks(store.blocks(), engine))
      if (block.header.height > 10) summed.add(block);
    expect(summed.summary().energy.electricity.closes).toBe(true);
  });
});
