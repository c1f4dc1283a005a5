// How events are handed to many readers: what comes at about the same time in one piece, none too long, and a few
// readers a turn of the event loop, so that requests are answered meanwhile.
import { describe, expect, test } from "vitest";
import { serve } from "../support/service.js";
import { order } from "../support/signedmarket.js";

type Served = Awaited<ReturnType<typeof serve>>;

/** Reads pieces of a stream until so many events have come. */
async function pieces({ service }: Served, count: number, after?: string) {
  const ended = new AbortController();
  const told = [];
  let events = 0;
  for await (const piece of await service.follow({ after, request: "GET /v1/events" }, ended.signal)) {
    told.push(piece);
    events += piece.length;
    if (events >= count) break;
  }
  ended.abort();
  return told;
}

describe("many readers", () => {
  test("are told what came together in one piece each, in order and once", async () => {
    const served = await serve();
    const orders = await Promise.all(
      Array.from({ length: 60 }, (_, revision) => served.signed(order("bob", "bid", "1", "0.3", revision))),
    );
    const readers = Array.from({ length: 50 }, () => pieces(served, 60));
    await new Promise((go) => setTimeout(go, 5));
    const begun = performance.now();
    for (const sent of orders) expect((await served.post("/v1/orders", sent)).status).toBe(200);
    const all = await Promise.all(readers);
    const rounds = (performance.now() - begun) / 100 + 2;
    for (const told of all) {
      expect(told.flat().map(({ id }) => id)).toEqual(Array.from({ length: 60 }, (_, at) => `1.${at}`));
      expect(told.length).toBeLessThanOrEqual(rounds);
    }
  });

  test("are woken a few a turn of the event loop", async () => {
    const served = await serve();
    let [inTurn, most, woken] = [0, 0, 0];
    const readers = Array.from({ length: 80 }, async () => {
      await pieces(served, 1);
      inTurn += 1;
      woken += 1;
      most = Math.max(most, inTurn);
      setImmediate(() => {
        inTurn = 0;
      });
    });
    await new Promise((go) => setTimeout(go, 5));
    await served.post("/v1/orders", await served.signed(order("bob", "bid", "1", "0.3")));
    await Promise.all(readers);
    expect(woken).toBe(80);
    expect(most).toBeLessThanOrEqual(16);
  });
});
