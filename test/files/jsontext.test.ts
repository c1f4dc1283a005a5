// JSON with comments and commas at the end: what is plain of a text is the JSON without them, and places stay.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { locateJson } from "../../src/files/jsontext.js";

const gap = fc.constantFrom(
  "",
  "",
  " ",
  "\n",
  "\t",
  "\r\n",
  '// a, } " ]\n',
  "/* b, { */",
  "/**/",
  "/* * / \n // */",
  " //\n",
);

/** A value as text with gaps between its tokens, and perhaps a comma behind the last of them. */
function written(value: unknown, next: () => string, comma: () => boolean): string {
  const around = (text: string): string => next() + text + next();
  if (Array.isArray(value)) {
    const items = value.map((item) => around(written(item, next, comma)));
    return `[${items.join(",")}${items.length > 0 && comma() ? `,${next()}` : next()}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(
      ([key, item]) => around(JSON.stringify(key)) + around(`:${around(written(item, next, comma))}`),
    );
    return `{${members.join(",")}${members.length > 0 && comma() ? `,${next()}` : next()}}`;
  }
  return JSON.stringify(value);
}

describe("what is plain of a text", () => {
  test("is the JSON that it would be without comments", () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.infiniteStream(gap),
        fc.infiniteStream(fc.boolean()),
        (value, gaps, commas) => {
          const next = (): string => gaps.next().value;
          const text = next() + written(value, next, () => commas.next().value) + next();
          const { plain, fault, twice } = locateJson(text);
          expect([fault, twice]).toEqual([null, []]);
          expect(JSON.parse(plain)).toEqual(JSON.parse(JSON.stringify(value)));
          expect(plain.length).toBe(text.length);
          expect(plain.replace(/[^\n]/g, "")).toBe(text.replace(/[^\n]/g, ""));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("is the text itself where that is JSON, and a fault is where JSON.parse finds one", () => {
    const marks = fc.constantFrom(...'{}[],:"/*\\ \n\ta1-.e', "true", "null", '"a"', "//", "/*", "*/");
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.array(marks, { maxLength: 12 }).map((all) => all.join("")),
        ),
        (text) => {
          const { plain, fault } = locateJson(text);
          const parses = (candidate: string): boolean => {
            try {
              JSON.parse(candidate);
              return true;
            } catch {
              return false;
            }
          };
          if (parses(text)) expect([plain, fault]).toEqual([text, null]);
          expect(fault === null).toBe(parses(plain));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test.each([
    ["a comment that does not end", '{ "a": 1 /* b }', { line: 1, column: 10 }],
    ["a comma alone", "[ , ]", { line: 1, column: 3 }],
    ["two commas", '{ "a": 1,\n , }', { line: 2, column: 2 }],
    ["a slash", '{ "a": 1 / 2 }', { line: 1, column: 10 }],
    ["nothing", "", { line: 1, column: 1 }],
    ["comments alone", "// a\n/* b */ ", { line: 2, column: 9 }],
  ])("ends at %s", (_, text, fault) => {
    expect(locateJson(text).fault).toEqual(fault);
  });

  test("knows the places of keys behind comments, in UTF-16 units", () => {
    const { places, twice } = locateJson('// 😀\n{ /* 😀 */ "a": [1, /* b */ { "c": 2 }], "a": 3, }');
    expect(Object.fromEntries(places)).toEqual({
      a: { line: 2, column: 12 },
      "a[0]": { line: 2, column: 18 },
      "a[1]": { line: 2, column: 29 },
      "a[1].c": { line: 2, column: 31 },
    });
    expect(twice).toEqual([{ field: "a", line: 2, column: 42 }]);
  });

  test("is found in a text of brackets, comments or blanks alone", () => {
    for (const text of [
      "[".repeat(200_000),
      "/**/".repeat(200_000),
      "/*".repeat(200_000),
      " ".repeat(1_000_000),
    ])
      expect(locateJson(text).fault).not.toBeNull();
  });
});
