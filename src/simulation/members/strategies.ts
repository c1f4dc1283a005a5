/** The strategies that come with the package, honest ones and attackers; each is one function of what it sees. */
import { outsideAt } from "../outside.js";
import type { Scenario, StrategyName } from "../scenario.js";
import type { Member } from "./member.js";
import type { Quote, Strategy } from "./quote.js";
import { bidLimit, offerLimit } from "./strategy.js";

/** Whether a strategy by name looks at what became of earlier orders; runs without one need not keep it. */
const learns = (name: StrategyName): boolean => name === "adaptive";

const hourMs = 3_600_000;
/** What an attacker takes off its price and its quantity, or adds to them: a fifth. */
const share = 0.2;

/** Anywhere between what a unit is worth and the other tariff: zero-intelligence constrained (Gode and Sunder 1993). */
function random({ side, worth, tariff, luck }: Quote): number {
  const other = side === "bid" ? tariff.feedIn : tariff.retail;
  return Math.floor(worth + (other - worth) * luck);
}

/**
 * Steps towards what the market pays after an order that was served, and back towards one's own worth after one that
 * was not, by half the way and a little: a call market punishes whoever waits (after ZIP, Cliff and Bruten 1997, with
 * unequal steps).
 */
function adaptive(quote: Quote): number {
  const { side, worth, tariff, luck, last } = quote;
  if (last === null) return random(quote);
  const q = quote.marketPrice ?? worth;
  const little = tariff.retail * (0.002 + 0.006 * luck);
  const open = last.served < 0.98 * last.quantity;
  const own = last.price;
  if (side === "bid") {
    if (open) return Math.floor(Math.min(worth, own + (Math.max(q, own) + little - own) / 2));
    return own > q ? Math.floor(own - (own - q) / 20) : own;
  }
  if (open) return Math.ceil(Math.max(worth, own - (own - Math.min(q, own) + little) / 2));
  return own < q ? Math.ceil(own + (q - own) / 20) : own;
}

/** From the far tariff to what a unit is worth in the course of each hour, in equal steps. */
function escalating({ side, worth, tariff, place, periodMs }: Quote): number {
  const steps = Math.max(Math.floor(hourMs / periodMs), 1);
  const part = steps === 1 ? 1 : (place % steps) / (steps - 1);
  const from = side === "bid" ? tariff.feedIn : tariff.retail;
  return Math.floor(from + (worth - from) * part);
}

/** Says a fifth of the way to the other tariff less than the truth. */
function shading({ side, worth, tariff }: Quote): number {
  const other = side === "bid" ? tariff.feedIn : tariff.retail;
  return Math.floor(worth + (other - worth) * share);
}

const truthful: Strategy = ({ worth }) => worth;

const scaled =
  (factor: number): Strategy =>
  ({ worth, quantity }) => ({ price: worth, quantity: Math.max(Math.round(quantity * factor), 1) });

/**
 * A strategy by name, for the members of a scenario. Converters always bid by what their outputs fetch (`usual`): what
 * their input is worth to them is not what the grid asks for it.
 */
function strategyOf(name: StrategyName, scenario: Scenario): Strategy {
  const usual: Strategy = ({ member, carrier, side, luck, place }) =>
    (side === "bid" ? bidLimit : offerLimit)(member, carrier, outsideAt(scenario, place), luck);
  const others: { readonly [Name in StrategyName]: Strategy } = {
    usual,
    truthful,
    random,
    adaptive,
    escalating,
    shading,
    withholding: scaled(1 - share),
    overordering: scaled(1 + share),
    // What it does beside its orders is elsewhere: further names (names.ts), and limits of stores (repricing.ts).
    splitting: truthful,
    arbitrage: truthful,
  };
  const own = others[name];
  return (quote) => (quote.member.converter === null ? own(quote) : usual(quote));
}

/** The name of a member's strategy: what a scenario says of it, of its kind, of all, or its own way. */
export function strategyNameOf({ strategies }: Scenario, { person, kind }: Member): StrategyName {
  // Names are anybody's: one may be called `constructor`.
  for (const whose of [person, kind, "all"]) if (Object.hasOwn(strategies, whose)) return strategies[whose]!;
  return "usual";
}

/** The strategy of each member of a scenario, by its name. */
export function strategiesOf(scenario: Scenario): { readonly strategy: Strategy; readonly learns: boolean } {
  const named = Object.values(scenario.strategies);
  const made = new Map<StrategyName, Strategy>();
  for (const name of new Set([...named, "usual" as const])) made.set(name, strategyOf(name, scenario));
  return {
    strategy: (quote) => made.get(strategyNameOf(scenario, quote.member))!(quote),
    learns: named.some(learns),
  };
}
