// How long and how much memory it takes to read the measured profiles of a thousand homes over a year of quarter hours,
// and to trade a day of it. `node test/endurance/profiles.mjs [HOMES] [DAYS] [participant|step|parquet]` writes such a
// file into a temporary folder (1.2 GB for a year of a thousand), runs the commands of the built package, prints
// figures, and removes it again.
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";

const [homes = 1_000, days = 365] = process.argv.slice(2, 4).map(Number);
const order = process.argv[4] ?? "participant";
const steps = 96 * days;
const folder = mkdtempSync(join(tmpdir(), "gridclear-year-"));
const profiles = join(folder, "homes");

/** Milliwatt hours of a quarter of an hour: an evening peak, and sun for every second home. */
function energy(home, step) {
  const hour = (step % 96) / 4;
  const noise = ((Math.imul(home * 35_040 + step, 2_654_435_761) >>> 8) % 100_000) / 100_000;
  const use = Math.round((40_000 + 160_000 * Math.exp(-((hour - 19) ** 2) / 8)) * (0.5 + noise));
  const sun = home % 2 === 0 ? 0 : Math.max(0, Math.sin(((hour - 6) / 12) * Math.PI));
  return [use, Math.round(900_000 * sun * noise)];
}
const kwh = (ticks) => `${Math.floor(ticks / 1e6)}.${`${ticks % 1e6}`.padStart(6, "0")}`;

/** Every row in the order that was asked for, in runs of one length. */
function* runs() {
  const byStep = order === "step";
  for (let outer = 0; outer < (byStep ? steps : homes); outer += 1) {
    const rows = [];
    for (let inner = 0; inner < (byStep ? homes : steps); inner += 1) {
      const [home, step] = byStep ? [inner, outer] : [outer, inner];
      rows.push([`home-${home}`, step, ...energy(home, step)]);
    }
    yield rows;
  }
}

function writeCsv() {
  const file = openSync(profiles, "w");
  writeSync(file, "participant,carrier,step,use,supply\n");
  for (const rows of runs())
    writeSync(
      file,
      rows
        .map(([id, step, use, supply]) => `${id},electricity,${step},${kwh(use)},${kwh(supply)}\n`)
        .join(""),
    );
  closeSync(file);
}

async function writeParquet() {
  const bytes = new ByteWriter();
  const optional = { repetition_type: "OPTIONAL" };
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [
      { name: "root", num_children: 5 },
      { name: "participant", ...optional, type: "BYTE_ARRAY", converted_type: "UTF8" },
      { name: "carrier", ...optional, type: "BYTE_ARRAY", converted_type: "UTF8" },
      { name: "step", ...optional, type: "INT32" },
      { name: "use", ...optional, type: "DOUBLE" },
      { name: "supply", ...optional, type: "DOUBLE" },
    ],
  });
  const file = openSync(profiles, "w");
  let written = 0;
  for (const rows of runs()) {
    const column = (name, of) => ({ name, data: rows.map(of) });
    writer.write({
      columnData: [
        column("participant", ([id]) => id),
        column("carrier", () => "electricity"),
        column("step", ([, step]) => step),
        column("use", ([, , use]) => use / 1e6),
        column("supply", ([, , , supply]) => supply / 1e6),
      ],
      rowGroupSize: rows.length,
    });
  }
  await writer.finish();
  const all = bytes.getBytes();
  while (written < all.length) written += writeSync(file, all, written);
  closeSync(file);
}

const cli = fileURLToPath(new URL("../../dist/cli/gridclear.js", import.meta.url));
const program = `
  const { gridclear } = await import(${JSON.stringify(cli)});
  const out = (text) => process.stderr.write(text);
  const io = { out, err: out, columns: 80, isTTY: false };
  const code = await gridclear(process.argv.slice(1), io);
  console.log(JSON.stringify({ code, mebibytes: Math.round(process.resourceUsage().maxRSS / 1024) }));
`;
function measured(what, ...args) {
  const started = performance.now();
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program, ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  const { code, mebibytes } = JSON.parse(stdout.trim().split("\n").at(-1));
  if (code !== 0) throw new Error(stderr);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(
    `${what.padEnd(38)}${seconds.padStart(8)} s${`${mebibytes}`.padStart(8)} MiB at most\n`,
  );
}

try {
  if (order === "parquet") await writeParquet();
  else writeCsv();
  const scenario = join(folder, "year.json");
  const run = { name: "year", periods: steps, periodMs: 900_000, date: "2025-01-01", timeZone: "Etc/UTC" };
  writeFileSync(
    scenario,
    JSON.stringify({ ...run, participants: {}, profiles: { file: "homes", stepMs: 900_000 } }),
  );
  const size = (statSync(profiles).size / 1e6).toFixed(0);
  process.stdout.write(`${homes} homes, ${steps} steps, by ${order}: ${homes * steps} rows in ${size} MB\n`);
  measured("scenario check, which reads it all", "scenario", "check", scenario);
  measured("run of a day of it", "run", scenario, "--ledger", join(folder, "ledger"), "--periods", "96");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
