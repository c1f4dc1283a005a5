import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GridclearError, placed, within } from "../src/errors.js";
import {
  amountTick,
  formatTicks,
  microTick,
  parsePrice,
  parseQuantity,
  parseTick,
  parseTicks,
} from "../src/units.js";
import { refusal } from "./support/refusal.js";

describe("exact decimals", () => {
  test("known values", () => {
    expect(parseTicks("0.43", microTick, "price")).toBe(430_000n);
    expect(parseTicks("-0.000001", microTick, "price")).toBe(-1n);
    expect(parseTicks("-0", microTick, "price")).toBe(0n);
    expect(parseTicks("6.50", parseTick("0.5", "tick"), "quantity")).toBe(13n);
    expect(formatTicks(430_000n, microTick)).toBe("0.43");
    expect(formatTicks(-1n, microTick)).toBe("-0.000001");
    expect(formatTicks(0n, microTick)).toBe("0");
    expect(formatTicks(12_000_000n, microTick)).toBe("12");
    expect(formatTicks(13n, parseTick("0.5", "tick"))).toBe("6.5");
    expect(formatTicks(3n, amountTick(microTick, microTick))).toBe("0.000000000003");
  });

  test.each([
    "",
    " 1",
    "1 ",
    "+1",
    ".5",
    "5.",
    "1e3",
    "0x10",
    "NaN",
    "Infinity",
    "-",
    "--1",
    "1,5",
    "1_000",
    "١",
    "1.2.3",
    "1\n",
    "9".repeat(41),
    null,
    undefined,
    5,
    Number.NaN,
    {},
    [],
    "1e400",
  ])("refuses %j as a decimal", (text) => {
    const error = refusal(() => parseTicks(text, microTick, "orders[2].price"));
    expect(error.code).toBe("invalid");
    expect(error.field).toBe("orders[2].price");
  });

  test("refuses what is not a whole number of ticks", () => {
    expect(refusal(() => parseTicks("0.0000001", microTick, "quantity")).wanted).toContain("0.000001");
    expect(refusal(() => parseTicks("0.7", parseTick("0.5", "tick"), "quantity")).code).toBe("invalid");
    expect(parseTicks("0.1000000", microTick, "quantity")).toBe(100_000n);
  });

  test("limits, one tick to each side", () => {
    expect(parseQuantity("4294.967295", microTick, "q")).toBe(4_294_967_295);
    expect(refusal(() => parseQuantity("4294.967296", microTick, "q")).code).toBe("limit");
    expect(parseQuantity("0.000001", microTick, "q")).toBe(1);
    expect(refusal(() => parseQuantity("0", microTick, "q")).code).toBe("invalid");
    expect(refusal(() => parseQuantity("-1", microTick, "q")).code).toBe("invalid");
    expect(parsePrice("2147.483647", microTick, "p")).toBe(2_147_483_647);
    expect(refusal(() => parsePrice("2147.483648", microTick, "p")).code).toBe("limit");
    expect(parsePrice("-2147.483648", microTick, "p")).toBe(-2_147_483_648);
    expect(refusal(() => parsePrice("-2147.483649", microTick, "p")).code).toBe("limit");
  });

  test.each(["0", "-1", "0.0000000000000000001", "1e-6", "", 1, null])("refuses %j as a tick", (text) => {
    expect(refusal(() => parseTick(text, "priceTick")).field).toBe("priceTick");
  });

  test("whatever is formatted reads back to the same ticks", () => {
    const tick = fc.record({ mantissa: fc.bigInt(1n, 10n ** 9n), scale: fc.integer({ min: 0, max: 18 }) });
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n), tick, (ticks, of) => {
        const text = formatTicks(ticks, of);
        expect(text).toMatch(/^(0|-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?)$/);
        expect(parseTicks(text, of, "x")).toBe(ticks);
      }),
    );
  });
});

describe("what a caller leaves out or confuses", () => {
  test("the tick is a millionth unless another is given", () => {
    expect(parseQuantity("2.5")).toBe(2_500_000);
    expect(parsePrice("-0.43")).toBe(-430_000);
    expect(parseTicks("1")).toBe(1_000_000n);
    expect(formatTicks(2_500_000)).toBe("2.5");
    expect(refusal(() => parseQuantity("x")).field).toBe("quantity");
    expect(refusal(() => parsePrice("x")).field).toBe("price");
  });

  test("a number is told to be a string", () => {
    const { message, value } = refusal(() => parseQuantity(2.5, microTick, "order.quantity"));
    expect(message).toBe('order.quantity: wanted a string that holds a decimal, such as "0.43", got 2.5');
    expect(value).toBe(2.5);
  });

  test("a cap names the setting that moves it", () => {
    expect(refusal(() => parseQuantity("5000")).wanted).toBe(
      "at most 4294.967295 (a coarser quantityTick allows more)",
    );
    expect(refusal(() => parsePrice("5000")).wanted).toMatch(/^-2147.483648 to .*priceTick allows more/);
  });

  test.each<[string, unknown]>([
    ["text", "0.001"],
    ["a number", 6],
    ["nothing", null],
    ["an empty object", {}],
    ["a mantissa that is a number", { mantissa: 1, scale: 6 }],
    ["a mantissa of 0", { mantissa: 0n, scale: 6 }],
    ["too many places", { mantissa: 1n, scale: 99 }],
  ])("%s is no tick", (_, tick) => {
    for (const use of [() => parseTicks("1", tick as never), () => formatTicks(1n, tick as never)])
      expect(refusal(use)).toMatchObject({ code: "invalid", field: "tick" });
  });

  test.each([2.5, Number.NaN, "5", null, undefined, {}])("%j is no number of ticks", (ticks) => {
    expect(refusal(() => formatTicks(ticks as never))).toMatchObject({ code: "invalid", field: "ticks" });
  });
});

describe("errors", () => {
  test("say where they happened once, and keep value and cause", () => {
    const error = new GridclearError("invalid", { field: "order.quantity", wanted: "at most 5", got: "7" });
    const there = error.at("order 3").atBlock(7);
    expect(there.message).toBe('block 7: order 3: order.quantity: wanted at most 5, got "7"');
    expect([there.code, there.value, there.got, there.height]).toEqual(["invalid", "7", '"7"', 7]);
    expect((there.cause as GridclearError).cause).toBe(error);
    expect(there.atBlock(7)).toBe(there);
    expect(error.height).toBe(null);
    expect(placed("other", "here")).toBe("other");
    expect(() =>
      within(2, () => {
        throw error;
      }),
    ).toThrow("block 2: order.quantity: wanted");
  });

  test("say field, wanted and got, and shorten what came", () => {
    const error = new GridclearError("invalid", { field: "k", wanted: "0 to 1", got: "x".repeat(1000) });
    expect(error.message).toMatch(/^k: wanted 0 to 1, got "x+…$/);
    expect(error.got.length).toBe(80);
    expect(new GridclearError("invalid", { field: "k", wanted: "1", got: -0 }).got).toBe("-0");
    expect(new GridclearError("invalid", { field: "k", wanted: "1", got: "5" }).got).toBe('"5"');
    expect(new GridclearError("invalid", { field: "k", wanted: "1", got: 5n }).got).toBe("5n");
  });
});
