// A gateway of a served market: sends orders of several members at once, as columns of bytes (docs/service.md).
// node examples/columns.js http://127.0.0.1:8320/ gateway.key orders.txt
// A line of orders.txt: member, carrier, offer or bid, quantity and price in ticks, with blanks between.
import { readFileSync } from "node:fs";
import { batchStatement, encodeRecords, orderLayout, recordsRoot } from "gridclear/format";
import { fromHex, plainHasher as hasher, openSignatures } from "gridclear/verify";

const [url = "http://127.0.0.1:8320/", keyFile = "gateway.key", file = "orders.txt"] = process.argv.slice(2);
const signatures = await openSignatures();
const key = await signatures.importSeed(fromHex(JSON.parse(readFileSync(keyFile, "utf8")).seed, "seed"));
const carriers = ["electricity", "heat", "cold", "gas"];
const get = async (path) => (await fetch(url + path)).json();

const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);

/** Signs all orders for the period that is open, and sends them. */
async function send() {
  const { id, period } = await get("v1/market");
  const orders = [];
  for (const line of lines) {
    const [member, carrier, side, quantity, price] = line.split(" ");
    const { number: participant, revisions } = await get(`v1/members/${encodeURIComponent(member)}`);
    const revision = revisions[carrier];
    orders.push({ participant, carrier, side, revision, quantity: Number(quantity), price: Number(price) });
  }

  // What is signed: the root over the records of all orders.
  const root = recordsRoot(orderLayout, encodeRecords(orderLayout, orders), hasher);
  const signature = await key.sign(batchStatement(fromHex(id, "market"), period, orders.length, root));

  const n = orders.length;
  const bytes = new Uint8Array(128 + 16 * n);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("gridclear orders v1"));
  view.setUint32(20, n, true);
  view.setBigUint64(24, BigInt(period), true);
  bytes.set(key.publicKey, 32);
  bytes.set(signature, 64);
  for (const [at, order] of orders.entries()) {
    view.setUint32(128 + 4 * at, order.participant, true);
    view.setUint32(128 + 4 * n + 4 * at, order.quantity, true);
    view.setInt32(128 + 8 * n + 4 * at, order.price, true);
    view.setUint16(128 + 12 * n + 2 * at, order.revision, true);
    view.setUint8(128 + 14 * n + at, carriers.indexOf(order.carrier));
    view.setUint8(128 + 15 * n + at, order.side === "bid" ? 1 : 0);
  }
  return { period, answer: await post(bytes) };
}

/** Sends the same bytes again where no answer comes or there is no room: they count once, with the same receipts. */
async function post(body) {
  for (let tries = 1; ; tries += 1) {
    const signal = AbortSignal.timeout(10_000);
    const answer = await fetch(`${url}v1/orders/columns`, { method: "POST", body, signal }).catch(() => null);
    if (answer !== null && ![429, 502, 503].includes(answer.status)) return answer;
    if (tries === 6) throw new Error(answer === null ? "no answer" : await answer.text());
    const seconds = Math.min(60, Number(answer?.headers.get("retry-after")) || 0);
    await new Promise((go) => setTimeout(go, Math.max(100 * 2 ** tries, 1000 * seconds)));
  }
}

let { period, answer } = await send();
// The gate may close between what is asked and what is sent: then the orders are signed for the next period.
for (let tries = 1; answer.status === 409 && tries < 5; tries += 1) ({ period, answer } = await send());
if (!answer.ok) throw new Error(await answer.text());
const taken = new DataView(await answer.arrayBuffer());
console.log(
  `${taken.getUint32(20, true)} orders from number ${taken.getUint32(32, true)} of period ${period}`,
);
