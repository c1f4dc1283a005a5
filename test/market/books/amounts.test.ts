import fc from "fast-check";
import { expect, it } from "vitest";
import { type Amount, difference, exactSum, product } from "../../../src/market/books/amounts.js";

/** An amount as the market holds it: a number as long as that is exact. */
const held = (value: bigint): Amount =>
  value <= BigInt(exactSum) && value >= -BigInt(exactSum) ? Number(value) : value;
// Small ones, and those around where doubles end to be exact.
const amounts = fc.oneof(
  fc.bigInt({ min: -10n, max: 10n }),
  fc.bigInt({ min: 2n ** 53n - 4n, max: 2n ** 53n + 4n }),
  fc.bigInt({ min: -(2n ** 53n) - 4n, max: -(2n ** 53n) + 4n }),
  fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
);

it("differences are exact, whichever of the two is beyond what a double holds, and numbers where they can be", () => {
  fc.assert(
    fc.property(amounts, amounts, (a, b) => {
      expect(difference(held(a), held(b))).toBe(held(a - b));
    }),
  );
});

it("products of a quantity and a price are exact, and none is minus zero", () => {
  const quantities = fc.oneof(fc.nat(3), fc.integer({ min: 0, max: 0xffff_ffff }));
  const prices = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer());
  fc.assert(
    fc.property(quantities, prices, (quantity, price) => {
      expect(product(quantity, price)).toBe(held(BigInt(quantity) * BigInt(price)));
    }),
  );
  expect(product(0, -1)).toBe(0);
});
