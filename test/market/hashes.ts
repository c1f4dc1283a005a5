import { hex } from "../../src/bytes.js";
import type { Engine } from "../../src/core/engine.js";
import { runScenario } from "../support/scenario.js";

/**
 * Hash of the last block of random markets by seed: 20 participants, 6 periods. They hold in Node and in browsers; one
 * that changes is a change of the rules or of the format.
 */
export const knownHashes: readonly (readonly [seed: number, hash: string])[] = [
  [1, "9139f722ae6bf0e0d256c0f4f4a7d2212949794e9b1d373620ab0cd527e13855"],
  [2, "35fd70db23e9dd35d9fab84d5f31a9beff9546de776c975401e012b8d1825727"],
  [3, "83f9a4c53e29b84c77cad54ea4f796f2d5578a7ff83f77464d3d76bd46ff59e9"],
  [4, "c5ace0003e9cdd9c94d495c4ce4e56d6c51b3b7229adb629ee6bf8ec515aef9f"],
  [5, "a393f71c6f16e8da1e1c41c2fc6e14318b5027ffb0c505c3f63d74595ca70a4e"],
  [6, "6d58d840f20c535fbef090bcb6cbf02d29306066d2838c7af6d6a47219112eb7"],
  [7, "4971456d39676b13ed1ecb38b1907d6fa2496ddf91dfd0b945f0b9f3bae9f235"],
  [8, "78724a9847c9d4776d49e9ac4542c042e8162b06daa26816c1740bfb897230a9"],
  [9, "3eb4df62812a2586c757a1258c0d0ce7a7de135f31c29b483b53272eed6ca80c"],
  [10, "914384eddb961e4c6dc90b12e05c635fe13bb6b4808677a7e645775c7b6058c3"],
  [11, "8f504c1f64275ba66cefc5ecefacef7d4319917b9534775c1450b719eda40a92"],
  [12, "b9adb3d3d57436b3e7ef95e87d423e5df91006d2df502c39064c0eef4506f65a"],
];

/** The hash that a seed comes to here. */
export async function hashOf(engine: Engine, seed: number): Promise<string> {
  const { market } = await runScenario(engine, seed, { participants: 20, periods: 6 });
  return hex(market.last!.hash);
}
