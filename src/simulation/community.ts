/** Communities: how many of which kind take part, and what they agree, order and meter in each period of a scenario. */
import { object, oneOf, onlyKeys } from "../check.js";
import { fail } from "../errors.js";
import type { Contract } from "../market/contracts/contracts.js";
import type { OrderBatch } from "../market/intake/request.js";
import { carriers, type Tick } from "../units.js";
import type { Cast } from "./cast.js";
import { amendments, communityContracts } from "./contracts.js";
import type { Deliveries, Follows } from "./deliveries.js";
import { openHomeStores } from "./doings.js";
import type { History } from "./history.js";
import { homesOf } from "./members/areas.js";
import { checkShared, hasMeter } from "./members/communities.js";
import type { Member } from "./members/member.js";
import { createMembers } from "./members/members.js";
import { peopleOf, withNames } from "./members/names.js";
import { type MeasuredProfile, measuredMembers } from "./members/profiles.js";
import type { Strategy } from "./members/quote.js";
import { strategiesOf } from "./members/strategies.js";
import { unitCost } from "./members/strategy.js";
import { type Placed, periodOrders } from "./orders.js";
import { priceDays } from "./prices.js";
import { periodReadings, type ReadingColumns } from "./readings.js";
import { scaleOf } from "./scale.js";
import {
  firstPeriod,
  isKind,
  isShared,
  type MemberKind,
  maxMembers,
  memberKinds,
  type Scenario,
  startTime,
  usualMix,
} from "./scenario.js";
import { checkScenario } from "./scenariofile.js";
import { isForecast, unitsOf } from "./storage.js";
import { type WeatherKind, weatherStepMs } from "./world/climate.js";
import { hourOfYear, measuredSky, type WeatherYear } from "./world/measured.js";
import { createWeather, type Moment, type Season, seasonDates } from "./world/weather.js";

/** Options of {@link community}; all but the number of participants may be left out. */
export interface CommunityOptions {
  readonly participants: number;
  /** Relative numbers of the kinds; those left out are 0. By default a mixed community. */
  readonly mix?: { readonly [kind in MemberKind]?: number };
  readonly season?: Season;
  readonly weather?: WeatherKind;
  readonly seed?: number;
  readonly periodMs?: number;
  readonly periods?: number;
  /** Further fields of a scenario file, such as `rules` and `tariffs`, as they stand there. */
  readonly more?: { readonly [field: string]: unknown };
}

const optionNames = [
  "participants",
  "mix",
  "season",
  "weather",
  "seed",
  "periodMs",
  "periods",
  "more",
] as const satisfies readonly (keyof CommunityOptions)[];

/**
 * A scenario of so many participants, shared out among the kinds by the method of the greatest remainders, at least one
 * of each when there are enough. Throws `invalid` naming the option that is unknown or out of range.
 *
 * ```ts
 * const scenario = community({ participants: 120, season: "summer", seed: 7 });
 * scenario.periods; // 2880: a day of 30-second periods
 * ```
 */
export function community(options: CommunityOptions): Scenario {
  onlyKeys(options, "options", optionNames);
  const { participants } = options;
  if (options.mix !== undefined) onlyKeys(options.mix, "mix", memberKinds);
  if (options.season !== undefined) oneOf(...Object.keys(seasonDates))(options.season, "season");
  if (!Number.isInteger(participants) || participants < 1 || participants > maxMembers)
    return fail("invalid", "participants", `a whole number from 1 to ${maxMembers}`, participants);
  const weights = memberKinds.map((kind) =>
    options.mix === undefined ? usualMix[kind] : (options.mix[kind] ?? 0),
  );
  for (const [index, weight] of weights.entries())
    if (!Number.isFinite(weight) || weight < 0)
      return fail("invalid", `mix.${memberKinds[index]}`, "a number of at least 0", weight);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= 0) return fail("invalid", "mix", "at least one kind", total);
  // One of each kind first, when there are enough: a community without its one chiller would have no cold.
  const kinds = weights.filter((weight) => weight > 0).length;
  const least = participants >= 2 * kinds ? 1 : 0;
  const exact = weights.map((weight) =>
    weight > 0 ? least + (weight * (participants - least * kinds)) / total : 0,
  );
  const counts = exact.map(Math.floor);
  const order = exact
    .map((value, index) => ({ index, rest: value - Math.floor(value) }))
    .sort((a, b) => b.rest - a.rest || a.index - b.index);
  const missing = participants - counts.reduce((sum, count) => sum + count, 0);
  for (const { index } of order.slice(0, missing)) counts[index]! += 1;
  const { season, weather, seed, periodMs, periods, more } = options;
  return checkScenario({
    name: "community",
    ...(seed === undefined ? {} : { seed }),
    ...(weather === undefined ? {} : { weather }),
    ...(periodMs === undefined ? {} : { periodMs }),
    ...(periods === undefined ? {} : { periods }),
    date: seasonDates[season ?? "summer"],
    ...more,
    participants: Object.fromEntries(memberKinds.map((kind, index) => [kind, counts[index]!])),
  });
}

/** A scenario brought to life: who takes part, and what they do in each period. */
export interface Community {
  readonly scenario: Scenario;
  readonly members: readonly Member[];
  /** The profiles of those whose days were measured; empty without. */
  readonly measured: readonly MeasuredProfile[];
  /** The weather of the file that the scenario names; null when it is drawn. */
  readonly weather: WeatherYear | null;
  /** The quantity tick of its market: 10⁻⁶ kWh, or coarser where a period moves more than 4,294 kWh at once. */
  readonly quantityTick: Tick;
  /** Number of the genesis period; the period at place `p` is `genesis + 1 + p`. */
  readonly genesis: number;
  /** Unix time at which the period at a place begins; place −1 is genesis. */
  timeOf(place: number): number;
  /**
   * Contracts that begin to hold at genesis (place −1) or in the period at a place.
   *
   * @param history the blocks before the one that precedes it; null, or left out: nobody remembers any
   */
  contracts(place: number, history?: History | null): Contract[];
  /** Owner of each storage device by number: a participant number, or −1 for the platform. */
  readonly owners: readonly number[];
  /**
   * How many periods before it the orders and contracts of a period depend on; 0 where nobody remembers any. Then
   * {@link placed} and {@link contracts} want their blocks.
   */
  readonly memory: number;
  /** What tells the strategy of a run from others: of one's own, its digest; null for those that come along. */
  readonly strategyId: string | null;
  /** The orders of the period at a place, of members that remember nothing. */
  orders(place: number): OrderBatch;
  /**
   * The orders of the period at a place, and what they are about.
   *
   * @param history the blocks before; null: nobody remembers any
   */
  placed(place: number, history: History | null): Placed;
  /** How each member's meter of each carrier follows what it meant to use and make, by participant × 4 + carrier. */
  readonly follows: readonly Follows[];
  /** The readings that arrive in it; see `periodReadings`. */
  readings(place: number, delivered: (place: number) => Deliveries | undefined): ReadingColumns;
}

/** What {@link openCommunity} may be given beside the scenario. */
export interface CommunityParts {
  /** The profiles that the scenario names (`parseProfiles`). */
  readonly measured?: readonly MeasuredProfile[];
  /** The weather that the scenario names (`parseWeather`). */
  readonly weather?: WeatherYear;
  /** How everybody bids. Default: as the scenario says. */
  readonly strategy?: Strategy;
  /** What tells this strategy from others, such as a digest of its text: a ledger goes on only with the same. */
  readonly strategyId?: string;
}

/**
 * Opens a scenario. Throws `invalid` when the profiles that it names are missing, `conflict` when two members share a
 * name.
 */
export function openCommunity(scenario: Scenario, parts: CommunityParts = {}): Community {
  if (object(scenario, "scenario").profiles === undefined)
    fail("invalid", "scenario", "a scenario, as `parseScenario` or `community` gives it", scenario);
  onlyKeys(parts, "parts", ["measured", "weather", "strategy", "strategyId"]);
  const { measured = [] } = parts;
  const { strategy, learns } =
    parts.strategy === undefined ? strategiesOf(scenario) : { strategy: parts.strategy, learns: true };
  if (scenario.profiles !== null && measured.length === 0)
    return fail("invalid", "profiles", `the profiles of ${scenario.profiles.file}`, "none");
  const { weather = null } = parts;
  if (scenario.weatherFile !== null && weather === null)
    return fail("invalid", "weather", `the weather of ${scenario.weatherFile}`, "none");
  if (weather !== null) checkHours(weather, scenario);
  const generated = createMembers(scenario);
  const members = withNames(
    [...generated, ...measuredMembers(scenario, measured, generated.length)],
    scenario,
  );
  const numbers = new Map<string, number>();
  for (const { id, number } of members) {
    if (numbers.has(id)) return fail("conflict", "profiles", "names that no other participant has", id);
    numbers.set(id, number);
  }
  for (const whose of Object.keys(scenario.strategies))
    if (whose !== "all" && !numbers.has(whose) && !isKind(whose))
      return fail("invalid", `strategies.${whose}`, "a participant, a kind, or all", whose);
  checkShared(scenario, members);
  const homes = homesOf(scenario, members);
  const cast = { scenario, members, homes, scale: scaleOf(scenario, members), strategy };
  const people = peopleOf(members);
  const opening = communityContracts(cast);
  const owners = opening
    .filter((contract) => contract.kind === "storage")
    .map((contract) => (contract.owner === undefined ? -1 : numbers.get(contract.owner)!));
  const moments = momentsOf(scenario, weather);
  const storesOf = perHistory((history) => openHomeStores(cast, moments, history));
  const placed = (place: number, history: History | null): Placed =>
    periodOrders({ ...cast, people, stores: storesOf(history) }, moments(place), place, history);
  return {
    scenario,
    members,
    measured,
    weather,
    quantityTick: cast.scale.quantityTick,
    genesis: firstPeriod(scenario) - 1,
    owners,
    timeOf: (place) => startTime(scenario) + place * scenario.periodMs,
    contracts: (place, history = null) => (place < 0 ? opening : amendments(cast, opening, place, history)),
    memory: memoryOf(cast, learns),
    strategyId: parts.strategyId ?? null,
    orders: (place) => placed(place, null).orders,
    placed,
    follows: members.flatMap((member) =>
      carriers.map((carrier): Follows => {
        if (isShared(scenario.rules[carrier])) return hasMeter(member, carrier) ? "meter" : "trades";
        if (member.converter !== null) return "trades";
        return unitCost(member, carrier, scenario.tariffs[carrier]) === null ? "nature" : "plant";
      }),
    ),
    readings: (place, delivered) => periodReadings(scenario, place, delivered),
  };
}

/** One of something for each history, which may remember more than another, and one for those who know none. */
function perHistory<T>(open: (history: History | null) => T): (history: History | null) => T {
  const opened = new WeakMap<History, T>();
  let alone: T | null = null;
  return (history) => {
    if (history === null) {
      alone ??= open(null);
      return alone;
    }
    const known = opened.get(history) ?? open(history);
    opened.set(history, known);
    return known;
  };
}

/**
 * Periods back that somebody looks: strategies a day, whoever goes by a forecast as far as that does. What stores at
 * home hold, also those that serve what appliances leave them, depends on what was forecast from the first day on.
 */
function memoryOf(cast: Cast, learns: boolean): number {
  const { control, periodMs } = cast.scenario;
  if (control.appliances === "forecast") return Number.POSITIVE_INFINITY;
  const days = unitsOf(cast.members).some((unit) => isForecast(cast.scenario, unit))
    ? priceDays
    : learns
      ? 1
      : 0;
  return (days * 86_400_000) / periodMs;
}

/** Throws unless weather has every hour that a scenario's days touch, half a day before and after included. */
function checkHours({ temperature, global, wind }: WeatherYear, scenario: Scenario): void {
  const { periods, periodMs } = scenario;
  const halfDayMs = 43_200_000;
  const fromMs = startTime(scenario) - halfDayMs;
  const toMs = startTime(scenario) + Math.min(periods * periodMs, 366 * 2 * halfDayMs) + halfDayMs;
  for (let time = fromMs; time <= toMs; time += 3_600_000) {
    const hour = hourOfYear(time);
    if ([temperature, global, wind].some((values) => !Number.isFinite(values[hour])))
      fail("invalid", "weather", `every hour of the run, as that of ${new Date(time).toISOString()}`, "none");
  }
}

/**
 * The moments that make up the period at a place, under each sky. The weather changes every five minutes, so a longer
 * period is the sum of parts of five minutes or less, not what its middle happens to be.
 */
function momentsOf(scenario: Scenario, weather: WeatherYear | null): (place: number) => Moment[][] {
  const { latitude, longitude } = scenario;
  const measured = weather === null ? {} : { measured: measuredSky(weather, latitude, longitude) };
  const parts = Math.ceil(scenario.periodMs / weatherStepMs);
  const skies = Array.from({ length: scenario.skies }, (_, number) =>
    createWeather({
      seed: scenario.seed,
      latitude: scenario.latitude,
      longitude: scenario.longitude,
      timeZone: scenario.timeZone,
      kind: scenario.weather,
      sky: { number, of: scenario.skies },
      ...measured,
      startMs: startTime(scenario),
      stepMs: scenario.periodMs / parts,
    }),
  );
  return (place) =>
    skies.map((weather) => Array.from({ length: parts }, (_, part) => weather(place * parts + part)));
}
