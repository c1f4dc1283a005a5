// The whole document of `gridclear clear`, against one built from the rules oracle by other code.
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { clearOrderFile, documentJson } from "../../src/files/cleardocument.js";
import { parseOrderFile } from "../../src/files/orderfile.js";
import { checkFileRules } from "../../src/files/rulesfile.js";
import { clearByRules, fee, type Order, tierOf } from "../oracle/rules.js";

const carrierNames = ["electricity", "heat", "cold", "gas"] as const;
const engine: Engine = await openEngine();

/** Plain decimal of a BigInt with six or twelve places, written without the package's own formatter. */
function decimal(value: bigint, places: number): string {
  const sign = value < 0n ? "-" : "";
  const digits = `${value < 0n ? -value : value}`.padStart(places + 1, "0");
  return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`
    .replace(/\.?0+$/, "")
    .replace(/^-?$/, "0");
}

const row = fc.record({
  carrier: fc.constantFrom(...carrierNames),
  side: fc.constantFrom("offer", "bid"),
  quantity: fc.oneof(fc.bigInt(1n, 12n), fc.bigInt(1n, 4_294_967_295n)),
  price: fc.oneof(fc.bigInt(-5n, 9n), fc.bigInt(-2_147_483_648n, 2_147_483_647n), fc.constant(430_000n)),
});
const tier = fc.record({
  supply: fc.integer({ min: 0, max: 1_000_000 }),
  use: fc.integer({ min: 0, max: 1_000_000 }),
});
const setting = fc.record({
  mechanism: fc.constantFrom(
    { mechanism: "value", pricing: "counterparty" },
    { mechanism: "value", pricing: "blend" },
    { mechanism: "merit", pricing: "blend" },
    { mechanism: "merit", pricing: "uniform" },
  ),
  k: fc.integer({ min: 0, max: 1_000_000 }),
  maxCycles: fc.integer({ min: 0, max: 2 }),
  poolCarriers: fc.subarray([...carrierNames]),
  poolPrice: fc.oneof(fc.bigInt(-3n, 9n), fc.constant(430_000n)),
  lots: fc.constantFrom("whole", "divisible"),
  cut: fc.integer({ min: 0, max: 1_000_000 }),
  tiers: fc.tuple(tier, tier),
});

test("equals the oracle's document on random files", () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), setting, (rows, chosen) => {
      const pool = Object.fromEntries(
        chosen.poolCarriers.map((name) => [name, { price: decimal(chosen.poolPrice, 6), lots: chosen.lots }]),
      );
      const commission = [
        { share: chosen.cut, ...chosen.tiers[0] },
        { share: 1_000_000 - chosen.cut, ...chosen.tiers[1] },
      ];
      const { k, maxCycles } = chosen;
      const rules = checkFileRules({ ...chosen.mechanism, k, maxCycles, pool, commission });
      const csv = rows
        .map(
          (r, i) => `${r.carrier},${r.side},${r.side}${i},${decimal(r.quantity, 6)},${decimal(r.price, 6)}`,
        )
        .join("\n");
      const document = clearOrderFile(
        engine,
        parseOrderFile(`carrier,side,id,quantity,price\n${csv}`, rules.ticks),
        rules,
      );

      const wanted: Record<string, unknown> = {};
      for (const carrier of carrierNames) {
        const of = (side: string): { id: string; order: Order }[] =>
          rows.flatMap((r, i) =>
            r.carrier === carrier && r.side === side ? [{ id: `${side}${i}`, order: r }] : [],
          );
        const offers = of("offer");
        const bids = of("bid");
        if (offers.length + bids.length === 0) continue;
        const offerId = (index: number): string => offers[index]?.id ?? "none";
        const bidId = (index: number): string => bids[index]?.id ?? "none";
        const hasPool = chosen.poolCarriers.includes(carrier);
        const result = clearByRules(
          offers.map(({ order }) => order),
          bids.map(({ order }) => order),
          {
            ...(chosen.mechanism as { mechanism: "value"; pricing: "blend" }),
            k: BigInt(k),
            maxCycles,
            pool: hasPool ? { price: chosen.poolPrice, lots: chosen.lots as "whole" } : null,
          },
        );
        const tiers = commission.map((t) => ({
          share: BigInt(t.share),
          supply: BigInt(t.supply),
          use: BigInt(t.use),
        }));
        const lots = result.pool?.lots ?? [];
        const rest = result.pool?.rest ?? result.bidsLeft;
        wanted[carrier] = {
          clearingPrice: result.clearingPrice === null ? null : decimal(result.clearingPrice, 6),
          trades: result.trades.map((t, i) => {
            const paid = tierOf(tiers, i, result.trades.length);
            return {
              offer: offerId(t.offer),
              bid: bidId(t.bid),
              quantity: decimal(t.quantity, 6),
              price: decimal(t.price, 6),
              amount: decimal(t.quantity * t.price, 12),
              supplyFee: decimal(fee(t.quantity * t.price, paid.supply), 12),
              useFee: decimal(fee(t.quantity * t.price, paid.use), 12),
            };
          }),
          pool: {
            lots: lots.map((l) => ({
              offer: offerId(l.offer ?? -1),
              quantity: decimal(l.quantity, 6),
              price: decimal(l.price, 6),
            })),
            trades: (result.pool?.sales ?? []).map((s) => ({
              offer: offerId(lots[s.lot]?.offer ?? -1),
              bid: bidId(s.bid),
              quantity: decimal(s.quantity, 6),
              price: decimal(s.price, 6),
              amount: decimal(s.quantity * s.price, 12),
            })),
            unsold: lots
              .filter((l) => l.unsold > 0n)
              .map((l) => ({ offer: offerId(l.offer ?? -1), quantity: decimal(l.unsold, 6) })),
          },
          idle: result.offersLeft.flatMap((left, i) =>
            left > 0n && !lots.some((l) => l.offer === i)
              ? [{ offer: offerId(i), quantity: decimal(left, 6) }]
              : [],
          ),
          rest: rest.flatMap((left, i) => (left > 0n ? [{ bid: bidId(i), quantity: decimal(left, 6) }] : [])),
          counters: {
            num1: result.trades.length,
            num2: [...result.offersLeft, ...result.bidsLeft].filter((left) => left > 0n).length,
            num3: result.pool?.sales.length ?? 0,
            num4: rest.filter((left) => left > 0n).length,
          },
        };
      }
      expect(document).toEqual({ carriers: wanted });
    }),
    { numRuns: 3000 },
  );
});

test("as JSON it comes in pieces that are together what JSON.stringify makes of it", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect([...documentJson(value)].join("")).toBe(JSON.stringify(value));
    }),
    { numRuns: 300 },
  );
  const rows = Array.from({ length: 20_000 }, (_, index) => ({ offer: `S${index}`, quantity: "1.5" }));
  const document = { carriers: { electricity: { clearingPrice: null, trades: rows, idle: [] } } };
  const pieces = [...documentJson(document)];
  expect(pieces.join("")).toBe(JSON.stringify(document));
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(300_000);
});
