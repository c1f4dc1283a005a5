/**
 * One run of a study: a scenario traded from its first period to its last, of which nothing is kept but what it came
 * to. Its blocks are dropped once they are added up, so that a run of years needs no more memory than one of days.
 */
import type { Engine } from "../core/engine.js";
import { type MemoryMedium, memoryMedium, openMemoryStore } from "../ledger/store/memory.js";
import type { Store } from "../ledger/store/store.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import { type CommunityParts, openCommunity } from "../simulation/community.js";
import type { Scenario } from "../simulation/scenario.js";
import { openSimulation, type Simulation } from "../simulation/simulation.js";
import { type Measured, measuresOf, type Values } from "./measures.js";

/** A store that keeps its last block alone, for a market that nobody will open again. */
export async function passingStore(hasher: Hasher): Promise<Store> {
  const kept = memoryMedium();
  const medium: MemoryMedium = {
    ...kept,
    async append(...block) {
      await kept.append.apply(this, block);
      delete this.blocks[block[0] - 1];
    },
  };
  return openMemoryStore({ hasher }, medium);
}

/** What a run has come to so far, measured. */
export async function valuesOf(simulation: Simulation): Promise<Values> {
  const { community } = simulation;
  const areas = new Map(
    community
      .contracts(-1)
      .flatMap((contract) => (contract.kind === "participant" ? [[contract.id, contract.areas ?? {}]] : [])),
  );
  const members = new Map<string, Measured>(
    community.members.map(({ id, kind }) => [id, { kind, areas: areas.get(id) ?? {} }]),
  );
  const { orders } = await simulation.refused();
  const { periodMs } = community.scenario;
  return measuresOf(await simulation.summary(), members, { periodMs, refused: orders });
}

/** What a run works with. */
export interface RunTools {
  readonly engine: Engine;
  /** Called after each period with its place, from 1, and waited for. Throw to end the run. */
  readonly progress?: (place: number) => unknown;
}

/** Trades and measures a scenario. Throws `invalid` for one that can't be opened, and what `progress` throws. */
export async function runOnce(
  scenario: Scenario,
  parts: CommunityParts,
  { engine, progress }: RunTools,
): Promise<Values> {
  const community = openCommunity(scenario, parts);
  const store = await passingStore(engine);
  try {
    const simulation = await openSimulation(community, { engine, store });
    // From genesis on, which is dropped with the first period, blocks are added up as they come.
    await simulation.refused();
    while (!simulation.done) {
      await simulation.next();
      await progress?.(simulation.place);
    }
    return await valuesOf(simulation);
  } finally {
    await store.close();
  }
}
