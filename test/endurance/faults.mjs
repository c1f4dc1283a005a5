// @ts-check
// A disk that refuses, and a process that dies, at every call to the system by which a market writes its ledger: strace
// lets the call fail with EIO or ENOSPC, or kills the process as it makes it. What was acknowledged has to be there
// afterwards, byte for byte, and `gridclear verify` has to find the ledger good.
//
// node test/endurance/faults.mjs [EVERY]   (default 1: every call; 10: each tenth; Linux, strace, `npm run build`)
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openEngine, openMarket } from "../../dist/index.js";
import { decodeBlock } from "../../dist/ledger/format.js";
import { openNodeStore } from "../../dist/ledger/store/node.js";

const every = Number(process.argv[2] ?? 1);
const blocks = 12;
const writer = fileURLToPath(new URL("writer.mjs", import.meta.url));
const command = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
// A later call of one name is another one only when one thread makes them all.
const env = { ...process.env, UV_THREADPOOL_SIZE: "1" };
const calls = ["pwrite64", "fdatasync", "fsync", "rename", "link", "unlink", "ftruncate"];
const faults = ["error=EIO", "error=ENOSPC", "signal=SIGKILL"];

if (spawnSync("strace", ["--version"]).status !== 0) {
  console.error("strace is missing (Debian: apt-get install strace): nothing was checked");
  process.exit(2);
}

/**
 * Runs a program to its end, at most half a minute.
 * @param {string} program @param {string[]} args @returns {Promise<{ code: number | null, out: string }>}
 */
const run = (program, args) =>
  new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    const timer = setTimeout(() => {
      out += "\nstopped by the clock";
      child.kill("SIGKILL");
    }, 30_000);
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        out += chunk;
      });
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, out });
    });
  });

const place = mkdtempSync(join(tmpdir(), "gridclear-faults-"));
const counts = { runs: 0, failed: 0, killed: 0, untouched: 0, unmet: 0, empty: 0, bad: 0 };
const complain = (/** @type {string} */ what, /** @type {string} */ text) => {
  counts.bad += 1;
  console.error(`BAD ${what}: ${text.trim().slice(-900)}`);
};

/** The ledgers to begin with: none, and one whose process died in the middle of a block and of an entry. */
function starts() {
  const dead = join(place, "dead");
  spawnSync(process.execPath, [writer, dead, "5", "die"], { env });
  const segment = readdirSync(dead)
    .filter((name) => name.endsWith(".gclf"))
    .sort()
    .at(-1);
  // The head of a record of 5,000 bytes, of which some came.
  const torn = Buffer.alloc(300, 7);
  torn.writeUInt32LE(5000);
  appendFileSync(join(dead, /** @type {string} */ (segment)), torn);
  if (existsSync(join(dead, "log"))) appendFileSync(join(dead, "log"), torn.subarray(0, 6));
  return { none: null, dead };
}

/** How often a writer that nothing happens to makes each call. @param {string | null} start */
async function count(start) {
  const directory = join(place, "counted");
  if (start !== null) cpSync(start, directory, { recursive: true });
  const trace = join(place, "trace");
  const args = ["-f", "-o", trace, "-e", `trace=${calls}`, process.execPath, writer, directory, `${blocks}`];
  const { out } = await run("strace", args);
  if (!out.endsWith("closed\n")) throw new Error(`the writer does not end by itself: ${out}`);
  const lines = readFileSync(trace, "utf8").split("\n");
  rmSync(directory, { recursive: true });
  return new Map(
    calls.map((call) => [call, lines.filter((line) => new RegExp(`^\\d+ +${call}\\(`).test(line)).length]),
  );
}

/** What a writer said was acknowledged. @param {string} out */
function acknowledged(out) {
  const found = { hashes: /** @type {Map<number, string>} */ (new Map()), orders: new Map() };
  for (const [, height, hash] of out.matchAll(/^block (\d+) ([0-9a-f]{64})$/gm))
    found.hashes.set(Number(height), hash);
  for (const [, period] of out.matchAll(/^order (\d+) \d+$/gm))
    found.orders.set(Number(period), (found.orders.get(Number(period)) ?? 0) + 1);
  return { ...found, note: /^note$/m.test(out) };
}

/** Holds a ledger against what was acknowledged. */
async function check(/** @type {string} */ name, /** @type {string} */ directory, /** @type {string} */ out) {
  const { hashes, orders, note } = acknowledged(out);
  const begun = existsSync(directory) && readdirSync(directory).some((file) => file.endsWith(".gclf"));
  if (!begun && hashes.size === 0) {
    counts.empty += 1;
    return;
  }
  const verified = await run(process.execPath, [command, "verify", directory]);
  // Before the first block there may be a file with nothing in it.
  if (verified.code !== 0) return complain(`${name}: verify`, verified.out);
  const engine = await openEngine();
  try {
    const store = await openNodeStore(directory, { hasher: engine });
    for (const [height, hash] of hashes)
      if (height >= store.size || Buffer.from(store.hash(height)).toString("hex") !== hash)
        complain(`${name}: block ${height} was acknowledged`, `${store.size} blocks, or another`);
    if (note && (await store.getMeta("note"))?.join() !== "1,2,3") complain(`${name}: the value put`, "gone");
    if (store.size > 0) {
      const clock = { now: () => 1000, setTimer: () => null, clearTimer: () => {} };
      const market = await openMarket({ engine, store, clock, log: true, onWarning: () => {} });
      /** @type {Map<number, number>} */
      const results = new Map();
      await market.clearPeriod(5000);
      for await (const bytes of store.blocks()) {
        const { header } = decodeBlock(bytes);
        results.set(header.period, header.sections.orders.count);
      }
      for (const [period, number] of orders)
        if ((results.get(period) ?? 0) < number)
          complain(
            `${name}: ${number} orders of period ${period} were acknowledged`,
            `${results.get(period)}`,
          );
    }
    await store.close();
  } catch (error) {
    complain(`${name}: going on`, `${/** @type {Error} */ (error).stack}`);
  } finally {
    engine.close();
  }
}

/** @param {string} name @param {string | null} start @param {string} fault @param {string} call @param {number} when */
async function inject(name, start, fault, call, when) {
  const directory = join(place, "ledger");
  if (start !== null) cpSync(start, directory, { recursive: true });
  const injection = `inject=${call}:${fault}:when=${when}`;
  const trace = join(place, "trace");
  const args = ["-f", "-qq", "-o", trace, "-e", `trace=${call}`, "-e", injection];
  const { code, out } = await run("strace", [...args, process.execPath, writer, directory, `${blocks}`]);
  counts.runs += 1;
  if (/^stopped (?![a-z]+: )/m.test(out)) complain(name, out);
  if (code === 3) counts.failed += 1;
  else if (out.endsWith("closed\n") && !readFileSync(trace, "utf8").includes("(INJECTED)")) {
    // One run makes a call more or less than another: this one ended before it came to the fault.
    counts.unmet += 1;
  } else if (out.endsWith("closed\n")) {
    counts.untouched += 1;
    // A snapshot that could not be kept is a warning; anything else that failed has to stop the market.
    if (!/^warning /m.test(out)) complain(name, `nobody said so: ${out}`);
  } else if (fault.startsWith("signal")) counts.killed += 1;
  else complain(name, `ended with ${code}: ${out}`);
  await check(name, directory, out);
  rmSync(directory, { recursive: true, force: true });
}

try {
  for (const [kind, start] of Object.entries(starts()))
    for (const [call, times] of await count(start))
      for (const fault of faults) {
        for (let when = 1; when <= times; when += every)
          await inject(`${kind}, ${call} ${when} of ${times}, ${fault}`, start, fault, call, when);
        console.log(`${kind}: ${times} × ${call}, ${fault}: ${JSON.stringify(counts)}`);
      }
} finally {
  rmSync(place, { recursive: true, force: true });
}
process.exitCode = counts.bad === 0 ? 0 : 1;
