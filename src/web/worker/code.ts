/** A program that makes the period of the settings, ready to be pasted: the same block, to the last bit. */
import { scenarioShape } from "../../simulation/scenariokeys.js";
import { participantsOf } from "../settings/effects.js";
import type { Settings } from "../settings/settings.js";
import { scenarioOf } from "./scenario.js";
import type { Work } from "./work.js";

/** JSON with lists of names and numbers on a line of their own each. */
const literal = (value: unknown): string =>
  JSON.stringify(value, null, 2).replaceAll(
    /\[\s+([^[\]{}]*?)\s+\]/g,
    (_, items: string) => `[${items.replaceAll(/\s*\n\s*/g, " ")}]`,
  );

/** The program; it needs the package and nothing else, and prints the block's hash and what it comes to. */
export function code(_work: Work, settings: Settings): string {
  const scenario = scenarioShape.write(scenarioOf(settings, participantsOf(settings)));
  const height = 1 + Math.floor(settings.time / settings.minutes);
  return `import { formatTicks, openEngine } from "gridclear";
import { checkScenario, openCommunity, openSimulation } from "gridclear/simulation";

const community = openCommunity(checkScenario(${literal(scenario)}));
const simulation = await openSimulation(community, { engine: await openEngine() });
for await (const { height, hash, block } of simulation) {
  if (height < ${height}) continue;
  const { orders, trades } = block.header.sections;
  const { offered, traded } = block.header.totals.${settings.carrier};
  console.log("block", height, Buffer.from(hash).toString("hex"));
  console.log("orders", orders.count, "trades", trades.count);
  console.log("${settings.carrier} in kWh: offered", formatTicks(offered), "traded directly", formatTicks(traded));
  break;
}
`;
}
