import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { carriers } from "../../src/units.js";
import {
  applyPreset,
  consistent,
  defaults,
  leastOrders,
  mixes,
  mostOrders,
  periodLengths,
  presets,
  readHash,
  type Settings,
  seasons,
  views,
  weathers,
  writeHash,
} from "../../src/web/settings/settings.js";

const anySettings: fc.Arbitrary<Settings> = fc
  .record<Settings>({
    view: fc.constantFrom(...views),
    carrier: fc.constantFrom(...carriers),
    orders: fc.integer({ min: leastOrders, max: mostOrders }),
    seed: fc.integer({ min: 0, max: 0xffff_ffff }),
    mix: fc.constantFrom(...mixes),
    season: fc.constantFrom(...seasons),
    weather: fc.constantFrom(...weathers),
    minutes: fc.constantFrom(...periodLengths),
    time: fc.integer({ min: 0, max: 1439 }),
    mechanism: fc.constantFrom("value", "merit"),
    pricing: fc.constantFrom("counterparty", "blend", "uniform"),
    blend: fc.integer({ min: 0, max: 100 }),
    pool: fc.boolean(),
    poolPrice: fc.integer({ min: 0, max: 2000 }),
    lots: fc.constantFrom("whole", "divisible"),
    commission: fc.integer({ min: 0, max: 200 }),
    speed: fc.integer({ min: 25, max: 800 }),
    block: fc.integer({ min: -1, max: 1_000_000 }),
  })
  .map(consistent);

describe("settings in the URL", () => {
  it("come back from the hash they were written to", () => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        expect(readHash(writeHash(settings))).toEqual(settings);
      }),
    );
  });

  it("are the defaults for an empty hash, which is then short", () => {
    expect(readHash("")).toEqual(defaults);
    expect(writeHash(defaults)).toBe("#/period");
  });

  it("take the default for what makes no sense, and nothing else along", () => {
    const wrong =
      "#/nowhere?orders=5&seed=1e9&mix=__proto__&time=-1&pool=maybe&minutes=7&speed=NaN&evil=1&blend=100.0&block=";
    expect(readHash(wrong)).toEqual(defaults);
    expect(readHash("#/day?orders=0x10&carrier=constructor").orders).toBe(defaults.orders);
  });

  it("never pair a pricing with a mechanism that the rules refuse", () => {
    fc.assert(
      fc.property(anySettings, ({ mechanism, pricing }) =>
        mechanism === "value" ? pricing !== "uniform" : pricing !== "counterparty",
      ),
    );
    expect(readHash("#/period?mechanism=value&pricing=uniform").pricing).toBe("counterparty");
    expect(readHash("#/period?mechanism=merit").pricing).toBe("uniform");
  });

  it("are what every preset says, in the view that is open", () => {
    for (const preset of presets) {
      const now = { ...defaults, view: "ledger" as const, speed: 200, orders: 999 };
      const made = applyPreset(preset, now);
      expect(made).toMatchObject({ ...preset.settings, view: "ledger", speed: 200 });
      expect(readHash(writeHash(made))).toEqual(made);
    }
  });
});
