import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Terms } from "../../../src/market/contracts/terms.js";
import { Router } from "../../../src/market/period/router.js";
import { dated } from "../../support/steps.js";

/** An edge as drawn: its parent among those before it, and its limits. */
interface Edge {
  readonly parent: number;
  readonly importLimit: number | null;
  readonly exportLimit: number | null;
}

/** A tree of these edges below a root; number and name of an area are its place in the list. */
function planted(edges: readonly Edge[]): Terms {
  const terms = new Terms();
  const common = { kind: "area", ...dated, carrier: "heat" } as const;
  terms.areas.put({ ...common, area: "0" });
  for (const [index, { parent, ...limits }] of edges.entries())
    terms.areas.put({ ...common, area: `${index + 1}`, parent: `${parent % (index + 1)}`, ...limits });
  return terms;
}

const limit = fc.option(fc.nat(60), { freq: 4 });
const edges = fc.array(fc.record({ parent: fc.nat(), importLimit: limit, exportLimit: limit }), {
  maxLength: 12,
});
const heat = 1;

describe("the router", () => {
  it("carries what every edge on the way lets through, counting each way by itself", () => {
    const delivery = fc.tuple(fc.nat(), fc.nat(), fc.nat(30));
    fc.assert(
      fc.property(edges, fc.array(delivery, { maxLength: 40 }), (tree, deliveries) => {
        const { areas } = planted(tree);
        const router = new Router(areas, heat, 1);
        const count = tree.length + 1;
        // Of the areas by name, what went up and down, worked out from the ancestors alone.
        const sent = new Float64Array(count);
        const got = new Float64Array(count);
        const above = (area: number): number[] =>
          area === 0 ? [] : [area, ...above(tree[area - 1]!.parent % area)];
        for (const [a, b, quantity] of deliveries) {
          const [from, to] = [a % count, b % count];
          const up = above(from).filter((area) => !above(to).includes(area));
          const down = above(to).filter((area) => !above(from).includes(area));
          const rooms = [
            ...up.map((area) => (tree[area - 1]!.exportLimit ?? 1e9) - sent[area]!),
            ...down.map((area) => (tree[area - 1]!.importLimit ?? 1e9) - got[area]!),
          ];
          const carried = router.carry(areas.placeOf(from), areas.placeOf(to), quantity);
          expect(carried).toBe(Math.min(quantity, ...rooms));
          for (const area of up) sent[area]! += carried;
          for (const area of down) got[area]! += carried;
          if (carried === quantity) continue;
          const { place, outward } = router.bottleneck(areas.placeOf(from), areas.placeOf(to));
          const full = (list: number[], key: "exportLimit" | "importLimit", done: Float64Array) =>
            list.find((area) => tree[area - 1]![key] === done[area]);
          const [fullUp, fullDown] = [full(up, "exportLimit", sent), full(down, "importLimit", got)];
          expect(router.tree.numbers[place]).toBe(fullUp ?? fullDown);
          expect(outward).toBe(fullUp !== undefined);
        }
        for (let area = 1; area < count; area += 1)
          expect(router.crossed[areas.placeOf(area)]).toBe(sent[area]! + got[area]!);
      }),
      { numRuns: 500 },
    );
  });

  it("stands alone in a root where a carrier has no areas", () => {
    const router = new Router(new Terms().areas, heat, 1);
    expect([router.present, router.carry(0, 0, 7)]).toEqual([false, 7]);
  });
});
