// A page in a browser that follows a microgrid's blocks over NATS's WebSocket, on a server that is configured as
// docs/fleet.md says: what it may read, and that nothing else is open to it.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { connect, usernamePasswordAuthenticator } from "@nats-io/transport-node";
import { build } from "esbuild";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hex } from "../../src/bytes.js";
import { encodeSealed } from "../../src/fleet/messages.js";
import { blockAt, readerOf } from "../../src/fleet/reader.js";
import { Worker } from "../../src/fleet/worker.js";
import { findChromium, launchFlags } from "../support/find.mjs";
import { openFleet, type TestFleet } from "../support/fleet.js";
import type { LoadGrid } from "../support/fleetload.mjs";
import { freePorts } from "../support/natsserver.mjs";

const folder = fileURLToPath(new URL("../../examples/fleet/", import.meta.url));
const page = readFileSync(new URL("../../docs/fleet.md", import.meta.url), "utf8");
const [wsPort] = (await freePorts(1)) as [number];
/** The part of the configuration that the page has for browsers, for a fleet called `test` of one shard. */
const configuration = (): string => {
  const found = /# browsers\n([\s\S]*?)```/.exec(page)?.[1];
  expect(found).toBeDefined();
  return found!
    .replaceAll("gridclear", "test")
    .replace(
      /websocket \{[\s\S]*?\n\}/,
      `websocket { host: "127.0.0.1", port: ${wsPort}, no_tls: true, no_auth_user: reader }`,
    );
};

let fleet: TestFleet;
let worker: Worker;
let elm: LoadGrid;
let browser: Browser;
let served: ReturnType<typeof createServer>;
let url: string;

beforeAll(async () => {
  fleet = await openFleet({ shards: 1, more: () => `no_auth_user: worker\n${configuration()}` });
  elm = await fleet.grid("elm", 1_000);
  worker = Worker.start({ ...(await fleet.parts()), id: "w" });
  const { outputFiles } = await build({
    entryPoints: [`${folder}blocks.js`],
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "silent",
  });
  const files: { readonly [path: string]: readonly [type: string, body: string | Uint8Array] } = {
    "/blocks.html": ["text/html", readFileSync(`${folder}blocks.html`)],
    "/blocks.bundle.js": ["text/javascript", outputFiles[0]!.contents],
  };
  served = createServer((request, response) => {
    const [type, body] = files[new URL(request.url!, "http://x").pathname] ?? ["text/plain", ""];
    response.writeHead(body === "" ? 404 : 200, { "content-type": type }).end(body);
  }).listen(0, "127.0.0.1");
  browser = await chromium.launch({ executablePath: findChromium(), args: launchFlags });
  const { port } = served.address() as AddressInfo;
  const asked = {
    servers: `ws://127.0.0.1:${wsPort}`,
    fleet: "test",
    grid: "elm",
    market: hex(elm.marketId),
  };
  url = `http://127.0.0.1:${port}/blocks.html?${new URLSearchParams(asked)}`;
  await fleet.reaches("elm", 5);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  served?.close();
  await worker?.stop();
  await fleet?.close();
});

test("a page follows blocks and verifies them", async () => {
  const tab = await browser.newPage();
  await tab.goto(url);
  await tab.waitForFunction("document.querySelectorAll('#blocks tr').length >= 3");
  const [first] = (await tab.locator("#blocks tr").first().locator("td").allInnerTexts()) as [string];
  const hash = await tab.locator("#blocks tr").first().locator("td").last().innerText();
  const block = await blockAt(readerOf(fleet.line), "elm", Number(first));
  expect(hash).toBe(hex(block!.hash));
  expect(await tab.locator("#state").innerText()).toMatch(
    /^\d+ blocks: the head of the last covers them all/,
  );
  if (process.env.SCREENSHOT) await tab.screenshot({ path: process.env.SCREENSHOT });
  await tab.close();
});

test("a page of another market says that this is not it", async () => {
  const tab = await browser.newPage();
  await tab.goto(url.replace(hex(elm.marketId), "ab".repeat(32)));
  await tab.waitForSelector("[role=alert]");
  expect(await tab.locator("#state").innerText()).toContain("This does not hold: elm, market");
  await tab.close();
});

test("a reader may read blocks, and can neither read the intake nor have anything put anywhere", async () => {
  const nc = await connect({
    servers: [...fleet.cluster.urls],
    authenticator: usernamePasswordAuthenticator("reader", "public"),
  });
  const { names, jsm } = fleet.line;
  const place = names.of("elm");
  const [intake, blocks] = [names.intakeStream(0), names.blockStream(0)];
  const asked = JSON.stringify({ seq: 1, next_by_subj: place.blocks });
  const block = await nc.request(`$JS.API.DIRECT.GET.${blocks}`, asked, { timeout: 2_000 });
  expect(block.data.length).toBeGreaterThan(100);
  for (const api of [`DIRECT.GET.${intake}`, `STREAM.INFO.${intake}`, `STREAM.MSG.GET.${blocks}`]) {
    // Nobody answers, or the server that readers have no streams.
    const answer = await nc.request(`$JS.API.${api}`, asked, { timeout: 1_000 }).then(
      (message) => message.string(),
      () => "error",
    );
    expect(answer, api).toMatch(/^error$|"error"/);
  }
  await worker.stop();
  const ends = async (): Promise<number[]> =>
    Promise.all([intake, blocks].map(async (stream) => (await jsm.streams.info(stream)).state.last_seq));
  const before = await ends();
  for (const subject of [place.requests, place.blocks, place.gates]) nc.publish(subject, "anything");
  // An answer goes where who asks says: not into the intake.
  nc.publish(`$JS.API.DIRECT.GET.${blocks}`, asked, { reply: place.requests });
  await nc.flush();
  await new Promise((go) => setTimeout(go, 500));
  expect(await ends()).toEqual(before);
  await nc.close();
});

test("a block that the platform did not seal is shown to nobody", async () => {
  const tab = await browser.newPage();
  await tab.goto(url);
  await tab.waitForFunction("document.querySelector('#state').textContent !== 'Connecting…'");
  // Whoever has a worker's line can publish a block; not one with a head that the platform signed.
  const last = (await fleet.client.last("elm"))!;
  const bytes = last.bytes.slice();
  const nc = await connect({ servers: [...fleet.cluster.urls] });
  const forged = encodeSealed({ ...last, height: last.height + 1, bytes });
  nc.publish(fleet.line.names.of("elm").blocks, forged);
  await nc.flush();
  await tab.waitForSelector("[role=alert]");
  expect(await tab.locator("#state").innerText()).toContain(`This does not hold: block ${last.height + 1}`);
  await nc.close();
  await tab.close();
});
