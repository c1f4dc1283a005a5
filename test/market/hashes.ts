import { hex } from "../../src/bytes.js";
import type { Engine } from "../../src/core/engine.js";
import { runScenario } from "../support/scenario.js";

/**
 * Hash of the last block of random markets by seed: 20 participants, 6 periods. They hold in Node and in browsers; one
 * that changes is a change of the rules or of the format.
 */
export const knownHashes: readonly (readonly [seed: number, hash: string])[] = [
  [1, "2f56be1dbcd18c7fd4474657f18b7b9e58c195624bff813f5ec979f903e2386b"],
  [2, "fcdb5e90d491956a10982ba42e3fd1c0ca04f0369a5124bf71fcdd75b7f54bc0"],
  [3, "deeeb8bf2223b8f7153a5d410bed6b8c2f712d29e9c623aa1eee098b6e850b9a"],
  [4, "e3ca03b6a859bb2b01efbf716eb7244dd47252d8f98c49d17b05a0074cb76f99"],
  [5, "0541ad45e4c316492f9f64f1720eed00ffab55be26e68fab9ca903693ef82835"],
  [6, "44818714d826c1434e9df05fc3577a93a1aa42041c3e42d3bc644a7a61c1e01f"],
  [7, "f43d99f28e1315920fdd8b11fcee6acf473cac19aea732c4b9ed9a05dd363ec8"],
  [8, "e7f905df46babbf8082cdaaff5e6cf3b8f48f1a798b0034f98409ed68de7bdd7"],
  [9, "1cc77f1bdbfd6c081ec82faf6edc475ea68704f081c8370977ecd578e139f146"],
  [10, "69656d476ff7fbc19c56c95bf3c5cb101be108312f6d812e9afa49c61d203bef"],
  [11, "6dafafae8ed76e0aa7a7dc35a20f93714c9a60bc5d921b7e63c2548aed701a20"],
  [12, "d133c20c72404b7cb6a60508f306310195663bd6d45270ab4787250e7283a931"],
];

/** The hash that a seed comes to here. */
export async function hashOf(engine: Engine, seed: number): Promise<string> {
  const { market } = await runScenario(engine, seed, { participants: 20, periods: 6 });
  return hex(market.last!.hash);
}
