import { buildBlock, encodeBlock, hashOfBlock } from "../ledger/format/block.js";
import type { Store } from "../ledger/store/store.js";
import type { MarketContract } from "./contracts/contracts.js";
import type { MatchingEngine } from "./engine.js";
import type { PeriodOutcome } from "./period/period.js";
import { type PeriodResult, resultOf } from "./result.js";

/** What a block says beside what follows from its period. */
export interface SealParts {
  readonly engine: MatchingEngine;
  readonly store: Store;
  readonly contract: MarketContract;
  readonly marketId: Uint8Array;
  readonly period: number;
  readonly timestampMs: number;
  readonly evidence: Uint8Array;
}

/** Builds the block of a period and its result; storing it is the caller's. */
export function seal(parts: SealParts, outcome: PeriodOutcome): PeriodResult {
  const { engine, store, contract, marketId, period, timestampMs, evidence } = parts;
  const block = buildBlock(
    {
      signed: contract.signed,
      marketId,
      period,
      timestampMs,
      ...store.next(),
      rules: outcome.rules,
      sections: { ...outcome.sections, evidence },
      state: outcome.state,
      totals: outcome.totals,
    },
    engine,
  );
  return resultOf(block, encodeBlock(block), hashOfBlock(block, engine), outcome);
}
