// A market under the topics of a broker: what comes in is answered as over HTTP, what goes out is the ledger's, and of
// a private market nothing of a member's own goes there unless the operator says so.
import { describe, expect, test } from "vitest";
import { hex, toUtf8 } from "../../../src/bytes.js";
import { receiptFromJson } from "../../../src/ledger/proof/receipt.js";
import { MqttBridge } from "../../../src/service/mqtt/bridge.js";
import { defaultLimits } from "../../../src/service/settings.js";
import { type ServeOptions, serve } from "../../support/service.js";
import { keys, order, signedContracts } from "../../support/signedmarket.js";

/** What a message says. */
// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it.
type Said = any;

const turn = () => new Promise<void>((go) => setTimeout(go, 5));

/** A bridge whose line keeps what it is given. */
async function bridged({
  memberTopics = true,
  ...options
}: ServeOptions & { readonly memberTopics?: boolean } = {}) {
  const served = await serve(options);
  const retained = new Map<string, Said>();
  /** Every retained value that was sent, with its length. */
  const sent: { topic: string; length: number }[] = [];
  const replies: { topic: string; said: Said }[] = [];
  const failures: unknown[] = [];
  const bridge = new MqttBridge({
    service: served.service,
    platform: served.platform,
    prefix: "town",
    memberTopics,
    limits: { ...defaultLimits, ...options.limits },
    now: () => 1_000,
    failed: (error) => failures.push(error),
  });
  bridge.opened({
    publish: async (topic, payload, { retain }) => {
      const said = payload.startsWith("{") || payload.startsWith("[") ? JSON.parse(payload) : payload;
      if (retain) {
        retained.set(topic, said);
        sent.push({ topic, length: payload.length });
      } else replies.push({ topic, said });
    },
  });
  const take = async (topic: string, body: unknown): Promise<Said[]> => {
    const before = replies.length;
    await bridge.take(topic, typeof body === "string" ? toUtf8(body) : toUtf8(JSON.stringify(body)));
    await turn();
    return replies.slice(before);
  };
  const seal = async (nowMs: number) => {
    await served.market.clearPeriod(nowMs);
    await served.platform.settled();
    await turn();
  };
  await turn();
  return { ...served, bridge, retained, sent, take, seal, failures };
}

const privately = signedContracts().map((contract) =>
  contract.kind === "market" ? { ...contract, privacy: "private" as const } : contract,
);
const ann = order("ann", "offer", "2.5", "0.08");
const bob = order("bob", "bid", "1", "0.3");

describe("what comes in", () => {
  test("an order is answered with its receipt under its member's topic, and again the same", async () => {
    const { take, signed, market } = await bridged();
    const sent = (await signed(ann)) as { signature: string };
    const [first] = await take("town/in/orders/ann", sent);
    expect(first).toMatchObject({
      topic: "town/replies/ann",
      said: { request: sent.signature, status: 200 },
    });
    expect(receiptFromJson(first.said.receipt)).toMatchObject({ period: market.period, number: 0 });
    expect(await take("town/in/orders/ann", sent)).toEqual([first]);
    expect(market.openOrders.records().length).toBe(16);
  });

  test("a reading and a contract likewise, however often", async () => {
    const { take, market, seal } = await bridged();
    const { readingStatement, contractStatement } = await import("../../../src/ledger/keys/message.js");
    const { encodeCanonical } = await import("../../../src/ledger/format/canonical.js");
    await seal(30_000);
    const reading = { participant: "ann", carrier: "electricity", period: 1, in: "0", out: "1" } as const;
    const key = keys.get("ann")!;
    const statement = readingStatement(market.id, market.period, market.readingRecord(reading));
    const sent = { ...reading, signature: hex(await key.sign(statement)) };
    for (let at = 0; at < 2; at += 1)
      expect(await take("town/in/readings/ann", sent)).toMatchObject([
        { topic: "town/replies/ann", said: { status: 200, request: sent.signature } },
      ]);
    const contract = { kind: "participant", version: 2, from: 4, id: "ann", key: hex(key.publicKey) };
    const signature = hex(await key.sign(contractStatement(market.id, encodeCanonical(contract))));
    for (let at = 0; at < 2; at += 1)
      expect(await take("town/in/contracts/ann", { contract, signature })).toMatchObject([
        { topic: "town/replies/ann", said: { status: 200, request: signature } },
      ]);
    expect(market.proposals.waiting).toBe(1);
  });

  test("what is not granted is answered with its problem, and what is under no topic not at all", async () => {
    const { take, signed } = await bridged();
    const sent = (await signed(ann)) as object;
    const cases: [string, unknown, number, string][] = [
      ["town/in/orders/ann", "{", 400, "body"],
      ["town/in/orders/ann", { ...sent, quantity: 2 }, 400, "quantity"],
      ["town/in/orders/ann", { ...sent, signature: "00".repeat(64) }, 403, "order.signature"],
      ["town/in/orders/bob", sent, 400, "participant"],
      ["town/in/orders/ann", `"${"x".repeat(70_000)}"`, 413, "message"],
    ];
    for (const [topic, body, status, field] of cases)
      expect(await take(topic, body)).toMatchObject([{ said: { status, problem: { field, status } } }]);
    for (const topic of ["town/in/orders", "town/in/orders/ann/x", "town/in/wishes/ann", "x/in/orders/ann"])
      expect(await take(topic, sent)).toEqual([]);
    expect(await take("town/in/orders/%zz", sent)).toEqual([]);
  });

  test("a name in a topic is percent-encoded, and comes back so", async () => {
    const { take } = await bridged();
    const [{ topic }] = await take("town/in/orders/4%2B1%20%23b", {});
    expect(topic).toBe("town/replies/4%2B1%20%23b");
  });

  test("a member who sends too often is not answered, others are; names that nobody has share one allowance", async () => {
    const { take, signed } = await bridged({ limits: { burst: 3, perSecond: 1 } });
    const sent = await signed(ann);
    for (let at = 0; at < 3; at += 1) expect((await take("town/in/orders/ann", sent)).length).toBe(1);
    expect(await take("town/in/orders/ann", sent)).toEqual([]);
    expect((await take("town/in/orders/bob", await signed(bob)))[0].said.status).toBe(200);
    let answers = 0;
    for (let at = 0; at < 10; at += 1) answers += (await take(`town/in/orders/x${at}`, {})).length;
    expect(answers).toBe(3);
  });
});

describe("what goes out", () => {
  test("market, period, prices, the day, tariffs, own trades and limits", async () => {
    const { retained, take, signed, seal, market, failures } = await bridged();
    expect(retained.get("town/status")).toBe("online");
    expect(retained.get("town/market").id).toBe(hex(market.id));
    expect(retained.get("town/period")).toEqual({ period: 1, closesMs: null, periodMs: 30_000 });
    expect(retained.get("town/members/ann/limits").electricity).toMatchObject({ offer: expect.any(String) });
    await take("town/in/orders/ann", await signed(ann));
    await take("town/in/orders/bob", await signed(bob));
    await seal(Date.parse("2026-03-01T10:00:30Z"));
    expect(retained.get("town/period").period).toBe(2);
    expect(retained.get("town/prices/electricity")).toEqual({
      period: 1,
      start: "2026-03-01T10:00:00.000Z",
      end: "2026-03-01T10:00:30.000Z",
      value: "0.3",
      lowest: "0.3",
      highest: "0.3",
      energy: expect.objectContaining({ traded: "1", offered: "2.5" }),
    });
    expect(retained.get("town/day/electricity")).toEqual([]);
    expect(retained.get("town/prices/heat")).toMatchObject({ value: null, energy: null });
    expect(retained.get("town/coming/electricity")).toMatchObject({
      tariff: { retail: "0", feedIn: "0" },
      pool: { price: "0.43" },
    });
    expect(retained.get("town/members/ann/trades")).toEqual({
      period: 1,
      trades: [{ kind: "peer", carrier: "electricity", side: "sold", quantity: "1", price: "0.3", fee: "0" }],
    });
    expect(retained.get("town/members/bob/trades").trades[0]).toMatchObject({
      side: "bought",
      quantity: "1",
    });
    // What was traded before is not told as if it were of the last period.
    await seal(Date.parse("2026-03-01T10:01:00Z"));
    expect(retained.get("town/members/ann/trades")).toEqual({ period: 2, trades: [] });
    expect(retained.has("town/members/cid/trades")).toBe(false);
    // A slot of the day is told when it is over.
    await seal(Date.parse("2026-03-01T10:15:00Z"));
    expect(retained.get("town/day/electricity")).toEqual([
      { start: "2026-03-01T10:00:00.000Z", end: "2026-03-01T10:15:00.000Z", value: "0.3" },
    ]);
    expect(failures).toEqual([]);
  });

  test("the day is there again after a restart", async () => {
    const { memoryMedium } = await import("../../../src/ledger/store/memory.js");
    const medium = memoryMedium();
    const first = await bridged({ medium });
    await first.take("town/in/orders/ann", await first.signed(ann));
    await first.take("town/in/orders/bob", await first.signed(bob));
    await first.seal(Date.parse("2026-03-01T10:00:30Z"));
    await first.seal(Date.parse("2026-03-01T10:30:00Z"));
    const day = first.retained.get("town/day/electricity");
    expect(day.map(({ value }: Said) => value)).toEqual(["0.3", null]);
    await first.market.store.close();
    const again = await bridged({ medium });
    expect(again.retained.get("town/day/electricity")).toEqual(day);
  });

  test("of a private market nothing of a member's own, and no prices, unless the operator says so", async () => {
    const { retained, take, signed, seal } = await bridged({
      market: { contracts: privately },
      memberTopics: false,
    });
    const sent = (await signed(ann)) as { signature: string };
    expect(await take("town/in/orders/ann", sent)).toEqual([
      { topic: "town/replies/ann", said: { request: sent.signature, status: 200 } },
    ]);
    expect(await take("town/in/orders/ann", { ...sent, period: 99 })).toEqual([
      { topic: "town/replies/ann", said: { request: sent.signature, status: 409, code: "conflict" } },
    ]);
    await take("town/in/orders/bob", await signed(bob));
    await seal(30_000);
    const said = [...retained].filter(([topic]) => topic !== "town/market");
    expect(JSON.stringify(said)).not.toMatch(/ann|bob|members/);
    expect(retained.get("town/prices/electricity")).toMatchObject({ value: null });
    expect(retained.has("town/day/electricity")).toBe(false);

    const told = await bridged({ market: { contracts: privately }, memberTopics: true });
    await told.take("town/in/orders/ann", await told.signed(ann));
    await told.take("town/in/orders/bob", await told.signed(bob));
    await told.seal(30_000);
    expect(told.retained.get("town/members/ann/trades").trades.length).toBe(1);
    expect(JSON.stringify(told.retained.get("town/members/ann/trades"))).not.toContain("bob");
  });
});

describe("what a period costs", () => {
  const start = Date.parse("2026-03-01T10:00:00Z");

  /** What is sent while something is done. */
  const during = async (
    { sent }: { sent: { topic: string; length: number }[] },
    act: () => Promise<void>,
  ) => {
    const before = sent.length;
    await act();
    return sent.slice(before).map(({ topic, length }) => ({ topic: topic.slice("town/".length), length }));
  };

  test("is what is new: nothing of a carrier, a member or the day of which there is nothing new", async () => {
    const all = await bridged();
    const { seal, take, signed } = all;
    await seal(start + 30_000);
    let period = 1;
    const next = async (orders: boolean) =>
      during(all, async () => {
        if (orders)
          for (const [name, its] of [
            ["ann", ann],
            ["bob", bob],
          ] as const)
            await take(`town/in/orders/${name}`, await signed(its));
        period += 1;
        await seal(start + 30_000 * period);
      });
    const topics = (told: { topic: string }[]) => told.map(({ topic }) => topic).sort();
    expect(topics(await next(false))).toEqual(["period"]);
    const trading = ["members/ann/trades", "members/bob/trades", "period", "prices/electricity"];
    const first = await next(true);
    expect(topics(first)).toEqual(trading);
    const bytes = (told: { length: number }[]) => told.reduce((sum, { length }) => sum + length, 0);
    while (period < 28) {
      const told = await next(true);
      expect(topics(told)).toEqual(trading);
      expect(bytes(told)).toBeLessThan(1.1 * bytes(first));
    }
    // That nothing happened is said once.
    expect(topics(await next(false))).toEqual(trading);
    const day = ["day/cold", "day/electricity", "day/gas", "day/heat"];
    expect(topics(await next(false))).toEqual([...day, "period"]);
    expect(topics(await next(false))).toEqual(["period"]);
  });

  test("of many members is told a few a turn, so that requests are answered in between", async () => {
    const { bridge, market, failures } = await bridged();
    let [inTurn, most, count] = [0, 0, 0];
    bridge.broken();
    bridge.opened({
      publish: async () => {
        inTurn += 1;
        count += 1;
        most = Math.max(most, inTurn);
        setImmediate(() => {
          inTurn = 0;
        });
      },
    });
    for (let at = 0; at < 500; at += 1) bridge.outbox.put(`x/${at}`, "1");
    while (bridge.outbox.waiting > 0) await turn();
    expect(count).toBeGreaterThan(500);
    expect(most).toBeLessThanOrEqual(32);
    expect(market.period).toBe(1);
    expect(failures).toEqual([]);
  });
});
