// @ts-check
// npm run bench [-- --smoke] [-- --only name]: runs every benchmark, compares the hashes of the results, and writes
// JSON, Markdown tables and charts. A smoke run is tiny and writes only under build/.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machine } from "./machine.js";
import { disagreements } from "./measure.js";
import { openNative } from "./native.js";
import { byWork, costChart, tables } from "./report.js";
import { targetsTable } from "./targets.js";

/**
 * What a benchmark gets.
 * @typedef {object} Context
 * @property {boolean} smoke
 * @property {number[]} sizes orders
 * @property {number} budgetMs for one work at one size
 * @property {import("./native.js").Native | undefined} native
 * @property {(text: string) => void} say
 */

const names = [
  "sort",
  "clear",
  "areas",
  "hash",
  "period",
  "boundary",
  "seal",
  "log",
  "verify",
  "scale",
  "open",
  "market",
  "steady",
  "parsers",
];
const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const { values } = parseArgs({
  options: {
    smoke: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    seconds: { type: "string", default: "1.5" },
  },
});
const { smoke, only } = values;
const unknown = only?.filter((name) => !names.includes(name)) ?? [];
if (unknown.length > 0) {
  process.stderr.write(`bench: no benchmark ${unknown.join(", ")}; there are ${names.join(", ")}\n`);
  process.exit(1);
}

const results = smoke ? join(root, "build", "bench", "results") : join(here, "results");
mkdirSync(results, { recursive: true });
const say = (/** @type {string} */ text) => process.stdout.write(`${text}\n`);
const { native, absent } = openNative();
if (absent) say(`native twin left out: ${absent}`);
/** @type {Context} */
const context = {
  smoke,
  sizes: smoke ? [1_000, 4_000] : [1_000, 10_000, 100_000, 1_000_000],
  budgetMs: smoke ? 20 : Number(values.seconds) * 1000,
  native,
  say,
};

let wrong = 0;
for (const name of names) {
  if (only && !only.includes(name)) continue;
  const started = performance.now();
  const { question, run } = await import(`./${name}.js`);
  say(`\n## ${name}: ${question}\n`);
  /** @type {import("./measure.js").Row[]} */
  const rows = await run(context);
  for (const line of disagreements(rows)) {
    wrong++;
    say(`RESULTS DIFFER: ${line}`);
  }
  say(tables(rows));
  const hashes = [...byWork(rows)].flatMap(([work, all]) =>
    all.filter(({ hash }) => hash).map(({ size, hash }) => `${work} ${size}: ${hash}`),
  );
  say(`\nresults: ${[...new Set(hashes)].join("; ") || "none"}`);
  const seconds = (performance.now() - started) / 1000;
  say(`took ${seconds.toFixed(1)} s`);
  const record = {
    name,
    question,
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    smoke,
    rows,
  };
  writeFileSync(join(results, `${name}.json`), `${JSON.stringify(record, null, 1)}\n`);
}
writeReport();
if (wrong > 0) {
  say(`\n${wrong} results differ between contenders that claim the same work`);
  process.exitCode = 1;
}

/** Place of a benchmark in the report; the page's come last. @param {string} name */
function place(name) {
  return names.includes(name) ? names.indexOf(name) : names.length;
}

/** Tables, targets and charts from the newest results of every benchmark. */
function writeReport() {
  const records = readdirSync(results)
    .filter((file) => file.endsWith(".json"))
    .map((file) => JSON.parse(readFileSync(join(results, file), "utf8")))
    .sort((a, b) => place(a.name) - place(b.name));
  /** @type {import("./measure.js").Row[]} */
  const rows = records.flatMap((record) => record.rows);
  const targets = targetsTable(rows);
  say(`\n## Targets\n\n${targets}`);
  const images = smoke ? join(results, "images") : join(root, "docs", "images");
  mkdirSync(images, { recursive: true });
  const perOrder = (/** @type {import("./measure.js").Row} */ { bestMs, size }) => (bestMs * 1e6) / size;
  const where = `${machine().processor}, Node ${process.versions.node}; lower is better`;
  const charts = [
    {
      work: "value random",
      file: "bench-value.svg",
      title: "Clearing a period by value",
      x: "orders",
      y: "ns an order",
    },
    {
      work: "merit random",
      file: "bench-merit.svg",
      title: "Clearing a period by merit order",
      x: "orders",
      y: "ns an order",
    },
    {
      work: "merkle rows",
      file: "bench-merkle.svg",
      title: "Merkle root over trade records",
      x: "records",
      y: "ns a record",
    },
    {
      work: "period",
      file: "bench-period.svg",
      title: "A whole period: clear, pool, records, root",
      x: "orders",
      y: "ns an order",
    },
  ];
  for (const { work, file, ...words } of charts) {
    const some = rows.filter((row) => row.work === work);
    if (some.length > 0)
      writeFileSync(join(images, file), costChart(some, { ...words, subtitle: where }, perOrder));
  }
  const sections = records.map(
    (record) =>
      `### ${record.name}\n\n${record.question} Measured ${record.date}; best of interleaved rounds, the median in brackets.\n\n${tables(record.rows)}`,
  );
  const machineLine = Object.entries(machine())
    .map(([key, value]) => `${key} ${value}`)
    .join(", ");
  const text = `Machine: ${machineLine}. Command: \`npm run bench\`.\n\n${targets}\n\n${sections.join("\n\n")}`;
  writeFileSync(join(results, "tables.md"), `# Newest results\n\n${text}\n`);
  const readme = join(here, "README.md");
  if (smoke || !existsSync(readme)) return;
  const old = readFileSync(readme, "utf8");
  const updated = old.replace(
    /(<!-- targets -->)[\s\S]*?(<!-- \/targets -->)/,
    (_, open, close) =>
      `${open}\n\nMachine: ${machineLine}. Command: \`npm run bench\`. All tables: [results/tables.md](results/tables.md).\n\n${targets}\n\n${close}`,
  );
  if (updated !== old) writeFileSync(readme, updated);
}
