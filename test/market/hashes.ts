import { hex } from "../../src/bytes.js";
import type { Engine } from "../../src/core/engine.js";
import { runScenario } from "../support/scenario.js";

/**
 * Hash of the last block of random markets by seed: 20 participants, 6 periods. They hold in Node and in browsers; one
 * that changes is a change of the rules or of the format.
 */
export const knownHashes: readonly (readonly [seed: number, hash: string])[] = [
  [1, "9949fec94fe30ef761690d92567965fcc71c1cc897b93bc183b9d08491dc5250"],
  [2, "45ba9e5abf5bf42ab77d0d91ac8894af85b544ff875afdad1644c4a1d2c4f49a"],
  [3, "f472a3140b4a016b5f83fa2217f7e9c5da1ae529ea53e633aed7e8e491d5e31e"],
  [4, "08a0e547209af789f19db0154c0775085e06d994f188409161a4904990fb2143"],
  [5, "b67274741ab77190b37de8b31c1e04dd6246e48ebf550fbbbc266b4201de8433"],
  [6, "ab2e6ea2bcdb39866540288b7cea78425a5e4ea54559fafa82e9b718b6514471"],
  [7, "aed6d361a716c74532a2ef12865cbced7c34c4f0a16a32d0e3866fcde96e489a"],
  [8, "df2ac7794b9acb5bfbe6c9274ddb931784bc89b997dfadcc0d1c264db34f506a"],
  [9, "41316c9d1ce8dd4f82a6db290ef5618178fb100d90eb08e54ec5b22b89630919"],
  [10, "fccc112f0821ea0715e930c03c1ed6e50c2ef80c61990f788948d99739a37f87"],
  [11, "1621f05c92db15b4af24dd6c7958246673684fb602e40428af41f6b34495d139"],
  [12, "fd13ac2ebc1cfb6c516674379989ca98596fa85f56bcff2234bc61d83530e0bb"],
];

/** The hash that a seed comes to here. */
export async function hashOf(engine: Engine, seed: number): Promise<string> {
  const { market } = await runScenario(engine, seed, { participants: 20, periods: 6 });
  return hex(market.last!.hash);
}
