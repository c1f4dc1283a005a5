/** What is said under the topics of a market: documents of its state, decimals as text in the market's units. */
import type { ClearingContract } from "../../market/contracts/contracts.js";
import type { LoggedMarket } from "../../market/logged.js";
import { type Carrier, carriers, formatTicks } from "../../units.js";

/** What is known of periods to come: what energy from outside costs, what the pool pays, and the standing limits. */
export function comingDocument({ state, ticks }: LoggedMarket, carrier: Carrier): object {
  const price = (value: number): string => formatTicks(value, ticks.price);
  const clearing = state.contract(`clearing/${carrier}`) as ClearingContract | null;
  const tariff = state.tariff(carrier);
  const pool = clearing?.pool ?? null;
  const limit = (side: "supply" | "use"): string | null => {
    const terms = state.contract(`${side}/${carrier}`);
    return terms === null || !("limit" in terms) ? null : formatTicks(terms.limit, ticks.quantity);
  };
  return {
    tariff:
      tariff === null
        ? null
        : {
            retail: price(tariff.retail),
            feedIn: price(tariff.feedIn),
            shortagePrice: price(tariff.shortagePrice),
            surplusPrice: price(tariff.surplusPrice),
          },
    pool: pool && { price: price(pool.price), purchasePrice: price(pool.purchasePrice) },
    mechanism: clearing?.mechanism ?? null,
    limits: { offer: limit("supply"), bid: limit("use") },
  };
}

/** What a member may offer and ask for in a period; null: not at all. */
export function limitsDocument({ state, ticks }: LoggedMarket, participant: string): object {
  const limit = (terms: { readonly limit: number } | null): string | null =>
    terms === null ? null : formatTicks(terms.limit, ticks.quantity);
  return Object.fromEntries(
    carriers.map((carrier) => {
      const { supply, use } = state.terms(participant, carrier);
      return [carrier, { offer: limit(supply), bid: limit(use) }];
    }),
  );
}
