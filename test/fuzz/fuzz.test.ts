// Every parser under bytes that nobody would send: what it does not read it refuses with a typed error, whatever it is.
// The same parsers run under a fuzzer that looks for untrodden branches: `npm run fuzz`.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { corpusOf } from "./corpus.js";
import { given, parsers } from "./parsers.js";

/** Something that was read, with a few things done to it: bytes changed, cut out, said twice, or put in its midst. */
const mangled = (examples: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      fc.constantFrom(...examples),
      fc.array(
        fc.record({
          how: fc.constantFrom("change", "cut", "repeat", "insert"),
          // Places as shares of the length, which is not known here.
          at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
          length: fc.integer({ min: 1, max: 40 }),
          bytes: fc.oneof(
            fc.uint8Array({ minLength: 1, maxLength: 8 }),
            fc
              .constantFrom("-", "9".repeat(30), "1e400", "\\u0000", '"', "[[[[", "\n", ",,", "\u{fffe}")
              .map(encoded),
          ),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    )
    .map(([example, changes]) => {
      let bytes: Uint8Array = Buffer.from(example);
      for (const { how, at, length, bytes: other } of changes) {
        const from = Math.floor(at * bytes.length);
        const before = bytes.subarray(0, from);
        const after = bytes.subarray(from);
        if (how === "change") bytes = Buffer.concat([before, other, after.subarray(other.length)]);
        if (how === "cut") bytes = Buffer.concat([before, after.subarray(length)]);
        if (how === "repeat") bytes = Buffer.concat([before, after.subarray(0, length), after]);
        if (how === "insert") bytes = Buffer.concat([before, other, after]);
      }
      return Uint8Array.from(bytes);
    });
const encoded = (text: string): Uint8Array => new TextEncoder().encode(text);

describe.each(Object.entries(parsers))("%s", (name, parser) => {
  test("reads its examples", async () => {
    expect(parser.examples.length).toBeGreaterThan(0);
    for (const bytes of parser.examples) expect(await given(parser, bytes)).toBeNull();
  });

  test("reads or refuses, with a typed error, whatever else comes", async () => {
    let refused = 0;
    const take = async (bytes: Uint8Array): Promise<void> => {
      if ((await given(parser, bytes)) !== null) refused += 1;
    };
    for (const bytes of corpusOf(name)) await take(bytes);
    const numRuns = parser.isSlow ? 60 : 300;
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), take), { numRuns: 60 });
    await fc.assert(fc.asyncProperty(mangled(parser.examples), take), { numRuns });
    // Requests and messages are answered; everything else is refused, or it would read anything.
    if (!parser.answers) expect(refused).toBeGreaterThan(0);
  });
});
