import type { OrderColumns } from "../../src/core/engine.js";
import { prices, quantities, Random } from "./markets.js";

export interface Sides {
  readonly offers: OrderColumns;
  readonly bids: OrderColumns;
}

type Draw = (index: number, random: Random) => readonly [number, number];

function side(count: number, random: Random, draw: Draw): OrderColumns {
  const orders = Array.from({ length: count }, (_, index) => draw(index, random));
  return {
    quantity: quantities(count, (index) => (orders[index] as readonly [number, number])[0]),
    price: prices(count, (index) => (orders[index] as readonly [number, number])[1]),
  };
}

const whole = (value: number): number => Math.max(1, Math.floor(value));

/** Books made to be hard, each for its own reason; `count` orders a side. */
export const hardBooks: readonly (readonly [string, (count: number, random: Random) => Sides])[] = [
  [
    "uniform",
    (count, random) => ({
      offers: side(count, random, () => [random.between(1, 20_000), random.between(1, 10_000)]),
      bids: side(count, random, () => [random.between(1, 20_000), random.between(1, 10_000)]),
    }),
  ],
  [
    "few quantities and prices",
    (count, random) => ({
      offers: side(count, random, () => [random.between(1, 4), random.between(1, 3)]),
      bids: side(count, random, () => [random.between(1, 4), random.between(1, 3)]),
    }),
  ],
  [
    "uniform around zero",
    (count, random) => ({
      offers: side(count, random, () => [random.between(1, 20_000), random.between(-5000, 5000)]),
      bids: side(count, random, () => [random.between(1, 20_000), random.between(-5000, 5000)]),
    }),
  ],
  [
    "all negative",
    (count, random) => ({
      offers: side(count, random, () => [random.between(1, 20_000), -random.between(1, 10_000)]),
      bids: side(count, random, () => [random.between(1, 20_000), -random.between(1, 10_000)]),
    }),
  ],
  [
    "63 bits",
    (count, random) => ({
      offers: side(count, random, () => [random.word() || 1, random.word() | 0]),
      bids: side(count, random, () => [random.word() || 1, random.word() | 0]),
    }),
  ],
  [
    "63 bits, all dear",
    (count, random) => ({
      offers: side(
        count,
        random,
        () =>
          [random.word() | 0x8000_0000, 0x7fff_ffff - random.between(0, 9)].map((x) => x >>> 0) as [
            number,
            number,
          ],
      ),
      bids: side(count, random, () => [
        (random.word() | 0x8000_0000) >>> 0,
        0x7fff_ffff - random.between(0, 9),
      ]),
    }),
  ],
  // Offers that are small and dear share their value with large and cheap ones. A bid that has taken one of the large
  // sees both a small enough and a cheap enough offer in every part of the rank order, and none that is both. The first
  // bid pays for all of them, so that none is dropped beforehand.
  [
    "small and dear beside large and cheap, bids between",
    (count, random) => ({
      offers: side(count, random, (i) =>
        i % 4 === 0
          ? [random.between(1, 49), random.between(6000, 9000)]
          : [random.between(51, 99), random.between(1, 4000)],
      ),
      bids: side(count, random, (i) =>
        i === 0 ? [110, 9001] : [random.between(100, 120), random.between(4000, 5999)],
      ),
    }),
  ],
  [
    "sizes and prices against each other",
    (count, random) => ({
      offers: side(count, random, () => {
        const q = random.between(1, 30_000);
        return [q, whole(60_000_000 / q)];
      }),
      bids: side(count, random, () => {
        const q = random.between(1, 30_000);
        return [q, whole(60_000_000 / q)];
      }),
    }),
  ],
  [
    "staircase, bids one step inside",
    (count) => ({
      offers: side(count, new Random(1), (i) => [2 * i + 2, 2 * (count - i) + 1]),
      bids: side(count, new Random(1), (i) => [2 * i + 1, 2 * (count - i)]),
    }),
  ],
  [
    "equal offers before bids that are tiny and dear or huge and cheap",
    (count, random) => ({
      offers: side(count, random, () => [1000, 5000]),
      bids: side(count, random, (i) => {
        const q = i & 1 ? random.between(400, 600) : random.between(5000, 9000);
        return [q, whole((4_000_000 - (i % 1000)) / q)];
      }),
    }),
  ],
  [
    "one giant offer",
    (count, random) => ({
      offers: side(count, random, (i) =>
        i === 0 ? [0xffff_ffff, 1] : [random.between(1, 100), random.between(1, 100)],
      ),
      bids: side(count, random, () => [random.between(1, 20_000), random.between(1, 10_000)]),
    }),
  ],
  [
    "one giant bid",
    (count, random) => ({
      offers: side(count, random, () => [random.between(1, 20_000), random.between(1, 10_000)]),
      bids: side(count, random, (i) =>
        i === 0 ? [0xffff_ffff, 10_000] : [random.between(1, 100), random.between(1, 100)],
      ),
    }),
  ],
  [
    "sizes of every order of magnitude",
    (count, random) => ({
      offers: side(count, random, () => [whole(1.5 ** random.between(0, 54)), random.between(1, 50)]),
      bids: side(count, random, () => [whole(1.5 ** random.between(0, 54)), random.between(1, 50)]),
    }),
  ],
  [
    "negative prices, sizes and prices against each other",
    (count, random) => ({
      offers: side(count, random, () => {
        const q = random.between(1, 30_000);
        return [q, -whole(60_000_000 / q)];
      }),
      bids: side(count, random, () => {
        const q = random.between(1, 30_000);
        return [q, -whole(50_000_000 / q)];
      }),
    }),
  ],
];
