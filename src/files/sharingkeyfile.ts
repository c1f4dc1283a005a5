/** A community's sharing key as people write it down: KEY.json of `gridclear share` (docs/sharing.md). */
import { object, optional, record } from "../check.js";
import { fail } from "../errors.js";
import { boundKey, fitKey, type NamedSharingKey, namedKeyFields } from "../sharing/namedkey.js";
import type { SharingKey, sharingKeys } from "../sharing/share.js";
import { microTick, parseTick, type Tick } from "../units.js";
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

const form = record({ ...namedKeyFields, quantityTick: optional(parseTick) });

/**
 * Reads KEY.json. Throws `invalid` or `limit`, with line and column in front of the field, for an unknown key or value,
 * one that is missing or does not belong to the others, shares out of range, a name in two classes, an empty class.
 */
export function parseSharingKey(text: string): SharingKeyFile {
  const { value, twice, atPlace } = openJson(text, { root: "key", most: maxKeyLength });
  if (twice[0] !== undefined) throw twice[0];
  const { quantityTick = microTick, ...given } = atPlace(() => {
    const read = form(object(value, "key"), "");
    fitKey(read, "");
    return read;
  });
  return {
    key: given.key ?? "proportional",
    quantityTick,
    for: (names) => atPlace(() => bound(given, names)),
  };
}

/** The key in places of participants instead of names. */
function bound(given: NamedSharingKey, participants: readonly string[]): SharingKey {
  const places = new Map(participants.map((name, place) => [name, place]));
  return boundKey(given, places, (field, name) =>
    fail("invalid", field, "a participant of the readings", name),
  );
}
