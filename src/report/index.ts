/**
 * `gridclear/report`: what can be said of a ledger from its blocks alone. It is verified ({@link auditStore}), shown to
 * a participant ({@link statement}), stated to it with proofs ({@link writeBundle}), added up ({@link summarize}) and
 * written out for other programs
 * ({@link exportCsv}, {@link exportParquet}, {@link exportJson}, {@link writeLedgerFile}). Blocks come from a store's
 * `blocks()`, a file or a server; none is believed before its hashes were checked. Runs in Node and in pages.
 *
 * @module gridclear/report
 */

export type { Blocks } from "../ledger/format/chain.js";
export type { AreaSum } from "./areas.js";
export {
  type Audit,
  type AuditOptions,
  auditBlocks,
  auditStore,
  type BadLedger,
  type GoodLedger,
  type StoreAuditOptions,
} from "./audit.js";
export {
  type AccountGroup,
  accountGroups,
  type EnergyBalance,
  type MoneyBalance,
  type Summary,
} from "./balances.js";
export { type BundleStatement, readBundle } from "./bundle/read.js";
export { type BundleOptions, writeBundle } from "./bundle/write.js";
export type { Cell, Column, ColumnType, MarketTicks } from "./columns.js";
export type { Cost, CostOf, Savings } from "./cost.js";
export { exportCsv } from "./export/csv.js";
export { exportJson, importJson } from "./export/document.js";
export { readLedgerFile, writeLedgerFile } from "./export/file.js";
export { exportParquet } from "./export/parquet.js";
export type { TableOptions } from "./export/reader.js";
export { exportRows } from "./export/rowsjson.js";
export { type Table, tables } from "./export/tables.js";
export { type Known, type SummaryOptions, summarize } from "./indicators.js";
export {
  type CarrierOptimum,
  type Optimum,
  type OptimumOptions,
  optimum,
} from "./optimum/optimum.js";
export type { Solver } from "./optimum/problem.js";
export {
  type Statement,
  type StatementEntry,
  type StatementOptions,
  statement,
  statementColumns,
  statementRow,
} from "./statement.js";
export type {
  ByCarrier,
  CommunityTrading,
  Emissions,
  Peak,
  Prices,
  Trading,
  TradingOfAll,
} from "./tradingsum.js";
export type { AddedBattery, AreaChange, ClearingChange, TariffChange, WhatIfRules } from "./whatif/rules.js";
export {
  type BeforeAfter,
  type MemberChange,
  type MemberOutcome,
  replayWith,
  type WhatIf,
  type WhatIfOptions,
} from "./whatif/whatif.js";
