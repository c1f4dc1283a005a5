import { hex } from "../../src/bytes.js";
import type { Engine } from "../../src/core/engine.js";
import { runScenario } from "../support/scenario.js";

/**
 * Hash of the last block of random markets by seed: 20 participants, 6 periods. They hold in Node and in browsers; one
 * that changes is a change of the rules or of the format.
 */
export const knownHashes: readonly (readonly [seed: number, hash: string])[] = [
  [1, "0b6e36931042115b2b251d22f0f470a2ac6470f7f1de7ca239aefb9cb3250642"],
  [2, "8c6e7c360e20578dbf7b20f2514d5d5fb2ba7d2d121b98abf1143a29523234b7"],
  [3, "9f047fa4dc52b395bc43431a279887e37f252338edd91dfbe3bd346c96f860c8"],
  [4, "7485eed1b99b43db1ecac9fa4571c92ae3ecfc76c3c41236a665c35c58f48b2a"],
  [5, "dd638635cb9cb8f25f07272af543b459f26657a1ab530f812b6ec6b87e802b26"],
  [6, "45df1bc0282c0c40158902acf986e566a42fad044a6959a9e427f0160e8f561e"],
  [7, "2dba60c96a27ac5079a7ad8d657682f37ef50eba12153787ea25e5c8a9e76ad0"],
  [8, "ed5dc41c9b8eb5064ac01ce3af1241f159236fb991fa73c815158ffc58a23eda"],
  [9, "37d6dcea0ad923f7bed514ecbd2a6f170de0b2de285f7983975361dd2a5c29a1"],
  [10, "efa34b8d27388ec8c99d6aa3b5600fe982ae4c825419e8a721406f09dc12b4e4"],
  [11, "7e3230985f0ab8e535cc6ca28602b86752a71ac5dee94f137a27cb093b9852ed"],
  [12, "c62f7dff8ebf5782cd3764adaedc09eed8ea1fb69891904569b59cdeb27f2d20"],
];

/** The hash that a seed comes to here. */
export async function hashOf(engine: Engine, seed: number): Promise<string> {
  const { market } = await runScenario(engine, seed, { participants: 20, periods: 6 });
  return hex(market.last!.hash);
}
