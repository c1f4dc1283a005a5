/**
 * The markets that the page begins with: that of the story, and that of a first visitor to Period. Their days were
 * traded when the page was built, by the same code, so that it can show them before it has fetched what trades a day.
 * What follows from the orders is computed here, as always.
 */
import { keyOf } from "../settings/effects.js";
import type { Settings } from "../settings/settings.js";
import { type InBlock, type Sealed, sealedMarket } from "./market.js";

/** The orders of a period, and what its block says came of them. */
export interface First extends InBlock {
  /** By what the period was asked for: see {@link firstKey}. */
  readonly key: string;
}

/** Filled in by the build; without one, in tests and development, every day is traded here. */
declare const __FIRST__: readonly First[];
const built: readonly First[] = typeof __FIRST__ === "undefined" ? [] : __FIRST__;

/** All that the orders of a period depend on. */
export const firstKey = (settings: Settings): string =>
  keyOf("period", { ...settings, view: "period" }, null);

/** The market of the settings, if the page was built with it. */
export function firstMarket(settings: Settings): Sealed | null {
  const key = firstKey(settings);
  const found = built.find((each) => each.key === key);
  return found === undefined ? null : sealedMarket(found);
}
