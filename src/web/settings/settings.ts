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

/** What the page shows and with which market: everything a link has to carry. */
export interface Settings {
  view: ViewName;
  carrier: Carrier;
  /** Orders of one period, offers and bids together. */
  orders: number;
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
  /** Commission of each side of a trade, in tenths of a percent of its amount. */
  commission: number;
  /** Speed of the walk and of the day, in percent. */
  speed: number;
  /** Height of the block that the ledger view has open; −1 for none. */
  block: number;
}

export const views = ["period", "day", "compare", "ledger", "bench"] as const;
export type ViewName = (typeof views)[number];
export const mixes = ["street", "solar", "town", "industry"] as const;
export const seasons = ["winter", "spring", "summer", "autumn"] as const;
export const weathers = ["clear", "mixed", "overcast", "windy"] as const;
export const periodLengths = [5, 15, 30, 60] as const;
export const leastOrders = 10;
export const mostOrders = 1_000_000;

/** The market a first visitor meets: a street small enough to follow every trade. */
export const defaults: Readonly<Settings> = {
  view: "period",
  carrier: "electricity",
  orders: 14,
  seed: 11,
  mix: "street",
  season: "summer",
  weather: "mixed",
  minutes: 15,
  time: 1080,
  ...defaultMechanism,
  blend: 50,
  pool: true,
  poolPrice: 430,
  lots: "divisible",
  commission: 0,
  speed: 100,
  block: -1,
};

type Reader<T> = (text: string) => T | undefined;

const oneOf =
  <T extends string>(values: readonly T[]): Reader<T> =>
  (text) =>
    values.find((value) => value === text);

const wholeNumber =
  (least: number, most: number): Reader<number> =>
  (text) => {
    const value = /^-?[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? value : undefined;
  };

const readers: { readonly [K in Exclude<keyof Settings, "view">]: Reader<Settings[K]> } = {
  carrier: oneOf(carriers),
  orders: wholeNumber(leastOrders, mostOrders),
  seed: wholeNumber(0, 0xffff_ffff),
  mix: oneOf(mixes),
  season: oneOf(seasons),
  weather: oneOf(weathers),
  minutes: (text) => periodLengths.find((length) => String(length) === text),
  time: wholeNumber(0, 1439),
  mechanism: oneOf(mechanismNames),
  pricing: oneOf(pricingNames),
  blend: wholeNumber(0, 100),
  pool: (text) => (text === "yes" ? true : text === "no" ? false : undefined),
  poolPrice: wholeNumber(0, 2000),
  lots: oneOf(["whole", "divisible"]),
  commission: wholeNumber(0, 200),
  speed: wholeNumber(25, 800),
  block: wholeNumber(-1, 1_000_000),
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

/** Reads the settings out of a URL's hash, `#/view?name=value&…`; what is missing or makes no sense takes its default. */
export function readHash(hash: string): Settings {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const settings: Settings = { ...defaults, view: views.find((view) => view === path) ?? defaults.view };
  const given = new URLSearchParams(query.slice(0, 2000));
  for (const name of Object.keys(readers) as (keyof typeof readers)[]) {
    const text = given.get(name);
    const value = text === null ? undefined : readers[name](text);
    if (value !== undefined) Object.assign(settings, { [name]: value });
  }
  return consistent(settings);
}

/** The hash that restores `settings`: names only what differs from the defaults. */
export function writeHash(settings: Settings): string {
  const query = new URLSearchParams();
  for (const name of Object.keys(readers) as (keyof typeof readers)[]) {
    const value = settings[name];
    if (value === defaults[name]) continue;
    query.set(name, typeof value === "boolean" ? (value ? "yes" : "no") : String(value));
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

const market = { ...defaults };
export const presets: readonly Preset[] = [
  {
    name: "Street, summer evening",
    about: "Fourteen orders: follow every trade.",
    settings: {},
  },
  {
    name: "One price for all",
    about: "The same street in merit order, paid as cleared.",
    settings: { mechanism: "merit", pricing: "uniform" },
  },
  {
    name: "Town, winter evening",
    about: "Little to sell: demand outruns supply, prices rise.",
    settings: { orders: 200, season: "winter", weather: "overcast", time: 1110, mix: "town" },
  },
  {
    name: "Solar village in June",
    about: "More sun than the village can use at noon.",
    settings: { orders: 400, mix: "solar", weather: "clear", time: 720 },
  },
  {
    name: "Industrial park",
    about: "Few large orders beside many small ones.",
    settings: { orders: 1000, mix: "industry", season: "autumn", weather: "mixed", time: 600 },
  },
  {
    name: "A million orders",
    about: "A whole region in one period.",
    settings: { orders: 1_000_000, mix: "town", season: "spring", time: 720 },
  },
];

/** The settings a preset stands for, in the view and at the speed they are looked at now. */
export const applyPreset = (preset: Preset, now: Settings): Settings =>
  consistent({ ...market, ...preset.settings, view: now.view, speed: now.speed, block: now.block });
