/**
 * The stretches of a month in which a tariff holds as it is. An amendment that brings nothing but new values of price
 * series, as the prices of the next day do, begins none: each period has the values that held in it.
 */
import type { TariffContract } from "../market/contracts/contracts.js";
import type { Tariff } from "../tariff/components.js";
import type { UsedPeriod } from "./usage.js";

/** A tariff, from a contract of the ledger or from outside. */
export type Held = Tariff | TariffContract;

/** Periods one after the other, and by place the tariff that held in each: but for values of series the same. */
export interface TariffStretch {
  readonly periods: readonly UsedPeriod[];
  readonly tariffs: readonly Held[];
}

/** What tariffs of one stretch have in common, as text; by contract, since a month asks for each a thousand times. */
const termsOf = /* @__PURE__ */ new WeakMap<Held, string>();

function terms(held: Held): string {
  const known = termsOf.get(held);
  if (known !== undefined) return known;
  // Which amendment it is, and since when it holds, is no difference of a tariff.
  const { version, from, components, ...rest } = { version: 0, from: 0, ...held };
  const own = components.map((each) => (each.by === "series" ? { ...each, start: "", rates: [] } : each));
  const text = JSON.stringify([rest, own]);
  termsOf.set(held, text);
  return text;
}

/** The stretches of periods in which a tariff holds; a period without one ends a stretch. */
export function stretchesOf(
  periods: readonly UsedPeriod[],
  tariffIn: (period: UsedPeriod) => Held | undefined,
): TariffStretch[] {
  const stretches: { readonly periods: UsedPeriod[]; readonly tariffs: Held[] }[] = [];
  let before: Held | undefined;
  for (const period of periods) {
    const tariff = tariffIn(period);
    const isSame =
      tariff === before || (tariff !== undefined && before !== undefined && terms(tariff) === terms(before));
    before = tariff;
    if (tariff === undefined) continue;
    if (!isSame) stretches.push({ periods: [], tariffs: [] });
    const { periods: own, tariffs } = stretches.at(-1)!;
    own.push(period);
    tariffs.push(tariff);
  }
  return stretches;
}
