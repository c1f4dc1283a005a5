/** The contracts of batteries, stores and cars: what each can do and, for a car, when it is there. */
import type { Contract, Stay, StorageContract } from "../market/contracts/contracts.js";
import type { Cast } from "./cast.js";
import type { Member, StorageUnit } from "./members/member.js";
import { between } from "./members/strategy.js";
import { dayOf, firstPeriod, startTime } from "./scenario.js";
import { clocksOf } from "./world/calendar.js";
import { energyTicks } from "./world/devices.js";
import { carStays } from "./world/vehicles.js";

const dayMs = 86_400_000;
/** Days whose stays one contract of a car lists; then it is renewed. A contract holds 512 stays, one a day at most. */
const stayDays = 365;
/** Days a contract lists beyond those: a stay may last over a weekend. */
const stayMargin = 7;

/** Once a year, the contracts of cars are renewed: a contract lists the stays of one. */
export function staysRenewed(cast: Cast, place: number): Contract[] {
  const year = (place * cast.scenario.periodMs) / (stayDays * dayMs);
  if (place === 0 || !Number.isInteger(year)) return [];
  const from = firstPeriod(cast.scenario) + place;
  return cast.members.flatMap((member) =>
    member.stores.flatMap((unit, index) =>
      unit.car ? [{ ...storage(cast, member, index, from, year), version: year + 1 }] : [],
    ),
  );
}

/** The contract of a member's storage unit; of a car, with its stays in a year of the run (from 0). */
export function storage(
  cast: Cast,
  member: Member,
  index: number,
  from: number,
  year: number,
): StorageContract {
  const { periodMs, tariffs } = cast.scenario;
  const { perKwh } = cast.scale;
  const unit = member.stores[index]!;
  const area = cast.homes[unit.carrier].get(member);
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
    ...(area === undefined ? {} : { area }),
    capacity,
    charge: Math.min(ticksOf(unit.charge, perKwh), capacity),
    chargeLimit: limit,
    // A car sells nothing: what it lends it would have to buy again at the retail tariff before it leaves.
    dischargeLimit: unit.car ? 0 : limit,
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
  const clocks = clocksOf(scenario.timeZone);
  const [firstDay, startMs] = [dayOf(scenario), startTime(scenario)];
  const car = {
    seed: scenario.seed,
    member: member.number,
    capacity: unit.capacity,
    placeOf: (day: number, hour: number): number =>
      Math.floor((clocks.timeOf(firstDay + day, Math.floor(hour * 3_600_000)) - startMs) / periodMs),
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
