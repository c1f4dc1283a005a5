// The table of a scenario file's keys: what the parser takes is what its JSON Schema says, judged by a validator that
// shares nothing with it, but for the rules that no schema can say; and what is written reads back.
import { readFile } from "node:fs/promises";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GridclearError } from "../../src/errors.js";
import { refused, type Schema } from "../../src/shape.js";
import type { Scenario } from "../../src/simulation/scenario.js";
import {
  checkScenario,
  inspectScenario,
  parseScenario,
  scenarioSchema,
} from "../../src/simulation/scenariofile.js";
import { scenarioShape } from "../../src/simulation/scenariokeys.js";
import { bundledScenario, scenarioNames } from "../../src/simulation/scenarios/index.js";

const schema = scenarioSchema();
const takes = new Ajv2020({ allErrors: true }).compile(schema);

interface Found {
  readonly scenario: Scenario | null;
  /** What was refused, each with its rule; null: the schema's own. */
  readonly problems: readonly { readonly error: GridclearError; readonly rule: string | null }[];
}

function read(value: unknown): Found {
  const problems: { error: GridclearError; rule: string | null }[] = [];
  const scenario = scenarioShape.read(value, "", (error, rule) => problems.push({ error, rule }));
  return { scenario: scenario === refused ? null : scenario, problems };
}

const written = (name: string): object => scenarioShape.write(bundledScenario(name)) as object;

/** Texts that stand somewhere in scenario files, and some that are wrong in a way people might try. */
const words = [
  ...["street", "village", "Street", "elm", "oak", "home", "wind-01", "", " ", "a\tb", "é", "x".repeat(64)],
  ...["06:00-22:00", "22:00-22:00", "24:00-25:00", "2026-07-15T00:00Z", "2026-02-30T00:00Z", "20.5"],
  ...["2026-07-15", "2026-02-30", "1970-01-01", "2100-01-01", "26-7-15"],
  ...["Europe/Berlin", "Etc/UTC", "Europe/Atlantis", "+01:00", "homes.csv", "../homes.csv", "coin", "€"],
  ...["0", "0.43", "-0.1", "-0", "0.4300000", "0.0000001", "1e3", "2147.483647", "2147.483648", "1", "01"],
  ...["truthful", "usual", "merit", "value", "uniform", "blend", "whole", "lottery", "prorata", "mixed"],
];

/** Values of a schema, mostly. */
function valuesOf(part: Schema): fc.Arbitrary<unknown> {
  const of = part as {
    anyOf?: Schema[];
    oneOf?: Schema[];
    enum?: unknown[];
    type?: string;
    pattern?: string;
    items?: Schema;
    properties?: { [name: string]: Schema };
    required?: string[];
    additionalProperties?: Schema | false;
    minimum?: number;
    maximum?: number;
    minItems?: number;
    maxItems?: number;
  };
  const some = of.anyOf ?? of.oneOf;
  if (some !== undefined) return fc.oneof(...some.map(valuesOf));
  if (of.enum !== undefined) return fc.constantFrom(...of.enum);
  const [min, max] = [of.minimum ?? 0, of.maximum ?? 0];
  switch (of.type) {
    case "null":
      return fc.constant(null);
    case "integer":
      return fc.oneof(
        fc.integer({ min, max: Math.min(max, 2 ** 31 - 1) }),
        fc.constantFrom(min, max),
        fc.integer({ min, max: min + 3 }),
        fc.constantFrom(...[60_000, 900_000, 1_000_000].filter((each) => each >= min && each <= max), min),
      );
    case "number":
      return fc.oneof(fc.double({ min, max, noNaN: true }), fc.constantFrom(min, max));
    case "string": {
      const form = new RegExp(of.pattern!, "u");
      return fc.constantFrom(...words.filter((word) => form.test(word)));
    }
    case "array":
      return fc.array(valuesOf(of.items!), {
        minLength: of.minItems!,
        maxLength: Math.max(of.minItems!, Math.min(of.maxItems!, 3)),
      });
    default:
      return of.properties === undefined
        ? fc.dictionary(fc.constantFrom(...words), valuesOf(of.additionalProperties as Schema), {
            maxKeys: 3,
          })
        : fc.record(
            Object.fromEntries(Object.entries(of.properties).map(([name, each]) => [name, valuesOf(each)])),
            { requiredKeys: of.required! },
          );
  }
}

/** Whole files: of all keys at once, which seldom go together, and the bundled ones with a few keys of others. */
const files: fc.Arbitrary<unknown> = fc.oneof(
  valuesOf(schema),
  fc
    .tuple(
      fc.constantFrom({ name: "x", participants: { home: 2 } }, ...scenarioNames.map(written)),
      valuesOf(schema) as fc.Arbitrary<object>,
      fc.array(fc.nat({ max: 30 }), { maxLength: 3 }),
    )
    .map(([base, other, places]) => {
      const entries = Object.entries(other);
      return { ...base, ...Object.fromEntries(places.flatMap((place) => entries.slice(place, place + 1))) };
    }),
);

const oddities = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, -0, 1.5, 1e21, Number.POSITIVE_INFINITY, [], {}, [{}], "home"),
  fc.constantFrom(...words),
  fc.jsonValue({ maxDepth: 2 }),
);

/** A value with something else at a place in it, `choices` saying which. */
function broken(value: unknown, choices: readonly number[], oddity: unknown): unknown {
  const [first = 0, ...rest] = choices;
  if (typeof value !== "object" || value === null || choices.length === 0) return oddity;
  if (Array.isArray(value)) {
    if (value.length === 0) return [oddity];
    return value.with(first % value.length, broken(value[first % value.length], rest, oddity));
  }
  const keys = Object.keys(value);
  const own = value as { readonly [key: string]: unknown };
  const key = keys[first % (keys.length + 1)];
  // A key that nobody knows, one that is left out, or one that holds something else.
  if (key === undefined) return { ...own, extra: oddity };
  if (first % 5 === 4) return Object.fromEntries(Object.entries(own).filter(([name]) => name !== key));
  return { ...own, [key]: broken(own[key], rest, oddity) };
}

describe("what the parser takes", () => {
  it("is what the schema says, but for the rules that no schema can say", () => {
    const seen = { taken: 0, schema: 0, rules: new Set<string>() };
    fc.assert(
      fc.property(
        files,
        fc.option(fc.tuple(fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 5 }), oddities)),
        (sound, fault) => {
          const value = fault === null ? sound : broken(sound, ...fault);
          const { scenario, problems } = read(value);
          expect(scenario === null).toBe(problems.length > 0);
          expect(
            problems.every(({ rule }) => rule !== null),
            JSON.stringify([value, takes.errors, problems.map(({ error }) => error.message)]),
          ).toBe(takes(value));
          if (scenario !== null) seen.taken += 1;
          else if (!takes(value)) seen.schema += 1;
          for (const { rule } of problems) if (rule !== null) seen.rules.add(rule);
        },
      ),
      { numRuns: 3_000 },
    );
    // All three happen, or the comparison says nothing.
    expect(seen.taken).toBeGreaterThan(100);
    expect(seen.schema).toBeGreaterThan(500);
    expect(seen.rules.size).toBeGreaterThan(8);
  });

  it.each(scenarioNames)("is written and read back: %s", (name) => {
    const scenario = bundledScenario(name);
    const file = scenarioShape.write(scenario);
    expect(takes(file), JSON.stringify(takes.errors)).toBe(true);
    expect(checkScenario(JSON.parse(JSON.stringify(file)))).toEqual(scenario);
  });

  it("is written and read back, whatever it is", () => {
    fc.assert(
      fc.property(files, (value) => {
        const { scenario } = read(value);
        if (scenario === null) return;
        const file = JSON.parse(JSON.stringify(scenarioShape.write(scenario)));
        expect(takes(file)).toBe(true);
        expect(checkScenario(file)).toEqual(scenario);
      }),
      { numRuns: 1_000 },
    );
  });

  it("defaults to what the schema says", () => {
    const { properties } = schema as { properties: { [key: string]: { default?: unknown } } };
    const given = { name: "x", participants: { home: 1 } };
    const defaults = Object.entries(properties).flatMap(([key, part]) =>
      part.default === undefined ? [] : [[key, part.default]],
    );
    expect(defaults.length).toBeGreaterThan(15);
    expect(checkScenario({ ...given, ...Object.fromEntries(defaults) })).toEqual(checkScenario(given));
  });
});

describe("a scenario file", () => {
  it("may have comments, and commas at the end", () => {
    const text = `// A street.
{
  "$schema": "./scenario.schema.json", /* for
  editors */ "name": "street", // "seed": 9,
  "description": "// no comment, nor /* this */",
  "participants": { "home": 2, /* the last */ },
}
`;
    expect(parseScenario(text)).toEqual(
      checkScenario({
        name: "street",
        description: "// no comment, nor /* this */",
        participants: { home: 2 },
      }),
    );
  });

  it("says all that is wrong with it at once, and where", () => {
    const { scenario, problems } = inspectScenario(`{
  "name": "Street",
  "seed": -1, "seed": 2.5,
  // Too late.
  "date": "2026-02-30",
  "participants": { "home": 2, "castle": 1 },
  "tariffs": { "gas": { "retail": "0.1", "feedIn": "0.2" } },
}`);
    expect(scenario).toBeNull();
    expect(problems.map(({ field }) => field)).toEqual([
      "line 3, column 15: seed",
      "line 2, column 3: name",
      "line 3, column 3: seed",
      "line 5, column 3: date",
      "line 6, column 32: participants.castle",
      "line 7, column 42: tariffs.gas.feedIn",
    ]);
  });

  it.each([
    ["[]", "line 1, column 1: scenario"],
    ["{", "line 1, column 2: scenario"],
    ['{ "name": "x", /* }', "line 1, column 16: scenario"],
    ['{ "name": "x", "participants": {} }', "line 1, column 16: participants"],
  ])("of %s has one fault", (text, field) => {
    const { scenario, problems } = inspectScenario(text);
    expect([scenario, problems.map((each) => each.field)]).toEqual([null, [field]]);
  });

  it("is inspected as it is parsed, whatever comes", () => {
    fc.assert(
      fc.property(files, fc.array(fc.nat({ max: 40 }), { maxLength: 4 }), oddities, (...given) => {
        const text = JSON.stringify(broken(...given), null, 1) ?? "";
        const { scenario, problems } = inspectScenario(text);
        const parsed = ((): unknown => {
          try {
            return parseScenario(text);
          } catch (error) {
            return (error as GridclearError).message;
          }
        })();
        expect(parsed).toEqual(scenario ?? problems[0]!.message);
      }),
      { numRuns: 300 },
    );
  });
});

describe("CO2", () => {
  const of = (co2: unknown): Scenario["co2"] =>
    checkScenario({ name: "x", participants: { home: 1 }, co2 }).co2;

  it("is a number all day, or one for each hour", () => {
    const hours = Array.from({ length: 24 }, (_, hour) => 300 + hour);
    const co2 = of({ grid: { electricity: hours, gas: 240 }, own: { biomass: 20 } })!;
    expect(co2.grid.electricity).toEqual(hours);
    expect(co2.grid.gas).toEqual(Array(24).fill(240));
    expect(co2.own).toMatchObject({ biomass: 20, supplier: 201, solar: 0 });
    expect(of(null)).toBeNull();
  });

  it("has the defaults that the docs give", async () => {
    const docs = await readFile(new URL("../../docs/scenarios.md", import.meta.url), "utf8");
    const { grid, own } = of({})!;
    for (const [carrier, [grams]] of Object.entries(grid)) expect(docs).toContain(`${carrier} ${grams}`);
    for (const [kind, grams] of Object.entries(own))
      if (grams > 0) expect(docs).toContain(`${kind} ${grams}`);
  });
});

describe("docs/scenarios.md", () => {
  it("lists every rule that the schema can't say", async () => {
    const docs = await readFile(new URL("../../docs/scenarios.md", import.meta.url), "utf8");
    const rules = new Set<string>(["zero has no sign"]);
    const collect = (part: unknown): void => {
      if (typeof part !== "object" || part === null) return;
      const { $comment } = part as { readonly $comment?: string };
      if ($comment !== undefined) for (const rule of $comment.split("; ")) rules.add(rule);
      for (const each of Object.values(part)) collect(each);
    };
    collect(schema);
    expect(rules.size).toBeGreaterThan(12);
    for (const rule of rules) expect(docs).toContain(rule);
  });

  it("has every key in its table", async () => {
    const docs = await readFile(new URL("../../docs/scenarios.md", import.meta.url), "utf8");
    const { properties } = schema as { properties: { [key: string]: unknown } };
    const rows = docs.split("\n").flatMap((line) => (line.startsWith("| `") ? [line.split("|")[1]!] : []));
    const untold = ["name", "description", "seed", "currency"];
    for (const key of Object.keys(properties))
      if (!untold.includes(key))
        expect(
          rows.some((row) => row.includes(`\`${key}\``)),
          key,
        ).toBe(true);
  });
});
