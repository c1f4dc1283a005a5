// Worker threads in real pages: with and without cross-origin isolation, with and without blob: workers in the CSP.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import { hashWorkerSource } from "../../src/core/worker.js";
import { hex, someBytes } from "../support/builds.js";

const { findChromium, launchFlags } = (await import("../support/find.mjs" as string)) as {
  findChromium(): string;
  launchFlags: string[];
};

const isolation = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};
const script = "script-src 'self' 'wasm-unsafe-eval'";
const pages: Record<string, Record<string, string>> = {
  "/isolated": { ...isolation, "content-security-policy": `${script}; worker-src blob:` },
  "/no-blob": { ...isolation, "content-security-policy": `${script}; worker-src 'self'` },
  "/plain": {},
};
let server: Server;
let browser: Browser;
let origin = "";

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [new URL("../../src/core/engine.ts", import.meta.url).pathname],
    bundle: true,
    format: "esm",
    platform: "browser",
    write: false,
    outdir: "bundle",
    logLevel: "silent",
  });
  const files: Record<string, string> = {
    "/engine.js": outputFiles.find((file) => file.path.endsWith(".js"))!.text,
    "/hash-worker.js": hashWorkerSource,
  };
  server = createServer((request, response) => {
    const path = request.url ?? "";
    const page = pages[path];
    const file = files[path];
    if (page !== undefined)
      response.writeHead(200, { "content-type": "text/html", ...page }).end("<!doctype html>");
    else if (file !== undefined)
      response.writeHead(200, { "content-type": "text/javascript", ...isolation }).end(file);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await chromium.launch({ executablePath: findChromium(), args: launchFlags });
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

it.each([
  ["/isolated", false, 3],
  ["/isolated", true, 1],
  ["/no-blob", false, 1],
  ["/no-blob", true, 3],
  ["/plain", false, 1],
] as const)("a page %s, with a worker file: %s, hashes on %i threads", async (path, ownFile, threads) => {
  const records = someBytes(20_001 * 40, 1);
  const engine = await openEngine();
  const want = hex(engine.merkleRoot(records, 40));
  const page = await browser.newPage();
  await page.goto(origin + path);
  const got = (await page.evaluate(`(async () => {
    const { openEngine } = await import("/engine.js");
    const worker = () => new Worker("/hash-worker.js");
    const engine = await openEngine({ threads: 3, ${ownFile ? "worker" : ""} });
    const records = Uint8Array.from(atob("${Buffer.from(records).toString("base64")}"), (letter) => letter.charCodeAt(0));
    const roots = new Set();
    for (let round = 0; round < 20; round++) roots.add(String(engine.merkleRoot(records, 40)));
    const { threads } = engine;
    engine.close();
    return { threads, roots: [...roots] };
  })()`)) as { threads: number; roots: string[] };
  await page.close();
  expect(got.threads).toBe(threads);
  expect(got.roots.map((root) => hex(Uint8Array.from(root.split(","), Number)))).toEqual([want]);
});
