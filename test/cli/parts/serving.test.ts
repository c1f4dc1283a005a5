// Serving blocks and proofs: bounded in answers, connections and time, whoever asks.
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type Served, serveAsk } from "../../../src/cli/parts/serving.js";
import type { Ask } from "../../../src/ledger/service/server.js";

let served: Served | null = null;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await served?.close();
  served = null;
});
const serve = async (ask: Ask): Promise<URL> => {
  served = await serveAsk(ask, 0, "127.0.0.1");
  return new URL(served.url);
};

/** The status that one request gets on a connection of its own; 0 when the connection is cut. */
const get = (url: URL, path: string): Promise<number> =>
  new Promise((resolve) => {
    const sent = request({ hostname: url.hostname, port: url.port, path, agent: false }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
      response.on("error", () => resolve(0));
    });
    sent.on("error", () => resolve(0));
    sent.end();
  });

/** A connection that has sent half a request, and whether it has been closed since. */
const halfOpen = (url: URL): Promise<{ closed: boolean; finish(): void }> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(url.port), url.hostname, () => {
      socket.write("GET /checkpoint HTTP/1.1\r\nHost: x\r\n");
      resolve({
        get closed() {
          return socket.destroyed;
        },
        finish: () => void socket.write("\r\n"),
      });
    });
    socket.on("error", reject);
    socket.on("close", () => {});
    sockets.push(socket);
  });

describe("serveAsk", () => {
  test("gives the slot of every answer back: good, none, failed", async () => {
    const url = await serve(async (path) => {
      if (path === "good") return new Uint8Array(3);
      if (path === "none") return null;
      throw new Error("as planned");
    });
    // Far more than there are slots, so that a leak of any kind shows as 503.
    for (let round = 0; round < 20; round += 1)
      for (const [path, status] of [
        ["/good", 200],
        ["/none", 404],
        ["/failed", 500],
      ] as const)
        expect([round, path, await get(url, path)]).toEqual([round, path, status]);
  });

  test("works out eight answers at once and says to the ninth that it is busy", async () => {
    const waiting: (() => void)[] = [];
    const url = await serve(
      (path) =>
        new Promise((resolve) => {
          if (path === "quick") resolve(new Uint8Array(1));
          else waiting.push(() => resolve(new Uint8Array(1)));
        }),
    );
    const slow = Array.from({ length: 8 }, () => get(url, "/slow"));
    await expect.poll(() => waiting.length).toBe(8);
    expect(await get(url, "/quick")).toBe(503);
    for (const answer of waiting) answer();
    expect(await Promise.all(slow)).toEqual(new Array(8).fill(200));
    expect(await get(url, "/quick")).toBe(200);
  });

  test("half-open connections keep nobody out, and a busy one is not cut for a new one", async () => {
    let answer = (): void => {};
    const url = await serve(
      (path) =>
        new Promise((resolve) => {
          if (path === "slow") answer = () => resolve(new Uint8Array(1));
          else resolve(new Uint8Array(1));
        }),
    );
    const slow = get(url, "/slow");
    const held: Awaited<ReturnType<typeof halfOpen>>[] = [];
    for (let count = 0; count < 80; count += 1) held.push(await halfOpen(url));
    const beganMs = performance.now();
    for (let count = 0; count < 5; count += 1) expect(await get(url, "/checkpoint")).toBe(200);
    expect(performance.now() - beganMs).toBeLessThan(5000);
    // The first to come were the first to go; the last are still there.
    await expect.poll(() => held.slice(0, 16).every(({ closed }) => closed)).toBe(true);
    expect(held.at(-1)!.closed).toBe(false);
    answer();
    expect(await slow).toBe(200);
  });
});
