/** The contracts of batteries, stores and cars: what each can do and, for a car, when it is there. */
import type { Contract, Stay, StorageContract } from "../market/contracts/contracts.js";
import { clocksOf } from "../zones.js";
import type { Cast } from "./cast.js";
import type { Member, StorageUnit } from "./members/member.js";
import { strategyNameOf } from "./members/strategies.js";
import { between } from "./members/strategy.js";
import { dayOf, firstPeriod, type Scenario, startTime } from "./scenario.js";
import { energyTicks } from "./world/devices.js";
import { type CarStay, carStays } from "./world/vehicles.js";

const dayMs = 86_400_000;
/** Days whose stays one contract of a car lists; then it is renewed. A contract holds 512 stays, one a day at most. */
const stayDays = 365;
/** Days a contract lists beyond those: a stay may last over a weekend. */
const stayMargin = 7;

/** A storage device of a community and its owner. */
export interface OwnedUnit {
  readonly member: Member;
  /** Its place among the owner's. */
  readonly index: number;
  readonly unit: StorageUnit;
}

/** Every storage device of a community, in the order in which they are registered. */
export const unitsOf = (members: readonly Member[]): OwnedUnit[] =>
  members.flatMap((member) => member.stores.map((unit, index) => ({ member, index, unit })));

/** Whether a storage device is run by a forecast of prices: where the scenario says so of all, or of its owner. */
export const isForecast = (scenario: Scenario, { member, unit }: OwnedUnit): boolean =>
  (unit.car ? scenario.control.cars : scenario.control.stores) === "forecast" ||
  strategyNameOf(scenario, member) === "arbitrage";

/** From when a contract of a storage device holds, and which days of the run its stays end on. */
export interface StorageTerm {
  readonly version: number;
  /** Place in the run of the first period; −1 is genesis. */
  readonly place: number;
  readonly firstDay: number;
  readonly endDay: number;
}

/** The contracts with which storage devices begin. */
export const storageOpening = (cast: Cast, member: Member): StorageContract[] =>
  unitsOf([member]).map((owned) => storage(cast, owned, { version: 1, place: -1, ...daysOf(0) }));

const daysOf = (year: number): Pick<StorageTerm, "firstDay" | "endDay"> => ({
  firstDay: year * stayDays,
  endDay: (year + 1) * stayDays + stayMargin,
});

/**
 * Once a year, the contracts of cars are renewed: a contract lists the stays of one. Those of cars that go by a
 * forecast are at each hour.
 */
export function staysRenewed(cast: Cast, place: number): Contract[] {
  const year = (place * cast.scenario.periodMs) / (stayDays * dayMs);
  if (place === 0 || !Number.isInteger(year)) return [];
  return unitsOf(cast.members)
    .filter((owned) => owned.unit.car && !isForecast(cast.scenario, owned))
    .map((owned) => storage(cast, owned, { version: year + 1, place, ...daysOf(year) }));
}

/** The contract of a storage device, at the prices of its owner's nature. */
export function storage(cast: Cast, { member, index, unit }: OwnedUnit, term: StorageTerm): StorageContract {
  const { periodMs, tariffs } = cast.scenario;
  const { perKwh } = cast.scale;
  const area = cast.homes[unit.carrier].get(member);
  const tariff = tariffs[unit.carrier];
  const capacity = Math.round((unit.capacity * perKwh) / 1000);
  const limit = energyTicks(unit.power, periodMs, perKwh);
  return {
    kind: "storage",
    version: term.version,
    from: firstPeriod(cast.scenario) + term.place,
    device: `${member.id}-${unit.car ? "battery" : "store"}${index === 0 ? "" : index + 1}`,
    carrier: unit.carrier,
    ...(unit.owned ? { owner: member.id } : {}),
    ...(area === undefined ? {} : { area }),
    capacity,
    charge: Math.min(Math.round((unit.charge * perKwh) / 1000), capacity),
    chargeLimit: limit,
    // A car sells nothing: what it lends it would have to buy again at the retail tariff before it leaves.
    dischargeLimit: unit.car ? 0 : limit,
    chargeEfficiency: unit.efficiency,
    dischargeEfficiency: unit.efficiency,
    // A car's battery loses almost nothing overnight.
    selfDischarge: unit.car ? 0 : Math.round((unit.hourlyLoss * periodMs) / 3_600_000),
    chargePrice: between(tariff, unit.chargeAt),
    dischargePrice: between(tariff, unit.dischargeAt),
    ...(unit.car ? { stays: listed(cast, staysOf(cast, member, unit, term)) } : {}),
  };
}

const ticksOf = (wattHours: number, perKwh: number): number => Math.floor((wattHours * perKwh) / 1000);

/** The stays of a car that a contract lists, by the market's periods and in ticks. */
function listed({ scenario, scale }: Cast, stays: readonly CarStay[]): Stay[] {
  const start = firstPeriod(scenario);
  return stays.map(({ plugIn, plugOut, required, used }) => ({
    plugIn: start + plugIn,
    plugOut: start + plugOut,
    required: ticksOf(required, scale.perKwh),
    used: ticksOf(used, scale.perKwh),
  }));
}

/** The stays of a car within the run that end on some of its days, and not before `place`. */
export function staysOf(
  { scenario }: Cast,
  member: Member,
  unit: StorageUnit,
  { place, firstDay, endDay }: Pick<StorageTerm, "place" | "firstDay" | "endDay">,
): CarStay[] {
  const { periods, periodMs } = scenario;
  const clocks = clocksOf(scenario.timeZone);
  const [runDay, startMs] = [dayOf(scenario), startTime(scenario)];
  const car = {
    seed: scenario.seed,
    member: member.number,
    capacity: unit.capacity,
    placeOf: (day: number, hour: number): number =>
      Math.floor((clocks.timeOf(runDay + day, Math.floor(hour * 3_600_000)) - startMs) / periodMs),
    weekday: new Date(`${scenario.date}T00:00:00Z`).getUTCDay(),
  };
  return carStays(car, firstDay, endDay).filter(({ plugIn, plugOut }) => plugIn < periods && plugOut > place);
}
