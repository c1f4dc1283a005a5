import { expect, test } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import { scalarCore } from "../../src/core/scalar.js";
import { difference, Random, randomMarket } from "./markets.js";

test.each([
  ["with SIMD", {}],
  ["without SIMD", { wasm: scalarCore() }],
])("core and rules agree in a browser, %s", async (_, options) => {
  const engine = await openEngine(options);
  const random = new Random(0xb0b);
  for (let round = 0; round < 5000; round++) {
    const found = difference(engine, randomMarket(random));
    if (found !== null) expect.fail(`market ${round}: ${found}`);
  }
});
