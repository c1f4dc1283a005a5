// @ts-check
import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { row } from "./measure.js";

export const question = "Does reading take longer than in proportion when a file or message grows?";

const root = fileURLToPath(new URL("..", import.meta.url));
const times = (/** @type {number} */ count, /** @type {(index: number) => string} */ text) =>
  Array.from({ length: count }, (_, index) => text(index)).join("");
const orders = "carrier,side,id,quantity,price\n";
const area = (/** @type {number} */ index) => ({
  name: `a${index}`,
  parent: index === 0 ? "r" : `a${index - 1}`,
});
const component = (/** @type {number} */ index) => ({
  by: "month",
  name: `fee ${index}`,
  sort: "grid",
  rate: "1",
});

/**
 * Inputs of about as many bytes as are asked for, each of a sort that has made some parser slow.
 * @type {readonly (readonly [parser: string, what: string, make: (bytes: number) => string])[]}
 */
const inputs = [
  ["csv", "quotes in one cell", (n) => `a\n"${'""'.repeat(n / 2)}"\n`],
  ["csv", "one row of empty cells", (n) => `${",".repeat(n)}\n`],
  ["csv", "empty lines", (n) => "\n".repeat(n)],
  ["csv", "a cell that never ends", (n) => `"${"a\n".repeat(n / 2)}`],
  ["orders", "rows", (n) => orders + times(n / 30, (index) => `electricity,bid,b${index},1.5,0.1\n`)],
  ["orders", "a number of many digits", (n) => `${orders}electricity,bid,b,1${"0".repeat(n)},0.1\n`],
  ["orders", "letters that compose", (n) => `${orders}electricity,bid,${"e\u0301".repeat(n / 3)},1,0.1\n`],
  ["readings", "rows", (n) => `participant,in,out\n${times(n / 12, (index) => `b${index},1.5,0\n`)}`],
  [
    "meters",
    "rows of as many meters",
    (n) => `Zeit;Meter;Wert\n${times(n / 28, (index) => `01.07.2026 00:15;m${index};1,5\n`)}`,
  ],
  ["rules", "blanks", (n) => `{${" ".repeat(n)}"mechanism":"value"}`],
  ["rules", "brackets", (n) => `{"areas":${"[".repeat(n)}`],
  ["rules", "a key many times", (n) => `{${times(n / 12, () => '"pool":null,')}"ties":"arrival"}`],
  [
    "rules",
    "areas in a chain",
    (n) =>
      JSON.stringify({
        mechanism: "merit",
        areas: { electricity: [{ name: "r" }, ...Array.from({ length: n / 30 }, (_, index) => area(index))] },
      }),
  ],
  [
    "tariff",
    "components",
    (n) =>
      JSON.stringify({
        name: "t",
        currency: "EUR",
        zone: "UTC",
        components: Array.from({ length: n / 50 }, (_, index) => component(index)),
      }),
  ],
  [
    "sharing key",
    "shares",
    (n) => `{"key":"static","shares":{${times(n / 10, (index) => `"p${index}":1,`)}"q":1}}`,
  ],
  ["market file", "comments", (n) => `{${"// a\n".repeat(n / 5)}"ledger":"l"}`],
  ["canonical", "numbers", (n) => `[${times(n / 2 - 1, () => "1,")}1]`],
  ["canonical", "escapes", (n) => `"${"\\n".repeat(n / 2)}"`],
  [
    "canonical",
    "keys",
    (n) => `{${times(n / 12, (index) => `"k${String(index).padStart(6, "0")}":1,`)}"z":1}`,
  ],
  ["checkpoint", "lines", (n) => "— a b\n".repeat(n / 6)],
  ["proof", "brackets", (n) => "[".repeat(n)],
  ["bundle", "lines", (n) => "{}\n".repeat(n / 3)],
  [
    "authorization",
    "a long name",
    (n) => `Gridclear key=${"ab".repeat(32)},until=1,participant=${"a".repeat(n)}`,
  ],
  ["http", "a long path", (n) => `GET /v1/${"a/".repeat(n / 2)}`],
  ["http", "many parameters", (n) => `GET /v1/market?${"a=1&".repeat(n / 4)}`],
  [
    "http",
    "brackets in the body",
    (n) => `POST /v1/orders\ncontent-type: application/json\n\n${"[".repeat(n)}`,
  ],
  ["mqtt", "blanks", (n) => `grid/in/orders/ann\n${" ".repeat(n)}`],
  ["events", "a line that never ends", (n) => `data: ${"a".repeat(n)}`],
  ["events", "lines", (n) => "data: a\n".repeat(n / 8)],
  [
    "registration",
    "contracts",
    (n) => `{"startMs":0,"cut":0,"contracts":[${times(n / 3, () => "{},")}{}],"signatures":[]}`,
  ],
];

/** @param {import("./run.js").Context} context @returns {Promise<import("./measure.js").Row[]>} */
export async function run({ smoke, say }) {
  mkdirSync(`${root}build`, { recursive: true });
  const outfile = `${root}build/parsers-${process.pid}.mjs`;
  const bundle = {
    bundle: true,
    format: /** @type {const} */ ("esm"),
    packages: /** @type {const} */ ("external"),
  };
  await build({
    ...bundle,
    entryPoints: [`${root}test/fuzz/target.ts`],
    platform: "node",
    outfile,
    logLevel: "error",
  });
  const { parsers, given } = await import(pathToFileURL(outfile).href);
  rmSync(outfile);
  const rows = [];
  let steepest = { growth: 0, what: "" };
  const [few, rounds] = smoke ? [4_000, 3] : [64_000, 15];
  for (const [parser, what, make] of inputs) {
    let before = 0;
    for (const size of [few, few * 8]) {
      const bytes = new TextEncoder().encode(make(size));
      const taken = [];
      for (let round = 0; round < rounds; round += 1) {
        const start = performance.now();
        await given(parsers[parser], bytes);
        taken.push(performance.now() - start);
      }
      const one = row({ work: `${parser}: ${what}`, size, unit: "bytes" }, "gridclear", taken, undefined);
      if (before > 0) {
        // 1: eight times the bytes take eight times as long.
        const growth = one.bestMs / before / 8;
        one.more = { "growth against the bytes": growth };
        // Below a fifth of a millisecond it is the clock that is measured.
        if (one.bestMs > 0.2 && growth > steepest.growth) steepest = { growth, what: `${parser}: ${what}` };
      }
      before = one.bestMs;
      rows.push(one);
    }
  }
  say(`steepest: ${steepest.what}, ${steepest.growth.toFixed(2)} of what is in proportion`);
  return rows;
}
