// @ts-check
// What members of a served market wait for: `gridclear serve` on this machine with thousands of members, each with an
// order a period, by HTTP or through an MQTT broker, and some who follow by WebSocket: in peace, then beside a flood,
// slow clients, bodies that are too long and messages that are none, then in peace again, so that which came first does
// not decide; before all of it a warm-up that does not count. Members send at times drawn beforehand, whether the
// service keeps up or not (an open loop): what they wait for counts from that time on. Afterwards every receipt, the
// warm-up's too, is held against the sealed ledger.
//
// node bench/serving/run.js [--members N] [--mqtt N] [--periods N] [--period-ms MS] [--followers N]
// [--profile FOLDER] (needs `npm run build`; the folder gets a profile of the service's processor)
import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openNodeStore } from "../../dist/ledger/store/node.js";
import { decodeBlock, fromHex, plainHasher as hasher, judgeReceipt } from "../../dist/ledger/verify.js";
import { startMosquitto } from "../../test/support/mosquitto.mjs";
import { command, marketFolder, startServing } from "../../test/support/served.mjs";
import { machine } from "../machine.js";
import { memoryOf } from "../processes.js";
import { countProcessors } from "./processors.js";

const { values } = parseArgs({
  options: {
    members: { type: "string", default: "5000" },
    mqtt: { type: "string", default: "1000" },
    periods: { type: "string", default: "3" },
    "period-ms": { type: "string", default: "30000" },
    followers: { type: "string", default: "200" },
    profile: { type: "string" },
  },
});
const members = Number(values.members);
const mqttMembers = Math.min(members, Number(values.mqtt));
const periods = Number(values.periods);
const periodMs = Number(values["period-ms"]);
const followers = Number(values.followers);

const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const say = (/** @type {string} */ text) => process.stderr.write(`${text}\n`);

const profiling = values.profile === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", values.profile];

const broker = await startMosquitto();
const market = marketFolder({
  market: { periodMs },
  limits: { streams: members },
  mqtt: { url: broker.url },
});
const { child: service, url, ended } = await startServing(market.path, 0, profiling);
const port = Number(new URL(url).port);

/** What the service says of itself. */
async function gauge(/** @type {string} */ name) {
  const text = await (await fetch(`${url}metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1] ?? Number.NaN);
}
const rssMb = () => Math.round(memoryOf(service.pid));

/**
 * A child that answers each message with one; its next answer.
 * @param {import("node:child_process").ChildProcess} child
 * @param {object} message
 * @returns {Promise<any>}
 */
async function ask(child, message) {
  child.send(message);
  const [answer] = await once(child, "message");
  return answer;
}

const load = fork(path("members.js"));
say(`${members} members join, ${mqttMembers} of them by MQTT`);
await ask(load, { kind: "join", url, broker: broker.url, members, mqttMembers, periodMs });
const crowd = fork(path("followers.js"));
await ask(crowd, { kind: "follow", url, followers });

/** A phase of periods: what members waited for, and what the service took to seal. @param {string} name */
async function phase(name) {
  say(`${name}: ${periods} periods of ${periodMs / 1000} s`);
  const before = [
    await gauge("gridclear_sealing_seconds_sum"),
    await gauge("gridclear_sealing_seconds_count"),
  ];
  const processors = countProcessors({
    service: service.pid,
    broker: broker.pid,
    members: load.pid,
    followers: crowd.pid,
    trouble: trouble?.pid,
  });
  const answer = await ask(load, { kind: "send", periods });
  const { seconds, taken } = processors();
  const after = [
    await gauge("gridclear_sealing_seconds_sum"),
    await gauge("gridclear_sealing_seconds_count"),
  ];
  const sealedMs = (1000 * (after[0] - before[0])) / (after[1] - before[1]);
  return {
    name,
    ...answer,
    seconds,
    taken,
    sealedMs,
    lagMs: 1000 * (await gauge("gridclear_gate_lag_seconds")),
    rssMb: rssMb(),
  };
}

/** @type {import("node:child_process").ChildProcess | null} */
let trouble = null;
/** The code of all processes is warm afterwards. */
const warm = await phase("warm-up");
const calm = await phase("in peace");
trouble = fork(path("trouble.js"));
await ask(trouble, { kind: "begin", port });
const troubled = await phase("with trouble");
const { tally } = await ask(trouble, { kind: "end" });
trouble.kill();
trouble = null;
const calmAgain = await phase("in peace again");
const { receipts } = await ask(load, { kind: "receipts" });
const { events } = await ask(crowd, { kind: "count" });
load.kill();
crowd.kill();
service.kill("SIGINT");
await ended;
await broker.stop();

const store = await openNodeStore(market.ledger, { hasher });
const blocks = new Map();
let lost = 0;
for (const json of receipts) {
  const receipt = {
    marketId: fromHex(json.market, "market"),
    period: json.period,
    number: json.number,
    order: fromHex(json.order, "order"),
    signature: fromHex(json.signature, "signature"),
  };
  if (!blocks.has(receipt.period)) {
    const bytes = await store.get(receipt.period);
    blocks.set(receipt.period, bytes === null ? null : decodeBlock(bytes));
  }
  const block = blocks.get(receipt.period);
  const record = block?.sections.orders.slice(16 * receipt.number, 16 * receipt.number + 16);
  if (block === null || judgeReceipt(receipt, block.header, record).verdict !== "kept") lost += 1;
}
await store.close();
const { status } = spawnSync(process.execPath, [command, "verify", market.ledger]);
market.remove();

const rows = (/** @type {any} */ { name, ways, sealedMs, lagMs, rssMb: mb }) =>
  ways.map(
    (/** @type {any} */ { way, sent, granted, p50, p99, worst }) =>
      `| ${[name, way, sent, granted, p50.toFixed(1), p99.toFixed(1), worst.toFixed(0), sealedMs.toFixed(1), lagMs.toFixed(0), mb].join(" | ")} |`,
  );
/** How a phase's orders fared that were not acknowledged. @param {any} phase */
const refusals = ({ name, refused }) =>
  Object.entries(refused).map(([why, count]) => `${name}, not acknowledged: ${count} × ${why}`);
/** What the processes of a phase took of the processors. @param {any} phase */
const shares = ({ name, seconds, taken }) =>
  `${name}, processor seconds in ${seconds.toFixed(0)}: ${taken
    .map((/** @type {any} */ { name: who, seconds: took }) => `${who} ${took.toFixed(1)}`)
    .join(", ")}`;
const { processor, cores, node } = machine();
process.stdout.write(
  `${[
    `${members} members, an order each in periods of ${periodMs / 1000} s, ${followers} followers; ${processor}, ${cores} cores, node ${node}, load ${loadavg()[0]?.toFixed(1)}`,
    "",
    "| phase | by | sent | acknowledged | p50 ms | p99 ms | longest ms | clearing and sealing ms | behind the gate ms | memory MB |",
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...rows(calm),
    ...rows(troubled),
    ...rows(calmAgain),
    "",
    ...[calm, troubled, calmAgain].map(shares),
    ...[warm, calm, troubled, calmAgain].flatMap(refusals),
    ...calm.ways.map((/** @type {any} */ { way, p99 }, /** @type {number} */ at) => {
      const [beside, after] = [troubled.ways[at].p99, calmAgain.ways[at].p99];
      const times = (/** @type {number} */ of) => (beside / of).toFixed(2);
      return `p99 by ${way} with trouble is ${times(p99)} × that in peace before, ${times(after)} × that after, ${times((p99 + after) / 2)} × the mean of both`;
    }),
    `trouble: ${Object.entries(tally)
      .map(([what, count]) => `${count} ${what}`)
      .join(", ")}`,
    `${receipts.length} receipts, ${lost} not kept; ${events} events followed; verify ${status === 0 ? "good" : "BAD"}`,
  ].join("\n")}\n`,
);
process.exit(lost === 0 && status === 0 ? 0 : 1);
