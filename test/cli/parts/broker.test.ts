// The line to a broker: Debian's mosquitto on loopback, and brokers that are away, silent or want too much room.
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import mqtt, { type MqttClient } from "mqtt";
import { afterEach, describe, expect, test } from "vitest";
import { type Broker, openBroker, packetLengths } from "../../../src/cli/parts/broker.js";
import type { ServiceLog } from "../../../src/service/index.js";
import { MqttBridge } from "../../../src/service/mqtt/bridge.js";
import { defaultLimits } from "../../../src/service/settings.js";
import { freePort, startMosquitto } from "../../support/mosquitto.mjs";
import { serve } from "../../support/service.js";
import { order } from "../../support/signedmarket.js";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A market on the broker of an address. */
async function onBroker(url: string) {
  const limits = { ...defaultLimits, burst: 1_000 };
  const served = await serve({ limits });
  const said: string[] = [];
  const log: ServiceLog = {
    info: (_, message) => said.push(message),
    error: (fields, message) => said.push(`${message}: ${JSON.stringify(fields)}`),
  };
  const { service, platform } = served;
  const bridge = new MqttBridge({
    service,
    platform,
    prefix: "town",
    memberTopics: true,
    limits,
    now: () => 1_000,
    failed: (error) => said.push(String(error)),
  });
  const broker: Broker = openBroker(bridge, {
    url,
    clientId: "gridclear-test",
    username: null,
    password: null,
    ca: null,
    longest: 70_000,
    log,
  });
  ends.push(() => broker.close());
  return { ...served, bridge, broker, said };
}

/** A member's client of the broker, with what came under each topic, the last last. */
async function member(url: string, topics: string | string[]) {
  const client: MqttClient = await mqtt.connectAsync(url, { protocolVersion: 4 });
  ends.push(() => client.endAsync(true));
  const came = new Map<string, { text: string; retain: boolean }[]>();
  client.on("message", (topic, payload, { retain }) => {
    came.set(topic, [...(came.get(topic) ?? []), { text: payload.toString(), retain }]);
  });
  await client.subscribeAsync(topics, { qos: 1 });
  const until = async (topic: string, count = 1): Promise<{ text: string; retain: boolean }[]> => {
    for (let tried = 0; (came.get(topic)?.length ?? 0) < count; tried += 1) {
      if (tried === 400) throw new Error(`only ${came.get(topic)?.length ?? 0} messages came under ${topic}`);
      await new Promise((go) => setTimeout(go, 25));
    }
    return came.get(topic)!;
  };
  return { client, until };
}

describe("a market on mosquitto", () => {
  test("takes orders, also doubled, answers them, and keeps what is retained for who comes later", async () => {
    const { url, stop } = await startMosquitto();
    ends.push(stop);
    const { signed, market, broker } = await onBroker(url);
    const ann = await member(url, ["town/replies/ann", "town/status", "town/members/bob/trades"]);
    await ann.until("town/status");
    const sent = JSON.stringify(await signed(order("ann", "offer", "2.5", "0.08")));
    for (let at = 0; at < 3; at += 1) await ann.client.publishAsync("town/in/orders/ann", sent, { qos: 1 });
    const replies = await ann.until("town/replies/ann", 3);
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(JSON.parse(replies[0]!.text)).toMatchObject({ status: 200, receipt: { number: 0 } });
    expect(market.openOrders.records().length).toBe(16);
    const bid = JSON.stringify(await signed(order("bob", "bid", "1", "0.3")));
    await ann.client.publishAsync("town/in/orders/bob", bid, { qos: 1 });
    for (let tried = 0; market.openOrders.records().length < 32 && tried < 200; tried += 1)
      await new Promise((go) => setTimeout(go, 10));
    await market.clearPeriod(30_000);
    await ann.until("town/members/bob/trades");
    const later = await member(url, ["town/#"]);
    const [price] = await later.until("town/prices/electricity");
    expect(price!.retain).toBe(true);
    expect(JSON.parse(price!.text)).toMatchObject({ period: 1, value: "0.3" });
    const [trades] = await later.until("town/members/bob/trades");
    expect(JSON.parse(trades!.text).trades).toMatchObject([{ side: "bought", quantity: "1" }]);
    await broker.close();
    expect((await later.until("town/status", 2)).at(-1)!.text).toBe("offline");
  });

  test("goes on while the broker is away, and tells the newest when it is back", async () => {
    const port = await freePort();
    const { market, said } = await onBroker(`mqtt://127.0.0.1:${port}`);
    await market.clearPeriod(30_000);
    const first = await startMosquitto({ port });
    ends.push(first.stop);
    const before = await member(first.url, "town/period");
    expect(JSON.parse((await before.until("town/period"))[0]!.text).period).toBe(2);
    await before.client.endAsync(true);
    await first.stop();
    await market.clearPeriod(60_000);
    await market.clearPeriod(90_000);
    const second = await startMosquitto({ port });
    ends.push(second.stop);
    const after = await member(second.url, "town/period");
    expect(JSON.parse((await after.until("town/period"))[0]!.text).period).toBe(4);
    expect(said.filter((message) => message === "the broker is there").length).toBe(2);
  }, 30_000);
});

/** A broker of our own making. */
async function broken(act: (socket: Socket) => void): Promise<{ url: string; lines: () => number }> {
  let lines = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    lines += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    act(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return { url: `mqtt://127.0.0.1:${(server.address() as { port: number }).port}`, lines: () => lines };
}

describe("a broker that does what it likes", () => {
  test("is left as soon as it announces a packet that is too long", async () => {
    // A connection that is granted, then a message of 256 MiB without an end.
    const { url } = await broken((socket) => {
      socket.once("data", () => {
        socket.write(Uint8Array.of(0x20, 2, 0, 0, 0x30, 0xff, 0xff, 0xff, 0x7f));
        const more = setInterval(() => socket.write(new Uint8Array(65_536)), 1);
        socket.once("close", () => clearInterval(more));
      });
    });
    const { market, said } = await onBroker(url);
    for (let tried = 0; !said.some((each) => each.includes("packet")) && tried < 200; tried += 1)
      await new Promise((go) => setTimeout(go, 10));
    expect(said.join("\n")).toContain("packet: wanted at most 70000 bytes");
    await market.clearPeriod(30_000);
    expect(market.period).toBe(2);
  });

  test("that never answers, or grants and reads nothing, holds up neither the market nor its end", async () => {
    for (const act of [
      () => {},
      (socket: Socket) =>
        socket.once("data", () => {
          socket.write(Uint8Array.of(0x20, 2, 0, 0));
          socket.pause();
        }),
    ]) {
      const { url } = await broken(act);
      const { market, broker, bridge, signed } = await onBroker(url);
      const sent = Buffer.from(JSON.stringify(await signed(order("ann", "offer", "1", "0.1"))));
      for (let at = 0; at < 500; at += 1) await bridge.take("town/in/orders/ann", sent);
      for (let period = 1; period < 5; period += 1) await market.clearPeriod(30_000 * period);
      expect(market.period).toBe(5);
      const start = performance.now();
      await broker.close();
      expect(performance.now() - start).toBeLessThan(5_000);
    }
  }, 20_000);
});

describe("lengths of packets", () => {
  test("are followed in whatever pieces they come", () => {
    // PINGRESP, a message of 130 bytes, CONNACK.
    const bytes = Uint8Array.of(0xd0, 0, 0x30, 0x82, 1, ...new Uint8Array(130), 0x20, 2, 0, 0);
    for (let size = 1; size <= bytes.length; size += 1) {
      const check = packetLengths(130);
      for (let at = 0; at < bytes.length; at += size) check(bytes.subarray(at, at + size));
      const strict = packetLengths(129);
      expect(() => {
        for (let at = 0; at < bytes.length; at += size) strict(bytes.subarray(at, at + size));
      }).toThrowError(expect.objectContaining({ code: "limit", got: "130" }));
    }
    expect(() => packetLengths(2 ** 28)(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff))).toThrowError(
      expect.objectContaining({ code: "corrupt" }),
    );
  });
});
