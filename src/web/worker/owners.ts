/** What the members of a community are called. */
import type { Member } from "../../simulation/members/member.js";
import { t } from "../say.js";
import { kindWords } from "../words.js";

/** What of a member its name follows from. */
export interface Party extends Pick<Member, "id" | "kind" | "number"> {
  readonly devices: readonly Pick<Member["devices"][number], "kind">[];
}

/** What a member is called, `Home 3`, and what it is in words. */
export function wordsOf(member: Party): { name: string; kind: string } {
  const { name, one } = kindWords[member.kind];
  const sunny = member.kind === "home" && member.devices.some((device) => device.kind === "photovoltaics");
  return {
    // Further names of a member, as some strategies take them, end in a stroke and a number.
    name: `${name} ${member.id.split("-").at(-1)!.replace(/^0+/, "")}`,
    kind: sunny ? t`${one} with solar panels` : one,
  };
}

/** A store as the owner of what it sells: a member's battery has the member's name. */
export function ownerOfStore(member: Party): { name: string; kind: string } {
  const { name, kind } = wordsOf(member);
  if (member.kind === "storage") return { name, kind: t`store of the neighbourhood` };
  return { name: member.kind === "car" ? name : t`Battery of ${name}`, kind: t`battery of a ${kind}` };
}
