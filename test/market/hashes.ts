import { hex } from "../../src/bytes.js";
import type { Engine } from "../../src/core/engine.js";
import { runScenario } from "../support/scenario.js";

/**
 * Hash of the last block of random markets by seed: 20 participants, 6 periods. They hold in Node and in browsers; one
 * that changes is a change of the rules or of the format.
 */
export const knownHashes: readonly (readonly [seed: number, hash: string])[] = [
  [1, "72726916c1fd2b9d39571abcf3d56adfb581856dff2681ad1a9da6b17a5a390e"],
  [2, "d12a5f6562d881084b6f45bbbaf887157fbd24997fd15b9ba2d4ed7b0dcf1a63"],
  [3, "84a4bc32739b9559534d5ae8be4a3909045f2c4da3d5b8dce8cb0a92279c1119"],
  [4, "a64dc59d93f592965a989132cd03d05bd7dab055d11dc467adb577e6d3f15b9f"],
  [5, "a6ea2c5953a5581113585bf3b262a07d08851f6848db02ec342174060b8ed85a"],
  [6, "b1d71b3b5e95a9207f201097e94d410d77a7534f7950d1cb58f4c78f5425f9d1"],
  [7, "2d84e11a109b1fb0bd99a848ae1f347a1b111468631225e20a9a8b207683c712"],
  [8, "ef192d60f33b0f7aacb66ba9711fe48d29ab0802d534dc25f79c968321399de8"],
  [9, "fd1572dd34387441d282b4dab88c0358a3bffc250aaaf742f222cd99a63e4577"],
  [10, "95c28767a8a40d6aa272be4ca6c87fd5cbb7036da3a7218f9aba2fc4786249a6"],
  [11, "5cd6d89f132c1e816316786338826244b4e60fb2678eada1fd51dd962c40fb8d"],
  [12, "695823957728676b0cadb9d5a838259abdacec638ebe49b8e82065ee63d688ad"],
];

/** The hash that a seed comes to here. */
export async function hashOf(engine: Engine, seed: number): Promise<string> {
  const { market } = await runScenario(engine, seed, { participants: 20, periods: 6 });
  return hex(market.last!.hash);
}
