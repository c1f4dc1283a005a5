import { expect, it } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import { hashOf, knownHashes } from "./hashes.js";

it("random markets come to the hashes they have in Node", async () => {
  expect(knownHashes).toHaveLength(14);
  const engine = await openEngine();
  for (const [seed, hash] of knownHashes) expect(await hashOf(engine, seed), `seed ${seed}`).toBe(hash);
}, 60_000);
