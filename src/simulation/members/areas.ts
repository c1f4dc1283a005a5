/** The network of a community as its scenario draws it: the contracts of its areas, and who hangs in which. */
import { fail } from "../../errors.js";
import type { AreaContract } from "../../market/contracts/contracts.js";
import { type Carrier, carriers } from "../../units.js";
import type { Scale } from "../scale.js";
import { firstPeriod, isKind, type Scenario, type ScenarioArea } from "../scenario.js";
import { energyTicks } from "../world/devices.js";
import type { Member } from "./member.js";

/** The area of each member by carrier; who stands in none hangs in the root, where the carrier has areas. */
export type Homes = { readonly [carrier in Carrier]: ReadonlyMap<Member, string> };

/**
 * Puts members into areas: whoever an area names hangs there, and the others of a kind that areas name are dealt out
 * among those in turn. Throws `invalid` for a name that is neither a kind nor a member's.
 */
export function homesOf({ areas }: Scenario, members: readonly Member[]): Homes {
  const ids = new Map(members.map((member) => [member.id, member]));
  const homes = (carrier: Carrier): Map<Member, string> => {
    const found = new Map<Member, string>();
    const byKind = new Map<string, string[]>();
    for (const [place, area] of areas[carrier].entries())
      for (const [index, name] of area.members.entries()) {
        const member = ids.get(name);
        const at = `areas.${carrier}[${place}].members[${index}]`;
        if (member === undefined && !isKind(name)) fail("invalid", at, "a kind or a participant", name);
        if (member === undefined) byKind.set(name, [...(byKind.get(name) ?? []), area.name]);
        else if (found.has(member)) fail("invalid", at, "a participant in no area before", name);
        else found.set(member, area.name);
      }
    const dealt = new Map<string, number>();
    for (const member of members) {
      if (member.person !== member.id) {
        // A further name hangs where its owner does.
        const area = found.get(ids.get(member.person)!);
        if (area !== undefined) found.set(member, area);
        continue;
      }
      const wanted = byKind.get(member.kind);
      if (wanted === undefined || found.has(member)) continue;
      const turn = dealt.get(member.kind) ?? 0;
      dealt.set(member.kind, turn + 1);
      found.set(member, wanted[turn % wanted.length]!);
    }
    return found;
  };
  return {
    electricity: homes("electricity"),
    heat: homes("heat"),
    cold: homes("cold"),
    gas: homes("gas"),
  };
}

/** The contracts of all areas of a scenario, each parent before its children. */
export function areaContracts(scenario: Scenario, { perKwh }: Scale): AreaContract[] {
  const from = firstPeriod(scenario) - 1;
  const ticks = (kilowatts: number | null): number | null =>
    kilowatts === null ? null : energyTicks(kilowatts * 1000, scenario.periodMs, perKwh);
  return carriers.flatMap((carrier) =>
    scenario.areas[carrier].map(({ name, parent, fee, importKw, exportKw, loss }: ScenarioArea) => {
      const area = { kind: "area", version: 1, from, area: name, carrier } as const;
      if (parent === null) return area;
      return { ...area, parent, fee, importLimit: ticks(importKw), exportLimit: ticks(exportKw), loss };
    }),
  );
}
