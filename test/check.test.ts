import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  boolean,
  type Check,
  hexText,
  integer,
  list,
  number,
  oneOf,
  onlyKeys,
  optional,
  orNull,
  record,
  text,
} from "../src/check.js";

const word = text(/^[a-z]+$/, 4, "1 to 4 small letters");
const person = record({ name: word, age: integer(0, 150), tags: optional(list(word, 0, 2)) });

describe("checks", () => {
  test.each<[Check<unknown>, unknown, string]>([
    [integer(0, 5), 6, "a whole number from 0 to 5, got 6"],
    [integer(0, 5), -0, "a whole number from 0 to 5, got -0"],
    [integer(0, 5), "5", 'a whole number from 0 to 5, got "5"'],
    [integer(0, 5), 1.5, "a whole number from 0 to 5, got 1.5"],
    [integer(0, 5), 5n, "a whole number from 0 to 5, got 5n"],
    [number(0, 1), Number.NaN, "a number from 0 to 1, got NaN"],
    [boolean, 1, "true or false, got 1"],
    [oneOf("a", "b"), "c", 'a or b, got "c"'],
    [oneOf("a", "b"), "toString", 'a or b, got "toString"'],
    [word, "abcde", '1 to 4 small letters, got "abcde"'],
    [word, "ab\n", '1 to 4 small letters, got "ab\\n"'],
    [hexText(2), "ABCD", '4 lower-case hexadecimal digits, got "ABCD"'],
    [hexText(2), "abc", '4 lower-case hexadecimal digits, got "abc"'],
    [list(word, 1, 2), [], "an array of 1 to 2, got an array of 0"],
    [orNull(word), undefined, "1 to 4 small letters, got undefined"],
    [person, null, "an object, got null"],
    [person, [], "an object, got an array of 0"],
  ])("%# refuse what they should", (check, value, wanted) => {
    expect(() => check(value, "field")).toThrow(`field: wanted ${wanted}`);
  });

  test("name the field inside", () => {
    expect(() => person({ name: "ann", age: 3, tags: ["a", "B"] }, "who")).toThrow("who.tags[1]: wanted");
    expect(() => person({ name: "ann" }, "who")).toThrow("who.age: wanted a whole number");
    expect(() => person({ name: "ann", age: 3, agee: 4 }, "who")).toThrow(
      'who.agee: wanted a key out of name, age, tags, got "agee"',
    );
    // A hole in an array is `undefined`, not something to pass over.
    expect(() => list(word, 0, 9)(new Array(2), "holes")).toThrow("holes[0]: wanted");
  });

  test("copy, in the order of the fields, what is an own property", () => {
    const tags = ["a"];
    const copy = person({ tags, age: 3, name: "ann" }, "who");
    tags.push("b");
    expect(JSON.stringify(copy)).toBe('{"name":"ann","age":3,"tags":["a"]}');
    expect(JSON.stringify(person({ age: 3, name: "ann", tags: undefined }, "who"))).toBe(
      '{"name":"ann","age":3}',
    );
    expect(() => person(Object.create({ name: "ann", age: 3 }), "who")).toThrow("who.name: wanted");
    expect(() => onlyKeys(JSON.parse('{"__proto__":1}'), "who", ["a"])).toThrow(
      "who.__proto__: wanted a key",
    );
  });

  test("never change what they accept and never throw anything but a refusal", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        for (const check of [integer(-5, 5), word, list(integer(0, 9), 0, 3), person, orNull(boolean)]) {
          let result: unknown;
          try {
            result = (check as Check<unknown>)(value, "field");
          } catch (error) {
            expect((error as { code?: string }).code).toBe("invalid");
            continue;
          }
          expect(result).toEqual(value);
        }
      }),
    );
  });
});
