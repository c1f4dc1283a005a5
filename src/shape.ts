/**
 * The shape of a JSON file that people write, as a table: from it come the check of what they wrote, the file form of
 * what a program has, and the JSON Schema (2020-12) that editors check by, so that the three can't differ. What a
 * schema can't say stands in the table as a rule in words ({@link further}).
 */
import { type Check, integer as checkInteger, list as checkList, memberOf, object } from "./check.js";
import { fail, GridclearError } from "./errors.js";

/** A JSON Schema. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

/**
 * Takes what is refused. It may throw, and reading ends; where it returns, reading goes on with what stands beside, so
 * that all faults of a file are found at once. `rule` says which rule beyond the schema was broken; null: the schema's.
 */
export type Refuse = (error: GridclearError, rule: string | null) => void;

/** What {@link Shape.read} returns where something was refused and `refuse` has not thrown. */
export const refused: unique symbol = Symbol("refused");
/** The type of {@link refused}. */
export type Refused = typeof refused;

/** What may stand at a place of a file, and what a program makes of it. */
export interface Shape<T> {
  readonly schema: Schema;
  /** The value as a program has it, a copy; {@link refused} where `refuse` was called and has not thrown. */
  read(value: unknown, field: string, refuse: Refuse): T | Refused;
  /** The value as it stands in a file. */
  write(value: T): unknown;
}

/** A key of an object: its shape, what it means, and what holds where it is left out. */
export interface Key<T> extends Shape<T> {
  readonly about: string;
  readonly isOptional: boolean;
  /** What holds where the key is left out, as it would stand in the file; undefined: nothing that could be written. */
  readonly otherwise: unknown;
}

/** The keys of an object, by name. */
export interface Keys {
  readonly [name: string]: Key<unknown>;
}

/** What {@link record} reads of these keys. */
export type Read<K extends Keys> = {
  readonly [N in keyof K]: Exclude<ReturnType<K[N]["read"]>, Refused>;
};

/** What an act returns; {@link refused} where it threw an error of this package, which `refuse` is given. */
function judged<T>(act: () => T, refuse: Refuse, rule: string | null = null): T | Refused {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof GridclearError)) throw error;
    refuse(error, rule);
    return refused;
  }
}

const asItIs = (value: unknown): unknown => value;

/** A value that one check judges and one schema describes; both must say the same. */
export const leaf = <T>(
  schema: Schema,
  check: Check<T>,
  write: (value: T) => unknown = asItIs,
): Shape<T> => ({ schema, read: (value, field, refuse) => judged(() => check(value, field), refuse), write });

/** A whole number from `least` to `most`. A zero with a minus sign, which a schema can't tell from zero, is refused. */
export function integer(least: number, most: number): Shape<number> {
  const check = checkInteger(least, most);
  const hasZero = least <= 0 && most >= 0;
  return {
    ...leaf({ type: "integer", minimum: least, maximum: most }, check),
    read(value, field, refuse) {
      const rule = hasZero && Object.is(value, -0) ? "zero has no sign" : null;
      return judged(() => check(value, field), refuse, rule);
    },
  };
}

/** A number from `least` to `most`. */
export const number = (least: number, most: number): Shape<number> =>
  leaf({ type: "number", minimum: least, maximum: most }, (value, field) =>
    typeof value === "number" && value >= least && value <= most
      ? value + 0
      : fail("invalid", field, `a number from ${least} to ${most}`, value),
  );

/** One of these words. */
export const oneOf = <const Words extends readonly string[]>(...words: Words): Shape<Words[number]> =>
  leaf({ enum: words }, (value, field) =>
    words.includes(value as string)
      ? (value as Words[number])
      : fail("invalid", field, words.join(" or "), value),
  );

/**
 * Text that matches a form, which says its length as well and is Unicode's (flag `u`): schemas count code points.
 * `wanted` says the form in words.
 */
export const text = (form: RegExp, wanted: string): Shape<string> =>
  leaf({ type: "string", pattern: form.source }, (value, field) =>
    typeof value === "string" && form.test(value) ? value : fail("invalid", field, wanted, value),
  );

/** What a shape takes, or null. */
export const orNull = <T>(shape: Shape<T>): Shape<T | null> => ({
  schema: { anyOf: [shape.schema, { type: "null" }] },
  read: (value, field, refuse) => (value === null ? null : shape.read(value, field, refuse)),
  write: (value) => (value === null ? null : shape.write(value)),
});

/** One of two shapes: the other where `isOther` says so, of what stands in a file and of what a program has of it. */
export const either = <A, B>(
  one: Shape<A>,
  other: Shape<B>,
  isOther: (value: unknown) => boolean,
): Shape<A | B> => ({
  schema: { anyOf: [one.schema, other.schema] },
  read: (value, field, refuse): A | B | Refused => (isOther(value) ? other : one).read(value, field, refuse),
  write: (value) => (isOther(value) ? other.write(value as B) : one.write(value as A)),
});

/** An array of `least` to `most` values of one shape. */
export function list<T>(shape: Shape<T>, least: number, most: number): Shape<readonly T[]> {
  const check = checkList(asItIs, least, most);
  return {
    schema: { type: "array", items: shape.schema, minItems: least, maxItems: most },
    read(value, field, refuse) {
      const items = judged(() => check(value, field), refuse);
      if (items === refused) return refused;
      const read = items.map((item, index) => shape.read(item, `${field}[${index}]`, refuse));
      return read.some((item) => item === refused) ? refused : (read as T[]);
    },
    write: (values) => values.map((value) => shape.write(value)),
  };
}

/** An object whose keys are names that its user chooses, at most `most` of them. */
export function names<T>(shape: Shape<T>, most: number): Shape<{ readonly [name: string]: T }> {
  return {
    schema: { type: "object", additionalProperties: shape.schema, maxProperties: most },
    read(value, field, refuse) {
      const given = judged(() => Object.entries(object(value, field)), refuse);
      if (given === refused) return refused;
      if (given.length > most)
        return judged(() => fail("limit", field, `at most ${most} names`, given.length), refuse);
      const read = given.map(([name, item]) => [name, shape.read(item, memberOf(field, name), refuse)]);
      return read.some(([, item]) => item === refused) ? refused : Object.fromEntries(read);
    },
    write: (values) =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shape.write(value)])),
  };
}

/** A key that must be there. */
export const needed = <T>(shape: Shape<T>, about: string): Key<T> => ({
  ...shape,
  about,
  isOptional: false,
  otherwise: undefined,
});

/** A key that may be left out: then `otherwise` holds, written as it would stand in the file. */
export const optional = <T>(shape: Shape<T>, about: string, otherwise: unknown): Key<T> => ({
  ...shape,
  about,
  isOptional: true,
  otherwise,
});

/** A key that may be left out, and is undefined then. */
export const open = <T>(shape: Shape<T>, about: string): Key<T | undefined> => ({
  schema: shape.schema,
  read: (value, field, refuse) => (value === undefined ? undefined : shape.read(value, field, refuse)),
  write: (value) => (value === undefined ? undefined : shape.write(value)),
  about,
  isOptional: true,
  otherwise: undefined,
});

/** A key for each of these names. */
export const keysFor = <Name extends string, T>(
  known: readonly Name[],
  key: (name: Name) => Key<T>,
): { readonly [name in Name]: Key<T> } =>
  Object.fromEntries(known.map((name) => [name, key(name)])) as { [name in Name]: Key<T> };

/**
 * An object with these keys and no others, in the order in which they stand here. Only own properties count, so nothing
 * can come in through a prototype.
 */
export function record<K extends Keys>(keys: K): Shape<Read<K>> {
  const entries = Object.entries(keys);
  const known = entries.map(([name]) => name);
  return {
    schema: {
      type: "object",
      properties: Object.fromEntries(entries.map(([name, key]) => [name, keySchema(key)])),
      required: entries.flatMap(([name, { isOptional }]) => (isOptional ? [] : [name])),
      additionalProperties: false,
    },
    read(value, field, refuse) {
      const given = judged(() => object(value, field), refuse);
      if (given === refused) return refused;
      let isSound = true;
      for (const name of Object.keys(given))
        if (!Object.hasOwn(keys, name)) {
          isSound = false;
          const wanted = `a key out of ${known.join(", ")}`;
          judged(() => fail("invalid", memberOf(field, name), wanted, name), refuse);
        }
      const copy: { [name: string]: unknown } = {};
      for (const [name, key] of entries) {
        const came = Object.hasOwn(given, name) ? given[name] : undefined;
        copy[name] = key.read(came === undefined ? key.otherwise : came, memberOf(field, name), refuse);
        isSound &&= copy[name] !== refused;
      }
      return isSound ? (copy as Read<K>) : refused;
    },
    write: (value) =>
      Object.fromEntries(
        entries.flatMap(([name, key]) => {
          const written = key.write(value[name]);
          return key.isOptional && isSame(written, key.otherwise) ? [] : [[name, written]];
        }),
      ),
  };
}

/** The keys of each kind of object, by the word that says which it is. */
interface Kinds {
  readonly [word: string]: Keys;
}

/**
 * An object of one of several kinds: the key `by` says which word, and with it which other keys there are. `about` says
 * what the word is for. The schema has one object for each kind.
 */
export function variants<const By extends string, K extends Kinds>(
  by: By,
  kinds: K,
  about: string,
): Shape<{ readonly [W in keyof K]: { readonly [B in By]: W } & Read<K[W]> }[keyof K]> {
  const words = Object.keys(kinds);
  const shapes = new Map(
    words.map((word) => [word, record({ [by]: needed(oneOf(word), about), ...kinds[word] })]),
  );
  type Any = { readonly [W in keyof K]: { readonly [B in By]: W } & Read<K[W]> }[keyof K];
  return {
    schema: { oneOf: [...shapes.values()].map(({ schema }) => schema) },
    read(value, field, refuse) {
      const given = judged(() => object(value, field), refuse);
      if (given === refused) return refused;
      const word = Object.hasOwn(given, by) ? given[by] : undefined;
      const shape = typeof word === "string" ? shapes.get(word) : undefined;
      if (shape === undefined)
        return judged(() => fail("invalid", memberOf(field, by), words.join(" or "), word), refuse);
      return shape.read(given, field, refuse) as Any | Refused;
    },
    write: (value) => shapes.get((value as { readonly [name: string]: string })[by]!)!.write(value as never),
  };
}

/** Whether two values are the same in a file. */
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const keySchema = ({ schema, about, otherwise }: Key<unknown>): Schema => ({
  description: about,
  ...schema,
  ...(otherwise === undefined ? {} : { default: otherwise }),
});

/**
 * A shape with a rule that no schema can say: `judge` returns what a program has, or throws, and `write` is its way
 * back. The rule, in words, goes into the schema as a comment.
 */
export const further = <T, U>(
  shape: Shape<T>,
  rule: string,
  judge: (value: T, field: string) => U,
  write: (value: U) => T = (value) => value as unknown as T,
): Shape<U> => ({
  schema: { ...shape.schema, $comment: [shape.schema.$comment ?? [], rule].flat().join("; ") },
  read(value, field, refuse) {
    const read = shape.read(value, field, refuse);
    return read === refused ? refused : judged(() => judge(read, field), refuse, rule);
  },
  write: (value) => shape.write(write(value)),
});

/** A check of the usual kind: the first thing that is refused is thrown. */
export const checkOf =
  <T>(shape: Shape<T>): Check<T> =>
  (value, field) =>
    shape.read(value, field, (error) => {
      throw error;
    }) as T;
