/**
 * The electricity network of the bundled communities: houses on streets, each behind a transformer, two streets to a
 * district, and the districts in a town beside its works. Wind, gas and the market's own stores are in the town itself.
 */

/** Streets by district; the last street's transformer is a little tight for the roofs behind it. */
const streets = {
  hill: ["elm", "oak"],
  river: ["mill", "quay"],
} as const;

const street = ["home", "business", "car"];
const works = ["industry", "dc", "turbine", "biomass", "chp", "heatpump", "boiler", "chiller"];
/** Share lost on a street with its transformer, and between a district and the town, ppm. */
const streetLoss = 8_000;
const districtLoss = 4_000;

/** The areas of a community with these districts, as a scenario file has them. */
export function networkOf(districts: readonly (keyof typeof streets)[]): { readonly electricity: unknown[] } {
  const tight = streets[districts.at(-1)!].at(-1);
  return {
    electricity: [
      { name: "town" },
      { name: "works", parent: "town", importKw: 1_000, exportKw: 800, loss: districtLoss, members: works },
      ...districts.flatMap((district) => [
        {
          name: district,
          parent: "town",
          importKw: 250,
          exportKw: 250,
          loss: districtLoss,
          members: ["solar", "storage"],
        },
        ...streets[district].map((name) => ({
          name,
          parent: district,
          importKw: 100,
          exportKw: name === tight ? 25 : 100,
          loss: streetLoss,
          members: street,
        })),
      ]),
    ],
  };
}
