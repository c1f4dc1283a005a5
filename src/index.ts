/**
 * gridclear: clears, settles, seals and verifies local energy markets.
 *
 * The engine is for people who have arrays ({@link openEngine}), the market for people who have a market
 * ({@link openMarket}). The light client stands in `gridclear/verify`, the stores in `gridclear/store/*`.
 *
 * @module gridclear
 */
export {
  type Area,
  type AreaBook,
  type AreaClearing,
  type AreaColumns,
  type AreaOrderColumns,
  type AreaRules,
  type AreaTradeColumns,
  type EdgeMoney,
  edgeMoney,
  maxAreas,
} from "./core/areas.js";
export { type AreaFault, type AreaOutcome, areaFault } from "./core/certificate.js";
export {
  type Clearing,
  type Counters,
  copyClearing,
  type Matching,
  type Pooling,
  storageLot,
  type TradeColumns,
} from "./core/clearing.js";
export { type Book, maxOrders, type OfferColumns, type OrderColumns } from "./core/columns.js";
export { type Engine, openEngine } from "./core/engine.js";
export type { SaltedRecords, Sha256Stream } from "./core/hashing.js";
export type { WasmSource } from "./core/load.js";
export type { Mechanism, Pricing } from "./core/mechanisms.js";
export type { EngineOptions } from "./core/options.js";
export type { Parties, RecordOptions, TradeRecords } from "./core/records.js";
export type { ClearingRules, CommissionTier, PoolRules } from "./core/rules.js";
export { maxThreads } from "./core/threads.js";
export { type HashWorker, hashWorkerSource } from "./core/worker.js";
export { type ErrorCode, type ErrorDetail, GridclearError } from "./errors.js";
export { type Block, decodeBlock, encodeBlock, hashOfBlock } from "./ledger/format/block.js";
export type { Signatures, SigningKey } from "./ledger/keys/backend.js";
export { proveBlock, proveMeter, proveRecord, type RecordPlace } from "./ledger/proof/prove.js";
export type { Receipt } from "./ledger/proof/receipt.js";
export { type Ask, type ServedLedger, serveLedger } from "./ledger/service/server.js";
export {
  type Followed,
  type LedgerSource,
  Witness,
  type WitnessOptions,
  type WitnessStart,
} from "./ledger/service/witness.js";
export type { Recovery, Store, StoredLog, StoreOptions } from "./ledger/store/store.js";
export type { Hasher } from "./ledger/tree/hasher.js";
export { openHasher } from "./ledger/tree/hashwasm.js";
export { HistoryTree } from "./ledger/tree/history.js";
export type * from "./market/contracts/contracts.js";
export { parseContract } from "./market/contracts/kinds.js";
export { type Opening, openTerms } from "./market/contracts/opening.js";
export type { CommunityContract, MemberContract, ShareContract } from "./market/contracts/sharedcontracts.js";
export type { StandingOrder, StandingQuantity } from "./market/contracts/standingorder.js";
export type { MatchingEngine } from "./market/engine.js";
export { type ListenerReporter, type MarketEvents, reportToConsole } from "./market/events.js";
export { batchRecords } from "./market/intake/columns.js";
export type {
  AcceptedOrder,
  BatchProof,
  BatchResult,
  Order,
  OrderBatch,
  OrderResult,
  Reading,
  Refused,
  SignedOrders,
  SignedResult,
  Taken,
} from "./market/intake/request.js";
export type { LoggedMarket } from "./market/logged.js";
export type { Market } from "./market/market.js";
export { type MarketOptions, openMarket } from "./market/open.js";
export {
  Platform,
  type PlatformOptions,
  type ReceiptedBatch,
  type ReceiptedOrder,
} from "./market/platform.js";
export { openReplay, type Replay, type Replayed } from "./market/replay.js";
export {
  type AreaResult,
  type CarrierResult,
  type PaperArrays,
  type PaperCounters,
  type PeriodResult,
  type Plain,
  paperArrays,
} from "./market/result.js";
export { type Clock, systemClock } from "./market/schedule.js";
export type { Secrets } from "./market/secrets.js";
export {
  openWitnessReplay,
  type Warn,
  type WitnessReplay,
  type WitnessReplayOptions,
} from "./market/snapshots.js";
export type { DeviceView, MarketView } from "./market/view.js";
export {
  amountTick,
  type Carrier,
  carriers,
  formatTicks,
  maxPrice,
  maxQuantity,
  microTick,
  minPrice,
  parsePrice,
  parseQuantity,
  parseTick,
  parseTicks,
  type Tick,
} from "./units.js";
