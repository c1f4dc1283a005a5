// @ts-check
// A market that seals as fast as it can, and three readers beside it: `verify` and `statement`, started again and
// again, and a `witness` that follows. Nothing of the writer's may change, and no reader may give a false verdict.
//
// node test/endurance/readers.mjs [ROUNDS] [SECONDS]   (default: one round of ten seconds; needs `npm run build`)
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openEngine, openMarket } from "../../dist/index.js";
import { openNodeStore } from "../../dist/ledger/store/node.js";

const [rounds, seconds] = [Number(process.argv[2] ?? 1), Number(process.argv[3] ?? 10)];
const command = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const orders = 200;
const clock = { now: () => 0, setTimer: () => null, clearTimer: () => {} };
const hex = (/** @type {Uint8Array} */ bytes) => Buffer.from(bytes).toString("hex");

const counts = { blocks: 0, verify: 0, statement: 0, witness: 0, bad: 0 };
const complain = (/** @type {string} */ what, /** @type {string} */ text) => {
  counts.bad += 1;
  console.error(`BAD ${what}: ${text.slice(0, 600)}`);
};

/**
 * Runs a command to its end.
 * @param {string[]} args @param {(child: import("node:child_process").ChildProcess) => void} [begun]
 * @returns {Promise<{ code: number | null, out: string }>}
 */
const run = (args, begun) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [command, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        out += chunk;
      });
    child.on("close", (code) => resolve({ code, out }));
    begun?.(child);
  });

/** Orders of every unit, other ones each period. @param {number} period */
const columns = (period) => ({
  participant: Uint32Array.from({ length: orders }, (_, index) => index),
  carrier: new Uint8Array(orders),
  side: Uint8Array.from({ length: orders }, (_, index) => index & 1),
  quantity: Uint32Array.from(
    { length: orders },
    (_, index) => 1 + ((index * 7919 + period * 104_729) % 5000),
  ),
  price: Int32Array.from({ length: orders }, (_, index) => 1 + ((index * 31 + period * 17) % 400)),
});

/** Files that must not change any more: all segments but the last. @param {string} directory */
const finished = (directory) =>
  readdirSync(directory)
    .filter((name) => name.endsWith(".gclf"))
    .sort()
    .slice(0, -1)
    .map((name) => {
      const { ino, size, mtimeMs } = statSync(join(directory, name));
      return `${name} ${ino} ${size} ${mtimeMs}`;
    });

/** @param {import("gridclear").Engine} engine @param {string} place */
async function round(engine, place) {
  const directory = join(place, "ledger");
  const store = await openNodeStore(directory, { hasher: engine, segmentBytes: 1 << 22 });
  const participants = Array.from({ length: orders }, (_, index) => `unit-${index}`);
  const market = await openMarket({ engine, store, clock, participants });
  let writing = true;
  const again = async (/** @type {"verify" | "statement"} */ name, /** @type {string[]} */ args) => {
    while (writing) {
      const { code, out } = await run([name, ...args]);
      counts[name] += 1;
      if (code !== 0) complain(name, out);
    }
  };
  /** @type {import("node:child_process").ChildProcess | undefined} */
  let follower;
  const followed = run(
    ["witness", "--follow", directory, "--ledger", join(place, "witness"), "--every", "1"],
    (child) => {
      follower = child;
    },
  );
  const readers = [again("verify", [directory]), again("statement", [directory, "unit-7", "--json"])];
  /** @type {string[]} */
  const hashes = [hex(store.hash(0))];
  /** @type {Map<string, string>} */
  const files = new Map();
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    market.submitColumns(columns(hashes.length));
    await market.clearPeriod(0);
    hashes.push(hex(/** @type {Uint8Array} */ (store.head?.hash)));
    if (hashes.length % 100 === 0)
      for (const text of finished(directory)) {
        const [name] = text.split(" ");
        if ((files.get(name) ?? text) !== text) complain(`segment ${name}`, text);
        files.set(name, text);
      }
  }
  writing = false;
  await Promise.all(readers);
  follower?.kill("SIGTERM");
  const { code, out } = await followed;
  const heads = out.split("\n").filter((line) => line.startsWith("gridclear/")).length;
  counts.witness += heads;
  if (code !== 0 || heads === 0 || out.includes("REFUSED")) complain("witness", `${code} ${out}`);
  await store.close();
  counts.blocks += hashes.length;
  await check(engine, { place, directory, hashes });
}

/** What must hold once everybody has stopped. */
async function check(
  /** @type {import("gridclear").Engine} */ engine,
  /** @type {{ place: string, directory: string, hashes: string[] }} */ { place, directory, hashes },
) {
  const { code, out } = await run(["verify", directory]);
  if (code !== 0 || !out.includes(/** @type {string} */ (hashes.at(-1)))) complain("verify afterwards", out);
  const again = await openNodeStore(directory, { hasher: engine });
  const kept = Array.from({ length: again.size }, (_, height) => hex(again.hash(height)));
  if (kept.join() !== hashes.join()) complain("blocks", `${kept.length} of ${hashes.length}, or others`);
  await again.close();
  const names = readdirSync(directory).filter((name) => !/^(?:\d{16}\.gclf|meta|log)$/.test(name));
  if (names.length > 0) complain("files", names.join(" "));
  const witness = await openNodeStore(join(place, "witness"), { hasher: engine });
  for (let height = 0; height < witness.size; height += 1)
    if (hex(witness.hash(height)) !== hashes[height]) complain("witness", `another block ${height}`);
  await witness.close();
}

const engine = await openEngine();
for (let number = 1; number <= rounds; number += 1) {
  const place = mkdtempSync(join(tmpdir(), "gridclear-readers-"));
  try {
    await round(engine, place);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
  const { blocks, verify, statement, witness, bad } = counts;
  console.log(
    `round ${number} of ${rounds}: ${blocks} blocks written, ${verify} verified, ${statement} statements, ${witness} heads cosigned, ${bad} bad`,
  );
}
engine.close();
process.exitCode = counts.bad === 0 ? 0 : 1;
