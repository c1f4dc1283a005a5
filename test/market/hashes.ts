import { hex } from "../../src/bytes.js";
import type { Engine } from "../../src/core/engine.js";
import { runScenario } from "../support/scenario.js";

/**
 * Hash of the last block of random markets by seed: 20 participants, 6 periods. They hold in Node and in browsers; one
 * that changes is a change of the rules or of the format.
 */
export const knownHashes: readonly (readonly [seed: number, hash: string])[] = [
  [1, "43ef51a5065dbb5d7d90dbda6eeed816a38be4cacaa07fcbfc8a6c1c520a658b"],
  [2, "073a05c2281c9928038a8cba2fcb46646524652e4edb8782f63ac9b83663a9e9"],
  [3, "d0d907ba00fbb99e1aff094f014a14933403ea432a698cbe5cc77f40f46099ff"],
  [4, "a39b0cb2238045779e43e975a39b815711eddfc25b4d788ca93d0f9af3c63158"],
  [5, "ae1ae2f76e105ba7e9cc7d0cb3947743fbe371603b3af7f6119e97f1b5e8957b"],
  [6, "e697e6c87baab51b436868e072d494fae2807d193c399dffd6cc93422222c950"],
  [7, "0ca1244656e5cda73757f6b033ebe7d4c46ef28d34b1503242c5beb2c0c1cea4"],
  [8, "c8770f791143368421af03830eb69e26e3efce9c820b0d716d1635c2e1a1756a"],
  [9, "40b856472312d36c47901600891b0594b3d196477ae874a4f812b8b3014e4af6"],
  [10, "0e403be0190fd61d90502defdbd419e35156563873454c42d3153692e5d91689"],
  [11, "d81b8f39f872ff6a1cb864131ac3ff1097c17b7cf9496c8a59f0ce69216bf29f"],
  [12, "2fb2686762a63d31f1136c37db1f78f729a75c37ba22dbba20857e9c78c6ab06"],
];

/** The hash that a seed comes to here. */
export async function hashOf(engine: Engine, seed: number): Promise<string> {
  const { market } = await runScenario(engine, seed, { participants: 20, periods: 6 });
  return hex(market.last!.hash);
}
