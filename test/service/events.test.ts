// Live events: in order, without a gap from whichever was the last seen, after a restart as well, and none that is not
// everybody's.
import { describe, expect, test } from "vitest";
import { hex } from "../../src/bytes.js";
import { memoryMedium } from "../../src/ledger/store/memory.js";
import { eventsOf, serve } from "../support/service.js";
import { order, signedContracts } from "../support/signedmarket.js";

const bids = [order("bob", "bid", "1", "0.3"), order("bob", "bid", "2", "0.31", 1)];

/** Two periods with three and one orders; the second is left open. */
async function twoPeriods(served: Awaited<ReturnType<typeof serve>>): Promise<void> {
  const { post, signed, market } = served;
  await post("/v1/orders", await signed(order("ann", "offer", "2.5", "0.08")));
  for (const bid of bids) await post("/v1/orders", await signed(bid));
  await market.clearPeriod(30_000);
  await post("/v1/orders", await signed(order("ann", "offer", "1", "0.1")));
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

  test("of a private market tell no order and no trade", async () => {
    const contracts = signedContracts().map((contract) =>
      contract.kind === "market" ? { ...contract, privacy: "private" as const } : contract,
    );
    const served = await serve({ market: { contracts } });
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
});
