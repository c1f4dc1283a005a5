import { hex } from "../../src/bytes.js";
import type { Engine } from "../../src/core/engine.js";
import { runScenario } from "../support/scenario.js";

/**
 * Hash of the last block of random markets by seed: 20 participants, 6 periods. They hold in Node and in browsers; one
 * that changes is a change of the rules or of the format.
 */
export const knownHashes: readonly (readonly [seed: number, hash: string])[] = [
  [1, "51b322aa1accc49339f07a64ee24e88bb603285b30673983b4a93c7c08ca24dd"],
  [2, "207a8465c9b6b916f453d2012960f57ef568acefcc0826beacc6cb8d5de1df9f"],
  [3, "fa6f5a4db4ba82c83e1cf476df737c2a3d96fa326a169fee69353aca05a2f7e3"],
  [4, "b11ac3573a2bdfe445f526ef837a2e92a5f281e9c5bf94721746ece2601319fd"],
  [5, "b9e5640c775f697299e053959e25b674405a1de118c73b3f5c43fa0641b2494c"],
  [6, "31893567db4e1ce5e486bc8d0e79b64ff013af9af51ab5a10c0ff422a34268e0"],
  [7, "9f14a2d24c4335b95eb4dca424a723b8f61043c377895174251ec5b6d03e296b"],
  [8, "e7f905df46babbf8082cdaaff5e6cf3b8f48f1a798b0034f98409ed68de7bdd7"],
  [9, "1dc9c705c9d00a8500dc64356799d8c4820d2b5a247a53702d79ae178c5a4d4a"],
  [10, "b5d74995b474f8bac8959c06177c467903ff19090fbeb008afa1beeaff0cb3cc"],
  [11, "6dafafae8ed76e0aa7a7dc35a20f93714c9a60bc5d921b7e63c2548aed701a20"],
  [12, "d1d59d7f38b49e61a2eead8fdaf350b80d8a4dbd593919b3ea4f9f87c263ede8"],
];

/** The hash that a seed comes to here. */
export async function hashOf(engine: Engine, seed: number): Promise<string> {
  const { market } = await runScenario(engine, seed, { participants: 20, periods: 6 });
  return hex(market.last!.hash);
}
