/** How long a market takes for each period: from gate closure to the next open period, and from there to the disk. */
import type { LoggedMarket } from "../market/logged.js";
import type { PeriodResult } from "../market/result.js";

/** A period whose block is on the disk, and what it took, in milliseconds. */
export interface PeriodTimes {
  readonly result: PeriodResult;
  /** From the closure of its gate until it was cleared; null where it was closed by hand, at no time that was set. */
  readonly clearingMs: number | null;
  /** From then until its block was on the disk. */
  readonly sealingMs: number;
}

/** Tells the times of each period that is sealed from now on, until what it returns is called. */
export function onPeriodTimes(
  market: LoggedMarket,
  now: () => number,
  tell: (times: PeriodTimes) => void,
): () => void {
  let clearedMs = 0;
  let clearingMs: number | null = null;
  const stops = [
    market.on("cleared", () => {
      clearedMs = now();
      const next = market.gateClosureMs;
      clearingMs = next === null ? null : Math.max(0, clearedMs - (next - market.contract.periodMs));
    }),
    market.on("sealed", (result) => tell({ result, clearingMs, sealingMs: Math.max(0, now() - clearedMs) })),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
