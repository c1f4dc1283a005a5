/** A community's sharing key as people write it down: KEY.json of `gridclear share` (docs/sharing.md). */
import { anything, integer, list, memberOf, object, oneOf, optional, record } from "../check.js";
import { fail, GridclearError } from "../errors.js";
import { maxSharing, type SharingKey, sharingKeys } from "../sharing/share.js";
import { microTick, parseTick, ppm, type Tick } from "../units.js";
import { openJson } from "./jsonfile.js";

/** A key file that was read. */
export interface SharingKeyFile {
  readonly key: (typeof sharingKeys)[number];
  readonly quantityTick: Tick;
  /**
   * The key for these participants. Throws `invalid`, with line and column in front of the field, for a name that is
   * none of theirs.
   */
  for(participants: readonly string[]): SharingKey;
}

/** Most characters of a key file: a share for as many participants as there may be. */
export const maxKeyLength: number = 256 * 1024 * 1024;

const classes = list(list(anything, 1, maxSharing), 0, maxSharing);
const form = record({
  key: optional(oneOf(...sharingKeys)),
  shares: optional(object),
  classes: optional(classes),
  supply: optional(oneOf("proportional", "priority")),
  supplyClasses: optional(classes),
  quantityTick: optional(parseTick),
});

/**
 * Reads KEY.json. Throws `invalid` or `limit`, with line and column in front of the field, for an unknown key or value,
 * one that is missing or does not belong to the others, shares out of range, a name in two classes, an empty class.
 */
export function parseSharingKey(text: string): SharingKeyFile {
  const { value, twice, placed } = openJson(text, { root: "key", most: maxKeyLength });
  if (twice[0] !== undefined) throw twice[0];
  const atPlace = <T>(act: () => T): T => {
    try {
      return act();
    } catch (error) {
      throw error instanceof GridclearError ? placed(error) : error;
    }
  };
  const given = atPlace(() => checkKey(value));
  const { key, quantityTick = microTick } = given;
  return { key, quantityTick, for: (participants) => atPlace(() => bound(given, participants)) };
}

/**
 * The key that stands as a part of another file. Throws as {@link parseSharingKey} does, with fields that begin at the
 * key and without their places.
 */
export function sharingKeyOf(value: unknown): Omit<SharingKeyFile, "quantityTick"> {
  const given = checkKey(value);
  if (given.quantityTick !== undefined)
    fail("invalid", "quantityTick", "none in a part of another file", given.quantityTick);
  return { key: given.key, for: (participants) => bound(given, participants) };
}

type GivenKey = ReturnType<typeof form> & { readonly key: (typeof sharingKeys)[number] };

function checkKey(value: unknown): GivenKey {
  const given = form(object(value, "key"), "");
  const { key = "proportional", supply = "proportional" } = given;
  belongs(given.shares, "shares", key === "static" || key === "cascade", `key ${key}`);
  belongs(given.classes, "classes", key === "priority", `key ${key}`);
  belongs(given.supplyClasses, "supplyClasses", supply === "priority", `supply ${supply}`);
  if (given.shares !== undefined) checkShares(given.shares);
  return { ...given, key };
}

/** Throws unless a part is there exactly where it must be. */
function belongs(part: unknown, name: string, isNeeded: boolean, by: string): void {
  if (isNeeded && part === undefined) fail("invalid", name, `${name} with ${by}`, "nothing");
  if (!isNeeded && part !== undefined) fail("invalid", name, `no ${name} with ${by}`, part);
}

function checkShares(shares: { readonly [name: string]: unknown }): void {
  let sum = 0;
  for (const [name, share] of Object.entries(shares)) {
    sum += integer(0, ppm)(share, memberOf("shares", name));
    if (sum > ppm) fail("invalid", memberOf("shares", name), `at most ${ppm} ppm in all`, sum);
  }
}

/** The key in places of participants instead of names. */
function bound(given: GivenKey, participants: readonly string[]): SharingKey {
  const places = new Map(participants.map((name, place) => [name, place]));
  const placesIn = (named: readonly (readonly unknown[])[], field: string): number[][] => {
    const seen = new Set<unknown>();
    return named.map((members, rank) =>
      members.map((name, index) => {
        const at = `${field}[${rank}][${index}]`;
        if (seen.has(name)) fail("invalid", at, "each participant in one class", name);
        seen.add(name);
        return places.get(name as string) ?? fail("invalid", at, "a participant of the readings", name);
      }),
    );
  };
  const { key, supplyClasses } = given;
  const supply =
    supplyClasses === undefined ? {} : { supplyClasses: placesIn(supplyClasses, "supplyClasses") };
  if (key === "priority") return { key, classes: placesIn(given.classes ?? [], "classes"), ...supply };
  if (key !== "static" && key !== "cascade") return { key, ...supply };
  const shares = new Float64Array(participants.length);
  for (const [name, share] of Object.entries(given.shares ?? {})) {
    const place = places.get(name);
    if (place === undefined)
      return fail("invalid", memberOf("shares", name), "a participant of the readings", name);
    shares[place] = share as number;
  }
  return { key, shares, ...supply };
}
