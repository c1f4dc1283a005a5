/**
 * `gridclear/verify`: the light client. Checks proofs, receipts, heads, headers and whole blocks of a ledger with
 * nothing of the market, the stores or the engine; runs in Node and in pages, under 18 kB compressed. It hashes with
 * `plainHasher`, a kilobyte of TypeScript: `hash-wasm` alone takes seven and a page's leave to run WebAssembly, and
 * WebCrypto answers only in promises and only in secure contexts. To check whole ledgers fast, pass `hash-wasm`'s or
 * the engine's hasher. Where WebCrypto has no Ed25519, pass `openSignatures` the backend of `gridclear/ed25519`.
 *
 * @module gridclear/verify
 */

export { fromHex, hex } from "../bytes.js";
export { type ErrorCode, GridclearError } from "../errors.js";
export { type Block, checkBlock, decodeBlock, type Sections } from "./format/block.js";
export {
  type Blocks,
  Chain,
  type ChainCheck,
  type ChainVerdict,
  type Head,
  type Linkage,
  verifyChain,
} from "./format/chain.js";
export {
  blockHash,
  decodeHeader,
  type Header,
  marketId,
  type SectionDescriptor,
  type Totals,
} from "./format/header.js";
export { type Layout, readRecord } from "./format/layout.js";
export {
  type FlowRecord,
  flowLayout,
  type OrderRecord,
  orderLayout,
  type PostingRecord,
  postingLayout,
  type ReadingRecord,
  readingLayout,
  type TradeRecord,
  tradeLayout,
} from "./format/records.js";
export { type SectionName, type StateSection, type StoredSection, sectionNames } from "./format/sections.js";
export {
  type BookRecord,
  bookLayout,
  type LastReadingRecord,
  lastReadingLayout,
  type MeterRecord,
  meterLayout,
  type NameRecord,
  nameLayout,
  type StateRecord,
  stateLayout,
} from "./format/state.js";
export type { SignatureBackend, SignatureCheck, Signatures, SigningKey } from "./keys/backend.js";
export { openSignatures } from "./keys/signature.js";
export {
  type Bundle,
  type BundleBlock,
  type BundleEnd,
  type BundleHead,
  type BundleRecord,
  decodeBundle,
  type Member,
  type OpenedBundle,
  openBundle,
} from "./proof/bundle.js";
export {
  type Checkpoint,
  type Cosignature,
  cosignatures,
  formatKey,
  isFinal,
  isSignedBy,
  type KeyKind,
  ledgerKeyKind,
  type NamedKey,
  type NoteSignature,
  originOf,
  parseCheckpoint,
  parseKey,
  type SignedCheckpoint,
  type WitnessPolicy,
  witnessKeyKind,
} from "./proof/checkpoint.js";
export {
  type Accused,
  type Contradiction,
  decodeContradiction,
  encodeContradiction,
  judgeContradiction,
} from "./proof/contradiction.js";
export { type BundlePlace, proveByBundle } from "./proof/extract.js";
export {
  decodeProof,
  encodeProof,
  type MeterProof,
  meterOf,
  openProof,
  type Proof,
  type Proven,
  type RecordProof,
  recordOf,
  verifyProof,
} from "./proof/proof.js";
export {
  decodeReceipt,
  encodeReceipt,
  isReceiptSigned,
  judgeReceipt,
  type Receipt,
  type ReceiptVerdict,
} from "./proof/receipt.js";
export { LightClient, type LightClientOptions } from "./service/client.js";
export { type HttpLimits, httpAsk } from "./service/http.js";
export type { Ask } from "./service/server.js";
export type { Hasher } from "./tree/hasher.js";
export { type Anchor, type Inclusion, verifyConsistency, verifyInclusion } from "./tree/path.js";
export { plainHasher } from "./tree/plain.js";
