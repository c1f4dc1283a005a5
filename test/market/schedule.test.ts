import { describe, expect, it } from "vitest";
import { hex } from "../../src/bytes.js";
import { openEngine } from "../../src/core/engine.js";
import { openMarket } from "../../src/market/open.js";
import { type Clock, Schedule } from "../../src/market/schedule.js";

const schedule = (
  clock: Clock,
  periodMs: number,
  tick: (nowMs: number) => Promise<void>,
  catchUp = 16,
): Schedule => new Schedule({ clock, periodMs, catchUp, tick });

/** A clock that stands still until told otherwise. */
class FakeClock implements Clock {
  #now: number;
  #timers: { at: number; act: () => void }[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  setTimer(act: () => void, delayMs: number): unknown {
    const timer = { at: this.#now + delayMs, act };
    this.#timers.push(timer);
    return timer;
  }

  clearTimer(timer: unknown): void {
    this.#timers = this.#timers.filter((each) => each !== timer);
  }

  get waiting(): number {
    return this.#timers.length;
  }

  /** Lets time pass; timers fire in order, `lateMs` after they should. */
  async pass(ms: number, lateMs = 0): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#timers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at + lateMs > end) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#now = Math.max(this.#now, next.at + lateMs);
      next.act();
      await settle();
    }
    this.#now = end;
  }

  /** The wall clock is set; timers run on as platforms' do. */
  jump(ms: number): void {
    this.#now += ms;
    for (const timer of this.#timers) timer.at += ms;
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe("the period loop", () => {
  it("ticks once a period and does not drift when timers are late", async () => {
    const clock = new FakeClock(1_000);
    const at: number[] = [];
    const loop = schedule(clock, 30_000, async (now) => void at.push(now));
    loop.start();
    loop.start();
    expect(loop.gateClosureMs).toBe(31_000);
    await clock.pass(100_000, 700);
    expect(at).toEqual([31_700, 61_700, 91_700]);
    expect(loop.gateClosureMs).toBe(121_000);
    loop.stop();
    expect(clock.waiting).toBe(0);
    await clock.pass(100_000);
    expect(at).toHaveLength(3);
  });

  it("catches up after a sleep, one period at a time", async () => {
    const clock = new FakeClock(0);
    let ticks = 0;
    let busy = 0;
    const loop = schedule(clock, 10_000, async () => {
      busy += 1;
      expect(busy).toBe(1);
      await settle();
      busy -= 1;
      ticks += 1;
    });
    loop.start();
    clock.jump(35_000);
    await clock.pass(10_000);
    for (let turn = 0; turn < 12; turn += 1) {
      await settle();
      await clock.pass(1);
    }
    expect(ticks).toBe(4);
    loop.stop();
  });

  it("seals one period for all that were missed when they were too many, at the time it was due", async () => {
    const clock = new FakeClock(1_000);
    const at: number[] = [];
    const loop = schedule(clock, 10_000, async (now) => void at.push(now), 3);
    loop.start();
    // Four missed beside the one that is due: one more than is made up.
    clock.jump(50_000);
    await clock.pass(1);
    expect(at).toEqual([]);
    await clock.pass(10_000);
    for (let turn = 0; turn < 20; turn += 1) await clock.pass(1);
    expect(at).toEqual([11_000]);
    // The rhythm is kept: multiples of the period since the start.
    expect(loop.gateClosureMs).toBe(71_000);
    await clock.pass(10_000);
    expect(at).toEqual([11_000, 71_000]);
    loop.stop();
  });

  it("makes up as many as it may, one at a time", async () => {
    const clock = new FakeClock(0);
    const at: number[] = [];
    const loop = schedule(clock, 10_000, async (now) => void at.push(now), 3);
    loop.start();
    clock.jump(30_000);
    await clock.pass(10_000);
    for (let turn = 0; turn < 20; turn += 1) await clock.pass(1);
    expect(at).toHaveLength(4);
    expect(loop.gateClosureMs).toBe(50_000);
    loop.stop();
  });

  it("survives a clock that jumps by half a century, and back", async () => {
    const clock = new FakeClock(0);
    const at: number[] = [];
    const loop = schedule(clock, 1_000, async (now) => void at.push(now));
    loop.start();
    await clock.pass(1_000);
    const century = 50 * 365 * 86_400_000;
    clock.jump(century);
    await clock.pass(1_000);
    clock.jump(-century);
    await clock.pass(3_000);
    loop.stop();
    // Neither a flood of periods nor a timestamp of the future.
    expect(at.length).toBeLessThan(8);
    expect(Math.max(...at)).toBeLessThan(10_000);
  });

  it("waits no longer than a period after the clock jumped back", async () => {
    const clock = new FakeClock(1_000_000);
    const at: number[] = [];
    const loop = schedule(clock, 30_000, async (now) => void at.push(now));
    loop.start();
    await clock.pass(30_000);
    clock.jump(-900_000);
    await clock.pass(60_000);
    expect(at.length).toBeGreaterThanOrEqual(2);
    expect(loop.gateClosureMs - clock.now()).toBeLessThanOrEqual(30_000);
    loop.stop();
  });

  it("never ticks twice at once, even when stopped and started during a tick", async () => {
    const clock = new FakeClock(0);
    let busy = 0;
    let most = 0;
    const ends: (() => void)[] = [];
    const loop = schedule(clock, 10_000, async () => {
      busy += 1;
      most = Math.max(most, busy);
      await new Promise<void>((end) => ends.push(end));
      busy -= 1;
    });
    loop.start();
    await clock.pass(10_000);
    loop.stop();
    loop.start();
    await clock.pass(25_000);
    expect(most).toBe(1);
    ends.pop()!();
    await settle();
    await clock.pass(10_000);
    expect(ends).toHaveLength(1);
    expect(most).toBe(1);
    loop.stop();
    ends.pop()!();
  });

  it("uses timers no longer than platforms can count", async () => {
    const clock = new FakeClock(0);
    let ticks = 0;
    const loop = schedule(clock, 0xffff_ffff, async () => {
      ticks += 1;
    });
    loop.start();
    await clock.pass(60_001);
    expect(ticks).toBe(0);
    expect(loop.running).toBe(true);
    loop.stop();
  });
});

describe("a market in a loop", () => {
  it("goes on when a period cleared by hand is still being stored at the tick", async () => {
    const clock = new FakeClock(0);
    const market = await openMarket({
      engine: await openEngine(),
      clock,
      participants: ["ann"],
      periodMs: 10_000,
    });
    const failures: unknown[] = [];
    market.on("failed", ({ error }) => failures.push(error));
    const { store } = market;
    const append = store.append.bind(store);
    let stored = (): void => undefined;
    store.append = async (bytes, height) => {
      await new Promise<void>((go) => {
        stored = go;
      });
      return append(bytes, height);
    };
    market.start();
    const byHand = market.clearPeriod(1);
    await clock.pass(10_000);
    store.append = append;
    stored();
    await byHand;
    await settle();
    expect(failures).toEqual([]);
    expect(market.gateClosureMs).not.toBeNull();
    expect(store.size).toBe(3);
    await market.stop();
  });

  it("seals a period each period, with timestamps that never go back", async () => {
    const clock = new FakeClock(5_000);
    const market = await openMarket({
      engine: await openEngine(),
      clock,
      participants: ["ann", "bob"],
      periodMs: 10_000,
    });
    const stamps: number[] = [];
    market.on("sealed", (result) => stamps.push(result.timestampMs));
    expect(market.gateClosureMs).toBeNull();
    market.start();
    expect(market.gateClosureMs).toBe(15_000);
    market.submit({ participant: "ann", carrier: "heat", side: "offer", quantity: "1", price: "0.1" });
    market.submit({ participant: "bob", carrier: "heat", side: "bid", quantity: "1", price: "0.2" });
    await clock.pass(10_000);
    await settle();
    expect(market.last?.carriers[1]?.counters.num1).toBe(1);
    clock.jump(-8_000);
    await clock.pass(40_000);
    await settle();
    await market.stop();
    expect(stamps.length).toBeGreaterThanOrEqual(3);
    expect(stamps).toEqual(stamps.toSorted((a, b) => a - b));
    expect(market.period).toBe(stamps.length + 1);
  });

  it("seals one empty block for a year that its clock skipped, and takes the clock's time from then on", async () => {
    const clock = new FakeClock(5_000);
    const market = await openMarket({
      engine: await openEngine(),
      clock,
      participants: ["ann"],
      periodMs: 10_000,
    });
    const stamps: number[] = [];
    market.on("sealed", (result) => stamps.push(result.timestampMs));
    market.start();
    const year = 365 * 86_400_000;
    clock.jump(year);
    for (let turn = 0; turn < 5; turn += 1) {
      await clock.pass(10_000);
      await settle();
    }
    await market.stop();
    expect(stamps[0]).toBe(15_000);
    expect(stamps.slice(1).every((stamp) => stamp > year)).toBe(true);
    expect(stamps.length).toBeLessThan(7);
  });

  it("takes the clock's time for a period cleared by hand, and startMs for the first block", async () => {
    const clock = new FakeClock(7_000);
    const market = await openMarket({
      engine: await openEngine(),
      clock,
      participants: ["ann"],
      startMs: 100,
    });
    expect(market.store.head?.timestampMs).toBe(100);
    expect((await market.clearPeriod()).timestampMs).toBe(7_000);
    expect((await market.clearPeriod(6_000)).timestampMs).toBe(7_000);
    for (const wrong of [-1, 0.5, Number.NaN, "1", null, new Date(0)])
      await expect(market.clearPeriod(wrong as never)).rejects.toThrow("nowMs: wanted a whole number");
  });

  it("comes to the same blocks whenever it runs, when the times are given", async () => {
    const run = async () => {
      const startMs = Date.UTC(2026, 0, 1);
      const market = await openMarket({ engine: await openEngine(), participants: ["ann", "bob"], startMs });
      market.submit({
        participant: "ann",
        carrier: "electricity",
        side: "offer",
        quantity: "2.5",
        price: "0.08",
      });
      market.submit({ participant: "bob", carrier: "electricity", side: "bid", quantity: "1", price: "0.3" });
      return hex((await market.clearPeriod(startMs + 30_000)).hash);
    };
    const first = await run();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await run()).toBe(first);
  });
});
