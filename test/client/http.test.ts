// The client against a server on a real line that lies: each lie is found, and named for what it is.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { afterEach, expect, test } from "vitest";
import { fromHex } from "../../src/bytes.js";
import { type ClientEvent, MarketClient } from "../../src/client/index.js";
import { receiptToJson, signReceipt } from "../../src/ledger/proof/receipt.js";
import { plainHasher } from "../../src/ledger/tree/plain.js";
import { type Served, serve } from "../support/service.js";
import { keys, platform as platformKey, signatures } from "../support/signedmarket.js";

/** What a server answers instead of the truth. */
type Lie = (request: Request, honest: Response) => Response | Promise<Response>;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Puts a service on a line, which may be another from one request to the next. */
async function listen(service: () => Served["service"], lie: Lie = (_, honest) => honest): Promise<string> {
  const server = createServer(
    getRequestListener(async (request) => lie(request, await service().fetch(request.clone() as Request))),
  );
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const clientAt = (url: string, participant = "ann"): Promise<MarketClient> =>
  MarketClient.open({
    url,
    hasher: plainHasher,
    signatures,
    participant,
    key: keys.get(participant)!,
    now: () => 1_000,
    retries: 1,
  });
const offer = { carrier: "electricity", side: "offer", quantity: "2.5", price: "0.08" } as const;

/** The first thing that a client learns by itself. */
async function firstLearnt(client: MarketClient): Promise<ClientEvent> {
  const ended = new AbortController();
  for await (const event of client.follow(ended.signal))
    if (event.kind !== "event") {
      ended.abort();
      return event;
    }
  return expect.unreachable();
}

const inJson =
  (path: string, change: (body: never) => object): Lie =>
  async (request, honest) =>
    new URL(request.url).pathname.startsWith(path) && honest.ok
      ? Response.json(change((await honest.json()) as never))
      : honest;

test("an honest server is believed, and its receipt is kept", async () => {
  const served = await serve();
  const client = await clientAt(await listen(() => served.service));
  const learnt = firstLearnt(client);
  await client.order(offer);
  await served.market.clearPeriod(30_000);
  expect(await learnt).toMatchObject({ kind: "verified", size: 2 });
});

test("a market that is another than its id says", async () => {
  const served = await serve();
  const lie = inJson("/v1/market", (body: { contract: object }) => ({
    ...body,
    contract: { ...body.contract, currency: "USD" },
  }));
  await expect(clientAt(await listen(() => served.service, lie))).rejects.toMatchObject({
    code: "corrupt",
    field: "market",
  });
});

test.each<[string, (receipt: Record<string, unknown>) => object]>([
  ["corrupt", (receipt) => ({ ...receipt, order: String(receipt.order).replace(/^../, "01") })],
  ["corrupt", (receipt) => ({ ...receipt, period: Number(receipt.period) + 1 })],
  ["signature", (receipt) => ({ ...receipt, number: Number(receipt.number) + 1 })],
  ["signature", (receipt) => ({ ...receipt, signature: "00".repeat(64) })],
])("a receipt of something else, or of nobody: %s", async (code, change) => {
  const served = await serve();
  const lie = inJson("/v1/orders", (body: { receipt: Record<string, unknown> }) => ({
    ...body,
    receipt: change(body.receipt),
  }));
  const client = await clientAt(await listen(() => served.service, lie));
  await expect(client.order(offer)).rejects.toMatchObject({ code });
  expect(client.pending).toEqual([]);
});

test("a receipt that the platform signed and does not keep can be shown to anybody", async () => {
  const served = await serve();
  const { market } = served;
  const lie: Lie = async (request, honest) => {
    if (!request.url.endsWith("/v1/orders")) return honest;
    const { receipt } = (await honest.json()) as { receipt: { order: string } };
    const order = fromHex(receipt.order, "order");
    const place = { marketId: market.id, period: market.period, number: 5, order };
    return Response.json({ receipt: receiptToJson(await signReceipt(place, platformKey, plainHasher)) });
  };
  const client = await clientAt(await listen(() => served.service, lie));
  const learnt = firstLearnt(client);
  await client.order(offer);
  await market.clearPeriod(30_000);
  expect(await learnt).toMatchObject({ kind: "lie", error: { code: "corrupt", field: "receipt" } });
  expect(client.contradiction).toMatchObject({ kind: "receipt" });
});

test("a block that is told and is not in the ledger", async () => {
  const served = await serve();
  const lie: Lie = (request, honest) => {
    if (!request.url.includes("/v1/events")) return honest;
    const change = new TransformStream({
      transform: (text: string, out) => out.enqueue(text.replace(/"hash":"../, '"hash":"zz')),
    });
    const text = honest.body!.pipeThrough(new TextDecoderStream()).pipeThrough(change);
    return new Response(text.pipeThrough(new TextEncoderStream()), { headers: honest.headers });
  };
  const client = await clientAt(await listen(() => served.service, lie));
  const learnt = firstLearnt(client);
  await new Promise((go) => setTimeout(go, 100));
  await served.market.clearPeriod(30_000);
  expect(await learnt).toMatchObject({ kind: "lie", error: { code: "corrupt", field: "block 1" } });
});

test("another past, signed by the same platform, is a fork that can be shown", async () => {
  const first = await serve();
  let now = first;
  const client = await clientAt(await listen(() => now.service));
  await client.order(offer);
  await first.market.clearPeriod(30_000);
  await first.platform.settled();
  await client.judge();
  now = await serve();
  await now.market.clearPeriod(31_000);
  await now.platform.settled();
  await expect(client.judge()).rejects.toMatchObject({ code: "corrupt" });
  expect(client.contradiction).toMatchObject({ kind: "fork" });
});

test("proofs that are cut short, or of another block", async () => {
  const served = await serve();
  const lie: Lie = async (request, honest) => {
    const { pathname } = new URL(request.url);
    if (!pathname.includes("/ledger/proof/") || !honest.ok) return honest;
    const bytes = new Uint8Array(await honest.arrayBuffer());
    return new Response(bytes.subarray(0, bytes.length >> 1));
  };
  const client = await clientAt(await listen(() => served.service, lie));
  const learnt = firstLearnt(client);
  await client.order(offer);
  await served.market.clearPeriod(30_000);
  expect(await learnt).toMatchObject({ kind: "lie" });
});
