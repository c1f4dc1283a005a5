import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { defaults } from "../../../src/web/settings/settings.js";
import { type DayPeriod, day } from "../../../src/web/worker/day.js";
import { quantileOf, type SeedsShown, seeds, spreadOf } from "../../../src/web/worker/seeds.js";
import type { Work } from "../../../src/web/worker/work.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
function workOf<News>(signal = new AbortController().signal) {
  const news: News[] = [];
  return { news, work: { engine, signal, tell: (each: News) => news.push(each) } as unknown as Work<News> };
}
const settings = { ...defaults, minutes: 60, members: 20, against: "merit-blend-50-430-divisible" };

/** What a day bought inside the community, added up from what the Day view is told. */
async function boughtOn(of: typeof settings): Promise<number> {
  const { work, news } = workOf<readonly DayPeriod[]>();
  await day(work, of);
  return news
    .flat()
    .reduce(
      (sum, { carriers: { electricity } }) => sum + electricity.totals.traded + electricity.totals.sold,
      0,
    );
}

describe("both sets of rules over seeds", () => {
  it("come to what the days of the page come to, in pairs of one seed", async () => {
    const { work, news } = workOf<SeedsShown>();
    const found = await seeds(work, { settings, count: 3 });
    expect(news.map(({ done }) => done)).toEqual([1, 2, 3]);
    expect(found).toEqual(news.at(-1));
    const bought = found.measures.find(({ measure }) => measure.name === "electricity.bought")!;
    for (const [index, [a, b]] of bought.pairs.entries()) {
      const seed = settings.seed + index;
      expect(a * 1e6).toBeCloseTo(await boughtOn({ ...settings, seed }), 3);
      const merit = { ...settings, seed, mechanism: "merit", pricing: "blend" } as const;
      expect(b * 1e6).toBeCloseTo(await boughtOn(merit), 3);
    }
    expect(found.network).toBe(true);
    for (const { pairs, higher, lower } of found.measures) {
      expect(higher).toBe(pairs.map(([a, b]) => Number(b - a > 0)).reduce((sum, each) => sum + each));
      expect(higher + lower).toBeLessThanOrEqual(pairs.length);
    }
  });

  it("have a network both or neither, whichever side has none", async () => {
    const one = { ...settings, against: "merit-uniform-50-430-divisible" };
    const first = await seeds(workOf<SeedsShown>().work, { settings: one, count: 1 });
    expect(first.network).toBe(false);
    // What A comes to does not depend on which side it is, with B's day without a network too.
    const swapped = {
      ...one,
      mechanism: "merit",
      pricing: "uniform",
      against: "value-counterparty-50-430-divisible",
    } as const;
    const second = await seeds(workOf<SeedsShown>().work, { settings: swapped, count: 1 });
    expect(second.measures.map(({ pairs }) => pairs[0]![1])).toEqual(
      first.measures.map(({ pairs }) => pairs[0]![0]),
    );
    expect(first.measures.some(({ pairs: [pair] }) => pair![0] !== pair![1])).toBe(true);
  });

  it("end when nobody wants them any more", async () => {
    const ending = new AbortController();
    const { work, news } = workOf<SeedsShown>(ending.signal);
    const tell = (each: SeedsShown): void => {
      work.tell(each);
      ending.abort();
    };
    const running = seeds({ ...work, tell }, { settings, count: 50 });
    await expect(running).rejects.toThrow();
    expect(news.length).toBe(1);
  });

  it("are spread as their ranks say", () => {
    const values = Array.from({ length: 101 }, (_, index) => (index * 37) % 101);
    expect(spreadOf(values)).toEqual({ low: 5, median: 50, high: 95 });
    expect(spreadOf([7])).toEqual({ low: 7, median: 7, high: 7 });
    expect(quantileOf([1, 2], 0.25)).toBe(1.25);
  });
});
