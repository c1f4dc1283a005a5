/** Trades a community's day, period by period, and keeps its ledger for the calls about blocks. */
import { hex } from "../../bytes.js";
import type { Engine } from "../../core/engine.js";
import { fail } from "../../errors.js";
import { totalNames } from "../../ledger/format/header.js";
import type { PeriodResult } from "../../market/result.js";
import type { Carrier } from "../../units.js";
import { t } from "../say.js";
import { keyOf, participantsOf } from "../settings/effects.js";
import type { Settings } from "../settings/settings.js";
import { openRun, type Run } from "./chain.js";
import { type AreaPeriod, openNetwork } from "./network.js";
import { scenarioOf } from "./scenario.js";
import { type CarrierStreams, streamsOf } from "./streams.js";
import { byCarrier, openTally, type Platform, type Stored, type Tally } from "./tally.js";
import { pause, turnMs, type Work } from "./work.js";

/** One carrier in one period. */
export interface CarrierPeriod extends CarrierStreams {
  readonly totals: Readonly<Record<(typeof totalNames)[number], number>>;
  /** State of charge of all stores together, in quantity ticks. */
  readonly charge: number;
  /** Its areas, root first; empty where it has none. */
  readonly areas: readonly AreaPeriod[];
}

/** One period of the day, as its block tells it. */
export interface DayPeriod extends Platform {
  readonly height: number;
  /** Start in minutes since midnight. */
  readonly minutes: number;
  readonly hash: string;
  readonly trades: number;
  readonly orders: number;
  readonly carriers: Readonly<Record<Carrier, CarrierPeriod>>;
}

/** A day that has been traded to its end. */
export interface DayDone {
  readonly participants: number;
  /** Milliseconds it took; 0 where it had been traded before. */
  readonly took: number;
}

/** The day that is kept: its key, its blocks as far as it has been traded, and what each period came to. */
export interface Traded {
  readonly key: string;
  readonly run: Run;
  readonly participants: number;
  readonly periods: readonly DayPeriod[];
  /** The storage devices by number as each period began, and as the last one ended. */
  readonly stores: readonly (readonly Stored[])[];
  /** Trades the next period, after those that others have asked for. */
  next(): Promise<void>;
}

/** The day that is opened or was, and the same once it is open. */
let wanted: { readonly key: string; readonly day: Promise<Traded> } | null = null;
let kept: Traded | null = null;

/** The day of the settings, of which nothing may be traded yet. There is one at a time: another one replaces it. */
export function tradedDay(engine: Engine, settings: Settings): Promise<Traded> {
  const key = keyOf("day", settings, null);
  if (wanted?.key === key) return wanted.day;
  const mine = { key, day: openTraded(engine, settings, key) };
  wanted = mine;
  mine.day.then(
    (day) => {
      if (wanted === mine) kept = day;
    },
    () => {
      // Whoever waits for it says why it failed; the next one who asks tries again.
      if (wanted === mine) wanted = null;
    },
  );
  return mine.day;
}

/** Whether a day is the one that is kept. */
export const isKept = ({ key }: Traded): boolean => key === wanted?.key;

/** The run whose day has the key `ledger`. Throws `state` when the worker keeps another one, or none. */
export function runOf(ledger: string): Run {
  if (kept === null || kept.key !== ledger)
    return fail("state", "ledger", t`the ledger that is kept`, t`another one: open the view again`);
  return kept.run;
}

async function openTraded(engine: Engine, settings: Settings, key: string): Promise<Traded> {
  const participants = participantsOf(settings);
  const run = await openRun(engine, scenarioOf(settings, participants));
  const told = { tally: openTally(run.community), network: openNetwork(run.community) };
  const periods: DayPeriod[] = [];
  const stores = [told.tally.stores()];
  const trade = run.periods[Symbol.asyncIterator]();
  let last: Promise<void> = Promise.resolve();
  return {
    key,
    run,
    participants,
    periods,
    stores,
    next() {
      last = last.then(async () => {
        const { value, done } = await trade.next();
        if (done === true) return;
        told.tally.add(value.block);
        stores.push(told.tally.stores());
        periods.push(periodOf(run, told, value));
      });
      return last;
    },
  };
}

function periodOf(
  now: Run,
  { tally, network }: { readonly tally: Tally; readonly network: ReturnType<typeof openNetwork> },
  { block, hash }: PeriodResult,
): DayPeriod {
  const { header } = block;
  const found = streamsOf(block, now.community.members);
  const areas = network(block);
  return {
    height: header.height,
    minutes: ((header.height - 1) * now.community.scenario.periodMs) / 60_000,
    hash: hex(hash),
    trades: header.sections.trades.count,
    orders: header.sections.orders.count,
    carriers: byCarrier((carrier) => ({
      totals: Object.fromEntries(
        totalNames.map((name) => [name, Number(header.totals[carrier][name])]),
      ) as CarrierPeriod["totals"],
      charge: tally.charge(carrier),
      areas: areas[carrier],
      ...found[carrier],
    })),
    ...tally.platform(),
  };
}

/** Trades a day until `until` of its periods are there; false where another day has replaced it meanwhile. */
export async function tradeUntil(
  day: Traded,
  until: number,
  signal: AbortSignal,
  tell: () => void = () => undefined,
): Promise<boolean> {
  let paused = performance.now();
  while (day.periods.length < until) {
    await day.next();
    if (performance.now() - paused < turnMs) continue;
    tell();
    await pause(signal);
    if (!isKept(day)) return false;
    paused = performance.now();
  }
  return true;
}

/**
 * Trades the day of the settings and tells of its periods as they are sealed; of those that were traded before, at
 * once. A call for another day ends this one, which then answers null.
 */
export async function day(
  { engine, tell, signal }: Work<readonly DayPeriod[]>,
  settings: Settings,
): Promise<DayDone | null> {
  const start = performance.now();
  const now = await tradedDay(engine, settings);
  signal.throwIfAborted();
  let told = 0;
  const news = (): void => {
    if (told < now.periods.length) tell(now.periods.slice(told));
    told = now.periods.length;
  };
  const whole = 1440 / settings.minutes;
  const before = now.periods.length;
  const ended = await tradeUntil(now, whole, signal, news);
  if (!ended) return null;
  news();
  return { participants: now.participants, took: before === whole ? 0 : performance.now() - start };
}
