/**
 * `gridclear/simulation`: communities, what they agree, order and meter, and what comes of their trading.
 *
 * A scenario (a file, a bundled one, or `community`) becomes a community (`openCommunity`), and a community a run
 * (`openSimulation`) that trades period after period into a ledger.
 *
 * @module gridclear/simulation
 */

export type { PriceFiles } from "../files/tarifffile.js";
export type { Schema } from "../shape.js";
export {
  type Community,
  type CommunityOptions,
  type CommunityParts,
  community,
  openCommunity,
} from "./community.js";
export type { Deliveries, Follows } from "./deliveries.js";
export type { History } from "./history.js";
export type { Conversion, HomeBattery, Member, Nature, Output, StorageUnit } from "./members/member.js";
export type { MeasuredProfile } from "./members/profiles.js";
export type { Outcome, Quote, Strategy } from "./members/quote.js";
export {
  type ColumnOptions,
  maxColumnOrders,
  type OrderColumnSet,
  orderColumns,
} from "./ordercolumns.js";
export type { Placed } from "./orders.js";
export type { Expected, HourlyPrices } from "./prices.js";
export { maxSteps, type ProfileFile, ProfileReader, parseProfiles, type TableRow } from "./profilefile.js";
export type { ReadingColumns } from "./readings.js";
export {
  type CarrierRules,
  type CarrierTariff,
  type Co2,
  type Control,
  type Faults,
  type ForecastErrors,
  type MemberKind,
  maxDeposit,
  maxMembers,
  maxPeriods,
  memberKinds,
  type Scenario,
  type ScenarioArea,
  type StrategyName,
  strategyNames,
} from "./scenario.js";
export {
  checkScenario,
  type Inspection,
  inspectScenario,
  parseScenario,
  scenarioSchema,
} from "./scenariofile.js";
export { bundledScenario, type ScenarioName, scenarioNames } from "./scenarios/index.js";
export { type SignedIntake, type SignedRun, type SignedRunOptions, signedRun } from "./signed.js";
export { openSimulation, type Refusals, Simulation, type SimulationOptions } from "./simulation.js";
export type { MissingOrder } from "./sums.js";
export { parseWeather } from "./weatherfile.js";
export type { WeatherKind } from "./world/climate.js";
export type { Device } from "./world/devices.js";
export type { WeatherYear } from "./world/measured.js";
export {
  memoryPages,
  type Pages,
  pageSteps,
  type SeriesParts,
  type SeriesTimes,
  type StepSeries,
} from "./world/series.js";
export type { Season } from "./world/weather.js";
