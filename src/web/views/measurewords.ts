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
  interrupted: [t`Called off by contract`, -1],
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
