/**
 * Reductions of grid fees that the law gives energy shared in a community, each with its source. What no source was
 * found for is no preset. A tariff that names one holds its figure from then on: a law that changes changes no tariff.
 */

/** A reduction: by how many parts in a million the energy-proportional grid fee of received energy is lowered. */
export interface GridReduction {
  readonly less: number;
  readonly country: "AT" | "CH";
  /** What it is for, in words. */
  readonly about: string;
  readonly source: string;
  /** The day from which on it holds, by that source. */
  readonly since: string;
}

const austria = {
  source:
    "https://energiegemeinschaften.gv.at/niedrigere-netzkosten-fuer-eegs/ (SNE-V 2018, 2. Novelle 2021)",
  since: "2021-11-01",
};
const swiss = {
  source:
    "https://www.heh.ch/eigenverbrauchsgemeinschaften (LEG: StromVG Art. 17d, 17e; StromVV Art. 19e to 19h)",
  since: "2026-01-01",
};

/** Reductions by name. */
export const gridReductions: { readonly [name: string]: GridReduction } = {
  "at-local": {
    less: 570_000,
    country: "AT",
    about: "Austria, local renewable energy community (grid levels 6 and 7)",
    ...austria,
  },
  "at-regional": {
    less: 280_000,
    country: "AT",
    about: "Austria, regional renewable energy community, member at grid level 7",
    ...austria,
  },
  "at-regional-medium-voltage": {
    less: 640_000,
    country: "AT",
    about: "Austria, regional renewable energy community, member at grid level 5",
    ...austria,
  },
  "ch-leg": {
    less: 400_000,
    country: "CH",
    about: "Switzerland, local electricity community within one transformer's circuit",
    ...swiss,
  },
  "ch-leg-transformed": {
    less: 200_000,
    country: "CH",
    about: "Switzerland, local electricity community whose energy crosses a transformer",
    ...swiss,
  },
};
