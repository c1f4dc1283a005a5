/**
 * Checks of plain data from outside: contracts, rules, options, files. A check takes a value and the path of its field,
 * and returns the value, typed and copied, or throws `invalid` that names the field, what was wanted and what came.
 * Nothing here knows what the data mean.
 */
import { fail } from "./errors.js";

/** Returns the checked value, or throws `invalid` naming `field`. */
export type Check<T> = (value: unknown, field: string) => T;

/** A check of a field that may be missing. */
export interface OptionalCheck<T> extends Check<T> {
  readonly optional: true;
}

/** The checks of an object's fields, by name. */
export interface Fields {
  readonly [name: string]: Check<unknown>;
}

type OptionalNames<F extends Fields> = {
  [Name in keyof F]: F[Name] extends OptionalCheck<unknown> ? Name : never;
}[keyof F];

/** What {@link record} returns for these fields. */
export type Checked<F extends Fields> = {
  [Name in Exclude<keyof F, OptionalNames<F>>]: ReturnType<F[Name]>;
} & { [Name in OptionalNames<F>]?: ReturnType<F[Name]> };

/** A whole number from `least` to `most`; −0, fractions, strings and the like are refused. */
export const integer =
  (least: number, most: number): Check<number> =>
  (value, field) =>
    typeof value === "number" &&
    Number.isSafeInteger(value) &&
    !Object.is(value, -0) &&
    value >= least &&
    value <= most
      ? value
      : fail("invalid", field, `a whole number from ${least} to ${most}`, value);

/** A finite number from `least` to `most`. */
export const number =
  (least: number, most: number): Check<number> =>
  (value, field) =>
    typeof value === "number" && value >= least && value <= most
      ? value
      : fail("invalid", field, `a number from ${least} to ${most}`, value);

export const boolean: Check<boolean> = (value, field) =>
  typeof value === "boolean" ? value : fail("invalid", field, "true or false", value);

/** One of these words (or numbers), exactly. */
export const oneOf =
  <const Words extends readonly (string | number)[]>(...words: Words): Check<Words[number]> =>
  (value, field) =>
    words.includes(value as string)
      ? (value as Words[number])
      : fail("invalid", field, words.join(" or "), value);

/** Text of at most `most` UTF-16 units that matches `form`; `wanted` says so in words. */
export const text =
  (form: RegExp, most: number, wanted: string): Check<string> =>
  (value, field) =>
    typeof value === "string" && value.length <= most && form.test(value)
      ? value
      : fail("invalid", field, wanted, value);

/**
 * What somebody or something is called: 1 to 64 characters of any script, without control, format and unassigned ones
 * and line or paragraph separators. The one rule for names of participants, wherever they come from.
 */
export const identifierForm: RegExp = /^[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u;
/** {@link identifierForm} as a check. */
export const identifier: Check<string> = /* @__PURE__ */ text(
  identifierForm,
  128,
  "1 to 64 printable characters",
);

/** `bytes` bytes as lower-case hexadecimal text. */
export const hexText =
  (bytes: number): Check<string> =>
  (value, field) =>
    typeof value === "string" && value.length === 2 * bytes && /^[0-9a-f]*$/.test(value)
      ? value
      : fail("invalid", field, `${2 * bytes} lower-case hexadecimal digits`, value);

/** An array of `least` to `most` values that each pass `check`; a fresh one. */
export const list =
  <T>(check: Check<T>, least: number, most: number): Check<T[]> =>
  (value, field) =>
    Array.isArray(value) && value.length >= least && value.length <= most
      ? Array.from(value, (item, index) => check(item, `${field}[${index}]`))
      : fail("invalid", field, `an array of ${least} to ${most}`, value);

/** A field that may be missing or `undefined`. */
export const optional = <T>(check: Check<T>): OptionalCheck<T> =>
  Object.assign(((value, field) => check(value, field)) as Check<T>, { optional: true as const });

export const orNull =
  <T>(check: Check<T>): Check<T | null> =>
  (value, field) =>
    value === null ? null : check(value, field);

/** Anything at all: what only its user can judge. */
export const anything: Check<unknown> = (value) => value;

/** An object, not an array; whatever stands in it. */
export const object: Check<{ readonly [name: string]: unknown }> = (value, field) =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as { readonly [name: string]: unknown })
    : fail("invalid", field, "an object", value);

/** What its type calls an object, as it came: `invalid` where it is none after all. */
export function needObject<T>(value: T, field: string): T {
  object(value, field);
  return value;
}

/** Throws `invalid` unless a value can be gone through, at once or piece by piece; text is refused. */
export function needIterable(value: unknown, field: string, wanted: string): void {
  const given = Object(value);
  if (typeof value === "string" || !(given[Symbol.iterator] ?? given[Symbol.asyncIterator]))
    fail("invalid", field, wanted, value);
}

/** {@link needObject} for arrays. */
export function needArray<T>(value: readonly T[], field: string): readonly T[] {
  return Array.isArray(value) ? value : fail("invalid", field, "an array", value);
}

/**
 * The path of a field of an object; that of a whole document is empty. A name that is no plain word stands in quotes,
 * on one line, and short.
 */
export function memberOf(field: string, name: string): string {
  return joined(field, shownName(name));
}

const shownName = (name: string): string =>
  /^\w{1,64}$/.test(name) ? name : JSON.stringify(name.slice(0, 64));
const joined = (field: string, shown: string): string => (field === "" ? shown : `${field}.${shown}`);

/** An object with no other keys than these, each an own property; for objects that are taken as they are. */
export function onlyKeys(value: unknown, field: string, known: readonly string[]): void {
  for (const key of Object.keys(object(value, field)))
    if (!known.includes(key)) fail("invalid", memberOf(field, key), `a key out of ${known.join(", ")}`, key);
}

/**
 * Throws `invalid` unless a value has all of these methods, as an engine or a store does that was opened; a promise of
 * it, for one, has not. `wanted` says in words what was expected.
 */
export function needMethods(value: unknown, field: string, wanted: string, methods: readonly string[]): void {
  const has = (name: string): boolean =>
    typeof (value as { [name: string]: unknown } | null | undefined)?.[name] === "function";
  if (!methods.every(has)) fail("invalid", field, wanted, value);
}

/**
 * An object with exactly these fields, in the order in which they stand here; a fresh copy, so that what was checked
 * can't change. Only own properties count, so nothing can come in through a prototype.
 */
export const record = <F extends Fields>(fields: F): Check<Checked<F>> => {
  const names = Object.keys(fields);
  const each = names.map((name) => {
    const check = fields[name]!;
    return { name, shown: shownName(name), check, optional: "optional" in check };
  });
  return (value, field) => {
    const given = object(value, field);
    onlyKeys(given, field, names);
    const copy: { [name: string]: unknown } = {};
    for (const { name, shown, check, optional } of each) {
      const came = Object.hasOwn(given, name) ? given[name] : undefined;
      if (came === undefined && optional) continue;
      copy[name] = check(came, joined(field, shown));
    }
    return copy as Checked<F>;
  };
};
