/**
 * A sharing key as people write it down, by participants' names: the same object in KEY.json of `gridclear share` and
 * in the contract of a community (docs/sharing.md). Its checks stand here alone.
 */
import {
  type Check,
  identifier,
  integer,
  list,
  memberOf,
  type OptionalCheck,
  object,
  oneOf,
  optional,
  record,
} from "../check.js";
import { fail } from "../errors.js";
import { ppm } from "../units.js";
import { maxSharing, type SharingKey, sharingKeys } from "./share.js";

/** Shares in parts per million by name, {@link ppm} in all at most; a copy. */
const shares: Check<{ readonly [name: string]: number }> = (value, field) => {
  let sum = 0;
  const entries = Object.entries(object(value, field)).map(([name, given]): [string, number] => {
    const at = memberOf(field, name);
    const share = integer(0, ppm)(given, at);
    identifier(name, at);
    sum += share;
    if (sum > ppm) fail("invalid", at, `at most ${ppm} ppm in all`, sum);
    return [name, share];
  });
  return Object.fromEntries(entries);
};

const someClasses = list(list(identifier, 1, maxSharing), 0, maxSharing);
/** Classes of names, each name in one. */
const classes: Check<readonly (readonly string[])[]> = (value, field) => {
  const given = someClasses(value, field);
  const seen = new Set<string>();
  for (const [rank, members] of given.entries())
    for (const [index, name] of members.entries()) {
      if (seen.has(name))
        fail("invalid", `${field}[${rank}][${index}]`, "each participant in one class", name);
      seen.add(name);
    }
  return given;
};

/** A key by names; `key` and `supply` left out are `proportional`. */
export interface NamedSharingKey {
  readonly key?: (typeof sharingKeys)[number];
  /** Parts in a million, by name; with `static` and `cascade` alone. */
  readonly shares?: { readonly [name: string]: number };
  /** Names, class by class in order of rank; with `priority` alone. */
  readonly classes?: readonly (readonly string[])[];
  readonly supply?: "proportional" | "priority";
  /** As `classes`, of who supplies; with `supply: "priority"` alone. */
  readonly supplyClasses?: readonly (readonly string[])[];
}

/** The entries of a key, each with its check; whether they go together {@link fitKey} says. */
export const namedKeyFields: {
  readonly [Name in keyof NamedSharingKey]-?: OptionalCheck<NonNullable<NamedSharingKey[Name]>>;
} = {
  key: /* @__PURE__ */ optional(/* @__PURE__ */ oneOf(...sharingKeys)),
  shares: /* @__PURE__ */ optional(shares),
  classes: /* @__PURE__ */ optional(classes),
  supply: /* @__PURE__ */ optional(/* @__PURE__ */ oneOf("proportional", "priority")),
  supplyClasses: /* @__PURE__ */ optional(classes),
};

/**
 * Throws `invalid` naming the entry where one is missing that the key needs, or there that does not belong to it.
 * `field`: the path of the whole key, "" for none.
 */
export function fitKey(given: NamedSharingKey, field: string): void {
  const { key = "proportional", supply = "proportional" } = given;
  const belongs = (name: keyof NamedSharingKey, isNeeded: boolean, by: string): void => {
    const part = given[name];
    if (isNeeded && part === undefined)
      fail("invalid", memberOf(field, name), `${name} with ${by}`, "nothing");
    if (!isNeeded && part !== undefined)
      fail("invalid", memberOf(field, name), `no ${name} with ${by}`, part);
  };
  belongs("shares", key === "static" || key === "cascade", `key ${key}`);
  belongs("classes", key === "priority", `key ${key}`);
  belongs("supplyClasses", supply === "priority", `supply ${supply}`);
}

const entries = /* @__PURE__ */ record(namedKeyFields);
/** A key by names, as a copy; throws `invalid` naming the entry. */
export const namedKey: Check<NamedSharingKey> = (value, field) => {
  const given = entries(value, field);
  fitKey(given, field);
  return given;
};

/**
 * The key in places of participants instead of names; `places` has every place from 0 on once. `onUnknown` is called
 * with the entry and the name where a name has no place: it throws, or the name gets nothing.
 */
export function boundKey(
  given: NamedSharingKey,
  places: ReadonlyMap<string, number>,
  onUnknown: (field: string, name: string) => void,
): SharingKey {
  const placesIn = (named: readonly (readonly string[])[], field: string): number[][] => {
    const ranks = named.map((members, rank) =>
      members.flatMap((name, index) => {
        const place = places.get(name);
        if (place === undefined) onUnknown(`${field}[${rank}][${index}]`, name);
        return place ?? [];
      }),
    );
    return ranks.filter((members) => members.length > 0);
  };
  const { key = "proportional", supplyClasses } = given;
  const supply =
    supplyClasses === undefined ? {} : { supplyClasses: placesIn(supplyClasses, "supplyClasses") };
  if (key === "priority") return { key, classes: placesIn(given.classes ?? [], "classes"), ...supply };
  if (key !== "static" && key !== "cascade") return { key, ...supply };
  const column = new Float64Array(places.size);
  for (const [name, share] of Object.entries(given.shares ?? {})) {
    const place = places.get(name);
    if (place === undefined) onUnknown(memberOf("shares", name), name);
    else column[place] = share;
  }
  return { key, shares: column, ...supply };
}
