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
  [2, "6a1bca2f7716cec42b2292cb4fadd4be0f60c369823f6bc916afd285e9798a1d"],
  [3, "01fa67f704b566e5a0f00c69604611f890ea9b0b8ae6c6f0a15e5b439f313d61"],
  [4, "00e369d9113f222b2a4c857d65254676ac802e924a48917e68cb4843db4c0724"],
  [5, "d515788eee99cdd9bf4769740a73d3814c6503a69b71a1e4b2cf7213bfc94888"],
  [6, "e9ac6053434926ac222acab30a04f71d80175aa203130c46d1280895f02ff58d"],
  [7, "23aaf626a37f96d453722b372a519c3b41d5ae135100c13d1ffe7f7338351c0a"],
  [8, "abb1a3066b23c02915cde54a27f70b03a26009d92d0071703454b28ecb1e456a"],
  [9, "c26fee99a56cb37740d99d49e1261b1f415454cb010eb2b898aa580b7a36ab34"],
  [10, "37e701bdba21feaf109a4a98d55f7d929738478e3ec84f7e0964303c17eb335e"],
  [11, "507e28bdf39bc8f075eecf10d9b4484b6e3fa48b5995cedf609183c2e4618f28"],
  [12, "e2ceb49447a34cc6d5c7b9a70ddfcc57409f547a1d048ff5997116ad4477b048"],
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
