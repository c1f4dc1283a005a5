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

/** What a network takes for crossing, in price ticks, and how its streets are laid out. */
interface Lines {
  /** For a street's transformer and for a district. */
  readonly streetFee: number;
  readonly districtFee: number;
  /** What a street's transformer lets in, kW; null: as much as suits its members. */
  readonly streetKw: number | null;
}

const usualLines: Lines = { streetFee: 0, districtFee: 0, streetKw: null };
/** Users pay for lines, and transformers have not grown with the cars and heat pumps behind them. */
const outgrownLines: Lines = { streetFee: 40_000, districtFee: 20_000, streetKw: 22 };

/**
 * The same network with fees at its edges and streets whose transformers have not grown with their cars and heat pumps:
 * it clears by merit order, with a price for each area.
 */
export const congested = (scenario: Scenario): Scenario => withNetwork(scenario, outgrownLines);

/** A scenario with such a network for its electricity, as large as its community needs. */
export const wired = (scenario: Scenario): Scenario => withNetwork(scenario, usualLines);

function withNetwork(scenario: Scenario, { streetFee, districtFee, streetKw }: Lines): Scenario {
  const { participants, areas } = scenario;
  const members = onStreets.reduce((sum, kind) => sum + participants[kind], 0);
  const count = Math.min(districts.length, Math.max(1, Math.round(members / usualDistrict)));
  const root: ScenarioArea = { ...inside("", "town", null), parent: null };
  const electricity: ScenarioArea[] = [root, { ...inside(root.name, "works", null), members: works }];
  const perStreet = members / (2 * count);
  const transformer = rated(usualPower * perStreet);
  for (const [index, district] of districts.slice(0, count).entries()) {
    const around = inside(root.name, district, rated(2 * transformer));
    electricity.push({ ...around, fee: districtFee, loss: districtLoss, members: inDistricts });
    for (const street of streets.slice(2 * index, 2 * index + 2)) {
      const behind = { ...inside(district, street, transformer), fee: streetFee, loss: streetLoss };
      electricity.push({ ...behind, importKw: streetKw ?? transformer, members: onStreets });
    }
  }
  electricity.push({
    ...electricity.pop()!,
    exportKw: Math.max(leastTight, Math.round(tightPower * perStreet)),
  });
  return { ...scenario, areas: { ...areas, electricity } };
}
