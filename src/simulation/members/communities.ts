/** The communities of carriers that are shared, as contracts: who is in which, and whom their keys name. */
import { memberOf } from "../../check.js";
import { fail } from "../../errors.js";
import type { CommunityContract, MemberContract } from "../../market/contracts/sharedcontracts.js";
import { type NamedSharingKey, namedKey } from "../../sharing/namedkey.js";
import { type Carrier, carriers, ppm } from "../../units.js";
import { firstPeriod, isKind, isShared, type Scenario, type ScenarioCommunity } from "../scenario.js";
import { type Member, reach } from "./member.js";

/**
 * Whether there is something to meter of a carrier that is shared: who uses or makes some of it has one meter, however
 * many names it bids under.
 */
export function hasMeter(member: Member, carrier: Carrier): boolean {
  if (member.person !== member.id) return false;
  const { use, supply } = reach(member, carrier);
  return use > 0 || supply > 0;
}

/**
 * Throws `invalid` naming the kind of a member with a store, a converter or a plant of a carrier that is shared: they
 * go by what is ordered of them, and such a carrier takes no orders.
 */
export function checkShared(scenario: Scenario, members: readonly Member[]): void {
  for (const { kind, stores, converter, devices } of members) {
    const needs = [
      ...stores.map(({ carrier }) => carrier),
      ...devices.flatMap((device) => (device.kind === "plant" ? device.carrier : [])),
      ...(converter === null ? [] : [converter.input, ...converter.outputs.map(({ carrier }) => carrier)]),
    ];
    const shared = needs.find((carrier) => isShared(scenario.rules[carrier]));
    if (shared !== undefined)
      fail(
        "invalid",
        `participants.${kind}`,
        `none of them where ${shared} is shared: stores, converters and plants need orders`,
        scenario.participants[kind],
      );
  }
}

/** By entry of a list of names, whom it means: a participant, or of a kind all that the list does not name itself. */
type NamesIn = (named: readonly string[], field: (index: number) => string) => readonly string[][];

/**
 * The contracts of all communities, each before its members, in the order of participants. Throws `invalid` naming the
 * field for a name that is neither a kind nor a participant's, for meters of which more than all would take part, and
 * for shares of more than all.
 */
export function communityMemberContracts(
  scenario: Scenario,
  members: readonly Member[],
): (CommunityContract | MemberContract)[] {
  const dated = { version: 1, from: firstPeriod(scenario) - 1 };
  return carriers.flatMap((carrier) => {
    const rules = scenario.rules[carrier];
    if (!isShared(rules)) return [];
    const metered = members.filter((member) => hasMeter(member, carrier));
    const given = new Map<string, number>();
    return rules.communities.flatMap((community, index) => {
      const at = `rules.${carrier}.communities[${index}]`;
      const own = membersOf(community, metered, namesAmong(members, metered), at);
      for (const id of own) {
        const parts = (given.get(id) ?? 0) + community.factor;
        if (parts > ppm)
          fail("invalid", `${at}.factor`, `at most ${ppm} of the meter of ${id} in all`, parts);
        given.set(id, parts);
      }
      return [
        {
          kind: "community",
          ...dated,
          community: community.name,
          carrier,
          price: community.price,
          key: keyOf(
            community,
            namesAmong(
              members,
              metered.filter(({ id }) => own.has(id)),
            ),
            at,
          ),
        } as const,
        ...[...own].map(
          (participant) =>
            ({
              kind: "member",
              ...dated,
              community: community.name,
              participant,
              factor: community.factor,
            }) as const,
        ),
      ];
    });
  });
}

function namesAmong(members: readonly Member[], metered: readonly Member[]): NamesIn {
  const ids = new Set(members.map(({ id }) => id));
  return (named, field) => {
    const own = new Set(named);
    return named.map((name, index) => {
      if (ids.has(name)) return [name];
      if (!isKind(name)) return fail("invalid", field(index), "a kind or a participant", name);
      return metered.filter(({ kind, id }) => kind === name && !own.has(id)).map(({ id }) => id);
    });
  };
}

function membersOf(
  { members, name }: ScenarioCommunity,
  metered: readonly Member[],
  namesIn: NamesIn,
  at: string,
): ReadonlySet<string> {
  const ids = metered.map(({ id }) => id);
  if (members === null) return new Set(ids);
  const field = (index: number): string => `${at}.members[${index}]`;
  const wanted = new Set<string>();
  for (const [index, named] of namesIn(members, field).entries())
    for (const id of named) {
      if (!ids.includes(id)) fail("invalid", field(index), "somebody with a meter of the carrier", id);
      wanted.add(id);
    }
  if (wanted.size === 0) fail("invalid", `${at}.members`, "somebody with a meter of the carrier", name);
  return new Set(ids.filter((id) => wanted.has(id)));
}

/** The key of a community with its participants in place of their kinds. */
function keyOf({ key }: ScenarioCommunity, namesIn: NamesIn, community: string): NamedSharingKey {
  const at = `${community}.key`;
  const { shares, classes, supplyClasses, ...rest } = key;
  const inClasses = (given: readonly (readonly string[])[], name: string): string[][] => {
    const places = given.flatMap((names, rank) => names.map((each, index) => ({ each, rank, index })));
    const found = namesIn(
      places.map(({ each }) => each),
      (place) => `${at}.${name}[${places[place]!.rank}][${places[place]!.index}]`,
    );
    return given
      .map((_, rank) => found.flatMap((names, place) => (places[place]!.rank === rank ? names : [])))
      .filter((names) => names.length > 0);
  };
  const named = Object.keys(shares ?? {});
  const whose = namesIn(named, (index) => memberOf(`${at}.shares`, named[index]!));
  return namedKey(
    {
      ...rest,
      ...(shares === undefined
        ? {}
        : {
            shares: Object.fromEntries(
              named.flatMap((name, index) => whose[index]!.map((id) => [id, shares[name]!])),
            ),
          }),
      ...(classes === undefined ? {} : { classes: inClasses(classes, "classes") }),
      ...(supplyClasses === undefined ? {} : { supplyClasses: inClasses(supplyClasses, "supplyClasses") }),
    },
    at,
  );
}
