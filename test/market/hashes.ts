import { hex } from "../../src/bytes.js";
import type { Engine } from "../../src/core/engine.js";
import { runScenario } from "../support/scenario.js";

/**
 * Hash of the last block of random markets by seed: 20 participants, 6 periods. They hold in Node and in browsers; one
 * that changes is a change of the rules or of the format.
 */
export const knownHashes: readonly (readonly [seed: number, hash: string])[] = [
  [1, "c933754396f0e67a14c70593750aa4919503c4287c6fab27b03454f88a1d70ec"],
  [2, "3d8d7fb00264f0615865c604107c5f0bfa33766b1192863ad90f2f4b487c0c38"],
  [3, "37f7ffa574fe61885845dcafc48b0a51a281c72832152da7b55382cc7b429782"],
  [4, "eca5f26885fdd8ad6f9fe3103c898c87be46a5c43ada9d9f4aae4e96bb83f0a7"],
  [5, "ec504d83751ddb68f724a707b42490bfbdf8add16d026f7e31f01e054aea4c23"],
  [6, "7ab9f22843d11b734739e5d976aca0e318eefddfdc1a9194230abcfa0f5cc33e"],
  [7, "fec3add6008efc78cf38c740179ad6bfb558c6f01ba18a6a63a01c73dfd3b5ae"],
  [8, "e09952643daa1a752ec4a3b0dcfb6a63207c4e1b8f1934da7572105c6956606d"],
  [9, "04ab46070e89e05fa0c6a4d707d079bacba3d9517186f80e4b61b604ade976a8"],
  [10, "31f7c73f8370c7f0ea3e115e496b9c0a612662583ae9b50db30d9af2560c75a7"],
  [11, "a6ee45b19345debb5b7597fa347a92f12dcdaab9eb3b24caaf9ca29a7c36c9d9"],
  [12, "c61dd61da5e01ac1f79bd925f111c7c862be0f87458019eaf0f4d9f12e162ba9"],
];

/** The hash that a seed comes to here. */
export async function hashOf(engine: Engine, seed: number): Promise<string> {
  const { market } = await runScenario(engine, seed, { participants: 20, periods: 6 });
  return hex(market.last!.hash);
}
