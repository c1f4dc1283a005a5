// The gateway: members' requests over HTTP, answered by a worker of the fleet, on a server that lets the gateway do no
// more than docs/fleet.md says it needs.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, usernamePasswordAuthenticator } from "@nats-io/transport-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hex } from "../../src/bytes.js";
import { openGateway } from "../../src/cli/parts/gateway.js";
import type { Served } from "../../src/cli/parts/serving.js";
import { MarketClient } from "../../src/client/index.js";
import { recordOf } from "../../src/client/order.js";
import { Worker } from "../../src/fleet/worker.js";
import { encodeCanonical } from "../../src/ledger/format/canonical.js";
import { contractStatement, orderStatement } from "../../src/ledger/keys/message.js";
import { parseGatewaySettings } from "../../src/service/marketfile.js";
import { parseTick } from "../../src/units.js";
import { engine, openFleet, signatures, type TestFleet } from "../support/fleet.js";
import { keyOf, type LoadGrid } from "../support/fleetload.mjs";

const page = readFileSync(new URL("../../docs/fleet.md", import.meta.url), "utf8");
/** The permissions of a user, as the page has them, for a fleet called `test`. */
const permissionsOf = (user: string): string => {
  const found = new RegExp(`user: ${user},[\\s\\S]*?permissions: (\\{[\\s\\S]*?\\}) \\}`).exec(page)?.[1];
  expect(found, `${user} in docs/fleet.md`).toBeDefined();
  return found!.replaceAll("gridclear", "test");
};

const folder = mkdtempSync(join(tmpdir(), "gridclear-gateway-"));
const credsFile = join(folder, "gateway.creds");
let fleet: TestFleet;
let worker: Worker;
let elm: LoadGrid;
const gateways: Served[] = [];
const periodMs = 3_000;

const gateway = async (settings: object = {}): Promise<Served> => {
  const text = JSON.stringify({ port: 0, log: "silent", ...settings });
  const opened = await openGateway({
    urls: fleet.cluster.urls.join(","),
    creds: credsFile,
    fleet: "test",
    settings: parseGatewaySettings(text),
  });
  gateways.push(opened);
  return opened;
};

beforeAll(async () => {
  writeFileSync(credsFile, "gateway:secret\n", { mode: 0o600 });
  const more = (): string => `
no_auth_user: all
authorization { users: [
  { user: all, password: secret }
  { user: gateway, password: secret, permissions: ${permissionsOf("gateway")} }
] }`;
  fleet = await openFleet({ shards: 2, more });
  elm = await fleet.grid("elm", periodMs);
  await fleet.grid("oak", periodMs);
  worker = Worker.start({ ...(await fleet.parts()), id: "w" });
  await fleet.reaches("elm", 2);
}, 60_000);
afterAll(async () => {
  for (const each of gateways) await each.close();
  await worker.stop();
  await fleet.close();
  rmSync(folder, { recursive: true, force: true });
});

const member = async (url: string, id = "m0"): Promise<MarketClient> =>
  MarketClient.open({
    url: `${url}grids/elm/`,
    participant: id,
    key: await keyOf(`elm ${id}`),
    signatures,
    hasher: engine,
    marketId: elm.marketId,
  });

const post = async (url: string, path: string, body: object) => {
  const answer = await fetch(`${url}grids/elm${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
};
const get = async (url: string, path: string) => {
  const answer = await fetch(`${url}grids/elm${path}`);
  return { status: answer.status, body: await answer.json() };
};

/** An order of a member for a period, signed, as it is sent. */
async function signed(period: number, revision: number, id = "m1", number = 1): Promise<object> {
  const order = { carrier: "electricity", side: "bid", quantity: "1.5", price: "0.2" } as const;
  const ticks = { quantity: parseTick("0.000001", ""), price: parseTick("0.000001", "") };
  const record = recordOf(order, { participant: number, revision }, ticks);
  const key = await keyOf(`elm ${id}`);
  const signature = hex(await key.sign(orderStatement(elm.marketId, period, record)));
  return { ...order, participant: id, revision, period, signature };
}

test("a member trades through a gateway, and verifies receipts, heads and proofs", async () => {
  const { url } = await gateway();
  const client = await member(url);
  const end = new AbortController();
  const kept = (async () => {
    for await (const event of client.follow(end.signal)) {
      if (event.kind === "lie") throw event.error;
      if (event.kind === "verified" && event.kept.length > 0) return event.kept;
    }
    return [];
  })();
  const receipt = await client.order({
    carrier: "electricity",
    side: "offer",
    quantity: "2.5",
    price: "0.08",
  });
  expect(await kept).toEqual([receipt]);
  end.abort();
  // A second head extends the first: the gateway proves it.
  await fleet.reaches("elm", receipt.period + 2);
  expect(await client.judge()).toEqual([]);
  const statement = await get(url, `/v1/statements/m0?from=${receipt.period}&to=${receipt.period + 1}`);
  expect(statement.status).toBe(200);
  expect(statement.body.entries[0]).toMatchObject({ period: receipt.period, carrier: "electricity" });
  const { body } = await get(url, "/v1/market");
  expect(body.closesMs % periodMs).toBe(0);
  expect(Math.abs(body.closesMs - Date.now())).toBeLessThan(3 * periodMs);
});

test("the same order gets the same receipt: while its period is open, afterwards, and of another gateway", async () => {
  const { url } = await gateway();
  const period = (await get(url, "/v1/market")).body.period + 1;
  while ((await get(url, "/v1/market")).body.period < period) await new Promise((go) => setTimeout(go, 50));
  const order = await signed(period, 0);
  const first = await post(url, "/v1/orders", order);
  expect(first).toMatchObject({ status: 200, body: { status: "accepted", receipt: { period } } });
  expect(await post(url, "/v1/orders", order)).toEqual(first);
  const { body } = await get(url, "/v1/members/m1");
  expect(body.revisions.electricity).toBe(1);
  await fleet.reaches("elm", period);
  expect(await post(url, "/v1/orders", order)).toEqual(first);
  const other = await gateway();
  expect(await post(other.url, "/v1/orders", order)).toEqual(first);
  // Another order for that period comes too late, and one that nobody signed is nobody's.
  const late = await post(url, "/v1/orders", await signed(period, 1));
  expect(late).toMatchObject({ status: 409, body: { code: "conflict", field: "period" } });
  const open = (await get(url, "/v1/market")).body.period;
  const forged = { ...(await signed(open, 0, "m2", 2)), participant: "m3" };
  expect((await post(url, "/v1/orders", forged)).status).toBeGreaterThanOrEqual(400);
  const stands = await get(url, `/v1/periods/${period}`);
  expect(stands.body.orders).toBe(1);
});

test("contracts and readings go to the fleet, and what a gateway does not have is refused", async () => {
  const { url } = await gateway();
  const key = await keyOf("dora");
  const { period } = (await get(url, "/v1/market")).body;
  const contract = {
    kind: "participant",
    version: 1,
    from: period + 2,
    id: "dora",
    key: hex(key.publicKey),
  } as const;
  const signature = hex(await key.sign(contractStatement(elm.marketId, encodeCanonical(contract))));
  const joined = await post(url, "/v1/contracts", { contract, signature });
  expect(joined).toEqual({ status: 200, body: { status: "accepted", period: period + 2 } });
  expect(await post(url, "/v1/contracts", { contract, signature })).toEqual(joined);
  await fleet.reaches("elm", period + 2);
  expect((await get(url, "/v1/members/dora")).status).toBe(200);
  const reading = { participant: "m0", carrier: "electricity", period: 1, in: "1", out: "0" };
  const metered = await post(url, "/v1/readings", { ...reading, signature: "00".repeat(64) });
  expect(metered.status).toBeGreaterThanOrEqual(400);
  for (const path of ["grids/nowhere/v1/market", "grids/No!/v1/market", "v1/market", "grids/elm/metrics"])
    expect((await fetch(`${url}${path}`)).status, path).toBe(404);
  expect((await post(url, "/v1/operator/close", {})).status).toBe(403);
});

test("limits hold over all microgrids together, and room is made for whoever asks", async () => {
  const { url } = await gateway({ limits: { burst: 6, perSecond: 1 }, microgrids: 1 });
  const statuses: number[] = [];
  for (const name of ["elm", "oak", "elm", "oak", "elm", "oak", "elm", "oak"])
    statuses.push((await fetch(`${url}grids/${name}/v1/market`)).status);
  expect(statuses.slice(0, 6)).toEqual([200, 200, 200, 200, 200, 200]);
  expect(statuses).toContain(429);
  expect((await fetch(`${url}health`)).status).toBe(200);
  await new Promise((go) => setTimeout(go, 1_100));
  const metrics = await (await fetch(`${url}metrics`)).text();
  expect(metrics).toMatch(/^gridclear_gateway_microgrids 1$/m);
  expect(metrics).toMatch(/^gridclear_gateway_answers_total\{status="429"\} [1-9]/m);
});

test("without a worker requests are kept, and the answer comes when they are sent again", async () => {
  const { url } = await gateway();
  await get(url, "/v1/market");
  await worker.stop();
  const { period } = (await get(url, "/v1/market")).body;
  const order = await signed(period, 0, "m2", 2);
  const waits = await post(url, "/v1/orders", order);
  expect(waits).toMatchObject({ status: 503, body: { code: "state" } });
  worker = Worker.start({ ...(await fleet.parts()), id: "w2" });
  await fleet.reaches("elm", period);
  const again = await post(url, "/v1/orders", order);
  expect(again).toMatchObject({ status: 200, body: { receipt: { period } } });
}, 60_000);

test("a gateway's user can close no period, publish no block and read no settings that are not everybody's", async () => {
  const nc = await connect({
    servers: [...fleet.cluster.urls],
    authenticator: usernamePasswordAuthenticator("gateway", "secret"),
  });
  const place = fleet.line.names.of("elm");
  const refused: string[] = [];
  void (async () => {
    for await (const status of nc.status()) if (status.type === "error") refused.push(`${status.error}`);
  })();
  for (const subject of [place.gates, place.blocks, place.grid, "$JS.API.STREAM.DELETE.test-blocks-00"])
    nc.publish(subject, new Uint8Array(1));
  await nc.flush();
  await new Promise((go) => setTimeout(go, 200));
  await nc.close();
  expect(refused.length).toBe(4);
  for (const each of refused) expect(each).toMatch(/Permissions Violation/i);
});
