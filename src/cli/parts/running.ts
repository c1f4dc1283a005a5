import { appendFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { hex } from "../../bytes.js";
import { openEngine } from "../../core/engine.js";
import { openSignatures, type SigningKey } from "../../ledger/keys/signature.js";
import { encodeReceipt, type Receipt } from "../../ledger/proof/receipt.js";
import { openNodeStore } from "../../ledger/store/node.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import type { Summary } from "../../report/indicators.js";
import { type Community, openCommunity } from "../../simulation/community.js";
import type { MeasuredProfile } from "../../simulation/members/profiles.js";
import type { Scenario } from "../../simulation/scenario.js";
import { type SignedRun, signedRun } from "../../simulation/signed.js";
import { openSimulation, type Simulation } from "../../simulation/simulation.js";
import type { Io } from "../command.js";
import type { RunFacts } from "./summary.js";
import { grouped } from "./table.js";

/** What a run into a ledger is told. */
export interface RunOptions {
  readonly scenario: Scenario;
  readonly measured: readonly MeasuredProfile[];
  /** Directory of the ledger; made when it is not there, resumed when it is. */
  readonly ledger: string;
  /** Most periods of this call; the rest stays for the next. */
  readonly periods: number;
  /** Wait for each period to pass, instead of running as fast as the machine can. */
  readonly realtime: boolean;
  /** The platform's key: then everything is signed. */
  readonly key?: SigningKey;
  /** File to which the receipts of a signed run's orders are added, one a line. */
  readonly receipts?: string;
}

/** Key in the store under which a run keeps its scenario: by it `demo` knows its own ledgers. */
export const scenarioKey = "scenario";

/** Runs a scenario into a ledger on disk until it is done, told to stop, or interrupted; every period is flushed. */
export async function runInto(
  options: RunOptions,
  io: Io,
): Promise<{ summary: Summary; facts: RunFacts; interrupted: boolean }> {
  const { scenario, ledger } = options;
  const engine = await openEngine();
  const { community, run } = await openRun(options, engine);
  const store = await openNodeStore(ledger, { hasher: engine });
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  try {
    const simulation = await openSimulation(community, {
      engine,
      store,
      ...(run === null ? {} : { signed: run }),
    });
    if ((await store.getMeta(scenarioKey)) === null)
      await store.putMeta(scenarioKey, new TextEncoder().encode(JSON.stringify(scenario)));
    if (simulation.place > 0 && !simulation.done)
      io.err(`resuming at period ${grouped(simulation.place + 1)} of ${grouped(scenario.periods)}\n`);
    const started = performance.now();
    let ranPeriods = 0;
    let ranOrders = 0;
    const progress = progressOf(io, community);
    while (!simulation.done && ranPeriods < options.periods && !stop.signal.aborted) {
      if (options.realtime) {
        const due = started + (ranPeriods + 1) * scenario.periodMs - performance.now();
        await wait(Math.max(due, 0), undefined, { signal: stop.signal }).catch(() => {});
        if (stop.signal.aborted) break;
      }
      const { value: result } = await simulation.next();
      if (result === undefined) break;
      ranPeriods += 1;
      ranOrders += result.block.header.sections.orders.count;
      progress(simulation, ranPeriods, performance.now() - started);
    }
    progress(simulation, ranPeriods, performance.now() - started, true);
    return {
      summary: simulation.summary(),
      facts: {
        scenario,
        ledger,
        head: hex(store.head!.hash),
        complete: simulation.done,
        ranPeriods,
        ranOrders,
        durationMs: performance.now() - started,
      },
      interrupted: stop.signal.aborted && !simulation.done,
    };
  } finally {
    process.removeListener("SIGINT", interrupt);
    process.removeListener("SIGTERM", interrupt);
    await store.close();
    engine.close();
  }
}

/** The community of a run, and how it signs; null when it does not. */
async function openRun(
  { scenario, measured, key, receipts }: RunOptions,
  hasher: Hasher,
): Promise<{ community: Community; run: SignedRun | null }> {
  const community = openCommunity(scenario, measured);
  if (key === undefined) return { community, run: null };
  const keep = (given: readonly Receipt[]): Promise<void> =>
    receipts === undefined ? Promise.resolve() : appendFile(receipts, given.map(encodeReceipt).join(""));
  return signedRun(community, { signatures: await openSignatures(), hasher, key, receipts: keep });
}

const betweenLinesMs = 100;
const clockOf = (timeMs: number): string => new Date(timeMs).toISOString().slice(11, 16);

/** A line that renews itself on a terminal; elsewhere a line for each tenth of the run. */
function progressOf(
  io: Io,
  community: Community,
): (simulation: Simulation, ran: number, durationMs: number, last?: boolean) => void {
  const { periods, utcOffsetMinutes, periodMs } = community.scenario;
  let shownMs = Number.NEGATIVE_INFINITY;
  let shownTenth = -1;
  return (simulation, ran, durationMs, last = false) => {
    const { place } = simulation;
    if (ran === 0) return;
    const tenth = Math.floor((place * 10) / periods);
    if (io.isTTY ? !last && durationMs - shownMs < betweenLinesMs : last || tenth === shownTenth) return;
    shownMs = durationMs;
    shownTenth = tenth;
    const time = clockOf(
      community.timeOf(place) + utcOffsetMinutes * 60_000 - (place === periods ? periodMs : 0),
    );
    const share = `${Math.floor((place * 100) / periods)}`.padStart(3);
    const speed = grouped(Math.round((ran * 1000) / Math.max(durationMs, 1)));
    const text = `${time}  ${share} %  period ${grouped(place)} of ${grouped(periods)}, ${speed} a second`;
    io.err(io.isTTY ? `\r${text.padEnd(Math.min(io.columns - 1, 70))}${last ? "\n" : ""}` : `${text}\n`);
  };
}
