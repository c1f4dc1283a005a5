import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { clearCommand } from "../../../src/cli/commands/clear.js";
import { GridclearError } from "../../../src/errors.js";
import type { CarrierDocument } from "../../../src/files/cleardocument.js";
import { listening } from "../../support/commands.js";

const folder = mkdtempSync(join(tmpdir(), "gridclear-clear-"));
let made = 0;
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, `${made++}-${name}`);
  writeFileSync(path, content);
  return path;
};

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly error: GridclearError | null;
}

/** Runs the command as main does: an error that escapes is exit code 2 and nothing on standard output. */
async function clear(orders: string | Uint8Array, rules?: unknown, json = true): Promise<Outcome> {
  const { io, said } = listening();
  const args = [file("orders.csv", orders), ...(json ? ["--json"] : [])];
  if (rules !== undefined)
    args.push("--rules", file("rules.json", typeof rules === "string" ? rules : JSON.stringify(rules)));
  try {
    const code = await clearCommand.run(args, io);
    return { code, out: said.out, error: null };
  } catch (error) {
    if (!(error instanceof GridclearError)) throw error;
    return { code: 2, out: said.out, error };
  }
}

async function cleared(
  orders: string,
  rules?: unknown,
): Promise<{ readonly [carrier: string]: CarrierDocument | undefined }> {
  const { code, out, error } = await clear(orders, rules);
  expect(error).toBeNull();
  expect(code).toBe(0);
  return JSON.parse(out).carriers;
}

// The worked case of docs/market-rules.md; every figure below was derived by hand from the rules.
const worked = "side,id,quantity,price\noffer,S0,10,3\noffer,S1,4,2\nbid,C0,6,5\nbid,C1,7,4\n";

describe("gridclear clear", () => {
  test("the worked case, to the letter", async () => {
    expect(await cleared(worked)).toEqual({
      electricity: {
        clearingPrice: null,
        trades: [
          { offer: "S0", bid: "C0", quantity: "6", price: "5", amount: "30", supplyFee: "0", useFee: "0" },
          { offer: "S1", bid: "C1", quantity: "4", price: "2", amount: "8", supplyFee: "0", useFee: "0" },
          { offer: "S0", bid: "C1", quantity: "3", price: "4", amount: "12", supplyFee: "0", useFee: "0" },
        ],
        pool: { lots: [], trades: [], unsold: [] },
        idle: [{ offer: "S0", quantity: "1" }],
        rest: [],
        counters: { num1: 3, num2: 1, num3: 0, num4: 0 },
      },
    });
  });

  test("pool, commission tiers and maxCycles", async () => {
    const { electricity } = await cleared(worked, {
      maxCycles: 1,
      pool: { electricity: { price: "3.5", lots: "divisible" } },
      commission: [
        { share: 500_000, supply: 10_000, use: 20_000 },
        { share: 500_000, supply: 1, use: 0 },
      ],
    });
    // Two trades in one cycle: the first in the first tier, the second in the second. S0 keeps 4, C1 lacks 3.
    expect(electricity).toEqual({
      clearingPrice: null,
      trades: [
        { offer: "S0", bid: "C0", quantity: "6", price: "5", amount: "30", supplyFee: "0.3", useFee: "0.6" },
        {
          offer: "S1",
          bid: "C1",
          quantity: "4",
          price: "2",
          amount: "8",
          supplyFee: "0.000008",
          useFee: "0",
        },
      ],
      pool: {
        lots: [{ offer: "S0", quantity: "4", price: "3.5" }],
        trades: [{ offer: "S0", bid: "C1", quantity: "3", price: "3.5", amount: "10.5" }],
        unsold: [{ offer: "S0", quantity: "1" }],
      },
      idle: [],
      rest: [],
      counters: { num1: 2, num2: 2, num3: 1, num4: 0 },
    });
  });

  test("pool limits: what is left of an order has another price in the pool", async () => {
    const { electricity } = await cleared(
      [
        "poolPrice,side,id,quantity,price",
        // Left after scenario 1, where 6 meets nothing: sold into the pool at 3 although it asked 6.
        "2,offer,S0,4,6",
        // Asked 5, and joins from 4 on: idle.
        "4,offer,S1,2,5",
        // An empty cell is the limit: 3 joins.
        ",offer,S2,1,3",
        // Bid 1 among peers and 3 in the pool: quantity × pool limit 15 is walked before 8.
        "3,bid,C0,5,1",
        // Bids 2 among peers, 2.5 in the pool: too little.
        "2.5,bid,C1,3,2",
        "",
      ].join("\n"),
      { pool: { electricity: { price: "3" } } },
    );
    expect(electricity?.trades).toEqual([]);
    expect(electricity?.pool).toEqual({
      lots: [
        { offer: "S0", quantity: "4", price: "3" },
        { offer: "S2", quantity: "1", price: "3" },
      ],
      trades: [
        { offer: "S2", bid: "C0", quantity: "1", price: "3", amount: "3" },
        { offer: "S0", bid: "C0", quantity: "4", price: "3", amount: "12" },
      ],
      unsold: [],
    });
    expect(electricity?.idle).toEqual([{ offer: "S1", quantity: "2" }]);
    expect(electricity?.rest).toEqual([{ bid: "C1", quantity: "3" }]);
  });

  test("ties that share", async () => {
    const { electricity } = await cleared(
      "side,id,quantity,price\noffer,S0,6,2\nbid,C0,4,3\nbid,C1,4,3\nbid,C2,1,5\n",
      { mechanism: "merit", ties: "prorata", quantityTick: "1", pool: null },
    );
    // C2 first; 5 are left for two bids of 4: running sums 4 and 8 of 8 give 2.5, rounded up, and 5.
    expect(electricity?.trades.map(({ bid, quantity, price }) => [bid, quantity, price])).toEqual([
      ["C2", "1", "3"],
      ["C0", "3", "3"],
      ["C1", "2", "3"],
    ]);
    expect(electricity?.rest).toEqual([
      { bid: "C0", quantity: "1" },
      { bid: "C1", quantity: "2" },
    ]);
  });

  test("merit order, one price, negative prices, carriers apart and in order", async () => {
    const carriers = await cleared(
      "price,id,side,carrier,quantity\n-0.05,windy,offer,gas,2.5\n-0.01,user,bid,gas,1\n9,only,bid,heat,0.000001\n",
      { mechanism: "merit", pricing: "uniform", k: 500_000, pool: null },
    );
    expect(Object.keys(carriers)).toEqual(["heat", "gas"]);
    // lo = the last offer's price, for no bid has anything left; hi = the lowest offer with something left: the same.
    expect(carriers.gas).toEqual({
      clearingPrice: "-0.05",
      trades: [
        {
          offer: "windy",
          bid: "user",
          quantity: "1",
          price: "-0.05",
          amount: "-0.05",
          supplyFee: "0",
          useFee: "0",
        },
      ],
      pool: { lots: [], trades: [], unsold: [] },
      idle: [{ offer: "windy", quantity: "1.5" }],
      rest: [],
      counters: { num1: 1, num2: 1, num3: 0, num4: 0 },
    });
    expect(carriers.heat?.rest).toEqual([{ bid: "only", quantity: "0.000001" }]);
    expect(carriers.heat?.clearingPrice).toBeNull();
  });

  test("CSV as RFC 4180 has it: quotes, CRLF, BOM, no last newline; a header alone clears nothing", async () => {
    const carriers = await cleared(
      '\uFEFF"side","id","quantity","price"\r\noffer,"a ""b"", c",1.50,0.1\r\nbid,ü日,1.5,0.2',
    );
    expect(carriers.electricity?.trades[0]).toMatchObject({ offer: 'a "b", c', bid: "ü日", quantity: "1.5" });
    expect(await cleared("side,id,quantity,price\n")).toEqual({});
  });

  test.each<[string, string | Uint8Array, RegExp]>([
    ["no file content", "", /line 1: header/],
    ["unknown column", "side,id,quantity,price,carier\n", /line 1: header.*carier/],
    ["missing column", "side,id,quantity\n", /line 1: header.*price/],
    ["column twice", "side,id,quantity,price,id\n", /line 1: header.*twice/],
    ["row too short", "side,id,quantity,price\noffer,a,1\n", /line 2: row/],
    ["open quote", 'side,id,quantity,price\noffer,"a,1,1\n', /line \d: row/],
    ["carrier", "carrier,side,id,quantity,price\nsteam,offer,a,1,1\n", /line 2: carrier.*"steam"/],
    [
      "carrier from the prototype",
      "carrier,side,id,quantity,price\n__proto__,offer,a,1,1\n",
      /line 2: carrier/,
    ],
    ["side", "side,id,quantity,price\nask,a,1,1\n", /line 2: side.*"ask"/],
    ["empty id", "side,id,quantity,price\noffer,,1,1\n", /line 2: id/],
    ["long id", `side,id,quantity,price\noffer,${"x".repeat(65)},1,1\n`, /line 2: id/],
    ["control character", "side,id,quantity,price\noffer,a\u0007,1,1\n", /line 2: id/],
    ["id twice", "side,id,quantity,price\noffer,a,1,1\nbid,a,1,1\noffer,a,2,2\n", /line 4: id/],
    ["zero", "side,id,quantity,price\noffer,a,0,1\n", /line 2: quantity/],
    ["negative quantity", "side,id,quantity,price\noffer,a,-1,1\n", /line 2: quantity/],
    ["not a tick", "side,id,quantity,price\noffer,a,1,1\nbid,b,0.0000001,1\n", /line 3: quantity.*0\.000001/],
    ["hexadecimal", "side,id,quantity,price\noffer,a,0x10,1\n", /line 2: quantity/],
    ["empty price", "side,id,quantity,price\noffer,a,1,\n", /line 2: price/],
    ["pool limit", "side,id,quantity,price,poolPrice\noffer,a,1,1,x\n", /line 2: poolPrice.*"x"/],
    [
      "pool limit in parts of a tick",
      "side,id,quantity,price,poolPrice\noffer,a,1,1,0.0000001\n",
      /poolPrice/,
    ],
    ["exponent", "side,id,quantity,price\noffer,a,1,1e400\n", /line 2: price/],
    ["too much", "side,id,quantity,price\noffer,a,4294.967296,1\n", /line 2: quantity/],
    ["CR alone", "side,id,quantity,price\roffer,S0,10,3\rbid,C0,6,5\r", /line 1: row.*line endings/],
    ["CR alone once", "side,id,quantity,price\noffer,S0,10,3\rbid,C0,6,5\n", /line 2: row.*line endings/],
    ["CR alone in quotes", 'side,id,quantity,price\noffer,"S\r0",10,3\n', /line 2: row.*line endings/],
    [
      "12 MWh",
      "side,id,quantity,price\noffer,park,12000,0.05\n",
      /line 2: quantity.*quantityTick.*"0\.00001"/,
    ],
    ["a price beyond its tick", "side,id,quantity,price\noffer,a,1,5000\n", /line 2: price.*priceTick/],
    [
      "one id in two Unicode forms",
      "side,id,quantity,price\noffer,caf\u00e9,1,1\noffer,cafe\u0301,1,1\n",
      /line 3: id.*Unicode form.*u\{301\}/,
    ],
    [
      "the same on both sides",
      "side,id,quantity,price\noffer,cafe\u0301,1,1\nbid,caf\u00e9,1,1\n",
      /line 3: id.*Unicode form/,
    ],
    ["UTF-16", new Uint8Array(Buffer.from("\ufeffside,id", "utf16le")), /line 1: text.*"UTF-16"/],
    ["UTF-16 without its mark", new Uint8Array(Buffer.from("side,id", "utf16le")), /line 1: text.*"UTF-16"/],
    ["bad UTF-8", Uint8Array.of(0x73, 0x69, 0x0a, 0x61, 0xff, 0x0a), /line 2: text/],
  ])("refuses orders: %s", async (_, orders, message) => {
    const { code, out, error } = await clear(orders);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(error?.message).toMatch(/orders\.csv: /);
    expect(error?.message).toMatch(message);
    expect(error?.message).not.toContain("\n");
  });

  test.each<[string, unknown, RegExp]>([
    ["not JSON", "{\n]", /line 2, column 1: rules/],
    ["not an object", "[]", /rules/],
    ["unknown key", { speed: 1 }, /line 1, column 2: speed/],
    ["prototype", '{"__proto__": {"k": 1}}', /__proto__/],
    ["mechanism", { mechanism: "fifo" }, /mechanism.*"fifo"/],
    ["uniform with value", { pricing: "uniform" }, /pricing/],
    ["counterparty with merit", { mechanism: "merit", pricing: "counterparty" }, /pricing/],
    ["unknown ties", { mechanism: "merit", ties: "lottery" }, /ties.*"lottery"/],
    ["ties that share by value", { ties: "prorata" }, /ties/],
    ["ties that share at many prices", { mechanism: "merit", pricing: "blend", ties: "prorata" }, /ties/],
    ["k as text", { k: "5" }, /k: .*"5"/],
    ["k above", { k: 1_000_001 }, /k: /],
    ["k between", { k: 0.5 }, /k: /],
    ["maxCycles", { maxCycles: -1 }, /maxCycles/],
    ["tick", { quantityTick: "0" }, /quantityTick/],
    ["tick as number", { priceTick: 0.01 }, /priceTick/],
    ["pool carrier", { pool: { steam: {} } }, /pool\.steam/],
    ["pool key", { pool: { electricity: { cost: "1" } } }, /pool\.electricity\.cost/],
    ["pool price as number", { pool: { electricity: { price: 0.43 } } }, /pool\.electricity\.price/],
    ["pool price left out", { pool: { gas: {} } }, /pool\.gas\.price/],
    ["lots", { pool: { electricity: { lots: "half" } } }, /pool\.electricity\.lots/],
    ["no tiers", { commission: [] }, /commission/],
    ["shares", { commission: [{ share: 999_999, supply: 0, use: 0 }] }, /commission.*999999/],
    ["rate", { commission: [{ share: 1_000_000, supply: 1_000_001, use: 0 }] }, /commission\[0\]\.supply/],
    ["tier key", { commission: [{ share: 1_000_000, fee: 1 }] }, /commission\[0\]\.fee/],
  ])("refuses rules: %s", async (_, rules, message) => {
    const { code, out, error } = await clear(worked, rules);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(error?.message).toMatch(/rules\.json: line \d+, column \d+: /);
    expect(error?.message).toMatch(message);
  });

  test("a mechanism has a pricing of its own", async () => {
    const { electricity } = await cleared("side,id,quantity,price\noffer,S0,1,1\nbid,C0,1,3\n", {
      mechanism: "merit",
    });
    expect(electricity?.clearingPrice).toBe("2");
    expect((await cleared(worked, { mechanism: "value" })).electricity?.trades[0]?.price).toBe("5");
  });

  test("a quantity in a coarser tick is taken", async () => {
    const { electricity } = await cleared(
      "side,id,quantity,price\noffer,park,12000,0.05\nbid,town,12000,0.09\n",
      {
        quantityTick: "0.00001",
      },
    );
    expect(electricity?.trades).toMatchObject([{ quantity: "12000", amount: "1080" }]);
  });

  test("a rules error names its own line", async () => {
    const { error } = await clear(
      worked,
      '{\n "pool": {\n  "electricity": {\n   "lots": "whole",\n   "price": "x"\n  }\n }\n}',
    );
    expect(error?.field).toMatch(/rules\.json: line 5, column 4: pool\.electricity\.price$/);
  });

  test.each<[string, string, RegExp]>([
    ["a key twice", '{"k": 1,\n"k": 2}', /: line 2, column 1: k$/],
    [
      "a key twice further in",
      '{"pool": {"gas": {"price": "1",\n\n"price": "2"}}}',
      /: line 3, column 1: pool\.gas\.price$/,
    ],
    [
      "a later tier",
      '{"commission": [\n{"share": 0},\n{"share": -1}]}',
      /: line 3, column 2: commission\[1\]\.share$/,
    ],
    ["a tier's missing key", '{"commission": [{"share": 0},\n5]}', /: line 2, column 1: commission\[1\]$/],
    ["a key left out", '{\n"pool": {\n"gas": {}}}', /: line 3, column 1: pool\.gas\.price$/],
    ["a value like a key", '{"pricing": "k",\n"mechanism": "pricing"}', /: line 2, column 1: mechanism$/],
    ["a key with a dot", '{"k": 1,\n"a.b": 1}', /: line 2, column 1: "a\.b"$/],
    ["a key with an escape", '{"mechanism": "value",\n"\\u006b": -1}', /: line 2, column 1: k$/],
    ["a key over two lines", '{"a\\nb": 1}', /: line 1, column 2: "a\\nb"$/],
    ["a wrong word", '{\n"k": x\n\n}', /: line 2, column 6: rules$/],
    ["a comma too many", '{"k": 1,\n,}\n', /: line 2, column 1: rules$/],
    ["a comma alone", "{,}", /: line 1, column 2: rules$/],
    ["a comment that does not end", '{"k": 1,\n  /* and so on', /: line 2, column 3: rules$/],
    ["a key behind comments", '{ // "k": 1\n/* \n */ "k": 2, /* "k" */ "k": 1, }', /: line 3, column 23: k$/],
    ["no end", '{"k": [1,\n2', /: line 2, column 2: rules$/],
    ["something after the end", "{}\n{}\n\n", /: line 2, column 1: rules$/],
    ["a number nobody writes", '{\n"k": 01}', /: line 2, column 7: rules$/],
  ])("a rules error names its line: %s", async (_, rules, field) => {
    const { error } = await clear(worked, rules);
    expect(error?.field).toMatch(field);
  });

  test("a row over several lines counts from its first", async () => {
    const header = "side,id,quantity,price\n";
    expect((await clear(`${header}\nbid,"a\n\nb",1,1\n`)).error?.field).toMatch(/: line 3: id$/);
    expect((await clear(`${header}bid,a,1,1\r\nbid,"b""c,1,1\nbid,d,1,1\n`)).error?.field).toMatch(
      /: line 3: row$/,
    );
  });

  test("the first fault of a file is the one named", async () => {
    const { error } = await clear('side,id,quantity,price\nbid,a,0,1\nbid,b\nbid,"c\n');
    expect(error?.field).toMatch(/: line 2: quantity$/);
  });

  test("rules are given once", async () => {
    const [orders, rules] = [file("orders.csv", worked), file("rules.json", "{}")];
    const twice = clearCommand.run([orders, "--rules", rules, "--rules", rules], {
      out() {},
      err() {},
      columns: 80,
      isTTY: false,
    });
    await expect(twice).rejects.toMatchObject({ name: "GridclearError", field: "--rules" });
  });

  test("the table has the fees only where there are any, and stays within 80 columns", async () => {
    const widest = (text: string): number => Math.max(...text.split("\n").map((line) => [...line].length));
    const many = Array.from(
      { length: 120 },
      (_, i) => `${i % 2 ? "bid" : "offer"},household-${1000 + i},${(i + 1) / 8},${i % 2 ? 0.31 : 0.123456}`,
    );
    const rows = `side,id,quantity,price\n${many.join("\n")}\n`;
    const free = (await clear(rows, undefined, false)).out;
    expect(free).not.toContain("fee");
    expect(widest(free)).toBeLessThanOrEqual(80);
    const paid = await clear(worked, { commission: [{ supply: 10_000 }] }, false);
    expect(paid.out).toContain("supply fee");
    expect(paid.out).not.toContain("use fee");
  });

  test("without --json it prints a table with the same figures", async () => {
    const { code, out } = await clear(worked, undefined, false);
    expect(code).toBe(0);
    for (const text of ["electricity", "S0", "C1", "12", "idle"]) expect(out).toContain(text);
  });
});
