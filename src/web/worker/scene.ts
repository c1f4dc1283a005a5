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
import type { WalkRules } from "./explain.js";
import { marketOfOwn } from "./own/bring.js";
import { poolOf } from "./scenario.js";

/** A market of one period with what its rules made of it, kept while the page looks at it. */
export interface Scene {
  readonly market: Market;
  readonly rules: WalkRules;
  /** What the engine is given of the market by these rules. */
  readonly book: Book;
  readonly clearing: Clearing;
  /** Milliseconds the engine took this one time, cold or warm; {@link "./timing.js"} measures. */
  readonly took: number;
}

/** What the page asks about: the settings, and the person's own orders if they brought any. */
export interface Asked {
  readonly settings: Settings;
  readonly own: OwnFile | null;
}

/** The rules for the settings, or for another mechanism: with the same pricing where it goes with it. */
export function rulesOf(settings: Settings, mechanism: Mechanism = settings.mechanism): WalkRules {
  return {
    mechanism,
    pricing: goesWith(settings.pricing, mechanism) ? settings.pricing : ownPricing(mechanism),
    k: settings.blend * 10_000,
    pool: settings.pool ? poolOf(settings, settings.carrier) : null,
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

/**
 * What the engine is given: the stores' lots only where there is a pool to sell them, and of the offers those may join
 * it that consent and take what the pool pays.
 */
function bookOf({ offers, bids, lots }: Market, { pool }: WalkRules): Book {
  if (pool === null) return { offers, bids };
  const consent = offers.consent.map((says, index) =>
    says === 1 && offers.poolLimit[index]! <= pool.purchasePrice ? 1 : 0,
  );
  const book = { offers: { ...offers, consent }, bids };
  return lots.price.length > 0 ? { ...book, lots } : book;
}

/** The rules as the engine takes them: what the pool pays its sellers is settled outside. */
const engineRules = ({ pool, ...rules }: WalkRules): ClearingRules => ({
  ...rules,
  pool: pool && { price: pool.price, lots: pool.lots },
});

/** Clears `market` by `rules`; the result is a copy that stays. */
export function clearMarket(engine: Engine, market: Market, rules: WalkRules): Scene {
  const book = bookOf(market, rules);
  const start = performance.now();
  const view = engine.clear(book, engineRules(rules));
  const took = performance.now() - start;
  return { market, rules, book, clearing: copyClearing(view), took };
}

/** Clears a scene again, for its time alone. */
export function rerun(engine: Engine, { book, rules }: Scene): void {
  engine.clear(book, engineRules(rules));
}
