import { hex } from "../../src/bytes.js";
import type { Engine } from "../../src/core/engine.js";
import { runScenario } from "../support/scenario.js";

/**
 * Hash of the last block of random markets by seed: 20 participants, 6 periods. They hold in Node and in browsers; one
 * that changes is a change of the rules or of the format.
 */
export const knownHashes: readonly (readonly [seed: number, hash: string])[] = [
  [1, "46e8c8e5c116342058146442263ec78f1810d8334c704cc689d45e51501225d2"],
  [2, "c3602fac23ec230f0a907683cbef74e09632c9828c2aa44bbf4d3680364fa7b2"],
  [3, "fb92eac9c9dc468e7db1e04461179839246eb68c343f63948e8b9a08599c1577"],
  [4, "964ec9a3b39c6f27b178db8bf98c8dbdfc26cab7a49d6c98a117071a780e2b02"],
  [5, "2615b085df69fb7a51327b3e6170c230fadaf1562a1cc83fa5926c5c1e3a1be4"],
  [6, "f58c7b22b636081ac11928d51b46b06fa3875a84e3bd766d423cb45c0c1ecba1"],
  [7, "9dd815c7b1d21730698be95b53cd9606d3d7cdad85a9408c1afe0f24ad1b4b83"],
  [8, "3242e8cbfa233fdfd5824fe812164e87c554daa1c263521226034e4679c6e19f"],
  [9, "8428feb95ee55214adbd37820c55e9a10d2985a12e56795d629ad7ccbc9268a0"],
  [10, "521a8adf2057df129bb2992ffd65682ae896816573784bde1472ec5141f92489"],
  [11, "6c2119e5e5ff5cfccdbb2e9f05c927c9d8f6d191f8b61cf0db33ff5782319810"],
  [12, "2a01340aef62e93614c4dcece81c36e7f7e93512124ab97ad9ea9c57d8f7de05"],
];

/** The hash that a seed comes to here. */
export async function hashOf(engine: Engine, seed: number): Promise<string> {
  const { market } = await runScenario(engine, seed, { participants: 20, periods: 6 });
  return hex(market.last!.hash);
}
