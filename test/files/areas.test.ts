// The document of a carrier with areas, against one built from the oracle by other code.
import { expect, test } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import { clearOrderFile } from "../../src/files/cleardocument.js";
import { parseOrderFile } from "../../src/files/orderfile.js";
import { checkFileRules } from "../../src/files/rulesfile.js";
import { type Grid, randomGrid, shownGrid } from "../core/grids.js";
import { Random } from "../core/markets.js";
import { clearAreas } from "../oracle/areas.js";
import { fee, tierOf } from "../oracle/rules.js";

/** Plain decimal of a BigInt with so many places, written without the package's own formatter. */
function decimal(value: bigint, places: number): string {
  const digits = `${value < 0n ? -value : value}`.padStart(places + 1, "0");
  const text = `${value < 0n ? "-" : ""}${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return text.replace(/\.?0+$/, "");
}

const orNull = (value: bigint | null): string | null => (value === null ? null : decimal(value, 6));

/** Rules and orders of a grid as files say them. The root's name stands in every second row of the root. */
function filesOf(
  { areas, offers, bids, k }: Grid,
  commission: readonly unknown[],
): { rules: unknown; csv: string } {
  const limit = (value: bigint | null, key: string) => (value === null ? {} : { [key]: decimal(value, 6) });
  const rows = (side: string, orders: Grid["offers"]) =>
    orders.map(
      ({ area, quantity, price }, index) =>
        `${side},${side}${index},${decimal(quantity, 6)},${decimal(price, 6)},${area === 0 && index % 2 === 0 ? "" : `area ${area}`}`,
    );
  return {
    rules: {
      mechanism: "merit",
      k: Number(k),
      commission,
      areas: {
        electricity: areas.map(({ parent, fee: ticks, exportLimit, importLimit }, place) => ({
          name: `area ${place}`,
          ...(place === 0 ? {} : { parent: `area ${parent}`, fee: decimal(ticks, 6) }),
          ...(place === 0
            ? {}
            : { ...limit(exportLimit, "exportLimit"), ...limit(importLimit, "importLimit") }),
        })),
      },
    },
    csv: ["side,id,quantity,price,area", ...rows("offer", offers), ...rows("bid", bids)].join("\n"),
  };
}

test("equals the oracle's document on 2,000 random grids", async () => {
  const engine = await openEngine();
  const random = new Random(Number(process.env.GRIDCLEAR_SEED ?? 0xf11e));
  for (let round = 0; round < 2_000; round++) {
    const grid = randomGrid(random);
    const { offers, bids } = grid;
    if (offers.length + bids.length === 0) continue;
    const first = random.between(0, 1_000_000);
    const tiers = [first, 1_000_000 - first].map((share) => ({
      share,
      supply: random.between(0, 1_000_000),
      use: random.between(0, 1_000_000),
    }));
    const files = filesOf(grid, tiers);
    const rules = checkFileRules(files.rules);
    const document = clearOrderFile(engine, parseOrderFile(files.csv, rules.ticks, rules.areas), rules);
    const { sold, served, flows, prices, fees, rents, trades } = clearAreas(grid.areas, offers, bids, grid.k);
    const left = (orders: Grid["offers"], traded: readonly bigint[], side: "offer" | "bid") =>
      orders.flatMap(({ quantity }, index) =>
        traded[index] === quantity
          ? []
          : [{ [side]: `${side}${index}`, quantity: decimal(quantity - traded[index]!, 6) }],
      );
    const idle = left(offers, sold, "offer");
    const rest = left(bids, served, "bid");
    const exact = tiers.map(({ share, supply, use }) => ({
      share: BigInt(share),
      supply: BigInt(supply),
      use: BigInt(use),
    }));
    expect(document.carriers, shownGrid(grid)).toEqual({
      electricity: {
        clearingPrice: orNull(prices[0]!),
        areas: flows.map((flow, area) => ({
          name: `area ${area}`,
          price: orNull(prices[area]!),
          flow: decimal(flow, 6),
          fees: decimal(fees[area]!, 12),
          rent: decimal(rents[area]!, 12),
        })),
        trades: trades.map(({ offer, bid, quantity, supplyPrice, usePrice }, index) => {
          const tier = tierOf(exact, index, trades.length);
          return {
            offer: `offer${offer}`,
            bid: `bid${bid}`,
            quantity: decimal(quantity, 6),
            supplyPrice: decimal(supplyPrice, 6),
            usePrice: decimal(usePrice, 6),
            supplyAmount: decimal(quantity * supplyPrice, 12),
            useAmount: decimal(quantity * usePrice, 12),
            supplyFee: decimal(fee(quantity * supplyPrice, tier.supply), 12),
            useFee: decimal(fee(quantity * usePrice, tier.use), 12),
          };
        }),
        pool: { lots: [], trades: [], unsold: [] },
        idle,
        rest,
        counters: { num1: trades.length, num2: idle.length + rest.length, num3: 0, num4: rest.length },
      },
    });
  }
});
