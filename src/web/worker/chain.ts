/** A community's market as the page runs it: the simulation of the package, with its blocks kept at hand. */
import type { Engine } from "../../core/engine.js";
import { hashBytes } from "../../ledger/tree/hasher.js";
import type { PeriodResult } from "../../market/result.js";
import { type Community, openCommunity } from "../../simulation/community.js";
import type { Member } from "../../simulation/members/member.js";
import type { Scenario } from "../../simulation/scenario.js";
import { openSimulation } from "../../simulation/simulation.js";
import type { Values } from "../../study/measures.js";
import { valuesOf } from "../../study/run.js";
import { pause, turnMs } from "./work.js";

/** A community's market while it trades, and the blocks it has sealed. */
export interface Run {
  readonly community: Community;
  /** The blocks' bytes and hashes by height. */
  readonly blocks: Uint8Array[];
  readonly hashes: Uint8Array[];
  /** Whose each storage device is, by the device's number. */
  readonly stores: readonly (Member | undefined)[];
  /** Trades and seals the scenario's periods one after the other. */
  readonly periods: AsyncIterable<PeriodResult>;
  /** What the periods so far came to, measured as a study measures. */
  values(): Promise<Values>;
}

/**
 * Opens a community's market and seals its first block, which holds the contracts. Two runs of one scenario have the
 * same blocks.
 */
export async function openRun(engine: Engine, scenario: Scenario): Promise<Run> {
  const community = openCommunity(scenario);
  const simulation = await openSimulation(community, { engine });
  const { store } = simulation.market;
  const first = await store.get(0);
  const blocks = [first!];
  const hashes = [store.head?.hash ?? new Uint8Array(hashBytes)];
  async function* periods(): AsyncGenerator<PeriodResult> {
    for await (const result of simulation) {
      blocks.push(result.bytes);
      hashes.push(result.hash);
      yield result;
    }
  }
  return {
    community,
    blocks,
    hashes,
    stores: community
      .contracts(-1)
      .filter((contract) => contract.kind === "storage")
      .map(({ device }) => community.members.find(({ id }) => device.startsWith(`${id}-`))),
    periods: periods(),
    values: () => valuesOf(simulation),
  };
}

/** The blocks of a run in turns, so that other calls are answered meanwhile. Tells the part that is done. */
export async function* blocksInTurns(
  { blocks }: Run,
  { signal, tell }: { readonly signal: AbortSignal; readonly tell?: (part: number) => void },
): AsyncGenerator<Uint8Array> {
  let turn = performance.now();
  for (const [height, bytes] of blocks.entries()) {
    if (performance.now() - turn > turnMs) {
      tell?.(height / blocks.length);
      await pause(signal);
      turn = performance.now();
    }
    yield bytes;
  }
}
