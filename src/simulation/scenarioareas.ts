/** The areas of a scenario file: the fields of one, and what makes them a tree that goes with the carrier's rules. */
import { type Check, identifier, integer, list, number, optional, orNull, record } from "../check.js";
import { fail } from "../errors.js";
import { maxCarrierAreas, maxDepth, pricesAreas } from "../market/contracts/areas.js";
import { type Carrier, carriers, maxPrice, microTick, parsePrice, ppm } from "../units.js";
import { type CarrierRules, maxMembers, type Scenario, type ScenarioArea } from "./scenario.js";

/** Most power of an edge, kW: what a large country uses. In a day it is fewer ticks than a limit may have. */
const maxKw = 1e8;

/** Zero has no sign in a contract. */
const power: Check<number> = (value, field) => number(0, maxKw)(value, field) + 0;
const kilowatts = optional(orNull(power));
const fee = (value: unknown, field: string): number =>
  integer(0, maxPrice)(parsePrice(value, microTick, field), field);

const fields = record({
  name: identifier,
  parent: optional(identifier),
  fee: optional(fee),
  importKw: kilowatts,
  exportKw: kilowatts,
  loss: optional(integer(0, ppm / 2)),
  members: optional(list(identifier, 0, maxMembers)),
});

/** What only an edge to a parent has. */
const edgeFields = ["fee", "importKw", "exportKw", "loss"] as const;

/** One area, and whatever of it can be judged without the others. */
function area(value: unknown, field: string): ScenarioArea {
  const given = fields(value, field);
  const { name, parent = null, fee = 0, importKw = null, exportKw = null, loss = 0, members = [] } = given;
  if (parent === null)
    for (const each of edgeFields)
      if (given[each] !== undefined)
        fail("invalid", `${field}.${each}`, "none without a parent, as of a root", given[each]);
  return { name, parent, fee, importKw, exportKw, loss, members };
}

/** A list of areas, the root first and every parent before its children. */
export function areaList(value: unknown, field: string): readonly ScenarioArea[] {
  const areas = list(area, 0, maxCarrierAreas)(value, field);
  const depths = new Map<string, number>();
  for (const [place, { name, parent, members }] of areas.entries()) {
    const at = `${field}[${place}]`;
    if (depths.has(name)) fail("invalid", `${at}.name`, "a name that no other area has", name);
    if (place === 0 && parent !== null)
      fail("invalid", `${at}.parent`, "none: the first area is the root", parent);
    const depth = parent === null ? 0 : (depths.get(parent) ?? Number.NaN) + 1;
    if (place > 0 && !(depth > 0)) fail("invalid", `${at}.parent`, "an area listed before", parent);
    if (depth > maxDepth) fail("limit", `${at}.parent`, `at most ${maxDepth} areas in one another`, depth);
    depths.set(name, depth);
    const own = new Set<string>();
    for (const [index, member] of members.entries()) {
      if (own.has(member)) fail("invalid", `${at}.members[${index}]`, "each once", member);
      own.add(member);
    }
  }
  return areas;
}

/** Throws `invalid` where areas do not go with how their carrier clears, or two carriers have one of the same name. */
export function checkAreas({ areas, rules }: Pick<Scenario, "areas" | "rules">): void {
  const carrierOf = new Map<string, Carrier>();
  for (const carrier of carriers) {
    if (areas[carrier].length > 0) checkWith(rules[carrier], areas[carrier], carrier);
    for (const [place, { name }] of areas[carrier].entries()) {
      const other = carrierOf.get(name);
      if (other !== undefined) fail("invalid", `areas.${carrier}[${place}].name`, `none of ${other}`, name);
      carrierOf.set(name, carrier);
    }
  }
}

function checkWith(rules: CarrierRules, areas: readonly ScenarioArea[], carrier: Carrier): void {
  const byAreas = "merit with uniform prices";
  if (!pricesAreas(rules)) {
    const place = areas.findIndex(({ fee }) => fee > 0);
    if (place >= 0)
      fail("invalid", `areas.${carrier}[${place}].fee`, `none but with ${byAreas}`, areas[place]!.fee);
    return;
  }
  if (rules.pool !== null)
    fail("invalid", `rules.${carrier}.pool`, `null with areas and ${byAreas}`, rules.pool.price);
  if (rules.ties === "prorata")
    fail("invalid", `rules.${carrier}.ties`, `arrival or lottery with areas and ${byAreas}`, rules.ties);
}
