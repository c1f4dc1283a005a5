/**
 * Stores and cars that are run by a forecast of prices: at each hour their contracts are renewed with what they pay and
 * ask in it. What they hold is the ledger's to know, what energy will cost the last days' to tell (plan.ts).
 */
import type { Contract, StorageContract } from "../market/contracts/contracts.js";
import { type Carrier, carriers, ppm } from "../units.js";
import type { Cast } from "./cast.js";
import type { History } from "./history.js";
import { outsideAt } from "./outside.js";
import { limitsOf, type StoreLimits } from "./plan.js";
import { type Expected, Hours, meanOf } from "./prices.js";
import { orderRules, type Scenario } from "./scenario.js";
import { isForecast, type OwnedUnit, staysOf, storage, unitsOf } from "./storage.js";

const dayMs = 86_400_000;
/** Days on which the stays end that a renewed contract of a car lists. */
const stayDays = 7;

/** A storage device at the beginning of an hour. */
interface Standing {
  readonly cast: Cast;
  readonly history: History;
  readonly owned: OwnedUnit;
  /** Its number in the market. */
  readonly device: number;
  readonly contract: StorageContract;
  readonly place: number;
  readonly hours: Hours;
}

/**
 * The contracts of devices that are run by a forecast, at the first period of each hour from the second day on, when
 * there is a day to go by; null for `history`: none, as nobody knows the blocks before.
 */
export function repriced(cast: Cast, place: number, history: History | null): Contract[] {
  const { periodMs } = cast.scenario;
  const hours = new Hours(periodMs);
  const hour = hours.of(place) - hours.perDay;
  if (history === null || hour < 0 || !hours.beginsAt(place)) return [];
  const day = Math.floor((place * periodMs) / dayMs);
  return unitsOf(cast.members).flatMap((owned, device) => {
    if (!isForecast(cast.scenario, owned)) return [];
    // A local day may begin an hour after the run's.
    const term = { version: hour + 2, place, firstDay: day - 1, endDay: day + stayDays };
    const contract = storage(cast, owned, term);
    const limits = limitsIn({ cast, history, owned, device, contract, place, hours });
    return [limits === null ? contract : { ...contract, ...pricesOf(limits) }];
  });
}

/** People write 0.2415, not 0.241503. */
const priceStep = 100;

const stepped = (price: number): number => Math.round(price / priceStep) * priceStep;

function pricesOf({ buy, sell }: StoreLimits): Pick<StorageContract, "chargePrice" | "dischargePrice"> {
  const chargePrice = stepped(buy);
  return { chargePrice, dischargePrice: Math.max(stepped(sell), chargePrice + priceStep) };
}

/**
 * What it is no use to pay more than. A pool gives its sellers no more than its purchase price; where stores trade with
 * everybody, who would pay what the grid asks can as well wait for what is owed, and spare the lines until then.
 */
function mostToPay(scenario: Scenario, carrier: Carrier, place: number): number {
  const { pool } = orderRules(scenario, carrier);
  if (pool !== null) return pool.purchasePrice;
  return Math.max(outsideAt(scenario, place)[carrier].retail - priceStep, 0);
}

/** What a device pays and asks in the hour; null where its own prices stand: nothing is forecast, or a car is away. */
function limitsIn(standing: Standing): StoreLimits | null {
  const { cast, history, owned, contract, place, hours } = standing;
  const day = Math.floor(hours.of(place) / hours.perDay);
  const today = history.prices.forecast(carriers.indexOf(contract.carrier), day);
  if (today === null) return null;
  // What is known of today is expected of tomorrow as well.
  const expected = (length: number): Expected[] =>
    Array.from({ length }, (_, ahead) => today[(hours.of(place) + ahead) % hours.perDay]!);
  const efficiency = contract.chargeEfficiency / ppm;
  const unit = {
    capacity: contract.capacity,
    gain: (contract.chargeLimit / hours.share) * efficiency,
    drain: contract.dischargeLimit / hours.share / efficiency,
    efficiency,
  };
  const most = mostToPay(cast.scenario, contract.carrier, place);
  const capped = ({ buy, sell }: StoreLimits): StoreLimits => ({ buy: Math.min(buy, most), sell });
  if (!owned.unit.car) {
    const prices = expected(hours.perDay);
    const mean = prices.reduce((sum, price) => sum + meanOf(price), 0) / prices.length;
    const charge = history.charge(standing.device, place) ?? 0;
    return capped(limitsOf({ ...unit, charge, prices, worth: (held) => held * efficiency * mean }));
  }
  const [stay] = staysOf(cast, owned.member, owned.unit, {
    ...{ place, firstDay: day - 1, endDay: day + stayDays },
  });
  if (stay === undefined || hours.of(stay.plugIn) > hours.of(place)) return null;
  const required = Math.floor((stay.required * cast.scale.perKwh) / 1000);
  const used = Math.floor((stay.used * cast.scale.perKwh) / 1000);
  const held = history.charge(standing.device, place) ?? required;
  // Blocks are known up to two periods before: what was used since it was last here, from a period after it came.
  const charge = stay.plugIn >= place - 1 ? Math.max(held - used, 0) : held;
  const least = Math.min(...today.map(meanOf));
  const { retail } = outsideAt(cast.scenario, stay.plugOut)[contract.carrier];
  return capped(
    limitsOf({
      ...unit,
      charge,
      prices: expected(hours.of(stay.plugOut - 1) - hours.of(place) + 1),
      // What is missing comes from the grid; what is more was worth buying where a day is cheapest.
      worth: (left) => ((left - required) * (left < required ? retail : least)) / efficiency,
    }),
  );
}
