// @ts-check
// What NATS JetStream costs a fleet, and how far one machine gets. First the same work without it: microgrids fed from
// memory, their blocks flushed to a worker's own store. Then an intake that was filled beforehand, worked off by one
// and by two workers on three servers that flush every write. With --live members hand orders in as periods open, by
// the clock, whether the workers keep up or not.
//
// The first fifth of the periods warms up and is not timed; what was sealed is counted, orders too, since refused ones
// cost nothing. 200 microgrids and 20 periods take some five minutes on two cores, --live what it says and a minute
// more for each 1000 microgrids.
//
// node bench/fleet.js [--microgrids N] [--members N] [--periods N] [--live SECONDS] [--period-ms MS] [--shards N]
// (needs `npm run build`; servers, workers and members share this machine)
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { connect, createInbox } from "@nats-io/transport-node";
import { writeKeyFile } from "../dist/cli/parts/keyfile.js";
import { quickKey, quickSignatures } from "../dist/cli/parts/quicksignatures.js";
import { openEngine } from "../dist/core/engine.js";
import { FleetClient } from "../dist/fleet/client.js";
import { Grid } from "../dist/fleet/grid.js";
import { beginFleet } from "../dist/fleet/line.js";
import { signGate } from "../dist/fleet/messages.js";
import { WorkerStore } from "../dist/fleet/ownstore.js";
import { encodeRequest } from "../dist/fleet/requests.js";
import { fleetStatus } from "../dist/fleet/status.js";
import { Journal } from "../dist/ledger/store/journal.js";
import { decodeBlock } from "../dist/ledger/verify.js";
import { keyOf, loadGrid } from "../test/support/fleetload.mjs";
import { startNats } from "../test/support/natsserver.mjs";
import { machine } from "./machine.js";
import { memoryOf, processorOf } from "./processes.js";

const { values } = parseArgs({
  options: {
    microgrids: { type: "string", default: "200" },
    members: { type: "string", default: "20" },
    periods: { type: "string", default: "20" },
    live: { type: "string", default: "0" },
    "period-ms": { type: "string", default: "30000" },
    shards: { type: "string", default: "16" },
  },
});
const [count, members, periods] = [values.microgrids, values.members, values.periods].map(Number);
const [live, periodMs, shards] = [Number(values.live), Number(values["period-ms"]), Number(values.shards)];
/** Periods that warm up. */
const warm = Math.ceil(periods / 5);
const command = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gridclear-bench-"));
const engine = await openEngine();
const signatures = await quickSignatures();
const platform = quickKey(await keyOf("platform"));
const keyFile = join(folder, "platform.key");
await writeKeyFile(keyFile, "platform", platform);
const wait = (/** @type {number} */ ms) => new Promise((go) => setTimeout(go, ms));
const say = (/** @type {string} */ text) => console.log(text);
/** @param {number} periodsDone @param {number} ms */
const rate = (periodsDone, ms) => `${((periodsDone * 1000) / ms).toFixed(0)} microgrid periods/s`;

say(JSON.stringify(machine()));
say(`${count} microgrids of ${members} members, an order each a period; ${shards} shards`);
// The gates of a filled intake lie in the future, so that no worker closes a period of its own accord. By the clock,
// all is made and registered before the first period begins.
const startMs = live > 0 ? Date.now() + 40_000 + 70 * count : Date.UTC(2100, 0, 1);
/** @type {import("../test/support/fleetload.mjs").LoadGrid[]} */
const loads = [];
for (let index = 0; index < count; index += 1)
  loads.push(await loadGrid({ platform, name: `g${index}`, members, periodMs, startMs }));

/** Where members wait for receipts. */
const answered = createInbox();

/**
 * Counts what workers answer.
 * @param {import("@nats-io/transport-node").NatsConnection} nc
 */
function countAnswers(nc) {
  const answers = { accepted: 0, refused: 0 };
  nc.subscribe(answered, {
    callback: (_, { data }) => {
      answers[Buffer.from(data).includes('"status":"accepted"') ? "accepted" : "refused"] += 1;
    },
  });
  return answers;
}

/**
 * @param {import("../test/support/fleetload.mjs").LoadGrid} load
 * @param {number} period
 */
const requestOf = async (load, period) =>
  encodeRequest({ request: { kind: "orders", orders: await load.batch(period, 0) }, reply: answered });
/**
 * @param {import("../test/support/fleetload.mjs").LoadGrid} load
 * @param {number} period
 */
const gateOf = ({ marketId }, period) =>
  signGate({ period, timestampMs: startMs + period * periodMs }, marketId, platform);

async function withoutNats() {
  const sealed = { blocks: 0, orders: 0 };
  const journal = await Journal.open(join(folder, "plain"), engine);
  const store = await WorkerStore.open(journal, (async function* () {})());
  const fed = await Promise.all(
    loads.map(async (load) => {
      const sink = {
        keep: (/** @type {import("../dist/fleet/messages.js").SealedBlock} */ block) =>
          store.keep(load.name, block, null),
        publish: async (/** @type {import("../dist/fleet/messages.js").SealedBlock} */ { bytes }) => {
          sealed.blocks += 1;
          sealed.orders += decodeBlock(bytes).header.sections.orders.count;
        },
        read: async () => null,
        snapshot: async () => {},
        answer: () => {},
      };
      const parts = {
        name: load.name,
        engine,
        signatures,
        key: platform,
        snapshotEvery: 60,
        sink,
        warn: () => {},
      };
      const registration = { ...load.registration, cut: 0 };
      const messages = [];
      for (let period = 1; period <= periods; period += 1)
        messages.push(
          { kind: /** @type {const} */ ("request"), data: await requestOf(load, period) },
          { kind: /** @type {const} */ ("gate"), data: await gateOf(load, period) },
        );
      return {
        grid: await Grid.open(parts, { registration, first: null, snapshot: null, blocks: [] }),
        messages,
      };
    }),
  );
  const take = (/** @type {number} */ from, /** @type {number} */ to) =>
    Promise.all(
      fed.map(async ({ grid, messages }) => {
        for (let index = 2 * from; index < 2 * to; index += 1)
          await grid.take({ .../** @type {(typeof messages)[0]} */ (messages[index]), sequence: index + 1 });
      }),
    );
  await take(0, warm);
  const begun = performance.now();
  const processor = processorOf({ all: [process.pid] });
  await take(warm, periods);
  const ms = performance.now() - begun;
  const used = processor(count * (periods - warm));
  await journal.close();
  // Genesis is a block as well.
  const wanted = { blocks: count * (periods + 1), orders: count * periods * members };
  if (sealed.blocks !== wanted.blocks || sealed.orders !== wanted.orders)
    throw new Error(`wanted ${JSON.stringify(wanted)}, sealed ${JSON.stringify(sealed)}`);
  say(
    `without NATS, one process:  ${rate(count * (periods - warm), ms)}; processor ms a microgrid period: ${used}`,
  );
}

/** What ends what is running of a fleet: also where a run breaks off. @type {(() => Promise<unknown>)[]} */
const endings = [];
async function end() {
  for (let act = endings.pop(); act !== undefined; act = endings.pop()) await act();
}

async function openFleet() {
  const cluster = await startNats(3);
  endings.push(() => cluster.close());
  const nc = await connect({ servers: [...cluster.urls] });
  endings.push(() => nc.close());
  const line = await beginFleet(nc, { prefix: "gridclear", shards, replicas: 3 }, engine);
  return { cluster, nc, line, client: new FleetClient(line, createInbox()) };
}

/**
 * @param {import("../test/support/natsserver.mjs").NatsCluster} cluster
 * @param {number} workers
 */
function startWorkers(cluster, workers) {
  return Array.from({ length: workers }, (_, index) => {
    const monitors = cluster.monitors.flatMap((each) => ["--monitor", each]);
    const store = join(folder, `store-${workers}-${index}`);
    const args = [
      "worker",
      cluster.urls.join(","),
      "--key",
      keyFile,
      "--store",
      store,
      "--name",
      `w${index}`,
    ];
    // Flags of node hold for workers as well: `node --cpu-prof bench/fleet.js` profiles all.
    const all = [...process.execArgv, command, ...args, ...monitors];
    const child = spawn(process.execPath, all, { stdio: ["ignore", "pipe", "ignore"] });
    const ended = once(child, "exit");
    endings.push(() => {
      child.kill("SIGTERM");
      return ended;
    });
    return child;
  });
}

/**
 * @param {import("../test/support/natsserver.mjs").NatsCluster} cluster
 * @param {readonly import("node:child_process").ChildProcess[]} children
 */
const processesOf = (cluster, children) => ({
  workers: children.map(({ pid }) => pid),
  servers: cluster.servers.map(({ pid }) => pid()),
  members: [process.pid],
});

/** @param {import("../dist/fleet/line.js").Line} line */
async function blocksIn(line) {
  let [messages, bytes] = [0, 0];
  for (let shard = 0; shard < shards; shard += 1) {
    const { state } = await line.jsm.streams.info(line.names.blockStream(shard));
    messages += state.messages;
    bytes += state.bytes;
  }
  return { messages, bytes };
}

/** @param {number} workers */
async function withNats(workers) {
  const { cluster, nc, line, client } = await openFleet();
  for (const { name, registration } of loads) await client.register(name, registration);
  const mostFilling = 50;
  const rest = [...loads];
  const filling = performance.now();
  const fill = async () => {
    for (let load = rest.shift(); load !== undefined; load = rest.shift())
      for (let period = 1; period <= periods; period += 1) {
        const place = line.names.of(load.name);
        await line.js.publish(place.requests, await requestOf(load, period));
        await line.js.publish(place.gates, await gateOf(load, period));
      }
  };
  await Promise.all(Array.from({ length: mostFilling }, fill));
  const filled = performance.now() - filling;
  const wanted = count * (periods + 2);
  const answers = countAnswers(nc);
  const children = startWorkers(cluster, workers);
  await Promise.all(
    children.map((child) => once(/** @type {import("node:stream").Readable} */ (child.stdout), "data")),
  );
  while ((await blocksIn(line)).messages < count * (2 + warm)) await wait(20);
  const [begun, before] = [performance.now(), (await blocksIn(line)).messages];
  const processor = processorOf(processesOf(cluster, children));
  let now = before;
  while (now < wanted) {
    await wait(50);
    now = (await blocksIn(line)).messages;
  }
  const ms = performance.now() - begun;
  const used = processor(now - before);
  const { bytes } = await blocksIn(line);
  const last = await client.last("g0");
  const orders = last === null ? 0 : decodeBlock(last.bytes).header.sections.orders.count;
  if (orders !== members) throw new Error(`wanted ${members} orders in the last block, got ${orders}`);
  if (answers.accepted !== count * periods)
    throw new Error(`of ${count * periods}: ${JSON.stringify(answers)}`);
  say(
    `three servers, ${workers} worker${workers === 1 ? ": " : "s:"}  ${rate(wanted - before, ms)}; ${(bytes / wanted).toFixed(0)} bytes a block in each server; workers ${children.map(({ pid }) => `${memoryOf(pid).toFixed(0)} MB`).join(", ")}; filled with ${((count * periods * 2 * 1000) / filled).toFixed(0)} messages/s; processor ms a microgrid period: ${used}`,
  );
  await end();
}

async function byTheClock() {
  const { cluster, nc, line, client } = await openFleet();
  const registering = performance.now();
  const rest = [...loads];
  const register = async () => {
    for (let load = rest.shift(); load !== undefined; load = rest.shift())
      await client.register(load.name, load.registration);
  };
  await Promise.all(Array.from({ length: 50 }, register));
  say(`registered in ${((performance.now() - registering) / 1000).toFixed(0)} s`);
  const children = startWorkers(cluster, 2);
  const until = startMs + live * 1000;
  const takingUp = performance.now();
  const held = async () =>
    (await fleetStatus(line, Date.now())).workers.reduce((sum, { grids }) => sum + grids, 0);
  while ((await held()) < count) {
    if (Date.now() > startMs) throw new Error("the market began before its microgrids were taken up");
    await wait(500);
  }
  say(`taken up in ${((performance.now() - takingUp) / 1000).toFixed(0)} s`);
  await wait(startMs - Date.now());
  let [sent, failed] = [0, 0];
  const answers = countAnswers(nc);
  const [processor, before] = [processorOf(processesOf(cluster, children)), (await blocksIn(line)).messages];
  let sealed = before;
  // Each microgrid's members send once a period, all over the period; which period is open they know by the clock.
  const feed = async () => {
    for (let turn = 0; Date.now() < until; turn += 1)
      for (const [index, load] of loads.entries()) {
        const due = (Math.floor(startMs / periodMs) + 1 + turn + (index + 0.5) / count) * periodMs;
        if (due > until) return;
        await wait(Math.max(0, due - Date.now()));
        const bytes = await requestOf(load, turn + 2);
        line.js.publish(line.names.of(load.name).requests, bytes, { timeout: 10_000 }).then(
          () => {
            sent += 1;
          },
          () => {
            failed += 1;
          },
        );
      }
  };
  const feeding = feed();
  while (Date.now() < until) {
    await wait(Math.min(10_000, until - Date.now()));
    const { workers } = await fleetStatus(line, Date.now());
    const { messages, bytes } = await blocksIn(line);
    sealed = messages;
    say(
      `${((until - Date.now()) / 1000).toFixed(0)} s left: ${messages} blocks and registrations (${(bytes / messages).toFixed(0)} bytes each), batches: ${sent} kept, ${failed} not, ${answers.accepted} accepted, ${answers.refused} refused; late ${workers.map(({ lagMs }) => `${(lagMs / 1000).toFixed(1)} s`).join(", ")}; workers ${children.map(({ pid }) => `${memoryOf(pid).toFixed(0)} MB`).join(", ")}`,
    );
  }
  say(`processor ms a microgrid period: ${processor(sealed - before)}`);
  await feeding;
  await end();
}

try {
  if (live > 0) await byTheClock();
  else {
    await withoutNats();
    for (const workers of [1, 2]) await withNats(workers);
  }
} finally {
  await end();
  rmSync(folder, { recursive: true, force: true });
  engine.close();
}
process.exit(0);
