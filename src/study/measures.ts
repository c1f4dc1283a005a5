/**
 * What a study measures of each run: the indicators of docs/indicators.md as plain numbers under names that don't
 * change, with what a person calls them.
 */

import { massTick } from "../report/columns.js";
import { addCosts, type Cost } from "../report/cost.js";
import { spreadOf } from "../report/export/sumtables.js";
import type { MarketTicks, Summary } from "../report/index.js";
import { type Carrier, carriers, formatTicks, type Tick } from "../units.js";

/** The measures of one run by name; null where there is none, as a price without a trade. */
export type Values = { readonly [name: string]: number | null };

/** What a measure is. */
export interface Measure {
  readonly name: string;
  readonly label: string;
  /** Of the values: `coin` stands for the market's currency. */
  readonly unit: "coin" | "coin/kWh" | "kWh" | "kW" | "kg" | "%" | "orders" | "";
  /** The heading under which it is shown. */
  readonly group: string;
}

const community = "The community";
const people = "Who saves, by kind";
const placesOf = (carrier: string): string => `Who saves, by area of ${carrier}`;
const networkOf = (carrier: string): string => `The areas of ${carrier}`;

const general: readonly Measure[] = [
  { name: "saved", label: "saved", unit: "coin", group: community },
  { name: "savedShare", label: "saved, of what the grid alone would have cost", unit: "%", group: community },
  { name: "systemCost", label: "system cost", unit: "coin", group: community },
  { name: "gini", label: "Gini of savings", unit: "", group: community },
  { name: "platform", label: "kept by the platform", unit: "coin", group: community },
  { name: "retailer", label: "paid to the retailer", unit: "coin", group: community },
  { name: "operator", label: "paid to the grid’s operator", unit: "coin", group: community },
  { name: "co2", label: "CO2", unit: "kg", group: community },
  { name: "refused", label: "orders refused", unit: "orders", group: community },
];

/** The measures of a carrier, by the end of their names. */
const ofCarrier: readonly Omit<Measure, "group">[] = [
  { name: "welfareShare", label: "welfare of the best, by limits", unit: "%" },
  { name: "welfare", label: "welfare, by limits", unit: "coin" },
  { name: "buyerGain", label: "gain of buyers, by limits", unit: "coin" },
  { name: "sellerGain", label: "gain of sellers, by limits", unit: "coin" },
  { name: "price", label: "mean price", unit: "coin/kWh" },
  { name: "deviation", label: "deviation of the price", unit: "coin/kWh" },
  { name: "spread", label: "between buyer and seller", unit: "coin/kWh" },
  { name: "bought", label: "bought inside", unit: "kWh" },
  { name: "imported", label: "imported", unit: "kWh" },
  { name: "exported", label: "exported", unit: "kWh" },
  { name: "idle", label: "offered, nobody took it", unit: "kWh" },
  { name: "unserved", label: "not served", unit: "kWh" },
  { name: "interrupted", label: "called off", unit: "kWh" },
  { name: "selfSufficiency", label: "self-sufficiency", unit: "%" },
  { name: "selfConsumption", label: "self-consumption", unit: "%" },
  { name: "peakImport", label: "most imported at once", unit: "kW" },
  { name: "peakExport", label: "most exported at once", unit: "kW" },
  { name: "overlap", label: "imported beside idle offers", unit: "kWh" },
];

/** The measures of an area that has prices of its own, by the end of their names. */
const ofArea: readonly Omit<Measure, "group">[] = [
  { name: "price", label: "mean price", unit: "coin/kWh" },
  { name: "highest", label: "highest price", unit: "coin/kWh" },
  { name: "taken", label: "taken from above", unit: "kWh" },
  { name: "mostTaken", label: "most taken at once", unit: "kW" },
  { name: "handed", label: "handed up", unit: "kWh" },
  { name: "fees", label: "fees of its edge", unit: "coin" },
  { name: "rent", label: "rent of its edge", unit: "coin" },
];

/** The measures by area among some names: `area.CARRIER.NAME.price` and the like, `savedAt.CARRIER.NAME`. */
function measuresByArea(names: readonly string[], carrier: Carrier): Measure[] {
  const [at, saved] = [`area.${carrier}.`, `savedAt.${carrier}.`];
  const areas = new Set(
    names.filter((name) => name.startsWith(at)).map((name) => name.slice(at.length, name.lastIndexOf("."))),
  );
  return [
    ...names
      .filter((name) => name.startsWith(saved))
      .map(
        (name): Measure => ({
          name,
          label: name.slice(saved.length),
          unit: "coin",
          group: placesOf(carrier),
        }),
      ),
    ...ofArea.flatMap((measure) =>
      [...areas].map((area) => ({
        ...measure,
        name: `${at}${area}.${measure.name}`,
        label: `${area}: ${measure.label}`,
        group: networkOf(carrier),
      })),
    ),
  ];
}

/** All measures that some of these runs have, in the order in which they are shown. */
export function measuresIn(runs: readonly Values[]): Measure[] {
  const names = [...new Set(runs.flatMap((values) => Object.keys(values)))];
  const kinds = names.filter((name) => name.startsWith("saved."));
  const all: Measure[] = [
    ...general,
    ...kinds.map((name): Measure => ({ name, label: name.slice(6), unit: "coin", group: people })),
    ...carriers.flatMap((carrier) => [
      ...ofCarrier.map((measure) => ({ ...measure, name: `${carrier}.${measure.name}`, group: carrier })),
      ...measuresByArea(names, carrier),
    ]),
  ];
  // What is nowhere anything would only be a page of zeros.
  return all.filter(({ name }) => runs.some((values) => (values[name] ?? 0) !== 0));
}

const numberOf = (ticks: bigint, tick: Tick): number => Number(formatTicks(ticks, tick));
const percent = (part: bigint, whole: bigint): number | null =>
  whole > 0n ? (100 * Number(part)) / Number(whole) : null;
const percentOfPpm = (share: number | null): number | null => (share === null ? null : share / 10_000);

/** What measures ask of a participant. */
export interface Measured {
  readonly kind: string;
  /** The names of the areas in which it hangs. */
  readonly areas: { readonly [carrier in Carrier]?: string };
}

/** What participants saved, added up by something that is said of each. */
function savedBy(
  summary: Summary,
  keyOf: (participant: string) => string | undefined,
): readonly (readonly [key: string, saved: number])[] {
  const found = new Map<string, Cost[]>();
  for (const cost of summary.savings.participants) {
    const key = keyOf(cost.participant);
    if (key !== undefined) found.set(key, [...(found.get(key) ?? []), cost]);
  }
  return [...found].map(([key, costs]) => {
    const cost = addCosts(costs);
    return [key, numberOf(cost.without - cost.with, summary.ticks.amount)];
  });
}

/** The measures of a run. `members` says what each participant is. */
export function measuresOf(
  summary: Summary,
  members: ReadonlyMap<string, Measured>,
  { periodMs, refused }: { readonly periodMs: number; readonly refused: number },
): Values {
  const { savings, ticks, trading } = summary;
  const { together, platform, systemCost, retailer, operator, gini } = savings;
  const money = (amount: bigint): number => numberOf(amount, ticks.amount);
  const saved = together.without - systemCost;
  const emitted = carriers.map((carrier) => trading.together[carrier].co2);
  const co2 = emitted.includes(null)
    ? null
    : numberOf(
        emitted.reduce<bigint>((sum, each) => sum + each!, 0n),
        massTick(ticks),
      );
  return {
    saved: money(saved),
    savedShare: percent(saved, together.without),
    systemCost: money(systemCost),
    gini: gini === null ? null : gini / 1_000_000,
    platform: money(platform.income - platform.drained),
    retailer: money(retailer),
    operator: money(operator),
    co2,
    refused,
    ...Object.fromEntries(
      savedBy(summary, (id) => members.get(id)?.kind ?? "others").map(([kind, value]) => [
        `saved.${kind}`,
        value,
      ]),
    ),
    ...Object.assign(
      {},
      ...carriers.flatMap((carrier) => [
        carrierValues(summary, carrier, periodMs),
        areaValues(summary, carrier, { members, periodMs }),
      ]),
    ),
  };
}

/** The measures of the areas of a carrier that have prices; none where there are none. */
function areaValues(
  summary: Summary,
  carrier: Carrier,
  { members, periodMs }: { readonly members: ReadonlyMap<string, Measured>; readonly periodMs: number },
): Values {
  const areas = summary.areas.filter((area) => area.carrier === carrier);
  if (areas.length === 0) return {};
  const { quantity, price, amount } = summary.ticks;
  const values = areas.flatMap(({ name, ...area }) => {
    const own: Values = {
      price: numberOf(area.mean, price),
      highest: numberOf(BigInt(area.highest), price),
      taken: numberOf(area.taken, quantity),
      mostTaken: (numberOf(area.mostTaken, quantity) * hourMs) / periodMs,
      handed: numberOf(area.handed, quantity),
      fees: numberOf(area.fees, amount),
      rent: numberOf(area.rent, amount),
    };
    return Object.entries(own).map(([measure, value]) => [`area.${carrier}.${name}.${measure}`, value]);
  });
  const saved = savedBy(summary, (id) => members.get(id)?.areas[carrier]);
  return Object.fromEntries([
    ...values,
    ...saved.map(([area, value]) => [`savedAt.${carrier}.${area}`, value]),
  ]);
}

const hourMs = 3_600_000;

function carrierValues({ trading, ticks }: Summary, carrier: Carrier, periodMs: number): Values {
  const own = trading.together[carrier];
  const { welfare, bestWelfare, prices } = own;
  const { quantity, price, amount }: MarketTicks = ticks;
  const energy = (ticksOf: bigint): number => numberOf(ticksOf, quantity);
  const power = (most: { readonly quantity: bigint } | null): number =>
    (energy(most?.quantity ?? 0n) * hourMs) / periodMs;
  const spread = spreadOf(own);
  const values: Values = {
    welfareShare: percent(welfare, bestWelfare),
    welfare: numberOf(welfare, amount),
    buyerGain: numberOf(own.buyerGain, amount),
    sellerGain: numberOf(own.sellerGain, amount),
    price: prices === null ? null : numberOf(prices.mean, price),
    deviation: prices === null ? null : numberOf(prices.deviation, price),
    spread: spread === null ? null : numberOf(spread, price),
    bought: energy(own.bought + own.received),
    imported: energy(own.imported + own.drawn - own.received),
    exported: energy(own.exported + own.injected - own.supplied),
    idle: energy(own.idle),
    unserved: energy(own.unserved),
    interrupted: energy(own.interrupted),
    selfSufficiency: percentOfPpm(own.selfSufficiency),
    selfConsumption: percentOfPpm(own.selfConsumption),
    // Of what is shared nobody says what came at once.
    peakImport: own.drawn > 0n ? null : power(own.peakImport),
    peakExport: own.injected > 0n ? null : power(own.peakExport),
    overlap: energy(own.overlap),
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${carrier}.${name}`, value]));
}
