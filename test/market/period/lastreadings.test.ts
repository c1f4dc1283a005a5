// Which readings stand in the ledger's state: of each meter the last, and of those whose days are kept the day's, each
// once.
import { expect, it } from "vitest";
import { decodeRecords } from "../../../src/ledger/format/layout.js";
import { lastReadingLayout } from "../../../src/ledger/format/state.js";
import { LastReadings } from "../../../src/market/period/lastreadings.js";
import { carriers } from "../../../src/units.js";

it("readings of the day and the last stand in the records once each, by meter and period", () => {
  const perDay = 4;
  const meter = (participant: number, carrier: number): number => participant * carriers.length + carrier;
  const [plain, all, gaps, old] = [meter(0, 1), meter(1, 0), meter(2, 1), meter(3, 0)];
  const kept = new Set([all, gaps, old]);
  const read = [
    { slot: plain, periods: [0, 1, 2, 3] },
    { slot: all, periods: [0, 1, 2, 3, 4, 5] },
    { slot: gaps, periods: [1, 2, 4] },
    { slot: old, periods: [0] },
  ];
  const last = new LastReadings();
  for (let period = 0; period <= 5; period += 1) {
    last.keepDays(kept, perDay, period);
    for (const { slot, periods } of read)
      if (periods.includes(period)) last.note(slot, { period, in: 100 * slot + period, out: period });
  }

  // In period 5 the day is 2 to 5; what was read before stands there only where it came last.
  const wanted = [
    { slot: plain, periods: [3] },
    { slot: all, periods: [2, 3, 4, 5] },
    { slot: gaps, periods: [2, 4] },
    { slot: old, periods: [0] },
  ].flatMap(({ slot, periods }) =>
    periods.map((period) => ({
      participant: Math.floor(slot / carriers.length),
      carrier: carriers[slot % carriers.length],
      period,
      in: 100 * slot + period,
      out: period,
    })),
  );
  expect([...decodeRecords(lastReadingLayout, last.encode())]).toEqual(
    wanted.map((record) => expect.objectContaining(record)),
  );
});
