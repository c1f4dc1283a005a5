/**
 * `gridclear/tariff`: what energy costs a member of a community by a tariff of components, exactly (docs/tariffs.md).
 * It needs neither engine nor market nor ledger.
 *
 * @module gridclear/tariff
 */
export {
  type ChargeLine,
  charge,
  type Energy,
  type MeteredPeriod,
  ratioText,
  type Stretch,
} from "./charge.js";
export {
  type Basis,
  type By,
  bases,
  type Component,
  type ComponentOf,
  type ComponentsBy,
  type Part,
  type Sort,
  type Step,
  sorts,
  type Tariff,
} from "./components.js";
export { type GridReduction, gridReductions } from "./presets.js";
export type { PriceComponent } from "./prices.js";
export type { Ratio } from "./ratio.js";
export { checkTariff } from "./shapes.js";
export {
  type LocalTime,
  localTime,
  type Month,
  monthOf,
  type Zone,
  type ZoneOffset,
  zoneOffsets,
} from "./zone.js";
