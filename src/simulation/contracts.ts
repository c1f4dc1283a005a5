import type { Contract, StorageContract } from "../market/contracts/contracts.js";
import { type Carrier, carriers, maxQuantity, ppm } from "../units.js";
import { type Member, reach, type StorageUnit } from "./members/member.js";
import { feederNames } from "./members/members.js";
import { between } from "./members/strategy.js";
import { type Scenario, startTime } from "./scenario.js";
import { energyTicks } from "./world/devices.js";
import { carStays } from "./world/vehicles.js";

/** Amount ticks of one coin: 10⁻¹² is the tick. */
const coin = 1_000_000_000_000n;
/** Room above what devices can reach, so that no forecast is refused. */
const headroom = 1.25;
/** Gas is burnt in turbines and boilers, electricity drives heat pumps and chillers: inputs clear first. */
export const carrierOrder: readonly Carrier[] = ["gas", "electricity", "heat", "cold"];
const feederLoss = 8_000;

const bounded = (ticks: number): number => Math.min(Math.max(Math.round(ticks), 0), maxQuantity);

/**
 * Number of the first period in which a scenario trades: periods count from 1 January 1970. The one before is genesis,
 * in which everything is agreed.
 */
export function firstPeriod(scenario: Scenario): number {
  return Math.floor(startTime(scenario) / scenario.periodMs);
}

/**
 * Everything that a community agrees before its first period: the market and its rules, who takes part, what each may
 * offer and ask for, stores, cars, converters, feeders and the money that everybody brings.
 */
export function communityContracts(scenario: Scenario, members: readonly Member[]): Contract[] {
  const from = firstPeriod(scenario) - 1;
  const dated = { version: 1, from };
  const contracts: Contract[] = [
    {
      kind: "market",
      ...dated,
      id: scenario.name,
      currency: scenario.currency,
      quantityTick: "0.000001",
      priceTick: "0.000001",
      periodMs: scenario.periodMs,
      signed: false,
      order: carrierOrder,
    },
    payment(scenario, from),
    ...carriers.map((carrier): Contract => {
      const { mechanism, pricing, k, ties, pool } = scenario.rules[carrier];
      return {
        kind: "clearing",
        ...dated,
        carrier,
        mechanism,
        pricing,
        k,
        maxCycles: 0,
        ties,
        pool,
        discharge: pool !== null,
        charge: pool !== null,
        export: true,
        interrupt: true,
        import: true,
      };
    }),
  ];
  const used = new Set(members.map((member) => member.feeder));
  for (const [index, feeder] of feederNames.entries()) {
    if (!used.has(feeder)) continue;
    const behind = members.filter((member) => member.feeder === feeder);
    // A branch is laid out for what its members draw together; the last one a little tight for what they feed in.
    const sum = (side: "use" | "supply"): number =>
      behind.reduce((total, member) => total + reach(member, "electricity")[side], 0);
    const tight = index === feederNames.length - 1 ? 0.4 : 1;
    contracts.push({
      kind: "feeder",
      ...dated,
      feeder,
      carrier: "electricity",
      importLimit: bounded(energyTicks(sum("use") + 30_000, scenario.periodMs)),
      exportLimit: bounded(energyTicks((sum("supply") + 1_000) * tight, scenario.periodMs)),
      loss: feederLoss,
    });
  }
  for (const member of members) contracts.push(...memberContracts(scenario, member, from));
  return contracts;
}

function payment(scenario: Scenario, from: number): Contract {
  return {
    kind: "payment",
    version: 1,
    from,
    currency: scenario.currency,
    creditLimit: `${20n * coin}`,
    tariffs: Object.fromEntries(
      carriers.map((carrier) => {
        const { retail, feedIn } = scenario.tariffs[carrier];
        return [
          carrier,
          {
            retail,
            feedIn,
            commission: scenario.commission,
            // A tenth worse than the grid's own prices, so that a good forecast pays.
            shortagePrice: Math.round(retail * 1.1),
            surplusPrice: Math.round(feedIn * 0.9),
          },
        ];
      }),
    ) as Extract<Contract, { kind: "payment" }>["tariffs"],
    metering: { window: 3, corrections: 6, missing: "traded" },
  };
}

function memberContracts(scenario: Scenario, member: Member, from: number): Contract[] {
  const dated = { version: 1, from };
  const participant = member.id;
  const contracts: Contract[] = [
    {
      kind: "participant",
      ...dated,
      id: participant,
      ...(member.feeder === null ? {} : { feeders: { electricity: member.feeder } }),
    },
  ];
  // Enough for a day at full load at the retail tariff, and never less than ten coins.
  const peak = carriers.reduce(
    (sum, carrier) => sum + (reach(member, carrier).use * scenario.tariffs[carrier].retail) / ppm / 1000,
    0,
  );
  contracts.push({
    kind: "deposit",
    ...dated,
    participant,
    amount: `${BigInt(Math.ceil(10 + peak * 24)) * coin}`,
    number: 1,
  });
  for (const carrier of carriers) {
    const { use, supply } = reach(member, carrier);
    if (use > 0)
      contracts.push({
        kind: "use",
        ...dated,
        participant,
        carrier,
        limit: bounded(energyTicks(use * headroom, scenario.periodMs) + 1),
        interruptible: member.interruptible,
        interruptionPrice: between(scenario.tariffs[carrier], 100_000),
        // What a converter can't buy it simply does not convert.
        import: member.converter === null,
      });
    if (supply > 0)
      contracts.push({
        kind: "supply",
        ...dated,
        participant,
        carrier,
        limit: bounded(energyTicks(supply * headroom, scenario.periodMs) + 1),
        pool: member.pool,
        collateral: member.kind === "home" ? "0" : `${2n * coin}`,
      });
  }
  const { converter } = member;
  if (converter !== null)
    for (const output of converter.outputs)
      contracts.push({
        kind: "converter",
        ...dated,
        device: `${participant}-${output.carrier}`,
        participant,
        input: converter.input,
        output: output.carrier,
        ratio: output.ratio,
      });
  for (const [index, store] of member.stores.entries())
    contracts.push(storage(scenario, member, store, from, index));
  return contracts;
}

function storage(
  scenario: Scenario,
  member: Member,
  store: StorageUnit,
  from: number,
  index: number,
): StorageContract {
  const { periodMs } = scenario;
  const tariff = scenario.tariffs[store.carrier];
  const capacity = bounded(store.capacity * 1000);
  const limit = bounded(energyTicks(store.power, periodMs));
  const start = firstPeriod(scenario);
  const weekday = new Date(`${scenario.date}T00:00:00Z`).getUTCDay();
  return {
    kind: "storage",
    version: 1,
    from,
    device: `${member.id}-${store.car ? "battery" : "store"}${index === 0 ? "" : index + 1}`,
    carrier: store.carrier,
    ...(store.owned ? { owner: member.id } : {}),
    ...(member.feeder === null || store.carrier !== "electricity" ? {} : { feeder: member.feeder }),
    capacity,
    charge: Math.min(bounded(store.charge * 1000), capacity),
    chargeLimit: limit,
    // A car lends a little of what it holds, a store what it can.
    dischargeLimit: store.car ? Math.floor(limit / 4) : limit,
    chargeEfficiency: store.efficiency,
    dischargeEfficiency: store.efficiency,
    // A car's battery loses next to nothing overnight.
    selfDischarge: store.car ? 0 : Math.round((store.hourlyLoss * periodMs) / 3_600_000),
    chargePrice: between(tariff, store.chargeAt),
    dischargePrice: between(tariff, store.dischargeAt),
    ...(store.car
      ? {
          stays: carStays({
            seed: scenario.seed,
            member: member.number,
            capacity,
            periods: scenario.periods,
            periodMs,
            weekday,
          })
            .slice(0, 512)
            .map((stay) => ({ ...stay, plugIn: start + stay.plugIn, plugOut: start + stay.plugOut })),
        }
      : {}),
  };
}
