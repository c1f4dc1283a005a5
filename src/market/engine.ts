/** What a market needs of the engine. `Engine` (core) has it; tests may hand in another. */
import { needMethods } from "../check.js";
import type { AreaBook, AreaClearing, AreaRules } from "../core/areas.js";
import type { Matching, Pooling } from "../core/clearing.js";
import type { Book, OrderColumns } from "../core/columns.js";
import type { RecordOptions, TradeRecords } from "../core/records.js";
import type { ClearingRules, PoolRules } from "../core/rules.js";
import type { Hasher } from "../ledger/tree/hasher.js";

/** Both scenarios in stages, and hashes. */
export interface MatchingEngine extends Hasher {
  /** Makes room, so that nothing moves between the stages. */
  reserve(offers: number, bids: number, storageLots?: number): void;
  /** Scenario 1. */
  match(book: Book, rules: ClearingRules): Matching;
  /** Clears on areas. */
  clear(book: AreaBook, rules: AreaRules): AreaClearing;
  /** What the last matching left, as `sell` goes on from it. */
  remaining(): Matching["remaining"];
  /** Trades of the last matching and selling as records of the ledger. */
  tradeRecords(options: RecordOptions): TradeRecords;
  /** Scenario 2 from what the last matching has in `remaining`. */
  sell(pool: PoolRules, lots?: OrderColumns): Pooling;
}

/** Throws `invalid` unless a value is an engine: a promise of one, for example, is not. */
export function checkEngine(value: unknown): void {
  needMethods(value, "engine", "an engine, as `await openEngine()` gives it", [
    "match",
    "sell",
    "tradeRecords",
    "sha256",
  ]);
}
