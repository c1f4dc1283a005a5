/** The second of three rooms that judge evidence (open → judge → phrase): whether it holds, as data. */
import { hex, sameBytes } from "../../bytes.js";
import { fail, GridclearError } from "../../errors.js";
import type { Block } from "../../ledger/format/block.js";
import { orderLayout } from "../../ledger/format/records.js";
import { openSignatures } from "../../ledger/keys/signature.js";
import { type Bundle, type OpenedBundle, openBundle } from "../../ledger/proof/bundle.js";
import { isSignedBy, originOf, parseCheckpoint } from "../../ledger/proof/checkpoint.js";
import { type ConsistencyProof, checkConsistency } from "../../ledger/proof/consistency.js";
import {
  type Contradiction,
  encodeContradiction,
  judgeContradiction,
} from "../../ledger/proof/contradiction.js";
import { openProof, type Proven, verifyProof } from "../../ledger/proof/proof.js";
import { proveBlock, proveRecord } from "../../ledger/proof/prove.js";
import {
  isReceiptSigned,
  judgeReceipt,
  type Receipt,
  type ReceiptVerdict,
  receiptNotYet,
  receiptWithheld,
} from "../../ledger/proof/receipt.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import { plainHasher as hasher } from "../../ledger/tree/plain.js";
import { type BundleStatement, readBundle } from "../../report/bundle/read.js";
import { type OpenedLedger, withLedger } from "../parts/ledger.js";
import type { Evidence, Trust } from "./open.js";
import { anchorOf } from "./trust.js";

/** What became of one receipt; `unsigned` is not the platform's word at all. */
export interface JudgedReceipt {
  readonly verdict: ReceiptVerdict["verdict"] | "unsigned";
  readonly reason: string;
}

/** What evidence came to. `good` and `bad` are the exit codes 0 and 1. */
export type Verdict =
  | { readonly kind: "proof"; readonly good: true; readonly proven: Proven; readonly trusted: string | null }
  | {
      readonly kind: "bundle";
      /** Whether its records account for the balance too. */
      readonly good: boolean;
      readonly opened: OpenedBundle;
      readonly statement: BundleStatement;
      readonly trusted: string | null;
    }
  | { readonly kind: "consistency"; readonly good: true; readonly proof: ConsistencyProof }
  | {
      readonly kind: "contradiction";
      readonly good: false;
      readonly proven: Contradiction["kind"];
      readonly reason: string;
      readonly marketId: Uint8Array;
    }
  | {
      readonly kind: "receipts";
      /** null: nothing against them was found, but not all of them could be judged. */
      readonly good: boolean | null;
      readonly receipts: readonly JudgedReceipt[];
      /**
       * Evidence for anyone of the first promise broken; null without one, or without a signed head to show it under.
       */
      readonly contradiction: string | null;
    }
  | { readonly kind: "none"; readonly good: false; readonly reason: string };

/**
 * Judges evidence. What does not hold together is a verdict; what can't be judged, for want of a ledger or because it
 * is of another market, is thrown as `invalid`.
 */
export async function judge(evidence: Evidence, trust: Trust): Promise<Verdict> {
  try {
    switch (evidence.kind) {
      case "proof": {
        const { proof } = evidence;
        const { size } = proof.history;
        const anchor = await anchorOf(trust, { size, checkpoint: proof.checkpoint });
        const proven = anchor === null ? openProof(proof, hasher) : verifyProof(proof, anchor, hasher);
        return { kind: "proof", good: true, proven, trusted: anchor?.source ?? null };
      }
      case "bundle":
        return await judgeBundle(evidence.bundle, trust);
      case "consistency":
        checkConsistency(evidence.proof, hasher);
        return { kind: "consistency", good: true, proof: evidence.proof };
      case "contradiction":
        return await judgeContradictory(evidence.contradiction, trust.ledger);
      case "receipts":
        return await judgeReceipts(evidence.receipts, trust.ledger);
    }
  } catch (error) {
    if (!(error instanceof GridclearError) || (error.code !== "corrupt" && error.code !== "signature"))
      throw error;
    return { kind: "none", good: false, reason: error.message };
  }
}

async function judgeBundle(bundle: Bundle, trust: Trust): Promise<Verdict> {
  const anchor = await anchorOf(trust, bundle);
  // Tens of thousands of records: the hasher that a page would use takes its time.
  const opened = openBundle(bundle, await openHasher());
  const { size, root } = opened;
  if (anchor !== null && (anchor.size !== size || !sameBytes(anchor.root, root)))
    fail(
      "corrupt",
      "bundle head",
      `size ${anchor.size}, root ${hex(anchor.root)}`,
      `size ${size}, root ${hex(root)}`,
    );
  const statement = readBundle(opened);
  return { kind: "bundle", good: statement.accounts, opened, statement, trusted: anchor?.source ?? null };
}

/** A signed ledger: what receipts and contradictions are judged by. */
type SignedLedger = OpenedLedger & { readonly platformKey: Uint8Array };

async function withSignedLedger<T>(
  directory: string | null,
  use: (ledger: SignedLedger) => Promise<T>,
): Promise<T> {
  if (directory === null)
    return fail("invalid", "LEDGER", "the ledger that says which market and key it is about", undefined);
  return withLedger(directory, async (ledger) => {
    const { platformKey } = ledger;
    if (platformKey === null)
      return fail("invalid", "LEDGER", "a signed market: only signatures bind", "an unsigned one");
    return use({ ...ledger, platformKey });
  });
}

async function judgeContradictory(contradiction: Contradiction, directory: string | null): Promise<Verdict> {
  return withSignedLedger(directory, async ({ marketId, platformKey }) => {
    const signatures = await openSignatures();
    const reason = await judgeContradiction(contradiction, { marketId, platformKey }, signatures, hasher);
    return { kind: "contradiction", good: false, proven: contradiction.kind, reason, marketId };
  });
}

async function judgeReceipts(given: readonly Receipt[], directory: string | null): Promise<Verdict> {
  return withSignedLedger(directory, async (ledger) => {
    const blockOf = lastBlockKept(ledger);
    const receipts: JudgedReceipt[] = [];
    let broken: Receipt | null = null;
    for (const receipt of given) {
      const judged = await judgeOne(ledger, receipt, blockOf);
      receipts.push(judged);
      if (judged.verdict === "contradicted") broken ??= receipt;
    }
    return {
      kind: "receipts",
      good: goodOf(receipts),
      receipts,
      contradiction: broken === null ? null : await contradictionOf(ledger, broken),
    };
  });
}

function goodOf(receipts: readonly JudgedReceipt[]): boolean | null {
  if (receipts.some(({ verdict }) => verdict === "contradicted" || verdict === "unsigned")) return false;
  return receipts.some(({ verdict }) => verdict === "withheld") ? null : true;
}

/** A block of a ledger by its height; null where the header is all there is. */
type BlockOf = (height: number) => Promise<Block | null>;

/** Blocks of a ledger; the one asked for last is kept, for receipts mostly come period by period. */
function lastBlockKept(ledger: OpenedLedger): BlockOf {
  let kept: { readonly height: number; readonly block: Block | null } | null = null;
  return async (height) => {
    kept = kept?.height === height ? kept : { height, block: await blockOrNull(ledger, height) };
    return kept.block;
  };
}

async function blockOrNull(ledger: OpenedLedger, height: number): Promise<Block | null> {
  try {
    return await ledger.block(height);
  } catch (error) {
    if (error instanceof GridclearError && error.code === "state") return null;
    throw error;
  }
}

async function judgeOne(ledger: SignedLedger, receipt: Receipt, blockOf: BlockOf): Promise<JudgedReceipt> {
  const { startPeriod, history, platformKey } = ledger;
  if (!(await isReceiptSigned(receipt, platformKey, await openSignatures(), hasher)))
    return { verdict: "unsigned", reason: "there is no valid signature of the platform on it" };
  const height = receipt.period - startPeriod;
  if (height < 0) return fail("invalid", "receipt.period", `at least ${startPeriod}`, receipt.period);
  if (height >= history.size) return receiptNotYet(receipt, startPeriod + history.size - 1);
  const { number } = receipt;
  const header = await ledger.header(height);
  if (number >= header.sections.orders.count) return judgeReceipt(receipt, header, null);
  const block = await blockOf(height);
  if (block === null) return receiptWithheld(receipt);
  const { orders } = block.sections;
  return judgeReceipt(
    receipt,
    header,
    orders.subarray(number * orderLayout.bytes, (number + 1) * orderLayout.bytes),
  );
}

/** What shows a broken receipt to anyone: possible under a head that the platform signed and that covers its block. */
async function contradictionOf(ledger: SignedLedger, receipt: Receipt): Promise<string | null> {
  const { note, history, platformKey } = ledger;
  if (note === null) return null;
  const signed = parseCheckpoint(note);
  const { size, origin } = signed.checkpoint;
  const height = receipt.period - ledger.startPeriod;
  if (size <= height || size > history.size || origin !== originOf(ledger.marketId)) return null;
  if (!(await isSignedBy(signed, platformKey, await openSignatures(), hasher))) return null;
  const header = await ledger.header(height);
  const place = { section: "orders", index: receipt.number } as const;
  const record =
    receipt.number < header.sections.orders.count
      ? proveRecord(await ledger.block(height), place, ledger.hasher)
      : null;
  const proof = { ...proveBlock(history, header, record, size), checkpoint: note };
  return encodeContradiction({ kind: "receipt", receipt, proof });
}
