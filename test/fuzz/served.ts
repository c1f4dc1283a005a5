/** A market that answers requests and messages, for the parsers that are asked by them, and examples of its ledger. */
import { toUtf8 } from "../../src/bytes.js";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { encodeRecords } from "../../src/ledger/format/layout.js";
import { type OrderRecord, orderLayout } from "../../src/ledger/format/records.js";
import { batchStatement } from "../../src/ledger/keys/message.js";
import { encodeReceipt, receiptFromJson } from "../../src/ledger/proof/receipt.js";
import { writeBundle } from "../../src/report/bundle/write.js";
import { encodeColumns } from "../../src/service/columns.js";
import { MqttBridge } from "../../src/service/mqtt/bridge.js";
import { defaultLimits } from "../../src/service/settings.js";
import { serve } from "../support/service.js";
import { gateway, order } from "../support/signedmarket.js";

export const engine: Engine = await openEngine();

const many = 2 ** 31 - 1;
const limits = { ...defaultLimits, burst: many, perSecond: many };
const served = await serve({ limits, market: { snapshotEvery: 1 } });
const { market, service } = served;
const { store } = market;

/** Two orders as they are sent. */
export const sent: readonly object[] = [
  await served.signed(order("ann", "offer", "2", "0.1")),
  await served.signed(order("bob", "bid", "3", "0.3")),
];
/** What was answered to them. */
export const receipts: Uint8Array[] = [];
for (const each of sent) {
  const { status, body } = await served.post("/v1/orders", each);
  if (status !== 200) throw new Error(`an order was not taken: ${JSON.stringify(body)}`);
  receipts.push(toUtf8(encodeReceipt(receiptFromJson(body.receipt ?? body))));
}
export const log: readonly Uint8Array[] = (await store.log())?.entries ?? [];
await market.clearPeriod();
await market.clearPeriod();

/** The blocks. */
export const ledger: Uint8Array[] = [];
for (let height = 0; height < store.size; height += 1) ledger.push((await store.get(height))!);
export const snapshot: Uint8Array = (await store.getSnapshot((await store.snapshots())[0]!))!;
export let bundle = "";
for await (const lines of writeBundle(store.blocks(), "bob", { engine, hasher: engine })) bundle += lines;

/** What the service answers to a path. */
export async function get(path: string): Promise<Uint8Array> {
  const answer = await service.fetch(new Request(`http://market.test${path}`));
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** Orders in columns, signed for the open period by the gateway of two members. */
export const columns: Uint8Array = await (async () => {
  const places = ["bob", "cid"].map((name) => market.participantNumber(name)!);
  const records = encodeRecords(
    orderLayout,
    places.map(
      (participant): OrderRecord => ({
        participant,
        carrier: "electricity",
        side: "bid",
        revision: 0,
        quantity: 1_000,
        price: 200_000,
      }),
    ),
  );
  return encodeColumns({
    period: market.period,
    batch: {
      participant: Uint32Array.from(places),
      quantity: Uint32Array.of(1_000, 1_000),
      price: Int32Array.of(200_000, 200_000),
      revision: Uint16Array.of(0, 0),
      carrier: Uint8Array.of(0, 0),
      side: Uint8Array.of(1, 1),
    },
    proof: {
      gateway: gateway.publicKey,
      signature: await gateway.sign(
        batchStatement(
          market.id,
          market.period,
          places.length,
          engine.merkleRoot(records, orderLayout.bytes),
        ),
      ),
    },
  });
})();

/** Messages to a broker go through the same service; its line takes what is sent. */
export const bridge: MqttBridge = new MqttBridge({
  service,
  platform: served.platform,
  prefix: "grid",
  memberTopics: true,
  limits,
  now: () => 1_000,
  failed: (error) => {
    throw error;
  },
});
bridge.opened({ publish: async () => {} });

/** A request as lines: method and path, headers, an empty line, the body. */
export async function ask(bytes: Uint8Array): Promise<void> {
  const given = Buffer.from(bytes).toString("latin1");
  const at = given.indexOf("\n\n");
  const [first = "", ...lines] = (at < 0 ? given : given.slice(0, at)).split("\n");
  const [method = "GET", path = "/"] = first.split(" ");
  const body = at < 0 ? undefined : bytes.slice(at + 2);
  let request: Request;
  try {
    const headers = new Headers();
    for (const line of lines)
      headers.append(line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1));
    const hasBody = method !== "GET" && method !== "HEAD" && body !== undefined;
    request = new Request(`http://market.test${path}`, { method, headers, ...(hasBody && { body }) });
  } catch {
    // No program can send that: the platform refuses to.
    return;
  }
  const aborted = new AbortController();
  const answer = await service.fetch(new Request(request, { signal: aborted.signal }), "10.0.0.1");
  if (answer.status >= 500) throw new Error(`${answer.status}: ${await answer.text()}`);
  const type = answer.headers.get("content-type") ?? "";
  if (type.includes("event-stream")) await answer.body?.cancel();
  else {
    const said = await answer.text();
    if (answer.status >= 400 && type.includes("json") && said !== "" && !JSON.parse(said).title)
      throw new Error(`no problem: ${said}`);
  }
  aborted.abort();
}

/** Requests as lines. */
export const requests: readonly string[] = [
  "GET /v1/market",
  "GET /v1/periods/0",
  "GET /v1/periods/0/trades",
  "GET /v1/members/ann",
  "GET /v1/members/ann/standing",
  "GET /v1/statements/ann?from=0&to=2",
  "GET /v1/bundles/ann",
  "GET /v1/ledger/checkpoint",
  "GET /v1/ledger/block/1",
  "GET /v1/ledger/snapshots",
  "GET /v1/ledger/checkpoints",
  "GET /v1/events?after=0",
  "GET /v1/operator/members",
  "GET /openapi.json",
  "GET /metrics",
  "DELETE /v1/operator/close",
  `GET /v1/market\nauthorization: Gridclear key=${"ab".repeat(32)},until=61000,participant=ann,signature=${"cd".repeat(64)}`,
];
