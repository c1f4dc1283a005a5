import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mechanismNames, pricingNames } from "../../../src/core/mechanisms.js";
import { carriers } from "../../../src/units.js";
import {
  applyPreset,
  consistent,
  defaults,
  mixes,
  otherRules,
  periodLengths,
  presets,
  ranges,
  readHash,
  type Settings,
  seasons,
  views,
  weathers,
  writeHash,
} from "../../../src/web/settings/settings.js";

const between = (name: keyof typeof ranges): fc.Arbitrary<number> =>
  fc.integer({ min: ranges[name][0], max: ranges[name][1] });
const anySettings: fc.Arbitrary<Settings> = fc
  .record<Settings>({
    view: fc.constantFrom(...views),
    carrier: fc.constantFrom(...carriers),
    members: between("members"),
    seed: between("seed"),
    mix: fc.constantFrom(...mixes),
    season: fc.constantFrom(...seasons),
    weather: fc.constantFrom(...weathers),
    minutes: fc.constantFrom(...periodLengths),
    time: between("time"),
    mechanism: fc.constantFrom(...mechanismNames),
    pricing: fc.constantFrom(...pricingNames),
    blend: between("blend"),
    pool: fc.boolean(),
    poolPrice: between("poolPrice"),
    lots: fc.constantFrom("whole", "divisible"),
    against: fc.constantFrom("other", "merit-uniform-50-none", "value-blend-20-0-whole"),
    commission: between("commission"),
    currency: fc.constantFrom("EUR", "CHF", "GBP", "USD"),
    speed: between("speed"),
    step: between("step"),
    block: between("block"),
    home: between("home"),
    ifRule: fc.constantFrom(...otherRules),
    ifPool: between("ifPool"),
    ifRetail: between("ifRetail"),
    ifFeedIn: between("ifFeedIn"),
    // A link has no file.
    scenario: fc.constant(0),
    result: fc.constantFrom("", "1*Chromium 156*Linux*2*16*0-rs-a-b-c-3-1-0123abcd"),
  })
  // A link to another view than the bench has no result of the bench.
  .map((settings) => consistent(settings.view === "bench" ? settings : { ...settings, result: "" }));

describe("settings in the URL", () => {
  it("come back from the hash they were written to, and nothing of it is corrected", () => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        expect(readHash(writeHash(settings))).toEqual({ settings, corrected: [] });
      }),
    );
  });

  it("are the defaults for an empty hash, which is then short", () => {
    expect(readHash("")).toEqual({ settings: defaults, corrected: [] });
    expect(writeHash(defaults)).toBe("#/story");
  });

  it("take the default for what makes no sense and tell of it, and nothing else along", () => {
    const wrong =
      "#/nowhere?seed=1e9&mix=__proto__&pool=maybe&minutes=7&speed=NaN&evil=1&blend=100.0&block=&members=0x10&carrier=constructor";
    const { settings, corrected } = readHash(wrong);
    expect(settings).toEqual(defaults);
    for (const name of ["seed", "mix", "pool", "minutes", "speed", "blend", "block", "members", "carrier"])
      expect(corrected.filter((text) => text.startsWith(`${name} can’t be`))).toHaveLength(1);
    expect(corrected[0]).toBe("There is no view “nowhere”: this is story.");
    expect(corrected).toHaveLength(10);
  });

  it("take a number out of range to the nearer end, and tell of it", () => {
    const { settings, corrected } = readHash("#/period?members=99999999999&time=-1&poolPrice=1001");
    expect(settings).toMatchObject({ members: 1_000_000, time: 0, poolPrice: 1000 });
    expect(corrected).toEqual([
      "members can’t be “99999999999”: 1000000 is used.",
      "time can’t be “-1”: 0 is used.",
      "poolPrice can’t be “1001”: 1000 is used.",
    ]);
  });

  it("never pair a pricing with a mechanism that the rules refuse", () => {
    fc.assert(
      fc.property(anySettings, ({ mechanism, pricing }) =>
        mechanism === "value" ? pricing !== "uniform" : pricing !== "counterparty",
      ),
    );
    const refused = readHash("#/period?mechanism=value&pricing=uniform");
    expect(refused.settings.pricing).toBe("counterparty");
    expect(refused.corrected).toEqual(["pricing can’t be uniform here: counterparty is used."]);
    expect(readHash("#/period?mechanism=merit")).toMatchObject({
      settings: { pricing: "uniform" },
      corrected: [],
    });
  });

  it("are what every preset says, in the view that is open", () => {
    for (const preset of presets) {
      const now = { ...defaults, view: "ledger" as const, speed: 200, members: 999 };
      const made = applyPreset(preset, now);
      expect(made).toMatchObject({ ...preset.settings, view: "ledger", speed: 200 });
      expect(readHash(writeHash(made)).settings).toEqual(made);
    }
  });
});
