/** The page's settings: what a link carries, their ranges and defaults, and ready markets. */
import {
  defaultMechanism,
  goesWith,
  type Mechanism,
  mechanismNames,
  ownPricing,
  type Pricing,
  pricingNames,
} from "../../core/mechanisms.js";
import { type Carrier, carriers } from "../../units.js";
import { type Currency, currencies } from "../currencies.js";
import { t } from "../say.js";
import { otherMechanism, readRules, ruleRanges } from "./against.js";
import { readResult } from "./benchlink.js";

/** What the page shows and with which market: everything a link has to carry. */
export interface Settings {
  view: ViewName;
  carrier: Carrier;
  /** Members of the community. */
  members: number;
  seed: number;
  mix: (typeof mixes)[number];
  season: (typeof seasons)[number];
  weather: (typeof weathers)[number];
  /** Length of a period. */
  minutes: number;
  /** Start of the period shown, in minutes since midnight; a multiple of `minutes`. */
  time: number;
  mechanism: Mechanism;
  pricing: Pricing;
  /** Where a blended or uniform price lies between seller (0) and buyer (100). */
  blend: number;
  /** Whether what is left is offered through the pool. */
  pool: boolean;
  /** Price of the pool in thousandths of the currency per kWh. */
  poolPrice: number;
  lots: "whole" | "divisible";
  /** The rules that Compare holds against these: `other` mechanism, or rules as a text. */
  against: string;
  /** Commission of each side of a trade, in tenths of a percent of its amount. */
  commission: number;
  /** What money is called; the tariffs are the same numbers in each. */
  currency: Currency;
  /** Speed of the walk and of the day, in percent. */
  speed: number;
  /** Screen of the story that is open. */
  step: number;
  /** Height of the block that the ledger view has open; −1 for none. */
  block: number;
  /** Number of the member whose day "My home" shows; −1: a home with solar panels. */
  home: number;
  /** What the ledger view asks "what if" of: how the carrier is cleared otherwise. */
  ifRule: (typeof otherRules)[number];
  /** Price of the pool then, in thousandths of the currency per kWh; −1: as it was. */
  ifPool: number;
  /** Retail and feed-in tariff then, in percent of what they were. */
  ifRetail: number;
  ifFeedIn: number;
  /** Number of the scenario file whose market is shown; 0: that of the settings. A link has no file. */
  scenario: number;
  /** A result of the bench that a link brought, as benchlink.ts writes it; empty: none. */
  result: string;
}

export const views = [
  "story",
  "period",
  "day",
  "home",
  "compare",
  "ledger",
  "bench",
  "live",
  "notary",
] as const;
export type ViewName = (typeof views)[number];
export const mixes = ["street", "solar", "town", "industry"] as const;
export const seasons = ["winter", "spring", "summer", "autumn"] as const;
export const weathers = ["clear", "mixed", "overcast", "windy"] as const;
export const otherRules = ["same", "value", "merit", "places"] as const;
export const periodLengths = [5, 15, 30, 60] as const;
/** The whole numbers that settings may be, from and to: what a slider offers and a link may say. */
export const ranges = {
  members: [3, 1_000_000],
  seed: [0, 0xffff_ffff],
  time: [0, 1439],
  ...ruleRanges,
  commission: [0, 100],
  speed: [25, 400],
  step: [0, 6],
  block: [-1, 1_000_000],
  home: [-1, 599],
  ifPool: [-1, 1000],
  ifRetail: [0, 300],
  ifFeedIn: [0, 300],
} as const satisfies Partial<Record<keyof Settings, readonly [least: number, most: number]>>;

/** The market a first visitor meets: a street small enough to follow every trade, with a sale of every kind. */
export const defaults: Readonly<Settings> = {
  view: "story",
  carrier: "electricity",
  members: 14,
  seed: 3,
  mix: "street",
  season: "summer",
  weather: "mixed",
  minutes: 15,
  time: 960,
  ...defaultMechanism,
  blend: 50,
  pool: true,
  poolPrice: 430,
  lots: "divisible",
  against: otherMechanism,
  commission: 0,
  currency: "EUR",
  speed: 100,
  step: 0,
  block: -1,
  home: -1,
  ifRule: "same",
  ifPool: -1,
  ifRetail: 100,
  ifFeedIn: 100,
  scenario: 0,
  result: "",
};

/** The street of the story. */
export const streetOfStory: Readonly<Settings> = { ...defaults, members: 3, seed: 34, time: 1020 };

/** What a text in a link stands for: the value to take, and whether the text says exactly that value. */
interface Read<T> {
  readonly value: T;
  readonly asGiven: boolean;
}
type Reader<T> = (text: string) => Read<T> | undefined;

const oneOf =
  <T extends string>(values: readonly T[]): Reader<T> =>
  (text) => {
    const value = values.find((each) => each === text);
    return value === undefined ? undefined : { value, asGiven: true };
  };

/** A whole number; one out of range is taken to the nearer end. */
const wholeNumber = (name: keyof typeof ranges): Reader<number> => {
  const [least, most] = ranges[name];
  return (text) => {
    if (!/^-?[0-9]{1,20}$/.test(text)) return undefined;
    const value = Math.min(most, Math.max(least, Number(text)));
    return { value, asGiven: value === Number(text) };
  };
};

const readers: { readonly [K in Exclude<keyof Settings, "view" | "scenario">]: Reader<Settings[K]> } = {
  carrier: oneOf(carriers),
  members: wholeNumber("members"),
  seed: wholeNumber("seed"),
  mix: oneOf(mixes),
  season: oneOf(seasons),
  weather: oneOf(weathers),
  minutes: (text) => {
    const value = periodLengths.find((length) => String(length) === text);
    return value === undefined ? undefined : { value, asGiven: true };
  },
  time: wholeNumber("time"),
  mechanism: oneOf(mechanismNames),
  pricing: oneOf(pricingNames),
  blend: wholeNumber("blend"),
  pool: (text) => (text === "yes" || text === "no" ? { value: text === "yes", asGiven: true } : undefined),
  poolPrice: wholeNumber("poolPrice"),
  lots: oneOf(["whole", "divisible"]),
  against: (text) =>
    text === otherMechanism || readRules(text) !== undefined ? { value: text, asGiven: true } : undefined,
  commission: wholeNumber("commission"),
  currency: oneOf(Object.keys(currencies) as Currency[]),
  speed: wholeNumber("speed"),
  step: wholeNumber("step"),
  block: wholeNumber("block"),
  home: wholeNumber("home"),
  ifRule: oneOf(otherRules),
  ifPool: wholeNumber("ifPool"),
  ifRetail: wholeNumber("ifRetail"),
  ifFeedIn: wholeNumber("ifFeedIn"),
  result: (text) => (readResult(text) === null ? undefined : { value: text, asGiven: true }),
};

/** Brings settings that cannot stand together into line: a pricing that does not go with the mechanism gives way. */
export function consistent(settings: Settings): Settings {
  const { mechanism, pricing } = settings;
  return {
    ...settings,
    pricing: goesWith(pricing, mechanism) ? pricing : ownPricing(mechanism),
    time: settings.time - (settings.time % settings.minutes),
  };
}

/** Settings out of a link, and what of it could not be taken as it stood, in sentences. */
export interface ReadHash {
  readonly settings: Settings;
  readonly corrected: readonly string[];
}

/**
 * Reads the settings out of a URL's hash, `#/view?name=value&…`. What is missing takes its default; a number out of
 * range is taken to the nearer end, what makes no sense takes its default, and both are told.
 */
export function readHash(hash: string): ReadHash {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const settings: Settings = { ...defaults, view: views.find((view) => view === path) ?? defaults.view };
  const corrected: string[] = [];
  if (path !== "" && path !== settings.view)
    corrected.push(t`There is no view “${path.slice(0, 40)}”: this is ${settings.view}.`);
  const given = new URLSearchParams(query.slice(0, 2000));
  for (const name of Object.keys(readers) as (keyof typeof readers)[]) {
    const text = given.get(name);
    if (text === null) continue;
    const read = readers[name](text);
    if (read !== undefined) Object.assign(settings, { [name]: read.value });
    if (read?.asGiven !== true)
      corrected.push(t`${name} can’t be “${text.slice(0, 40)}”: ${shown(settings[name])} is used.`);
  }
  const taken = consistent(settings);
  for (const name of ["pricing", "time"] as const)
    if (given.has(name) && taken[name] !== settings[name])
      corrected.push(t`${name} can’t be ${settings[name]} here: ${taken[name]} is used.`);
  return { settings: taken, corrected };
}

/** A value as a link has it. */
const shown = (value: string | number | boolean): string =>
  typeof value === "boolean" ? (value ? "yes" : "no") : String(value);

/** The hash that restores `settings`: names only what differs from the defaults. */
export function writeHash(settings: Settings): string {
  const query = new URLSearchParams();
  for (const name of Object.keys(readers) as (keyof typeof readers)[]) {
    const value = settings[name];
    // A result of the bench belongs to the bench alone.
    if (value === defaults[name] || (name === "result" && settings.view !== "bench")) continue;
    query.set(name, shown(value));
  }
  const text = query.toString();
  return `#/${settings.view}${text === "" ? "" : `?${text}`}`;
}

/** A ready market: what it is called, what it shows, and what it sets. */
export interface Preset {
  readonly name: string;
  readonly about: string;
  readonly settings: Partial<Settings>;
}

export const presets: readonly Preset[] = [
  {
    name: t`Street, summer afternoon`,
    about: t`Fourteen neighbours: follow every trade.`,
    settings: {},
  },
  {
    name: t`One price for all`,
    about: t`The same street in merit order, paid as cleared.`,
    settings: { mechanism: "merit", pricing: "uniform" },
  },
  {
    name: t`Town, winter evening`,
    about: t`Little to sell: demand outruns supply, prices rise.`,
    settings: { members: 200, season: "winter", weather: "overcast", time: 1110, mix: "town" },
  },
  {
    name: t`Solar village in June`,
    about: t`More sun than the village can use at noon.`,
    settings: { members: 400, mix: "solar", weather: "clear", time: 720 },
  },
  {
    name: t`Industrial park`,
    about: t`Few large orders beside many small ones.`,
    settings: { members: 600, mix: "industry", season: "autumn", weather: "mixed", time: 600 },
  },
  {
    name: t`A million members`,
    about: t`A whole region in one period.`,
    settings: { members: 1_000_000, mix: "town", season: "spring", time: 720 },
  },
];

/** The settings a preset stands for, in the view and at the speed they are looked at now. */
export const applyPreset = (preset: Preset, now: Settings): Settings =>
  consistent({
    ...defaults,
    ...preset.settings,
    view: now.view,
    speed: now.speed,
    against: now.against,
    block: now.block,
    home: now.home,
    currency: now.currency,
    step: now.step,
  });
