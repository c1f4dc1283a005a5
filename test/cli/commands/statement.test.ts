// `gridclear statement` of ledgers in directories and in files, good, altered and in other units.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { copyOf, viewOf } from "../../../src/bytes.js";
import { exportCommand } from "../../../src/cli/commands/export.js";
import { statementCommand } from "../../../src/cli/commands/statement.js";
import { verifyCommand } from "../../../src/cli/commands/verify.js";
import { openEngine } from "../../../src/core/engine.js";
import { decodeBlock } from "../../../src/ledger/format/block.js";
import { offsetsOf } from "../../../src/ledger/format/layout.js";
import { tradeLayout } from "../../../src/ledger/format/records.js";
import { openNodeStore } from "../../../src/ledger/store/node.js";
import { openMarket } from "../../../src/market/open.js";
import { call, run } from "../../support/commands.js";

const folder = mkdtempSync(join(tmpdir(), "gridclear-stated-"));
const ledger = join(folder, "ledger");
const altered = join(folder, "altered");

/** A market that counts Wh and cents, and the same ledger with the price of its one trade changed under an old root. */
beforeAll(async () => {
  const engine = await openEngine();
  const store = await openNodeStore(ledger, { hasher: engine });
  const market = await openMarket({
    engine,
    store,
    participants: ["ann", "bob"],
    quantityTick: "0.001",
    priceTick: "0.01",
  });
  const order = { carrier: "electricity", quantity: "2.5" } as const;
  market.submit({ ...order, participant: "ann", side: "offer", price: "0.08" });
  market.submit({ ...order, participant: "bob", side: "bid", price: "0.3" });
  await market.clearPeriod(1);
  const doctored = await openNodeStore(altered, { hasher: engine });
  for await (const bytes of store.blocks()) {
    const other = copyOf(bytes);
    const { trades } = decodeBlock(other).sections;
    if (trades.length > 0) viewOf(trades).setInt32(offsetsOf(tradeLayout).usePrice, 90, true);
    // A store looks at headers only when a block is appended.
    await doctored.append(other, doctored.size);
  }
  await doctored.close();
  await store.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("gridclear statement", () => {
  test("counts in the market's own ticks, in every form", async () => {
    const [, row] = (await run(statementCommand, ledger, "bob", "--csv")).out.split("\r\n");
    expect(row!.split(",").slice(2, 11)).toEqual([
      "electricity",
      "bought",
      "ann",
      row!.split(",")[0],
      "2.5",
      "0.3",
      "-0.75",
      "0",
      "-0.75",
    ]);
    const document = JSON.parse((await run(statementCommand, ledger, "bob", "--json")).out);
    expect(document).toMatchObject({
      balance: "-0.75",
      entries: [{ energy: "2.5", price: "0.3", amount: "-0.75", about: Number(row!.split(",")[0]) }],
    });
    const sums = (await run(statementCommand, ledger, "bob")).out;
    expect(sums).toMatch(/bought +1 +ann +2\.500 +0\.3000 +-0\.7500 +0\.0000/);
    const entries = (await run(statementCommand, ledger, "bob", "--period", "1")).out;
    expect(entries).toMatch(/electricity\n +bought +ann +2\.500 +0\.3000 +-0\.750000 +0\.000000 +-0\.7500/);
    for (const line of `${sums}${entries}`.split("\n")) expect([...line].length).toBeLessThanOrEqual(80);
  });

  test("says that a period is not there", async () => {
    await expect(run(statementCommand, ledger, "bob", "--period", "500")).rejects.toMatchObject({
      field: "--period",
      wanted: "heights from 0 to 1",
    });
    expect((await run(statementCommand, ledger, "bob", "--period", "1..500")).code).toBe(0);
  });

  test("of an altered ledger is refused", async () => {
    for (const args of [[], ["--csv"], ["--json"], ["--period", "1"]]) {
      const { code, out, err } = await call("statement", altered, "bob", ...args);
      expect(code).toBe(1);
      expect(out).toBe("");
      expect(err).toMatch(/^gridclear: block 1: /);
    }
    // What is before the alteration can still be shown.
    expect((await run(statementCommand, altered, "bob", "--period", "0")).code).toBe(0);
  });
});

describe("an exported file", () => {
  test.each(["json", "file"])("is verified and stated as its ledger is: %s", async (format) => {
    const file = join(folder, `ledger.${format}`);
    await run(exportCommand, ledger, "--format", format, "--output", file);
    const { durationMs: _, ...whole } = JSON.parse((await run(verifyCommand, ledger, "--json")).out);
    const { durationMs: __, ...found } = JSON.parse((await run(verifyCommand, file, "--json")).out);
    expect(found).toEqual(whole);
    expect(found).toMatchObject({ ok: true, blocks: 2, trades: 1 });
    expect((await run(verifyCommand, file)).out).toMatch(/^good: /);
    const stated = await run(statementCommand, file, "bob", "--csv");
    expect(stated.out).toBe((await run(statementCommand, ledger, "bob", "--csv")).out);
  });

  test("that was changed or cut is bad, with its block; what is no ledger is not acceptable", async () => {
    const file = join(folder, "changed.json");
    const { out } = await run(exportCommand, ledger, "--format", "json");
    writeFileSync(file, out.replace('"price":30', '"price":90'));
    const bad = await run(verifyCommand, file);
    expect(bad.code).toBe(1);
    expect(bad.out).toMatch(/^BAD: .*block 1: /);
    writeFileSync(file, out.slice(0, out.lastIndexOf("\n]")));
    expect(await run(verifyCommand, file)).toMatchObject({ code: 1, out: expect.stringMatching(/^BAD: /) });
    writeFileSync(file, "no ledger at all\n");
    await expect(run(verifyCommand, file)).rejects.toMatchObject({ code: "invalid" });
  });
});

describe("gridclear statement --bundle", () => {
  const file = join(folder, "bob.txt");
  const verify = (...args: string[]) => run(verifyCommand, "--proof", ...args);

  test("writes what verify --proof checks without the ledger, and against it", async () => {
    const written = await run(statementCommand, ledger, "bob", "--bundle", file);
    expect(written).toMatchObject({ code: 0, err: "" });
    const said = await verify(file);
    expect(said.out).toContain("good: statement of bob, participant 1 of market ");
    expect(said.out).toContain(
      "bought 2.5 kWh, sold 0 kWh\n  balance 0, then -0.75: the records account for it",
    );
    expect(said.out).toContain("nobody vouches for that head here");
    expect((await verify(file, ledger)).out).toContain(`that head is the one of ${ledger}`);
    const { blocks, ok } = JSON.parse((await verify(file, "--json")).out);
    expect(ok).toBe(true);
    const order = blocks[1].records.find(({ section }: { section: string }) => section === "orders");
    expect(order).toMatchObject({ index: 1, record: { participant: 1, side: "bid", quantity: 2500 } });
  });

  test("is no verdict on a head of another ledger, and bad when its records don't account for the balance", async () => {
    const other = join(folder, "other");
    const engine = await openEngine();
    const store = await openNodeStore(other, { hasher: engine });
    await (await openMarket({ engine, store, participants: ["ann", "bob"], startMs: 5 })).clearPeriod(7);
    await store.close();
    expect((await verify(file, other)).out).toContain("BAD: bundle head");
    const lines = readFileSync(file, "utf8").split("\n");
    const trade = lines.findIndex((line) => line.endsWith('"section":"trades"}'));
    const without = join(folder, "without.txt");
    writeFileSync(without, lines.toSpliced(trade, 1).join("\n"));
    const { code, out } = await verify(without);
    expect(code).toBe(1);
    expect(out).toContain("balance 0, then -0.75: the records come to 0, so some are missing");
  });

  test("leaves no file behind where there is nothing to state", async () => {
    const none = join(folder, "none.txt");
    expect((await call("statement", altered, "bob", "--bundle", none)).code).toBe(1);
    await expect(run(statementCommand, ledger, "eve", "--bundle", none)).rejects.toThrow("participant");
    await expect(run(statementCommand, ledger, "bob", "--bundle", none, "--json")).rejects.toThrow(
      "--bundle",
    );
    expect(readdirSync(folder).filter((name) => name.startsWith("none"))).toEqual([]);
  });
});
