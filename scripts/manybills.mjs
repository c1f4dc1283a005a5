// How long the bills of many members take (docs/bills.md): a ledger of made-up meters, imported, and billed at once.
//   node scripts/manybills.mjs [MEMBERS] [MINUTES] [FOLDER]   after `npm run build:lib`; default 1000, 60
// Prints what the import, `gridclear bills` in a folder, and one `gridclear bill` took, and their most memory; and the
// same of pages with their proofs, all together beside one alone times the number of members.
import { spawnSync } from "node:child_process";
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const [members = "1000", minutes = "60", folder = join(root, "build/manybills")] = process.argv.slice(2);
const main = join(root, "dist/cli/main.js");
const startMs = Date.parse("2026-07-01T00:00:00+02:00");
const stepMs = Number(minutes) * 60_000;
const periods = (31 * 86_400_000) / stepMs;
const names = Array.from({ length: Number(members) }, (_, at) => `m${`${at}`.padStart(4, "0")}`);

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const file = createWriteStream(join(folder, "meters.csv"));
file.write(`timestamp,${names.flatMap((name) => [`${name} in`, `${name} out`]).join(",")}\n`);
// Whole Wh from a small generator of pseudorandom numbers, so that every run has the same.
let state = 1;
const next = (below) => {
  state = (state * 48_271) % 2_147_483_647;
  return state % below;
};
for (let period = 0; period < periods; period += 1) {
  const cells = names.flatMap(() => {
    const net = next(2000) - 900;
    return [Math.max(net, 0), Math.max(-net, 0)].map((wh) => (wh / 1000).toFixed(3));
  });
  const row = [new Date(startMs + period * stepMs).toISOString(), ...cells].join(",");
  if (!file.write(`${row}\n`)) await new Promise((go) => file.once("drain", go));
}
file.end();
await finished(file);
writeFileSync(
  join(folder, "community.json"),
  JSON.stringify({
    ...{ community: "many", currency: "EUR", price: "0.10", key: { key: "proportional" } },
    readings: {
      ...{ form: "wide", separator: ",", decimal: ".", minutes: Number(minutes), unit: "kWh" },
      time: { column: "timestamp", format: "iso", stamp: "begin" },
    },
    members: names.map((name) => ({ member: name, in: `${name} in`, out: `${name} out` })),
  }),
);
writeFileSync(
  join(folder, "tariff.json"),
  JSON.stringify({
    ...{ name: "example", currency: "EUR", zone: "Europe/Vienna" },
    components: [
      { by: "energy", name: "energy", sort: "energy", on: ["fromGrid"], rate: "0.18" },
      { by: "energy", name: "grid", sort: "grid", on: ["fromGrid"], rate: "0.07" },
      { by: "energy", name: "grid, near", sort: "grid", on: ["received"], rate: "0.07", less: "at-local" },
      { by: "month", name: "metering", sort: "grid", rate: "2.40" },
      { by: "percent", name: "VAT", sort: "tax", of: ["energy", "grid"], percent: "20" },
      { by: "energy", name: "feed-in", sort: "feedIn", on: ["toGrid"], rate: "0.06" },
    ],
  }),
);

/** Runs a command and prints how long it took and the most memory it had. */
function timed(title, ...args) {
  const start = performance.now();
  const hook = 'process.on("exit", () => console.error("MEMORY", process.resourceUsage().maxRSS));';
  const call = ["--import", `data:text/javascript,${encodeURIComponent(hook)}`, main, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, call, {
    ...{ encoding: "utf8", maxBuffer: 1 << 28 },
  });
  if (status !== 0) throw new Error(stderr);
  const mebibytes = Math.round(Number(/MEMORY (\d+)/.exec(stderr)?.[1]) / 1024);
  const seconds = (performance.now() - start) / 1000;
  console.log(`${title}: ${seconds.toFixed(1)} s, ${mebibytes} MiB`);
  return { stdout, seconds };
}

const ledger = join(folder, "ledger");
const month = ["--month", "2026-07", "--tariff", join(folder, "tariff.json")];
console.log(`${names.length} members, ${periods} periods of ${minutes} minutes`);
timed(
  "import",
  ...["import", join(folder, "meters.csv")],
  "--community",
  join(folder, "community.json"),
  ...["--out", ledger],
);
console.log(timed("bills", "bills", ledger, ...month, "--out", join(folder, "bills")).stdout.trim());
timed("one bill", "bill", ledger, names[0], ...month);
const pages = timed("pages", "bills", ledger, ...month, "--html", "--out", join(folder, "pages"));
const page = timed("one page", "bill", ledger, names[0], ...month, "--html");
const ratio = (page.seconds * names.length) / pages.seconds;
console.log(`pages one by one would take ${ratio.toFixed(1)} times as long as all together`);
