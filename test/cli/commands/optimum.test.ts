import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { carriers } from "../../../src/units.js";
import { call } from "../../support/commands.js";

const folder = mkdtempSync(join(tmpdir(), "gridclear-optimum-"));
const ledger = join(folder, "ledger");
beforeAll(async () => {
  expect((await call("run", "small", "--ledger", ledger, "--periods", "12")).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Document {
  readonly from: number;
  readonly to: number;
  readonly currency: string;
  readonly carriers: {
    readonly [carrier: string]: { reached: string; best: string; share: number; prices: string[][] };
  };
}

describe("gridclear optimum", () => {
  test("shows what was reached, below what could have been", async () => {
    const { code, out, err } = await call("optimum", ledger, "--json");
    expect([code, err]).toEqual([0, ""]);
    const found = JSON.parse(out) as Document;
    expect(found).toMatchObject({ from: 1, to: 13, currency: "coin" });
    for (const carrier of carriers) {
      const { reached, best, share, prices } = found.carriers[carrier]!;
      expect(Number(best)).toBeGreaterThanOrEqual(Number(reached));
      expect(share).toBeCloseTo(Number(reached) / Number(best), 5);
      expect(prices).toHaveLength(12);
      // No price is beyond the tariffs: the grid takes and brings whatever is wanted.
      for (const price of prices.flat().map(Number)) {
        expect(price).toBeGreaterThanOrEqual(0.02);
        expect(price).toBeLessThanOrEqual(0.52);
      }
    }
    const { out: text } = await call("optimum", ledger);
    expect(text).toMatch(/^Periods 1 to 12 of the ledger; welfare by the limits of orders, in coin\.\n/);
    const share = (100 * found.carriers.electricity!.share).toFixed(1);
    expect(text).toMatch(new RegExp(`^electricity .* ${share.replace(".", "\\.")} % `, "m"));
  });

  test("takes a stretch of it", async () => {
    const { out } = await call("optimum", ledger, "--period", "4..7", "--json");
    expect(JSON.parse(out)).toMatchObject({ from: 4, to: 7 });
    expect(await call("optimum", ledger, "--period", "40..70")).toMatchObject({
      code: 2,
      err: expect.stringContaining("--period"),
    });
  });

  test("says what is missing where the solver is not installed", async () => {
    vi.doMock("highs", () => {
      throw new Error("Cannot find package 'highs'");
    });
    try {
      const { code, err } = await call("optimum", ledger);
      expect([code, err]).toEqual([2, expect.stringContaining("npm install highs")]);
    } finally {
      vi.doUnmock("highs");
    }
  });
});
