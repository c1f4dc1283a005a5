/**
 * HTTP as this package serves it, whatever it serves: requests of bounded size and time, connections of bounded number,
 * and a place for whoever comes next. Also the server of blocks and proofs that a witness runs.
 */
import type { EventEmitter } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { fail } from "../../errors.js";
import type { Ask } from "../../ledger/service/server.js";
import { networkOf } from "../../service/rates.js";
import { defaultLimits, type ServiceLimits } from "../../service/settings.js";
import { reasonOf } from "./problem.js";

/** Most connections at once. */
const maxConnections = 64;
/** Connections that the system holds until they are taken: all members may come at once, as when a market starts. */
const untaken = 4_096;
/**
 * How much longer a connection without a request is kept than clients are told, so that a request that is on its way
 * when the time is over is not cut off.
 */
const stillKeptMs = 2_000;
/** Most answers being worked out at once: a proof about a large block hashes all of it. */
const maxAnswers = 8;

/** What a client that still sends when it has its answer may send on, in bytes and milliseconds, so that it sees it. */
const lateBytes = 1 << 16;
const lateMs = 500;

/** Where a server listens, and how many connections it keeps; 64 unless said. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  readonly connections?: number;
  /** Most connections of one address; unless said, it may have all. */
  readonly connectionsEach?: number;
  /** Addresses of proxies, who bring the connections of many. */
  readonly proxies?: ReadonlySet<string>;
  /** How long headers may be, requests take, answers wait and connections idle; as a service has it unless said. */
  readonly limits?: Partial<LineLimits>;
  /** Takes a connection that asks to be something else than HTTP; unless said, there is nothing else. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** The limits of a service that its lines keep to. */
type LineLimits = Pick<ServiceLimits, "headerBytes" | "headersMs" | "requestMs" | "answerMs" | "keptSeconds">;

/** A server that listens. */
export interface Served {
  /** Its address, with a slash at the end. */
  readonly url: string;
  /** Stops at once, ending connections that are open. */
  close(): Promise<void>;
}

/**
 * Serves over HTTP: requests with headers that are too long and slow ones are dropped. When there are as many
 * connections as it keeps, the one that has been without a request for longest makes room for the next, so that whoever
 * holds many open keeps nobody out. Port 0 takes any that is free. Throws `conflict` when the address can't be had.
 */
export async function serveHttp(
  handle: Handle,
  {
    host,
    port,
    connections = maxConnections,
    connectionsEach = connections,
    proxies = new Set(),
    limits = {},
    upgrade,
  }: Listening,
): Promise<Served> {
  const { headerBytes, headersMs, requestMs, answerMs, keptSeconds } = { ...defaultLimits, ...limits };
  const server = createServer(
    {
      maxHeaderSize: headerBytes,
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      // Node looks for slow requests only so often, every 30 s unless told.
      connectionsCheckingInterval: Math.ceil(headersMs / 10),
    },
    oneByOne(handle),
  );
  server.keepAliveTimeout = 1_000 * keptSeconds + stillKeptMs;
  server.setTimeout(answerMs, (socket) => socket.destroy());
  if (upgrade !== undefined) server.on("upgrade", upgrade);
  if (connectionsEach < connections) limitEach(server, connectionsEach, proxies);
  limitConnections(server, connections);
  server.prependListener("request", tellKept(keptSeconds));
  server.on("request", endLate);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host, backlog: untaken }, resolve);
  }).catch((error: unknown) =>
    fail("conflict", `${host}:${port}`, "an address that is free", reasonOf(error)),
  );
  const address = server.address();
  const taken = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${taken}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers a request. */
export type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** Closes a connection that asks before it is answered: what it asked would be held without a bound. */
function oneByOne(handle: Handle): Handle {
  const asking = new WeakSet<Socket>();
  return (request, response) => {
    const { socket } = request;
    if (asking.has(socket)) return void socket.destroy();
    asking.add(socket);
    response.once("close", () => asking.delete(socket));
    handle(request, response);
  };
}

/** Keeps at most so many connections, and rather the busy and the new ones than those that only lie open. */
function limitConnections(server: Server, most: number): void {
  // In the order in which they came or last had an answer: the first has waited for longest.
  const idle = new Set<Socket>();
  const busy = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    if (socket.destroyed) return;
    if (idle.size + busy.size >= most) {
      const [longest = socket] = idle;
      longest.destroy();
      idle.delete(longest);
      if (longest === socket) return;
    }
    idle.add(socket);
    socket.once("close", () => {
      idle.delete(socket);
      busy.delete(socket);
    });
  });
  // What has become something else than HTTP, such as a line of events, is in use until it ends.
  server.on("upgrade", ({ socket }: IncomingMessage) => {
    if (idle.delete(socket)) busy.add(socket);
  });
  server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    idle.delete(socket);
    busy.add(socket);
    response.once("close", () => {
      if (busy.delete(socket) && !socket.destroyed) idle.add(socket);
    });
  });
}

/**
 * Refuses connections of an address, of IPv6 of its network, that has so many: whoever holds what it can leaves room
 * for others.
 */
export function limitEach(server: EventEmitter, most: number, proxies: ReadonlySet<string>): void {
  const counts = new Map<string, number>();
  server.prependListener("connection", (socket: Socket) => {
    const line = lineOf(socket);
    if (proxies.has(line)) return;
    const address = networkOf(line);
    const count = (counts.get(address) ?? 0) + 1;
    if (count > most) return void socket.destroy();
    counts.set(address, count);
    socket.once("close", () => {
      const left = counts.get(address)! - 1;
      if (left === 0) counts.delete(address);
      else counts.set(address, left);
    });
  });
}

/** The address at the other end of a line, IPv4 as such where it comes over IPv6. */
const lineOf = ({ remoteAddress = "" }: Socket): string => remoteAddress.replace(/^::ffff:/, "");

/**
 * Who asks: the address at the other end, or, where that is a proxy which the operator has named, the one that it asks
 * for (the last of `X-Forwarded-For`, which the proxy itself wrote; what stands before it anybody may have written).
 */
export function addressOf({ socket, headers }: IncomingMessage, proxies: ReadonlySet<string>): string {
  const line = lineOf(socket);
  if (!proxies.has(line)) return line;
  const last = `${headers["x-forwarded-for"] ?? ""}`.split(",").at(-1)!.trim();
  return isIP(last) === 0 ? line : last;
}

/** Tells a client how long its connection is kept, where it is. */
const tellKept =
  (seconds: number): Handle =>
  ({ headers, httpVersion }, response) => {
    if (httpVersion !== "1.1" || /close/i.test(headers.connection ?? "")) return;
    response.setHeader("connection", "keep-alive");
    response.setHeader("keep-alive", `timeout=${seconds}`);
  };

/** Ends the connection of a client that goes on sending its request when the answer is out. */
function endLate(request: IncomingMessage, response: ServerResponse): void {
  response.once("finish", () => {
    if (request.complete) return;
    const { socket } = request;
    let late = 0;
    request.on("data", (piece: Uint8Array) => {
      late += piece.length;
      if (late > lateBytes) socket.destroy();
    });
    request.resume();
    socket.end();
    setTimeout(() => socket.destroy(), lateMs).unref();
  });
}

const text = "text/plain; charset=utf-8";
const typeOf = (path: string): string =>
  /^(?:proof|consistency)\//.test(path)
    ? "application/json"
    : /^(?:block|header)\//.test(path)
      ? "application/octet-stream"
      : text;

/**
 * Serves what an {@link Ask} answers, read-only and to any page: the Ask itself shows nothing that is not everybody's.
 * More than 8 answers being worked out at once are 503.
 */
export async function serveAsk(ask: Ask, port: number, host: string): Promise<Served> {
  let answering = 0;
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const answer = (status: number, type: string, body: Uint8Array | string): void => {
      response.writeHead(status, {
        "content-type": type,
        "content-length": Buffer.byteLength(body),
        "x-content-type-options": "nosniff",
        "access-control-allow-origin": "*",
        "cache-control": "no-store",
        ...(status === 405 ? { allow: "GET, HEAD" } : {}),
      });
      response.end(request.method === "HEAD" ? undefined : body);
    };
    if (request.method !== "GET" && request.method !== "HEAD")
      return void answer(405, text, "only GET and HEAD\n");
    if (answering >= maxAnswers) return void answer(503, text, "busy\n");
    answering += 1;
    const path = (request.url ?? "/").slice(1);
    ask(path)
      .then(
        (bytes) => (bytes === null ? answer(404, text, "nothing there\n") : answer(200, typeOf(path), bytes)),
        () => answer(500, text, "failed\n"),
      )
      .finally(() => {
        answering -= 1;
      });
  };
  return serveHttp(handle, { host, port });
}
