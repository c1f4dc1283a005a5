import { type Clearing, type ClearingRules, copyClearing } from "../../core/engine.js";
import { goesWith, ownPricing } from "../../core/mechanisms.js";
import { microTick } from "../../units.js";
import type { Settings } from "../settings/settings.js";
import { type Market, makeMarket } from "./community.js";
import type { Opened } from "./worker.js";

/** A market of one period with what its rules made of it, kept while the page looks at it. */
export interface Scene {
  readonly market: Market;
  readonly rules: ClearingRules;
  readonly clearing: Clearing;
  /** How long the engine took, in milliseconds. */
  readonly took: number;
}

/** What the page asks about: the settings, and the person's own orders if they brought any. */
export interface Asked {
  readonly settings: Settings;
  readonly own: { readonly number: number; readonly name: string } | null;
}

/** The engine's rules for the settings. */
export function rulesOf(settings: Settings, mechanism = settings.mechanism): ClearingRules {
  const { pricing } = settings;
  return {
    mechanism,
    pricing: goesWith(pricing, mechanism) ? pricing : ownPricing(mechanism),
    k: settings.blend * 10_000,
    pool: settings.pool ? { price: settings.poolPrice * 1000, lots: settings.lots } : null,
  };
}

let marketKey = "";
let market: Market | null = null;

/** The orders the page asks about, kept until it asks about others. */
export async function marketOf({ settings, own }: Asked): Promise<Market> {
  const { seed, orders, mix, season, weather, minutes, time, carrier } = settings;
  const key = JSON.stringify(
    own === null ? [seed, orders, mix, season, weather, minutes, time, carrier] : [own.number, carrier],
  );
  if (market === null || key !== marketKey) {
    market = own === null ? makeMarket(settings) : await readOwn(own.number, settings);
    marketKey = key;
  }
  return market;
}

/** The file brought last: its number, and its text. */
let broughtFile = { number: 0, text: "" };
/** Takes the text of a file, to be asked about by its number. */
export function bringFile(file: { readonly number: number; readonly text: string }): void {
  broughtFile = file;
}

async function readOwn(number: number, settings: Settings): Promise<Market> {
  const { text } = broughtFile;
  if (number !== broughtFile.number) throw new Error("The file is no longer there: choose it again.");
  const { parseOrderFile } = await import("../../files/orderfile.js");
  const file = parseOrderFile(text, { quantity: microTick, price: microTick });
  const sheet = file.get(settings.carrier) ?? [...file.values()][0];
  if (sheet === undefined) throw new Error("The file has a header but no orders.");
  const owner = (ids: readonly string[]) => (index: number) => ({
    name: ids[index]!,
    kind: "from your file",
  });
  return {
    offers: {
      quantity: sheet.offers.quantity,
      price: sheet.offers.price,
      consent: new Uint8Array(sheet.offers.price.length).fill(1),
    },
    bids: { quantity: sheet.bids.quantity, price: sheet.bids.price },
    lots: { quantity: new Uint32Array(0), price: new Int32Array(0) },
    offerOwner: owner(sheet.offers.id),
    bidOwner: owner(sheet.bids.id),
  };
}

/** Clears `market` by `rules`; the result is a copy that stays. */
export function clearMarket(engine: Opened, market: Market, rules: ClearingRules): Scene {
  const start = performance.now();
  const { offers, bids, lots } = market;
  const view = engine.clear(
    rules.pool && lots.price.length > 0 ? { offers, bids, lots } : { offers, bids },
    rules,
  );
  const took = performance.now() - start;
  return { market, rules, clearing: copyClearing(view), took };
}
