import { hex } from "../../src/bytes.js";
import type { Engine } from "../../src/core/engine.js";
import { openMarket } from "../../src/market/open.js";
import { carriers } from "../../src/units.js";
import { random, runScenario } from "../support/scenario.js";

/** Seeds of markets whose sections are so long that an engine with several threads hashes them on all of them. */
const largeMarkets: { readonly [seed: number]: "open" | "private" } = { 101: "open", 102: "private" };

/**
 * Hash of the last block of random markets by seed: 20 participants, 6 periods, and two with 7000. They hold in Node,
 * on one thread and on several, with SIMD and without, and in browsers; one that changes is a change of the rules or of
 * the format.
 */
export const knownHashes: readonly (readonly [seed: number, hash: string])[] = [
  [1, "874d7dbdba797f2c85169ce1285f8c0296a5474534aa3adef806be425b774855"],
  [2, "6ba72bc362a2197664e46cee3b7678750223a3fa647d44c084958ce407a656a3"],
  [3, "1a74b0f6742eb5c8eedfff067a7d6c8a303bd2d18c5e0c6a5351cca62f889d40"],
  [4, "b340c39e03c5830aadc828d8ba32035fe2fc654d28a355c8fc7cea7440d1b226"],
  [5, "533c091f6d1cc848d9bf0728025293274f00cbb0afefca203a4e6e38c3166a6d"],
  [6, "6be4c212bf6b51b0ce244b3d91809fb4b299738656e41d4be39eddc578e291fa"],
  [7, "44955a50c5b9846e59c7c4501ba305fac32f4b947a4435ab85263d725a2bf6d0"],
  [8, "685819e8f22ebdbf8405bc0b4533c3fe0254f16c02da8af1b7bd3fdbf7f35e3c"],
  [9, "fa1a318296e866ba69f67aecc5a25963d5e093884d4220d5000c2380748d285f"],
  [10, "f200b489c3568c3a6ea177a8ef3a3d497da7e86e042aa9e03451da7e25ff75a2"],
  [11, "7a8177d3d3206bebd0189e3e1e21560b21b315d170d16ee7924fbb2ecbf7ff2a"],
  [12, "4a73b7ee8ee5e5455b2b8d4b11d6d74c4317a67f2c593ec347a295e83076db3f"],
  [101, "dc4dae03795eb120c0568e5474fd3f29ff5a1cf50c5082ac5902521ddb517660"],
  [102, "22eafa4e9c8cdae90a3e9a47384532262ccd7bd48ae88616951b4289520757a2"],
];

/** The hash that a seed comes to here. */
export async function hashOf(engine: Engine, seed: number): Promise<string> {
  const privacy = largeMarkets[seed];
  if (privacy !== undefined) return hashOfLarge(engine, seed, privacy);
  const { market } = await runScenario(engine, seed, { participants: 20, periods: 6 });
  return hex(market.last!.hash);
}

/** Three orders of each of 7000 participants in a period: 336,000 bytes of orders. */
async function hashOfLarge(engine: Engine, seed: number, privacy: "open" | "private"): Promise<string> {
  const below = random(seed);
  const people = 7000;
  const secrets = (): Uint8Array => Uint8Array.from({ length: 32 }, () => below(256));
  const market = await openMarket({
    engine,
    participants: Array.from({ length: people }, (_, number) => `p${number}`),
    startMs: 0,
    privacy,
    ...(privacy === "private" ? { secrets } : {}),
  });
  for (const nowMs of [30_000, 60_000]) {
    const count = 3 * people;
    market.submitColumns({
      participant: Uint32Array.from({ length: count }, (_, place) => place % people),
      carrier: Uint8Array.from({ length: count }, (_, place) => Math.floor(place / people) % carriers.length),
      side: Uint8Array.from({ length: count }, () => below(2)),
      quantity: Uint32Array.from({ length: count }, () => 1 + below(5_000_000)),
      price: Int32Array.from({ length: count }, () => below(400_000)),
    });
    await market.clearPeriod(nowMs);
  }
  const hash = hex(market.last!.hash);
  await market.stop();
  return hash;
}
