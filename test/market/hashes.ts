import { hex } from "../../src/bytes.js";
import type { Engine } from "../../src/core/engine.js";
import { runScenario } from "../support/scenario.js";

/**
 * Hash of the last block of random markets by seed: 20 participants, 6 periods. They hold in Node and in browsers; one
 * that changes is a change of the rules or of the format.
 */
export const knownHashes: readonly (readonly [seed: number, hash: string])[] = [
  [1, "05379d7849dde7aa9e7e5ef28ee607f3c92e972c3123447f07267f52223026ec"],
  [2, "6a53ac5e94262a04c8ef8dca8a7d77c682ef9ce3a79b621c7edb2794a8ce234c"],
  [3, "17e4d8339346a85c8013153c6289eda1c1cf807be16b6f2352920115d8e865fe"],
  [4, "a931b98320637542f012dc780570df84699505279e98cbaedd71b10272ca6ec4"],
  [5, "1dafb30e0a027892279e576496a604db05c35328f08cdf3557369cfef9d7d2e8"],
  [6, "e989f4b439ac7959ede3924a6cb360c6c0b9023fb6cf1394f57118888c19f2d5"],
  [7, "13ae117d38d0009b8771c0f21eafa90c067dacfe2c8e49f923458567e4cc717c"],
  [8, "1f04f25d91f32dfda027fc1deb6ef6fca85c9921dba8c94fe6e7e3ad64f2f32c"],
  [9, "4ef8f46a231f95371b66fcfaaad775d47be01b4354bf869df2a881c8332355fa"],
  [10, "bd81625998cb67261e0daa214de282ac9a321b9b9923c5b3ef13c0195709af0d"],
  [11, "530aa56b88fa10d01af0498f1afc6993a6a5a0e9355b6c219a440d94f806dd72"],
  [12, "871ca752b02f236493f6cdb59193c33b5a99459553346e69998a356ec023c240"],
];

/** The hash that a seed comes to here. */
export async function hashOf(engine: Engine, seed: number): Promise<string> {
  const { market } = await runScenario(engine, seed, { participants: 20, periods: 6 });
  return hex(market.last!.hash);
}
