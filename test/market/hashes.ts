import { hex } from "../../src/bytes.js";
import type { Engine } from "../../src/core/engine.js";
import { runScenario } from "../support/scenario.js";

/**
 * Hash of the last block of random markets by seed: 20 participants, 6 periods. They hold in Node and in browsers; one
 * that changes is a change of the rules or of the format.
 */
export const knownHashes: readonly (readonly [seed: number, hash: string])[] = [
  [1, "65b312ca12ff256bd51abe27a58a9c31434f6410d38d761cefe7f026ee20d8a5"],
  [2, "64b63b5645c315820dea1aacbbadbcb62f99e11e1292e18c593cee15373dca42"],
  [3, "7502e64ea25459a646521eae6fbd715efaf004e597a243f7780bd504860a6777"],
  [4, "51a63c4ef4eebb834b953e571206fe29ff505f30a602161dc659a6ce96a54c50"],
  [5, "a68d9d5864a8766434f67a94dfe8d35baa78e174961eac1c67c9539631e740bf"],
  [6, "c6138d62360c567eec86b68ec882dcc7499fb0dca8f8ba8fbf0004c40368403a"],
  [7, "8bb9474c715a25beb152d1554ab7c9bf43710c8a9966dcd991d9616a30a502af"],
  [8, "fa79b18e198771b12756e8252e5fe217dab6c7b66488539de169d17949ec6447"],
  [9, "146b5ebb056a4c5c1f50f37bff3d953673de599af59758f9f8322f9a136a3f52"],
  [10, "6f87c815531001ca431675e6cd932a6c3d1b3de22977e4bb8b2823f4b7f48e7a"],
  [11, "fd331619ddf76eeb3d799f7e3da47b5f7fbd8fde2d7c66ebd0dbd8e42f160995"],
  [12, "b6ba2a72066cd866e3cf9baf53032a34a22d444c4279f1ec3275adf23a697e6a"],
];

/** The hash that a seed comes to here. */
export async function hashOf(engine: Engine, seed: number): Promise<string> {
  const { market } = await runScenario(engine, seed, { participants: 20, periods: 6 });
  return hex(market.last!.hash);
}
