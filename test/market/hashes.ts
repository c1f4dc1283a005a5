import { hex } from "../../src/bytes.js";
import type { Engine } from "../../src/core/engine.js";
import { runScenario } from "../support/scenario.js";

/**
 * Hash of the last block of random markets by seed: 20 participants, 6 periods. They hold in Node and in browsers; one
 * that changes is a change of the rules or of the format.
 */
export const knownHashes: readonly (readonly [seed: number, hash: string])[] = [
  [1, "474a5451b9353377dbfc09ea46a1044d0fe4bf127a06ab42c144c9cac3ed2140"],
  [2, "5e7928d908ee08da47e799461cb120feb2fc9ed715dd0c82ea0fb19fa63b3caf"],
  [3, "54e9ee768a4447343a0f00d31c0462a7da01f4d87c9662515cf3f79bb3026bee"],
  [4, "3fd98d3fdfe0eac337613fbc16c0159f12d09baaaa2f92c8041da135a41046b9"],
  [5, "a2c4c64bb60355d95f4a5bff41a722888686d5e31fca6a502aa6a251af86c896"],
  [6, "18a75b05eca74df9a132a93253d8f158c9d462f85f7675f87e83ee55515aa896"],
  [7, "597a4324114255802fd825ab0ec5d3bae00e4681d6bdf5fe4d7415ef573c4407"],
  [8, "3d225a705bad7e3ccce57c12540716d85d1138aea6b0fca30dc0a1c7ba9ebd17"],
  [9, "dd3b26d08df3ec9314991ccf4418a31e37244993eead20a01b438704396e2f13"],
  [10, "4a53aa69b6b14aae2c2e758ddfacd3c1292a0a05a60c2766f2f4b7ae6ec3a07d"],
  [11, "77808b4400a09d50955caea516c1ab0ef45d8559e7fbd4ecd183a92497f697ba"],
  [12, "0d24c6ebf6e2674c175564abb729be774c3a206fbf79ef74e084d0af102f181c"],
];

/** The hash that a seed comes to here. */
export async function hashOf(engine: Engine, seed: number): Promise<string> {
  const { market } = await runScenario(engine, seed, { participants: 20, periods: 6 });
  return hex(market.last!.hash);
}
