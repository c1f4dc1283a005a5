import { expect, test } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import { difference, Random, randomMarket } from "./markets.js";

test.each([true, false])("core and rules agree in a browser (SIMD %s)", async (simd) => {
  const engine = await openEngine({ simd });
  const random = new Random(0xb0b);
  for (let round = 0; round < 5000; round++) {
    const found = difference(engine, randomMarket(random));
    if (found !== null) expect.fail(`market ${round}: ${found}`);
  }
});
