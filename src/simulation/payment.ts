/**
 * The payment contract of a run. A contract holds no more than some thousand rates, and who meters every quarter of an
 * hour wants a year of them: so long lists are agreed a stretch at a time, each before it begins.
 */
import type { PaymentContract } from "../market/contracts/contracts.js";
import type { ComponentOf } from "../tariff/components.js";
import type { PriceComponent } from "../tariff/prices.js";
import { type Carrier, carriers } from "../units.js";
import type { Cast } from "./cast.js";
import { highestRetail, lowestFeedIn, runZone } from "./outside.js";
import { firstPeriod, isShared, type Scenario, startTime } from "./scenario.js";

/** Coins that whoever has no credit limit of its own may owe. */
export const usualCredit = 20n;
const [minuteMs, dayMs] = [60_000, 86_400_000];
/** Most rates of all series together that one contract has, unless a day alone has more. */
const mostRates = 1_000;

/** Which of a run's payment contracts: it begins to hold in period `from`, for what begins at `place` of the run. */
interface Term {
  readonly version: number;
  readonly from: number;
  readonly place: number;
}

/** What is paid outside of trades, for the stretch of the run that begins at a place. */
export function payment({ scenario, scale }: Cast, { version, from, place }: Term): PaymentContract {
  const zone = runZone(scenario);
  const fromMs = startTime(scenario) + place * scenario.periodMs;
  const untilMs = fromMs + stretchOf(scenario) * scenario.periodMs;
  const cut = (given: readonly PriceComponent[]): readonly PriceComponent[] =>
    given.map((component) => said(component.by === "series" ? cutOf(component, fromMs, untilMs) : component));
  const shares = (carrier: Carrier): boolean => isShared(scenario.rules[carrier]);
  const tariffOf = (carrier: Carrier): PaymentContract["tariffs"][Carrier] => {
    const tariff = scenario.tariffs[carrier];
    const { retail, feedIn, components } = tariff;
    const worst = lowestFeedIn(tariff);
    return {
      retail: components?.retail ? cut(components.retail) : retail,
      feedIn: components?.feedIn ? cut(components.feedIn) : feedIn,
      commission: scenario.commission,
      // A tenth worse than the grid's own prices, so that a good forecast pays.
      shortagePrice: Math.round(highestRetail(tariff) * 1.1),
      surplusPrice: Math.round(worst * (worst < 0 ? 1.1 : 0.9)),
    };
  };
  return {
    kind: "payment",
    version,
    from,
    currency: scenario.currency,
    creditLimit: `${usualCredit * scale.coin}`,
    tariffs: {
      electricity: tariffOf("electricity"),
      heat: tariffOf("heat"),
      cold: tariffOf("cold"),
      gas: tariffOf("gas"),
    },
    ...(zone === null ? {} : { zone }),
    // Nothing is traded of what is shared, and a lost reading does not mean that nothing was used.
    metering: { window: 3, corrections: 6, missing: carriers.some(shares) ? "last" : "traded" },
  };
}

/** The payment contract of the stretch that begins at a place of the run after its first; else none. */
export function paymentRenewed(cast: Cast, place: number): PaymentContract[] {
  const stretch = stretchOf(cast.scenario);
  if (place === 0 || place % stretch !== 0) return [];
  return [payment(cast, { version: 1 + place / stretch, from: firstPeriod(cast.scenario) + place, place })];
}

/** By scenario: periods for which one contract has the rates. The question comes up every period. */
const stretches = new WeakMap<Scenario, number>();

/** Periods for which one contract has the rates: all of the run, or whole days of it. */
function stretchOf(scenario: Scenario): number {
  const known = stretches.get(scenario);
  if (known !== undefined) return known;
  const { tariffs, periodMs, periods } = scenario;
  const lists = carriers.flatMap((carrier) => {
    const { retail = [], feedIn = [] } = tariffs[carrier].components ?? {};
    return [...retail, ...feedIn].filter((each): each is ComponentOf<"series"> => each.by === "series");
  });
  const rates = lists.reduce((sum, each) => sum + each.rates.length, 0);
  const ratesADay = lists.reduce((sum, { minutes }) => sum + dayMs / (minutes * minuteMs), 0);
  const days = Math.max(1, Math.floor(mostRates / ratesADay));
  const stretch = rates <= mostRates ? periods : (days * dayMs) / periodMs;
  stretches.set(scenario, stretch);
  return stretch;
}

/** A component without the keys that its file left out, as a contract has it. */
const said = <C extends PriceComponent>(component: C): C =>
  Object.fromEntries(Object.entries(component).filter(([, value]) => value !== undefined)) as unknown as C;

/** The rates of a series that count between two instants: those that hold then, or the one that is nearest. */
function cutOf(series: ComponentOf<"series">, fromMs: number, untilMs: number): ComponentOf<"series"> {
  const { start, minutes, rates } = series;
  const [startMs, eachMs] = [Date.parse(start), minutes * minuteMs];
  const first = Math.min(Math.max(0, Math.floor((fromMs - startMs) / eachMs)), rates.length - 1);
  const end = Math.min(Math.max(first + 1, Math.ceil((untilMs - startMs) / eachMs)), rates.length);
  if (first === 0 && end === rates.length) return series;
  const begins = new Date(startMs + first * eachMs).toISOString().replace(".000Z", "Z");
  return { ...series, start: begins, rates: rates.slice(first, end) };
}
