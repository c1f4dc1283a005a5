// Gates are asked for once: whoever repeats what is on its way keeps the servers from it.
import { JetStreamApiError } from "@nats-io/jetstream";
import { afterEach, expect, test } from "vitest";
import { type Closed, Closing } from "../../src/fleet/closing.js";
import type { Line } from "../../src/fleet/line.js";
import { Names } from "../../src/fleet/names.js";
import { Shard } from "../../src/fleet/shard.js";
import { plainHasher } from "../../src/ledger/tree/plain.js";
import { openFleet, platform, type TestFleet } from "../support/fleet.js";

const periodMs = 30_000;

/** A microgrid whose first period ended at 30 s, and what a test changes of it. */
function microgrid(name: string) {
  const grid = {
    name,
    position: 10,
    lastGate: 0,
    lastMs: 0,
    market: { period: 1, id: new Uint8Array(32), contract: { periodMs } },
  };
  return { grid, closed: { grid, asked: null, expected: null } as unknown as Closed };
}

/** A closing over servers that answer as the test says. */
function closing({
  publish,
  last = null,
}: {
  readonly publish: () => Promise<{ readonly seq: number }>;
  readonly last?: number | null;
}) {
  const state = { nowMs: periodMs, asked: 0 };
  const line = {
    names: new Names("test", 1, plainHasher),
    jsm: { streams: { getMessage: async () => last && { seq: last } } },
  } as unknown as Line;
  const failed: string[] = [];
  const put = async () => {
    state.asked += 1;
    return (await publish()).seq;
  };
  const made = new Closing({ line, key: platform, now: () => state.nowMs }, { put }, (name) =>
    failed.push(name),
  );
  return { made, state, failed };
}

const wrongSequence = () =>
  Promise.reject(new JetStreamApiError({ code: 400, err_code: 10_071, description: "wrong last sequence" }));

test("a gate that the stream has is waited for; one that came and closed nothing is asked for again", async () => {
  for (const publish of [async () => ({ seq: 11 }), wrongSequence]) {
    const { grid, closed } = microgrid("elm");
    const { made, state, failed } = closing({ publish, last: 11 });
    for (const nowMs of [periodMs - 1, periodMs, periodMs + 2_500, periodMs + 59_000]) {
      state.nowMs = nowMs;
      await made.round([closed]);
    }
    expect(state.asked).toBe(1);
    // It came, and was of another period.
    grid.position = 11;
    await made.round([closed]);
    expect(state.asked).toBe(2);
    expect(failed).toEqual(publish === wrongSequence ? [] : ["elm"]);
  }
});

test("a gate that never comes is asked for again after a minute, one that nobody answered after two seconds", async () => {
  const kept = closing({ publish: async () => ({ seq: 11 }) });
  const lost = closing({ publish: () => Promise.reject(new Error("timeout")) });
  for (const [{ made, state }, ms] of [
    [kept, 60_000],
    [lost, 2_000],
  ] as const) {
    const { closed } = microgrid("elm");
    await made.round([closed]);
    state.nowMs = periodMs + ms - 1;
    await made.round([closed]);
    expect(state.asked).toBe(1);
    state.nowMs += 1;
    await made.round([closed]);
    expect(state.asked).toBe(2);
  }
});

let fleet: TestFleet | null = null;
let shard: Shard | null = null;
afterEach(async () => {
  await shard?.stop();
  await fleet?.close();
  [shard, fleet] = [null, null];
});

test("microgrids trade while others of their shard are still being taken up", async () => {
  fleet = await openFleet({ shards: 1 });
  const count = 30;
  for (let index = 0; index < count; index += 1) await fleet.grid(`g${index}`, 1_000);
  const parts = await fleet.parts();
  const { streams } = parts.line.jsm;
  const get = streams.getMessage.bind(streams);
  // Servers that answer one question about a registration after the other, and slowly.
  let before: Promise<unknown> = Promise.resolve();
  streams.getMessage = (stream, query) => {
    if (!("last_by_subj" in query && query.last_by_subj.includes(".grid."))) return get(stream, query);
    before = before.then(() => new Promise((go) => setTimeout(go, 400)));
    return before.then(() => get(stream, query));
  };
  shard = new Shard(parts, 0);
  shard.start();
  const traded = async () => {
    const heights = await Promise.all(
      Array.from({ length: count }, async (_, index) => (await fleet!.client.last(`g${index}`))?.height ?? 0),
    );
    return heights.filter((height) => height >= 2).length >= 8;
  };
  while (!(await traded())) await new Promise((go) => setTimeout(go, 100));
  expect(shard.size).toBeLessThan(count);
  for (let index = 0; index < count; index += 1) await fleet.reaches(`g${index}`, 2);
}, 60_000);
