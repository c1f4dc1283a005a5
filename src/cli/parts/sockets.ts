/** The events of a service over WebSocket, for those whose line or library has no server-sent events. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { FeedEvent, Service } from "../../service/index.js";
import { reasonOf } from "./problem.js";

/** Who does not answer a ping before the next is gone. */
const pingMs = 15_000;
/** Longest message of a client: there is nothing to say. */
const maxPayload = 1_024;

/** Takes connections that ask for `/v1/events` as a WebSocket, `?after=` as over HTTP. An event is a message. */
export function eventSockets(
  service: Pick<Service, "follow" | "admits">,
  addressOf: (request: IncomingMessage) => string,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload, perMessageDeflate: false });
  return (request, socket, head) => {
    const refuse = (status: string, why: string): void => {
      socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: text/plain\r\n\r\n${why}\n`);
    };
    socket.on("error", () => socket.destroy());
    const url = new URL(request.url ?? "/", "http://localhost");
    if (url.pathname !== "/v1/events") return refuse("404 Not Found", "nothing there");
    if (!service.admits(addressOf(request))) return refuse("429 Too Many Requests", "too often");
    const ended = new AbortController();
    let events: AsyncGenerator<FeedEvent>;
    try {
      events = service.follow(url.searchParams.get("after") ?? undefined, ended.signal);
    } catch (error) {
      ended.abort();
      return refuse("400 Bad Request", reasonOf(error));
    }
    socket.once("close", () => ended.abort());
    sockets.handleUpgrade(request, socket, head, (line) => void tell(line, events));
  };
}

/** Sends events one by one, each when the line has taken the one before. */
async function tell(line: WebSocket, events: AsyncGenerator<FeedEvent>): Promise<void> {
  let heard = true;
  line.on("pong", () => {
    heard = true;
  });
  line.on("error", () => line.terminate());
  const pinging = setInterval(() => {
    if (!heard) line.terminate();
    heard = false;
    line.ping();
  }, pingMs);
  line.once("close", () => {
    clearInterval(pinging);
    void events.return(undefined);
  });
  for await (const { id, event, data } of events) {
    const text = `{"id":${JSON.stringify(id)},"event":"${event}","data":${data}}`;
    const sent = await new Promise<Error | undefined>((done) => line.send(text, done));
    if (sent) return;
  }
  line.close(1001, "the service ends");
}
