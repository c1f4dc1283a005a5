// Small markets worked out by hand: ticks are whole, 1 unit of energy, 1 of money per unit.
import { type Engine, openEngine } from "../../src/core/engine.js";
import type {
  AreaContract,
  ClearingContract,
  Contract,
  StorageContract,
  Tariff,
} from "../../src/market/contracts/contracts.js";
import { freeTariff, paperClearing } from "../../src/market/contracts/opening.js";
import type { Market } from "../../src/market/market.js";
import { type MarketOptions, openMarket } from "../../src/market/open.js";
import type { PeriodResult } from "../../src/market/result.js";
import { carriers } from "../../src/units.js";

let engine: Engine | undefined;

export const dated = { version: 1, from: 0 };
export const clock = { now: () => 0, setTimer: () => 0, clearTimer: () => undefined };
export const tariff: Tariff = { ...freeTariff, retail: 40, feedIn: 5, shortagePrice: 60, surplusPrice: 2 };
const all = { discharge: true, charge: true, export: true, interrupt: true, import: true };

export function electricity(rules: Partial<ClearingContract> = {}): ClearingContract {
  const pool = { price: 20, purchasePrice: 15, lots: "divisible" } as const;
  return { ...paperClearing("electricity", 0), ...all, pool, ...rules };
}

/** An area named branch below a root, with what is given of its edge; those whose name begins with f hang in it. */
export const branch = (edge: Partial<AreaContract>): AreaContract[] => [
  { kind: "area", ...dated, area: "root", carrier: "electricity" },
  { kind: "area", ...dated, area: "branch", carrier: "electricity", parent: "root", ...edge },
];

/** A market in whole ticks in which each participant may offer and ask for 1000 of everything, with money. */
export async function opening(
  participants: Record<string, bigint>,
  more: Contract[],
  metering: MarketOptions["metering"] = null,
): Promise<Market> {
  const contracts: Contract[] = [
    {
      kind: "market",
      ...dated,
      id: "steps",
      currency: "EUR",
      quantityTick: "1",
      priceTick: "1",
      periodMs: 1000,
      signed: false,
      order: ["gas", "electricity", "heat", "cold"],
    },
  ];
  const first = more.filter(({ kind }) => kind === "payment" || kind === "clearing" || kind === "area");
  contracts.push(...first);
  for (const [participant, money] of Object.entries(participants)) {
    const area = first.findLast((contract) => contract.kind === "area");
    contracts.push({
      kind: "participant",
      ...dated,
      id: participant,
      ...(area !== undefined && participant.startsWith("f")
        ? { areas: { electricity: (area as { area: string }).area } }
        : {}),
    });
    if (money > 0n) contracts.push({ kind: "deposit", ...dated, participant, amount: `${money}`, number: 0 });
    for (const carrier of carriers) {
      const common = { ...dated, participant, carrier, limit: 1000 };
      contracts.push({ kind: "supply", ...common, pool: {}, collateral: "0" });
      contracts.push({ kind: "use", ...common, interruptible: 0, interruptionPrice: 0, import: false });
    }
  }
  contracts.push(...more.filter((contract) => !first.includes(contract)));
  const tariffs = { electricity: tariff, heat: tariff, cold: tariff, gas: tariff };
  engine ??= await openEngine();
  return openMarket({ engine, contracts, tariffs, metering, clock });
}

export const put = (
  market: Market,
  participant: string,
  side: "offer" | "bid",
  quantity: number,
  price: number,
) => market.submit({ participant, carrier: "electricity", side, quantity: `${quantity}`, price: `${price}` });

/** Flows without the fields that say nothing. */
export const seen = (result: PeriodResult, kind: string) =>
  result
    .flows()
    .filter((flow) => flow.kind === kind)
    .map(({ quantity, lost, price, amount, extra }) => ({ quantity, lost, price, amount, extra }));

/** What the live orders of one side were left with, where that is something, by what became of the rest. */
export function rest(
  result: Pick<PeriodResult, "orders" | "trades" | "flows">,
  side: "offer" | "bid",
): { order: number; quantity: number }[] {
  const orders = result.orders();
  const left = new Map<number, number>();
  for (const [number, { participant, carrier, quantity }] of orders.entries()) {
    const before = orders.findIndex((each) => each.participant === participant && each.carrier === carrier);
    for (let other = before; other < number; other += 1)
      if (orders[other]!.participant === participant && orders[other]!.carrier === carrier)
        left.delete(other);
    left.set(number, quantity);
  }
  const flows = result.flows();
  for (const { kind, order, quantity } of flows)
    if (kind === "converted" || kind === "linked") left.set(order, quantity);
  const take = (order: number, quantity: number) => left.set(order, left.get(order)! - quantity);
  for (const { seller, buyer, offer, bid, quantity } of result.trades()) {
    if (buyer === "order") take(bid, quantity);
    if (seller === "order") take(offer, quantity);
  }
  for (const { kind, order, quantity } of flows)
    if (["stored", "exported", "interrupted", "imported"].includes(kind)) take(order, quantity);
  return [...left]
    .filter(([order, quantity]) => quantity > 0 && orders[order]!.side === side)
    .map(([order, quantity]) => ({ order, quantity }));
}

export const battery: StorageContract = {
  kind: "storage",
  ...dated,
  device: "battery",
  carrier: "electricity",
  owner: "owner",
  capacity: 100,
  charge: 40,
  chargeLimit: 30,
  dischargeLimit: 18,
  chargeEfficiency: 900_000,
  dischargeEfficiency: 800_000,
  selfDischarge: 50_000,
  chargePrice: 3,
  dischargePrice: 12,
};
