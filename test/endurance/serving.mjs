// @ts-check
// A served market that is killed (`kill -9`) at random moments while members send orders as fast as they get receipts,
// readings of each period and now and then a contract with a standing order, and started again on the same ledger each
// time. Every receipt that anybody got has to be kept by the sealed blocks, every reading and contract that was
// acknowledged has to stand in the block that was named, a reading nowhere else, and the ledger has to verify.
// Heat is shared: what each member received and supplied of a period has to be what its last readings come to, divided
// once more here by the words of docs/sharing.md. A start that takes more than three seconds fails too.
//
// node test/endurance/serving.mjs [KILLS] [MEMBERS]   (default: 5 kills, 8 members; needs `npm run build`)
import { spawnSync } from "node:child_process";
import { MarketClient } from "../../dist/client/index.js";
import {
  contractStatement,
  decodeItems,
  decodeRecords,
  encodeCanonical,
  encodeRecords,
  flowLayout,
  readingLayout,
  readingStatement,
} from "../../dist/ledger/format.js";
import { openNodeStore } from "../../dist/ledger/store/node.js";
import {
  decodeBlock,
  fromHex,
  plainHasher as hasher,
  hex,
  judgeReceipt,
  openSignatures,
} from "../../dist/ledger/verify.js";
import { command, marketFolder, startServing } from "../support/served.mjs";

const [kills, members] = [Number(process.argv[2] ?? 5), Number(process.argv[3] ?? 8)];
const port = 20_000 + (process.pid % 20_000);
const url = `http://127.0.0.1:${port}/`;
const periodMs = 1_000;
const window = 3;
const market = marketFolder({
  metering: { window, corrections: 3, missing: "last" },
  clearing: { heat: { mechanism: "share" } },
  contracts: [
    {
      ...{ kind: "community", version: 1, from: 0, community: "street", carrier: "heat" },
      ...{ price: 120_000, key: { key: "proportional" } },
    },
  ],
  market: { periodMs },
  snapshotEvery: 20,
  limits: { burst: 1_000_000, perSecond: 1_000_000 },
});
const wait = (/** @type {number} */ ms) => new Promise((go) => setTimeout(go, ms));
const start = () => startServing(market.path, port);

/** @type {import("../../dist/ledger/verify.js").Receipt[]} */
const receipts = [];
/**
 * Readings that were acknowledged, and the period in whose block each stands.
 * @type {{ block: number, participant: number, carrier: string, period: number, in: number, out: number }[]}
 */
const readings = [];
/**
 * Contracts that were acknowledged, as they stand in the block of their first period.
 * @type {{ from: number, text: Uint8Array }[]}
 */
const contracts = [];
let unanswered = 0;
let done = false;

/**
 * Sends something that is no order; what was answered, or an error with the status.
 * @param {string} path
 * @param {object} body
 */
async function post(path, body) {
  const answer = await fetch(`${url}v1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(5_000),
  });
  const said = await answer.json();
  if (!answer.ok)
    throw Object.assign(new Error(JSON.stringify(said)), { status: answer.status, code: said.code });
  return said;
}

/**
 * Signs and proposes a contract, and notes it when it was acknowledged.
 * @param {import("../../dist/ledger/verify.js").SigningKey} key
 * @param {Record<string, unknown> & { from: number }} contract
 */
async function propose(key, contract) {
  const { id } = await (await fetch(`${url}v1/market`)).json();
  const text = encodeCanonical(contract);
  const signature = hex(await key.sign(contractStatement(fromHex(id, "id"), text)));
  await post("contracts", { contract, signature });
  contracts.push({ from: contract.from, text });
}

/**
 * Does something again and again until all is done; what fails was not promised, unless its answer was lost.
 * @param {number} pauseMs
 * @param {() => Promise<void>} act
 */
async function repeat(pauseMs, act) {
  while (!done) {
    try {
      await act();
    } catch {
      // Its period closed, or nobody answered.
      unanswered += 1;
      await wait(20);
    }
    if (pauseMs > 0) await wait(pauseMs);
  }
}

/**
 * A member that sends one order after another, readings and contracts until all is done.
 * @param {string} participant
 */
async function member(participant) {
  const signatures = await openSignatures();
  const key = await signatures.generate();
  const soon = async () => (await (await fetch(`${url}v1/market`)).json()).period + 2;
  const publicKey = hex(key.publicKey);
  await propose(key, {
    kind: "participant",
    version: 1,
    from: await soon(),
    id: participant,
    key: publicKey,
  });
  await wait(3 * periodMs);
  const client = await MarketClient.open({ url, participant, key, signatures, hasher, timeoutMs: 5_000 });
  const side = participant.length % 2 === 0 ? "offer" : "bid";
  let sent = 0;
  let number = -1;
  const order = async () => {
    const price = `${0.1 + (sent++ % 50) / 100}`.slice(0, 5);
    const receipt = await client.order({ carrier: "electricity", side, quantity: "1", price });
    number = new DataView(receipt.order.buffer, receipt.order.byteOffset).getUint32(0, true);
    receipts.push(receipt);
  };
  /** Of the last period what its meters said: the odd ones draw heat, the others inject it. */
  const meters = (/** @type {number} */ period) => {
    const heat = 200_000 + ((period * 7_919 + number * 104_729) % 1_000_000);
    return [
      { carrier: "electricity", in: 1_000_000 + (period % 1_000), out: 0 },
      { carrier: "heat", in: number % 2 === 1 ? heat : 0, out: number % 2 === 1 ? 0 : heat },
    ];
  };
  const inUnits = (/** @type {number} */ ticks) =>
    `${Math.floor(ticks / 1e6)}.${`${ticks % 1e6}`.padStart(6, "0")}`;
  let read = 0;
  const report = async () => {
    const { id, period: now } = await (await fetch(`${url}v1/market`)).json();
    const period = now - 1;
    if (number < 0 || period <= read) return;
    read = period;
    for (const said of meters(period)) {
      const [carrier, version] = [said.carrier, 1];
      const record = encodeRecords(readingLayout, [
        { participant: number, ...said, flags: 0, version, age: 1, amount: 0n },
      ]);
      const signature = hex(await key.sign(readingStatement(fromHex(id, "id"), now, record)));
      const reading = { participant, carrier, period, in: inUnits(said.in), out: inUnits(said.out) };
      const taken = await post("readings", { ...reading, version, signature });
      readings.push({ block: taken.period, participant: number, period, ...said });
    }
  };
  let joined = false;
  const join = async () => {
    if (joined) return;
    const from = await soon();
    try {
      const terms = { community: "street", participant, factor: 1_000_000 };
      await propose(key, { kind: "member", version: 1, from, ...terms });
    } catch (error) {
      if (error.code !== "conflict") throw error;
    }
    joined = true;
  };
  let version = 1;
  const agree = async () => {
    const limit = 5_000_000;
    const terms = { limit, interruptible: 0, interruptionPrice: 0, import: true };
    const standing = { price: 250_000, quantity: { rule: "last", most: 1 + (version % limit) } };
    const own = { participant, carrier: "electricity", ...terms, standing };
    try {
      await propose(key, { kind: "use", version, from: await soon(), ...own });
    } catch (error) {
      // The one before was taken, and its answer lost.
      if (error.code !== "conflict") throw error;
    }
    version += 1;
  };
  const now = repeat(periodMs / 2, join);
  await Promise.all([repeat(0, order), repeat(periodMs / 4, report), repeat(periodMs / 2, agree), now]);
}

let served = await start();
const starts = [served.ms];
/** Longest that a market may take from the beginning of its process to its address, in milliseconds. */
const longestStartMs = 3_000;
const all = Promise.all(Array.from({ length: members }, (_, at) => member(`m${"x".repeat(at % 2)}${at}`)));
all.catch((error) => {
  console.error(error);
  process.exit(1);
});
await wait(5 * periodMs);
for (let kill = 1; kill <= kills; kill += 1) {
  await wait(100 + Math.random() * 1.5 * periodMs);
  served.child.kill("SIGKILL");
  await served.ended;
  served = await start();
  starts.push(served.ms);
  if (kill % 10 === 0 || kill === kills)
    console.error(`${kill} of ${kills} kills, ${receipts.length} receipts`);
}
// Time enough for what came last to settle.
await wait((window + 1) * periodMs);
done = true;
await all;
served.child.kill("SIGINT");
await served.ended;

const store = await openNodeStore(market.ledger, { hasher });
/** The block of a period, or null. @param {number} period */
async function blockOf(period) {
  const bytes = await store.get(period);
  return bytes === null ? null : decodeBlock(bytes);
}
let broken = 0;
for (const receipt of receipts) {
  const block = await blockOf(receipt.period);
  const orders = block?.sections.orders;
  const record = orders === undefined ? null : orders.slice(16 * receipt.number, 16 * receipt.number + 16);
  if (
    block === null ||
    judgeReceipt(receipt, block.header, record?.length === 16 ? record : null).verdict !== "kept"
  )
    broken += 1;
}
let lost = 0;
/**
 * Every reading of all blocks: of each meter and period those that were no estimate, by the block they stand in, and
 * what was said last.
 * @type {Map<string, { blocks: number[], in: number, out: number }>}
 */
const metered = new Map();
/** What each received and supplied of heat, by period and member. @type {Map<string, bigint>} */
const shared = new Map();
/** Members of the community in order of entry, and since when. @type {{ participant: string, from: number }[]} */
const community = [];
/** @type {string[]} */
const numbers = [];
for (let height = 0; height < store.size; height += 1) {
  const { header, sections } = /** @type {NonNullable<Awaited<ReturnType<typeof blockOf>>>} */ (
    await blockOf(height)
  );
  for (const item of decodeItems(sections.contracts)) {
    const contract = JSON.parse(Buffer.from(item).toString("utf8"));
    if (contract.kind === "participant" && !numbers.includes(contract.id)) numbers.push(contract.id);
    if (contract.kind === "member") community.push(contract);
  }
  for (const reading of decodeRecords(readingLayout, sections.readings)) {
    const at = `${reading.carrier} ${reading.participant} ${header.period - reading.age}`;
    const before = metered.get(at)?.blocks ?? [];
    const isEstimate = (reading.flags & 1) === 1;
    const blocks = isEstimate ? before : [...before, header.period];
    metered.set(at, { blocks, in: reading.in, out: reading.out });
  }
  for (const { kind, extra, party, order, quantity } of decodeRecords(flowLayout, sections.flows)) {
    if (kind !== "shared" && kind !== "unshared") continue;
    const sign = kind === "shared" ? 1n : -1n;
    for (const at of [`${extra} in ${party}`, `${extra} out ${order}`])
      shared.set(at, (shared.get(at) ?? 0n) + sign * BigInt(quantity));
  }
}
for (const { block, participant, carrier, period, ...said } of readings) {
  const found = metered.get(`${carrier} ${participant} ${period}`);
  // Versions begin at 1 and nobody sends a second one.
  const isOnce = found !== undefined && found.blocks.length === 1 && found.blocks[0] === block;
  if (!isOnce || found.in !== said.in || found.out !== said.out) lost += 1;
}

/** A total by weights, as docs/sharing.md rounds. @param {bigint} total @param {readonly bigint[]} weights */
function split(total, weights) {
  const whole = weights.reduce((sum, weight) => sum + weight, 0n);
  let [sum, before] = [0n, 0n];
  return weights.map((weight) => {
    sum += weight;
    const mark = whole === 0n ? 0n : (2n * total * sum + whole) / (2n * whole);
    const part = mark - before;
    before = mark;
    return part;
  });
}
let [sharedPeriods, unequal] = [0, 0];
for (let period = 1; period <= store.size - 1 - window; period += 1) {
  const members = community
    .filter(({ from }) => from <= period)
    .map(({ participant }) => numbers.indexOf(participant));
  const said = members.map((number) => metered.get(`heat ${number} ${period}`) ?? { in: 0, out: 0 });
  const [drawn, fed] = [said.map((each) => BigInt(each.in)), said.map((each) => BigInt(each.out))];
  const [all, made] = [drawn, fed].map((each) => each.reduce((sum, one) => sum + one, 0n));
  const total = all < made ? all : made;
  if (total > 0n) sharedPeriods += 1;
  const wanted = { in: split(total, drawn), out: split(total, fed) };
  for (const side of /** @type {const} */ (["in", "out"]))
    for (const [place, number] of members.entries())
      if ((shared.get(`${period} ${side} ${number}`) ?? 0n) !== wanted[side][place]) unequal += 1;
}
// A contract that begins to hold after the last block waits in the log.
const waiting = Buffer.concat((await store.log())?.entries ?? []);
for (const { from, text } of contracts) {
  const block = await blockOf(from);
  const items = block === null ? [] : decodeItems(block.sections.contracts);
  if (!(block === null ? waiting.includes(text) : items.some((item) => hex(item) === hex(text)))) lost += 1;
}
const blocks = store.size;
await store.close();
const { status } = spawnSync(process.execPath, [command, "verify", market.ledger]);
starts.sort((a, b) => a - b);
console.log(
  `${kills} kills, ${blocks} blocks, ${receipts.length} receipts, ${broken} broken, ${readings.length} readings and ${contracts.length} contracts, ${lost} lost, ${sharedPeriods} periods shared, ${unequal} shares others than they should be, ${unanswered} not answered; verify ${status === 0 ? "good" : "BAD"}; started again in ${Math.round(starts[starts.length >> 1] ?? 0)} ms (median), ${Math.round(starts.at(-1) ?? 0)} ms at most`,
);
market.remove();
const slowest = starts.at(-1) ?? 0;
if (slowest > longestStartMs)
  console.error(`A start took ${Math.round(slowest)} ms; at most ${longestStartMs} are allowed.`);
process.exit(
  slowest <= longestStartMs &&
    broken + lost + unequal === 0 &&
    sharedPeriods > 0 &&
    status === 0 &&
    readings.length > 0 &&
    contracts.length > members
    ? 0
    : 1,
);
