import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { decodeBlock } from "../../../src/ledger/format/block.js";
import { Journal } from "../../../src/market/books/journal.js";
import { Positions } from "../../../src/market/books/positions.js";
import type { PaymentContract } from "../../../src/market/contracts/contracts.js";
import { openingContracts } from "../../../src/market/contracts/opening.js";
import { openMarket } from "../../../src/market/open.js";
import { MeterBook, meter } from "../../../src/market/period/meters.js";
import { Readings } from "../../../src/market/period/readings.js";
import { settle } from "../../../src/market/period/settlement.js";
import { openReplay } from "../../../src/market/replay.js";
import { clock, put } from "../../support/steps.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const metering = { window: 2976, corrections: 17_856, missing: "traded" } as const;
const payment = openingContracts({ metering })[1] as PaymentContract;

/** Bytes that `make` leaves allocated, on and off the heap, for what it returns. */
function kept<T>(make: () => T): { bytes: number; made: T } {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const used = (): number => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = used();
  const made = make();
  return { bytes: used() - before, made };
}

describe("a book of meters", () => {
  const live = (slots: number, ...ordered: number[]): Int32Array => {
    const column = new Int32Array(slots).fill(-1);
    for (const slot of ordered) column[slot] = 1;
    return column;
  };

  it("grows with the meters that have something to say, not with the participants", () => {
    const books = 2_000;
    const measure = (participants: number, meters: number): number => {
      const slots = 4 * participants;
      const positions = new Positions().begin(slots);
      const ordered = live(slots, ...Array.from({ length: meters }, (_, index) => 4 * index));
      const { bytes, made } = kept(() =>
        Array.from({ length: books }, (_, period) =>
          MeterBook.open(period, { payment, sharing: null }, positions, ordered),
        ),
      );
      expect(made).toHaveLength(books);
      return bytes / books;
    };
    measure(200, 2);
    const [few, sameOfMany, all] = [measure(200, 2), measure(20_000, 2), measure(200, 200)];
    expect(few).toBeLessThan(2_000);
    expect(sameOfMany).toBeLessThan(2_000);
    // A row of seven doubles a meter.
    expect(all - few).toBeLessThan(1.2 * 198 * 56);
  });

  it("keeps what is due in order of slots and takes others as they are read", () => {
    const positions = new Positions().begin(40);
    positions.bought[17] = 5;
    positions.delivered[3] = 2;
    const book = MeterBook.open(7, { payment, sharing: null }, positions, live(40, 30));
    expect([book.due, book.missing, book.count]).toEqual([3, 3, 3]);
    expect([3, 17, 30].map((slot) => book.find(slot))).toEqual([0, 1, 2]);
    expect([0, 4, 39].map((slot) => book.find(slot))).toEqual([-1, -1, -1]);
    for (const slot of [39, 0, 4, 20, 21, 22, 23]) book.row(slot);
    expect(book.row(4)).toBe(book.find(4));
    expect(Array.from({ length: book.count }, (_, row) => book.get(row, meter.slot))).toEqual([
      3, 17, 30, 39, 0, 4, 20, 21, 22, 23,
    ]);
    expect(book.get(book.find(17), meter.tradedIn)).toBe(5);
    expect(book.get(book.find(3), meter.tradedOut)).toBe(2);
    expect(book.due).toBe(3);
  });
});

describe("settlement", () => {
  it("puts off what would be too much for one period, but for the oldest", async () => {
    const market = await openMarket({
      engine,
      clock,
      metering: { window: 9, corrections: 0, missing: "traded" },
      quantityTick: "1",
      priceTick: "1",
      participants: ["ann", "bob"],
    });
    for (let period = 1; period <= 3; period += 1) {
      put(market, "ann", "offer", 3, 1);
      put(market, "bob", "bid", 3, 1);
      await market.clearPeriod(period);
    }
    const replay = openReplay(engine);
    for await (const bytes of market.store.blocks()) replay.replay(decodeBlock(bytes));
    const { terms, accounts, books, lastReadings } = replay.state;
    const settleIn = (period: number, most: number): number[] =>
      settle(
        {
          period,
          terms,
          accounts,
          books,
          journal: new Journal(accounts, period),
          readings: new Readings(books, period, lastReadings, terms),
        },
        most,
      );
    expect(settleIn(20, 3)).toEqual([1]);
    expect([...books.keys()]).toEqual([2, 3]);
    expect(settleIn(21, 4)).toEqual([2, 3]);
  });
});
