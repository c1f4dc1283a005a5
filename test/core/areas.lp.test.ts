// Areas against a linear program: the welfare of what the core clears is the optimum that HiGHS finds.
import loadHighs from "highs";
import { expect, test } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import { engineGrid, type Grid, randomGrid, shownGrid } from "./grids.js";
import { Random } from "./markets.js";

/** A limit that can hold anything back; the solver answers "Unknown" to one of 2⁵³. */
const holds = (limit: bigint | null): boolean => limit !== null && limit < 2n ** 40n;

/** The problem in CPLEX's LP format: what is sold and served, and what goes up and comes down across every edge. */
function problem({ areas, offers, bids }: Grid): string {
  const term = (factor: bigint | number, name: string): string =>
    `${Number(factor) < 0 ? "-" : "+"} ${Math.abs(Number(factor))} ${name}`;
  const edges = areas.flatMap((area, place) => (place === 0 ? [] : [{ ...area, place }]));
  const objective = [
    ...bids.map(({ price }, bid) => term(price, `c${bid}`)),
    ...offers.map(({ price }, offer) => term(-price, `s${offer}`)),
    ...edges.flatMap(({ fee, place }) => [term(-fee, `up${place}`), term(-fee, `down${place}`)]),
  ];
  const balances = areas.map((_, place) => {
    const here = [
      ...offers.flatMap(({ area }, offer) => (area === place ? [`+ s${offer}`] : [])),
      ...bids.flatMap(({ area }, bid) => (area === place ? [`- c${bid}`] : [])),
      ...edges.flatMap((edge) => (edge.parent === place ? [`+ up${edge.place} - down${edge.place}`] : [])),
      ...(place === 0 ? [] : [`- up${place} + down${place}`]),
    ];
    return here.length === 0 ? [] : [` b${place}: ${here.join(" ")} = 0`];
  });
  const bounds = [
    ...offers.map(({ quantity }, offer) => ` 0 <= s${offer} <= ${quantity}`),
    ...bids.map(({ quantity }, bid) => ` 0 <= c${bid} <= ${quantity}`),
    ...edges.flatMap(({ exportLimit, importLimit, place }) => [
      ...(holds(exportLimit) ? [` 0 <= up${place} <= ${exportLimit}`] : []),
      ...(holds(importLimit) ? [` 0 <= down${place} <= ${importLimit}`] : []),
    ]),
  ];
  return `Maximize\n obj: ${objective.join(" ")}\nSubject To\n${balances.flat().join("\n")}\nBounds\n${bounds.join("\n")}\nEnd\n`;
}

test("500 grids trade the optimum of the linear program", async () => {
  // The package's types are those of its CommonJS build, in which the function is a property.
  const highs = await (loadHighs as unknown as typeof loadHighs.default)();
  const engine = await openEngine();
  const random = new Random(Number(process.env.GRIDCLEAR_SEED ?? 0x11));
  let compared = 0;
  let traded = 0;
  while (compared < 500) {
    const grid = randomGrid(random, { mostAreas: 12, mostOrders: 15 });
    // Doubles hold the welfare of these to the unit, and the solver needs something to solve.
    if ([...grid.offers, ...grid.bids].some(({ price }) => price > 1_000n || price < -1_000n)) continue;
    if (grid.areas.some(({ fee }) => fee > 1_000n) || grid.offers.length * grid.bids.length === 0) continue;
    const { book, rules } = engineGrid(grid);
    const { remaining, areas } = engine.clear(book, rules);
    let welfare = 0;
    for (const [index, { price, quantity }] of grid.bids.entries())
      welfare += Number(price) * (Number(quantity) - remaining.bids[index]!);
    for (const [index, { price, quantity }] of grid.offers.entries())
      welfare -= Number(price) * (Number(quantity) - remaining.offers[index]!);
    for (const [place, { fee }] of grid.areas.entries())
      if (place > 0) welfare -= Number(fee) * Math.abs(Number(areas.flow[place]));
    const solved = highs.solve(problem(grid), { output_flag: false });
    expect(solved.Status, shownGrid(grid)).toBe("Optimal");
    expect(welfare, shownGrid(grid)).toBeCloseTo(solved.ObjectiveValue, 5);
    compared++;
    if (welfare > 0) traded++;
  }
  expect(traded).toBeGreaterThan(250);
});
