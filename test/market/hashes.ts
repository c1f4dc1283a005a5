import { hex } from "../../src/bytes.js";
import type { Engine } from "../../src/core/engine.js";
import { runScenario } from "../support/scenario.js";

/**
 * Hash of the last block of random markets by seed: 20 participants, 6 periods. They hold in Node and in browsers; one
 * that changes is a change of the rules or of the format.
 */
export const knownHashes: readonly (readonly [seed: number, hash: string])[] = [
  [1, "bbab7a35b504bd2fefa83fe5fd390455b7eacb1a79f92a76fedff315a578accd"],
  [2, "2c273ad4c9059a7a685b481113cd6638c1534c93e22300b42327df2e0a652760"],
  [3, "eea8d08ebab91eb14bc29252e2fbbc365de3478c1e6177249198a7536e3f0f0a"],
  [4, "6553f6c3a4594dfdfd6dfb77a7956c732f2982302225255bb1986df73a2cfa87"],
  [5, "75a02df6fd61384c9fe07e8be173f44c1c3371e143bbfb050bf4b01da93b8b49"],
  [6, "c620e370e687ca7b3cf1684e6df4dd588e4eca145669b91e319fe585c4d03839"],
  [7, "4dc81d97f01cb99fd287d94aa29622ec3475be6391f7fbfe03b4107b3afcc9a0"],
  [8, "655d55903561bd4a93b1009cc7c422f1933b9acdbbbc64d9cfb94cef0382fda0"],
  [9, "cb1ba4b1b4663bb07a22542d7e3c8b88f9a341160c84fe2fd26a501f8227113a"],
  [10, "3ca2228a81091923062242803ab1a79464484e471c5b393ff91e9e16e3109575"],
  [11, "88606ad2f769804c171cf9c5b43e30d4b62c142964e82e5480f36b90a9630455"],
  [12, "af44a6fbdaa826b94ec339b27241fcf8c3381e512f179161359054b1fe75f0d0"],
];

/** The hash that a seed comes to here. */
export async function hashOf(engine: Engine, seed: number): Promise<string> {
  const { market } = await runScenario(engine, seed, { participants: 20, periods: 6 });
  return hex(market.last!.hash);
}
