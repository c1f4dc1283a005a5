/** What the steps of one period work on, handed from step to step. */
import type { Accounts } from "../books/accounts.js";
import type { Journal } from "../books/journal.js";
import type { Positions } from "../books/positions.js";
import type { Sums } from "../books/sums.js";
import type { Workspace } from "../books/workspace.js";
import type { Terms } from "../contracts/terms.js";
import type { MatchingEngine } from "../engine.js";
import type { Lottery } from "./lottery.js";
import type { Orders } from "./orders.js";
import type { ResolvedTerms } from "./resolved.js";

/** One period that closes. */
export interface Round {
  readonly period: number;
  /** What ranks orders that the rules rank equal, where a carrier draws lots. */
  readonly lottery: Lottery;
  readonly workspace: Workspace;
  readonly terms: Terms;
  readonly resolved: ResolvedTerms;
  readonly accounts: Accounts;
  /** State of charge by device number, in quantity ticks. */
  readonly charges: number[];
  readonly orders: Orders;
  readonly journal: Journal;
  readonly sums: Sums;
  readonly positions: Positions;
  readonly engine: MatchingEngine;
  /** Most that the bids of linked converters count for, by (participant, carrier) (linked.ts). */
  readonly linked: ReadonlyMap<number, number>;
  /** Whether every clearing on areas has to prove that it is the best, as when a ledger is executed again. */
  readonly certify: boolean;
}
