/** A community as people write it down for `gridclear import`: COMMUNITY.json (docs/import.md). */
import { type Check, identifier, integer, list, object, optional, record, text } from "../check.js";
import { fail } from "../errors.js";
import { label } from "../market/contracts/fields.js";
import { communityName } from "../market/contracts/kinds/community.js";
import { boundKey, type NamedSharingKey, namedKey } from "../sharing/namedkey.js";
import { maxSharing, type SharingKey } from "../sharing/share.js";
import { microTick, parsePrice, parseTick, ppm, type Tick } from "../units.js";
import { openJson } from "./jsonfile.js";
import { type MeterForm, meterForm } from "./meterform.js";
import { type MeteredMember, MeterTable } from "./metertable.js";

/** A member of a community file, and how much of its meter takes part. */
export interface CommunityMember extends MeteredMember {
  /** Parts per million of what its meter says; left out: all. */
  readonly factor?: number;
}

/** A community file that was read. */
export interface CommunityFile {
  readonly community: string;
  readonly currency: string;
  readonly quantityTick: Tick;
  readonly priceTick: Tick;
  /** What a member that receives pays the one that supplies, in price ticks. */
  readonly price: number;
  readonly key: NamedSharingKey;
  readonly readings: MeterForm;
  /** Null: every meter of the readings is a member of its name. */
  readonly members: readonly CommunityMember[] | null;
  /** A table for the readings of its members. Throws `invalid` where members and readings do not fit each other. */
  table(): MeterTable;
  /** The key in places of members. Throws `invalid`, with line and column, for a name that is none of theirs. */
  keyFor(members: readonly string[]): SharingKey;
}

/** Most characters of a community file. */
export const maxCommunityLength: number = 256 * 1024 * 1024;

const meter = text(/^[^\p{Cc}]+$/su, 256, "the name of a meter or column, at most 256 characters");
const member = record({
  member: identifier,
  meter: optional(meter),
  in: optional(meter),
  out: optional(meter),
  factor: optional(integer(1, ppm)),
});

const members: Check<readonly CommunityMember[]> = (value, field) => {
  const given = list(member, 1, maxSharing)(value, field);
  const seen = new Set<string>();
  for (const [index, { member: name }] of given.entries()) {
    if (seen.has(name)) fail("invalid", `${field}[${index}].member`, "each member once", name);
    seen.add(name);
  }
  return given;
};

const price: Check<string> = text(/^[^-]*$/, 40, 'a decimal of 0 or more as text, such as "0.12"');

const fields = record({
  community: communityName,
  currency: label,
  quantityTick: optional(parseTick),
  priceTick: optional(parseTick),
  price,
  key: optional(namedKey),
  members: optional(members),
  readings: meterForm,
});

/**
 * Reads COMMUNITY.json. Throws `invalid` or `limit`, with line and column in front of the field, for an unknown key or
 * value, one that is missing, or one that contradicts another.
 */
export function parseCommunity(source: string): CommunityFile {
  const { value, twice, atPlace } = openJson(source, { root: "community", most: maxCommunityLength });
  if (twice[0] !== undefined) throw twice[0];
  return atPlace(() => {
    const given = fields(object(value, "community"), "");
    const { quantityTick = microTick, priceTick = microTick } = given;
    const key = given.key ?? {};
    return {
      community: given.community,
      currency: given.currency,
      quantityTick,
      priceTick,
      price: parsePrice(given.price, priceTick, "price"),
      key,
      readings: given.readings,
      members: given.members ?? null,
      table: () => atPlace(() => new MeterTable(given.readings, given.members ?? null)),
      keyFor: (names) =>
        atPlace(() =>
          boundKey(key, new Map(names.map((name, place) => [name, place])), (field, name) =>
            fail("invalid", `key.${field}`, "a member of the community", name),
          ),
        ),
    };
  });
}
