// What nearly is a seed is as secret as the seed: a digit too few, a blank, upper case, the text in place of the bytes.
// Whatever is wrong with it, no error may hold a part of it that tells anything, wherever the error is printed.
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromSecretHex, hex } from "../../../src/bytes.js";
import { fail, GridclearError, notShown } from "../../../src/errors.js";
import { backends } from "./backends.js";

/** Longest run of a seed's digits that an error may show, by chance or not. */
const mostDigits = 5;

/** All that a program may print of an error. */
function everything(error: unknown): string {
  const texts: string[] = [];
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    const { message, stack, got, value, field, wanted } = each as GridclearError;
    texts.push(message, String(stack), got, String(field), String(wanted), inspect(value, { depth: 9 }));
    texts.push(inspect(each, { depth: 9, showHidden: true }), JSON.stringify(each) ?? "");
  }
  return texts.join("\n").toLowerCase();
}

/** Whether the text has six digits of the seed, as hexadecimal, as it was written or as numbers. */
function tells(text: string, seed: Uint8Array): boolean {
  const digits = hex(seed);
  for (let at = 0; at + mostDigits < digits.length; at += 1)
    if (text.includes(digits.slice(at, at + mostDigits + 1))) return true;
  const numbers = Array.from(seed, String);
  for (let at = 0; at + 3 < numbers.length; at += 1)
    for (const comma of [",", ", ", " "])
      if (text.includes(numbers.slice(at, at + 4).join(comma))) return true;
  return false;
}

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
/** What somebody hands in where 32 bytes belong. */
const nearMisses: ((seed: Uint8Array) => unknown)[] = [
  (seed) => hex(seed),
  (seed) => hex(seed).toUpperCase(),
  (seed) => `${hex(seed)}\n`,
  (seed) => seed.subarray(1),
  (seed) => Buffer.concat([seed, seed.subarray(0, 1)]),
  (seed) => Array.from(seed),
  (seed) => new Uint16Array(seed),
  (seed) => seed.buffer,
  (seed) => ({ seed: hex(seed) }),
  (seed) => ({ toString: () => hex(seed) }),
  (seed) => BigInt(`0x${hex(seed)}`),
  (seed) => Symbol(hex(seed)),
];
const nearMissesInHex: ((digits: string) => unknown)[] = [
  (digits) => digits.toUpperCase().replace(/^[0-9]*$/, "A"),
  (digits) => digits.slice(1),
  (digits) => `${digits} `,
  (digits) => ` ${digits}`,
  (digits) => `0x${digits}`,
  (digits) => digits.replace(/.$/, "g"),
  (digits) => [digits],
  (digits) => Number(`0x${digits}`),
];

describe("no error tells a secret", () => {
  test("the check itself finds one that does", () => {
    const seed = Uint8Array.from({ length: 32 }, (_, at) => 7 * at + 3);
    const caught = (got: unknown): unknown => {
      try {
        return fail("invalid", "seed", "32 bytes", got);
      } catch (error) {
        return error;
      }
    };
    for (const got of [hex(seed), hex(seed).toUpperCase(), { a: { b: hex(seed) } }, Array.from(seed), seed])
      expect(tells(everything(caught(got)), seed)).toBe(true);
    expect(tells(everything(caught(notShown)), seed)).toBe(false);
  });

  for (const signatures of backends)
    test(`importing a seed that is nearly one, by ${signatures.backend}`, async () => {
      await fc.assert(
        fc.asyncProperty(seeds, fc.constantFrom(...nearMisses), async (seed, miss) => {
          const error = await signatures.importSeed(miss(seed) as Uint8Array).then(
            () => null,
            (reason: unknown) => reason,
          );
          expect(error).toBeInstanceOf(GridclearError);
          expect((error as GridclearError).code).toBe("invalid");
          expect(tells(everything(error), seed)).toBe(false);
          const pair = await signatures
            .importPair(miss(seed) as CryptoKeyPair)
            .catch((reason: unknown) => reason);
          expect(pair).toBeInstanceOf(GridclearError);
          expect(tells(everything(pair), seed)).toBe(false);
        }),
      );
    });

  test("reading a seed from hexadecimal that is nearly one", () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(...nearMissesInHex), (seed, miss) => {
        let error: unknown = null;
        try {
          fromSecretHex(miss(hex(seed)), "seed");
        } catch (reason) {
          error = reason;
        }
        expect(error).toBeInstanceOf(GridclearError);
        expect(tells(everything(error), seed)).toBe(false);
      }),
    );
    expect(fromSecretHex("00ff", "seed")).toEqual(Uint8Array.of(0, 255));
  });

  test("a key that must not leave says no more than that", async () => {
    for (const signatures of backends) {
      const seed = Uint8Array.from({ length: 32 }, (_, at) => 11 * at + 5);
      const key = await signatures.importSeed(seed, { extractable: false });
      const error = await key.exportSeed().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "refused" });
      expect(tells(everything(error), seed)).toBe(false);
    }
  });

  test("a key shows nothing of its seed when it is printed", async () => {
    for (const signatures of backends) {
      const seed = Uint8Array.from({ length: 32 }, (_, at) => 13 * at + 1);
      const key = await signatures.importSeed(seed);
      expect(tells(`${inspect(key, { depth: 9, showHidden: true })} ${JSON.stringify(key)}`, seed)).toBe(
        false,
      );
    }
  });
});
