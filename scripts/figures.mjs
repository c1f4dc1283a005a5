// Prints the figures of docs/scenarios.md; `npm run build:lib` comes first.
//   node scripts/figures.mjs weather   yields of a kW of photovoltaics over years of drawn weather
//   node scripts/figures.mjs control   what devices that go by a forecast change
//   node scripts/figures.mjs network   what the bundled networks let through, and what they hold back
import { openEngine } from "../dist/index.js";
import {
  bundledScenario,
  community,
  openCommunity,
  openSimulation,
  scenarioNames,
} from "../dist/simulation/index.js";
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

/** A week after a first day of learning, in quarter hours, under the scenario's own seeds. */
async function week(mix, seed, more) {
  const simulation = await openSimulation(
    openCommunity(
      community({
        participants: Object.values(mix).reduce((sum, count) => sum + count, 0),
        ...{ mix, seed, season: "summer", periodMs: hourMs / 4, periods: 96 * 8 },
        more: { name: "week", strategies: { all: "truthful" }, ...more },
      }),
    ),
    { engine: await openEngine() },
  );
  const found = { imported: 0, peak: 0, drawn: 0, given: 0 };
  for await (const result of simulation) {
    const imported = Number(result.block.header.totals.electricity.imported) / 1e6;
    found.imported += imported;
    found.peak = Math.max(found.peak, imported * 4);
    for (const { kind, carrier, quantity } of result.flows()) {
      if (carrier !== "electricity") continue;
      if (kind === "charged" || kind === "gridCharged") found.drawn += quantity / 1e6;
      if (kind === "discharged") found.given += quantity / 1e6;
    }
  }
  const { savings } = await simulation.summary();
  const cars = savings.participants.filter(({ participant }) => participant.startsWith("car-"));
  const paid = cars.reduce((sum, each) => sum + Number(each.paid) / 1e12, 0);
  return { ...found, paid, cost: Number(savings.systemCost) / 1e12 };
}

/** What devices that go by a forecast change, with one price and with a pool: means of six seeds. */
async function control() {
  const priced = (mix) => ({
    rules: { electricity: { mechanism: "merit", pricing: "uniform", pool: null } },
    areas: { electricity: [{ name: "town", members: Object.keys(mix) }] },
  });
  const cases = {
    cars: { mix: { home: 12, car: 24, wind: 1, solar: 2 }, supply: 400_000 },
    stores: { mix: { home: 24, business: 4, car: 12, solar: 3, wind: 1, biomass: 1, storage: 4 } },
    appliances: { mix: { home: 30, solar: 2 }, supply: 500_000 },
    heatPumps: { mix: { home: 30, solar: 1, wind: 1 }, supply: 300_000, date: "2026-04-15" },
  };
  // One case alone where it is named.
  for (const [what, { mix, ...more }] of Object.entries(cases).filter(
    ([name]) => name === (process.argv[3] ?? name),
  ))
    for (const [market, rules] of [
      ["one price", priced(mix)],
      ["pool", {}],
    ])
      for (const way of what === "heatPumps" ? ["need", "surplus"] : ["fixed", "forecast"]) {
        const found = [];
        for (let seed = 1; seed <= 6; seed++)
          found.push(await week(mix, seed, { ...more, ...rules, control: { [what]: way } }));
        const mean = (of) => found.reduce((sum, each) => sum + of(each), 0) / found.length;
        const shown = [
          ...(what === "cars" ? [`a kWh cost ${mean(({ paid, drawn }) => paid / drawn).toFixed(3)}`] : []),
          ...(what === "stores" ? [`stores gave ${mean(({ given }) => given).toFixed(0)} kWh`] : []),
          `imported ${mean(({ imported }) => imported).toFixed(0)} kWh`,
          `at most ${mean(({ peak }) => peak).toFixed(1)} kW`,
          `system cost ${mean(({ cost }) => cost).toFixed(0)}`,
        ];
        console.log(`${what} ${way}, ${market}: ${shown.join(", ")}`);
      }
}

const figures = { weather, control, network };
const wanted = figures[process.argv[2]];
if (wanted === undefined) {
  console.error(`node scripts/figures.mjs ${Object.keys(figures).join("|")}`);
  process.exitCode = 2;
} else await wanted();
