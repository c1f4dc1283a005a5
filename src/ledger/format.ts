/**
 * `gridclear/format`: the ledger's format, for programs that read and write its bytes themselves: layouts of records
 * with what reads and writes them, headers and blocks, canonical JSON, and the statements that signatures are made
 * over. docs/ledger-format.md and docs/signatures.md say the same in tables. Nothing here judges a ledger:
 * `gridclear/verify` does.
 *
 * @module gridclear/format
 */

export {
  type Block,
  type BlockDraft,
  blockBytes,
  buildBlock,
  checkBlock,
  decodeBlock,
  decodeItems,
  encodeBlock,
  encodeItems,
  hashOfBlock,
  type Sections,
} from "./format/block.js";
export {
  decodeCanonical,
  encodeCanonical,
  type Json,
  maxDocumentBytes,
  maxJsonBytes,
  maxJsonDepth,
} from "./format/canonical.js";
export {
  blockHash,
  decodeHeader,
  encodeHeader,
  formatVersion,
  type Header,
  headerBytes,
  marketId,
  maxBlockBytes,
  maxItemBytes,
  maxItems,
  maxSectionBytes,
  privateMarket,
  type SectionDescriptor,
  signedMarket,
  type Totals,
  totalNames,
} from "./format/header.js";
export {
  type Codes,
  type CodesByName,
  checkRecords,
  codesOf,
  decodeRecords,
  encodeRecords,
  type Field,
  type Layout,
  type Offsets,
  offsetsOf,
  readRecord,
  recordCount,
} from "./format/layout.js";
export {
  type AccountName,
  account,
  accountNames,
  type FlowRecord,
  firstCollateralAccount,
  firstParticipantAccount,
  flowCode,
  flowKinds,
  flowLayout,
  noCarrier,
  none,
  type OrderRecord,
  orderLayout,
  type PostingRecord,
  partyCode,
  postingCode,
  postingKinds,
  postingLayout,
  type ReadingRecord,
  readingCorrection,
  readingEstimated,
  readingLayout,
  sideCode,
  sides,
  standingRevision,
  type TradeRecord,
  tradeCode,
  tradeKinds,
  tradeLayout,
  tradeParties,
} from "./format/records.js";
export { saltBytes, secretBytes } from "./format/salting.js";
export {
  type ItemSection,
  type Leaf,
  leafOf,
  type RecordSection,
  recordSections,
  recordsRoot,
  rowBytes,
  rowRecords,
  type SectionName,
  type StateSection,
  type StoredSection,
  sectionLayouts,
  sectionNames,
  stateSections,
  storedSections,
} from "./format/sections.js";
export {
  decodeSnapshot,
  encodeSnapshot,
  maxSnapshotBytes,
  type Snapshot,
  type SnapshotName,
} from "./format/snapshot.js";
export {
  type BookRecord,
  type BookTradeRecord,
  bookLayout,
  bookSettled,
  bookTradeLayout,
  type LastReadingRecord,
  lastReadingLayout,
  type MeterRecord,
  meterKnown,
  meterLayout,
  type NameRecord,
  nameKinds,
  nameLayout,
  type StateRecord,
  stateCode,
  stateKinds,
  stateLayout,
} from "./format/state.js";
export { decodeEvidence, type Evidence, encodeEvidence } from "./keys/evidence.js";
export {
  batchStatement,
  contractStatement,
  orderStatement,
  readingStatement,
  readStatement,
  receiptStatement,
} from "./keys/message.js";
export type { Hasher } from "./tree/hasher.js";
