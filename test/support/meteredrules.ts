// Random markets in which meters decide: some carriers are shared in communities, and trades count as delivered.
import type { Contract } from "../../src/market/contracts/contracts.js";
import { sharingKeys } from "../../src/sharing/share.js";
import { carriers } from "../../src/units.js";
import { Random } from "../core/markets.js";

/** The contracts of a market with such rules, all from its first period. */
export function withMeteredRules(seed: number, contracts: readonly Contract[]): Contract[] {
  const random = new Random(seed ^ 0x1b873593);
  const { from } = contracts[0]!;
  const dated = { version: 1, from };
  const ids = contracts.flatMap((each) => (each.kind === "participant" ? [each.id] : []));
  const shared = carriers.filter(() => random.between(0, 3) === 0);
  const rule = random.of("fifo", "proportional", null) as "fifo" | "proportional" | null;
  const changed = contracts.map((each): Contract => {
    if (each.kind === "payment")
      return {
        ...each,
        metering: {
          ...(each.metering ?? { window: 2, corrections: 3, missing: "last" }),
          ...(rule === null ? {} : { delivered: rule }),
        },
      };
    if (each.kind === "clearing" && shared.includes(each.carrier))
      return { kind: "clearing", ...dated, carrier: each.carrier, mechanism: "share" };
    // A fee goes with one way of clearing alone.
    return each.kind === "area" && shared.includes(each.carrier) && each.fee !== undefined
      ? { ...each, fee: 0 }
      : each;
  });
  for (const carrier of shared) {
    const left = new Map(ids.map((id) => [id, 1_000_000]));
    for (let number = random.between(1, 2); number > 0; number -= 1) {
      const community = `${carrier} ${number}`;
      const members = ids.filter(() => random.between(0, 3) > 0);
      const key = random.of(...sharingKeys);
      let rest = 1_000_000;
      const shares = Object.fromEntries(
        members.map((id) => {
          const part = random.between(0, rest);
          rest -= part;
          return [id, part];
        }),
      );
      changed.push({
        kind: "community",
        ...dated,
        community,
        carrier,
        price: random.between(0, 300),
        key: {
          key,
          ...(key === "static" || key === "cascade" ? { shares } : {}),
          ...(key === "priority" ? { classes: [[members.at(-1) ?? "nobody"]] } : {}),
        } as never,
      });
      for (const participant of members) {
        const most = left.get(participant)!;
        if (most === 0) continue;
        const factor = random.between(0, 1) === 0 ? most : random.between(1, most);
        left.set(participant, most - factor);
        changed.push({ kind: "member", ...dated, community, participant, factor });
      }
    }
  }
  return changed;
}
