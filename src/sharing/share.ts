/**
 * Sharing keys: who of a community receives what of the energy that its members injected and drew at the same time, and
 * who supplied it (docs/sharing.md). No price is involved, and nothing but readings, order and key enters.
 */
import { needArray, needObject, oneOf } from "../check.js";
import { fail } from "../errors.js";
import { maxQuantity, ppm } from "../units.js";
import { split } from "./split.js";

/** What the members' meters said of one period, in the community's order: columns of one length, in ticks. */
export interface SharingReadings {
  /** What each drew, 0 … 2³²−1. */
  readonly drawn: ArrayLike<number>;
  /** What each injected, 0 … 2³²−1. Who does both is not netted. */
  readonly injected: ArrayLike<number>;
}

/** How members receive: the key's name, and what it needs beside the readings. */
export type ReceivingKey =
  | { readonly key: "proportional" | "equal" }
  /** Each member's share in parts per million, 1,000,000 in all at most. */
  | { readonly key: "static" | "cascade"; readonly shares: ArrayLike<number> }
  /** Places of members, class by class in order of rank; who is in none is in a last one. */
  | { readonly key: "priority"; readonly classes: readonly (readonly number[])[] };

/** A community's key. */
export type SharingKey = ReceivingKey & {
  /** Places of members, class by class in order of rank; left out: all supply in proportion to what they injected. */
  readonly supplyClasses?: readonly (readonly number[])[];
};

/** What came of sharing: columns of the readings' length and order, in ticks. */
export interface Sharing {
  /** What was shared: the sum of `received`, and of `supplied`. */
  readonly shared: number;
  /** At most what the member drew; the rest comes from its supplier. */
  readonly received: Float64Array;
  /** At most what the member injected; the surplus goes to the grid. */
  readonly supplied: Float64Array;
  /** What a member was entitled to by its share and did not draw (key `static` alone). */
  readonly unused: Float64Array;
}

/** Names of the keys. */
export const sharingKeys: readonly ["proportional", "static", "cascade", "equal", "priority"] = [
  "proportional",
  "static",
  "cascade",
  "equal",
  "priority",
];

/** Most members of a community: up to here the sum of what all drew is a whole number below 2⁵³. */
export const maxSharing: number = 1 << 21;

/**
 * Shares one period. Throws `invalid` for columns of two lengths, quantities or shares out of range, a place that is in
 * two classes or in none of the readings, an empty class, an unknown key; `limit` above {@link maxSharing} members.
 */
export function share(readings: SharingReadings, key: SharingKey): Sharing {
  const { drawn, injected } = checkReadings(readings);
  const use = sumOf(drawn);
  const supply = sumOf(injected);
  const { received, unused } = receive(needObject(key, "key"), { drawn, use, supply });
  const shared = sumOf(received);
  const supplied =
    key.supplyClasses === undefined
      ? split(shared, injected)
      : byRank(shared, injected, ranksOf(key.supplyClasses, drawn.length, "key.supplyClasses"));
  return { shared, received, supplied, unused };
}

/** What was drawn by each, and drawn and injected in all. */
interface Book {
  readonly drawn: Float64Array;
  readonly use: number;
  readonly supply: number;
}

type Receipt = Pick<Sharing, "received" | "unused">;

function receive(key: SharingKey, { drawn, use, supply }: Book): Receipt {
  const most = Math.min(use, supply);
  const none = new Float64Array(drawn.length);
  switch (oneOf(...sharingKeys)(key.key, "key.key")) {
    case "proportional":
      return { received: split(most, drawn), unused: none };
    case "equal":
      return { received: equally(most, drawn), unused: none };
    case "priority": {
      const { classes } = key as SharingKey & { readonly key: "priority" };
      return { received: byRank(most, drawn, ranksOf(classes, drawn.length, "key.classes")), unused: none };
    }
    default: {
      const { shares } = key as SharingKey & { readonly key: "static" | "cascade" };
      const entitled = split(supply, checkShares(shares, drawn.length), ppm);
      const received = entitled.map((most, member) => Math.min(most, drawn[member]!));
      if (key.key === "static")
        return { received, unused: entitled.map((most, member) => most - received[member]!) };
      const lacking = drawn.map((wanted, member) => wanted - received[member]!);
      const extra = split(Math.min(supply - sumOf(received), sumOf(lacking)), lacking);
      return { received: received.map((part, member) => part + extra[member]!), unused: none };
    }
  }
}

/**
 * The same for everybody, up to what each drew: whoever drew at most an equal part of what is left gets all of it, all
 * such at once and again, until nobody does; the others get equal parts of the rest.
 */
function equally(total: number, drawn: Float64Array): Float64Array {
  const received = new Float64Array(drawn.length);
  const open = Uint32Array.from(drawn.keys())
    .filter((member) => drawn[member]! > 0)
    .sort((a, b) => drawn[a]! - drawn[b]!);
  let left = total;
  let closed = 0;
  for (let isOpen = true; isOpen; ) {
    const before = left;
    const count = open.length - closed;
    const start = closed;
    for (; closed < open.length; closed += 1) {
      const member = open[closed]!;
      if (drawn[member]! * count > before) break;
      received[member] = drawn[member]!;
      left -= drawn[member]!;
    }
    isOpen = closed > start;
  }
  const weights = new Float64Array(drawn.length);
  for (const member of open.subarray(closed)) weights[member] = 1;
  const parts = split(left, weights);
  return received.map((amount, member) => amount + parts[member]!);
}

/** Class after class gets what it asked for, as far as it goes, divided within by what each asked for. */
function byRank(total: number, asked: Float64Array, ranks: readonly (readonly number[])[]): Float64Array {
  const given = new Float64Array(asked.length);
  let left = total;
  for (const members of ranks) {
    const wanted = Float64Array.from(members, (member) => asked[member]!);
    const most = Math.min(left, sumOf(wanted));
    for (const [index, part] of split(most, wanted).entries()) given[members[index]!] = part;
    left -= most;
  }
  return given;
}

/** The classes, each in the members' order, and a last one of those who are in none. */
function ranksOf(classes: readonly (readonly number[])[], count: number, field: string): number[][] {
  const seen = new Uint8Array(count);
  const ranks = needArray(classes, field).map((members, rank) => {
    const place = `${field}[${rank}]`;
    if (needArray(members, place).length === 0) fail("invalid", place, "at least one member", members);
    for (const member of members) {
      if (!Number.isInteger(member) || member < 0 || member >= count)
        fail("invalid", place, `places of members from 0 to ${count - 1}`, member);
      if (seen[member] === 1) fail("invalid", place, "a member in one class", member);
      seen[member] = 1;
    }
    return members.toSorted((a, b) => a - b);
  });
  const others: number[] = [];
  for (let member = 0; member < count; member += 1) if (seen[member] === 0) others.push(member);
  return [...ranks, others];
}

function checkReadings(readings: SharingReadings): {
  readonly drawn: Float64Array;
  readonly injected: Float64Array;
} {
  const { drawn, injected } = needObject(readings, "readings");
  const columns = {
    drawn: ticksOf(drawn, "readings.drawn", maxQuantity),
    injected: ticksOf(injected, "readings.injected", maxQuantity),
  };
  if (columns.drawn.length !== columns.injected.length)
    fail("invalid", "readings.injected", `${columns.drawn.length} quantities`, columns.injected.length);
  return columns;
}

function checkShares(shares: ArrayLike<number>, count: number): Float64Array {
  const checked = ticksOf(shares, "key.shares", ppm);
  if (checked.length !== count) fail("invalid", "key.shares", `${count} shares`, checked.length);
  const sum = sumOf(checked);
  if (sum > ppm) fail("invalid", "key.shares", `shares of at most ${ppm} ppm in all`, sum);
  return checked;
}

/** A column of whole numbers from 0 to `most`, as a copy. */
function ticksOf(column: ArrayLike<number>, field: string, most: number): Float64Array {
  const length = Object(column).length as unknown;
  if (typeof column === "string" || !Number.isSafeInteger(length) || (length as number) < 0)
    return fail("invalid", field, "an array of whole numbers", column);
  if ((length as number) > maxSharing) fail("limit", field, `at most ${maxSharing} members`, length);
  const copy = new Float64Array(length as number);
  for (let member = 0; member < copy.length; member += 1) {
    const value = column[member];
    if (!Number.isInteger(value) || value! < 0 || value! > most)
      fail("invalid", `${field}[${member}]`, `a whole number from 0 to ${most}`, value);
    copy[member] = value! + 0;
  }
  return copy;
}

function sumOf(column: Float64Array): number {
  let sum = 0;
  for (const value of column) sum += value;
  return sum;
}
