/**
 * Contradictions: two things a platform signed that can't both be true. Found, written down, and judged by anybody with
 * the platform's public key.
 */
import { hex, sameBytes, wantBytes } from "../../bytes.js";
import { needObject, object } from "../../check.js";
import { fail, GridclearError } from "../../errors.js";
import type { Json } from "../format/canonical.js";
import type { Signatures } from "../keys/backend.js";
import type { Hasher } from "../tree/hasher.js";
import {
  type Checkpoint,
  isSignedBy,
  originOf,
  parseCheckpoint,
  type SignedCheckpoint,
} from "./checkpoint.js";
import {
  decodeProof,
  openProof,
  type Proof,
  proofFromJson,
  proofToJson,
  readDocument,
  recordOf,
  writeDocument,
} from "./proof.js";
import { judgeReceipt, needReceiptSigned, type Receipt, receiptFromJson, receiptToJson } from "./receipt.js";

/**
 * Two things the platform signed that can't both be true: evidence that anybody can check with the platform's public
 * key and nothing else.
 *
 * - `fork`: two heads that are not one history. Of one size, they have different roots; of different sizes, `proof`
 *   shows under the longer one the block whose header holds another root for the shorter size.
 * - `receipts`: one place of one period promised to two orders.
 * - `receipt`: an order promised, and a signed head under which its period's block has another order there, or none.
 */
export type Contradiction =
  | { readonly kind: "fork"; readonly heads: readonly [string, string]; readonly proof: Proof | null }
  | { readonly kind: "receipts"; readonly receipts: readonly [Receipt, Receipt] }
  | { readonly kind: "receipt"; readonly receipt: Receipt; readonly proof: Proof };

/** Whose contradiction it would be: the platform of a market, by its public key. */
export interface Accused {
  readonly marketId: Uint8Array;
  readonly platformKey: Uint8Array;
}

/**
 * What a contradiction proves, in words. Throws `signature` when the platform did not sign both sides, `corrupt` when a
 * proof does not hold, `invalid` when both sides can be true.
 */
export async function judgeContradiction(
  contradiction: Contradiction,
  accused: Accused,
  signatures: Signatures,
  hasher: Hasher,
): Promise<string> {
  const { marketId, platformKey } = needObject(accused, "accused");
  wantBytes(marketId, "marketId");
  needObject(contradiction, "contradiction");
  const wantHead = async (note: string | null, field: string) => {
    const signed = parseCheckpoint(note);
    if (signed.checkpoint.origin !== originOf(marketId))
      return fail("signature", field, `a head of ${originOf(marketId)}`, signed.checkpoint.origin);
    return (await isSignedBy(signed, platformKey, signatures, hasher))
      ? signed.checkpoint
      : fail("signature", field, "the platform's signature", note);
  };
  const wantReceipt = (receipt: Receipt, field: string): Promise<void> =>
    needReceiptSigned(receipt, field, accused, signatures, hasher);

  if (contradiction.kind === "fork") {
    const [a, b] = contradiction.heads;
    const first = await wantHead(a, "heads[0]");
    const second = await wantHead(b, "heads[1]");
    if (first.size === second.size) {
      if (sameBytes(first.root, second.root))
        return fail("invalid", "heads", "two roots for one size", hex(first.root));
      return `two heads of ${first.size} blocks: ${hex(first.root)} and ${hex(second.root)}`;
    }
    const [shorter, longer] = first.size < second.size ? [first, second] : [second, first];
    if (contradiction.proof === null)
      return fail("invalid", "proof", `block ${shorter.size} under the longer head`, null);
    if (!forks(shorter, longer, contradiction.proof, hasher))
      return fail("invalid", "heads", "two histories", hex(shorter.root));
    return `heads of ${shorter.size} and ${longer.size} blocks: the first ${shorter.size} blocks of the longer are not those of the shorter`;
  }

  if (contradiction.kind === "receipts") {
    const [a, b] = contradiction.receipts;
    await wantReceipt(a, "receipts[0]");
    await wantReceipt(b, "receipts[1]");
    if (a.period !== b.period || a.number !== b.number || sameBytes(a.order, b.order))
      return fail("invalid", "receipts", "one place promised to two orders", "receipts that agree");
    return `order ${a.number} of period ${a.period} was promised to two orders`;
  }

  const { receipt, proof } = contradiction;
  await wantReceipt(receipt, "receipt");
  const head = await wantHead(proof.checkpoint, "proof.checkpoint");
  const { header, size, record } = openProof(proof, hasher);
  if (size !== head.size) return fail("corrupt", "proof", `a proof to size ${head.size}`, size);
  const shown = record?.section === "orders" && record.index === receipt.number ? recordOf(record) : null;
  const { verdict, reason } = judgeReceipt(receipt, header, shown);
  return verdict === "contradicted" ? reason : fail("invalid", "receipt", "a broken promise", reason);
}

/**
 * Whether a proof shows the longer head to have another history than the shorter. Throws `corrupt` unless it is of the
 * block that follows the shorter head, under the longer.
 */
function forks(shorter: Checkpoint, longer: Checkpoint, proof: Proof, hasher: Hasher): boolean {
  const { header, size, root } = openProof(proof, hasher);
  if (size !== longer.size || !sameBytes(root, longer.root) || header.height !== shorter.size)
    return fail(
      "corrupt",
      "proof",
      `block ${shorter.size} under the longer head`,
      `block ${header.height} of ${size}`,
    );
  return !sameBytes(header.history, shorter.root);
}

/** Asks whoever has the blocks to prove block `height` under the head of `size` blocks; null when it does not. */
export type ProveBlock = (size: number, height: number) => Promise<string | null>;

/**
 * The fork that two heads show, both signed by the platform: null where they are one history, and where they are of
 * different sizes and nobody brings the proof that they are not. Whoever forks need not help to show it.
 */
export async function findFork(
  [first, second]: readonly [SignedCheckpoint, SignedCheckpoint],
  prove: ProveBlock,
  hasher: Hasher,
): Promise<Contradiction | null> {
  const heads = [first.note, second.note] as const;
  const [shorter, longer] =
    first.checkpoint.size <= second.checkpoint.size
      ? [first.checkpoint, second.checkpoint]
      : [second.checkpoint, first.checkpoint];
  if (shorter.size === longer.size)
    return sameBytes(shorter.root, longer.root) ? null : { kind: "fork", heads, proof: null };
  try {
    const text = await prove(longer.size, shorter.size);
    if (text === null) return null;
    const proof = decodeProof(text);
    return forks(shorter, longer, proof, hasher) ? { kind: "fork", heads, proof } : null;
  } catch (error) {
    if (error instanceof GridclearError) return null;
    throw error;
  }
}

const format = "gridclear contradiction v2";

function toJson(contradiction: Contradiction): Json {
  needObject(contradiction, "contradiction");
  switch (contradiction.kind) {
    case "fork": {
      const { heads, proof } = contradiction;
      return { format, kind: "fork", heads: [...heads], proof: proof === null ? null : proofToJson(proof) };
    }
    case "receipts":
      return { format, kind: "receipts", receipts: contradiction.receipts.map(receiptToJson) };
    case "receipt": {
      const { receipt, proof } = contradiction;
      return { format, kind: "receipt", receipt: receiptToJson(receipt), proof: proofToJson(proof) };
    }
  }
}

function fromJson(json: Json): Contradiction {
  const fields = object(json, "contradiction");
  if (fields.format !== format) return fail("corrupt", "contradiction.format", format, fields.format);
  const pair = (value: unknown): readonly [unknown, unknown] =>
    Array.isArray(value) && value.length === 2
      ? (value as unknown as readonly [unknown, unknown])
      : fail("corrupt", "contradiction", "two sides", value);
  if (fields.kind === "fork") {
    const heads = pair(fields.heads).map((head) => parseCheckpoint(head).note) as [string, string];
    return { kind: "fork", heads, proof: fields.proof === null ? null : proofFromJson(fields.proof) };
  }
  if (fields.kind === "receipts") {
    const [a, b] = pair(fields.receipts);
    return { kind: "receipts", receipts: [receiptFromJson(a), receiptFromJson(b)] };
  }
  if (fields.kind === "receipt")
    return {
      kind: "receipt",
      receipt: receiptFromJson(fields.receipt),
      proof: proofFromJson(fields.proof),
    };
  return fail("corrupt", "contradiction.kind", "fork, receipts or receipt", fields.kind);
}

/** A contradiction as one line of canonical JSON. */
export function encodeContradiction(contradiction: Contradiction): string {
  return writeDocument(toJson(contradiction), "contradiction");
}

/** Reads a contradiction: exactly what {@link encodeContradiction} writes, else `corrupt`, `invalid` or `limit`. */
export function decodeContradiction(text: string): Contradiction {
  return readDocument(text, "contradiction", fromJson, toJson);
}
