// `gridclear serve` with `mqtt` in its market file, as a process: over TLS with a password, as an operator sets it up.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import mqtt from "mqtt";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fromHex, hex } from "../../../src/bytes.js";
import { encodeCanonical } from "../../../src/ledger/format/canonical.js";
import { encodeRecords } from "../../../src/ledger/format/layout.js";
import { orderLayout } from "../../../src/ledger/format/records.js";
import { contractStatement, orderStatement } from "../../../src/ledger/keys/message.js";
import { call } from "../../support/commands.js";
import { type RunningBroker, startMosquitto } from "../../support/mosquitto.mjs";
import { marketFolder } from "../../support/served.mjs";
import { type ServedProcess, serveProcess } from "../../support/servedmarket.js";

const user = { name: "market", password: "p: a#b" };
let folder: string;
let certificate: string;
let broker: RunningBroker;
let served: ServedProcess | null = null;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gridclear-tls-"));
  certificate = join(folder, "broker.crt");
  const key = join(folder, "broker.key");
  const made = spawnSync("openssl", [
    ...["req", "-x509", "-nodes", "-days", "2", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
    ...["-subj", "/CN=broker", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
  ]);
  expect(made.status).toBe(0);
  writeFileSync(join(folder, "password"), `${user.password}\n`);
  writeFileSync(join(folder, "wrong"), "another\n");
  broker = await startMosquitto({ user, tls: { certificate, key } });
}, 60_000);
afterAll(async () => {
  await served?.close();
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

const settings = (more: object = {}) => ({
  market: { periodMs: 1_000 },
  log: "error",
  mqtt: {
    url: broker.url,
    username: user.name,
    passwordFile: join(folder, "password"),
    caFile: certificate,
    ...more,
  },
});

test("a member joins and orders over TLS, with a password, and is told prices, trades and the end", async () => {
  served = await serveProcess(settings());
  const { url } = served;
  const key = await served.key("ann");
  const line = await mqtt.connectAsync(broker.url, {
    protocolVersion: 4,
    username: user.name,
    password: user.password,
    ca: readFileSync(certificate),
  });
  // biome-ignore lint/suspicious/noExplicitAny: the test says what it expects of it.
  const came = new Map<string, any>();
  line.on("message", (topic, payload) => {
    const text = String(payload);
    came.set(topic, /^[[{]/.test(text) ? JSON.parse(text) : text);
  });
  await line.subscribeAsync("gridclear/#", { qos: 1 });
  await expect.poll(() => came.get("gridclear/status"), { timeout: 20_000 }).toBe("online");
  const { id } = came.get("gridclear/market");
  const marketId = fromHex(id, "id");
  const send = async (kind: string, body: { readonly signature: string }) => {
    await line.publishAsync(`gridclear/in/${kind}/ann`, JSON.stringify(body), { qos: 1 });
    await expect
      .poll(() => came.get("gridclear/replies/ann")?.request, { timeout: 20_000 })
      .toBe(body.signature);
    return came.get("gridclear/replies/ann");
  };
  const contract = {
    kind: "participant",
    version: 1,
    from: came.get("gridclear/period").period + 3,
    id: "ann",
    key: hex(key.publicKey),
  };
  const joined = hex(await key.sign(contractStatement(marketId, encodeCanonical(contract))));
  expect(await send("contracts", { contract, signature: joined } as never)).toMatchObject({ status: 200 });
  await served.opens(contract.from);
  const { number } = (await (await fetch(`${url}v1/members/ann`)).json()) as { number: number };
  const place = { participant: number, carrier: "electricity", side: "offer", revision: 0 } as const;
  const record = encodeRecords(orderLayout, [{ ...place, quantity: 1_000_000, price: 80_000 }]);
  // A period that closes meanwhile is no fault: the next is tried.
  let reply = { status: 0, receipt: { period: 0 } };
  for (let tried = 0; tried < 5 && reply.status !== 200; tried += 1) {
    const { period } = came.get("gridclear/period");
    const signature = hex(await key.sign(orderStatement(marketId, period, record)));
    const order = { ...place, participant: "ann", quantity: "1", price: "0.08", period, signature };
    reply = await send("orders", order);
  }
  expect(reply.status).toBe(200);
  const { period } = reply.receipt;
  await served.opens(period + 2);
  expect(await (await fetch(`${url}v1/periods/${period}`)).json()).toMatchObject({ orders: 1 });
  await expect
    .poll(() => came.get("gridclear/prices/electricity")?.period, { timeout: 20_000 })
    .toBeGreaterThanOrEqual(period);
  expect(served.said()).toBe("Serving the market; stop it with Ctrl-C.\n");
  await served.close();
  served = null;
  await expect.poll(() => came.get("gridclear/status"), { timeout: 20_000 }).toBe("offline");
  await line.endAsync(true);
}, 90_000);

test.each([
  ["a password that the broker does not know", { passwordFile: "wrong" }, /not authorized/i],
  ["a certificate that nobody vouches for", { caFile: null }, /self-signed/i],
])(
  "says %s in its log, and serves over HTTP all the same",
  async (_, more, why) => {
    const given = Object.fromEntries(
      Object.entries(more).map(([name, value]) => [name, value === null ? undefined : join(folder, value)]),
    );
    const market = await serveProcess(settings(given));
    await expect.poll(() => market.said(), { timeout: 20_000 }).toMatch(why);
    expect((await fetch(`${market.url}ready`)).status).toBe(200);
    await market.close();
  },
  60_000,
);

test("says how to install what is missing, and ends", async () => {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const place = join(folder, "package");
  mkdirSync(join(place, "node_modules"), { recursive: true });
  cpSync(join(root, "dist"), join(place, "dist"), { recursive: true });
  writeFileSync(join(place, "package.json"), readFileSync(join(root, "package.json")));
  const installed = readdirSync(join(root, "node_modules")).filter((name) => !name.startsWith("."));
  for (const name of installed)
    symlinkSync(join(root, "node_modules", name), join(place, "node_modules", name));
  const market = marketFolder(settings());
  const serve = () =>
    spawnSync(process.execPath, [join(place, "dist/cli/main.js"), "serve", market.path, "--port", "0"], {
      encoding: "utf8",
      timeout: 30_000,
    });
  rmSync(join(place, "node_modules/mqtt"));
  const without = serve();
  expect(without.status).toBe(2);
  expect(without.stderr).toContain("npm install mqtt");
  rmSync(join(place, "node_modules/pino"));
  const less = serve();
  expect(less.status).toBe(2);
  expect(less.stderr).toContain("npm install hono");
  expect(less.stderr).toContain("no pino");
  // What was begun is whole, and goes on once the package is there.
  expect((await call("verify", market.ledger)).code).toBe(0);
  market.remove();
}, 90_000);
