import { createServer, type Server } from "node:http";
import type { Ask } from "../../ledger/service/server.js";

const text = "text/plain; charset=utf-8";
const typeOf = (path: string): string =>
  /^(?:proof|consistency)\//.test(path)
    ? "application/json"
    : /^(?:block|header)\//.test(path)
      ? "application/octet-stream"
      : text;

/** Most connections at once, and how long a request may take to come and an answer to be taken, in milliseconds. */
const maxConnections = 64;
const requestMs = 10_000;
const answerMs = 60_000;
/** Most answers being worked out at once: a proof about a large block hashes all of it. */
const maxAnswers = 8;

/**
 * Serves what an {@link Ask} answers over HTTP, read-only and to any page (everything in a ledger is public). Resolves once
 * it listens. Headers above 8 KiB, slow requests and more than 64 connections are dropped; more than 8 answers at once
 * are 503.
 */
export async function serveAsk(
  ask: Ask,
  port: number,
  host: string,
): Promise<{ server: Server; port: number }> {
  let answering = 0;
  const server = createServer(
    {
      maxHeaderSize: 8192,
      headersTimeout: requestMs,
      requestTimeout: requestMs,
      // Node looks for slow requests only so often, every 30 s unless told.
      connectionsCheckingInterval: requestMs / 10,
    },
    (request, response) => {
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
        return answer(405, text, "only GET and HEAD\n");
      if (answering >= maxAnswers) return answer(503, text, "busy\n");
      answering += 1;
      const path = (request.url ?? "/").slice(1);
      ask(path)
        .then(
          (bytes) =>
            bytes === null ? answer(404, text, "nothing there\n") : answer(200, typeOf(path), bytes),
          () => answer(500, text, "failed\n"),
        )
        .finally(() => {
          answering -= 1;
        });
    },
  );
  server.maxConnections = maxConnections;
  server.keepAliveTimeout = 5000;
  server.setTimeout(answerMs, (socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return { server, port: typeof address === "object" && address !== null ? address.port : port };
}
