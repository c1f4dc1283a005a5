import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { goesWith, mechanismNames, pricingNames } from "../../../src/core/mechanisms.js";
import { againstOf, type RuleSet, readRules, writeRules } from "../../../src/web/settings/against.js";
import { defaults } from "../../../src/web/settings/settings.js";

const anyRules: fc.Arbitrary<RuleSet> = fc
  .record({
    mechanism: fc.constantFrom(...mechanismNames),
    pricing: fc.constantFrom(...pricingNames),
    blend: fc.integer({ min: 0, max: 100 }),
    pool: fc.boolean(),
    poolPrice: fc.integer({ min: 0, max: 1000 }),
    lots: fc.constantFrom("whole" as const, "divisible" as const),
  })
  .filter(({ mechanism, pricing }) => goesWith(pricing, mechanism));

describe("rules in a link", () => {
  it("come back from the text they were written to", () => {
    fc.assert(
      fc.property(anyRules, (rules) => {
        const read = readRules(writeRules(rules))!;
        const kept = rules.pool ? rules : { ...rules, poolPrice: read.poolPrice, lots: read.lots };
        expect(read).toEqual(kept);
      }),
    );
  });

  it("are refused where they say anything else, and no text says the same in two ways", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^(merit|value)-(uniform|blend)-[0-9]{1,3}-.{0,8}$/)),
        (text) => {
          const read = readRules(text);
          if (read !== undefined) expect(writeRules(read)).toBe(text);
        },
      ),
    );
    for (const text of [
      "other",
      "merit-counterparty-50-none",
      "merit-uniform-050-none",
      "merit-uniform-101-none",
      "merit-uniform-50-1001-whole",
      "merit-uniform-50-none-whole",
      "merit-uniform-50-430-whole-x",
      "merit-uniform-50-430",
    ])
      expect(readRules(text), text).toBeUndefined();
  });

  it("stand for the other mechanism where none are given", () => {
    expect(againstOf(defaults)).toEqual({ ...defaults, mechanism: "merit", pricing: "uniform" });
    const merit = { ...defaults, mechanism: "merit", pricing: "blend" } as const;
    expect(againstOf(merit)).toEqual({ ...merit, mechanism: "value", pricing: "blend" });
    const against = "merit-blend-20-none";
    expect(againstOf({ ...defaults, against })).toMatchObject({
      mechanism: "merit",
      blend: 20,
      pool: false,
      against,
    });
  });
});
