// One rule for all commands (docs/commands.md): a ledger that does not hold exits with 1, whoever reads it or goes on
// with it; what was asked wrongly with 2.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandNames } from "../../src/cli/gridclear.js";
import { problemOf } from "../../src/cli/parts/problem.js";
import { type ErrorCode, GridclearError } from "../../src/errors.js";
import { decodeBlock } from "../../src/ledger/format/block.js";
import { openNodeStore, readNodeStore } from "../../src/ledger/store/node.js";
import { call, quick } from "../support/commands.js";
import { engine } from "../support/community.js";
import { names, runSearched } from "../support/searched.js";
import { damage, segmentFiles } from "../support/segments.js";

const folder = mkdtempSync(join(tmpdir(), "gridclear-exits-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  writeFileSync(at("quick.json"), JSON.stringify(quick));
  writeFileSync(at("nothing.json"), "{}");
  expect((await call("run", at("quick.json"), "--ledger", at("run"), "--periods", "4")).code).toBe(0);
  expect((await call("run", "community", "--ledger", at("demo"), "--periods", "4")).code).toBe(0);
  const store = await openNodeStore(at("market"), { hasher: engine });
  await runSearched(store);
  await store.close();
}, 120_000);

/** What every command that takes a ledger is called with; the others take none. */
const calls: { readonly [command: string]: readonly ((ledger: string) => readonly string[])[] } = {
  run: [(ledger) => [at("quick.json"), "--ledger", ledger, "--periods", "1"]],
  demo: [(ledger) => ["--ledger", ledger]],
  verify: [(ledger) => [ledger], (ledger) => [ledger, "--json"]],
  snapshot: [(ledger) => [ledger], (ledger) => [ledger, "--at", "3"]],
  erase: [(ledger) => [ledger, "--before", "1970-01-01T00:02Z"]],
  optimum: [(ledger) => [ledger]],
  replay: [(ledger) => [ledger, "--with", at("nothing.json")]],
  statement: [
    (ledger) => [ledger, names[0]!],
    (ledger) => [ledger, names[0]!, "--csv", "--period", "4..6"],
    (ledger) => [ledger, names[0]!, "--bundle", at("bundle.txt")],
  ],
  bill: [(ledger) => [ledger, names[0]!, "--month", "1970-01"]],
  bills: [(ledger) => [ledger, "--month", "1970-01"]],
  prove: [(ledger) => [ledger, "--block", "1", "--out", at("proof")]],
  export: [
    (ledger) => [ledger, "--format", "json"],
    (ledger) => [ledger, "--format", "csv", "--table", "orders"],
    (ledger) => [ledger, "--format", "parquet", "--output", at("tables")],
    (ledger) => [ledger, "--format", "file", "--output", at("file")],
    (ledger) => [ledger, "--format", "directory", "--output", at("copy")],
  ],
  witness: [(ledger) => ["--follow", ledger, "--once"]],
};
const withoutLedger = [
  ...["clear", "share", "import", "compare", "keys", "operator", "scenario", "serve", "web"],
  ...["worker", "fleet", "audit-fleet"],
];
const ledgerOf = (command: string): string => (command === "run" || command === "demo" ? command : "market");

/** Ways in which a ledger does not hold: as a bit that rotted leaves it, and as somebody does who repairs checksums. */
const damages = {
  "a flipped bit": async (ledger: string): Promise<void> => {
    const [segment] = segmentFiles(ledger);
    const bytes = readFileSync(segment!);
    bytes[bytes.indexOf(await ordersOf(ledger))]! ^= 1;
    writeFileSync(segment!, bytes);
  },
  "an order changed, its checksum too": async (ledger: string): Promise<void> => {
    const orders = await ordersOf(ledger);
    const store = await readNodeStore(ledger, { hasher: engine, verify: "hashes" });
    const block = Buffer.from((await store.get(2))!);
    await store.close();
    block[block.indexOf(orders) + 8]! ^= 1;
    await damage(ledger, 2, block);
  },
};

/** The orders of block 2. */
async function ordersOf(ledger: string): Promise<Uint8Array> {
  const store = await readNodeStore(ledger, { hasher: engine, verify: "hashes" });
  const { orders } = decodeBlock((await store.get(2))!).sections;
  await store.close();
  return orders;
}

test("every command is here, or takes no ledger", () => {
  expect([...Object.keys(calls), ...withoutLedger].sort()).toEqual([...commandNames].sort());
});

describe.each(Object.entries(damages))("a ledger with %s", (what, spoil) => {
  test.each(Object.keys(calls))("%s exits with 1, naming the block", async (command) => {
    for (const [index, args] of calls[command]!.entries()) {
      const bad = at(`${command} ${index} ${what}`);
      cpSync(at(ledgerOf(command)), bad, { recursive: true });
      await spoil(bad);
      const { code, out, err } = await call(command, ...args(bad));
      expect({ code, said: out + err }, `${command} ${index}`).toMatchObject({
        code: 1,
        said: expect.stringMatching(/block 2\b|"height":2\b/),
      });
    }
  });
});

test("what was asked wrongly of a good ledger exits with 2, and a good one with 0", async () => {
  for (const command of Object.keys(calls)) {
    if (command === "demo") continue;
    const good = at(`good ${command}`);
    cpSync(at(ledgerOf(command)), good, { recursive: true });
    for (const args of calls[command]!)
      expect((await call(command, ...args(good))).code, `${command} ${args(good).join(" ")}`).toBe(0);
    expect((await call(command, ...calls[command]![0]!(good), "--wrong")).code, command).toBe(2);
  }
});

test("the rule: what does not hold is 1; what was given, a file and the machine are 2", () => {
  const exitOf = (code: ErrorCode, height: number | null): number => {
    const error = new GridclearError(code, { field: "x", wanted: "y", got: "z" });
    return problemOf(height === null ? error : error.atBlock(height)).exitCode;
  };
  for (const code of ["corrupt", "signature"] as const) expect(exitOf(code, null), code).toBe(1);
  for (const code of ["invalid", "refused", "conflict", "limit", "state", "unsupported"] as const) {
    expect(exitOf(code, null), code).toBe(2);
    expect(exitOf(code, 3), code).toBe(1);
  }
  expect([exitOf("storage", null), exitOf("storage", 3)]).toEqual([2, 2]);
});
