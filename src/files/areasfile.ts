/** Areas as people write them down: the key `areas` of RULES.json (docs/areas.md), with names and decimals. */
import { anything, identifier, list, optional, record } from "../check.js";
import { type Area, maxAreas } from "../core/areas.js";
import { fail } from "../errors.js";
import { formatTicks, maxPrice, parseTicks, type Tick } from "../units.js";

/** An area by its name; the first of a list is the root. */
export interface NamedArea extends Area {
  readonly name: string;
}

const given = record({
  name: identifier,
  parent: optional(identifier),
  fee: optional(anything),
  exportLimit: optional(anything),
  importLimit: optional(anything),
});
const rootAlone = record({ name: identifier });
const all = list<unknown>((value) => value, 1, maxAreas);

/** A decimal as 0 to `most` ticks. */
function parseAmount(text: unknown, tick: Tick, most: number, field: string): number {
  const ticks = parseTicks(text, tick, field);
  if (ticks < 0n) return fail("invalid", field, "0 or more", text);
  return ticks > BigInt(most)
    ? fail("limit", field, `at most ${formatTicks(BigInt(most), tick)}`, text)
    : Number(ticks);
}

/**
 * Checks the areas of one carrier. Throws `invalid` or `limit` naming the area and the key: for a name that stands
 * twice, a parent that is not listed before, anything but a name for the root, or an amount that is no whole number of
 * ticks.
 */
export function parseAreas(
  value: unknown,
  ticks: { readonly quantity: Tick; readonly price: Tick },
  field: string,
): readonly NamedArea[] {
  const places = new Map<string, number>();
  return all(value, field).map((each, place): NamedArea => {
    const at = `${field}[${place}]`;
    const { name, parent, fee, exportLimit, importLimit } = place === 0 ? rootOf(each, at) : given(each, at);
    if (places.has(name)) fail("invalid", `${at}.name`, "a name that no other area has", name);
    places.set(name, place);
    if (place === 0) return { name };
    const limit = (text: unknown, key: string): number | null =>
      text === undefined ? null : parseAmount(text, ticks.quantity, Number.MAX_SAFE_INTEGER, `${at}.${key}`);
    const above = parent === undefined || parent === name ? undefined : places.get(parent);
    return {
      name,
      parent: above ?? fail("invalid", `${at}.parent`, "the name of an area listed before", parent),
      fee: fee === undefined ? 0 : parseAmount(fee, ticks.price, maxPrice, `${at}.fee`),
      exportLimit: limit(exportLimit, "exportLimit"),
      importLimit: limit(importLimit, "importLimit"),
    };
  });
}

const rootOf = (value: unknown, field: string): ReturnType<typeof given> => rootAlone(value, field);
