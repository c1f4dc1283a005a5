/** The branches of a community's network: who hangs on which, and what each is laid out for. */
import { type Member, reach } from "./member.js";

/** The area in which all others lie. */
export const rootName = "town";
/** Names of the branches of a community; the last is the narrow one. */
export const branchNames: readonly string[] = ["north", "south", "east"];

/** A branch and the power it carries into and out of it, W. */
export interface Branch {
  readonly name: string;
  readonly use: number;
  readonly supply: number;
}

/**
 * The branches that anybody hangs on. Each is laid out for what its members draw together and 30 kW more for their cars
 * and stores; the last is a little tight for what they feed in.
 */
export function branches(members: readonly Member[]): Branch[] {
  const sums = new Map<string, { use: number; supply: number }>();
  for (const member of members) {
    if (member.area === null) continue;
    const sum = sums.get(member.area) ?? { use: 0, supply: 0 };
    sums.set(member.area, sum);
    const { use, supply } = reach(member, "electricity");
    sum.use += use;
    sum.supply += supply;
  }
  return branchNames.flatMap((name, index) => {
    const sum = sums.get(name);
    const tight = index === branchNames.length - 1 ? 0.4 : 1;
    return sum === undefined ? [] : [{ name, use: sum.use + 30_000, supply: (sum.supply + 1_000) * tight }];
  });
}
