import { hashBytes } from "../../ledger/tree/hasher.js";
import { type Market, openMarket } from "../../market/market.js";
import type { PeriodResult } from "../../market/result.js";
import { type Community, openCommunity } from "../../simulation/community.js";
import { type Deliveries, deliveriesOf } from "../../simulation/deliveries.js";
import { readingWindow } from "../../simulation/readings.js";
import type { Scenario } from "../../simulation/scenario.js";
import { carriers, formatTicks, microTick } from "../../units.js";
import type { Opened } from "./worker.js";

/** A community's market while it trades, and the blocks it has sealed. */
export interface Run {
  readonly community: Community;
  readonly market: Market;
  /** The blocks' bytes and hashes by height. */
  readonly blocks: Uint8Array[];
  readonly hashes: Uint8Array[];
  /** Trades the next period and seals it. */
  next(): Promise<PeriodResult>;
}

/** Opens a community's market and seals its first block, which holds the contracts. Two runs of one scenario have the same blocks. */
export async function openRun(engine: Opened, scenario: Scenario): Promise<Run> {
  const community = openCommunity(scenario);
  // The clock is the scenario's: a period is sealed the moment it ends.
  const market = await openMarket({
    engine,
    contracts: community.contracts(-1),
    clock: { now: () => community.timeOf(0), setTimer: () => null, clearTimer: () => undefined },
  });
  const { members, owners, genesis } = community;
  const first = await market.store.get(0);
  const blocks = [first!];
  const hashes = [market.store.head?.hash ?? new Uint8Array(hashBytes)];
  const deliveries = new Map<number, Deliveries>();

  async function next(): Promise<PeriodResult> {
    const place = blocks.length - 1;
    // What the market refuses, such as an order beyond its owner's means, is not in the block.
    market.submitColumns(community.orders(place));
    const readings = community.readings(place, (about) => deliveries.get(about));
    for (let index = 0; index < readings.participant.length; index++)
      market.report({
        participant: members[readings.participant[index]!]!.id,
        carrier: carriers[readings.carrier[index]!]!,
        period: genesis + 1 + readings.place[index]!,
        in: formatTicks(readings.in[index]!, microTick),
        out: formatTicks(readings.out[index]!, microTick),
        version: readings.version[index]!,
      });
    // Contracts for the period after have to be there before it begins.
    for (const contract of community.contracts(place + 1)) market.propose(contract);
    const result = await market.clearPeriod(community.timeOf(place + 1));
    blocks.push(result.bytes);
    hashes.push(result.hash);
    deliveries.set(place, deliveriesOf(result.block, members.length, owners));
    deliveries.delete(place - readingWindow);
    return result;
  }
  return { community, market, blocks, hashes, next };
}
