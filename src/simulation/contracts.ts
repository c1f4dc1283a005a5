/**
 * What a community agrees: the rules of its market, who takes part, what each may offer and ask for, and how that
 * changes while it trades. Everything here follows from the scenario and its members.
 */
import type { Contract, Stay, StorageContract, SupplyContract } from "../market/contracts/contracts.js";
import { type Carrier, carriers, formatTicks, microTick, ppm } from "../units.js";
import { branches } from "./members/feeders.js";
import { streetKinds } from "./members/kinds.js";
import { type Member, reach, type StorageUnit } from "./members/member.js";
import { between } from "./members/strategy.js";
import { contractRoom, type Scale } from "./scale.js";
import { type Scenario, startTime } from "./scenario.js";
import { energyTicks } from "./world/devices.js";
import { carStays } from "./world/vehicles.js";

/** A scenario with its members, and how its market counts. */
export interface Cast {
  readonly scenario: Scenario;
  readonly members: readonly Member[];
  readonly scale: Scale;
}

/** Gas is burnt in turbines and boilers, electricity drives heat pumps and chillers: inputs clear first. */
const carrierOrder: readonly Carrier[] = ["gas", "electricity", "heat", "cold"];
const feederLoss = 8_000;
/** Coins that whoever has no credit limit of its own may owe. */
const usualCredit = 20n;
const dayMs = 86_400_000;
/** Days whose stays one contract of a car lists; then it is renewed. A contract holds 512 stays, one a day at most. */
const stayDays = 365;
/** Days a contract lists beyond those: a stay may last over a weekend. */
const stayMargin = 7;

/**
 * Number of the first period in which a scenario trades: periods count from 1 January 1970. The one before is genesis,
 * in which everything is agreed.
 */
export function firstPeriod(scenario: Scenario): number {
  return Math.floor(startTime(scenario) / scenario.periodMs);
}

/** Everything that a community agrees before its first period, in the order in which it is registered. */
export function communityContracts(cast: Cast): Contract[] {
  const { scenario, members, scale } = cast;
  const from = firstPeriod(scenario) - 1;
  const dated = { version: 1, from };
  return [
    {
      kind: "market",
      ...dated,
      id: scenario.name,
      currency: scenario.currency,
      quantityTick: formatTicks(1, scale.quantityTick),
      priceTick: formatTicks(1, microTick),
      periodMs: scenario.periodMs,
      signed: false,
      order: carrierOrder,
    },
    payment(cast, from),
    ...carriers.map((carrier) => clearing(scenario, carrier, from)),
    ...branches(members).map(
      ({ name, use, supply }): Contract => ({
        kind: "feeder",
        ...dated,
        feeder: name,
        carrier: "electricity",
        importLimit: energyTicks(use, scenario.periodMs, scale.perKwh),
        exportLimit: energyTicks(supply, scenario.periodMs, scale.perKwh),
        loss: feederLoss,
      }),
    ),
    ...carriers.flatMap((carrier) => standardTerms(cast, carrier, from)),
    ...members.flatMap((member) => memberContracts(cast, member, from)),
  ];
}

/** Contracts that begin to hold in the period at a place of the run, by what is agreed before it. */
export function amendments(cast: Cast, opening: readonly Contract[], place: number): Contract[] {
  return [...poolLeft(cast.scenario, opening, place), ...staysRenewed(cast, place)];
}

/** Halfway through, the first solar park leaves the pool: contracts can change from a later period on. */
function poolLeft(scenario: Scenario, opening: readonly Contract[], place: number): Contract[] {
  if (place !== Math.floor(scenario.periods / 2) || place === 0) return [];
  const first = opening.find(
    (contract): contract is SupplyContract =>
      contract.kind === "supply" && contract.participant?.startsWith("solar-") === true,
  );
  if (first === undefined) return [];
  return [{ ...first, version: 2, from: firstPeriod(scenario) + place, pool: false }];
}

/** Once a year, the contracts of cars are renewed: a contract lists the stays of one. */
function staysRenewed(cast: Cast, place: number): Contract[] {
  const year = (place * cast.scenario.periodMs) / (stayDays * dayMs);
  if (place === 0 || !Number.isInteger(year)) return [];
  const from = firstPeriod(cast.scenario) + place;
  return cast.members.flatMap((member) =>
    member.stores.flatMap((unit, index) =>
      unit.car ? [{ ...storage(cast, member, index, from, year), version: year + 1 }] : [],
    ),
  );
}

function clearing(scenario: Scenario, carrier: Carrier, from: number): Contract {
  const { mechanism, pricing, k, ties, pool } = scenario.rules[carrier];
  return {
    kind: "clearing",
    version: 1,
    from,
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
}

function payment({ scenario, scale }: Cast, from: number): Contract {
  return {
    kind: "payment",
    version: 1,
    from,
    currency: scenario.currency,
    creditLimit: `${usualCredit * scale.coin}`,
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

/**
 * What a member spends in a day at full load at the retail tariff with the dearest commission, and ten more; whole
 * coins.
 */
function dayCost({ scenario }: Cast, member: Member): bigint {
  const fee = Math.max(...scenario.commission.map((tier) => tier.use)) / ppm;
  const peak = carriers.reduce(
    (sum, carrier) => sum + (reach(member, carrier).use * scenario.tariffs[carrier].retail) / ppm / 1000,
    0,
  );
  return BigInt(Math.ceil(10 + peak * 24 * (1 + fee)));
}

/** A member of a street has credit for a day, whoever runs a plant pays a deposit as large. */
function memberContracts(cast: Cast, member: Member, from: number): Contract[] {
  const { scale } = cast;
  const dated = { version: 1, from };
  const { feeder, converter } = member;
  const cost = dayCost(cast, member);
  const street = isStreet(member);
  const deposit: Contract = {
    kind: "deposit",
    ...dated,
    participant: member.id,
    amount: `${cost * scale.coin}`,
    number: 1,
  };
  return [
    {
      kind: "participant",
      ...dated,
      id: member.id,
      ...(feeder === null ? {} : { feeders: { electricity: feeder } }),
      ...(street ? { creditLimit: `${(usualCredit + cost) * scale.coin}` } : {}),
    },
    ...(street ? [] : [deposit]),
    ...carriers.flatMap((carrier) => ownTerms(cast, member, carrier, from)),
    ...(converter?.outputs ?? []).map(
      ({ carrier, ratio }): Contract => ({
        kind: "converter",
        ...dated,
        device: `${member.id}-${carrier}`,
        participant: member.id,
        input: converter!.input,
        output: carrier,
        ratio,
      }),
    ),
    ...member.stores.map((_, index) => storage(cast, member, index, from, 0)),
  ];
}

/**
 * The standard terms of a carrier: room for the largest member of a street; whoever agrees to more has its own terms.
 */
function standardTerms(cast: Cast, carrier: Carrier, from: number): Contract[] {
  const most = { use: 0, supply: 0 };
  for (const member of cast.members) {
    if (!isStreet(member)) continue;
    const { use, supply } = reach(member, carrier);
    most.use = Math.max(most.use, use);
    most.supply = Math.max(most.supply, supply);
  }
  const dated = { version: 1, from, carrier };
  const contracts: Contract[] = [];
  if (most.use > 0) contracts.push({ ...useTerms(cast, carrier, most.use), ...dated });
  if (most.supply > 0) contracts.push({ ...supplyTerms(cast, carrier, most.supply), ...dated });
  return contracts;
}

/** The terms of a carrier that a member agrees for itself: all of a plant's, and of others what the standard is not. */
function ownTerms(cast: Cast, member: Member, carrier: Carrier, from: number): Contract[] {
  const { use, supply } = reach(member, carrier);
  const { interruptible, pool } = member;
  const own = { version: 1, from, participant: member.id, carrier };
  const street = isStreet(member);
  const contracts: Contract[] = [];
  if (use > 0 && !(street && interruptible === 0))
    contracts.push({
      ...useTerms(cast, carrier, use),
      ...own,
      interruptible,
      // What a converter can't buy it simply does not convert.
      import: member.converter === null,
    });
  if (supply > 0 && !(street && pool))
    contracts.push({
      ...supplyTerms(cast, carrier, supply),
      ...own,
      pool: pool && { floor: floorOf(cast, member, carrier) },
      collateral: street ? "0" : `${2n * cast.scale.coin}`,
    });
  return contracts;
}

const isStreet = ({ kind }: Member): boolean => streetKinds.includes(kind);

/** Most ticks a period for so much power, with some room. */
const limitOf = ({ scenario, scale }: Cast, watts: number): number =>
  energyTicks(watts * contractRoom, scenario.periodMs, scale.perKwh) + 1;

const useTerms = (cast: Cast, carrier: Carrier, watts: number) =>
  ({
    kind: "use",
    limit: limitOf(cast, watts),
    interruptible: 0,
    interruptionPrice: between(cast.scenario.tariffs[carrier], 100_000),
    import: true,
  }) as const;

const supplyTerms = (cast: Cast, carrier: Carrier, watts: number) =>
  ({
    kind: "supply",
    limit: limitOf(cast, watts),
    pool: { floor: cast.scenario.tariffs[carrier].feedIn },
    collateral: "0",
  }) as const;

/** From which price on a member sells what is left: its cost, or, as sun and wind have none, what the grid pays. */
const floorOf = ({ scenario }: Cast, { strategy, cost }: Member, carrier: Carrier): number =>
  strategy === "cost" ? between(scenario.tariffs[carrier], cost) : scenario.tariffs[carrier].feedIn;

/** The contract of a member's storage unit; of a car, with its stays in a year of the run (from 0). */
function storage(cast: Cast, member: Member, index: number, from: number, year: number): StorageContract {
  const { periodMs, tariffs } = cast.scenario;
  const { perKwh } = cast.scale;
  const unit = member.stores[index]!;
  const tariff = tariffs[unit.carrier];
  const capacity = ticksOf(unit.capacity, perKwh);
  const limit = energyTicks(unit.power, periodMs, perKwh);
  return {
    kind: "storage",
    version: 1,
    from,
    device: `${member.id}-${unit.car ? "battery" : "store"}${index === 0 ? "" : index + 1}`,
    carrier: unit.carrier,
    ...(unit.owned ? { owner: member.id } : {}),
    ...(member.feeder === null || unit.carrier !== "electricity" ? {} : { feeder: member.feeder }),
    capacity,
    charge: Math.min(ticksOf(unit.charge, perKwh), capacity),
    chargeLimit: limit,
    // A car lends a little of what it holds, a store what it can.
    dischargeLimit: unit.car ? Math.floor(limit / 4) : limit,
    chargeEfficiency: unit.efficiency,
    dischargeEfficiency: unit.efficiency,
    // A car's battery loses almost nothing overnight.
    selfDischarge: unit.car ? 0 : Math.round((unit.hourlyLoss * periodMs) / 3_600_000),
    chargePrice: between(tariff, unit.chargeAt),
    dischargePrice: between(tariff, unit.dischargeAt),
    ...(unit.car ? { stays: staysOf(cast, member, unit, year) } : {}),
  };
}

const ticksOf = (wattHours: number, perKwh: number): number => Math.round((wattHours * perKwh) / 1000);

/** The stays of a car that a contract lists: those that end in a year of the run, and the few after it. */
function staysOf({ scenario, scale }: Cast, member: Member, unit: StorageUnit, year: number): Stay[] {
  const start = firstPeriod(scenario);
  const { periods, periodMs } = scenario;
  const car = {
    seed: scenario.seed,
    member: member.number,
    capacity: unit.capacity,
    periodMs,
    weekday: new Date(`${scenario.date}T00:00:00Z`).getUTCDay(),
  };
  const end = (year + 1) * stayDays + stayMargin;
  return carStays(car, year * stayDays, end)
    .filter(({ plugIn }) => plugIn < periods)
    .map(({ plugIn, plugOut, required, used }) => ({
      plugIn: start + plugIn,
      plugOut: start + plugOut,
      required: Math.floor((required * scale.perKwh) / 1000),
      used: Math.floor((used * scale.perKwh) / 1000),
    }));
}
