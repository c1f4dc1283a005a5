// @ts-check
// A fleet under fire: workers and servers are killed, paused and damaged at random while gateways hand in orders for
// every microgrid as fast as periods open. Afterwards every order that was acknowledged has to stand in the block of
// its period, once; every block has to follow from the intake; no microgrid may have a gap or two blocks of one
// height; and what its blocks move has to come out of its trades, to a sum of zero in each, as the tests' own audit
// works it out.
//
// node test/endurance/fleet.mjs [KILLS] [MICROGRIDS] [SEED] [PERIOD_MS]   (default: 50 kills, 200 microgrids, seed 1,
// periods of 5 s; four workers, three servers; needs `npm run build`)
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect, createInbox } from "@nats-io/transport-node";
import { build } from "esbuild";
import { openEngine } from "../../dist/core/engine.js";
import { auditGrid } from "../../dist/fleet/audit.js";
import { FleetClient } from "../../dist/fleet/client.js";
import { beginFleet } from "../../dist/fleet/line.js";
import { decodeOwn } from "../../dist/fleet/ownstore.js";
import { fleetStatus } from "../../dist/fleet/status.js";
import { readJournal } from "../../dist/ledger/store/journal.js";
import { decodeBlock, hex, openSignatures } from "../../dist/ledger/verify.js";
import { chances, loadGrid } from "../support/fleetload.mjs";
import { startNats } from "../support/natsserver.mjs";

const [kills, count, seed, periodMs] = [50, 200, 1, 5_000].map((preset, index) =>
  Number(process.argv[2 + index] ?? preset),
);
const members = 4;
const workerCount = 4;
// Few, so that there is enough to do in each for messages to go as batches.
const shards = 4;
const command = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gridclear-fire-"));
const wait = (/** @type {number} */ ms) => new Promise((go) => setTimeout(go, ms));
const chance = chances(seed);
const pick = (/** @type {readonly any[]} */ list) => list[Math.floor(chance() * list.length)];
const say = (/** @type {string} */ text) =>
  console.log(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${text}`);
const begun = performance.now();

const cluster = await startNats(3);
const engine = await openEngine();
const signatures = await openSignatures();
const nc = await connect({
  servers: [...cluster.urls],
  maxReconnectAttempts: -1,
  reconnectTimeWait: 200,
  pingInterval: 2_000,
  maxPingOut: 2,
});
const line = await beginFleet(nc, { prefix: "gridclear", shards, replicas: 3 }, engine);
// A stream without a leader answers nobody: whoever waits for one to be found asks often.
const asking = await jetstreamManager(nc, { timeout: 500 });
const client = new FleetClient(line, createInbox());
const keyFile = join(folder, "platform.key");
spawnSync(process.execPath, [command, "keys", "make", keyFile]);
const { readKeyFile } = await import("../../dist/cli/parts/keyfile.js");
const { key: platform } = await readKeyFile(keyFile);

/** @type {Map<string, import("node:child_process").ChildProcess>} */
const workers = new Map();
const storeOf = (/** @type {string} */ name) => join(folder, `store-${name}`);
function startWorker(/** @type {string} */ name) {
  const monitors = cluster.monitors.flatMap((each) => ["--monitor", each]);
  const args = [
    "worker",
    cluster.urls.join(","),
    "--key",
    keyFile,
    "--store",
    storeOf(name),
    "--name",
    name,
    "--snapshot-every",
    "5",
    ...monitors,
  ];
  const child = spawn(process.execPath, [command, ...args], {
    stdio: ["ignore", "ignore", process.env.FLEET_LOG ? "inherit" : "ignore"],
  });
  workers.set(name, child);
  // A worker that finds a server away refuses to begin; whoever runs it starts it again.
  child.once("exit", () => {
    if (!done && workers.get(name) === child) setTimeout(() => !done && startWorker(name), 1_000);
  });
}
let done = false;
for (let index = 0; index < workerCount; index += 1) startWorker(`w${index}`);

const loads = [];
for (let index = 0; index < count; index += 1) {
  const load = await loadGrid({ platform, name: `g${index}`, members, periodMs, startMs: Date.now() });
  await client.register(load.name, load.registration);
  loads.push(load);
}
say(`${count} microgrids are registered`);

/**
 * What was acknowledged, by microgrid.
 * @type {Map<string, import("../../dist/ledger/verify.js").Receipt[]>}
 */
const receipts = new Map(loads.map(({ name }) => [name, []]));
/** Batches, which the streams acknowledge before they are answered: they too must be in a block, or refused. */
const counts = { handed: 0, accepted: 0, refused: 0, unanswered: 0, unsent: 0 };
/** @type {Record<string, number>} */
const refusals = {};

/** Hands in a batch a period of a microgrid, until all is done. */
async function trade(/** @type {import("../support/fleetload.mjs").LoadGrid} */ { name, batch, marketId }) {
  let tried = -1;
  while (!done) {
    try {
      const last = await client.last(name);
      const period = last === null ? -1 : last.height + 1;
      if (period < 1 || period === tried) {
        await wait(periodMs / 10);
        continue;
      }
      tried = period;
      const orders = await batch(period, 0);
      counts.handed += 1;
      const { answer } = await client.hand(
        name,
        { kind: "orders", orders },
        { waitMs: 4 * periodMs, id: `${period}` },
      );
      if (answer === null) counts.unanswered += 1;
      else if (answer.status === "refused") {
        counts.refused += 1;
        const why = `${answer.error.code} ${answer.error.field}`;
        refusals[why] = (refusals[why] ?? 0) + 1;
      } else {
        counts.accepted += 1;
        receipts.get(name)?.push(
          ...(answer.receipts ?? []).map((signature, index) => ({
            marketId,
            period: answer.period,
            number: (answer.first ?? 0) + index,
            order: orders.records.slice(16 * index, 16 * (index + 1)),
            signature,
          })),
        );
      }
    } catch {
      counts.unsent += 1;
      await wait(500);
    }
  }
}
const trading = Promise.all(loads.map(trade));

/** Flips a bit, or cuts the end off, in files of blocks of one server that is down. */
function damage(/** @type {string} */ root) {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".blk") && /streams\/gridclear-(?:intake|blocks)/.test(name))
    .map((name) => join(root, name))
    .filter((path) => statSync(path).size > 0);
  const path = pick(files);
  if (path === undefined) return "no file";
  const { size } = statSync(path);
  if (chance() < 0.5) {
    truncateSync(path, Math.floor(size * chance()));
    return "a file cut";
  }
  const file = openSync(path, "r+");
  const at = Math.floor(size * chance());
  const byte = new Uint8Array(1);
  readSync(file, byte, 0, 1, at);
  byte[0] = /** @type {number} */ (byte[0]) ^ (1 << Math.floor(chance() * 8));
  writeSync(file, byte, 0, 1, at);
  closeSync(file);
  return "a bit flipped";
}

async function heal() {
  const end = Date.now() + 60_000;
  for (;;) {
    const infos = await Promise.all(
      Array.from({ length: shards }, (_, shard) =>
        asking.streams.info(line.names.intakeStream(shard)).catch(() => null),
      ),
    );
    if (
      infos.every(
        (info) => info?.cluster?.leader && (info.cluster.replicas ?? []).every(({ current }) => current),
      )
    )
      return;
    if (Date.now() > end) throw new Error("the servers do not come to agree again");
    await wait(200);
  }
}

await wait(2 * periodMs);
// The damaged server is always the same: the others are the majority that every order is kept by.
const victim = cluster.servers[2];
for (let kill = 0; kill < kills; kill += 1) {
  const what = chance();
  if (what < 0.45) {
    const name = pick([...workers.keys()]);
    say(`${kill + 1}: worker ${name} is killed`);
    workers.get(name)?.kill("SIGKILL");
    await wait(600 + 1_200 * chance());
  } else if (what < 0.65) {
    const name = pick([...workers.keys()]);
    const child = workers.get(name);
    const ms = 500 + 6_500 * chance();
    say(`${kill + 1}: worker ${name} is paused for ${(ms / 1000).toFixed(1)} s`);
    child?.kill("SIGSTOP");
    await wait(ms);
    child?.kill("SIGCONT");
  } else {
    const server = what < 0.78 ? victim : pick(cluster.servers);
    await server.kill();
    const also = server === victim && chance() < 0.6 ? damage(server.folder) : "";
    say(`${kill + 1}: server ${server.name} is killed${also === "" ? "" : `, ${also}`}`);
    await wait(200 + 800 * chance());
    await server.start();
    await heal();
  }
}
say("no more kills");
await wait(3 * periodMs);
done = true;
await trading;
// What was handed in last is in a block when its period has closed.
const settled = performance.now();
for (const { name } of loads) {
  const newest = (receipts.get(name) ?? []).reduce((most, { period }) => Math.max(most, period), 0);
  const end = Date.now() + 60_000;
  while (((await client.last(name).catch(() => null))?.height ?? -1) < newest && Date.now() < end)
    await wait(200);
}
const { workers: rows, streams } = await fleetStatus(line, Date.now());
for (const { id, failures } of rows)
  for (const { grid, error } of failures) say(`${id}: ${grid} stands still: ${error}`);
for (const { stream, trouble } of streams) say(`${stream}: ${trouble}`);
say(`all receipts have a block after ${((performance.now() - settled) / 1000).toFixed(1)} s`);
for (const child of workers.values()) {
  child.kill("SIGTERM");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}
say(`batches: ${JSON.stringify(counts)}, refused: ${JSON.stringify(refusals)}`);

// --- What came of it ----------------------------------------------------------------------------------------------

/** @type {Map<string, import("../../dist/fleet/ownstore.js").OwnBlock[]>} */
const kept = new Map();
for (const name of workers.keys())
  for await (const entry of readJournal({ folder: storeOf(name), hasher: engine, damaged: () => {} })) {
    const own = decodeOwn(entry);
    kept.set(own.grid, [...(kept.get(own.grid) ?? []), own]);
  }
// The tests' own audit is TypeScript.
const program = fileURLToPath(new URL(`../../build/audit-${process.pid}.mjs`, import.meta.url));
await build({
  entryPoints: [fileURLToPath(new URL("../support/audit.ts", import.meta.url))],
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  outfile: program,
  logLevel: "error",
});
const { Audit } = await import(program);
rmSync(program);

let [blocks, held, faults, waiting, unkept] = [0, 0, 0, 0, 0];
/** @param {string} name @param {number} height @param {string} what */
const fault = (name, height, what) => {
  faults += 1;
  console.log(`${name}, block ${height}: ${what}`);
};

/** Each acknowledged order stands once in all of its chain; money and energy close in each block. */
function checkBlocks(/** @type {string} */ name, /** @type {readonly { bytes: Uint8Array }[]} */ sealed) {
  const seen = new Set();
  const books = new Audit();
  for (const { bytes } of sealed) {
    const block = decodeBlock(bytes);
    const { header, sections } = block;
    for (let at = 0; at < sections.orders.length; at += 16) {
      const order = `${header.period} ${hex(sections.orders.subarray(at, at + 16))}`;
      if (seen.has(order)) fault(name, header.height, "an order twice");
      seen.add(order);
    }
    try {
      books.read(block);
    } catch (error) {
      fault(name, header.height, `its books do not close: ${/** @type {Error} */ (error).message}`);
      return;
    }
  }
}

async function check(/** @type {string} */ name) {
  const mine = receipts.get(name) ?? [];
  const own = kept.get(name) ?? [];
  const audit = await auditGrid({ line, engine, signatures }, name, { kept: own, receipts: mine });
  blocks += audit.blocks;
  held += audit.receipts;
  unkept += audit.unkept;
  for (const { kind, height, detail } of audit.findings)
    if (kind === "waiting") waiting += 1;
    else fault(name, height ?? -1, `${kind}: ${detail}`);
  checkBlocks(name, audit.published);
}

// A few at a time: while the servers look for the messages of one, another is checked.
const left = loads.values();
await Promise.all(
  Array.from({ length: 4 }, async () => {
    for (const { name } of left) await check(name);
  }),
);
const promised = [...receipts.values()].reduce((sum, each) => sum + each.length, 0);
say(
  `${blocks} blocks, ${unkept} in no worker's store, ${waiting} not published yet; ${held} of ${promised} receipts kept; ${faults} faults`,
);
client.close();
await nc.close();
await cluster.close();
rmSync(folder, { recursive: true, force: true });
if (faults > 0 || held !== promised || promised === 0) process.exit(1);
