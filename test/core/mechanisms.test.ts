import { describe, expect, test } from "vitest";
import { wasmBase64 } from "../../src/core/inline/simd.js";
import { decodeBase64, restart } from "../../src/core/load.js";
import {
  checkMechanism,
  goesWith,
  mechanismNames,
  mechanisms,
  ownPricing,
  pricingCodes,
  pricingNames,
} from "../../src/core/mechanisms.js";

const thrown = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe("mechanisms and pricings", () => {
  const { exports: core } = restart(new WebAssembly.Module(decodeBase64(wasmBase64)));
  const pairs = mechanismNames.flatMap((mechanism) =>
    pricingNames.map((pricing) => [mechanism, pricing] as const),
  );

  test.each(pairs)("%s with %s is judged alike by the host and by the core", (mechanism, pricing) => {
    core.reserve(1, 1, 1, 0, 0);
    const accepted = core.match(mechanisms[mechanism].code, pricingCodes[pricing], 0, 0, 0, 0, 0) >= 0;
    expect(goesWith(pricing, mechanism)).toBe(accepted);
    if (accepted) expect(checkMechanism({ mechanism, pricing }, "rules")).toEqual({ mechanism, pricing });
    else
      expect(thrown(() => checkMechanism({ mechanism, pricing }, "rules"))).toMatchObject({
        code: "invalid",
        field: "rules.pricing",
        got: JSON.stringify(pricing),
      });
  });

  test("the core knows no mechanism and no pricing beyond the table", () => {
    core.reserve(1, 1, 1, 0, 0);
    for (const { code } of Object.values(mechanisms))
      expect(core.match(code, pricingNames.length, 0, 0, 0, 0, 0)).toBe(-1);
    for (const code of Object.values(pricingCodes))
      expect(core.match(mechanismNames.length, code, 0, 0, 0, 0, 0)).toBe(-1);
  });

  test("what is missing comes from the fallback, the pricing of another mechanism from that", () => {
    expect(checkMechanism({}, "")).toEqual({ mechanism: "value", pricing: "counterparty" });
    expect(checkMechanism({ pricing: "blend" }, "", { mechanism: "merit", pricing: "uniform" })).toEqual({
      mechanism: "merit",
      pricing: "blend",
    });
    expect(checkMechanism({ mechanism: "merit" }, "")).toEqual({ mechanism: "merit", pricing: "uniform" });
    const blended = { mechanism: "merit", pricing: "blend" } as const;
    expect(checkMechanism({ mechanism: "merit" }, "", blended)).toEqual(blended);
    expect(checkMechanism({ mechanism: "value" }, "", blended)).toEqual({
      mechanism: "value",
      pricing: "counterparty",
    });
    expect(thrown(() => checkMechanism({ pricing: "uniform" }, ""))).toMatchObject({
      field: "pricing",
      wanted: "counterparty or blend with mechanism value",
      got: '"uniform"',
    });
    for (const none of [null, "", "Value", 0, ["value"]]) {
      expect(thrown(() => checkMechanism({ mechanism: none }, "a"))).toMatchObject({ field: "a.mechanism" });
      expect(thrown(() => checkMechanism({ pricing: none }, "a"))).toMatchObject({ field: "a.pricing" });
    }
  });

  test("a mechanism's own pricing goes with it", () => {
    for (const mechanism of mechanismNames) expect(goesWith(ownPricing(mechanism), mechanism)).toBe(true);
  });
});
