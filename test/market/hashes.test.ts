import { expect, it } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import { scalarCore } from "../../src/core/scalar.js";
import { hashOf, knownHashes } from "./hashes.js";

it("random markets come to their known hashes, with SIMD and without", async () => {
  expect(knownHashes).toHaveLength(12);
  for (const options of [{}, { wasm: scalarCore() }]) {
    const engine = await openEngine(options);
    for (const [seed, hash] of knownHashes) expect(await hashOf(engine, seed), `seed ${seed}`).toBe(hash);
  }
}, 60_000);
