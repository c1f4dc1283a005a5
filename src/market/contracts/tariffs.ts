/**
 * What carriers cost outside the market in a period, where the payment contract has it as components: one price for the
 * period, which has its time where it begins, at the timestamp of the block before.
 */
import { fail } from "../../errors.js";
import {
  checkPrices,
  needsZone,
  type PriceBasis,
  type PriceComponent,
  priceAt,
  priceRange,
} from "../../tariff/prices.js";
import { type Carrier, carriers, maxPrice, minPrice, parseTick } from "../../units.js";
import type { MarketContract, PaymentContract, PeriodTariff, Tariff } from "./contracts.js";
import { price } from "./fields.js";
import { priceWords } from "./unitwords.js";

/** What each carrier costs outside the market in one period. */
export type PeriodTariffs = { readonly [carrier in Carrier]: PeriodTariff };

/** The prices of a tariff that may be components, and what those are on. */
const bases: { readonly retail: "fromGrid"; readonly feedIn: "toGrid" } = {
  retail: "fromGrid",
  feedIn: "toGrid",
};
type PricedName = keyof typeof bases;
const priced = Object.keys(bases) as PricedName[];

const isList = (price: Tariff["retail"]): price is readonly PriceComponent[] => typeof price !== "number";

/** Price ticks, or components that make a price, as a contract has them. */
export const priceOrList =
  (name: PricedName) =>
  (value: unknown, field: string): Tariff["retail"] => {
    if (!Array.isArray(value)) return price(value, field);
    const found = checkPrices(value, bases[name], field);
    // A copy without the keys that were left out, as canonical JSON has it.
    return JSON.parse(JSON.stringify(found)) as typeof found;
  };

/** All lists of components of a payment contract, with their places. */
function* listsOf({ tariffs }: Pick<PaymentContract, "tariffs">): Generator<{
  readonly field: string;
  readonly basis: PriceBasis;
  readonly list: readonly PriceComponent[];
}> {
  for (const carrier of carriers)
    for (const name of priced) {
      const list = tariffs[carrier][name];
      if (isList(list)) yield { field: `tariffs.${carrier}.${name}`, basis: bases[name], list };
    }
}

/** Whether prices of a payment contract may differ from period to period. */
export const varies = (payment: PaymentContract | null): boolean =>
  payment !== null && !listsOf(payment).next().done;

/** Throws `invalid` unless a payment contract says a zone where calendars need one. */
export function checkZoneOf(payment: PaymentContract, field: string): void {
  if (payment.zone === undefined && [...listsOf(payment)].some(({ list }) => needsZone(list)))
    fail("invalid", `${field}.zone`, "a zone by whose clocks calendars go", "none");
}

/** Throws `refused` where a price may come to more than a record holds. */
export function checkRanges(payment: PaymentContract, market: MarketContract, own: string): void {
  const priceTick = parseTick(market.priceTick);
  for (const { field, basis, list } of listsOf(payment)) {
    const { least, most } = priceRange(list, basis, priceTick);
    if (least < minPrice || most > maxPrice)
      fail(
        "refused",
        `${own}.${field}`,
        `a price from ${priceWords(market, minPrice)} to ${priceWords(market, maxPrice)}`,
        `${priceWords(market, least)} … ${priceWords(market, most)}`,
      );
  }
}

/** The most that a price of a carrier's tariff ever comes to. */
export function highestOf(
  payment: PaymentContract,
  { priceTick }: Pick<MarketContract, "priceTick">,
  carrier: Carrier,
  name: PricedName,
): number {
  const given = payment.tariffs[carrier][name];
  return isList(given) ? priceRange(given, bases[name], parseTick(priceTick)).most : given;
}

/** The tariffs that hold in a period that begins at an instant, Unix time in milliseconds. */
export function tariffsAt(
  payment: PaymentContract,
  { priceTick }: Pick<MarketContract, "priceTick">,
  beganMs: number,
): PeriodTariffs {
  const units = { zone: payment.zone ?? null, priceTick: parseTick(priceTick) };
  const priceOf = (tariff: Tariff, name: PricedName): number => {
    const given = tariff[name];
    return isList(given) ? priceAt(given, bases[name], units, beganMs) : given;
  };
  return Object.fromEntries(
    carriers.map((carrier) => {
      const tariff = payment.tariffs[carrier];
      return [carrier, { ...tariff, retail: priceOf(tariff, "retail"), feedIn: priceOf(tariff, "feedIn") }];
    }),
  ) as PeriodTariffs;
}
