// Makes a scenario for `gridclear run` from one of the data sets beside the checkout:
//   node test/data/scenario.mjs NAME DIRECTORY
// writes DIRECTORY/scenario.json and DIRECTORY/profiles.csv. NAME is one of the keys of `sources` below. The homes are
// the data's; plants, heat pumps and stores that supply them are the package's own, sized to the community.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

const root = new URL("../../../shared/data/", import.meta.url);

/** Rows of a gzipped CSV without quotes, as maps from its header. */
function rows(path) {
  const [header, ...lines] = gunzipSync(readFileSync(new URL(path, root)))
    .toString("utf8")
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(","));
  return lines.map((cells) => new Map(header.map((name, index) => [name, cells[index] ?? ""])));
}

/** Kilowatt-hours with six places, as profiles want them. */
const kilowattHours = (value) => Math.max(value, 0).toFixed(6);
const column = (row, name) => Number(row.get(name) || 0);

/**
 * A week of homes with electricity, hot water, cooling and heating (ResStock by way of CityLearn, simulated); its first
 * days.
 */
const neighbourhood = (folder, week, days) =>
  function* () {
    for (const row of rows(`${folder}/${week}.csv.gz`)) {
      const step = column(row, "t");
      if (step >= 24 * days) continue;
      const home = `home-${String(column(row, "building") + 1).padStart(3, "0")}`;
      const heat = column(row, "dhw_kwh") + column(row, "heating_kwh");
      yield [home, "electricity", step, kilowattHours(column(row, "load_kwh")), "0"];
      yield [home, "heat", step, kilowattHours(heat), "0"];
      yield [home, "cold", step, kilowattHours(column(row, "cooling_kwh")), "0"];
    }
  };

/** Homes in California with photovoltaics, measured (CityLearn challenge 2022); the first days of August. */
const measured = (days) =>
  function* () {
    const schema = JSON.parse(readFileSync(new URL("citylearn_2022_measured/schema.json", root), "utf8"));
    for (let number = 1; number <= 17; number++) {
      const kilowatts = schema.buildings[`Building_${number}`].pv.attributes.nominal_power;
      const home = `building-${String(number).padStart(2, "0")}`;
      const hours = rows(`citylearn_2022_measured/Building_${number}.csv.gz`).slice(0, 24 * days);
      for (const [step, row] of hours.entries()) {
        // Watts for each kW of modules, over an hour.
        const sun = (column(row, "solar_generation") * kilowatts) / 1000;
        yield [
          home,
          "electricity",
          step,
          kilowattHours(column(row, "non_shiftable_load")),
          kilowattHours(sun),
        ];
      }
    }
  };

/** 5,600 users in steps of five minutes (HRCL, after Pacific Northwest load); taken as kW, the unit is not stated. */
const thousands = (steps) =>
  function* () {
    for (const row of rows("hrcl_5600/loads_5min_x1000.csv.gz")) {
      const user = `user-${String(column(row, "agent") + 1).padStart(4, "0")}`;
      for (let step = 0; step < steps; step++)
        yield [user, "electricity", step, kilowattHours(column(row, `t${step}`) / 1000 / 12), "0"];
    }
  };

const texas = { latitude: 30.27, longitude: -97.74, timeZone: "Etc/GMT+6" };
const vermont = { latitude: 44.48, longitude: -73.21, timeZone: "Etc/GMT+5" };
const plants = { solar: 3, wind: 1, biomass: 1, supplier: 1, storage: 4, car: 10 };

const sources = {
  "tx-winter": {
    profiles: neighbourhood("citylearn_tx100", "winter_week", 1),
    scenario: {
      ...texas,
      date: "2018-01-15",
      description: "100 homes in Travis County, Texas, on a winter day.",
      participants: { ...plants, chp: 2, heatpump: 3, boiler: 1, chiller: 1 },
    },
  },
  "tx-summer": {
    profiles: neighbourhood("citylearn_tx100", "summer_week", 1),
    scenario: {
      ...texas,
      date: "2018-07-15",
      weather: "clear",
      description: "100 homes in Travis County, Texas, on a summer day.",
      participants: { ...plants, chp: 1, chiller: 4 },
    },
  },
  "vt-winter": {
    profiles: neighbourhood("citylearn_vt", "winter_week", 1),
    scenario: {
      ...vermont,
      date: "2018-01-15",
      weather: "overcast",
      description: "47 homes in Chittenden County, Vermont, on a winter day.",
      participants: { ...plants, chp: 3, heatpump: 4, boiler: 2 },
    },
  },
  "california-measured": {
    profiles: measured(1),
    scenario: {
      latitude: 34.1,
      longitude: -117.44,
      timeZone: "Etc/GMT+8",
      date: "2024-08-01",
      weather: "clear",
      description:
        "17 measured homes with photovoltaics in Fontana, California, and the cars and stores of a street.",
      participants: { car: 8, storage: 2, wind: 1 },
      supply: 200_000,
    },
  },
};

sources.thousands = {
  profiles: thousands(6),
  stepMs: 300_000,
  scenario: {
    date: "2016-07-15",
    periods: 6,
    description: "Half an hour of 5,600 users in the Pacific Northwest, with sun, wind and biomass to match.",
    latitude: 47.6,
    longitude: -122.3,
    timeZone: "Etc/GMT+8",
    participants: { solar: 40, wind: 20, biomass: 20, storage: 4 },
    supply: 3_000_000,
  },
};

/** Names of the scenarios that can be made. */
export const names = Object.keys(sources);

/** Writes a scenario into a directory and returns the path of its JSON file. */
export function makeScenario(name, directory) {
  const source = sources[name];
  if (source === undefined) throw new Error(`no scenario ${name}; there are ${names.join(", ")}`);
  mkdirSync(directory, { recursive: true });
  const lines = ["participant,carrier,step,use,supply"];
  for (const row of source.profiles()) lines.push(row.join(","));
  writeFileSync(join(directory, "profiles.csv"), `${lines.join("\n")}\n`);
  const path = join(directory, "scenario.json");
  const scenario = {
    name,
    seed: 2026,
    periods: 288,
    periodMs: 300_000,
    ...source.scenario,
    profiles: { file: "profiles.csv", stepMs: source.stepMs ?? 3_600_000 },
  };
  writeFileSync(path, `${JSON.stringify(scenario, null, 2)}\n`);
  return path;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name, directory] = process.argv.slice(2);
  if (name === undefined || directory === undefined) {
    process.stderr.write(`usage: node test/data/scenario.mjs NAME DIRECTORY\nNAME: ${names.join(", ")}\n`);
    process.exit(2);
  }
  if (!existsSync(root)) {
    process.stderr.write(
      `The data sets are not here: they are not part of this repository, and would lie in ${fileURLToPath(root)}. docs/scenarios.md says which they are.\n`,
    );
    process.exit(2);
  }
  process.stdout.write(`${makeScenario(name, directory)}\n`);
}
