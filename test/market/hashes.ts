import { hex } from "../../src/bytes.js";
import type { Engine } from "../../src/core/engine.js";
import { openMarket } from "../../src/market/open.js";
import { carriers } from "../../src/units.js";
import { random, runScenario } from "../support/scenario.js";

/** Seeds of markets whose sections are so long that an engine with several threads hashes them on all of them. */
const largeMarkets: { readonly [seed: number]: "open" | "private" } = { 101: "open", 102: "private" };

/**
 * Hash of the last block of random markets by seed: 20 participants, 6 periods, and two with 7000. They hold in Node,
 * on one thread and on several, with SIMD and without, and in browsers; one that changes is a change of the rules or of
 * the format.
 */
export const knownHashes: readonly (readonly [seed: number, hash: string])[] = [
  [1, "5dcc1bb913582b05866f9876993a5e0edeb7ef15c6161feca2b17dbff481d00c"],
  [2, "3f91828ea8d51c80a0a14fde013e66e4539da4cc8c892ecbb9668773efbc69b0"],
  [3, "01fa67f704b566e5a0f00c69604611f890ea9b0b8ae6c6f0a15e5b439f313d61"],
  [4, "2baf2985ae322bf2b92e1b73da3a8c0324e1fdce3cff704aaaa6b0ed81347aba"],
  [5, "08afdeed6480d43c63f035df9f3db9acac146e323121645bb4eec04df3754614"],
  [6, "f42de7fc83c83520db201633e525e77aabc9203e0d86435f8987016cbfcb9aa4"],
  [7, "23aaf626a37f96d453722b372a519c3b41d5ae135100c13d1ffe7f7338351c0a"],
  [8, "ef7cbf84164b109bfb23db9c510e5699e4b6ee42d83b30e062ce6030565776ec"],
  [9, "c26fee99a56cb37740d99d49e1261b1f415454cb010eb2b898aa580b7a36ab34"],
  [10, "2c989747f61e63fed6a5049f7c3564b4f10c3fcbd7be9a1c7df7c5799b134650"],
  [11, "901c8b057aaef6327f12eec01ae9c3f39566a202ed48e9049a8500d80a6cfcd5"],
  [12, "95deb6e78a9a8f076033e4eeaaf06ff4847a248a8f214931336e88b5a01d9de3"],
  [101, "c1033e85a503b14c2681af541f3959e74a0add848971787f82229c8a8853ac0f"],
  [102, "10e95ad9a3ecfb0e974e722219381147304f484b74c2b63c4e63763d015a8ec2"],
];

/** The hash that a seed comes to here. */
export async function hashOf(engine: Engine, seed: number): Promise<string> {
  const privacy = largeMarkets[seed];
  if (privacy !== undefined) return hashOfLarge(engine, seed, privacy);
  const { market } = await runScenario(engine, seed, { participants: 20, periods: 6 });
  return hex(market.last!.hash);
}

/** Three orders of each of 7000 participants in a period: 336,000 bytes of orders. */
async function hashOfLarge(engine: Engine, seed: number, privacy: "open" | "private"): Promise<string> {
  const below = random(seed);
  const people = 7000;
  const secrets = (): Uint8Array => Uint8Array.from({ length: 32 }, () => below(256));
  const market = await openMarket({
    engine,
    participants: Array.from({ length: people }, (_, number) => `p${number}`),
    startMs: 0,
    privacy,
    ...(privacy === "private" ? { secrets } : {}),
  });
  for (const nowMs of [30_000, 60_000]) {
    const count = 3 * people;
    market.submitColumns({
      participant: Uint32Array.from({ length: count }, (_, place) => place % people),
      carrier: Uint8Array.from({ length: count }, (_, place) => Math.floor(place / people) % carriers.length),
      side: Uint8Array.from({ length: count }, () => below(2)),
      quantity: Uint32Array.from({ length: count }, () => 1 + below(5_000_000)),
      price: Int32Array.from({ length: count }, () => below(400_000)),
    });
    await market.clearPeriod(nowMs);
  }
  const hash = hex(market.last!.hash);
  await market.stop();
  return hash;
}
