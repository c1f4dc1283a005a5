/** What a scenario is: who takes part, when, under which rules, and how their meters behave. */
import type { MechanismRules, Ties } from "../core/mechanisms.js";
import { fail } from "../errors.js";
import type { NamedSharingKey } from "../sharing/namedkey.js";
import type { PriceComponent } from "../tariff/prices.js";
import type { Carrier } from "../units.js";
import { clocksOf } from "../zones.js";
import type { WeatherKind } from "./world/climate.js";

/**
 * Kinds of participants, in the order in which they register, and how many of each a mixed community of 120 has. `dc`
 * uses direct current (data rooms, lighting), `supplier` brings gas from outside.
 */
export const usualMix = {
  home: 60,
  business: 14,
  industry: 4,
  dc: 3,
  car: 16,
  solar: 5,
  wind: 2,
  turbine: 1,
  biomass: 2,
  chp: 2,
  heatpump: 4,
  boiler: 1,
  chiller: 1,
  supplier: 1,
  storage: 4,
} as const;
export type MemberKind = keyof typeof usualMix;
export const memberKinds: readonly MemberKind[] = Object.keys(usualMix) as MemberKind[];

/** Whether a name is a kind of participants. */
export const isKind = (name: string): name is MemberKind => Object.hasOwn(usualMix, name);

/** Names of the strategies that come with the package (members/strategies.ts). */
export const strategyNames = [
  "usual",
  "truthful",
  "random",
  "adaptive",
  "escalating",
  "shading",
  "withholding",
  "overordering",
  "splitting",
  "arbitrage",
] as const;
export type StrategyName = (typeof strategyNames)[number];

/** The rules of one carrier that takes orders; prices in price ticks. */
export interface CarrierRules extends MechanismRules {
  readonly k: number;
  readonly ties: Ties | "lottery";
  readonly pool: {
    readonly price: number;
    readonly purchasePrice: number;
    readonly lots: "whole" | "divisible";
  } | null;
}

/** A carrier that takes no orders: what its meters say is shared in communities. */
export interface SharedRules {
  readonly mechanism: "share";
  readonly communities: readonly ScenarioCommunity[];
}

/** A community that shares what its members draw and inject of a carrier in the same period. */
export interface ScenarioCommunity {
  readonly name: string;
  /** What the receiving member pays the supplying one for a kWh, in price ticks. */
  readonly price: number;
  /** How it shares; names are participants, or kinds for each of them that the key does not name itself. */
  readonly key: NamedSharingKey;
  /** Kinds of participants, and participants by name; null: everybody with a meter of the carrier. */
  readonly members: readonly string[] | null;
  /** How much of each member's meter takes part, ppm. */
  readonly factor: number;
}

/** Whether a carrier is shared, and takes no orders. */
export const isShared = (rules: CarrierRules | SharedRules): rules is SharedRules =>
  rules.mechanism === "share";

/** The rules by which a carrier takes orders. Throws `state` for one that is shared. */
export function orderRules({ rules }: Pick<Scenario, "rules">, carrier: Carrier): CarrierRules {
  const own = rules[carrier];
  return isShared(own)
    ? fail("state", `rules.${carrier}.mechanism`, "one that takes orders", own.mechanism)
    : own;
}

/** Prices of one carrier outside the market, in price ticks. */
export interface CarrierTariff {
  /** Where a price has components: half way between the most and the least that they come to. */
  readonly retail: number;
  readonly feedIn: number;
  /** What comes to the prices of each period; left out: one price for all of them. */
  readonly components?: {
    readonly retail?: readonly PriceComponent[] | undefined;
    readonly feedIn?: readonly PriceComponent[] | undefined;
  };
}

/** What a kWh emits, in grams of CO2 or its equivalent. Converters emit what their input emitted. */
export interface Co2 {
  /** What comes from outside the community: 24 values a carrier, one for each hour of the day by local clocks. */
  readonly grid: { readonly [carrier in Carrier]: readonly number[] };
  /** What members of a kind bring in without buying it in a carrier: sun, wind, biomass, gas of their own. */
  readonly own: { readonly [kind in MemberKind]: number };
}

/** An area of the network of one carrier. */
export interface ScenarioArea {
  readonly name: string;
  /** The area in which it lies, listed before it; null: the root, which has nothing of what an edge has. */
  readonly parent: string | null;
  /** Price ticks for a kWh that crosses its edge, either way. */
  readonly fee: number;
  /** Most power that comes in and goes out over its edge, kW; null: no limit. */
  readonly importKw: number | null;
  readonly exportKw: number | null;
  /** Share lost of what crosses the edge, ppm. */
  readonly loss: number;
  /** Kinds of participants, dealt out in turn among the areas that name them, and participants by name. */
  readonly members: readonly string[];
}

/** How far meters stray and how often readings go wrong, all in ppm. */
export interface Faults {
  /** Standard deviation of what is metered from what was traded. */
  readonly deviation: number;
  /** Share of readings that come one to three periods late, that never come, and that come wrong and are corrected. */
  readonly late: number;
  readonly missing: number;
  readonly corrected: number;
}

/** How devices are run: by fixed prices, or by those that the days before let expect. */
export interface Control {
  /** What cars pay for charge that is not yet owed. */
  readonly cars: "fixed" | "forecast";
  /** What stores pay and ask. */
  readonly stores: "fixed" | "forecast";
  /** Whether homes have batteries, which serve them alone. */
  readonly batteries: "none" | "own";
  /** Whether heat pumps at home run when heat is needed, or have a tank that they fill with what the roof has left. */
  readonly heatPumps: "need" | "surplus";
  /**
   * When appliances of homes run that can wait: as the profile of all that a home uses has it, of which they are part,
   * at a time of their own, or when it is expected to be cheapest.
   */
  readonly appliances: "profile" | "fixed" | "forecast";
}

/** How far orders stray from what members will use and make. */
export interface ForecastErrors {
  /** Standard deviations as shares of what comes, ppm: of sun and wind, one for all under a sky, and of each use. */
  readonly weather: number;
  readonly load: number;
  /** How long an error lasts: at two moments so many hours apart it is related by 0.39. */
  readonly hours: number;
}

/** A community and the time it trades: everything a run depends on. Two runs of one scenario have the same blocks. */
export interface Scenario {
  readonly name: string;
  readonly description: string;
  readonly seed: number;
  /** Local day on which the first period begins at midnight, `YYYY-MM-DD`. */
  readonly date: string;
  readonly periods: number;
  readonly periodMs: number;
  readonly latitude: number;
  readonly longitude: number;
  /** Zone of the IANA database whose time local clocks show, changed in spring and autumn where they are. */
  readonly timeZone: string;
  readonly weather: WeatherKind;
  /** Name of a file beside the scenario with measured weather, which then counts instead; null: drawn. */
  readonly weatherFile: string | null;
  /** Places of its neighbourhood over which members are spread: each has some clouds and wind of its own. */
  readonly skies: number;
  readonly currency: string;
  readonly participants: { readonly [kind in MemberKind]: number };
  /** What plants of the community can deliver, as a share of what suits its size, in ppm. */
  readonly supply: number;
  readonly rules: { readonly [carrier in Carrier]: CarrierRules | SharedRules };
  readonly tariffs: { readonly [carrier in Carrier]: CarrierTariff };
  /** What energy emits; null: nobody counts it. */
  readonly co2: Co2 | null;
  /** The network of each carrier as a tree, each area behind its parent; empty: without limits. */
  readonly areas: { readonly [carrier in Carrier]: readonly ScenarioArea[] };
  /** Tiers of commission for peer-to-peer trades, as in docs/market-rules.md. */
  readonly commission: readonly { readonly share: number; readonly supply: number; readonly use: number }[];
  readonly faults: Faults;
  /**
   * Coins that each participant has for the run: a plant's owner pays them in at first, a member of a street may owe as
   * much and twenty more. Null: what full load through all the days would cost.
   */
  readonly deposit: number | null;
  /** How members bid, by their names, their kinds, or `all` for the others; who is not named bids its own way. */
  readonly strategies: { readonly [whose: string]: StrategyName };
  readonly control: Control;
  readonly forecast: ForecastErrors;
  /** Measured participants from a CSV file beside the scenario, or null. */
  readonly profiles: { readonly file: string; readonly stepMs: number } | null;
}

/** Most participants of one scenario, most periods, and longest scenario file in characters. */
export const maxMembers = 20_000;
export const maxPeriods = 20_000_000;
/** Most coins of a deposit: a ledger in ticks of 10⁻⁶ kWh counts 9,223,372 of them. */
export const maxDeposit = 9_000_000;
export const maxScenarioLength = 1_000_000;

/** The local day on which a scenario begins, counted from 1 January 1970. */
export function dayOf(scenario: Scenario): number {
  return Date.parse(`${scenario.date}T00:00:00Z`) / 86_400_000;
}

/** Unix time at which a scenario's first period begins: midnight of its day by local clocks. */
export function startTime(scenario: Scenario): number {
  return clocksOf(scenario.timeZone).timeOf(dayOf(scenario), 0);
}

/**
 * Number of the first period in which a scenario trades: periods count from 1 January 1970. The one before is genesis,
 * in which everything is agreed.
 */
export function firstPeriod(scenario: Scenario): number {
  return Math.floor(startTime(scenario) / scenario.periodMs);
}
