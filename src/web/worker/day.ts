/** Trades a community's day, period by period, and keeps its ledger for the calls about blocks. */
import { hex } from "../../bytes.js";
import { fail } from "../../errors.js";
import { totalNames } from "../../ledger/format/header.js";
import type { PeriodResult } from "../../market/result.js";
import type { Carrier } from "../../units.js";
import { keyOf, participantsOf } from "../settings/effects.js";
import type { Settings } from "../settings/settings.js";
import { openRun, type Run } from "./chain.js";
import { type AreaPeriod, openNetwork } from "./network.js";
import { scenarioOf } from "./scenario.js";
import { type CarrierStreams, streamsOf } from "./streams.js";
import { byCarrier, openTally, type Platform, type Tally } from "./tally.js";
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

/** The day traded last: its key, its blocks, and what was sent to the page of each of its periods. */
interface Traded {
  readonly key: string;
  readonly run: Run;
  readonly periods: DayPeriod[];
  whole: boolean;
}

let traded: Traded | null = null;

/** The run whose day has the key `ledger`. Throws `state` when the worker keeps another one, or none. */
export function runOf(ledger: string): Run {
  if (traded === null || traded.key !== ledger)
    return fail("state", "ledger", "the ledger that is kept", "another one: open the view again");
  return traded.run;
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

/**
 * Trades the day of the settings and tells of its periods as they are sealed. Answers at once where that day was
 * traded last. A call for another day ends this one, which then answers null.
 */
export async function day(
  { engine, tell, signal }: Work<readonly DayPeriod[]>,
  settings: Settings,
): Promise<DayDone | null> {
  const key = keyOf("day", settings, null);
  const participants = participantsOf(settings);
  if (traded?.key === key && traded.whole) {
    tell(traded.periods);
    return { participants, took: 0 };
  }
  const start = performance.now();
  const run = await openRun(engine, scenarioOf(settings, participants));
  signal.throwIfAborted();
  const tally = openTally(run.community);
  const network = openNetwork(run.community);
  const mine: Traded = { key, run, periods: [], whole: false };
  traded = mine;
  const whole = 1440 / settings.minutes;
  let news: DayPeriod[] = [];
  let told = performance.now();
  for await (const result of run.periods) {
    tally.add(result.block);
    const period = periodOf(run, { tally, network }, result);
    mine.periods.push(period);
    news.push(period);
    mine.whole = mine.periods.length === whole;
    if (performance.now() - told <= turnMs && !mine.whole) continue;
    tell(news);
    news = [];
    told = performance.now();
    await pause(signal);
    if (traded !== mine) return null;
  }
  return { participants, took: performance.now() - start };
}
