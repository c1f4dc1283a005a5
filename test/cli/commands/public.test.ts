// Commands on a ledger of which only a part is there: `export` and `statement` say what they can, and what they can't.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { headerBytes } from "../../../src/ledger/format/header.js";
import { decodeReceipt, encodeReceipt, signReceipt } from "../../../src/ledger/proof/receipt.js";
import { openNodeStore, readNodeStore } from "../../../src/ledger/store/node.js";
import { plainHasher } from "../../../src/ledger/tree/plain.js";
import { call } from "../../support/commands.js";
import { engine, platform } from "../../support/community.js";
import { names, runSearched } from "../../support/searched.js";

const folder = mkdtempSync(join(tmpdir(), "gridclear-public-"));
afterAll(() => rmSync(folder, { recursive: true }));
const ledger = join(folder, "ledger");
const headersOnly = join(folder, "headers");
const statements: string[] = [];
let receipts: readonly string[] = [];

/** The public part as somebody has it who was given headers and nothing else. */
beforeAll(async () => {
  const store = await openNodeStore(ledger, { hasher: engine });
  receipts = (await runSearched(store)).receipts;
  await store.close();
  for (const id of names)
    statements.push((await call("statement", ledger, id, "--json", "--period", "5..7")).out);
  const whole = await readNodeStore(ledger, { hasher: engine });
  const headers = await openNodeStore(headersOnly, { hasher: engine });
  for await (const bytes of whole.blocks())
    await headers.append(bytes.subarray(0, headerBytes), headers.size);
  await whole.close();
  await headers.close();
  expect((await call("erase", ledger, "--before", "1970-01-01T00:02Z")).code).toBe(0);
}, 60_000);

describe("a ledger whose old blocks are erased", () => {
  test("still states what is above them, and says where to begin", async () => {
    for (const [index, id] of names.entries())
      expect(await call("statement", ledger, id, "--json", "--period", "5..7")).toEqual({
        code: 0,
        out: statements[index],
        err: "",
      });
    for (const period of [[], ["--period", "2..7"]])
      expect(await call("statement", ledger, names[0]!, ...period)).toEqual({
        code: 2,
        out: "",
        err: 'gridclear: block 0: wanted its records and secret (what is withheld or erased can\'t be shown: begin above it by --period), got "the header alone"\n',
      });
  });

  test("is exported from a height on, or as far as headers go", async () => {
    const some = join(folder, "some");
    expect(await call("export", ledger, "--format", "csv", "--output", some, "--period", "5..7")).toEqual({
      code: 0,
      out: "",
      err: `written to ${some}\n`,
    });
    expect(readdirSync(some)).toHaveLength(11);
    expect(readFileSync(join(some, "orders.csv"), "utf8")).toMatch(/\r\n5,45,0,0,anneliese\.holm,/);
    const all = join(folder, "all");
    expect(await call("export", ledger, "--format", "parquet", "--output", all)).toEqual({
      code: 0,
      out: "",
      err: `left out, since their records are withheld or erased: contracts, orders, trades, flows, areas, readings, postings, indicators, savings\nwritten to ${all}\n`,
    });
    expect(readdirSync(all).sort()).toEqual(["blocks.parquet", "totals.parquet"]);
    expect(await call("export", ledger, "--format", "csv", "--table", "orders")).toMatchObject({
      code: 2,
      err: expect.stringContaining("begin above it by --period"),
    });
  });

  test("judges the receipts that it can, says which it can't, and that a place beyond all orders is broken", async () => {
    const file = join(folder, "receipts.txt");
    const judged = async (texts: readonly string[]) => {
      writeFileSync(file, texts.join(""));
      return call("verify", "--receipt", file, ledger);
    };
    // Two orders a period of the first member, in blocks 1 to 6, of which 1 to 3 are erased.
    expect(receipts).toHaveLength(12);
    expect(await judged(receipts)).toMatchObject({
      code: 2,
      out: expect.stringMatching(
        /^NOT JUDGED: 12 receipts: 6 kept, 6 NOT JUDGED, withheld or erased\n {2}line 1: order 0 of period 41 is not shown/,
      ),
    });
    expect(await judged(receipts.slice(6))).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^good: 6 rec/),
    });
    expect(await judged(receipts.slice(0, 1))).toMatchObject({
      code: 2,
      out: expect.stringMatching(/^NOT JUDGED: withheld/),
    });
    const beyond = await signReceipt({ ...decodeReceipt(receipts[0]!), number: 99 }, platform, plainHasher);
    expect(await judged([...receipts, encodeReceipt(beyond)])).toMatchObject({
      code: 1,
      out: expect.stringContaining("line 13: order 99 was promised in period 41, whose block has"),
    });
    writeFileSync(file, encodeReceipt(beyond));
    const { contradiction } = JSON.parse((await call("verify", "--receipt", file, ledger, "--json")).out);
    writeFileSync(file, contradiction);
    expect(await call("verify", "--proof", file, ledger)).toMatchObject({
      code: 1,
      out: expect.stringContaining("99"),
    });
  });

  test("takes a period for tables alone, and one that there is", async () => {
    for (const [args, said] of [
      [["json", "--period", "5..7"], "--period: wanted csv, parquet, or json of one table with it"],
      [["csv", "--table", "orders", "--period", "9..12"], "--period: wanted a height below 7, got 9"],
      [["csv", "--table", "orders", "--period", "3..3"], "--period: wanted A..B with A below B, or A"],
    ] as const)
      expect(await call("export", ledger, "--format", ...args)).toMatchObject({
        code: 2,
        err: expect.stringContaining(said),
      });
  });
});

describe("the public part of a private market", () => {
  test("is exported whole, and read back", async () => {
    const document = join(folder, "public.json");
    const file = join(folder, "public.gclf");
    const copy = join(folder, "copy");
    for (const [format, path] of [
      ["json", document],
      ["file", file],
      ["directory", copy],
    ] as const)
      expect(await call("export", headersOnly, "--format", format, "--output", path), format).toMatchObject({
        code: 0,
      });
    const [first, ...others] = await Promise.all(
      [headersOnly, document, file, copy].map((path) =>
        call("export", path, "--format", "csv", "--table", "blocks"),
      ),
    );
    expect(first!.out.split("\r\n")).toHaveLength(9);
    for (const other of others) expect(other).toEqual(first);
  });

  test("has totals once somebody says what they count in", async () => {
    const said = await call("export", headersOnly, "--format", "csv", "--table", "totals");
    expect(said).toMatchObject({ code: 2, err: expect.stringContaining("the market contract") });
    // An erased ledger keeps the contract beside its blocks, and so does a copy of it.
    const copy = join(folder, "copied");
    expect((await call("export", ledger, "--format", "directory", "--output", copy)).code).toBe(0);
    const totals = await call("export", copy, "--format", "csv", "--table", "totals");
    expect(totals).toEqual(await call("export", ledger, "--format", "csv", "--table", "totals"));
    expect(totals.out).toMatch(/\r\n1,41,electricity,[0-9.]+,/);
  });

  test("has no statements, and says so", async () => {
    expect(await call("statement", headersOnly, names[0]!)).toMatchObject({
      code: 2,
      err: expect.stringContaining("block 0: wanted its records and secret"),
    });
  });
});
