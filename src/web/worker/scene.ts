/** The market of one period that the page looks at: whose orders, by which rules, and what came of it. */
import type { Book, ClearingRules, Engine } from "../../core/engine.js";
import { fail } from "../../errors.js";
import { orderRules } from "../../simulation/scenario.js";
import { t } from "../say.js";
import { isDay, isOwn, type OwnFile } from "../settings/effects.js";
import type { Settings } from "../settings/settings.js";
import type { WalkRules } from "./explain.js";
import { firstMarket } from "./first.js";
import { keptScenario } from "./keptscenario.js";
import { type Market, type Sealed, sealedMarket } from "./market.js";
import { poolAt } from "./pool.js";
import { type SceneTrades, sameTrades, tradesOf } from "./trades.js";
import type { Work } from "./work.js";

/** A market of one period with what its rules made of it, kept while the page looks at it. */
export interface Scene {
  readonly market: Market;
  readonly rules: WalkRules;
  /** What the engine is given of the market by these rules. */
  readonly book: Book;
  readonly trades: SceneTrades;
  /** Price of a unit where all trades have one; null where each has its own, or none traded. */
  readonly clearingPrice: number | null;
  /** What the block of the period says of it; null where it is in none. */
  readonly sealed: Sealed | null;
  /**
   * Whether the trades of the block are others than those of the orders alone: plants that turn one energy into another
   * and lines that are full have a say there.
   */
  readonly cut: boolean;
  /** Milliseconds the engine took this one time, cold or warm; {@link "./timing.js"} measures. */
  readonly took: number;
}

/** What the page asks about: the settings, and the person's own orders if they brought any. */
export interface Asked {
  readonly settings: Settings;
  readonly own: OwnFile | null;
}

/** The rules of the settings for the carrier that is shown. */
export function rulesOf(settings: Settings): WalkRules {
  const { mechanism, pricing, blend, pool, poolPrice, carrier, lots } = settings;
  if (settings.scenario > 0) {
    const { mechanism, pricing, k, pool } = orderRules(keptScenario(settings.scenario), carrier);
    return { mechanism, pricing, k, pool };
  }
  return {
    mechanism,
    pricing,
    k: blend * 10_000,
    pool: pool ? poolAt(poolPrice * 1000, carrier, lots) : null,
  };
}

let kept: { readonly key: string; readonly market: Market } | null = null;

/** The orders of a region that is too large for a day, kept until others are asked for. */
async function largeMarket(settings: Settings): Promise<Market> {
  const { seed, members, mix, season, weather, minutes, time, carrier } = settings;
  const key = JSON.stringify([seed, members, mix, season, weather, minutes, time, carrier]);
  const { makeMarket } = await import("./community.js");
  if (kept?.key !== key) kept = { key, market: makeMarket(settings) };
  return kept.market;
}

/** The orders that the page asks about, and what their block says where the day has one. */
export interface Found {
  readonly market: Market;
  readonly sealed: Sealed | null;
}

/**
 * Finds the orders the page asks about; the day is traded as far as that. Tells the part of it that is done. What it
 * takes to simulate a community, or to read a file, is fetched when it is first asked for: the page begins without.
 */
export async function ordersOf({ engine, signal, tell }: Work<number>, asked: Asked): Promise<Found> {
  const { settings, own } = asked;
  if (isOwn(settings.view, own)) {
    const { marketOfOwn } = await import("./own/bring.js");
    return { market: marketOfOwn(own!.number, settings.carrier), sealed: null };
  }
  const first = firstMarket(settings);
  if (first !== null) return { market: first.market, sealed: first };
  if (!isDay(settings)) return { market: await largeMarket(settings), sealed: null };
  const [{ tradedDay, tradeUntil }, { marketInBlock }] = await Promise.all([
    import("./day.js"),
    import("./sealed.js"),
  ]);
  const place = Math.floor(settings.time / settings.minutes);
  const day = await tradedDay(engine, settings);
  const there = await tradeUntil(day, place + 1, signal, () => tell(day.periods.length / (place + 1)));
  if (!there) return fail("state", "day", t`the day that is kept`, t`another one: open the view again`);
  const sealed = sealedMarket(marketInBlock(day, place, settings.carrier, engine));
  return { market: sealed.market, sealed };
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

/** Clears `market` by `rules`. */
export function clearMarket(engine: Engine, market: Market, rules: WalkRules): Scene {
  const book = bookOf(market, rules);
  const start = performance.now();
  const view = engine.clear(book, engineRules(rules));
  const took = performance.now() - start;
  const trades = tradesOf(view, market.offers.price.length);
  return { market, rules, book, trades, clearingPrice: view.clearingPrice, took, sealed: null, cut: false };
}

/** The scene of a period as it was sealed: by its block, where that says other trades than its orders alone would. */
export function sealedScene(engine: Engine, { market, sealed }: Found, rules: WalkRules): Scene {
  const scene = clearMarket(engine, market, rules);
  if (sealed === null) return scene;
  const cut = !sameTrades(scene.trades, sealed.trades);
  return cut ? { ...scene, sealed, cut, trades: sealed.trades, clearingPrice: null } : { ...scene, sealed };
}

/** Clears a scene again, for its time alone. */
export function rerun(engine: Engine, { book, rules }: Scene): void {
  engine.clear(book, engineRules(rules));
}
