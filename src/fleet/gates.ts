/** When the periods of a fleet close: at whole multiples of the period, so that every worker means the same moment. */
import type { Gate } from "./messages.js";

/** Most missed periods that are made up one by one; when more were missed, one stands for all of them. */
const catchUp = 16;

/** What the next gate follows from. */
export interface GateTimes {
  /** The open period, and the timestamp of the block before. */
  readonly period: number;
  readonly lastMs: number;
  readonly periodMs: number;
  readonly nowMs: number;
}

/** When the open period closes, in milliseconds since 1970. */
export const dueMs = ({ lastMs, periodMs }: Pick<GateTimes, "lastMs" | "periodMs">): number =>
  (Math.floor(lastMs / periodMs) + 1) * periodMs;

/** The gate that is due; null while none is. */
export function gateDue({ period, lastMs, periodMs, nowMs }: GateTimes): Gate | null {
  const due = dueMs({ lastMs, periodMs });
  if (nowMs < due) return null;
  const missed = Math.floor((nowMs - due) / periodMs);
  return { period, timestampMs: missed <= catchUp ? due : due + missed * periodMs };
}
