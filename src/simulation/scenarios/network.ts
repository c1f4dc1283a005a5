/**
 * The electricity network of the bundled communities and the page's: houses on streets, each behind a transformer, two
 * streets to a district, and the districts in a town beside its works. Wind and gas are in the town itself.
 */
import type { MemberKind, Scenario, ScenarioArea } from "../scenario.js";

const districts = ["hill", "river", "field", "harbour", "park", "station"];
const streets = [
  "elm",
  "oak",
  "mill",
  "quay",
  "ash",
  "birch",
  "pier",
  "dock",
  "lime",
  "maple",
  "rail",
  "bridge",
];

const onStreets: readonly MemberKind[] = ["home", "business", "car"];
const inDistricts: readonly MemberKind[] = ["solar", "storage"];
const works: readonly MemberKind[] = [
  "industry",
  "dc",
  "turbine",
  "biomass",
  "chp",
  "heatpump",
  "boiler",
  "chiller",
];
/** Members of its streets for which a district is laid out. */
const usualDistrict = 40;
/** Power for which a transformer is laid out for each member of its street, kW. */
const usualPower = 4.8;
/** What the last street sends back for each of its members, kW: a little tight at noon for the roofs behind it. */
const tightPower = 1.2;
/** The least that it sends back, kW. */
const leastTight = 20;
/** Powers in which transformers are made, kW. */
const ratings = [50, 100, 160, 250, 400, 630, 1_000, 1_600, 2_500];
/** Share lost on a street with its transformer, and between a district and the town, ppm. */
const streetLoss = 8_000;
const districtLoss = 4_000;

const rated = (kilowatts: number): number => ratings.find((rating) => rating >= kilowatts) ?? ratings.at(-1)!;

/** An area in another, of which as much may come as goes. */
const inside = (parent: string, name: string, kilowatts: number | null): ScenarioArea => ({
  name,
  parent,
  fee: 0,
  importKw: kilowatts,
  exportKw: kilowatts,
  loss: 0,
  members: [],
});

/** What crossing costs where users of lines pay for them, in price ticks: a street's transformer, a district. */
const streetFee = 40_000;
const districtFee = 20_000;
/** What a transformer that grew too small lets in, kW. */
const outgrown = 22;

/**
 * The same network with fees at its edges and streets whose transformers have not grown with their cars and heat pumps:
 * it clears by merit order, with a price for each area.
 */
export function congested(scenario: Scenario): Scenario {
  const electricity = scenario.areas.electricity.map((area): ScenarioArea => {
    if (area.loss === streetLoss) return { ...area, fee: streetFee, importKw: outgrown };
    return area.loss === districtLoss ? { ...area, fee: districtFee } : area;
  });
  return { ...scenario, areas: { ...scenario.areas, electricity } };
}

/** A scenario with such a network for its electricity, as large as its community needs. */
export function wired(scenario: Scenario): Scenario {
  const { participants, areas } = scenario;
  const members = onStreets.reduce((sum, kind) => sum + participants[kind], 0);
  const count = Math.min(districts.length, Math.max(1, Math.round(members / usualDistrict)));
  const root: ScenarioArea = { ...inside("", "town", null), parent: null };
  const electricity: ScenarioArea[] = [root, { ...inside(root.name, "works", null), members: works }];
  const perStreet = members / (2 * count);
  const transformer = rated(usualPower * perStreet);
  for (const [index, district] of districts.slice(0, count).entries()) {
    const around = inside(root.name, district, rated(2 * transformer));
    electricity.push({ ...around, loss: districtLoss, members: inDistricts });
    for (const street of streets.slice(2 * index, 2 * index + 2))
      electricity.push({ ...inside(district, street, transformer), loss: streetLoss, members: onStreets });
  }
  electricity.push({
    ...electricity.pop()!,
    exportKw: Math.max(leastTight, Math.round(tightPower * perStreet)),
  });
  return { ...scenario, areas: { ...areas, electricity } };
}
