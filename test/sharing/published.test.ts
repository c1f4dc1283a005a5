/**
 * Examples of shared energy that others published, computed again. The numbers are the sources', and each is cited;
 * where a source rounds to whole Wh, the result has to be within half a Wh of it.
 */
import { describe, expect, it } from "vitest";
import { type SharingKey, share } from "../../src/sharing/share.js";

/** A period in the source's unit, counted in thousandths. */
function shared(
  period: { readonly in: readonly number[]; readonly out: readonly number[] },
  key: SharingKey,
) {
  const ticks = (values: readonly number[]): number[] => values.map((value) => Math.round(value * 1000));
  const result = share({ drawn: ticks(period.in), injected: ticks(period.out) }, key);
  const units = (values: ArrayLike<number>): number[] => Array.from(values, (value) => value / 1000);
  return {
    received: units(result.received),
    supplied: units(result.supplied),
    unused: units(result.unused),
    rest: units(Array.from(result.received, (own, place) => ticks(period.in)[place]! - own)),
    surplus: units(Array.from(result.supplied, (own, place) => ticks(period.out)[place]! - own)),
  };
}

describe("Austria: e-gemeinschaft.at, verteilung.php", () => {
  // Two quarter hours of eight producers and sixteen consumers, in Wh, as the page showed them at two visits. "dyn" is
  // in proportion to consumption; "stat" there gives everybody the same and divides what somebody does not need among
  // the others, which is the key `equal` here.
  const visits = [
    {
      produced: [51, 528, 356, 513, 10, 320, 94, 586],
      consumed: [482, 146, 470, 505, 428, 47, 232, 170, 291, 285, 461, 150, 547, 501, 117, 59],
      dyn: [242, 73, 236, 254, 215, 24, 117, 85, 146, 143, 232, 75, 275, 252, 59, 30],
      stat: [177, 146, 177, 177, 177, 47, 177, 170, 177, 177, 177, 150, 177, 177, 117, 59],
    },
    {
      produced: [608, 550, 451, 705, 584, 634, 402, 307],
      consumed: [572, 395, 632, 323, 55, 10, 276, 245, 515, 218, 223, 47, 513, 27, 394, 472],
      dyn: [493, 341, 545, 279, 47, 9, 238, 211, 444, 188, 192, 41, 442, 23, 340, 407],
      stat: [406, 395, 406, 323, 55, 10, 276, 245, 406, 218, 223, 47, 406, 27, 394, 406],
    },
  ];
  for (const [visit, { produced, consumed, dyn, stat }] of visits.entries())
    for (const [key, published] of [
      ["proportional", dyn],
      ["equal", stat],
    ] as const)
      it(`quarter hour ${visit + 1}, ${key}`, () => {
        const none = (count: number): number[] => new Array<number>(count).fill(0);
        const { received, supplied } = shared(
          { in: [...none(8), ...consumed], out: [...produced, ...none(16)] },
          { key },
        );
        for (const [place, wh] of published.entries())
          expect(Math.abs(received[8 + place]! - wh), `consumer ${place}`).toBeLessThanOrEqual(0.501);
        // Less was produced than consumed, so that all of it is shared.
        expect(supplied.slice(0, 8)).toEqual(produced);
      });
});

it("France: doc.plein-soleil.org, L'autoconsommation collective: one consumer before the other", () => {
  // A injects 1 kWh in half an hour, B draws 0.4 and C 0.8, B first: B is charged nothing by its supplier, C for 0.2.
  const { received, rest } = shared(
    { in: [0, 0.4, 0.8], out: [1, 0, 0] },
    { key: "priority", classes: [[1], [2]] },
  );
  expect(received).toEqual([0, 0.4, 0.6]);
  expect(rest).toEqual([0, 0, 0.2]);
});

it("Spain: ecodrivex.es, coefficients of 30 % and 70 % agreed for collective self-consumption", () => {
  // 100 Wh are generated in an hour; Juan draws 45 and pays for 15, Amaya draws 80 and pays for 10.
  const { received, rest } = shared(
    { in: [45, 80, 0], out: [0, 0, 100] },
    { key: "static", shares: [300_000, 700_000, 0] },
  );
  expect(received).toEqual([30, 70, 0]);
  expect(rest).toEqual([15, 10, 0]);
});

describe("Czechia: vtm.zive.cz of June 2023, after the regulator's example of a static allocation key", () => {
  const key: SharingKey = { key: "static", shares: [300_000, 300_000, 400_000, 0] };

  it("divides 10 kWh of a quarter hour by 30, 30 and 40 % into 3, 3 and 4", () => {
    const { received, surplus } = shared({ in: [5, 5, 5, 0], out: [0, 0, 0, 10] }, key);
    expect(received).toEqual([3, 3, 4, 0]);
    expect(surplus).toEqual([0, 0, 0, 0]);
  });

  it("sells to the grid what two flats do not draw, though the third buys from it", () => {
    // The source says so in words; that the third draws twice its share is this test's number.
    const { received, unused, rest, surplus } = shared({ in: [6, 0, 0, 0], out: [0, 0, 0, 10] }, key);
    expect(received).toEqual([3, 0, 0, 0]);
    expect(unused).toEqual([0, 3, 4, 0]);
    expect([rest[0], surplus[3]]).toEqual([3, 7]);
  });
});

it("Italy: lucecondivisa.it, shared energy is the smaller of injected and drawn in each hour", () => {
  // 100 kWh produced, 20 of them used behind the meter, so 80 injected; 60 drawn. And the other way round.
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
  expect(sum(shared({ in: [0, 25, 35], out: [80, 0, 0] }, { key: "proportional" }).received)).toBe(60);
  expect(sum(shared({ in: [0, 35, 45], out: [60, 0, 0] }, { key: "proportional" }).received)).toBe(60);
});
