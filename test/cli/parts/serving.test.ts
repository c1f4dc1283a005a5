// Serving blocks and proofs: bounded in answers, connections and time, whoever asks.
import { EventEmitter } from "node:events";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { afterEach, describe, expect, test } from "vitest";
import { addressOf, limitEach, type Served, serveAsk, serveHttp } from "../../../src/cli/parts/serving.js";
import { eventSockets } from "../../../src/cli/parts/sockets.js";
import { fail } from "../../../src/errors.js";
import type { Ask } from "../../../src/ledger/service/server.js";
import type { FeedEvent } from "../../../src/service/events.js";
import { eventStream } from "../../../src/service/routes/events.js";

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

describe("serveHttp", () => {
  const upgrading = (path: string): string =>
    `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n` +
    "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

  /** Writes to a connection of its own; what came back until it was closed, and how long that took. */
  const talk = (
    url: URL,
    write: (socket: Socket) => void,
    allowHalfOpen = false,
  ): Promise<{ said: string; ms: number }> =>
    new Promise((resolve) => {
      const begun = performance.now();
      let said = "";
      // Half-open: one that goes on writing whatever it is told.
      const to = { port: Number(url.port), host: url.hostname, allowHalfOpen };
      const socket = connect(to, () => write(socket));
      socket.on("data", (piece) => {
        said += piece;
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve({ said, ms: performance.now() - begun }));
      sockets.push(socket);
    });

  test("an address has so many connections, and gets new ones for those that it closes", async () => {
    served = await serveHttp((_, response) => response.end("here"), {
      host: "127.0.0.1",
      port: 0,
      connections: 50,
      connectionsEach: 3,
    });
    const url = new URL(served.url);
    const held = [await halfOpen(url), await halfOpen(url), await halfOpen(url)];
    expect(await get(url, "/")).toBe(0);
    expect(held.map(({ closed }) => closed)).toEqual([false, false, false]);
    for (const socket of sockets.splice(0)) socket.destroy();
    await expect.poll(() => get(url, "/")).toBe(200);
  });

  test("keeps to the limits that are set, and to those of a service where none are", async () => {
    const listen = async (limits: object): Promise<URL> => {
      await served?.close();
      served = await serveHttp((_, response) => response.end("here"), { host: "127.0.0.1", port: 0, limits });
      return new URL(served.url);
    };
    const long = `GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-long: ${"x".repeat(3_000)}\r\n\r\n`;
    const short = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    const usual = await listen({});
    expect((await talk(usual, (socket) => void socket.write(long))).said).toContain("200 OK");
    const kept = async (url: URL): Promise<string | null> => (await fetch(url)).headers.get("keep-alive");
    expect(await kept(usual)).toBe("timeout=5");
    const tight = await listen({ headerBytes: 2_048, headersMs: 300, requestMs: 600, keptSeconds: 1 });
    expect((await talk(tight, (socket) => void socket.write(long))).said).toContain("431 ");
    expect(await kept(tight)).toBe("timeout=1");
    // Headers that never end, a body that never ends, and a connection that asks no more.
    const half = await talk(tight, (socket) => void socket.write("GET / HTTP/1.1\r\nhost: x\r\n"));
    expect(half.said).toContain("408 ");
    expect(half.ms).toBeLessThan(3_000);
    const idle = await talk(tight, (socket) => void socket.write(short));
    expect(idle.said).toContain("200 OK");
    expect(idle.ms).toBeGreaterThan(1_000);
    expect(idle.ms).toBeLessThan(5_000);
    await served!.close();
    served = await serveHttp(() => {}, {
      host: "127.0.0.1",
      port: 0,
      limits: { headersMs: 300, requestMs: 300 },
    });
    const body = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nx";
    const slow = await talk(new URL(served.url), (socket) => void socket.write(body));
    expect(slow.ms).toBeLessThan(3_000);
  });

  test("a connection that asks again before it is answered is closed", async () => {
    let asked = 0;
    served = await serveHttp(
      () => {
        asked += 1;
      },
      { host: "127.0.0.1", port: 0 },
    );
    const one = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    await talk(new URL(served.url), (socket) => void socket.write(one.repeat(1_000)));
    expect(asked).toBe(1);
  });

  test("a body that goes on behind its answer is cut off, and the answer is seen", async () => {
    served = await serveHttp(
      (_, response) => {
        response.writeHead(413);
        response.end("too long");
      },
      { host: "127.0.0.1", port: 0 },
    );
    let sent = 0;
    const { said, ms } = await talk(
      new URL(served.url),
      (socket) => {
        socket.write("POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n");
        const timer = setInterval(() => {
          sent += 1;
          if (!socket.destroyed) socket.write(`400\r\n${"9".repeat(1024)}\r\n`);
        }, 5);
        socket.on("close", () => clearInterval(timer));
      },
      true,
    );
    expect(said).toContain("too long");
    expect(sent).toBeGreaterThan(0);
    expect(ms).toBeLessThan(5_000);
  });

  test("a proxy that was named is believed for whom it asks, and nobody else is", async () => {
    const heard: string[] = [];
    const proxies = new Set(["127.0.0.1"]);
    const listen = async (named: ReadonlySet<string>): Promise<URL> => {
      await served?.close();
      served = await serveHttp(
        (asked, response) => {
          heard.push(addressOf(asked, named));
          response.end();
        },
        { host: "127.0.0.1", port: 0, connections: 9, connectionsEach: 1, proxies: named },
      );
      return new URL(served.url);
    };
    const from = (url: URL, forwarded: string): Promise<void> =>
      new Promise((resolve) => {
        const headers = { "x-forwarded-for": forwarded };
        request({ hostname: url.hostname, port: url.port, headers, agent: false }, (response) => {
          response.resume().on("end", () => resolve());
        }).end();
      });
    const behind = await listen(proxies);
    await from(behind, "203.0.113.7");
    await from(behind, "10.0.0.1, 2001:db8::1");
    await from(behind, "203.0.113.7, nonsense");
    // More connections than one address may have: a proxy brings those of many.
    await halfOpen(behind);
    await from(behind, "203.0.113.8");
    for (const socket of sockets.splice(0)) socket.destroy();
    await from(await listen(new Set(["127.0.0.2"])), "203.0.113.7");
    expect(heard).toEqual(["203.0.113.7", "2001:db8::1", "127.0.0.1", "203.0.113.8", "127.0.0.1"]);
  });

  test("keeps a connection for longer than it says, so that a request sent at the last moment is answered", async () => {
    served = await serveHttp((_, response) => void response.end("here"), { host: "127.0.0.1", port: 0 });
    const url = new URL(served.url);
    const said = await new Promise<string>((resolve, reject) => {
      let text = "";
      const ask = (): void => void socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
      const socket = connect(Number(url.port), url.hostname, () => {
        ask();
        setTimeout(ask, 5_500);
      });
      sockets.push(socket);
      socket.on("error", reject);
      socket.on("close", () => resolve(text));
      socket.on("data", (piece) => {
        text += piece;
        if (text.split("here").length === 3) resolve(text);
      });
    });
    expect(said.split("here").length).toBe(3);
    expect(said).toMatch(/keep-alive: timeout=5\r\n/i);
    expect(said.match(/keep-alive: timeout/gi)?.length).toBe(2);
    const closing = await talk(url, (socket) =>
      socket.write("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"),
    );
    expect(closing.said).toMatch(/connection: close/i);
  });

  test("connections of one network of IPv6 are counted together, and given back", () => {
    const server = new EventEmitter();
    limitEach(server, 2, new Set(["2001:db8:9::1"]));
    const come = (remoteAddress: string) => {
      const socket = Object.assign(new EventEmitter(), { remoteAddress, isCut: false, destroy: () => {} });
      socket.destroy = () => {
        socket.isCut = true;
      };
      server.emit("connection", socket);
      return socket;
    };
    const [first] = [come("2001:db8::1"), come("2001:db8::2")];
    expect(come("2001:db8:0:0:ffff::3").isCut).toBe(true);
    expect(come("2001:db8:0:1::1").isCut).toBe(false);
    first!.emit("close");
    expect(come("2001:db8::4").isCut).toBe(false);
    expect([1, 2, 3].map(() => come("2001:db8:9::1").isCut)).toEqual([false, false, false]);
    expect([1, 2, 3].map(() => come("::ffff:203.0.113.7").isCut)).toEqual([false, false, true]);
  });

  test("who takes no answer is cut off, and little is held for it meanwhile", async () => {
    const data = "x".repeat(100_000);
    let told = 0;
    const events = async function* (): AsyncGenerator<readonly FeedEvent[]> {
      for (;;) {
        told += 1;
        yield [{ id: `1.${told}`, event: "trades", data: JSON.stringify(data) }];
      }
    };
    let ended = 0;
    const answer = getRequestListener(
      () =>
        new Response(
          eventStream(events(), () => {
            ended += 1;
          }),
        ),
      { autoCleanupIncoming: false },
    );
    const { upgrade } = eventSockets(
      {
        admits: () => true,
        refused: () => {},
        follow: async (_, signal) => {
          signal.addEventListener("abort", () => {
            ended += 1;
          });
          return events();
        },
      },
      () => "",
      200,
    );
    served = await serveHttp(answer, { host: "127.0.0.1", port: 0, limits: { answerMs: 500 }, upgrade });
    const { port, hostname } = new URL(served.url);
    for (const [at, asked] of [
      "GET /v1/events HTTP/1.1\r\nhost: x\r\n\r\n",
      upgrading("/v1/events"),
    ].entries()) {
      told = 0;
      const socket = connect(Number(port), hostname, () => void socket.write(asked));
      sockets.push(socket);
      socket.on("error", () => {});
      socket.pause();
      await expect.poll(() => ended, { timeout: 10_000 }).toBe(at + 1);
      // What the system holds for a line, and an event or two.
      expect(told).toBeGreaterThan(1);
      expect(told * data.length).toBeLessThan(20e6);
      const before = told;
      await new Promise((go) => setTimeout(go, 100));
      expect(told).toBe(before);
    }
  });

  test("a line of events is counted like any other request", async () => {
    let admitted = 1;
    const refused: string[] = [];
    const { upgrade } = eventSockets(
      {
        admits: (address) => address === "here" && admitted-- > 0,
        refused: (code) => void refused.push(code),
        follow: async () =>
          (async function* () {
            yield [{ id: "1.0", event: "gate", data: "{}" } as const];
          })(),
      },
      () => "here",
    );
    served = await serveHttp(() => {}, { host: "127.0.0.1", port: 0, upgrade });
    const asked =
      "GET /v1/events HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n" +
      "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    const url = new URL(served.url);
    const first = await new Promise<string>((resolve) => {
      const socket = connect(Number(url.port), url.hostname, () => void socket.write(asked));
      socket.once("data", (piece) => resolve(String(piece)));
      sockets.push(socket);
    });
    expect(first).toContain("101 Switching Protocols");
    expect((await talk(url, (socket) => void socket.write(asked))).said).toContain("429 Too Many Requests");
    expect((await talk(url, (socket) => void socket.write(upgrading("/v1/other")))).said).toContain("404 ");
    expect(refused).toEqual(["limit", "invalid"]);
  });

  test("a line to an address that is none is refused, and one whose events can't be read ends", async () => {
    const { upgrade } = eventSockets(
      {
        admits: () => true,
        refused: () => {},
        follow: async () =>
          // biome-ignore lint/correctness/useYield: it fails before it has any.
          (async function* () {
            throw new Error("the disk fails");
          })(),
      },
      () => "",
    );
    served = await serveHttp(() => {}, { host: "127.0.0.1", port: 0, upgrade });
    const url = new URL(served.url);
    for (const path of ["//", "/\\", "http://[", "/v1/other"])
      expect((await talk(url, (socket) => void socket.write(upgrading(path)))).said).toMatch(/ 40[04] /);
    expect((await talk(url, (socket) => void socket.write(upgrading("/v1/events")))).said).toContain("101 ");
  });

  test("a line is opened for whoever signed for it, and says why it is not", async () => {
    const heard: object[] = [];
    let code: "signature" | "state" | "limit" = "signature";
    const follow = async (asked: object): Promise<never> => {
      heard.push(asked);
      return fail(code, "events", "another", "this");
    };
    const codes: string[] = [];
    const refused = (said: string) => void codes.push(said);
    const { upgrade } = eventSockets({ admits: () => true, refused, follow }, () => "");
    served = await serveHttp(() => {}, { host: "127.0.0.1", port: 0, upgrade });
    const url = new URL(served.url);
    const signed = upgrading("/v1/events?after=7.1").replace(
      "host: x",
      "host: x\r\nauthorization: Gridclear k",
    );
    const answered = async (): Promise<string> =>
      (await talk(url, (socket) => void socket.write(signed))).said.slice(9, 12);
    expect(await answered()).toBe("403");
    code = "state";
    expect(await answered()).toBe("503");
    code = "limit";
    expect(await answered()).toBe("400");
    expect(codes).toEqual(["signature", "state", "limit"]);
    expect(heard[0]).toEqual({
      after: "7.1",
      authorization: "Gridclear k",
      request: "GET /v1/events?after=7.1",
    });
  });

  test("lines that don't answer hold nothing up when the service ends", async () => {
    const lines = eventSockets(
      {
        admits: () => true,
        refused: () => {},
        follow: async (_, signal) =>
          (async function* () {
            await new Promise((go) => signal.addEventListener("abort", go));
            yield [{ id: null, event: "gate", data: "{}" } as const];
          })(),
      },
      () => "",
    );
    served = await serveHttp(() => {}, { host: "127.0.0.1", port: 0, upgrade: lines.upgrade });
    const begun = new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(served!.url).port), "127.0.0.1", () =>
        socket.write(upgrading("/v1/events")),
      );
      socket.once("data", () => resolve());
      socket.on("error", () => {});
      sockets.push(socket);
    });
    await begun;
    const startedMs = performance.now();
    await lines.close();
    await served.close();
    served = null;
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });
});
