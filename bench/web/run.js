// @ts-check
// npm run bench:web [-- --smoke]: the same benchmarks in Chromium, headless, and in Node, and the ratio.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { build as bundle } from "esbuild";
import { openEngine } from "gridclear";
import { chromium } from "playwright-core";
import { build, preview } from "vite";
import { findChromium, launchFlags } from "../../test/support/find.mjs";
import { machine } from "../machine.js";
import { disagreements, statistics } from "../measure.js";
import { duration, markdown } from "../report.js";
import { measureAll } from "./works.js";
import "../rates.js";

/** @typedef {import("../measure.js").Row} Row */

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));
const { smoke } = parseArgs({ options: { smoke: { type: "boolean", default: false } } }).values;
const options = smoke
  ? { sizes: [1_000, 4_000], budgetMs: 20 }
  : { sizes: [1_000, 10_000, 100_000, 1_000_000], budgetMs: 2_500 };

const configFile = join(here, "vite.config.js");
await build({ configFile });
const server = await preview({ configFile, preview: { port: 0, host: "127.0.0.1" } });
const browser = await chromium.launch({
  executablePath: findChromium(),
  args: [...launchFlags, "--js-flags=--expose-gc"],
});
/** @type {Row[]} */
let inPage;
/** Of pages that share nothing: each has a context, a process and a compilation of its own. @type {number[]} */
const coldMs = [];
const coldLoads = smoke ? 2 : 20;
const version = browser.version();
try {
  const url = server.resolvedUrls?.local[0] ?? "";
  for (let load = 0; load < coldLoads; load += 1) {
    const context = await browser.newContext();
    const cold = await context.newPage();
    await cold.goto(url);
    await cold.waitForFunction("globalThis.openCold");
    coldMs.push(/** @type {number} */ (await cold.evaluate("openCold()")));
    await context.close();
  }
  const page = await browser.newPage();
  page.on("pageerror", (error) => process.stderr.write(`page: ${error}\n`));
  await page.goto(url);
  await page.waitForFunction("globalThis.measure");
  inPage = /** @type {Row[]} */ (await page.evaluate(`measure(${JSON.stringify(options)})`));
} finally {
  await browser.close();
  await server.close();
}
const inNode = await measureAll(openEngine, { ...options, threads: true });

const wrong = disagreements([...inPage, ...inNode]);
const pairs = inPage.map((row) => ({
  row,
  node: inNode.find(
    (one) => one.work === row.work && one.contender === row.contender && one.size === row.size,
  ),
}));
process.stdout.write(
  `${markdown(
    ["work", "size", "contender", `Chromium ${version}`, `Node ${process.versions.node}`, "ratio"],
    pairs.map(({ row, node }) => [
      row.work,
      row.size.toLocaleString("en"),
      row.contender,
      duration(row.bestMs),
      node ? duration(node.bestMs) : "",
      node ? (row.bestMs / node.bestMs).toFixed(2) : "",
    ]),
  )}\n`,
);

// Split as a page's bundler splits: the build without SIMD and the worker are fetched only where they are needed.
const { metafile, outputFiles } = await bundle({
  entryPoints: [join(root, "dist", "core", "engine.js")],
  bundle: true,
  splitting: true,
  metafile: true,
  minify: true,
  format: "esm",
  platform: "browser",
  outdir: join(root, "build", "bench", "bundle"),
  write: false,
  logLevel: "error",
});
const gzipped = (/** @type {Uint8Array} */ bytes) => gzipSync(bytes, { level: 9 }).length;
/** Files loaded before anything runs: the entry and what it imports statically. */
const loaded = new Set();
const visit = (/** @type {string} */ path) => {
  if (loaded.has(path)) return;
  loaded.add(path);
  for (const { path: next, kind } of metafile.outputs[path].imports)
    if (kind === "import-statement") visit(next);
};
visit(
  Object.keys(metafile.outputs).find((path) =>
    metafile.outputs[path].entryPoint?.endsWith("core/engine.js"),
  ) ?? "",
);
const entryBytes = outputFiles
  .filter(({ path }) => loaded.has(relative(process.cwd(), path)))
  .reduce((sum, { contents }) => sum + gzipped(contents), 0);
const largest = Math.max(...options.sizes);
const period = pairs.find(
  ({ row }) => row.work === "period" && row.contender === "gridclear" && row.size === largest,
);
if (!period?.node) throw new Error("the period was not measured");
const rows = [
  {
    ...period.row,
    work: "page",
    contender: "Chromium",
    hash: undefined,
    more: { "times Node": period.row.bestMs / period.node.bestMs, "ms to ready": statistics(coldMs).median },
  },
  {
    ...inPage[0],
    work: "page",
    contender: "bundle",
    size: largest,
    more: {
      "wasm bytes": gzipped(readFileSync(join(root, "dist", "core.wasm"))),
      "entry bytes": entryBytes,
    },
  },
  ...inPage.map((row) => ({ ...row, work: `page: ${row.work}`, contender: `${row.contender}, Chromium` })),
  ...inNode.map((row) => ({ ...row, work: `page: ${row.work}`, contender: `${row.contender}, Node` })),
];
const folder = smoke ? join(root, "build", "bench", "results") : join(root, "bench", "results");
mkdirSync(folder, { recursive: true });
const record = {
  name: "page",
  question: "How fast is the same in Chromium?",
  date: new Date().toISOString().slice(0, 10),
  machine: { ...machine(), chromium: version },
  smoke,
  rows,
};
writeFileSync(join(folder, "page.json"), `${JSON.stringify(record, null, 1)}\n`);
for (const line of wrong) process.stdout.write(`RESULTS DIFFER: ${line}\n`);
if (wrong.length > 0) process.exitCode = 1;
