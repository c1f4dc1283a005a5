import { hex } from "../../bytes.js";
import { fail, GridclearError } from "../../errors.js";
import { decodeCanonical, type Json } from "../../ledger/format/canonical.js";
import { type Layout, readRecord } from "../../ledger/format/layout.js";
import {
  flowLayout,
  orderLayout,
  postingLayout,
  readingLayout,
  stateLayout,
  tradeLayout,
} from "../../ledger/format/records.js";
import type { SectionName } from "../../ledger/format/sections.js";
import { openSignatures } from "../../ledger/keys/signature.js";
import { isSignedBy, originOf, parseCheckpoint } from "../../ledger/proof/checkpoint.js";
import { checkConsistency, decodeConsistency } from "../../ledger/proof/consistency.js";
import {
  decodeContradiction,
  encodeContradiction,
  judgeContradiction,
} from "../../ledger/proof/contradiction.js";
import {
  decodeProof,
  openProof,
  proveBlock,
  proveRecord,
  type RecordProof,
  verifyProof,
} from "../../ledger/proof/proof.js";
import {
  decodeReceipt,
  isReceiptSigned,
  judgeReceipt,
  type Receipt,
  type ReceiptVerdict,
  receiptNotYet,
} from "../../ledger/proof/receipt.js";
import { plainHasher as hasher } from "../../ledger/tree/plain.js";
import type { Io } from "../command.js";
import { readText } from "../parts/document.js";
import { type OpenedLedger, withLedger } from "../parts/ledger.js";
import { anchorOf, type Trust } from "../parts/trusted.js";

/** What `gridclear verify` was asked about besides a whole ledger. */
export interface EvidenceRequest extends Trust {
  /** File with a proof, a consistency proof or a contradiction. */
  readonly proof?: string | undefined;
  /** File with a receipt. */
  readonly receipt?: string | undefined;
  readonly json: boolean;
}

/** One answer: whether all of it holds, what was found in words, and the same as data. */
interface Finding {
  readonly ok: boolean;
  readonly lines: readonly string[];
  readonly data: { readonly [name: string]: unknown };
}

/**
 * Judges a proof, a receipt or a contradiction and prints what was found. Resolves to the exit code: 0 it holds (a
 * receipt: kept, or not due yet), 1 it does not. Throws when a file can't be read as what it should be.
 */
export async function verifyEvidence(request: EvidenceRequest, io: Io): Promise<number> {
  if ((request.proof === undefined) === (request.receipt === undefined))
    return fail("invalid", "arguments", "--proof or --receipt", "both");
  if ((request.witness ?? []).length > 0 && (request.proof === undefined || request.ledger !== undefined))
    return fail("invalid", "--witness", "a proof, and no ledger beside it", request.witness);
  if (request.threshold !== undefined && request.witness === undefined)
    return fail("invalid", "--threshold", "--witness with it", request.threshold);
  let finding: Finding;
  try {
    finding = request.proof === undefined ? await judgeReceiptFile(request) : await judgeProofFile(request);
  } catch (error) {
    // What does not hold together is a finding; what can't be read or was not given is a mistake of the caller's.
    if (!(error instanceof GridclearError) || (error.code !== "corrupt" && error.code !== "signature"))
      throw error;
    finding = { ok: false, lines: [error.message], data: { reason: error.message } };
  }
  const { ok, lines, data } = finding;
  if (request.json) io.out(`${JSON.stringify({ ok, ...data })}\n`);
  else io.out(`${ok ? "good" : "BAD"}: ${lines.join("\n  ")}\n`);
  return ok ? 0 : 1;
}

// --- Proofs -----------------------------------------------------------------------------------------------------

async function judgeProofFile(request: EvidenceRequest): Promise<Finding> {
  const text = await readText(request.proof!);
  const json = decodeCanonical(new TextEncoder().encode(text.replace(/\n$/, "")), "proof");
  const format = json !== null && typeof json === "object" ? (json as { format?: Json }).format : undefined;
  if (format === "gridclear contradiction v1") return judgeContradictionText(text, request);
  if (format === "gridclear consistency v1") {
    const proof = decodeConsistency(text);
    checkConsistency(proof, hasher);
    const { from, to } = proof;
    const words = `the first ${from.size} of ${to.size} blocks are those of the earlier head`;
    return {
      ok: true,
      lines: [words, `from ${hex(from.root)}`, `to   ${hex(to.root)}`],
      data: {
        kind: "consistency",
        from: { ...from, root: hex(from.root) },
        to: { ...to, root: hex(to.root) },
      },
    };
  }
  const proof = decodeProof(text);
  const trusted = await anchorOf(request, proof);
  const { header, record, root, size, hash } =
    trusted === null ? openProof(proof, hasher) : verifyProof(proof, trusted, hasher);
  const what =
    record === null
      ? `block ${header.height}`
      : `${record.section}[${record.index}] of block ${header.height}`;
  const shown = record === null ? null : showRecord(record);
  return {
    ok: true,
    lines: [
      `${what} (period ${header.period}) of market ${hex(header.marketId)}`,
      ...(shown === null ? [] : [JSON.stringify(shown)]),
      `block hash ${hex(hash)}`,
      `under the head of ${size} blocks with root ${hex(root)}`,
      trusted === null
        ? "nobody vouches for that head here: compare its root with one you trust, or pass --checkpoint, --key or a ledger"
        : trusted.source,
    ],
    data: {
      kind: record === null ? "block" : record.section,
      height: header.height,
      period: header.period,
      market: hex(header.marketId),
      index: record?.index ?? null,
      record: shown,
      hash: hex(hash),
      size,
      root: hex(root),
      trusted: trusted?.source ?? null,
    },
  };
}

const layouts: { readonly [section in SectionName]?: Layout<object> } = {
  orders: orderLayout as Layout<object>,
  trades: tradeLayout as Layout<object>,
  flows: flowLayout as Layout<object>,
  readings: readingLayout as Layout<object>,
  postings: postingLayout as Layout<object>,
  state: stateLayout as Layout<object>,
};

/** A record as data people read; amounts as decimal strings of ticks. */
function showRecord({ section, bytes }: RecordProof): unknown {
  if (section === "contracts") return decodeCanonical(bytes, "contract");
  const layout = layouts[section];
  if (layout === undefined) return { bytes: hex(bytes) };
  const fields = Object.entries(readRecord(layout, bytes, 0));
  return Object.fromEntries(
    fields.map(([name, value]) => [name, typeof value === "bigint" ? `${value}` : value]),
  );
}

// --- Contradictions -----------------------------------------------------------------------------------------------

async function judgeContradictionText(text: string, request: EvidenceRequest): Promise<Finding> {
  const contradiction = decodeContradiction(text);
  const { marketId, platformKey } = await platformOf(request);
  const words = await judgeContradiction(
    contradiction,
    { marketId, platformKey },
    await openSignatures(),
    hasher,
  );
  return {
    ok: false,
    lines: ["the platform contradicts itself, and this proves it:", words],
    data: { kind: "contradiction", proven: contradiction.kind, reason: words, market: hex(marketId) },
  };
}

/** The market and the platform's key that evidence is judged by: those of the ledger, the one source for both. */
async function platformOf(
  request: EvidenceRequest,
): Promise<{ marketId: Uint8Array; platformKey: Uint8Array }> {
  if (request.ledger === undefined)
    return fail("invalid", "LEDGER", "the ledger that says which market and key it is about", undefined);
  return withLedger(request.ledger, async ({ marketId, platformKey }) => ({
    marketId,
    platformKey:
      platformKey ??
      fail("invalid", "LEDGER", "a signed market: only signatures contradict", "an unsigned one"),
  }));
}

// --- Receipts -----------------------------------------------------------------------------------------------------

async function judgeReceiptFile(request: EvidenceRequest): Promise<Finding> {
  const receipt = decodeReceipt(await readText(request.receipt!));
  if (request.ledger === undefined)
    return fail("invalid", "LEDGER", "the ledger to hold the receipt against", undefined);
  return withLedger(request.ledger, async (ledger) => {
    if (ledger.platformKey === null) return fail("invalid", "LEDGER", "a signed market", "an unsigned one");
    if (!(await isReceiptSigned(receipt, ledger.platformKey, await openSignatures(), hasher)))
      return fail(
        "signature",
        "receipt",
        `a signature of the platform (${hex(ledger.platformKey)})`,
        hex(receipt.signature),
      );
    const { verdict, reason } = await judge(ledger, receipt);
    const evidence = verdict === "contradicted" ? await contradictionOf(ledger, receipt) : null;
    return {
      ok: verdict !== "contradicted",
      lines: [
        `${verdict}: ${reason}`,
        ...(verdict !== "contradicted"
          ? []
          : evidence === null
            ? ["the ledger has no signed head: with one, this would be evidence for anyone"]
            : ["evidence for anyone (with --json: the field contradiction):", evidence.trimEnd()]),
      ],
      data: { kind: "receipt", verdict, reason, contradiction: evidence },
    };
  });
}

async function judge(ledger: OpenedLedger, receipt: Receipt): Promise<ReceiptVerdict> {
  const height = receipt.period - ledger.startPeriod;
  const newest = ledger.startPeriod + ledger.history.size - 1;
  if (height < 0) return fail("invalid", "receipt.period", `at least ${ledger.startPeriod}`, receipt.period);
  if (height >= ledger.history.size) return receiptNotYet(receipt, newest);
  const { header, sections } = await ledger.block(height);
  const { number } = receipt;
  const there = number < header.sections.orders.count;
  return judgeReceipt(
    receipt,
    header,
    there ? sections.orders.slice(number * orderLayout.bytes, (number + 1) * orderLayout.bytes) : null,
  );
}

/** What shows a broken receipt to anyone: possible under a head that the platform signed and that covers its block. */
async function contradictionOf(ledger: OpenedLedger, receipt: Receipt): Promise<string | null> {
  const { note, history, platformKey } = ledger;
  if (note === null || platformKey === null) return null;
  const signed = parseCheckpoint(note);
  const { size, origin } = signed.checkpoint;
  const height = receipt.period - ledger.startPeriod;
  if (size <= height || size > history.size || origin !== originOf(ledger.marketId)) return null;
  if (!(await isSignedBy(signed, platformKey, await openSignatures(), hasher))) return null;
  const block = await ledger.block(height);
  const there = receipt.number < block.header.sections.orders.count;
  const record = there
    ? proveRecord(block, { section: "orders", index: receipt.number }, ledger.hasher)
    : null;
  const proof = { ...proveBlock(history, block.header, record, size), checkpoint: note };
  return encodeContradiction({ kind: "receipt", receipt, proof });
}
