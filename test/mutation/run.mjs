// @ts-check
// Mutation testing over a sample: lines of the rooms that decide are drawn at random, each mutant of those lines is
// run against the tests that reach it, and the share that is found is said with its interval. All mutants of these
// rooms would take days.
//
// npm run mutation -- [--lines COUNT] [--seed SEED] [--only WORDS] [--all]
//   --only WORDS: files whose path has one of these words, commas between. --all: each line of them, no sample.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";
import { said, unseen } from "./said.mjs";

const { values } = parseArgs({
  options: {
    lines: { type: "string", default: "300" },
    seed: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    all: { type: "boolean", default: false },
  },
});

/** The rooms that decide who gets what, and what is believed. */
const rooms = ["src/core", "src/ledger", "src/market", "src/sharing", "src/tariff"];

/** Numbers from 0 to 1, the same for the same seed (mulberry32). @param {number} seed */
const chance = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let word = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
  return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
};

/** Lines with code that may be changed: no comments, imports, types or closing brackets. @param {string} path */
const linesOf = (path) => {
  let comment = false;
  return readFileSync(path, "utf8")
    .split("\n")
    .flatMap((text, index) => {
      const line = text.trim();
      if (line.startsWith("/*")) comment = true;
      const counts =
        !comment && !/^($|\/\/|import |export (type|interface|\{)|type |interface |\W+$)/.test(line);
      if (line.endsWith("*/")) comment = false;
      return counts ? [`${path}:${index + 1}-${index + 1}`] : [];
    });
};

/** What is generated, and what only a browser runs: the tests here run in Node. */
const elsewhere = ["src/core/inline/", "src/ledger/store/browser.ts"];
const asked = values.only.split(",");
const files = rooms
  .flatMap((room) => readdirSync(room, { recursive: true }).map((path) => `${room}/${path}`))
  .filter(
    (path) =>
      path.endsWith(".ts") &&
      asked.some((words) => path.includes(words)) &&
      !elsewhere.some((words) => path.startsWith(words)),
  )
  .sort();
const lines = files.flatMap(linesOf);
const random = chance(Number(values.seed));
const drawn = values.all
  ? lines
  : lines
      .map((line) => ({ line, rank: random() }))
      .sort((a, b) => a.rank - b.rank)
      .slice(0, Number(values.lines))
      .map(({ line }) => line);
console.log(`${drawn.length} of ${lines.length} lines in ${files.length} files`);

const results = await new Stryker({
  plugins: ["@stryker-mutator/vitest-runner", "./test/mutation/said.mjs"],
  testRunner: "vitest",
  vitest: { configFile: "test/mutation/vitest.config.ts" },
  coverageAnalysis: "perTest",
  ignoreStatic: true,
  // What an error says is not what is decided; its code and its field are held by the tests.
  mutator: { excludedMutations: ["StringLiteral"] },
  mutate: drawn,
  reporters: ["progress-append-only", "said"],
  allowEmpty: true,
  disableTypeChecks: false,
  concurrency: 1,
  // Generous: a machine that is busy with other things must not make a mutant look as if it hung.
  timeoutMS: 60_000,
  timeoutFactor: 4,
  dryRunTimeoutMinutes: 60,
  tempDirName: "build/stryker",
  ignorePatterns: ["/build/*", "!/build/*.wasm", "/bench/results"],
}).runMutationTest();

/** @param {string} status */
const count = (status) => results.filter((mutant) => mutant.status === status).length;
const found = count("Killed") + count("Timeout");
const missed = count("Survived") + count("NoCoverage");
const share = found / (found + missed);
// Wilson's interval at 95 %, as if each mutant were drawn by itself.
const z = 1.96;
const total = found + missed;
const middle = (share + (z * z) / (2 * total)) / (1 + (z * z) / total);
const half =
  (z / (1 + (z * z) / total)) * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
const percent = (/** @type {number} */ part) => `${(100 * part).toFixed(1)} %`;
const survivors = results.filter(unseen).map(said).sort();
const sum = `${total} mutants: ${count("Killed")} failed a test, ${count("Timeout")} hung, ${count("Survived")} not seen, ${count("NoCoverage")} not reached: ${percent(share)} found (${percent(middle - half)} to ${percent(middle + half)})`;
// What is worked out once, as a module is loaded, is the same for every test: Stryker would run all of them for it.
const once = results.filter(({ statusReason }) => statusReason?.startsWith("Static")).length;
console.log(
  `apart from these: ${once} in what is made as a module is loaded, ${count("RuntimeError")} that broke the run`,
);
console.log(sum);
mkdirSync("build", { recursive: true });
writeFileSync("build/mutation.txt", `${survivors.join("\n")}\n${sum}\n`);
