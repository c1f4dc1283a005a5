import { cpSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { verifyCommand } from "../../../src/cli/commands/verify.js";
import { auditLedger, type TimedAudit } from "../../../src/cli/parts/audit.js";
import { openEngine } from "../../../src/core/engine.js";
import { GridclearError } from "../../../src/errors.js";
import { openNodeStore } from "../../../src/ledger/store/node.js";
import { openMarket } from "../../../src/market/open.js";
import { listening } from "../../support/commands.js";

const folder = mkdtempSync(join(tmpdir(), "gridclear-verified-"));
const ledger = join(folder, "ledger");

const contents = (directory: string): string =>
  readdirSync(directory)
    .map((name) => `${name} ${readFileSync(join(directory, name)).toString("base64")}`)
    .join("\n");

beforeAll(async () => {
  const store = await openNodeStore(ledger);
  const market = await openMarket({ engine: await openEngine(), store, participants: ["ann", "bob"] });
  for (let period = 1; period <= 5; period++) {
    market.submit({
      participant: "ann",
      carrier: "electricity",
      side: "offer",
      quantity: "2.5",
      price: "0.08",
    });
    market.submit({
      participant: "bob",
      carrier: "electricity",
      side: "bid",
      quantity: `${period}`,
      price: "0.3",
    });
    await market.clearPeriod(period * 30_000);
  }
  await store.close();
});

async function verify(args: readonly string[]): Promise<{ code: number; out: string }> {
  const { io, said } = listening();
  const code = await verifyCommand.run(args, io);
  return { code, out: said.out };
}

describe("gridclear verify", () => {
  test("a sound ledger is good, and nothing in it changes", async () => {
    const before = contents(ledger);
    const { code, out } = await verify([ledger, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      blocks: 6,
      orders: 10,
      signed: false,
      halfWritten: null,
    });
    expect((await verify([ledger])).out).toMatch(/^good: /);
    expect(contents(ledger)).toBe(before);
  });

  test("any flipped bit of any file is found, and a bad ledger exits with 1", async () => {
    const sizes = readdirSync(ledger).map((name) => ({ name, size: statSync(join(ledger, name)).size }));
    expect(sizes.map(({ name }) => name)).toEqual(["0000000000000000.gclf"]);
    const place = fc.constantFrom(...sizes).chain(({ name, size }) =>
      fc.record({
        name: fc.constant(name),
        at: fc.integer({ min: 0, max: size - 1 }),
        bit: fc.integer({ min: 0, max: 7 }),
      }),
    );
    let copies = 0;
    await fc.assert(
      fc.asyncProperty(place, async ({ name, at, bit }) => {
        const copy = join(folder, `flipped-${copies++}`);
        cpSync(ledger, copy, { recursive: true });
        const bytes = readFileSync(join(copy, name));
        bytes[at]! ^= 1 << bit;
        writeFileSync(join(copy, name), bytes);
        // What does not even begin like a ledger is refused as input; everything else is a bad one.
        const audit: Pick<TimedAudit, "ok"> = await auditLedger(copy).catch((error: unknown) => {
          if (error instanceof GridclearError) return { ok: false };
          throw error;
        });
        expect(audit.ok, `${name} byte ${at} bit ${bit}`).toBe(false);
      }),
      { numRuns: 150 },
    );
    expect((await verify([join(folder, "flipped-0")])).code).toBe(1);
    expect((await verify([join(folder, "flipped-0")])).out).toMatch(/^BAD: /);
  });

  test("what is no ledger is refused as input, and not made into one", async () => {
    const nothing = join(folder, "nothing");
    await expect(verify([nothing])).rejects.toMatchObject({ code: "invalid", field: "LEDGER" });
    await expect(verify([])).rejects.toMatchObject({ code: "invalid" });
    expect(readdirSync(folder)).not.toContain("nothing");
  });
});
