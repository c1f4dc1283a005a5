/**
 * What a tariff is: a list of components, each of one sort, on some of a member's energy, at a rate. The shape in which
 * files and contracts have them is `shapes.ts`, what they come to `charge.ts`.
 */
import type { Carrier, Tick } from "../units.js";
import type { Zone } from "./zone.js";

/** What a component is for; of `feedIn` the supplier pays the member, of all others the member pays. */
export const sorts: readonly ["energy", "grid", "levy", "tax", "feedIn"] = [
  "energy",
  "grid",
  "levy",
  "tax",
  "feedIn",
];
/** What a component is for. */
export type Sort = (typeof sorts)[number];

/**
 * The energy that a component is on. Drawn: from the member's own supplier or the grid, received by sharing, bought in
 * the market. Fed in: to the grid, supplied by sharing, sold in the market. Each unit of energy is in one of them.
 */
export const bases: readonly ["fromGrid", "received", "bought", "toGrid", "supplied", "sold"] = [
  "fromGrid",
  "received",
  "bought",
  "toGrid",
  "supplied",
  "sold",
];
/** The energy that a component is on. */
export type Basis = (typeof bases)[number];

/** Rates count in 10⁻⁹ of a currency unit. */
export const rateTick: Tick = { mantissa: 1n, scale: 9 };
/** Powers and limits of energy count in 10⁻⁶ kW and kWh, percentages in 10⁻⁶ of one. */
export const microTick: Tick = { mantissa: 1n, scale: 6 };

/** A part of a calendar. What is left out holds always. */
export interface Part {
  /** What a bill calls it. */
  readonly name: string;
  /** 1 to 12. */
  readonly months?: readonly number[] | undefined;
  /** 1 Monday to 7 Sunday. */
  readonly weekdays?: readonly number[] | undefined;
  /** `"HH:MM-HH:MM"`. */
  readonly hours?: readonly string[] | undefined;
  /** Currency per kWh. */
  readonly rate: string;
}

/** A step of a rate by volume. */
export interface Step {
  /** kWh in a month up to which it holds; of the last: left out. */
  readonly upTo?: string | undefined;
  /** Currency per kWh. */
  readonly rate: string;
}

/** What every component says. */
interface Named {
  /** What a bill calls it. */
  readonly name: string;
  readonly sort: Sort;
}
/** A component on energy. */
interface OnEnergy extends Named {
  readonly on: readonly Basis[];
  /** Parts in a million by which its rates are lowered. */
  readonly less?: number | undefined;
}
/** A component by how its rate counts. Rates are decimals in currency for each kWh, kW and month, or month. */
export interface ComponentsBy {
  readonly energy: OnEnergy & { readonly rate: string };
  readonly calendar: OnEnergy & { readonly parts: readonly Part[] };
  readonly series: OnEnergy & {
    readonly start: string;
    readonly minutes: number;
    readonly rates: readonly string[];
  };
  readonly steps: OnEnergy & { readonly steps: readonly Step[] };
  readonly contracted: Named & { readonly power: string; readonly rate: string };
  readonly peak: Named & { readonly on: readonly Basis[]; readonly minutes: number; readonly rate: string };
  readonly month: Named & { readonly rate: string };
  readonly percent: Named & {
    readonly of: readonly (Sort | "community")[];
    /** Names of components above it that it is on as well. */
    readonly lines?: readonly string[] | undefined;
    readonly percent: string;
  };
}
/** Whether a percentage is on a line above it. */
export const isOn = (
  { of, lines }: Pick<ComponentsBy["percent"], "of" | "lines">,
  { sort, name }: Named,
): boolean => of.includes(sort) || (lines?.includes(name) ?? false);

/** How a component's rate counts. */
export type By = keyof ComponentsBy;
/** A component that counts in one way. */
export type ComponentOf<B extends By> = { readonly by: B } & ComponentsBy[B];
/** A component of a tariff. */
export type Component = { readonly [B in By]: ComponentOf<B> }[By];

/** A tariff: what its components come to is in `currency`, rounded to `unit` line by line. */
export interface Tariff {
  readonly name: string;
  readonly carrier: Carrier;
  readonly currency: string;
  /** The smallest amount of a bill, as a decimal: `0.01`. */
  readonly unit: string;
  readonly zone: Zone;
  readonly components: readonly Component[];
}
