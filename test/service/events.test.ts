// Live events: in order, without a gap from whichever was the last seen, after a restart as well, and none that is not
// everybody's.
import { describe, expect, test } from "vitest";
import { hex } from "../../src/bytes.js";
import { headerBytes } from "../../src/ledger/format/header.js";
import { memoryMedium } from "../../src/ledger/store/memory.js";
import { authorization, eventsOf, type Served, serve } from "../support/service.js";
import { keys, order, signatures, signedContracts } from "../support/signedmarket.js";

const bids = [order("bob", "bid", "1", "0.3"), order("bob", "bid", "2", "0.31", 1)];

/** Two periods with three and one orders; the second is left open. */
async function twoPeriods(served: Awaited<ReturnType<typeof serve>>): Promise<void> {
  const { post, signed, market } = served;
  await post("/v1/orders", await signed(order("ann", "offer", "2.5", "0.08")));
  for (const bid of bids) await post("/v1/orders", await signed(bid));
  await market.clearPeriod(30_000);
  await post("/v1/orders", await signed(order("ann", "offer", "1", "0.1")));
}

const ofPrivate = signedContracts().map((contract) =>
  contract.kind === "market" ? { ...contract, privacy: "private" as const } : contract,
);
const auditor = await signatures.generate();
type Told = Awaited<ReturnType<typeof eventsOf>>;

/** What somebody is told who signs for it, behind an event; of those with an id as many as are asked for. */
async function told(
  { service, market }: Served,
  who: string,
  { after = "0.99", count }: { readonly after?: string; readonly count: number },
): Promise<Told> {
  const path = `/v1/events?after=${after}`;
  const key = who === "auditor" ? auditor : keys.get(who);
  const participant = who === "auditor" ? {} : { participant: who };
  const signed = key === undefined ? {} : await authorization(market.id, key, path, participant);
  const events = await eventsOf(service, path, count, signed);
  return events.filter(({ id }) => id !== null);
}

describe("events", () => {
  test("tell orders as they come, what a period came to, trades and the block, each with its place", async () => {
    const served = await serve();
    const live = eventsOf(served.service, "/v1/events", 7);
    await twoPeriods(served);
    const events = await live;
    expect(events.map(({ id, event }) => [id, event])).toEqual([
      ["1.0", "order"],
      ["1.1", "order"],
      ["1.2", "order"],
      ["1.3", "cleared"],
      ["1.4", "trades"],
      ["1.5", "block"],
      [null, "gate"],
      ["2.0", "order"],
    ]);
    expect(events[0]!.data).toMatchObject({
      period: 1,
      number: 0,
      participant: "ann",
      side: "offer",
      price: "0.08",
    });
    expect(events[4]!.data.trades).toMatchObject([{ seller: "ann", buyer: "bob", quantity: "2" }]);
    expect(events[5]!.data.hash).toBe(hex(served.market.last!.hash));
    expect(events[6]!.data).toEqual({ period: 2, closesMs: null });
  });

  test("go on behind any that was seen, whether the period is open, sealed or from before a restart", async () => {
    const medium = memoryMedium();
    const first = await serve({ medium });
    const live = eventsOf(first.service, "/v1/events", 7);
    await twoPeriods(first);
    const all = (await live).filter(({ id }) => id !== null);
    const behind = async (served: typeof first, seen: number) =>
      (await eventsOf(served.service, `/v1/events?after=${all[seen]!.id}`, all.length - seen - 1)).filter(
        ({ id }) => id !== null,
      );
    for (let seen = 0; seen < all.length - 1; seen += 1)
      expect(await behind(first, seen)).toEqual(all.slice(seen + 1));
    await first.market.store.close();
    const again = await serve({ medium });
    for (let seen = 0; seen < all.length - 1; seen += 1)
      expect(await behind(again, seen)).toEqual(all.slice(seen + 1));
    await again.market.clearPeriod(60_000);
    expect((await behind(again, 5)).map(({ event }) => event)).toEqual(["order"]);
  });

  test("begin no further back than the service allows, and not ahead", async () => {
    const { ask, market } = await serve({ limits: { history: 2 } });
    for (let period = 0; period < 3; period += 1) await market.clearPeriod(30_000 * (period + 1));
    expect(await ask("/v1/events?after=1.0")).toMatchObject({ status: 413, body: { field: "after" } });
    expect(await ask("/v1/events?after=9.0")).toMatchObject({ status: 400, body: { field: "after" } });
    expect(await ask("/v1/events?after=x")).toMatchObject({ status: 400, body: { field: "after" } });
    expect((await eventsOf((await serve()).service, "/v1/events?after=0.99", 0)).length).toBe(0);
  });

  test("of a private market tell nobody in particular an order or a trade", async () => {
    const served = await serve({ market: { contracts: ofPrivate } });
    const live = eventsOf(served.service, "/v1/events", 2);
    await twoPeriods(served);
    const events = (await live).filter(({ id }) => id !== null);
    expect(events.map(({ event }) => event)).toEqual(["cleared", "block"]);
    expect(JSON.stringify(events)).not.toMatch(/ann|bob/);
  });

  test("end with their reader, and make room for the next", async () => {
    const { service, ask } = await serve({ limits: { streams: 2 } });
    const open = () => service.fetch(new Request("http://market.test/v1/events"));
    const [one, two] = [await open(), await open()];
    expect(await ask("/v1/events")).toMatchObject({ status: 503, body: { field: "events" } });
    await one.body!.cancel();
    const three = await open();
    expect(three.status).toBe(200);
    service.close();
    for (const answer of [two, three]) expect(await answer.text()).toBe("retry: 2000\n\n");
  });

  test("of a private market tell each member its own orders and trades, an auditor all, in the same places", async () => {
    const medium = memoryMedium();
    const open = () =>
      serve({ medium, market: { contracts: ofPrivate }, auditors: [hex(auditor.publicKey)] });
    let served = await open();
    const live = told(served, "bob", { count: 5 });
    await twoPeriods(served);
    await served.post("/v1/orders", await served.signed(order("cid", "bid", "1", "0.2")));
    const seen = await live;
    expect(seen.map(({ id, event }) => [id, event])).toEqual([
      ["1.1", "order"],
      ["1.2", "order"],
      ["1.3", "cleared"],
      ["1.4", "traded"],
      ["1.5", "block"],
    ]);
    expect(seen[3]!.data.trades).toMatchObject([
      { side: "bought", quantity: "2", price: expect.any(String) },
    ]);
    for (let opened = 0; opened < 2; opened += 1) {
      const everything = await told(served, "auditor", { count: 8 });
      expect(everything.map(({ id }) => id)).toEqual([
        "1.0",
        "1.1",
        "1.2",
        "1.3",
        "1.4",
        "1.5",
        "2.0",
        "2.1",
      ]);
      const counts = { ann: 5, bob: 5, cid: 3, nobody: 2 };
      for (const [who, count] of Object.entries(counts)) {
        const own = await told(served, who, { count });
        const orders = everything.filter(({ event, data }) => event === "order" && data.participant === who);
        expect(own.filter(({ event }) => event === "order")).toEqual(orders);
        const others = ["ann", "bob", "cid"].filter((other) => other !== who);
        expect(JSON.stringify(own)).not.toMatch(new RegExp(others.join("|")));
        // From every place that anybody was told it goes on without a gap, whoever it was told to.
        for (const [at, { id }] of everything.entries()) {
          const later = everything.slice(at + 1).map((event) => event.id);
          const rest = own.filter((event) => later.includes(event.id));
          if (rest.length === 0) continue;
          expect(await told(served, who, { after: id!, count: rest.length })).toEqual(rest);
        }
      }
      await served.market.store.close();
      served = await open();
    }
    const path = "/v1/events";
    const forged = await authorization(served.market.id, keys.get("ann")!, path, { participant: "bob" });
    expect((await served.ask(path, { headers: forged })).status).toBe(403);
  });

  test("whose records were erased are not told as if there had been none", async () => {
    const served = await serve({ market: { contracts: ofPrivate } });
    await twoPeriods(served);
    const { store } = served.market;
    const read = store.get.bind(store);
    store.get = async (height) => {
      const bytes = await read(height);
      return height === 1 && bytes !== null ? bytes.subarray(0, headerBytes) : bytes;
    };
    const stream = await served.service.fetch(
      new Request("http://market.test/v1/events?after=1.0", {
        headers: await authorization(served.market.id, keys.get("bob")!, "/v1/events?after=1.0", {
          participant: "bob",
        }),
      }),
    );
    await expect(stream.text()).rejects.toThrow("the header alone");
    expect((await told(served, "nobody", { after: "1.0", count: 2 })).map(({ event }) => event)).toEqual([
      "cleared",
      "block",
    ]);
  });
});
