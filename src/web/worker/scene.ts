/** The market of one period that the page looks at: whose orders, by which rules, and what came of it. */
import {
  type Book,
  type Clearing,
  type ClearingRules,
  copyClearing,
  type Engine,
} from "../../core/engine.js";
import { goesWith, type Mechanism, ownPricing } from "../../core/mechanisms.js";
import { isOwn, type OwnFile } from "../settings/effects.js";
import type { Settings } from "../settings/settings.js";
import { type Market, makeMarket } from "./community.js";
import { marketOfOwn } from "./own/bring.js";

/** A market of one period with what its rules made of it, kept while the page looks at it. */
export interface Scene {
  readonly market: Market;
  readonly rules: ClearingRules;
  readonly clearing: Clearing;
  /** Milliseconds the engine took this one time, cold or warm; {@link "./timing.js"} measures. */
  readonly took: number;
}

/** What the page asks about: the settings, and the person's own orders if they brought any. */
export interface Asked {
  readonly settings: Settings;
  readonly own: OwnFile | null;
}

/** The engine's rules for the settings, or for another mechanism: with the same pricing where it goes with it. */
export function rulesOf(settings: Settings, mechanism: Mechanism = settings.mechanism): ClearingRules {
  return {
    mechanism,
    pricing: goesWith(settings.pricing, mechanism) ? settings.pricing : ownPricing(mechanism),
    k: settings.blend * 10_000,
    pool: settings.pool ? { price: settings.poolPrice * 1000, lots: settings.lots } : null,
  };
}

let kept: { readonly key: string; readonly market: Market } | null = null;

/** The orders the page asks about, kept until it asks about others. */
export function marketOf({ settings, own }: Asked): Market {
  if (isOwn(settings.view, own)) return marketOfOwn(own!.number, settings.carrier);
  const { seed, orders, mix, season, weather, minutes, time, carrier } = settings;
  const key = JSON.stringify([seed, orders, mix, season, weather, minutes, time, carrier]);
  if (kept?.key !== key) kept = { key, market: makeMarket(settings) };
  return kept.market;
}

/** What the engine is given: the stores' lots only where there is a pool to sell them. */
function bookOf({ offers, bids, lots }: Market, rules: ClearingRules): Book {
  return rules.pool && lots.price.length > 0 ? { offers, bids, lots } : { offers, bids };
}

/** Clears `market` by `rules`; the result is a copy that stays. */
export function clearMarket(engine: Engine, market: Market, rules: ClearingRules): Scene {
  const book = bookOf(market, rules);
  const start = performance.now();
  const view = engine.clear(book, rules);
  const took = performance.now() - start;
  return { market, rules, clearing: copyClearing(view), took };
}

/** Clears a scene again, for its time alone. */
export function rerun(engine: Engine, { market, rules }: Scene): void {
  engine.clear(bookOf(market, rules), rules);
}
