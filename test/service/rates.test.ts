import { expect, it } from "vitest";
import { Rates } from "../../src/service/rates.js";
import { defaultLimits } from "../../src/service/settings.js";

it("has nobody wait when the clock is set back", () => {
  let now = 100_000_000;
  const rates = new Rates({ ...defaultLimits, burst: 3, perSecond: 1 }, () => now);
  expect(rates.take("10.0.0.1")).toBe(0);
  now -= 86_400_000;
  expect(rates.take("10.0.0.1")).toBe(0);
  expect(rates.take("10.0.0.1")).toBe(0);
  // From here on it counts by the clock as it is.
  expect(rates.take("10.0.0.1")).toBe(1);
  now += 1_000;
  expect(rates.take("10.0.0.1")).toBe(0);
});
