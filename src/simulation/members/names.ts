/**
 * People under several names. A market knows participants, not people: each has one order a carrier and period, so who
 * wants several takes part several times, each name with a part of what its owner's meters show.
 */
import { fail } from "../../errors.js";
import { maxMembers, type Scenario } from "../scenario.js";
import type { Member } from "./member.js";
import { strategyNameOf } from "./strategies.js";

/** How many names somebody has who splits its orders. */
export const splitNames = 3;

/** Most characters of a name that a market takes. */
const maxNameLength = 64;

const splits = (member: Member, scenario: Scenario): boolean =>
  strategyNameOf(scenario, member) === "splitting" &&
  member.converter === null &&
  member.devices.length + member.measured.length > 0;

/**
 * Members with the further names of those whose strategy is `splitting`, behind all others: whoever has one name is and
 * does what it would without them. Throws `limit` where that makes too many participants, or too long a name.
 */
export function withNames(members: readonly Member[], scenario: Scenario): readonly Member[] {
  const further: Member[] = [];
  for (const member of members) {
    if (!splits(member, scenario)) continue;
    for (let name = 2; name <= splitNames; name++) {
      const id = `${member.id}/${name}`;
      if (id.length > maxNameLength)
        return fail("limit", "strategies", `names of at most ${maxNameLength} characters for splitting`, id);
      const number = members.length + further.length;
      further.push({ ...member, id, number, stores: [], battery: null, tank: null });
    }
  }
  const count = members.length + further.length;
  if (further.length > 0 && count > maxMembers)
    return fail("limit", "strategies", `at most ${maxMembers} participants, further names included`, count);
  return further.length === 0 ? members : [...members, ...further];
}

/** The members behind the names of a run, in the order of their numbers, and the names that each of them has. */
export function peopleOf(members: readonly Member[]): ReadonlyMap<Member, readonly Member[]> {
  const people = new Map<Member, Member[]>();
  const byId = new Map<string, Member[]>();
  for (const member of members) {
    const names = byId.get(member.person);
    if (names !== undefined) {
      names.push(member);
      continue;
    }
    const own = [member];
    byId.set(member.person, own);
    people.set(member, own);
  }
  return people;
}

/** What the name at a place has of so many ticks, above or below zero: equal parts, what is left over to the first. */
export function partOf(ticks: number, place: number, names: number): number {
  const size = Math.abs(ticks);
  const part = Math.floor(size / names) + (place < size % names ? 1 : 0);
  return ticks < 0 ? -part : part;
}
