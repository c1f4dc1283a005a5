import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openEngine } from "../../../src/core/engine.js";
import { decodeRecords } from "../../../src/ledger/format/layout.js";
import { flowLayout, orderLayout, tradeLayout } from "../../../src/ledger/format/records.js";
import type {
  ClearingContract,
  PaymentContract,
  SupplyContract,
  UseContract,
} from "../../../src/market/contracts/contracts.js";
import { carriers } from "../../../src/units.js";
import { clearByRules, type Order } from "../../oracle/rules.js";
import { blocksOf, runScenario } from "../../support/scenario.js";
import { rest } from "../../support/steps.js";

describe("with everything beyond the paper switched off", () => {
  it("trades, sales, idle energy and rest are those of the market rules", async () => {
    const engine = await openEngine();
    await fc.assert(
      fc.asyncProperty(fc.nat(0xffff_ffff), fc.integer({ min: 2, max: 25 }), async (seed, participants) => {
        const { market, store } = await runScenario(engine, seed, {
          participants,
          periods: 2,
          everything: false,
        });
        const { tariffs } = market.state.contract("payment") as PaymentContract;
        for (const block of (await blocksOf(store)).slice(1)) {
          const orders = decodeRecords(orderLayout, block.sections.orders);
          const trades = decodeRecords(tradeLayout, block.sections.trades);
          const flows = decodeRecords(flowLayout, block.sections.flows);
          for (const carrier of carriers) {
            const last = new Map(
              orders.flatMap((order, number) =>
                order.carrier === carrier ? [[order.participant, number] as const] : [],
              ),
            );
            const live = [...last.values()].sort((a, b) => a - b);
            const side = (name: "offer" | "bid") => live.filter((number) => orders[number]!.side === name);
            const retail = Number(tariffs[carrier].retail);
            const supplied = (numbers: number[]): Order[] =>
              numbers.map((number) => {
                const { participant, quantity, price } = orders[number]!;
                const supply = market.state.contract(`supply/${carrier}/p${participant}`);
                const { pool } = supply as SupplyContract;
                const floor = pool === false ? price : (pool?.floor ?? price);
                const [limit, poolLimit] = [BigInt(price), BigInt(floor)];
                return { quantity: BigInt(quantity), price: limit, poolLimit, consent: pool !== false };
              });
            const used = (numbers: number[]): Order[] =>
              numbers.map((number) => {
                const { participant, quantity, price } = orders[number]!;
                const use = market.state.contract(`use/${carrier}/p${participant}`) as UseContract;
                const agreed = use.poolLimit ?? (use.import ? retail : price);
                const [limit, poolLimit] = [BigInt(price), BigInt(Math.max(price, agreed))];
                return { quantity: BigInt(quantity), price: limit, poolLimit };
              });
            const [offers, bids] = [side("offer"), side("bid")];
            const rules = market.state.contract(`clearing/${carrier}`) as ClearingContract;
            const wanted = clearByRules(supplied(offers), used(bids), {
              mechanism: rules.mechanism,
              pricing: rules.pricing,
              ties: rules.ties === "prorata" ? "prorata" : "arrival",
              k: BigInt(rules.k),
              maxCycles: rules.maxCycles,
              pool: rules.pool && { price: BigInt(rules.pool.price), lots: rules.pool.lots },
            });
            const found = (kinds: readonly string[]) =>
              trades
                .filter((trade) => trade.carrier === carrier && kinds.includes(trade.kind))
                .map(({ offer, bid, quantity, usePrice }) => ({ offer, bid, quantity, price: usePrice }));
            expect(found(["peer"])).toEqual(
              wanted.trades.map((trade) => ({
                offer: offers[trade.offer],
                bid: bids[trade.bid],
                quantity: Number(trade.quantity),
                price: Number(trade.price),
              })),
            );
            expect(found(["pool"])).toEqual(
              (wanted.pool?.sales ?? []).map((sale) => ({
                offer: offers[wanted.pool!.lots[sale.lot]!.offer!],
                bid: bids[sale.bid],
                quantity: Number(sale.quantity),
                price: Number(sale.price),
              })),
            );
            const left = (numbers: readonly number[], quantities: readonly bigint[]) =>
              numbers.flatMap((order, index) =>
                quantities[index]! > 0n ? [{ order, quantity: Number(quantities[index]) }] : [],
              );
            // An offer delivers what its lot sold and keeps the rest.
            const lots = wanted.pool?.lots ?? [];
            const soldOf = new Map(lots.map((lot) => [lot.offer!, lot.quantity - lot.unsold]));
            const remaining = (side: "offer" | "bid") =>
              rest({ orders: () => orders, trades: () => trades, flows: () => flows }, side).filter(
                ({ order }) => orders[order]!.carrier === carrier,
              );
            expect(remaining("offer")).toEqual(
              left(
                offers,
                wanted.offersLeft.map((quantity, index) => quantity - (soldOf.get(index) ?? 0n)),
              ),
            );
            expect(remaining("bid")).toEqual(left(bids, wanted.pool?.rest ?? wanted.bidsLeft));
          }
        }
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});
