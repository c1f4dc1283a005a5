/** The areas of a scenario file: the fields of one, and what makes them a tree that goes with the carrier's rules. */
import { identifierForm } from "../check.js";
import { fail } from "../errors.js";
import { maxCarrierAreas, maxDepth, pricesAreas } from "../market/contracts/areas.js";
import {
  further,
  integer,
  list,
  needed,
  number,
  open,
  optional,
  orNull,
  record,
  type Shape,
  text,
} from "../shape.js";
import { type Carrier, carriers, ppm } from "../units.js";
import {
  type CarrierRules,
  isShared,
  maxMembers,
  type Scenario,
  type ScenarioArea,
  type SharedRules,
} from "./scenario.js";
import { fee } from "./scenarioprices.js";

/** Most power of an edge, kW: what a large country uses. In a day it is fewer ticks than a limit may have. */
const maxKw = 1e8;

const name = text(identifierForm, "1 to 64 printable characters");
const kilowatts = orNull(number(0, maxKw));

/** What only an edge to a parent has. */
const edgeFields = ["fee", "importKw", "exportKw", "loss"] as const;

const area: Shape<ScenarioArea> = further(
  record({
    name: needed(name, "what it is called; no other area has its name"),
    parent: open(name, "the area in which it lies, listed before it; the first, the root, has none"),
    fee: open(fee, "for each kWh that crosses its edge, either way"),
    importKw: open(kilowatts, "most power that comes in over its edge; null: no limit"),
    exportKw: open(kilowatts, "most power that goes out over its edge; null: no limit"),
    loss: open(integer(0, ppm / 2), "share lost of what crosses its edge, ppm"),
    members: optional(
      list(name, 0, maxMembers),
      "who hangs there: kinds, dealt out in turn, and participants",
      [],
    ),
  }),
  "a root has nothing of what an edge has",
  (given, field) => {
    const { parent = null, fee = 0, importKw = null, exportKw = null, loss = 0 } = given;
    if (parent === null)
      for (const each of edgeFields)
        if (given[each] !== undefined)
          fail("invalid", `${field}.${each}`, "none without a parent, as of a root", given[each]);
    return { ...given, parent, fee, importKw, exportKw, loss };
  },
  ({ parent, fee, importKw, exportKw, loss, ...rest }) => ({
    ...rest,
    parent: parent ?? undefined,
    fee: fee === 0 ? undefined : fee,
    importKw: importKw ?? undefined,
    exportKw: exportKw ?? undefined,
    loss: loss === 0 ? undefined : loss,
  }),
);

/** A list of areas, the root first and every parent before its children. */
export const areasShape: Shape<readonly ScenarioArea[]> = further(
  list(area, 0, maxCarrierAreas),
  `the areas are a tree, at most ${maxDepth} in one another, each listed behind its parent; no name and no member stands twice`,
  checkTree,
);

function checkTree(areas: readonly ScenarioArea[], field: string): readonly ScenarioArea[] {
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

function checkWith(
  rules: CarrierRules | SharedRules,
  areas: readonly ScenarioArea[],
  carrier: Carrier,
): void {
  if (isShared(rules)) {
    fail("invalid", `areas.${carrier}`, "none of a carrier that is shared", areas.length);
    return;
  }
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
