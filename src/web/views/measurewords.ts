/** What the measures of a study are called on the page, which way is better, and how their values are written. */
import type { Measure } from "../../study/measures.js";
import { count, energy, fixed, money, price, share } from "../format.js";
import { t } from "../say.js";

/** What a measure is called, and whether more of it is better (1), less (−1), or neither (0). */
type Said = readonly [name: string, better: 1 | -1 | 0];

const general: Readonly<Record<string, Said>> = {
  saved: [t`Saved, against the grid alone`, 1],
  savedShare: [t`Saved, of what the grid alone would have cost`, 1],
  systemCost: [t`Cost of all energy together`, -1],
  gini: [t`Inequality of the savings (Gini, 0: all save the same)`, -1],
  platform: [t`Kept by the platform`, 0],
  retailer: [t`Paid to the supplier outside`, 0],
  operator: [t`Paid to the grid’s operator`, 0],
  co2: [t`CO₂ of what was used`, -1],
  refused: [t`Orders refused`, -1],
};

const ofCarrier: Readonly<Record<string, Said>> = {
  welfareShare: [t`Gain from trade, of the most there could be`, 1],
  welfare: [t`Gain from trade`, 1],
  buyerGain: [t`Gain of buyers`, 1],
  sellerGain: [t`Gain of sellers`, 1],
  price: [t`Mean price`, 0],
  deviation: [t`How far prices lie apart (standard deviation)`, 0],
  spread: [t`Between what buyers pay and sellers get`, 0],
  bought: [t`Bought inside the community`, 1],
  imported: [t`Imported from the grid`, -1],
  exported: [t`Exported to the grid`, 0],
  idle: [t`Offered, nobody took it`, -1],
  unserved: [t`Asked for, not served`, -1],
  interrupted: [t`Paused under contract`, -1],
  selfSufficiency: [t`Own energy, of all that was used (self-sufficiency)`, 1],
  selfConsumption: [t`Used inside, of all that was made (self-consumption)`, 1],
  peakImport: [t`Most imported at once`, -1],
  peakExport: [t`Most exported at once`, -1],
  overlap: [t`Imported while offers lay idle`, -1],
};

/** What is said of a measure of the community or of the carrier; undefined for others. */
export function measureWords({ name }: Measure, carrier: string): Said | undefined {
  return name.startsWith(`${carrier}.`) ? ofCarrier[name.slice(carrier.length + 1)] : general[name];
}

/** A value as the page writes it. */
export function valueWords({ unit }: Measure, value: number): string {
  switch (unit) {
    case "coin":
      return money(Math.round(value * 1e12));
    case "coin/kWh":
      return price(value * 1e6);
    case "kWh":
      return energy(value * 1e6);
    case "kW":
      return `${fixed(value, 2)} kW`;
    case "kg":
      return `${fixed(value, 1)} kg`;
    case "%":
      return share(value, 100);
    case "orders":
      return count(value);
    default:
      return fixed(value, 3);
  }
}

const aboutGeneral: Readonly<Record<string, string>> = {
  saved: t`What all members together pay less than if each had only a supplier.`,
  savedShare: t`The same, as a part of what they would have paid the supplier.`,
  systemCost: t`What everybody pays in the end: making energy, the grid, and what people went without.`,
  gini: t`0: all save the same. 1: one member saves everything.`,
  platform: t`What is left with the platform from pool and commission.`,
  retailer: t`Paid for energy from the grid, less what the grid paid for energy that was left.`,
  operator: t`Paid for the use of the lines.`,
  co2: t`What the energy that was used has caused, that from the grid included.`,
  refused: t`Orders beyond what their sender may order or owe.`,
};

const aboutCarrier: Readonly<Record<string, string>> = {
  welfareShare: t`What trading was worth, of the most that any matching of these orders could reach.`,
  welfare: t`What buyers would have paid at most, less what sellers wanted at least, for all that was sold.`,
  buyerGain: t`What buyers paid less than they would have paid at most.`,
  sellerGain: t`What sellers got above what they wanted at least.`,
  price: t`What a kilowatt-hour cost inside the community, on average.`,
  deviation: t`0: all paid the same price.`,
  spread: t`What lies between both: commission, the pool’s part, batteries and lines.`,
  bought: t`Bought from neighbours, the pool and batteries.`,
  imported: t`Bought from the supplier, because the community had none or asked too much.`,
  exported: t`Sold to the grid, because nobody in the community took it.`,
  idle: t`Offered energy that nobody took, not even the grid.`,
  unserved: t`Asked for, and delivered by nobody.`,
  interrupted: t`Switched off for a while, as contracts allow, against payment.`,
  selfSufficiency: t`Which part of what people bought came from the community itself.`,
  selfConsumption: t`Which part of what was for sale stayed in the community.`,
  peakImport: t`The highest mean power from the grid in a period: what its line has to carry.`,
  peakExport: t`The highest mean power into the grid in a period.`,
  overlap: t`Energy from the grid in periods in which energy of the community found no buyer.`,
};

/** What an indicator of the community or of the carrier says, in a sentence. */
export const aboutMeasure = ({ name }: Measure, carrier: string): string =>
  (name.startsWith(`${carrier}.`) ? aboutCarrier[name.slice(carrier.length + 1)] : aboutGeneral[name]) ?? "";
