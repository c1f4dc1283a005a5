import { hex } from "../../src/bytes.js";
import type { Engine } from "../../src/core/engine.js";
import { runScenario } from "../support/scenario.js";

/**
 * Hash of the last block of random markets by seed: 20 participants, 6 periods. They hold in Node and in browsers; one
 * that changes is a change of the rules or of the format.
 */
export const knownHashes: readonly (readonly [seed: number, hash: string])[] = [
  [1, "535b3b3aeaa31793dc19509d554ae3a2111a8f016825a96c15b563549053f4d9"],
  [2, "1aeee792b9b692c680e05cb80ada18c48b559a1809950eecfe7c92bbf6cc381f"],
  [3, "70d903617157e03753a71c407700fdac69bd47a01e6eb731f8549ca5c1e13de2"],
  [4, "0142146a7187397553efcd537c8cd7780e3d3674c0a4d9236ad1c3f53dad5670"],
  [5, "17264f26189443232b28bef6e3bc97b064fe94af9d214520addf1666632e1dc5"],
  [6, "ecb8a91cac2e07129bbfc872015c6924c83c4ef20428ca42df74b9e3a7952596"],
  [7, "c02cca407c0104acc3ed9761256930d7c74dc300d348a9a3b28c6d67f13afde3"],
  [8, "268d6e8b226b6bbff82346b5c34561628495eb7507139012d65992230dc2e89e"],
  [9, "9c9b4c3a043a6807bef39092e1796d2e4335b06172f71d86da9629b1e47fab1c"],
  [10, "3c2fc6da8851b6e7618ebfd7792dafdb1f0bf3677c7e5d906c1261aa395291d3"],
  [11, "4cf54b81dab28391fa97b40c18dbca69729066d3ab685984a75db866a53823b3"],
  [12, "c8496c46ace1b2c2d9bec68a76d98a006d313d26b4f318e861f47edcdd8c238c"],
];

/** The hash that a seed comes to here. */
export async function hashOf(engine: Engine, seed: number): Promise<string> {
  const { market } = await runScenario(engine, seed, { participants: 20, periods: 6 });
  return hex(market.last!.hash);
}
