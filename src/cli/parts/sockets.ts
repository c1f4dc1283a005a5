/** The events of a service over WebSocket, for those whose line or library has no server-sent events. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { GridclearError } from "../../errors.js";
import type { FeedEvent, Service } from "../../service/index.js";
import { problemOf } from "../../service/problems.js";
import { reasonOf } from "./problem.js";

/** Who does not answer a ping before the next is gone, and who has not taken an event by then. */
const usualPingMs = 15_000;
/** How long lines have to say goodbye when the service ends. */
const goodbyeMs = 1_000;
/** Longest message of a client: there is nothing to say. */
const maxPayload = 1_024;

/** Lines that carry events. */
export interface EventSockets {
  /**
   * Takes a connection that asks for `/v1/events` as a WebSocket, `?after=` and `Authorization` as over HTTP. An event
   * is a message.
   */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Ends all lines, those that don't answer as well. */
  close(): Promise<void>;
}

/** Opens lines for the events of a service; `addressOf` says whose request one is, `pingMs` how often one is tried. */
export function eventSockets(
  service: Pick<Service, "follow" | "admits" | "refused">,
  addressOf: (request: IncomingMessage) => string,
  pingMs: number = usualPingMs,
): EventSockets {
  const sockets = new WebSocketServer({ noServer: true, maxPayload, perMessageDeflate: false });
  const upgrade: EventSockets["upgrade"] = (request, socket, head) => {
    const refuse = (status: string, why: string, code: string): void => {
      service.refused(code);
      socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: text/plain\r\n\r\n${why}\n`);
    };
    socket.on("error", () => socket.destroy());
    const base = "http://localhost";
    const asked = new URL(URL.canParse(request.url ?? "/", base) ? (request.url ?? "/") : "/", base);
    if (asked.pathname !== "/v1/events") return refuse("404 Not Found", "nothing there", "invalid");
    if (!service.admits(addressOf(request))) return refuse("429 Too Many Requests", "too often", "limit");
    const ended = new AbortController();
    socket.once("close", () => ended.abort());
    const after = asked.searchParams.get("after") ?? undefined;
    const { authorization } = request.headers;
    const what = `GET ${asked.pathname}${asked.search}`;
    service.follow({ after, authorization, request: what }, ended.signal).then(
      // What can't be read any more, as from a disk that fails, ends the line and not the process.
      (events) =>
        sockets.handleUpgrade(request, socket, head, (line) => {
          tell({ line, socket, pingMs }, events).catch(() => line.terminate());
        }),
      (error: unknown) => {
        ended.abort();
        refuse(statusOf(error), reasonOf(error), problemOf(error).code);
      },
    );
  };
  const close = async (): Promise<void> => {
    for (const line of sockets.clients) line.close(1001, "the service ends");
    const begunMs = performance.now();
    while (sockets.clients.size > 0 && performance.now() - begunMs < goodbyeMs)
      await new Promise((go) => setTimeout(go, 20));
    for (const line of sockets.clients) line.terminate();
  };
  return { upgrade, close };
}

/** Status of a line that is not opened. */
function statusOf(error: unknown): string {
  const code = error instanceof GridclearError ? error.code : null;
  if (code === "signature") return "403 Forbidden";
  return code === "state" ? "503 Service Unavailable" : "400 Bad Request";
}

/** Events as messages: all lines are sent the same bytes, made once. */
const messages = new WeakMap<FeedEvent, Buffer>();

function messageOf(event: FeedEvent): Buffer {
  const known = messages.get(event);
  if (known !== undefined) return known;
  const { id, event: name, data } = event;
  const message = Buffer.from(`{"id":${JSON.stringify(id)},"event":"${name}","data":${data}}`);
  messages.set(event, message);
  return message;
}

/** A line of events: what it says, what that is written to, and how often it is tried. */
interface EventLine {
  readonly line: WebSocket;
  readonly socket: Duplex;
  readonly pingMs: number;
}

/** Sends events, those that come together in one write, when the line has taken those before. */
async function tell(
  { line, socket, pingMs }: EventLine,
  events: AsyncGenerator<readonly FeedEvent[]>,
): Promise<void> {
  let [pings, heard, sending, waiting] = [0, 0, 0, 0];
  // Only an answer to the newest ping counts: anybody can say that they are there without having been asked.
  line.on("pong", (said) => {
    if (String(said) === `${pings}`) heard = pings;
  });
  line.on("error", () => line.terminate());
  const pinging = setInterval(() => {
    // What is still being sent as at the last ping has been waiting to be taken since.
    if (heard < pings || (sending > 0 && sending === waiting)) line.terminate();
    waiting = sending;
    pings += 1;
    line.ping(`${pings}`);
  }, pingMs);
  line.once("close", () => {
    clearInterval(pinging);
    void events.return(undefined);
  });
  let count = 0;
  for await (const piece of events) {
    count += 1;
    sending = count;
    const sent = await new Promise<Error | undefined>((done) => {
      socket.cork();
      for (const [at, event] of piece.entries())
        line.send(messageOf(event), { binary: false }, at === piece.length - 1 ? done : undefined);
      socket.uncork();
    });
    sending = 0;
    if (sent) return;
  }
  line.close(1001, "the service ends");
}
