// The period view's market is the one that the community's contracts make.
import { describe, expect, it } from "vitest";
import { openEngine } from "../../../src/core/engine.js";
import type { Contract } from "../../../src/market/contracts/contracts.js";
import { contractKey } from "../../../src/market/contracts/kinds.js";
import { openMarket } from "../../../src/market/open.js";
import { carriers } from "../../../src/units.js";
import { consistent, defaults, type Settings } from "../../../src/web/settings/settings.js";
import { bringOrders } from "../../../src/web/worker/community.js";
import { period } from "../../../src/web/worker/period.js";
import type { Work } from "../../../src/web/worker/work.js";

const engine = await openEngine();
const work = {
  engine,
  tell: () => undefined,
  signal: new AbortController().signal,
} as unknown as Work<number>;

/** A trade by who took part: what the buyer paid and the seller received for each unit. */
interface Deal {
  readonly pool: boolean;
  readonly seller: string;
  readonly buyer: string;
  readonly quantity: number;
  readonly paid: number;
  readonly received: number;
}

type Brought = ReturnType<typeof bringOrders>;

/**
 * The contracts in force in the period, to open a market with: those of the community but for what the page leaves out,
 * which are areas, converters (their offers stand as if they had bought what they need) and the lottery among equals,
 * and of the stores those that it shows, half full.
 */
function contractsOf({ community, place, lots }: Brought): Contract[] {
  const held = new Map<string, Contract>();
  for (let at = -1; at <= place; at += 1)
    for (const contract of community.contracts(at)) held.set(contractKey(contract), contract);
  return [...held.values()].flatMap((contract): Contract[] => {
    const opened = { ...contract, version: 1, from: community.genesis };
    if (opened.kind === "area" || opened.kind === "converter") return [];
    if (opened.kind === "clearing" && opened.mechanism !== "share") return [{ ...opened, ties: "arrival" }];
    if (opened.kind === "participant") {
      const { areas: _, ...anywhere } = opened;
      return [anywhere];
    }
    if (opened.kind !== "storage") return [opened];
    const { area: _, ...anywhere } = opened;
    const shown = lots.some(
      ({ member, price }) => isOf(opened.device, member) && price === opened.dischargePrice,
    );
    return shown ? [{ ...anywhere, charge: Math.floor(opened.capacity / 2), selfDischarge: 0 }] : [];
  });
}

const isOf = (device: string, { id }: { readonly id: string }): boolean => device.startsWith(`${id}-`);

/** What a market with the community's contracts makes of the orders that the page shows. */
async function byMarket(settings: Settings): Promise<Deal[]> {
  const brought = bringOrders(settings);
  const { community, placed, lots } = brought;
  const contracts = contractsOf(brought);
  const market = await openMarket({
    engine,
    contracts,
    clock: { now: () => 0, setTimer: () => null, clearTimer: () => undefined },
  });
  const { refused } = market.submitColumns({
    participant: Uint32Array.from(placed, ({ member }) => member.number),
    carrier: new Uint8Array(placed.length).fill(carriers.indexOf(settings.carrier)),
    side: Uint8Array.from(placed, ({ sells }) => (sells ? 0 : 1)),
    quantity: Uint32Array.from(placed, ({ quantity }) => quantity),
    price: Int32Array.from(placed, ({ price }) => price),
  });
  expect(refused).toEqual([]);
  const result = await market.clearPeriod(community.timeOf(0));
  const devices = contracts.flatMap((contract) => (contract.kind === "storage" ? [contract.device] : []));
  const ownerOf = (device: string): string => lots.find(({ member }) => isOf(device, member))!.member.id;
  return result.trades().map(({ kind, seller, offer, bid, quantity, supplyPrice, usePrice }) => ({
    pool: kind !== "peer",
    seller: seller === "order" ? placed[offer]!.member.id : ownerOf(devices[offer]!),
    buyer: placed[bid]!.member.id,
    quantity,
    paid: usePrice,
    received: supplyPrice,
  }));
}

/** What the page shows of the same orders. */
function byPage(settings: Settings): Deal[] {
  const asked = { settings, own: null };
  const shown = period(work, asked);
  const { placed, lots } = bringOrders(settings);
  const sellers = [...placed.filter(({ sells }) => sells), ...lots].map(({ member }) => member.id);
  const buyers = placed.filter(({ sells }) => !sells).map(({ member }) => member.id);
  return shown.tradeLines!.map(({ pool, offer, bid, quantity, price }, index) => ({
    pool,
    seller: sellers[offer]!,
    buyer: buyers[bid]!,
    quantity,
    paid: price,
    received: shown.bands[index]!.received,
  }));
}

describe("the period view of a community", () => {
  for (const [name, change] of Object.entries({
    "the first visitor's": {},
    "a sunny one on an evening in spring": { orders: 40, mix: "solar", season: "spring", seed: 1 },
    "a sunny one by price, in whole lots": {
      ...{ orders: 40, mix: "solar", season: "spring", seed: 1 },
      ...{ mechanism: "merit", pricing: "uniform", lots: "whole" },
    },
  } satisfies Record<string, Partial<Settings>>))
    it(`clears as a market with its contracts does: ${name}`, async () => {
      const settings = consistent({ ...defaults, view: "period", ...change });
      const shown = byPage(settings);
      expect(shown).toEqual(await byMarket(settings));
      // What offers had left is sold, and the pool keeps a part of what its buyers pay.
      expect(shown.filter(({ paid, received }) => received < paid)).not.toEqual([]);
    });

  it("adds up what buyers paid and sellers got", () => {
    const settings = consistent({ ...defaults, view: "period" });
    const shown = period(work, { settings, own: null });
    const deals = byPage(settings);
    const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
    const amounts = (side: "offer" | "bid"): number =>
      total(shown.orders!.flatMap((order) => (order.side === side ? [order.amount] : [])));
    expect(amounts("bid")).toBe(total(deals.map(({ quantity, paid }) => quantity * paid)));
    expect(amounts("offer")).toBe(total(deals.map(({ quantity, received }) => quantity * received)));
    expect(amounts("offer")).toBeLessThan(amounts("bid"));
    // Nobody takes part to lose: whoever sold or bought is no worse off than at its limits.
    for (const { gain } of shown.orders!) expect(gain).toBeGreaterThanOrEqual(0);
  });
});
