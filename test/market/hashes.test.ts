import { afterEach, expect, it, vi } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import type { EngineOptions } from "../../src/core/options.js";
import { scalarCore } from "../../src/core/scalar.js";
import { HashThreads } from "../../src/core/threads.js";
import { hashOf, knownHashes } from "./hashes.js";

afterEach(() => vi.restoreAllMocks());

const ways: readonly (readonly [name: string, options: () => EngineOptions])[] = [
  ["with SIMD", () => ({})],
  ["without", () => ({ wasm: scalarCore() })],
  ["on two threads", () => ({ threads: 2 })],
  ["on four threads, without SIMD", () => ({ threads: 4, wasm: scalarCore() })],
];

it.each(ways)(
  "random markets come to their known hashes: %s",
  async (_, options) => {
    expect(knownHashes).toHaveLength(14);
    const { threads = 1, ...rest } = options();
    const engine = await openEngine({ threads, ...rest });
    expect(engine.threads).toBe(threads);
    const shared = vi.spyOn(HashThreads.prototype, "run");
    for (const [seed, hash] of knownHashes) {
      shared.mockClear();
      expect(await hashOf(engine, seed), `seed ${seed}`).toBe(hash);
      // The large ones are there for the threads, so these have to have had a part in them.
      expect(shared.mock.calls.length > 0, `seed ${seed}`).toBe(threads > 1 && seed > 100);
    }
    engine.close();
  },
  60_000,
);
