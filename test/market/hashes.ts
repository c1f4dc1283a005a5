import { hex } from "../../src/bytes.js";
import type { Engine } from "../../src/core/engine.js";
import { runScenario } from "../support/scenario.js";

/**
 * Hash of the last block of random markets by seed: 20 participants, 6 periods. They hold in Node and in browsers; one
 * that changes is a change of the rules or of the format.
 */
export const knownHashes: readonly (readonly [seed: number, hash: string])[] = [
  [1, "1ec38e082996431158fb97b50ab53589c622321ae6384116fb616ceea3d07990"],
  [2, "e413e004b5ea13800e5b4b73d4da942ba3da03a6b44220576d2693ef9737410a"],
  [3, "f857515f8a902c8a5db18bd004f9574243e2ca5462bd76fa7235f28dd6979c0a"],
  [4, "0a9045f6c644e2dd8acd2e3ea611545a42add8a1fb11fda89ac061abd68bb2a2"],
  [5, "2507f76c2cf0c885ad3e78b723fa810c6c23e6491320724faa85265adcded04a"],
  [6, "c4d2c2344146b4cb4edc056dbfd2a54c8820a0ec233539cd7839e0829b4f11ee"],
  [7, "c45e0e606dfde473a8264e6e49c6cd8b706fbb1fad51de958d04b9e3098fc703"],
  [8, "95913e5cc3ed801b3ccda9ed86c51a9aa0a2688cf357f2e09625d0e97db70688"],
  [9, "6fce0971721a8d66ebe1b9719798e7697887cec830ada2ddf3db857d35fb7d7b"],
  [10, "323f23efd150197dfaa6f67e6d02cb1390e570872b1a997be401c4be225f1364"],
  [11, "f605d1f460b78e0a6dde364e4c154b30836a4aff75a9e7392fad372e8a438749"],
  [12, "b9e532e0309ea0e35a9877b75135c1d7d39a892f644359d54eaf32283a91d2b3"],
];

/** The hash that a seed comes to here. */
export async function hashOf(engine: Engine, seed: number): Promise<string> {
  const { market } = await runScenario(engine, seed, { participants: 20, periods: 6 });
  return hex(market.last!.hash);
}
