/** A community's run as the page watches it: the same as on the command line, with every block kept at hand. */
import { hashBytes } from "../../ledger/tree/hasher.js";
import type { Market } from "../../market/market.js";
import type { PeriodResult } from "../../market/result.js";
import { type Community, openCommunity } from "../../simulation/community.js";
import type { Scenario } from "../../simulation/scenario.js";
import { openSimulation } from "../../simulation/simulation.js";
import type { Opened } from "./worker.js";

/** A community's market while it trades, and the blocks it has sealed. */
export interface Run {
  readonly community: Community;
  readonly market: Market;
  /** The blocks' bytes and hashes by height. */
  readonly blocks: Uint8Array[];
  readonly hashes: Uint8Array[];
  /** Trades and seals the scenario's periods one after the other. */
  readonly periods: AsyncIterable<PeriodResult>;
}

/** Opens a community's market and seals its first block, which holds the contracts. Two runs of one scenario have the same blocks. */
export async function openRun(engine: Opened, scenario: Scenario): Promise<Run> {
  const simulation = await openSimulation(openCommunity(scenario), { engine });
  const { community, market } = simulation;
  const first = await market.store.get(0);
  const blocks = [first!];
  const hashes = [market.store.head?.hash ?? new Uint8Array(hashBytes)];
  async function* periods(): AsyncGenerator<PeriodResult> {
    for await (const result of simulation) {
      blocks.push(result.bytes);
      hashes.push(result.hash);
      yield result;
    }
  }
  return { community, market, blocks, hashes, periods: periods() };
}
