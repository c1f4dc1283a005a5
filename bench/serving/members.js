// @ts-check
// The members of bench/serving/run.js: they join, and send an order a period at times drawn beforehand. A process of
// its own, so that what it takes is not the service's.
import { Agent, get, request } from "node:http";
import { performance } from "node:perf_hooks";
import { text } from "node:stream/consumers";
import {
  contractStatement,
  encodeCanonical,
  encodeRecords,
  orderLayout,
  orderStatement,
} from "../../dist/ledger/format.js";
import { fromHex, hex, openSignatures } from "../../dist/ledger/verify.js";

const signatures = await openSignatures();
const agent = new Agent({ keepAlive: true });
/** Each member has an address of its own, as at home. @param {number} at */
const addressOf = (at) => `127.1.${at >> 8}.${at & 255}`;
/** @typedef {import("../../dist/ledger/verify.js").SigningKey} SigningKey */
/** @typedef {{ id: string, number: number, key: SigningKey }} Member */
/** @type {{ url: string, marketId: Uint8Array, members: Member[], periodMs: number }} */
let market;
/** @type {object[]} */
const receipts = [];
const wait = (/** @type {number} */ ms) => new Promise((go) => setTimeout(go, ms));

/**
 * Posts JSON; resolves to status and text, and to status 0 where nothing came.
 * @param {string} path
 * @param {object} body
 * @param {number} at
 * @returns {Promise<{ status: number, text: string }>}
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
    asked.on("error", () => resolve({ status: 0, text: "" }));
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

/** @param {{ url: string, members: number, periodMs: number }} asked */
async function join({ url, members, periodMs }) {
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
      market.members[at] = { id, number: 0, key };
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

/** Orders of all members over so many periods. @param {number} periods */
async function send(periods) {
  /** @type {number[]} */
  const waits = [];
  let [sent, granted] = [0, 0];
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
        sent += 1;
        const { status, text: said } = await post("/v1/orders", order, at);
        waits.push(performance.now() - due);
        if (status !== 200) return;
        granted += 1;
        receipts.push(JSON.parse(said).receipt);
      }),
    );
  }
  waits.sort((a, b) => a - b);
  const part = (/** @type {number} */ share) =>
    waits[Math.min(waits.length - 1, Math.floor(share * waits.length))];
  return { sent, granted, p50: part(0.5), p99: part(0.99), worst: waits.at(-1) };
}

process.on("message", async (/** @type {any} */ message) => {
  if (message.kind === "join") await join(message);
  process.send?.(
    message.kind === "send" ? await send(message.periods) : message.kind === "receipts" ? { receipts } : {},
  );
});
