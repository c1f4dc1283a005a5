// `gridclear erase` of a signed private market: what was given before stays good, and the market goes on.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eraseCommand } from "../../../src/cli/commands/erase.js";
import { proveCommand } from "../../../src/cli/commands/prove.js";
import { statementCommand } from "../../../src/cli/commands/statement.js";
import { verifyCommand } from "../../../src/cli/commands/verify.js";
import { decodeBlock } from "../../../src/ledger/format/block.js";
import { marketContract } from "../../../src/ledger/store/beginning.js";
import { openNodeStore, readNodeStore } from "../../../src/ledger/store/node.js";
import { openMarket } from "../../../src/market/open.js";
import { call, run } from "../../support/commands.js";
import { engine, signatures } from "../../support/community.js";
import { names, runSearched } from "../../support/searched.js";

const folder = mkdtempSync(join(tmpdir(), "gridclear-erase-"));
const ledger = join(folder, "ledger");
const bundle = join(folder, "bundle.txt");
const proof = join(folder, "proof.txt");
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  const store = await openNodeStore(ledger, { hasher: engine });
  await runSearched(store);
  await store.close();
  expect((await run(statementCommand, ledger, names[1]!, "--bundle", bundle)).code).toBe(0);
  expect((await run(proveCommand, ledger, "--trade", "2:0", "--out", proof)).code).toBe(0);
}, 60_000);

describe("gridclear erase", () => {
  test("takes days and moments, and refuses what is none", async () => {
    for (const date of ["1970", "1970-02-31", "1970-01-01T00", "yesterday", "1970-13-01"])
      expect(await call("erase", ledger, "--before", date), date).toMatchObject({
        code: 2,
        err: expect.stringContaining("--before"),
      });
    expect((await call("erase", ledger)).err).toContain("--before");
    expect((await call("erase", ledger, "--before", "1970-01-01")).out).toContain("nothing to erase");
  });

  test("erases nothing of a ledger that does not hold, and exits with 1", async () => {
    const bad = join(folder, "bad");
    cpSync(ledger, bad, { recursive: true });
    const store = await readNodeStore(bad, { hasher: engine });
    const block = decodeBlock((await store.get(2))!);
    await store.close();
    const segment = join(bad, "0000000000000000.gclf");
    const bytes = readFileSync(segment);
    bytes[bytes.indexOf(block.sections.orders)]! ^= 1;
    writeFileSync(segment, bytes);
    const said = await call("erase", bad, "--before", "1970-01-01T00:02Z");
    expect(said).toMatchObject({ code: 1, out: "", err: expect.stringContaining("block 2") });
    expect(readFileSync(segment).equals(bytes)).toBe(true);
  });

  test("leaves headers, and with them whatever was given; says what can be checked no more", async () => {
    // Periods end 30 s apart: those of the first two minutes are blocks 0 to 3.
    const said = await run(eraseCommand, ledger, "--before", "1970-01-01T00:02Z");
    expect(said.out).toMatch(/^erased the records of 4 blocks below height 4: [\d\s]+ bytes\n$/);
    const verified = await run(verifyCommand, ledger);
    expect(verified.code).toBe(0);
    expect(verified.out).toContain("since the snapshot of height 4: hashed and executed again, all the same");
    expect(verified.out).toContain(
      "NOT CHECKED: the records of 4 blocks before it, which are erased: header alone",
    );
    expect(verified.out).toContain("every order, reading and contract carries a valid signature");
    for (const file of [bundle, proof])
      expect((await run(verifyCommand, "--proof", file, ledger)).out).toMatch(/^good: /);
    expect((await run(proveCommand, ledger, "--block", "1")).code).toBe(0);
    await expect(run(proveCommand, ledger, "--trade", "2:0")).rejects.toMatchObject({
      code: "state",
      field: "block 2",
    });
    // A statement of what is left, which begins with the balance at the snapshot.
    expect((await call("statement", ledger, names[1]!, "--bundle", bundle)).err).toContain(
      "block 0: wanted its records",
    );
    const rest = join(folder, "rest.txt");
    expect((await call("statement", ledger, names[1]!, "--bundle", rest, "--period", "5..7")).code).toBe(0);
    expect((await run(verifyCommand, "--proof", rest, ledger)).out).toContain("the records account for it");
    expect((await run(eraseCommand, ledger, "--before", "1970-01-01T00:02Z")).out).toContain(
      "nothing to erase",
    );
  });

  test("leaves a market that is opened again and goes on, and never the newest block without records", async () => {
    const open = async () =>
      openMarket({ engine, store: await openNodeStore(ledger, { hasher: engine }), log: true, signatures });
    const market = await open();
    expect(market.period).toBe(47);
    await market.clearPeriod(500_000);
    await market.stop();
    await market.store.close();
    expect((await run(verifyCommand, ledger)).out).toContain("8 blocks");
    expect((await run(eraseCommand, ledger, "--before", "2026-01-01")).out).toContain("below height 7");
    const store = await readNodeStore(ledger, { hasher: engine });
    expect(new TextDecoder().decode((await marketContract(store, engine))!)).toContain('"id":"searched"');
    await store.close();
    const again = await open();
    await again.clearPeriod(600_000);
    await again.store.close();
    expect((await run(verifyCommand, ledger)).out).toContain("since the snapshot of height 7");
  });
});
