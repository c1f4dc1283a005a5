/** The community that the settings describe, and a day of it. */
import { community } from "../../simulation/community.js";
import { type MemberKind, orderRules, type Scenario } from "../../simulation/scenario.js";
import { wired } from "../../simulation/scenarios/network.js";
import { type Carrier, carriers, formatTicks, microTick, ppm } from "../../units.js";
import type { Settings } from "../settings/settings.js";
import { keptScenario } from "./keptscenario.js";
import { poolAt } from "./pool.js";

/** Who lives in a community, in parts of a hundred. */
type Mix = Readonly<Partial<Record<MemberKind, number>>>;

const mixes: Record<Settings["mix"], Mix> = {
  street: {
    home: 80,
    business: 4,
    car: 7,
    solar: 1,
    biomass: 1,
    chp: 1,
    heatpump: 1,
    boiler: 1,
    chiller: 1,
    supplier: 1,
    storage: 2,
  },
  solar: {
    home: 62,
    business: 4,
    car: 10,
    solar: 12,
    biomass: 2,
    heatpump: 2,
    boiler: 1,
    chiller: 1,
    supplier: 2,
    storage: 4,
  },
  town: {
    home: 54,
    business: 16,
    industry: 2,
    dc: 3,
    car: 8,
    solar: 4,
    wind: 2,
    biomass: 2,
    chp: 2,
    heatpump: 2,
    boiler: 1,
    chiller: 1,
    supplier: 1,
    storage: 2,
  },
  industry: {
    home: 28,
    business: 22,
    industry: 14,
    dc: 8,
    car: 6,
    solar: 5,
    wind: 3,
    turbine: 2,
    biomass: 3,
    chp: 3,
    heatpump: 1,
    boiler: 1,
    chiller: 1,
    supplier: 1,
    storage: 2,
  },
};

let known: Scenario | null = null;
/** The pool of a carrier as it is unless the settings say otherwise. */
function usualPool(carrier: Carrier) {
  known ??= community({ participants: 1 });
  return orderRules(known, carrier).pool!;
}

/** The pool of a carrier: the page sets the price of the one that is shown, the others keep theirs. */
const poolOf = (settings: Settings, carrier: Carrier) =>
  poolAt(
    carrier === settings.carrier ? settings.poolPrice * 1000 : usualPool(carrier).price,
    carrier,
    settings.lots,
  );

/** Whether the day of the settings has a network: where areas have prices of their own there is no pool. */
export const hasNetwork = ({ pricing, pool }: Settings): boolean => pricing !== "uniform" || !pool;

/**
 * The community of `size` members that the settings describe, and a day of it, with or without a network; or that of
 * the scenario file that is shown.
 */
export function scenarioOf(settings: Settings, size: number, network = hasNetwork(settings)): Scenario {
  if (settings.scenario > 0) return keptScenario(settings.scenario);
  const { mechanism, pricing, blend, pool, commission, currency, mix, season, weather, seed } = settings;
  const rules = carriers.map((carrier) => {
    const sold = pool ? poolOf(settings, carrier) : null;
    return [
      carrier,
      {
        mechanism,
        pricing,
        k: blend * 10_000,
        pool: sold && {
          price: formatTicks(sold.price, microTick),
          purchasePrice: formatTicks(sold.purchasePrice, microTick),
          lots: sold.lots,
        },
      },
    ];
  });
  const plain = community({
    participants: size,
    mix: mixes[mix],
    season,
    weather,
    seed,
    periodMs: settings.minutes * 60_000,
    more: {
      currency,
      // A plant that suits a hundred homes would drown a street.
      supply: Math.round((Math.min(Math.max(size, 20), 120) / 240) * ppm),
      rules: Object.fromEntries(rules),
      commission: [{ share: ppm, supply: commission * 1000, use: commission * 1000 }],
    },
  });
  return network ? wired(plain) : plain;
}
