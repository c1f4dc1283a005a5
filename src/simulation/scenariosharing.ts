/** Carriers that are shared: their communities in a scenario file, and what makes a key one that goes with itself. */
import { identifierForm } from "../check.js";
import { fail } from "../errors.js";
import {
  further,
  integer,
  list,
  names,
  needed,
  oneOf,
  open,
  optional,
  record,
  type Shape,
  text,
} from "../shape.js";
import { type NamedSharingKey, namedKey } from "../sharing/namedkey.js";
import { maxSharing, sharingKeys } from "../sharing/share.js";
import { type Carrier, carriers, ppm } from "../units.js";
import { isShared, maxMembers, type Scenario, type ScenarioCommunity, type SharedRules } from "./scenario.js";
import { fee } from "./scenarioprices.js";

/** Most communities of one carrier. */
const mostCommunities = 1_000;

const who = text(identifierForm, "1 to 64 printable characters");
const name = text(/^[^\p{C}\p{Zl}\p{Zp}/]{1,64}$/u, "1 to 64 printable characters without a slash");
const classes = list(list(who, 1, maxSharing), 0, maxSharing);

const key: Shape<NamedSharingKey> = further(
  record({
    key: optional(oneOf(...sharingKeys), "how what is shared is divided", "proportional"),
    shares: open(names(integer(0, ppm), maxSharing), "with static and cascade: each one's share, ppm"),
    classes: open(classes, "with priority: who comes first, class by class"),
    supply: optional(oneOf("proportional", "priority"), "who supplies what is shared", "proportional"),
    supplyClasses: open(classes, "with supply priority: who supplies first, class by class"),
  }),
  `what belongs to a key stands there and nothing else; shares are ${ppm} in all at most; nobody is in two classes`,
  // A copy without what was left out, as a contract has it.
  (given, field) =>
    namedKey(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)), field),
  (given) => ({ ...given }) as never,
);

const community: Shape<ScenarioCommunity> = further(
  record({
    name: needed(name, "what it is called; no other community has its name"),
    price: needed(fee, "what who receives a kWh pays who supplies it"),
    key: optional(key, "how it shares, as KEY.json of gridclear share; names may be kinds", {}),
    members: open(
      list(who, 1, maxMembers),
      "kinds and participants; left out: everybody with a meter of the carrier",
    ),
    factor: optional(integer(1, ppm), "how much of each member's meter takes part, ppm", ppm),
  }),
  "nobody is named twice",
  (given, field) => {
    const { members = null } = given;
    if (members !== null && new Set(members).size < members.length) {
      const index = members.findIndex((each, place) => members.indexOf(each) < place);
      fail("invalid", `${field}.members[${index}]`, "each once", members[index]);
    }
    return { ...given, members };
  },
  ({ members, ...rest }) => ({ ...rest, members: members ?? undefined }),
);

/** Throws `invalid` where two carriers have a community of the same name. */
export function checkCommunities({ rules }: Pick<Scenario, "rules">): void {
  const carrierOf = new Map<string, Carrier>();
  for (const carrier of carriers) {
    const own = rules[carrier];
    if (!isShared(own)) continue;
    for (const [index, { name }] of own.communities.entries()) {
      const other = carrierOf.get(name);
      if (other !== undefined)
        fail("invalid", `rules.${carrier}.communities[${index}].name`, `none of ${other}`, name);
      carrierOf.set(name, carrier);
    }
  }
}

/** A carrier that takes no orders. */
export const sharedRules: Shape<SharedRules> = further(
  record({
    mechanism: needed(oneOf("share"), "no orders: what meters say is shared in communities"),
    communities: needed(list(community, 1, mostCommunities), "who shares, and how"),
  }),
  "no two communities have one name",
  (given, field) => {
    const seen = new Set<string>();
    for (const [index, { name: own }] of given.communities.entries()) {
      if (seen.has(own))
        fail("invalid", `${field}.communities[${index}].name`, "a name that no other community has", own);
      seen.add(own);
    }
    return given;
  },
);
