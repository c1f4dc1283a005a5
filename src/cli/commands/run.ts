/** `gridclear run`: a community's periods, sealed into a ledger on disk; also what `gridclear demo` is made of. */
import { setTimeout as wait } from "node:timers/promises";
import { hex, toUtf8 } from "../../bytes.js";
import { openEngine } from "../../core/engine.js";
import { fail, placed } from "../../errors.js";
import type { SigningKey } from "../../ledger/keys/backend.js";
import { openSignatures } from "../../ledger/keys/signature.js";
import type { Store } from "../../ledger/store/store.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import type { Summary } from "../../report/indicators.js";
import { type Community, openCommunity } from "../../simulation/community.js";
import type { MeasuredProfile } from "../../simulation/members/profiles.js";
import { type Scenario, strategyNames } from "../../simulation/scenario.js";
import { scenarioNames } from "../../simulation/scenarios/index.js";
import { type SignedRun, signedRun } from "../../simulation/signed.js";
import { openSimulation, type Simulation } from "../../simulation/simulation.js";
import type { WeatherYear } from "../../simulation/world/measured.js";
import { clocksOf } from "../../zones.js";
import { type Command, defineCommand, type Io } from "../command.js";
import { openOwnLedger } from "../parts/folder.js";
import { type Interruption, interruptible } from "../parts/interrupt.js";
import { readKeyFile } from "../parts/keyfile.js";
import { progressLine } from "../parts/progress.js";
import { ReceiptFile } from "../parts/receiptfile.js";
import { type OwnStrategy, readScenario, readStrategy } from "../parts/scenario.js";
import { type RunFacts, summaryDocument, summaryText } from "../parts/summary.js";
import { grouped } from "../parts/table.js";

/** `gridclear run`: a scenario's periods, sealed. */
export const runCommand: Command = defineCommand({
  name: "run",
  summary: "run a community's periods and seal them into a ledger",
  forms: [
    "SCENARIO [--ledger DIR] [--periods N] [--realtime] [--json]\n[--snapshot-every N] [--strategy NAME|FILE.js]\n[--key FILE [--receipts FILE]]",
  ],
  about:
    "Runs a community's periods and seals each into a ledger on disk, then shows where every kWh and every coin went. Interrupted, by Ctrl-C or in any other way, the same command goes on where it stopped; the ledger and the receipts come out the same.",
  arguments: [{ name: "SCENARIO", help: `a JSON file, or one of: ${scenarioNames.join(", ")}` }],
  options: {
    ledger: {
      value: "DIR",
      default: "ledger",
      help: "directory of the ledger, made when it is not there; one with other files is refused",
    },
    periods: { value: "N", help: "stop after so many periods; the rest is for the next call" },
    "snapshot-every": {
      value: "N",
      help: "keep the state beside the blocks after every N of them: the same command then goes on from there, without executing what was before",
    },
    strategy: {
      value: "NAME|FILE.js",
      help: `how everybody bids: ${strategyNames.join(", ")}, or the function that a module of yours exports as default (docs/scenarios.md); it runs with all that this command may do`,
    },
    realtime: { help: "let every period take as long as it lasts" },
    json: { help: "one JSON document on standard output" },
    key: {
      value: "FILE",
      help: "the platform's key (gridclear keys make): contracts, readings, orders (by a gateway, a batch a period) and heads are signed; the keys of the simulated gateway and participants are derived from it",
    },
    receipts: {
      value: "FILE",
      help: "where the platform's receipt of each order in the ledger goes, one a line, for gridclear verify --receipt",
    },
  },
  exits: {
    0: "done, or stopped after --periods",
    1: "the ledger that is there is not good, or the market refused orders of the run, such as those beyond their owner's means",
  },
  async run({ arguments: [name], options }, io) {
    const { key: keyFile, receipts } = options;
    if (receipts !== undefined && keyFile === undefined)
      return fail("invalid", "--receipts", "--key with it: only a signed run gives receipts", receipts);
    const read = await readScenario(name!, io);
    try {
      const { scenario, own } = await readStrategy(options.strategy, read.scenario);
      const { measured, weather } = read;
      const { summary, facts, exitCode } = await runInto(
        {
          scenario,
          measured,
          weather,
          own,
          ledger: options.ledger,
          periods: readPeriods(options.periods),
          realtime: options.realtime,
          snapshotEvery: readEvery(options["snapshot-every"]),
          key: keyFile === undefined ? null : (await readKeyFile(keyFile)).key,
          receipts: receipts ?? null,
        },
        io,
      );
      if (options.json) io.out(`${JSON.stringify(summaryDocument(summary, facts))}\n`);
      else io.out(summaryText(summary, facts));
      return exitCode;
    } finally {
      read.close();
    }
  },
});

function readEvery(text: string | undefined): number | null {
  if (text === undefined) return null;
  return /^[1-9][0-9]{0,6}$/.test(text)
    ? Number(text)
    : fail("invalid", "--snapshot-every", "a whole number from 1 to 9999999", text);
}

function readPeriods(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  return /^[1-9][0-9]{0,6}$/.test(text)
    ? Number(text)
    : fail("invalid", "--periods", "a whole number from 1 to 9999999", text);
}

/** What {@link runInto} runs, and where. */
export interface RunOptions {
  readonly scenario: Scenario;
  readonly measured: readonly MeasuredProfile[];
  /** The weather of the file that the scenario names; null when it is drawn. */
  readonly weather: WeatherYear | null;
  /** A strategy of the user's own, and the text it came from; null: as the scenario says. */
  readonly own: OwnStrategy | null;
  /** Directory of the ledger; made when it is not there, resumed when it is. */
  readonly ledger: string;
  /** Most periods of this call; the rest stays for the next. */
  readonly periods: number;
  /** Keep a snapshot after every so many blocks; null: none. */
  readonly snapshotEvery: number | null;
  /** Wait for each period to pass, instead of running as fast as the machine can. */
  readonly realtime: boolean;
  /** The platform's key: then everything is signed. Null: nothing is. */
  readonly key: SigningKey | null;
  /** File for the receipts of a signed run's orders, or null. */
  readonly receipts: string | null;
}

/**
 * What a run came to; `exitCode` is 130 or 143 when a signal stopped it before its end, else 1 when orders were
 * refused, and 0.
 */
export interface RunResult {
  readonly summary: Summary;
  readonly facts: RunFacts;
  readonly exitCode: number;
}

/**
 * Runs a scenario into a ledger on disk until it is done, stopped after `periods`, or interrupted; every period is
 * flushed.
 */
export async function runInto(options: RunOptions, io: Io): Promise<RunResult> {
  const { scenario, ledger } = options;
  const engine = await openEngine();
  try {
    const { community, run } = await communityOf(options, engine);
    // The market executes what it begins with, and the summary checks every block: once is enough.
    const store = await openOwnLedger(ledger, { hasher: engine, verify: "hashes" });
    try {
      const signed = run === null ? {} : { signed: run };
      const every = options.snapshotEvery === null ? {} : { snapshotEvery: options.snapshotEvery };
      const simulation = await openSimulation(community, { engine, store, ...signed, ...every }).catch(
        (error: unknown) => {
          throw placed(error, ledger);
        },
      );
      const receipts = await openReceipts(options, store, engine);
      try {
        return await interruptible(async (stop) => {
          const ran = await step(simulation, { options, receipts, stop, io });
          const complete = simulation.done;
          const refused = await simulation.refused();
          const stopped = complete ? 0 : stop.exitCode;
          return {
            summary: await simulation.summary(),
            facts: {
              scenario,
              ledger,
              head: hex(store.head!.hash),
              complete,
              kinds: new Map(community.members.map(({ id, kind }) => [id, kind])),
              refused,
              ...ran,
            },
            exitCode: stopped !== 0 ? stopped : refused.orders > 0 ? 1 : 0,
          };
        });
      } finally {
        await receipts?.close();
      }
    } finally {
      await store.close();
    }
  } finally {
    engine.close();
  }
}

/** The community of a run, and how it signs; null when it does not. */
async function communityOf(
  { scenario, measured, weather, own, key }: RunOptions,
  hasher: Hasher,
): Promise<{ community: Community; run: SignedRun | null }> {
  const community = openCommunity(scenario, {
    measured,
    ...(weather === null ? {} : { weather }),
    ...(own === null ? {} : { strategy: own.strategy, strategyId: hex(hasher.sha256(toUtf8(own.text))) }),
  });
  if (key === null) return { community, run: null };
  return signedRun(community, { signatures: await openSignatures(), hasher, key });
}

async function openReceipts(
  { key, receipts: path }: RunOptions,
  store: Store,
  hasher: Hasher,
): Promise<ReceiptFile | null> {
  if (key === null || path === null) return null;
  const file = await ReceiptFile.open({ path, key, hasher });
  try {
    await file.catchUp(store);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** What a run of periods works with besides the simulation. */
interface Stepping {
  readonly options: RunOptions;
  readonly receipts: ReceiptFile | null;
  readonly stop: Interruption;
  readonly io: Io;
}

/** Runs period after period; how many, with how many orders, in what time. */
async function step(
  simulation: Simulation,
  { options, receipts, stop, io }: Stepping,
): Promise<Pick<RunFacts, "ranPeriods" | "ranOrders" | "durationMs">> {
  const { scenario, periods, realtime } = options;
  if (simulation.place > 0 && !simulation.done)
    io.err(`resuming at period ${grouped(simulation.place + 1)} of ${grouped(scenario.periods)}\n`);
  const startedMs = performance.now();
  const progress = progressLine(io);
  let ranPeriods = 0;
  let ranOrders = 0;
  while (!simulation.done && ranPeriods < periods && !stop.signal.aborted) {
    if (realtime) {
      const dueMs = startedMs + (ranPeriods + 1) * scenario.periodMs - performance.now();
      await wait(Math.max(dueMs, 0), undefined, { signal: stop.signal }).catch(() => {});
      if (stop.signal.aborted) break;
    }
    const { value } = await simulation.next();
    if (value === undefined) break;
    const { block } = value;
    await receipts?.add(block);
    ranPeriods += 1;
    ranOrders += block.header.sections.orders.count;
    progress(() => placeText(simulation, ranPeriods, performance.now() - startedMs));
  }
  if (ranPeriods > 0) progress(() => placeText(simulation, ranPeriods, performance.now() - startedMs), true);
  return { ranPeriods, ranOrders, durationMs: performance.now() - startedMs };
}

/** Time of day, share and speed of a run, such as `14:30   60 %  period 58 of 96, 40 a second`. */
function placeText({ community, place }: Simulation, ran: number, durationMs: number): string {
  const { periods, timeZone, periodMs } = community.scenario;
  // The end of the last period is midnight; the day it belongs to is better told by its beginning.
  const timeMs = community.timeOf(place) - (place === periods ? periodMs : 0);
  const time = new Date(timeMs + clocksOf(timeZone).offsetAt(timeMs)).toISOString().slice(11, 16);
  const share = `${Math.floor((place * 100) / periods)}`.padStart(3);
  const speed = grouped(Math.round((ran * 1000) / Math.max(durationMs, 1)));
  return `${time}  ${share} %  period ${grouped(place)} of ${grouped(periods)}, ${speed} a second`;
}
