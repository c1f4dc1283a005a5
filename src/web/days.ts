/**
 * The day that is traded: one for the whole page, whichever view asked for it. Day draws it and Ledger opens its
 * blocks, both by its key, so that neither can show a day of which the worker keeps another's blocks, and neither can
 * end the other's.
 */
import { keyOf } from "./settings/effects.js";
import type { Settings } from "./settings/settings.js";
import type { Client } from "./worker/client.js";
import type { DayDone, DayPeriod } from "./worker/day.js";

/** How far the day has come. */
export interface Day {
  /** What it is asked about by; see {@link keyOf}. */
  readonly key: string;
  readonly settings: Settings;
  readonly periods: readonly DayPeriod[];
  /** null until it is traded to its end. */
  readonly done: DayDone | null;
  /** Why it could not be traded. */
  readonly error: unknown;
}

export interface Days {
  /** The day of these settings: the one that is being traded or was, or a new one. */
  open(settings: Settings): Day;
  /** Says that the worker is asked about the day of these settings, so that it keeps no other: that is forgotten. */
  keep(settings: Settings): void;
  /** Trades the day again after a failure. */
  retry(): void;
  /** Calls `listener` whenever more periods of the day are there, with how many it knew of before. */
  watch(listener: (day: Day, before: number) => void): void;
}

export function openDays(client: Client): Days {
  let day: Day | null = null;
  let controller = new AbortController();
  const listeners: ((day: Day, before: number) => void)[] = [];

  function start(settings: Settings): Day {
    controller.abort();
    const mine = new AbortController();
    controller = mine;
    let now: Day = { key: keyOf("day", settings, null), settings, periods: [], done: null, error: null };
    day = now;
    const to = (change: Partial<Day>): void => {
      if (mine.signal.aborted) return;
      const before = now.periods.length;
      now = { ...now, ...change };
      day = now;
      for (const listener of listeners) listener(now, before);
    };
    client
      .call("day", settings, {
        signal: mine.signal,
        onNews: (news) => to({ periods: [...now.periods, ...news] }),
      })
      .then(
        (done) => {
          if (done !== null) to({ done });
          // Another day has taken its place in the worker.
          else if (day === now) day = null;
        },
        (error: unknown) => to({ error }),
      );
    return now;
  }

  return {
    open: (settings) =>
      day !== null && day.key === keyOf("day", settings, null) && day.error === null ? day : start(settings),
    keep(settings) {
      if (day === null || day.key === keyOf("day", settings, null)) return;
      controller.abort();
      day = null;
    },
    retry() {
      if (day !== null) start(day.settings);
    },
    watch(listener) {
      listeners.push(listener);
    },
  };
}
