import { hex } from "../../src/bytes.js";
import type { Engine } from "../../src/core/engine.js";
import { runScenario } from "../support/scenario.js";

/**
 * Hash of the last block of random markets by seed: 20 participants, 6 periods. They hold in Node and in browsers; one
 * that changes is a change of the rules or of the format.
 */
export const knownHashes: readonly (readonly [seed: number, hash: string])[] = [
  [1, "2e2ce429d9008707f3f02cfb5470b1e0dfae6edd4e2601329c2a91557c8d8656"],
  [2, "f446a042e1cd017c15f189530ca6b3c5b2ee55f021219b69ef8ccf927189069a"],
  [3, "79807a63c78eea8d46b2bee651d75686bd4eefacd87b389404cdd53a290949b8"],
  [4, "dc85ab3e6b7bb67c289a222f9c0a7ee823d7e6ec3c842c81d274c57eae1d504e"],
  [5, "cbcadc078951262c0e40d41970803622a10b5856b34975ad16cd5122a1b56bec"],
  [6, "8e970ea6f05dfdf837bfd3181737f9db10c36f69e0b6d484e511933bc7bd220b"],
  [7, "47cae099550f369e1a7e091d368221b6c6be059f6d77431f89b6a261f362de69"],
  [8, "8ee48e249cbec3a0ecc561ad97773c9ac8674ecde4dafae0dadb1a104361fa99"],
  [9, "a762c10d265b52942c7a12a188654f3b1cb3afada65326539146e87cb40a98ff"],
  [10, "7303b50ee69003f7090530d800ebbbe9ace87ca36b0e61c0899da39400d66440"],
  [11, "36e787f1b2ac4a2be2191c0de62dd1a06d5375b1f1b50b7ba5780a7f631e73b8"],
  [12, "27a50b1d9bd1813207729e9ea343bcb65a66c9e20820d838f310fb3af0be610b"],
];

/** The hash that a seed comes to here. */
export async function hashOf(engine: Engine, seed: number): Promise<string> {
  const { market } = await runScenario(engine, seed, { participants: 20, periods: 6 });
  return hex(market.last!.hash);
}
