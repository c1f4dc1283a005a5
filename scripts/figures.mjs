// Prints the figures of docs/scenarios.md; `npm run build:lib` comes first.
//   node scripts/figures.mjs weather   yields of a kW of photovoltaics over years of drawn weather
//   node scripts/figures.mjs network   what the bundled networks let through, and what they hold back
import { openEngine } from "../dist/index.js";
import { bundledScenario, openCommunity, openSimulation, scenarioNames } from "../dist/simulation/index.js";
import { solarPower } from "../dist/simulation/world/machines.js";
import { createWeather } from "../dist/simulation/world/weather.js";

const hourMs = 3_600_000;

/** Years of drawn weather in the middle of Germany: what a kW facing south makes, by seed. */
function weather() {
  const yields = Array.from({ length: 20 }, (_, seed) => {
    const at = createWeather({
      ...{ seed, latitude: 51.3, longitude: 9.5, timeZone: "Etc/GMT-1", kind: "mixed" },
      ...{ startMs: Date.UTC(2026, 0, 1) - hourMs, stepMs: hourMs },
    });
    let kilowattHours = 0;
    for (let hour = 0; hour < 8_760; hour++) {
      const { irradiance, temperature } = at(hour);
      kilowattHours += solarPower(irradiance[0], temperature) / 1000;
    }
    return Math.round(kilowattHours);
  });
  console.log(`kWh a year for each kW facing south, seeds 0 to 19: ${yields.join(", ")}`);
  const mean = yields.reduce((sum, value) => sum + value, 0) / yields.length;
  console.log(`least ${Math.min(...yields)}, most ${Math.max(...yields)}, mean ${mean.toFixed(0)}`);
}

/** The edges of the bundled networks, and what the community's hold back over its day. */
async function network() {
  for (const name of scenarioNames) {
    const edges = bundledScenario(name).areas.electricity.filter(({ parent }) => parent !== null);
    const shown = edges.map(({ name, importKw, exportKw }) => `${name} in ${importKw} out ${exportKw}`);
    console.log(`${name}, kW: ${shown.join("; ")}`);
  }
  const simulation = await openSimulation(openCommunity(bundledScenario("community")), {
    engine: await openEngine(),
  });
  let held = 0;
  for await (const result of simulation)
    for (const { kind, carrier, quantity } of result.flows())
      if (kind === "areaCurtailed" && carrier === "electricity") held += quantity;
  console.log(`held back in community: ${(held / 1e6).toFixed(1)} kWh`);
}

const figures = { weather, network };
const wanted = figures[process.argv[2]];
if (wanted === undefined) {
  console.error(`node scripts/figures.mjs ${Object.keys(figures).join("|")}`);
  process.exitCode = 2;
} else await wanted();
