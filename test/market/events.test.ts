import { describe, expect, it } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import type { MarketEvents } from "../../src/market/events.js";
import type { Market } from "../../src/market/market.js";
import { openMarket } from "../../src/market/open.js";
import { checkLedger, openSigned, order, signOrder } from "../support/signedmarket.js";

const engine = await openEngine();
const clock = { now: () => 1, setTimer: () => 0, clearTimer: () => undefined };
const open = (): Promise<Market> => openMarket({ engine, participants: ["ann", "bob"], clock });
const sell = (market: Market) => market.submit(order("ann", "offer", "1", "0.1"));
const buy = (market: Market) => market.submit(order("bob", "bid", "1", "0.3"));
/** A contract that begins with the next period, so that closing this one tells of it. */
const amend = (market: Market) =>
  market.propose({
    kind: "participant",
    version: market.nextVersion("participant/bob"),
    from: market.period + 1,
    id: "bob",
  });

describe("a listener may call anything", () => {
  for (const name of ["contract", "cleared"] as const)
    it(`an order sent from "${name}" stands in the block of the period that it was accepted for`, async () => {
      const market = await open();
      let answer: ReturnType<typeof sell> | undefined;
      market.on(name, () => {
        answer ??= sell(market);
      });
      amend(market);
      const first = await market.clearPeriod(1);
      buy(market);
      const second = await market.clearPeriod(2);
      expect(answer).toMatchObject({ status: "accepted", period: 2, sequence: 0 });
      expect([first.orders().length, second.orders().length]).toEqual([0, 2]);
      expect(second.trades()).toHaveLength(1);
      await checkLedger(market.store);
    });

  for (const name of ["order", "replaced", "refused", "contract", "cleared", "sealed", "settled"] as const)
    it(`clearPeriod from "${name}" is done or refused, and nothing happens twice`, async () => {
      const metering = { window: 1, corrections: 0, missing: "zero" } as const;
      const market = await openMarket({ engine, participants: ["ann", "bob"], clock, metering });
      await market.clearPeriod(1);
      await market.clearPeriod(1);
      const inner: Promise<unknown>[] = [];
      market.on(name, () => {
        if (inner.length === 0)
          inner.push(market.clearPeriod(2).catch((error: { code: string }) => error.code));
      });
      sell(market);
      sell(market);
      buy(market);
      market.submit(order("eve", "bid", "1", "1"));
      amend(market);
      const outer = await market.clearPeriod(1).catch((error: { code: string }) => error.code);
      expect(inner).toHaveLength(1);
      const results = [outer, await inner[0]];
      for (const result of results)
        if (result !== "state") expect(result).toMatchObject({ height: expect.any(Number) });
      expect(results.filter((result) => result === "state").length).toBeLessThan(2);
      await market.stop();
      sell(market);
      buy(market);
      expect((await market.clearPeriod(3)).trades()).toHaveLength(1);
      await checkLedger(market.store);
    });

  it("clearPeriod as soon as the second signed order came leaves the evidence of both", async () => {
    const market = await openSigned();
    let closing: Promise<unknown> | null = null;
    market.on("order", ({ sequence }) => {
      if (sequence === 1) closing = market.clearPeriod(2);
    });
    const [offer, bid] = [order("ann", "offer", "5", "0.2"), order("bob", "bid", "5", "0.4")];
    expect(await market.submit(offer, await signOrder(market, offer))).toMatchObject({ period: 1 });
    expect(await market.submit(bid, await signOrder(market, bid))).toMatchObject({ period: 1, sequence: 1 });
    await closing;
    await market.clearPeriod(3);
    expect(market.balance("ann")).toBe(5n * 400_000n * 1_000_000n);
    await checkLedger(market.store);
  });

  it("start, stop, propose and on from a listener work", async () => {
    const market = await open();
    const told: string[] = [];
    market.on("cleared", ({ period }) => {
      told.push(`cleared ${period}`);
      amend(market);
      market.on("sealed", (sealed) => told.push(`sealed ${sealed.period}`));
      market.start();
      void market.stop();
    });
    await market.clearPeriod(1);
    expect(told).toEqual(["cleared 1", "sealed 1"]);
    expect(market.gateClosureMs).toBeNull();
    expect(market.proposals.waiting).toBe(1);
    expect((await market.clearPeriod(2)).period).toBe(2);
    await checkLedger(market.store);
  });

  it("events of calls from listeners come after those under way", async () => {
    const market = await open();
    const told: string[] = [];
    market.on("order", ({ sequence }) => {
      told.push(`order ${sequence} begins`);
      if (sequence === 0) buy(market);
      told.push(`order ${sequence} ends`);
    });
    market.on("order", ({ sequence }) => told.push(`order ${sequence} again`));
    sell(market);
    expect(told).toEqual([
      "order 0 begins",
      "order 0 ends",
      "order 0 again",
      "order 1 begins",
      "order 1 ends",
      "order 1 again",
    ]);
  });
});

describe("a listener that fails", () => {
  it("harms neither the market, nor the other listeners, nor the process", async () => {
    const heard: string[] = [];
    const market = await openMarket({
      engine,
      participants: ["ann", "bob"],
      onListenerError: (error, event) => {
        heard.push(`${event}: ${(error as Error).message}`);
        throw new Error("a reporter that fails as well");
      },
    });
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on("unhandledRejection", note);
    process.on("uncaughtException", note);
    let others = 0;
    for (const name of ["order", "cleared", "sealed"] as const) {
      market.on(name, () => {
        throw new Error("thrown");
      });
      market.on(name, async () => {
        throw new Error("rejected");
      });
      market.on(name, () => {
        others += 1;
      });
    }
    sell(market);
    await market.clearPeriod(1);
    await market.clearPeriod(2);
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off("unhandledRejection", note);
    process.off("uncaughtException", note);
    expect(unhandled).toEqual([]);
    expect(others).toBe(5);
    expect(heard.filter((each) => each.endsWith("thrown"))).toHaveLength(5);
    expect(heard.filter((each) => each.endsWith("rejected"))).toHaveLength(5);
    expect(market.period).toBe(3);
  });

  it("is refused when there is no such event, or it is no function", async () => {
    const market = await open();
    expect(() => market.on("selaed" as keyof MarketEvents, () => undefined)).toThrow(
      'event: wanted one of order, replaced, refused, cleared, contract, sealed, settled, failed, got "selaed"',
    );
    expect(() => market.on("sealed", undefined as never)).toThrow("listener: wanted a function");
  });
});
