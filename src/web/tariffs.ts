/** What the grid asks and pays for a kWh in the communities of the page, in price ticks. */
import { ownTariffs } from "../simulation/tariffs.js";
import { type Carrier, carriers, parsePrice } from "../units.js";

/** By carrier; a test holds them against those of the scenarios that are traded. */
export const tariffs = Object.fromEntries(
  carriers.map((carrier) => {
    const { retail, feedIn } = ownTariffs[carrier];
    return [carrier, { retail: parsePrice(retail), feedIn: parsePrice(feedIn) }];
  }),
) as Readonly<Record<Carrier, { readonly retail: number; readonly feedIn: number }>>;
