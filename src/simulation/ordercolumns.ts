/** Columns of orders by the million, for pages and benchmarks that clear one carrier of one period. */
import { integer, oneOf, onlyKeys } from "../check.js";
import { fail } from "../errors.js";
import { maxQuantity, minPrice, ppm } from "../units.js";
import type { Member } from "./members/member.js";
import { createMembers } from "./members/members.js";
import { bidLimit, imports, offerLimit, poolFloor } from "./members/strategy.js";
import { fineScale } from "./scale.js";
import { type Scenario, startTime } from "./scenario.js";
import { checkScenario } from "./scenariofile.js";
import type { WeatherKind } from "./world/climate.js";
import { deviceCarrier, energyTicks, power } from "./world/devices.js";
import { createRandom, type Random } from "./world/random.js";
import { createWeather, type Season, seasonDates } from "./world/weather.js";

/** Which orders {@link orderColumns} makes. */
export interface ColumnOptions {
  /** Share of offers among the orders, ppm; half by default. */
  readonly offers?: number;
  /**
   * `community` (default): electricity orders as a community of homes, businesses and plants places them at the given
   * hour; `uniform`: quantities from 1 to 1,000,000 and prices from 0 to 999,999, each equally likely.
   */
  readonly distribution?: "community" | "uniform";
  readonly season?: Season;
  readonly weather?: WeatherKind;
  /** Local hour, 0 to 23; noon by default. */
  readonly hour?: number;
  readonly periodMs?: number;
}

const optionNames = [
  "offers",
  "distribution",
  "season",
  "weather",
  "hour",
  "periodMs",
] as const satisfies readonly (keyof ColumnOptions)[];

/** Orders of one carrier as the engine takes them: offers and bids, each in order of arrival. The arrays are fresh. */
export interface OrderColumnSet {
  readonly offers: {
    readonly quantity: Uint32Array;
    readonly price: Int32Array;
    /** What it takes at least in a pool, as the member's contract says. */
    readonly poolLimit: Int32Array;
    readonly consent: Uint8Array;
  };
  readonly bids: {
    readonly quantity: Uint32Array;
    readonly price: Int32Array;
    /** What it pays at most in a pool: what the grid asks, if it would deliver, and never less than its price. */
    readonly poolLimit: Int32Array;
  };
}

/** Most orders {@link orderColumns} makes at once. */
export const maxColumnOrders = 16_000_000;

/** What one kind of bidder trades at the hour, scaled by chance for each order. */
interface Pattern {
  readonly member: Member;
  readonly ticks: number;
}

/** The limit of a member's order, by chance, and what its contract says of it in a pool. */
interface Limits {
  readonly limit: (member: Member, luck: number) => number;
  readonly inPool: (member: Member) => number;
}

const luckSteps = 64;

/**
 * Any number of electricity orders at once, for pages and benchmarks: well under a tenth of a microsecond each. The
 * same arguments give the same columns everywhere. Throws `limit` above {@link maxColumnOrders}.
 *
 * ```ts
 * const { offers, bids } = orderColumns(1_000_000, 42);
 * const clearing = engine.clear({ offers, bids }, { mechanism: "value" });
 * ```
 */
export function orderColumns(count: number, seed: number, options: ColumnOptions = {}): OrderColumnSet {
  onlyKeys(options, "options", optionNames);
  if (!Number.isInteger(count) || count < 0 || count > maxColumnOrders)
    return fail("limit", "count", `a whole number from 0 to ${maxColumnOrders}`, count);
  integer(0, 2 ** 32 - 1)(seed, "seed");
  const { distribution = "community" } = options;
  oneOf("community", "uniform")(distribution, "distribution");
  const share = options.offers ?? ppm / 2;
  if (!Number.isInteger(share) || share < 0 || share > ppm)
    return fail("invalid", "offers", `a share from 0 to ${ppm}`, share);
  const offerCount = Math.floor((count * share) / ppm);
  const offers = {
    quantity: new Uint32Array(offerCount),
    price: new Int32Array(offerCount),
    poolLimit: new Int32Array(offerCount),
    consent: new Uint8Array(offerCount).fill(1),
  };
  const bidCount = count - offerCount;
  const bids = {
    quantity: new Uint32Array(bidCount),
    price: new Int32Array(bidCount),
    poolLimit: new Int32Array(bidCount),
  };
  const random = createRandom(seed);
  if (distribution === "uniform") {
    for (const { quantity, price, poolLimit } of [offers, bids]) {
      for (let index = 0; index < quantity.length; index++) {
        quantity[index] = 1 + (random.next() % 1_000_000);
        price[index] = random.next() % 1_000_000;
      }
      poolLimit.set(price);
    }
    return { offers, bids };
  }
  const { scenario, users, makers } = patterns(seed, options);
  const { retail } = scenario.tariffs.electricity;
  fill(random, bids, users, {
    limit: (member, luck) => bidLimit(member, "electricity", scenario.tariffs, luck),
    inPool: (member) => (imports(member) ? retail : minPrice),
  });
  for (let index = 0; index < bidCount; index++)
    bids.poolLimit[index] = Math.max(bids.poolLimit[index]!, bids.price[index]!);
  fill(random, offers, makers, {
    limit: (member, luck) => offerLimit(member, "electricity", scenario.tariffs, luck),
    inPool: (member) => poolFloor(member, "electricity", scenario.tariffs),
  });
  for (let index = 0; index < offerCount; index++) if (random.next() % 16 === 0) offers.consent[index] = 0;
  return { offers, bids };
}

/** Draws the orders of one side, in columns as long as there are orders. */
function fill(
  random: Random,
  columns: { quantity: Uint32Array; price: Int32Array; poolLimit: Int32Array },
  from: readonly Pattern[],
  { limit, inPool }: Limits,
): void {
  // Every price a pattern can have, once: the loop below only looks up.
  const prices = new Int32Array(from.length * luckSteps);
  const ticks = Float64Array.from(from, (pattern) => pattern.ticks);
  for (const [place, pattern] of from.entries())
    for (let luck = 0; luck < luckSteps; luck++)
      prices[place * luckSteps + luck] = limit(pattern.member, luck / luckSteps);
  const agreed = Int32Array.from(from, ({ member }) => inPool(member));
  const { quantity, price, poolLimit } = columns;
  for (let index = 0; index < quantity.length; index++) {
    const chance = random.next();
    const place = (chance >>> 16) % from.length;
    const factor = (random.next() + 0x2000_0000) / 0xa000_0000; // 0.2 to 1.8
    quantity[index] = Math.min(Math.max(Math.round(ticks[place]! * factor), 1), maxQuantity);
    // A tenth of a step of its own for every order: a market of a million does not have sixty prices.
    price[index] = prices[place * luckSteps + (chance % luckSteps)]! + ((chance >>> 6) % 1_000) - 500;
    poolLimit[index] = agreed[place]!;
  }
}

/** The electricity users and makers of a small community at one hour, each with what it trades then. */
function patterns(
  seed: number,
  options: ColumnOptions,
): { scenario: Scenario; users: Pattern[]; makers: Pattern[] } {
  const periodMs = options.periodMs ?? 30_000;
  const hour = options.hour ?? 12;
  if (!Number.isInteger(hour) || hour < 0 || hour > 23) return fail("invalid", "hour", "0 to 23", hour);
  const scenario = checkScenario({
    name: "columns",
    seed,
    date: seasonDates[options.season ?? "summer"],
    weather: options.weather ?? "mixed",
    periodMs,
    participants: { home: 120, business: 20, industry: 4, dc: 4, solar: 12, wind: 4, biomass: 6 },
  });
  const moment = createWeather({
    seed,
    latitude: scenario.latitude,
    longitude: scenario.longitude,
    timeZone: scenario.timeZone,
    kind: scenario.weather,
    startMs: startTime(scenario) + hour * 3_600_000,
    stepMs: periodMs,
  })(0);
  const users: Pattern[] = [];
  const makers: Pattern[] = [];
  for (const member of createMembers(scenario)) {
    let watts = 0;
    for (const device of member.devices)
      if (deviceCarrier(device) === "electricity") watts += power(device, moment, seed, member.number);
    const ticks = energyTicks(watts, periodMs, fineScale.perKwh);
    if (ticks > 0) users.push({ member, ticks });
    else if (ticks < 0) makers.push({ member, ticks: -ticks });
  }
  return { scenario, users, makers };
}
