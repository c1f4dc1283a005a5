/**
 * The line to an MQTT broker. It is opened again as often as it breaks, and bounded on every side: whatever the broker
 * does, the market has its memory and its time.
 */
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectSecure } from "node:tls";
import { MqttClient } from "mqtt";
import { fail } from "../../errors.js";
import type { ServiceLog } from "../../service/index.js";
import type { MqttBridge } from "../../service/mqtt/bridge.js";

/** What a line is opened with. */
export interface BrokerOptions {
  /** `mqtt://HOST:PORT` or `mqtts://HOST:PORT`. */
  readonly url: string;
  /** Name of the session that the broker keeps while the line is broken. */
  readonly clientId: string;
  readonly username: string | null;
  readonly password: string | null;
  /** Certificates to trust, PEM; null: those that Node knows. */
  readonly ca: string | null;
  /** Longest packet that is taken from the broker, in bytes. */
  readonly longest: number;
  readonly log: ServiceLog;
}

/** A line that is kept. */
export interface Broker {
  /** Says that the market is gone, as far as the line takes it within a second, and ends. */
  close(): Promise<void>;
}

/** Messages that the market works on at once; the next are left with the broker. */
const mostInHand = 64;
const reconnectMs = 2_000;
const connectMs = 10_000;
const goodbyeMs = 1_000;
const keepaliveSeconds = 30;

/** Keeps a line from a bridge to a broker. Returns at once, whether the broker is there or not. */
export function openBroker(bridge: MqttBridge, options: BrokerOptions): Broker {
  const { log, clientId, username, password } = options;
  const { topic, offline } = bridge.status;
  const client = new MqttClient(() => lineTo(options), {
    protocolVersion: 4,
    protocolId: "MQTT",
    clientId,
    clean: false,
    keepalive: keepaliveSeconds,
    reconnectPeriod: reconnectMs,
    connectTimeout: connectMs,
    reconnectOnConnackError: true,
    queueQoSZero: false,
    timerVariant: "native",
    will: { topic, payload: Buffer.from(offline), qos: 1, retain: true },
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
  });
  const publish: Parameters<MqttBridge["opened"]>[0]["publish"] = (to, payload, { retain, acknowledged }) =>
    new Promise((resolve, reject) => {
      client.publish(to, payload, { retain, qos: acknowledged ? 1 : 0 }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  client.handleMessage = heldBack((topicOf, payload) => bridge.take(topicOf, payload));
  client.on("connect", () => {
    log.info({}, "the broker is there");
    client.subscribe(bridge.subscriptions, { qos: 1 }, (error) => {
      if (error) log.error({ error: String(error) }, "the broker takes no subscription");
    });
    bridge.opened({ publish });
  });
  client.on("close", () => bridge.broken());
  client.on("error", (error) => log.error({ error: String(error) }, "the line to the broker failed"));
  return {
    close: async () => {
      bridge.close();
      let timer: ReturnType<typeof setTimeout> | undefined;
      const soon = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, goodbyeMs);
      });
      if (client.connected)
        await Promise.race([
          publish(topic, offline, { retain: true, acknowledged: true }).catch(() => {}),
          soon,
        ]);
      clearTimeout(timer);
      await new Promise<void>((resolve) => client.end(true, {}, () => resolve()));
    },
  };
}

/** Takes messages as they come until so many are worked on; then the line waits for one to be done. */
function heldBack(take: (topic: string, payload: Uint8Array) => Promise<void>): MqttClient["handleMessage"] {
  let inHand = 0;
  const waiting: (() => void)[] = [];
  return ({ topic, payload }, done) => {
    inHand += 1;
    void take(topic, typeof payload === "string" ? Buffer.from(payload) : payload).finally(() => {
      inHand -= 1;
      waiting.shift()?.();
    });
    if (inHand < mostInHand) done();
    else waiting.push(() => done());
  };
}

/** A socket to the broker, which is ended as soon as a packet says that it is too long. */
function lineTo({ url, ca, longest }: BrokerOptions): Socket {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const isSecure = protocol === "mqtts:";
  const at = { host, port: port === "" ? (isSecure ? 8883 : 1883) : Number(port) };
  const socket = isSecure
    ? // An address is no name that a server could be asked for (RFC 6066 §3).
      connectSecure({
        ...at,
        ...(isIP(host) === 0 ? { servername: host } : {}),
        ...(ca === null ? {} : { ca }),
      })
    : connectPlain(at);
  // An acknowledgement and a reply are two small packets: the second must not wait for the broker to confirm the first.
  socket.setNoDelay(true);
  const check = packetLengths(longest);
  socket.on("data", (bytes: Uint8Array) => {
    try {
      check(bytes);
    } catch (error) {
      socket.destroy(error as Error);
    }
  });
  return socket;
}

/**
 * Follows the packets of a stream by their lengths (MQTT 3.1.1 §2.2), whatever pieces it comes in. The function that
 * it returns throws `limit` for one above `longest`, before it has come, and `corrupt` for a length above four bytes.
 */
export function packetLengths(longest: number): (piece: Uint8Array) => void {
  let state: "type" | "length" = "type";
  let length = 0;
  let digits = 0;
  /** Bytes of the packet under way that are still to come. */
  let left = 0;
  return (piece) => {
    for (let at = 0; at < piece.length; ) {
      if (left > 0) {
        const skipped = Math.min(left, piece.length - at);
        left -= skipped;
        at += skipped;
      } else if (state === "type") {
        [state, length, digits] = ["length", 0, 0];
        at += 1;
      } else {
        const byte = piece[at]!;
        length += (byte & 127) * 128 ** digits;
        digits += 1;
        at += 1;
        if (byte >= 128 && digits === 4) fail("corrupt", "packet", "a length of at most four bytes", "more");
        if (byte >= 128) continue;
        if (length > longest) fail("limit", "packet", `at most ${longest} bytes`, length);
        [state, left] = ["type", length];
      }
    }
  };
}
