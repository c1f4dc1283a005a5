import { expect, it } from "vitest";
import { medianOf } from "../../../src/web/worker/timing.js";

const signal = new AbortController().signal;

it("is the median of several runs on a warm engine, whatever a cold one or a hiccup takes", async () => {
  let clock = 0;
  let calls = 0;
  // The first run is cold, every fifth is disturbed.
  const act = (): void => {
    clock += calls === 0 ? 80 : calls % 5 === 0 ? 40 : 3;
    calls++;
  };
  const { median, runs } = await medianOf(act, signal, () => clock);
  expect(median).toBe(3);
  expect(runs).toBeGreaterThanOrEqual(3);
});

it("times what is too short for the clock in stretches", async () => {
  let clock = 0;
  const { median, runs } = await medianOf(
    () => {
      clock += 0.01;
    },
    signal,
    () => Math.floor(clock / 0.1) * 0.1, // a clock that ticks ten times slower
  );
  expect(median).toBeGreaterThan(0.007);
  expect(median).toBeLessThan(0.013);
  expect(runs).toBeGreaterThan(100);
});

it("does not hold up a large market", async () => {
  let clock = 0;
  const { runs } = await medianOf(
    () => {
      clock += 300;
    },
    signal,
    () => clock,
  );
  expect(runs).toBe(3);
});
