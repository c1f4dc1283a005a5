/**
 * What a community agrees: the rules of its market, who takes part, what each may offer and ask for, and how that
 * changes while it trades. Everything here follows from the scenario and its members.
 */
import { maxAmount } from "../market/books/amounts.js";
import { pricesAreas } from "../market/contracts/areas.js";
import type { Contract, SupplyContract } from "../market/contracts/contracts.js";
import { type Carrier, carriers, formatTicks, microTick, ppm } from "../units.js";
import type { Cast } from "./cast.js";
import type { History } from "./history.js";
import { areaContracts } from "./members/areas.js";
import { communityMemberContracts } from "./members/communities.js";
import { streetKinds } from "./members/kinds.js";
import { type Member, reach } from "./members/member.js";
import { between, imports, poolFloor } from "./members/strategy.js";
import { highestRetail, lowestFeedIn } from "./outside.js";
import { payment, paymentRenewed, usualCredit } from "./payment.js";
import { repriced } from "./repricing.js";
import { contractRoom } from "./scale.js";
import { firstPeriod, isShared, type Scenario } from "./scenario.js";
import { staysRenewed, storageOpening } from "./storage.js";
import { energyTicks } from "./world/devices.js";

/** Gas is burnt in turbines and boilers, electricity drives heat pumps and chillers: inputs clear first. */
const carrierOrder: readonly Carrier[] = ["gas", "electricity", "heat", "cold"];
const dayMs = 86_400_000;

/** Everything that a community agrees before its first period, in the order in which it is registered. */
export function communityContracts(cast: Cast): Contract[] {
  const { scenario, members, scale } = cast;
  const from = firstPeriod(scenario) - 1;
  const dated = { version: 1, from };
  const dearest = dearestOf(scenario);
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
    payment(cast, { version: 1, from, place: 0 }),
    ...carriers.map((carrier) => clearing(scenario, carrier, from)),
    ...areaContracts(scenario, scale),
    ...carriers.flatMap((carrier) => standardTerms(cast, carrier, from)),
    ...members.flatMap((member) => memberContracts(cast, member, from, dearest)),
    ...communityMemberContracts(scenario, members),
  ];
}

/**
 * Contracts that begin to hold in the period at a place of the run, by what is agreed before it and by the blocks up to
 * the last but one before it.
 */
export function amendments(
  cast: Cast,
  opening: readonly Contract[],
  place: number,
  history: History | null,
): Contract[] {
  return [
    ...poolLeft(cast.scenario, opening, place),
    ...paymentRenewed(cast, place),
    ...staysRenewed(cast, place),
    ...repriced(cast, place, history),
  ];
}

/**
 * Halfway through, the first plant that can be switched off leaves the pool: contracts can change from a later period
 * on. Sun and wind stay: what of them nobody buys is fed in, or it is lost.
 */
function poolLeft(scenario: Scenario, opening: readonly Contract[], place: number): Contract[] {
  if (place !== Math.floor(scenario.periods / 2) || place === 0) return [];
  const first = opening.find(
    (contract): contract is SupplyContract =>
      contract.kind === "supply" && contract.participant?.startsWith("biomass-") === true,
  );
  if (first === undefined) return [];
  return [{ ...first, version: 2, from: firstPeriod(scenario) + place, pool: false }];
}

function clearing(scenario: Scenario, carrier: Carrier, from: number): Contract {
  const rules = scenario.rules[carrier];
  if (isShared(rules)) return { kind: "clearing", version: 1, from, carrier, mechanism: rules.mechanism };
  const { mechanism, pricing, k, ties, pool } = rules;
  // Stores trade through the pool, or where areas have prices, with everybody.
  const stores = pool !== null || (scenario.areas[carrier].length > 0 && pricesAreas({ mechanism, pricing }));
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
    discharge: stores,
    charge: stores,
    export: true,
    interrupt: true,
    import: true,
  };
}

/** What a unit costs at most, from the grid at the end of the longest way or shared, in price ticks, by carrier. */
type Dearest = { readonly [carrier in Carrier]: number };

function dearestOf({ areas, tariffs, rules }: Scenario): Dearest {
  const dearest = (carrier: Carrier): number => {
    const fees = new Map<string | null, number>([[null, 0]]);
    for (const { name, parent, fee } of areas[carrier]) fees.set(name, (fees.get(parent) ?? 0) + fee);
    const own = rules[carrier];
    const shared = isShared(own) ? own.communities.map(({ price }) => price) : [];
    return Math.max(highestRetail(tariffs[carrier]) + Math.max(...fees.values()), ...shared);
  };
  return {
    electricity: dearest("electricity"),
    heat: dearest("heat"),
    cold: dearest("cold"),
    gas: dearest("gas"),
  };
}

/**
 * What a member can need in a run, in whole coins: what the scenario says, or what it spends at full load through all
 * its days, at the retail tariff with the dearest commission and a tenth for what meters find, and ten more.
 */
function meansOf({ scenario, scale }: Cast, member: Member, dearest: Dearest): bigint {
  if (scenario.deposit !== null) return BigInt(scenario.deposit);
  const fee = Math.max(...scenario.commission.map((tier) => tier.use)) / ppm;
  const costAt = (carrier: Carrier, watts: number): number => (watts * dearest[carrier]) / ppm / 1000;
  const peak =
    carriers.reduce((sum, carrier) => sum + costAt(carrier, reach(member, carrier).use), 0) +
    member.stores.reduce((sum, { carrier, power, owned }) => sum + (owned ? costAt(carrier, power) : 0), 0);
  const days = Math.ceil((scenario.periods * scenario.periodMs) / dayMs);
  const coins = BigInt(Math.ceil(10 + peak * 24 * days * (1 + fee) * 1.1));
  // An amount that ledgers can count; who would need more has the rest of the largest.
  const most = maxAmount / scale.coin - usualCredit;
  return coins < most ? coins : most;
}

/** A member of a street has credit for the run, whoever runs a plant pays a deposit as large. */
function memberContracts(cast: Cast, member: Member, from: number, dearest: Dearest): Contract[] {
  const { scale } = cast;
  const dated = { version: 1, from };
  const { converter } = member;
  const areas = Object.fromEntries(
    carriers.flatMap((carrier) => {
      const area = cast.homes[carrier].get(member);
      return area === undefined ? [] : [[carrier, area]];
    }),
  );
  const means = meansOf(cast, member, dearest);
  const street = isStreet(member);
  const deposit: Contract = {
    kind: "deposit",
    ...dated,
    participant: member.id,
    amount: `${means * scale.coin}`,
    number: 1,
  };
  return [
    {
      kind: "participant",
      ...dated,
      id: member.id,
      ...(Object.keys(areas).length === 0 ? {} : { areas }),
      ...(street ? { creditLimit: `${(usualCredit + means) * scale.coin}` } : {}),
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
    ...storageOpening(cast, member),
  ];
}

/**
 * The standard terms of a carrier: room for the largest member of a street; whoever agrees to more has its own terms.
 */
function standardTerms(cast: Cast, carrier: Carrier, from: number): Contract[] {
  if (isShared(cast.scenario.rules[carrier])) return [];
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
  if (isShared(cast.scenario.rules[carrier])) return [];
  const { use, supply } = reach(member, carrier);
  const { interruptible, pool } = member;
  const own = { version: 1, from, participant: member.id, carrier };
  const street = isStreet(member);
  const { tariffs } = cast.scenario;
  const asked = { ...tariffs[carrier], feedIn: leastAsked(cast.scenario, carrier) };
  const contracts: Contract[] = [];
  if (use > 0 && !(street && interruptible === 0))
    contracts.push({
      ...useTerms(cast, carrier, use),
      ...own,
      interruptible,
      import: imports(member),
    });
  if (supply > 0 && !(street && pool))
    contracts.push({
      ...supplyTerms(cast, carrier, supply),
      ...own,
      pool: pool && { floor: poolFloor(member, carrier, { ...tariffs, [carrier]: asked }) },
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

/** What sun and wind are sold for at least: what the grid pays at its least, but nobody pays to be rid of them. */
const leastAsked = ({ tariffs }: Scenario, carrier: Carrier): number =>
  tariffs[carrier].components?.feedIn === undefined
    ? tariffs[carrier].feedIn
    : Math.max(lowestFeedIn(tariffs[carrier]), 0);

const supplyTerms = (cast: Cast, carrier: Carrier, watts: number) =>
  ({
    kind: "supply",
    limit: limitOf(cast, watts),
    pool: { floor: leastAsked(cast.scenario, carrier) },
    collateral: "0",
  }) as const;
