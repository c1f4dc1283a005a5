// When periods of a fleet close: by hand-made times.
import { expect, test } from "vitest";
import { dueMs, gateDue } from "../../src/fleet/gates.js";

const at = (lastMs: number, nowMs: number) => gateDue({ period: 7, lastMs, periodMs: 1_000, nowMs });

test("a period closes at the next whole multiple of the period", () => {
  expect(dueMs({ lastMs: 5_400, periodMs: 1_000 })).toBe(6_000);
  expect(dueMs({ lastMs: 5_000, periodMs: 1_000 })).toBe(6_000);
  expect(at(5_400, 5_999)).toBeNull();
  expect(at(5_400, 6_000)).toEqual({ period: 7, timestampMs: 6_000 });
  expect(at(5_400, 6_900)).toEqual({ period: 7, timestampMs: 6_000 });
});

test("up to sixteen missed periods are made up one by one, and one stands for more", () => {
  expect(at(5_000, 22_999)?.timestampMs).toBe(6_000);
  expect(at(5_000, 23_000)?.timestampMs).toBe(23_000);
  expect(at(5_000, 99_750)?.timestampMs).toBe(99_000);
});
