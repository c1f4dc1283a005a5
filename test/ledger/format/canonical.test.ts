import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GridclearError } from "../../../src/errors.js";
import {
  decodeCanonical,
  encodeCanonical,
  maxDocumentBytes,
  maxJsonBytes,
  maxJsonDepth,
} from "../../../src/ledger/format/canonical.js";

const text = (value: unknown): string => new TextDecoder().decode(encodeCanonical(value));
const bytes = (json: string): Uint8Array => new TextEncoder().encode(json);
const codeOf = (act: () => unknown): string | null => {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof GridclearError) return error.code;
    throw error;
  }
};

// `__proto__` is what no canonical object may have; a test of its own says so.
const key = fc.stringMatching(/^[a-zA-Z0-9 _.-]{1,12}$/).filter((name) => name !== "__proto__");
const { value: json } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", maxDepth: 6 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger().map((number) => (number === 0 ? 0 : number)),
    fc.string({ unit: "grapheme", maxLength: 20 }),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(key, tie("value"), { maxKeys: 5, noNullPrototype: true }),
  ),
}));

/** The same value with every object's keys in reverse order of insertion. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, inner]) => [name, reversed(inner)]),
  );
}

describe("canonical JSON", () => {
  it("is one text for one value, whatever the order of its keys", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(text(reversed(value))).toBe(text(value));
        expect(decodeCanonical(encodeCanonical(value))).toEqual(value);
      }),
      { numRuns: 1000 },
    );
  });

  it("writes what JSON.parse reads back, sorted and without blanks", () => {
    expect(text({ b: [1, -2, "x", null, true], a: 0, B: {} })).toBe(
      '{"B":{},"a":0,"b":[1,-2,"x",null,true]}',
    );
    expect(text('\u0000\b\t\n\f\r"\\/\u007f\u2028é😀')).toBe(
      '"\\u0000\\b\\t\\n\\f\\r\\"\\\\/\u007f\u2028é😀"',
    );
    expect(text(Number.MAX_SAFE_INTEGER)).toBe("9007199254740991");
  });

  it("refuses what it can't say exactly", () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    class Thing {
      a = 1;
    }
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is tested
    const hole = [1, , 2];
    const values = [
      0.5,
      -0,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      2 ** 53,
      -(2 ** 53),
      5n,
      undefined,
      { a: undefined },
      [undefined],
      hole,
      () => 1,
      Symbol("a"),
      { [Symbol("a")]: 1 },
      new Date(0),
      new Map(),
      new Thing(),
      new Uint8Array(3),
      "\ud800",
      "a\udc00b",
      { "": 1 },
      { ["x".repeat(129)]: 1 },
      { "\ud800": 1 },
      JSON.parse('{"__proto__":1}'),
      new String("a"),
      new Number(1),
    ];
    for (const value of values)
      expect(
        codeOf(() => encodeCanonical(value)),
        String(typeof value),
      ).toBe("invalid");
    expect(codeOf(() => encodeCanonical(cycle))).toBe("limit");
  });

  it("writes one value at a time, and the next whatever became of the last", () => {
    const nested = {
      get a() {
        return encodeCanonical(1);
      },
    };
    expect(codeOf(() => encodeCanonical(nested))).toBe("state");
    expect(codeOf(() => encodeCanonical([1, 0.5]))).toBe("invalid");
    const first = encodeCanonical({ b: "é", a: "x" });
    encodeCanonical("y".repeat(100));
    expect(new TextDecoder().decode(first)).toBe('{"a":"x","b":"é"}');
  });

  it("sorts keys of any script by their bytes, and escapes them as strings", () => {
    // In UTF-16 the second stands before the first.
    const text = encodeCanonical({ "\u{1f600}": 1, "\uffee": 2, é: 3, 'a"b': 4, "a\\b": 5, z: 6 });
    expect(new TextDecoder().decode(text)).toBe(
      '{"a\\"b":4,"a\\\\b":5,"z":6,"é":3,"\uffee":2,"\u{1f600}":1}',
    );
    expect(decodeCanonical(text)).toEqual({ "\u{1f600}": 1, "\uffee": 2, é: 3, 'a"b': 4, "a\\b": 5, z: 6 });
    expect(codeOf(() => decodeCanonical(bytes('{"\u{1f600}":1,"\uffee":2}')))).toBe("invalid");
    expect(new TextDecoder().decode(encodeCanonical({ "\u{1f600}a": 1, "\u{1f600}": 2 }))).toBe(
      '{"\u{1f600}":2,"\u{1f600}a":1}',
    );
  });

  it("names the place of what it refuses", () => {
    expect(() => encodeCanonical({ a: [1, { b: 0.5 }] }, "contract")).toThrow("contract.a[1].b: wanted");
  });

  it("refuses every other way to write the same", () => {
    const other = [
      ' {"a":1}',
      '{"a":1} ',
      '{"a": 1}',
      '{"b":1,"a":2}',
      '{"a":1,"a":1}',
      '{"a":1,"a":2}',
      "1.0",
      "1e2",
      "-0",
      "0.5",
      "01",
      "+1",
      "9007199254740992",
      "9007199254740993",
      "1e400",
      '"\\u0041"',
      '"\\/"',
      '"\\u00e9"',
      '"\\ud800"',
      '{"__proto__":{}}',
      "\ufeff1",
      "",
      "nul",
      "[1,]",
      "{a:1}",
      "undefined",
      "NaN",
      "1\n",
    ];
    for (const json of other)
      expect(
        codeOf(() => decodeCanonical(bytes(json))),
        json,
      ).toBe("invalid");
    expect(codeOf(() => decodeCanonical(Uint8Array.of(0x22, 0xff, 0x22)))).toBe("invalid");
    expect(codeOf(() => decodeCanonical(Uint8Array.of(0x22, 0xc0, 0x80, 0x22)))).toBe("invalid");
  });

  it("has limits, which hold before anything is kept", () => {
    const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
    expect(decodeCanonical(bytes(nested(maxJsonDepth)))).toBeDefined();
    expect(codeOf(() => decodeCanonical(bytes(nested(maxJsonDepth + 1))))).toBe("limit");
    expect(codeOf(() => decodeCanonical(bytes(nested(32_768))))).toBe("limit");
    expect(codeOf(() => decodeCanonical(bytes(`${'{"a":'.repeat(10_000)}0${"}".repeat(10_000)}`)))).toBe(
      "limit",
    );
    // Unclosed, they are no JSON; however many there are, the parser's stack holds or says so.
    for (const open of ["[".repeat(65_536), '{"a":'.repeat(13_000)])
      expect(codeOf(() => decodeCanonical(bytes(open)))).toBe("invalid");
    const longest = "x".repeat(maxJsonBytes - 2);
    expect(decodeCanonical(encodeCanonical(longest))).toBe(longest);
    expect(codeOf(() => encodeCanonical(`${longest}x`))).toBe("limit");
    expect(codeOf(() => encodeCanonical("x".repeat(50_000_000)))).toBe("limit");
    expect(codeOf(() => encodeCanonical(Array(1_000_000).fill(1)))).toBe("limit");
    expect(codeOf(() => encodeCanonical("é".repeat(maxJsonBytes - 100)))).toBe("limit");
    expect(codeOf(() => decodeCanonical(new Uint8Array(maxJsonBytes + 1)))).toBe("limit");
    // A document may be longer, and the next text is held to its own limit again.
    const document = "y".repeat(maxDocumentBytes - 2);
    const written = encodeCanonical(document, "proof", maxDocumentBytes);
    expect(decodeCanonical(written, "proof", maxDocumentBytes)).toBe(document);
    expect(codeOf(() => encodeCanonical(`${document}y`, "proof", maxDocumentBytes))).toBe("limit");
    expect(codeOf(() => decodeCanonical(written))).toBe("limit");
    expect(codeOf(() => encodeCanonical(document))).toBe("limit");
    const deep = bytes(`${"[".repeat(131_072)}${"]".repeat(131_072)}`);
    expect(codeOf(() => decodeCanonical(deep, "proof", maxDocumentBytes))).toBe("limit");
    // Brackets in strings are no nesting.
    expect(decodeCanonical(bytes(`"${"[".repeat(100)}\\"${"{".repeat(100)}"`))).toBeDefined();
  });

  it("survives any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (garbage) => {
        codeOf(() => decodeCanonical(garbage));
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(json, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, place, mask) => {
        const changed = encodeCanonical(value);
        changed[place % changed.length]! ^= mask;
        // Either no canonical JSON, or that of another value.
        codeOf(() => expect(text(decodeCanonical(changed))).toBe(new TextDecoder().decode(changed)));
      }),
      { numRuns: 2000 },
    );
  });
});
