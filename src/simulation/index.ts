/** `gridclear/simulation`: communities, their orders and readings, and what came of their trading. */

export { Indicators } from "../report/indicators.js";
export { type Community, type CommunityOptions, community, openCommunity } from "./community.js";
export { type OrderColumnSet, orderColumns } from "./ordercolumns.js";
export type { Scenario } from "./scenario.js";
export { checkScenario, parseScenario } from "./scenariofile.js";
export { openSimulation, type Simulation, type SimulationOptions } from "./simulation.js";
