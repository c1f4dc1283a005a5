// A member's client against a service over its requests and answers: honest, interrupted, and lying.
import { describe, expect, test, vi } from "vitest";
import { fromHex } from "../../src/bytes.js";
import { readEvents } from "../../src/client/events.js";
import { type ClientEvent, type ClientOptions, MarketClient } from "../../src/client/index.js";
import { receiptToJson, signReceipt } from "../../src/ledger/proof/receipt.js";
import { memoryMedium } from "../../src/ledger/store/memory.js";
import { plainHasher } from "../../src/ledger/tree/plain.js";
import { type Served, serve } from "../support/service.js";
import { keys, platform as platformKey, signatures, signedContracts } from "../support/signedmarket.js";

/** An answer in JSON, to be lied about. */
// biome-ignore lint/suspicious/noExplicitAny: whatever an answer holds is changed here.
type Answer = any;
type Fetch = (request: Request) => Promise<Response>;

/** A client of a service; `between` may do what a network does. */
const clientOf = (
  { service }: Served,
  participant: string,
  between: (fetch: Fetch) => Fetch = (fetch) => fetch,
  more: Partial<ClientOptions> = {},
): Promise<MarketClient> => {
  const reach = between((request) => service.fetch(request));
  return MarketClient.open({
    url: "http://market.test/",
    hasher: plainHasher,
    signatures,
    participant,
    key: keys.get(participant)!,
    fetch: ((input: string, init: RequestInit) => reach(new Request(input, init))) as typeof fetch,
    now: () => 1_000,
    ...more,
  });
};
const offer = { carrier: "electricity", side: "offer", quantity: "2.5", price: "0.08" } as const;
const bid = { carrier: "electricity", side: "bid", quantity: "1", price: "0.3" } as const;

/** Follows until there are so many that are not passing on what the service said. */
async function learnt(client: MarketClient, count: number, seen: ClientEvent[] = []): Promise<ClientEvent[]> {
  const ended = new AbortController();
  const found: ClientEvent[] = [];
  for await (const event of client.follow(ended.signal)) {
    seen.push(event);
    if (event.kind !== "event") found.push(event);
    if (found.length === count) break;
  }
  ended.abort();
  return found;
}

/** How many receipts were seen kept. */
const keptOf = (events: readonly ClientEvent[]): number =>
  events.reduce((sum, event) => sum + (event.kind === "verified" ? event.kept.length : 0), 0);

/** An answer to one path changed by a liar. */
const lying =
  (path: string, lie: (body: Answer) => object) =>
  (honest: Fetch): Fetch =>
  async (request) => {
    const answer = await honest(request);
    if (!request.url.includes(path) || !answer.ok) return answer;
    return new Response(JSON.stringify(lie(await answer.json())), {
      headers: { "content-type": "application/json" },
    });
  };

describe("a client", () => {
  test("orders, replaces, takes back, and sees its receipts kept, in an open market and a private one", async () => {
    for (const privacy of ["open", "private"] as const) {
      const contracts = signedContracts().map((contract) =>
        contract.kind === "market" ? { ...contract, privacy } : contract,
      );
      const served = await serve({ market: { contracts } });
      const [ann, bob] = [await clientOf(served, "ann"), await clientOf(served, "bob")];
      const seen: ClientEvent[] = [];
      const following = learnt(ann, 2, seen);
      await ann.order(offer);
      const receipts = await Promise.all([
        ann.order({ ...offer, quantity: "3" }),
        bob.order(bid),
        ann.order({ ...offer, quantity: "0", price: "0" }),
        ann.order(offer),
      ]);
      expect(receipts.map(({ period }) => period)).toEqual([1, 1, 1, 1]);
      expect(ann.pending.length).toBe(4);
      await served.market.clearPeriod(30_000);
      await ann.order(offer);
      await served.market.clearPeriod(60_000);
      // A head that is signed before the first block is looked at covers both.
      const found = await following;
      expect(found.map(({ kind }) => kind)).toEqual(["verified", "verified"]);
      expect(keptOf(found)).toBe(5);
      expect(ann.pending).toEqual([]);
      expect(await bob.judge()).toEqual([receipts[1]]);
      const told = seen.flatMap((event) => (event.kind === "event" ? [event] : []));
      const whose = told.flatMap(({ event, data }) =>
        event === "order" ? [(data as { participant: string }).participant] : [],
      );
      expect([...new Set(whose)]).toEqual(privacy === "open" ? ["ann", "bob"] : ["ann"]);
    }
  });

  test("sends again what had no answer, and the order counts once", async () => {
    const served = await serve();
    let dropped = 0;
    const client = await clientOf(served, "ann", (honest) => async (request) => {
      const answer = await honest(request);
      if (request.method !== "POST" || dropped === 2) return answer;
      dropped += 1;
      throw new TypeError("the line broke");
    });
    const receipt = await client.order(offer);
    expect(dropped).toBe(2);
    expect(receipt.number).toBe(0);
    expect(served.market.openOrders.records().length).toBe(16);
  });

  test("goes on without a gap when the service was started again", async () => {
    const medium = memoryMedium();
    let served = await serve({ medium });
    const client = await clientOf(served, "ann", () => (request) => served.service.fetch(request));
    const seen: ClientEvent[] = [];
    const following = learnt(client, 2, seen);
    await client.order(offer);
    await served.market.clearPeriod(30_000);
    await client.order(offer);
    served.service.close();
    await served.market.store.close();
    served = await serve({ medium });
    await client.order({ ...offer, quantity: "2" });
    await served.market.clearPeriod(60_000);
    expect(keptOf(await following)).toBe(3);
    const ids = seen.flatMap((event) => (event.kind === "event" && event.id !== null ? [event.id] : []));
    expect(ids).toEqual(["1.0", "1.1", "1.2", "2.0", "2.1", "2.2", "2.3"]);
  });

  test("says what the service refused", async () => {
    const client = await clientOf(await serve(), "ann");
    await expect(client.order({ ...offer, quantity: "-1" })).rejects.toMatchObject({
      code: "invalid",
      field: "order.quantity",
    });
    await expect(clientOf(await serve(), "bob", undefined, { key: keys.get("ann")! })).rejects.toMatchObject({
      code: "signature",
    });
  });
});

describe("a client on a bad day", () => {
  test("asks again for an order to which no answer came before it signs the next, which it may take back", async () => {
    const served = await serve();
    let away = false;
    const client = await clientOf(
      served,
      "ann",
      (honest) => async (request) => {
        const answer = await honest(request);
        if (away && request.method === "POST") throw new TypeError("the line broke");
        return answer;
      },
      { retries: 0 },
    );
    away = true;
    await expect(client.order(offer)).rejects.toMatchObject({ code: "storage" });
    expect(client.pending.length).toBe(0);
    away = false;
    await client.order({ ...offer, quantity: "0", price: "0" });
    expect(client.pending.map(({ number }) => number)).toEqual([0, 1]);
    expect(served.market.openOrders.records().length).toBe(2 * 16);
    await served.market.clearPeriod(30_000);
    await served.platform.settled();
    expect((await client.judge()).length).toBe(2);
  });

  test("holds an answer that breaks off for none", async () => {
    const served = await serve();
    let broken = 0;
    const client = await clientOf(served, "ann", (honest) => async (request) => {
      const answer = await honest(request);
      if (request.method !== "POST" || broken > 0) return answer;
      broken += 1;
      const cut = new ReadableStream({ pull: (out) => out.error(new TypeError("terminated")) });
      return new Response(cut, { headers: answer.headers });
    });
    expect((await client.order(offer)).number).toBe(0);
    expect(served.market.openOrders.records().length).toBe(16);
  });

  test("does not call a refusal a lie, and learns the same later", async () => {
    const served = await serve();
    let busy = true;
    const client = await clientOf(
      served,
      "ann",
      (honest) => async (request) => {
        if (!busy || !request.url.includes("/v1/ledger/proof")) return honest(request);
        return Response.json(
          { code: "limit", field: "requests", wanted: "fewer", got: "more" },
          { status: 429 },
        );
      },
      { retries: 0 },
    );
    const following = learnt(client, 1);
    await client.order(offer);
    await served.market.clearPeriod(30_000);
    await new Promise((go) => setTimeout(go, 300));
    busy = false;
    await served.market.clearPeriod(60_000);
    const [found] = await following;
    expect(found).toMatchObject({ kind: "verified" });
    expect(keptOf([found!])).toBe(1);
  });

  test("judges the receipts behind one that was broken", async () => {
    const served = await serve();
    const { market } = served;
    let lies = true;
    const client = await clientOf(served, "ann", (honest) => async (request) => {
      const answer = await honest(request);
      if (!lies || !request.url.endsWith("/v1/orders")) return answer;
      lies = false;
      const { receipt } = await answer.json();
      const order = fromHex(receipt.order, "order");
      const place = { marketId: market.id, period: market.period, number: 9, order };
      return Response.json({ receipt: receiptToJson(await signReceipt(place, platformKey, plainHasher)) });
    });
    await client.order(offer);
    const good = await client.order({ ...offer, quantity: "3" });
    await market.clearPeriod(30_000);
    await served.platform.settled();
    await expect(client.judge()).rejects.toMatchObject({ code: "corrupt", field: "receipt" });
    expect(client.pending).not.toContain(good);
    expect(client.pending.length).toBe(1);
  });

  test("gives up a stream that has fallen silent", async () => {
    vi.useFakeTimers();
    const reading = (async () => {
      for await (const _ of readEvents(new ReadableStream())) expect.unreachable();
    })();
    const ended = expect(reading).rejects.toMatchObject({ code: "storage", field: "events" });
    await vi.advanceTimersByTimeAsync(60_000);
    await ended;
    vi.useRealTimers();
  });
});

describe("a service that lies", () => {
  test("about the open period gets no order signed for one to come", async () => {
    const served = await serve();
    let posted = 0;
    const ahead = lying("/v1/market", (body) => ({ ...body, period: body.period + 5 }));
    const client = await clientOf(served, "ann", (honest) => (request) => {
      if (request.method === "POST") posted += 1;
      return ahead(honest)(request);
    });
    await expect(client.order(offer)).rejects.toMatchObject({ code: "corrupt", field: "market.period" });
    expect(posted).toBe(0);
  });

  test("about the market is another market", async () => {
    const served = await serve();
    const other = lying("/v1/market", (body) => ({
      ...body,
      contract: { ...body.contract, currency: "USD" },
    }));
    await expect(clientOf(served, "ann", other)).rejects.toMatchObject({ code: "corrupt", field: "market" });
    const marketId = Uint8Array.from(served.market.id, (byte) => byte ^ 1);
    await expect(clientOf(served, "ann", undefined, { marketId })).rejects.toMatchObject({
      code: "corrupt",
      field: "market",
    });
  });

  test("in a receipt is caught when it comes", async () => {
    const lies: [string, (receipt: Answer) => object][] = [
      ["corrupt", (receipt) => ({ ...receipt, order: receipt.order.replace(/^../, "01") })],
      ["corrupt", (receipt) => ({ ...receipt, period: receipt.period + 1 })],
      ["signature", (receipt) => ({ ...receipt, number: receipt.number + 1 })],
      ["signature", (receipt) => ({ ...receipt, signature: "00".repeat(64) })],
    ];
    for (const [code, lie] of lies) {
      const liar = lying("/v1/orders", (body) => ({ ...body, receipt: lie(body.receipt) }));
      const client = await clientOf(await serve(), "ann", liar);
      await expect(client.order(offer)).rejects.toMatchObject({ code });
      expect(client.pending).toEqual([]);
    }
  });

  test("about where an order stands is caught when the block is sealed, and can be shown to anybody", async () => {
    const served = await serve();
    const { market } = served;
    // Signed by the platform, for a place that the block does not have.
    const liar =
      (honest: Fetch): Fetch =>
      async (request) => {
        const answer = await honest(request);
        if (!request.url.endsWith("/v1/orders")) return answer;
        const { receipt } = await answer.json();
        const order = fromHex(receipt.order, "order");
        const broken = await signReceipt(
          { marketId: market.id, period: market.period, number: 5, order },
          platformKey,
          plainHasher,
        );
        return Response.json({ status: "accepted", receipt: receiptToJson(broken) });
      };
    const client = await clientOf(served, "ann", liar);
    const following = learnt(client, 1);
    await client.order(offer);
    await market.clearPeriod(30_000);
    const [lie] = await following;
    expect(lie).toMatchObject({ kind: "lie", error: { code: "corrupt", field: "receipt" } });
    expect(client.contradiction).toMatchObject({ kind: "receipt", receipt: { number: 5 } });
  });

  test("about a block, or by another history, is caught", async () => {
    const served = await serve();
    const change =
      (from: RegExp, to: string) =>
      (honest: Fetch): Fetch =>
      async (request) => {
        const answer = await honest(request);
        if (!request.url.includes("/v1/events")) return answer;
        const changed = answer
          .body!.pipeThrough(new TextDecoderStream())
          .pipeThrough(
            new TransformStream({ transform: (text: string, out) => out.enqueue(text.replace(from, to)) }),
          );
        return new Response(changed.pipeThrough(new TextEncoderStream()), { headers: answer.headers });
      };
    const client = await clientOf(served, "ann", change(/"hash":"../, '"hash":"zz'));
    const following = learnt(client, 1);
    await new Promise((go) => setTimeout(go, 20));
    await served.market.clearPeriod(30_000);
    expect(await following).toMatchObject([{ kind: "lie", error: { code: "corrupt", field: "block 1" } }]);

    // The same market served again from its genesis: a past that is another, signed by the same platform.
    const first = await serve();
    let now = first;
    const betrayed = await clientOf(first, "ann", () => (request) => now.service.fetch(request));
    await betrayed.order(offer);
    await first.market.clearPeriod(30_000);
    await first.platform.settled();
    await betrayed.judge();
    now = await serve();
    await now.market.clearPeriod(31_000);
    await now.platform.settled();
    await expect(betrayed.judge()).rejects.toMatchObject({ code: "corrupt" });
    expect(betrayed.contradiction).toMatchObject({ kind: "fork" });
  });
});
