/** What a market is put together from. */
import type { Store } from "../ledger/store/store.js";
import type { MarketContract } from "./contracts/contracts.js";
import type { MatchingEngine } from "./engine.js";
import type { ListenerReporter } from "./events.js";
import type { Proposals } from "./intake/proposals.js";
import type { Signing } from "./intake/signing.js";
import type { OpenPeriod } from "./period/period.js";
import type { MarketState } from "./period/state.js";
import type { Clock } from "./schedule.js";
import type { Secrets } from "./secrets.js";
import type { Snapshots } from "./snapshots.js";

/** What `openMarket` puts a market together from. */
export interface MarketParts {
  readonly contract: MarketContract;
  readonly id: Uint8Array;
  readonly engine: MatchingEngine;
  readonly store: Store;
  readonly clock: Clock;
  readonly catchUp: number;
  readonly report: ListenerReporter;
  readonly secrets: Secrets;
  readonly state: MarketState;
  readonly signing: Signing | null;
  /** Whether everything is kept in the store's log before it is acknowledged. */
  readonly logged: boolean;
  /** Contracts that wait for their period. */
  readonly proposals: Proposals;
  readonly snapshots: Snapshots;
  readonly open: OpenPeriod;
  readonly timestampMs: number;
}
