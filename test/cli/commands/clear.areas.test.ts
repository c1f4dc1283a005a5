import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { clearCommand } from "../../../src/cli/commands/clear.js";
import { GridclearError } from "../../../src/errors.js";
import { maxRulesLength } from "../../../src/files/rulesfile.js";
import { listening } from "../../support/commands.js";

const folder = mkdtempSync(join(tmpdir(), "gridclear-areas-"));
const orders = join(folder, "orders.csv");
const rules = join(folder, "rules.json");

/** Runs the command as main does: an error that escapes is exit code 2 and nothing on standard output. */
async function clear(
  csv: string,
  given: unknown,
  ...more: string[]
): Promise<{ out: string; error: GridclearError | null }> {
  writeFileSync(orders, csv);
  writeFileSync(rules, typeof given === "string" ? given : JSON.stringify(given, null, 1));
  const { io, said } = listening();
  try {
    expect(await clearCommand.run([orders, "--rules", rules, ...more], io)).toBe(0);
    return { out: said.out, error: null };
  } catch (error) {
    if (!(error instanceof GridclearError)) throw error;
    expect(said.out).toBe("");
    return { out: said.out, error };
  }
}

const cleared = async (csv: string, given: unknown) => {
  const { out, error } = await clear(csv, given, "--json");
  expect(error).toBeNull();
  return JSON.parse(out).carriers;
};

// The worked case of docs/areas.md, in cents.
const worked = `side,id,quantity,price,area
offer,S0,10,25,
offer,S1,12,10,f1
offer,S2,2,33,f2
offer,S3,3,20,f3
bid,C0,20,30,root
bid,C1,5,40,f1
bid,C2,6,35,f2
bid,C3,3,29,f3
`;
const electricity = [
  { name: "root" },
  { name: "f1", parent: "root", fee: "2", exportLimit: "4", importLimit: "4" },
  { name: "f2", parent: "root", fee: "3" },
  { name: "f3", parent: "root", fee: "12" },
];
const whole = { mechanism: "merit", quantityTick: "1", priceTick: "1" };

describe("gridclear clear with areas", () => {
  test("the worked case, to the letter", async () => {
    const trade = (
      offer: string,
      bid: string,
      [quantity, supplyPrice, usePrice, supplyAmount, useAmount]: string[],
    ) => ({
      ...{ offer, bid, quantity, supplyPrice, usePrice, supplyAmount, useAmount },
      supplyFee: "0",
      useFee: "0",
    });
    expect(await cleared(worked, { ...whole, areas: { electricity } })).toEqual({
      electricity: {
        clearingPrice: "30",
        areas: [
          { name: "root", price: "30", flow: "0", fees: "0", rent: "0" },
          { name: "f1", price: "10", flow: "4", fees: "8", rent: "72" },
          { name: "f2", price: "33", flow: "-4", fees: "12", rent: "0" },
          { name: "f3", price: "24", flow: "0", fees: "0", rent: "0" },
        ],
        trades: [
          trade("S3", "C3", ["3", "24", "24", "72", "72"]),
          trade("S2", "C2", ["2", "33", "33", "66", "66"]),
          trade("S1", "C1", ["5", "10", "10", "50", "50"]),
          trade("S1", "C2", ["4", "10", "33", "40", "132"]),
          trade("S0", "C0", ["10", "30", "30", "300", "300"]),
        ],
        pool: { lots: [], trades: [], unsold: [] },
        idle: [{ offer: "S1", quantity: "3" }],
        rest: [{ bid: "C0", quantity: "10" }],
        counters: { num1: 5, num2: 2, num3: 0, num4: 1 },
      },
    });
  });

  test("commission on each side's own amount, by the place of the trade", async () => {
    const commission = [
      { share: 600_000, supply: 100_000, use: 0 },
      { share: 400_000, supply: 250_000, use: 500_000 },
    ];
    const { electricity: found } = await cleared(worked, { ...whole, areas: { electricity }, commission });
    // Trades 0, 1 and 2 of 5 are of the first tier: a tenth of 72, 66 and 50, rounded down.
    expect(
      found.trades.map(({ supplyFee, useFee }: { [fee: string]: string }) => [supplyFee, useFee]),
    ).toEqual([
      ["7", "0"],
      ["6", "0"],
      ["5", "0"],
      ["10", "66"],
      ["75", "150"],
    ]);
  });

  test("a table in which the tree is seen", async () => {
    const areas = [
      { name: "town" },
      { name: "east", parent: "town", fee: "2" },
      { name: "west", parent: "town", fee: "3" },
      { name: "mill", parent: "east", fee: "1" },
    ];
    const csv = "side,id,quantity,price,area\noffer,S,7,10,mill\nbid,C,5,40,west\n";
    const { out } = await clear(csv, { ...whole, areas: { electricity: areas } });
    expect(
      out
        .split("\n")
        .map((line) => line.trimEnd())
        .slice(0, 15),
    ).toEqual([
      "electricity: 1 trade, 0 pool trades, clearing price 13",
      "",
      "areas",
      "area      price  sends up  takes down  fees  rent",
      "────────  ─────  ────────  ──────────  ────  ────",
      "town         13         -           -     0     0",
      "├ east       11         5           -    10     0",
      "│ └ mill     10         5           -     5     0",
      "└ west       16         -           5    15     0",
      "",
      "trades",
      "offer  bid  quantity  supply price  use price  supplier gets  consumer pays",
      "─────  ───  ────────  ────────────  ─────────  ─────────────  ─────────────",
      "S      C           5            10         16             50             80",
      "",
    ]);
  });

  test("an area without part has no price; a carrier without areas is as ever, pool and all", async () => {
    const csv =
      "carrier,side,id,quantity,price,area\nelectricity,offer,S,1,1,f1\nheat,offer,H,2,3,\nheat,bid,B,1,3,\n";
    const found = await cleared(csv, { ...whole, areas: { electricity }, pool: { heat: { price: "4" } } });
    expect(found.electricity.areas.map(({ price }: { price: unknown }) => price)).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(found.electricity.clearingPrice).toBeNull();
    expect(found.heat).toMatchObject({
      trades: [{ offer: "H", bid: "B", price: "3", amount: "3" }],
      pool: { unsold: [{ offer: "H", quantity: "1" }] },
    });
    expect(found.heat).not.toHaveProperty("areas");
  });

  test("the default pool does not apply, so no price tick has to divide its price", async () => {
    expect(
      await cleared("side,id,quantity,price\nbid,C,1,1\n", {
        ...whole,
        areas: { electricity: [{ name: "a" }] },
      }),
    ).toEqual({
      electricity: {
        clearingPrice: null,
        areas: [{ name: "a", price: null, flow: "0", fees: "0", rent: "0" }],
        trades: [],
        pool: { lots: [], trades: [], unsold: [] },
        idle: [],
        rest: [{ bid: "C", quantity: "1" }],
        counters: { num1: 0, num2: 1, num3: 0, num4: 1 },
      },
    });
  });

  test("one area shares ties as the flat market does", async () => {
    const csv = "side,id,quantity,price\noffer,S,7,1\nbid,A,5,2\nbid,B,5,2\nbid,C,4,2\n";
    const one = { ...whole, ties: "prorata", areas: { electricity: [{ name: "a" }] } };
    const { electricity: onArea } = await cleared(csv, one);
    const { electricity: flat } = await cleared(csv, { ...whole, ties: "prorata", pool: null });
    const amounts = (trades: readonly { bid: string; quantity: string }[]) =>
      trades.map(({ bid, quantity }) => [bid, quantity]);
    expect(amounts(onArea.trades)).toEqual(amounts(flat.trades));
    expect(onArea.trades).toHaveLength(3);
    expect(onArea.trades[0]).toMatchObject({ supplyPrice: "2", usePrice: "2" });
    expect(onArea.areas).toEqual([{ name: "a", price: "2", flow: "0", fees: "0", rent: "0" }]);
    expect(onArea.clearingPrice).toBe(flat.clearingPrice);
  });

  const of = (...areas: unknown[]) => ({ ...whole, areas: { electricity: [{ name: "r" }, ...areas] } });
  test.each<[string, string, unknown]>([
    ["line 1: mechanism", "merit with areas", { areas: { electricity: [{ name: "r" }] } }],
    ["line 2: mechanism", "merit with areas", { mechanism: "value", areas: { electricity } }],
    [
      "line 3: pricing",
      "uniform with areas",
      { mechanism: "merit", pricing: "blend", areas: { electricity } },
    ],
    [
      "line 3: ties",
      "arrival with several areas",
      { mechanism: "merit", ties: "prorata", areas: { electricity } },
    ],
    [
      "line 4: pool.electricity",
      "no pool for a carrier with areas",
      { mechanism: "merit", pool: { electricity: { price: "1" } }, areas: { electricity } },
    ],
    ["line 6: areas.wood", "a key out of", { ...whole, areas: { wood: electricity } }],
    ["line 5: areas", "an object", { ...whole, areas: [] }],
    ["line 6: areas.electricity", "an array of 1 to 65535", { ...whole, areas: { electricity: [] } }],
    [
      "line 6: areas.electricity",
      "an array of 1 to 65535",
      { ...whole, areas: { electricity: { name: "r" } } },
    ],
    [
      "line 9: areas.electricity[0].fee",
      "a key out of name",
      { ...whole, areas: { electricity: [{ name: "r", fee: "0" }] } },
    ],
    [
      "line 8: areas.electricity[0].parent",
      "a key out of name",
      { ...whole, areas: { electricity: [{ parent: "r", name: "r" }] } },
    ],
    [
      "line 7: areas.electricity[0].name",
      "1 to 64 printable characters",
      { ...whole, areas: { electricity: [{}] } },
    ],
    ["line 11: areas.electricity[1].name", "1 to 64 printable characters", of({ name: "", parent: "r" })],
    [
      "line 11: areas.electricity[1].name",
      "1 to 64 printable characters",
      of({ name: "a".repeat(65), parent: "r" }),
    ],
    ["line 11: areas.electricity[1].name", "1 to 64 printable characters", of({ name: "a\tb", parent: "r" })],
    ["line 11: areas.electricity[1].name", "a name that no other area has", of({ name: "r", parent: "r" })],
    ["line 10: areas.electricity[1].parent", "the name of an area listed before", of({ name: "a" })],
    [
      "line 12: areas.electricity[1].parent",
      "the name of an area listed before",
      of({ name: "a", parent: "a" }),
    ],
    [
      "line 12: areas.electricity[1].parent",
      "the name of an area listed before",
      of({ name: "a", parent: "b" }, { name: "b", parent: "r" }),
    ],
    [
      "line 12: areas.electricity[1].parent",
      "the name of an area listed before",
      of({ name: "a", parent: "__proto__" }),
    ],
    ["line 13: areas.electricity[1].fee", "0 or more", of({ name: "a", parent: "r", fee: "-1" })],
    [
      "line 13: areas.electricity[1].fee",
      "a whole number of ticks",
      of({ name: "a", parent: "r", fee: "0.5" }),
    ],
    [
      "line 13: areas.electricity[1].fee",
      "a string that holds a decimal",
      of({ name: "a", parent: "r", fee: 1 }),
    ],
    [
      "line 13: areas.electricity[1].fee",
      "a decimal in plain notation",
      of({ name: "a", parent: "r", fee: null }),
    ],
    [
      "line 13: areas.electricity[1].fee",
      "at most 2147483647",
      of({ name: "a", parent: "r", fee: "2147483648" }),
    ],
    [
      "line 13: areas.electricity[1].exportLimit",
      "0 or more",
      of({ name: "a", parent: "r", exportLimit: "-1" }),
    ],
    [
      "line 13: areas.electricity[1].importLimit",
      "at most 9007199254740991",
      of({ name: "a", parent: "r", importLimit: "9007199254740992" }),
    ],
    ["line 13: areas.electricity[1].loss", "a key out of", of({ name: "a", parent: "r", loss: "0" })],
  ])("refuses rules at %s: %s", async (field, wanted, given) => {
    const { error } = await clear(worked, given);
    expect(error?.field.replace(/, column \d+/, "")).toBe(`${rules}: ${field}`);
    expect(error?.wanted).toContain(wanted);
  });

  test("refuses an area that is none, and any for a carrier without areas", async () => {
    const areas = { electricity };
    const csv = (area: string, carrier = "electricity") =>
      `carrier,side,id,quantity,price,area\n${carrier},offer,a,1,1,\n${carrier},bid,b,1,1,${area}\n`;
    const at = async (text: string, given: unknown) => (await clear(text, given)).error;
    expect(await at(csv("f4"), { ...whole, areas })).toMatchObject({
      field: `${orders}: line 3: area`,
      wanted: "an area of electricity",
      got: '"f4"',
    });
    expect(await at(csv(" f1"), { ...whole, areas })).toMatchObject({ field: `${orders}: line 3: area` });
    expect(await at(csv("root", "heat"), { ...whole, areas })).toMatchObject({
      field: `${orders}: line 3: area`,
      wanted: "nothing, as heat has no areas",
    });
    expect(await at(csv("root"), { ...whole, pool: null })).toMatchObject({
      field: `${orders}: line 3: area`,
    });
    expect(await at(csv(""), { ...whole, pool: null })).toBeNull();
  });

  test("the greatest fee and limit, and as many areas as there may be, with the longest names", async () => {
    const name = (place: number): string => `${place}`.padStart(64, "ä");
    const many = Array.from({ length: 65_535 }, (_, place) =>
      place === 0
        ? { name: name(0) }
        : { name: name(place), parent: name(place - 1), fee: "2147483647", exportLimit: "9007199254740991" },
    );
    const text = JSON.stringify({ ...whole, areas: { electricity: many } });
    expect(text.length * 4).toBeLessThan(maxRulesLength * 1.2);
    const found = await cleared(
      `side,id,quantity,price,area\noffer,S,1,-2147483648,${name(2)}\nbid,C,1,2147483647,${name(1)}\n`,
      text,
    );
    expect(found.electricity.areas).toHaveLength(65_535);
    expect(found.electricity.areas[2]).toMatchObject({ flow: "1", fees: "2147483647", rent: "0" });
    const over = JSON.stringify({
      ...whole,
      areas: { electricity: [...many, { name: "x", parent: name(0) }] },
    });
    expect((await clear(worked, over)).error?.wanted).toBe("an array of 1 to 65535");
  }, 60_000);
});
