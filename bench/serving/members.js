// @ts-check
// The members of bench/serving/run.js: they join, and send an order a period at times drawn beforehand, most by HTTP
// and some by MQTT. A process of its own, so that what it takes is not the service's.
import { Agent, get, request } from "node:http";
import { performance } from "node:perf_hooks";
import { text } from "node:stream/consumers";
import mqtt from "mqtt";
import {
  contractStatement,
  encodeCanonical,
  encodeRecords,
  orderLayout,
  orderStatement,
} from "../../dist/ledger/format.js";
import { fromHex, hex, openSignatures } from "../../dist/ledger/verify.js";

const signatures = await openSignatures();
/** Lines are given up before the service ends them: without a time of its own an agent keeps to no server's. */
const agent = new Agent({ keepAlive: true, timeout: 4_000 });
/** Each member has an address of its own, as at home. @param {number} at */
const addressOf = (at) => `127.1.${at >> 8}.${at & 255}`;
/** @typedef {import("../../dist/ledger/verify.js").SigningKey} SigningKey */
/** @typedef {{ status: number, text: string, failed?: string }} Said What was answered; of status 0 why nothing was. */
/** @typedef {(order: { signature: string }) => Promise<Said>} Send */
/** @typedef {{ id: string, number: number, key: SigningKey, way: "HTTP" | "MQTT", send: Send }} Member */
/** @type {{ url: string, marketId: Uint8Array, members: Member[], periodMs: number }} */
let market;
/** How long a reply by MQTT is waited for. */
const replyMs = 10_000;
/** @type {object[]} */
const receipts = [];
const wait = (/** @type {number} */ ms) => new Promise((go) => setTimeout(go, ms));

/**
 * Posts JSON; resolves to status and text, and to status 0 where nothing came.
 * @param {string} path
 * @param {object} body
 * @param {number} at
 * @returns {Promise<Said>}
 */
const post = (path, body, at) =>
  new Promise((resolve) => {
    const sent = JSON.stringify(body);
    const asked = request(new URL(path, market.url), {
      agent,
      localAddress: addressOf(at),
      method: "POST",
      headers: { "content-type": "application/json", "content-length": Buffer.byteLength(sent) },
    });
    asked.on("error", (error) => {
      const line = asked.reusedSocket ? "a line used before" : "a new line";
      const { code } = /** @type {NodeJS.ErrnoException} */ (error);
      resolve({ status: 0, text: "", failed: `${code ?? error.message} on ${line}` });
    });
    asked.on("response", async (answer) =>
      resolve({ status: answer.statusCode ?? 0, text: await text(answer).catch(() => "") }),
    );
    asked.end(sent);
  });

const state = async () => /** @type {any} */ (await (await fetch(new URL("/v1/market", market.url))).json());

/** The number of a member in records. @param {string} id @param {number} at @returns {Promise<number>} */
const numberOf = (id, at) =>
  new Promise((resolve, reject) => {
    const asked = get(new URL(`/v1/members/${id}`, market.url), { agent, localAddress: addressOf(at) });
    asked.on("error", reject);
    asked.on("response", async (answer) => resolve(JSON.parse(await text(answer)).number));
  });

/** A member's way to the market by HTTP. @param {number} at @returns {Send} */
const byHttp = (at) => (order) => post("/v1/orders", order, at);

/**
 * A member's way to the market by a broker: a line of its own, on which it publishes its orders and hears the replies.
 * @param {string} broker
 * @param {string} id
 * @returns {Promise<Send>}
 */
async function byMqtt(broker, id) {
  const line = await mqtt.connectAsync(broker, { protocolVersion: 4, clientId: id });
  /** @type {Map<string, (said: Said) => void>} */
  const waiting = new Map();
  line.on("message", (_, payload) => {
    const { request, status, ...said } = JSON.parse(String(payload));
    waiting.get(request)?.({ status, text: JSON.stringify(said) });
  });
  await line.subscribeAsync(`gridclear/replies/${id}`, { qos: 1 });
  return async (order) => {
    /** @type {Promise<Said>} */
    const reply = new Promise((resolve) => {
      waiting.set(order.signature, resolve);
      setTimeout(() => resolve({ status: 0, text: "", failed: "no reply" }), replyMs).unref();
    });
    line.publish(`gridclear/in/orders/${id}`, JSON.stringify(order), { qos: 1 });
    const said = await reply;
    waiting.delete(order.signature);
    return said;
  };
}

/** @param {{ url: string, broker: string, members: number, mqttMembers: number, periodMs: number }} asked */
async function join({ url, broker, members, mqttMembers, periodMs }) {
  market = { url, marketId: new Uint8Array(32), members: [], periodMs };
  const before = await state();
  market.marketId = fromHex(before.id, "id");
  const from = before.period + 1 + Math.ceil((members * 4 + 2_000) / periodMs);
  const queue = Array.from({ length: members }, (_, at) => at);
  const joinOne = async () => {
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      const id = `home-${at}`;
      const key = await signatures.generate();
      const contract = { kind: "participant", version: 1, from, id, key: hex(key.publicKey) };
      const signature = hex(await key.sign(contractStatement(market.marketId, encodeCanonical(contract))));
      const { status, text: said } = await post("/v1/contracts", { contract, signature }, at);
      if (status !== 200) throw new Error(`${status} ${said}`);
      market.members[at] =
        at < mqttMembers
          ? { id, number: 0, key, way: "MQTT", send: await byMqtt(broker, id) }
          : { id, number: 0, key, way: "HTTP", send: byHttp(at) };
    }
  };
  await Promise.all(Array.from({ length: 64 }, joinOne));
  while ((await state()).period < from) await wait(100);
  for (const [at, member] of market.members.entries()) member.number = await numberOf(member.id, at);
}

/**
 * A member's order of a period, signed: even members offer, odd ones bid.
 * @param {Member} member
 * @param {number} at
 * @param {number} period
 */
async function signed({ id, number, key }, at, period) {
  const side = at % 2 === 0 ? "offer" : "bid";
  const ticks = { quantity: 500_000 + (at % 700) * 1000, price: 100_000 + ((at * 37) % 300) * 1000 };
  const record = encodeRecords(orderLayout, [
    { participant: number, carrier: "electricity", side, revision: 0, ...ticks },
  ]);
  const signature = hex(await key.sign(orderStatement(market.marketId, period, record)));
  const decimal = (/** @type {number} */ micro) => `${micro / 1e6}`;
  return {
    participant: id,
    carrier: "electricity",
    side,
    quantity: decimal(ticks.quantity),
    price: decimal(ticks.price),
    revision: 0,
    period,
    signature,
  };
}

/** Waits in order, the share of them that a percentile names. @param {number[]} waits @param {number} share */
const part = (waits, share) => waits[Math.min(waits.length - 1, Math.floor(share * waits.length))];

/** Orders of all members over so many periods, by the way they took. @param {number} periods */
async function send(periods) {
  const ways = {
    HTTP: { waits: /** @type {number[]} */ ([]), granted: 0 },
    MQTT: { waits: /** @type {number[]} */ ([]), granted: 0 },
  };
  /** @type {Record<string, number>} */
  const refused = {};
  let { period } = await state();
  for (let count = 0; count < periods; count += 1) {
    period += 1;
    while ((await state()).period < period) await wait(100);
    // Within the first nine tenths of the period, each member at its own moment.
    const span = 0.9 * market.periodMs - 1_000;
    const begun = performance.now() + 500;
    await Promise.all(
      market.members.map(async (member, at) => {
        const due = begun + Math.random() * span;
        // Signed shortly before, so that signing is not waited for.
        await wait(due - 200 - performance.now());
        const order = await signed(member, at, period);
        await wait(due - performance.now());
        const { status, text: said, failed } = await member.send(order);
        const way = ways[member.way];
        way.waits.push(performance.now() - due);
        if (status === 200) {
          way.granted += 1;
          receipts.push(JSON.parse(said).receipt);
          return;
        }
        const why = `${member.way}: ${status === 0 ? failed : `${status} ${said}`}`;
        refused[why] = (refused[why] ?? 0) + 1;
      }),
    );
  }
  const found = Object.entries(ways).map(([way, { waits, granted }]) => {
    waits.sort((a, b) => a - b);
    return {
      way,
      sent: waits.length,
      granted,
      p50: part(waits, 0.5),
      p99: part(waits, 0.99),
      worst: waits.at(-1),
    };
  });
  return { ways: found.filter(({ sent }) => sent > 0), refused };
}

process.on("message", async (/** @type {any} */ message) => {
  if (message.kind === "join") await join(message);
  process.send?.(
    message.kind === "send" ? await send(message.periods) : message.kind === "receipts" ? { receipts } : {},
  );
});
