// What can be said of a ledger of which not everything is there: of the public part of a private market, which is
// headers, and of one whose old blocks are erased, from a snapshot on.
import { beforeAll, describe, expect, it } from "vitest";
import { hex } from "../../src/bytes.js";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { decodeHeader, headerBytes, totalNames } from "../../src/ledger/format/header.js";
import { decodeSnapshot, type Snapshot } from "../../src/ledger/format/snapshot.js";
import { marketContract } from "../../src/ledger/store/beginning.js";
import type { Store } from "../../src/ledger/store/store.js";
import { plainHasher as hasher } from "../../src/ledger/tree/plain.js";
import { keepSnapshotAt } from "../../src/market/snapshots.js";
import {
  exportCsv,
  exportJson,
  exportParquet,
  importJson,
  readLedgerFile,
  statement,
  tables,
  writeLedgerFile,
} from "../../src/report/index.js";
import { carriers } from "../../src/units.js";
import { runScenario } from "../support/scenario.js";
import { late, names, runSearched } from "../support/searched.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const gathered = async <T>(pieces: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const piece of pieces) found.push(piece);
  return found;
};
const textOf = async (pieces: AsyncIterable<string>): Promise<string> => (await gathered(pieces)).join("");
/** The lines of a CSV without the first; no text of these ledgers has a line end in it. */
const linesOf = async (pieces: AsyncIterable<string>): Promise<string[]> =>
  (await textOf(pieces)).split("\r\n").slice(1, -1);
const heightOf = (line: string): number => Number(line.split(",")[0]);

/** A random ledger, as {@link cut} gives it. */
async function opened(seed: number, isPrivate: boolean) {
  const { store } = await runScenario(engine, seed, { participants: 12, periods: 7, isPrivate });
  return cut(store, isPrivate);
}

/** A ledger, its snapshot after block 3, and its blocks with those up to there as headers where that is possible. */
async function cut(store: Store, isPrivate: boolean) {
  await keepSnapshotAt(store, 3, engine, () => {});
  const snapshot = decodeSnapshot((await store.getSnapshot(3))!, hasher);
  const blocks = await gathered(store.blocks());
  const rest = blocks.map((bytes, height) =>
    isPrivate && height <= 3 ? bytes.subarray(0, headerBytes) : bytes,
  );
  return { store, snapshot, blocks, rest };
}

describe("from a snapshot on", () => {
  it("statements and tables are what they are from genesis on, also where what is before is erased", async () => {
    const seen = new Set<string>();
    const people = Array.from({ length: 12 }, (_, number) => `p${number}`);
    // In the last a member joins and a store's contract ends before the snapshot's height is reached.
    for (const [{ snapshot, blocks, rest }, members] of [
      [await opened(11, true), people],
      [await opened(12, true), people],
      [await opened(13, false), people],
      [await cut((await runSearched()).platform.market.store, true), [...names, late]],
    ] as const) {
      for (const member of members) {
        const wanted = await statement(blocks, member, { from: 4, hasher });
        expect(await statement(rest, member, { from: 4, snapshot, hasher })).toEqual(wanted);
        for (const { entry } of wanted.entries) seen.add(entry);
      }
      for (const { name, columns } of tables) {
        if (columns[0]![0] !== "height") {
          // One of sums: of the stretch alone, whatever is known of what was before.
          for (const stretch of [{ from: 4 }, { from: 5, to: 6 }]) {
            const wanted = await linesOf(exportCsv(blocks, name, hasher, stretch));
            expect(await linesOf(exportCsv(rest, name, hasher, { ...stretch, snapshot })), name).toEqual(
              wanted,
            );
            expect(wanted.length).toBeGreaterThan(members.length);
          }
          continue;
        }
        const all = await linesOf(exportCsv(blocks, name, hasher));
        const wanted = all.filter((line) => heightOf(line) >= 4);
        expect(await linesOf(exportCsv(rest, name, hasher, { from: 4, snapshot })), name).toEqual(wanted);
        const some = wanted.filter((line) => heightOf(line) === 5);
        const found = await linesOf(exportCsv(rest, name, hasher, { from: 5, to: 6, snapshot }));
        expect(found, name).toEqual(some);
        if (wanted.length > 0) seen.add(name);
      }
      const parquet = await exportParquet(blocks, "trades", hasher, { from: 4 });
      expect(hex(await exportParquet(rest, "trades", hasher, { from: 4, snapshot }))).toBe(hex(parquet));
    }
    for (const each of ["bought", "sold", "imbalance", "orders", "flows", "readings", "contracts", "totals"])
      expect(seen.has(each), each).toBe(true);
  }, 60_000);

  it("refuses a snapshot that does not lie below, is of another ledger, or beyond it", async () => {
    const { snapshot, blocks } = await opened(13, false);
    const other = await opened(14, false);
    const wrong: [blocks: Uint8Array[], options: { from: number; snapshot: Snapshot }, wanted: RegExp][] = [
      [blocks, { from: 3, snapshot }, /^snapshot: wanted one of a height below 3, got 3$/],
      [
        other.blocks,
        { from: 4, snapshot },
        /^snapshot: wanted one with the header of block 3, got "another"$/,
      ],
      [blocks.slice(0, 3), { from: 4, snapshot }, /^snapshot: wanted one of a height below 3, the number of/],
    ];
    for (const [given, options, wanted] of wrong) {
      await expect(statement(given, "p1", { ...options, hasher })).rejects.toThrow(wanted);
      await expect(textOf(exportCsv(given, "orders", hasher, options))).rejects.toThrow(wanted);
    }
    await expect(textOf(exportCsv(blocks, "orders", hasher, { from: 9 }))).rejects.toThrow(
      "from: wanted a height below 8, got 9",
    );
    await expect(textOf(exportCsv(blocks, "orders", hasher, { until: 9 } as never))).rejects.toThrow(
      "options.until",
    );
  });
});

describe("the public part of a private market", () => {
  let store: Store;
  let headers: Uint8Array[];
  let contract: Uint8Array;
  beforeAll(async () => {
    ({ store } = await opened(11, true));
    headers = (await gathered(store.blocks())).map((bytes) => bytes.subarray(0, headerBytes));
    contract = (await marketContract(store, engine))!;
  });

  it("is one JSON document and one file, which are read back to the same headers", async () => {
    const text = await textOf(exportJson(headers, hasher));
    const shown = JSON.parse(text);
    for (const [height, block] of shown.blocks.entries()) {
      const { sections, totals } = decodeHeader(headers[height]!);
      const { count, bytes, root } = sections.orders;
      expect(block.orders).toEqual({ count, bytes, root: hex(root) });
      expect(block.state).toEqual({ count: sections.state.count, root: hex(sections.state.root) });
      expect(block.totals.heat.asked).toBe(`${totals.heat.asked}`);
      expect(block).not.toHaveProperty("secret");
    }
    expect((await gathered(importJson([text], hasher))).map(hex)).toEqual(headers.map(hex));
    const file = await gathered(writeLedgerFile(headers, hasher));
    expect((await gathered(readLedgerFile(file, hasher))).map(hex)).toEqual(headers.map(hex));
  });

  it("is refused as a document in which anything is changed, or records stand beside headers", async () => {
    const text = await textOf(exportJson(headers, hasher));
    const line = text.split("\n")[2]!.slice(0, -1);
    const { orders, trades, timestampMs } = JSON.parse(line);
    for (const [from, to, code] of [
      [`"count":${orders.count},`, `"count":${orders.count + 1},`, "invalid"],
      [`${timestampMs}`, `${timestampMs + 1}`, "corrupt"],
      [orders.root, orders.root.replace(/^./, (digit: string) => (digit === "0" ? "1" : "0")), "corrupt"],
      [`"orders":${JSON.stringify(orders)}`, '"orders":[]', "invalid"],
      [`"trades":${JSON.stringify(trades)}`, '"trades":null', "invalid"],
      [`"evidence":`, `"secret":"${"0".repeat(64)}","evidence":`, "invalid"],
      [`"bytes":${orders.bytes},`, `"bytes":${orders.bytes}.0,`, "invalid"],
    ] as const) {
      const changed = text.replace(line, line.replace(from, to));
      expect(changed, from).not.toBe(text);
      await expect(gathered(importJson([changed], hasher)), from).rejects.toMatchObject({ code });
    }
  });

  it("gives the tables of blocks and totals, in the market's decimals once its contract is known", async () => {
    const whole = await gathered(store.blocks());
    expect(await linesOf(exportCsv(headers, "blocks", hasher))).toEqual(
      await linesOf(exportCsv(whole, "blocks", hasher)),
    );
    const lines = await linesOf(exportCsv(headers, "totals", hasher, { contract }));
    const wanted = headers.flatMap((bytes) => {
      const { height, period, totals } = decodeHeader(bytes);
      return carriers.map((carrier) => [
        height,
        period,
        carrier,
        ...totalNames.map((name) => Number(totals[carrier][name]) / 1e6),
      ]);
    });
    expect(
      lines.map((line) => line.split(",").map((cell) => (/^[a-z]/.test(cell) ? cell : Number(cell)))),
    ).toEqual(wanted);
    expect(wanted.some((row) => row.slice(3).some((cell) => Number(cell) > 0))).toBe(true);
    await expect(textOf(exportCsv(headers, "totals", hasher))).rejects.toMatchObject({
      code: "state",
      field: "block 0",
    });
    const foreign = new TextEncoder().encode('{"kind":"market"}');
    await expect(textOf(exportCsv(headers, "totals", hasher, { contract: foreign }))).rejects.toMatchObject({
      code: "corrupt",
      field: "market contract",
    });
  });

  it("says of every other table, and of a statement, what is missing", async () => {
    for (const { name } of tables) {
      if (name === "blocks" || name === "totals") continue;
      const refused = { code: "state", field: "block 0", wanted: "its records and secret" };
      await expect(textOf(exportCsv(headers, name, hasher, { contract })), name).rejects.toMatchObject(
        refused,
      );
      await expect(exportParquet(headers, name, hasher, { contract }), name).rejects.toMatchObject(refused);
    }
    await expect(statement(headers, "p1", { hasher })).rejects.toMatchObject({ code: "state" });
  });
});
