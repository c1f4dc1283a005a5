// A result of the bench as a text of a link: what is written is read, and nothing else is.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type BenchResult,
  benchSizes,
  contenders,
  readResult,
  rounded,
  writeResult,
} from "../../../src/web/settings/benchlink.js";

/** Milliseconds that are whole microseconds. */
const time = fc.integer({ min: 1, max: 1e9 }).map((micro) => micro / 1000);
const result: fc.Arbitrary<BenchResult> = fc.record({
  machine: fc.record({
    browser: fc.stringMatching(/^[A-Za-z0-9 .,;:()/_]{0,60}$/),
    platform: fc.constantFrom("", "Linux", "Windows"),
    processors: fc.integer({ min: 0, max: 999 }),
    memory: fc.integer({ min: 0, max: 999 }),
  }),
  measured: fc.uniqueArray(
    fc.record({
      contender: fc.constantFrom(...contenders),
      orders: fc.constantFrom(...benchSizes),
      clear: time,
      seal: time,
      first: time,
      runs: fc.integer({ min: 1, max: 99 }),
      trades: fc.integer({ min: 0, max: 1_000 }),
      root: fc.stringMatching(/^[0-9a-f]{8}$/),
    }),
    { minLength: 1, selector: ({ contender, orders }) => `${contender} ${orders}` },
  ),
});
const good = "1*Chromium 156*Linux*2*16*0-rs-a-b-c-3-1-0123abcd";

describe("a result in a link", () => {
  it("comes back as it was", () => {
    fc.assert(
      fc.property(result, (made) => {
        const text = writeResult(made);
        expect(readResult(text)).toEqual(made);
        expect(writeResult(readResult(text)!)).toBe(text);
      }),
    );
  });

  it("says the times that are shown where they were measured, whatever a clock says", () => {
    const clock = fc.double({ min: 0, max: 60_000, noNaN: true });
    fc.assert(
      fc.property(result, clock, clock, clock, ({ machine, measured }, clear, seal, first) => {
        const shown = measured.map((each) => rounded({ ...each, clear, seal, first }));
        expect(readResult(writeResult({ machine, measured: shown }))).toEqual({ machine, measured: shown });
        for (const each of shown) expect(Math.abs(each.clear - clear)).toBeLessThan(0.0011);
      }),
    );
  });

  it("fits into a link however much was measured", () => {
    const measured = benchSizes.flatMap((orders) =>
      contenders.map((contender) => {
        const root = "f".repeat(64);
        return { contender, orders, clear: 1e9, seal: 1e9, first: 1e9, runs: 99, trades: orders, root };
      }),
    );
    const machine = { browser: "x".repeat(500), platform: "y".repeat(500), processors: 9999, memory: 9999 };
    const text = writeResult({ machine, measured });
    expect(text.length).toBeLessThanOrEqual(1_600);
    expect(readResult(text)?.measured).toHaveLength(28);
  });

  it("keeps markup and separators out of the names", () => {
    const machine = { browser: "<b>*Fire-fox</b>", platform: "", processors: 2, memory: 0 };
    expect(readResult(writeResult({ machine, measured: readResult(good)!.measured }))?.machine.browser).toBe(
      "bFirefox/b",
    );
  });

  it("is refused where anything of it is not of the form", () => {
    expect(readResult(good)).not.toBeNull();
    for (const bad of [
      "",
      "1",
      good.replace("1*", "2*"),
      `${good}*more`,
      good.replace("Linux", "<i>"),
      good.replace("Linux", "x".repeat(61)),
      good.replace("*2*", "*two*"),
      good.replace("0-rs", "4-rs"),
      good.replace("rs", "rt"),
      good.replace("-a-", "-0-"),
      good.replace("-a-", "-zzzzzzz-"),
      good.replace("-3-1-", "-3-zz-"),
      good.replace("0123abcd", "0123abc"),
      good.replace("0123abcd", "0123abcg"),
      `${good}-1`,
      `${good}_`,
      `${good}_${good.split("*").at(-1)!}`,
      good + "_0-rs-a-b-c-3-1-0123abcd".repeat(80),
    ])
      expect(readResult(bad), bad).toBeNull();
  });
});
