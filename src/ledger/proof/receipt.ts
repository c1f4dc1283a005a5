/**
 * Receipts: the platform's signed promise of a place for an order, and what the sealed block makes of it.
 */
import { fromHex, hex, sameBytes, wantBytes } from "../../bytes.js";
import { needObject, object } from "../../check.js";
import { fail } from "../../errors.js";
import type { Json } from "../format/canonical.js";
import type { Header } from "../format/header.js";
import { orderLayout } from "../format/records.js";
import { checkSignatures, type Signatures, type SigningKey } from "../keys/backend.js";
import { orderStatement, receiptStatement } from "../keys/message.js";
import { checkHasher, type Hasher } from "../tree/hasher.js";
import { count, readDocument, writeDocument } from "./proof.js";

/**
 * The platform's word that an order stands at a place of a period: it fixes arrival, and binds before the block is
 * there.
 */
export interface Receipt {
  readonly marketId: Uint8Array;
  readonly period: number;
  /** The order's number in the block of the period. */
  readonly number: number;
  /** The order's record (16 bytes). */
  readonly order: Uint8Array;
  /** The platform's signature over the receipt's statement, which holds the digest of the order's. */
  readonly signature: Uint8Array;
}

/** What became of a receipt's promise; `reason` says it in words. */
export interface ReceiptVerdict {
  readonly verdict: "kept" | "contradicted" | "not yet" | "withheld";
  readonly reason: string;
}

/** What the platform signs for a receipt. */
function statementOf(receipt: Omit<Receipt, "signature">, hasher: Hasher): Uint8Array {
  checkHasher(hasher);
  const { marketId, period, number, order } = needObject(receipt, "receipt");
  return receiptStatement(marketId, period, number, hasher.sha256(orderStatement(marketId, period, order)));
}

/** Gives a receipt for an order that has been taken, with the platform's key. */
export async function signReceipt(
  taken: Omit<Receipt, "signature">,
  key: SigningKey,
  hasher: Hasher,
): Promise<Receipt> {
  return { ...taken, signature: await key.sign(statementOf(taken, hasher)) };
}

/** Whether the platform signed this receipt. */
export async function isReceiptSigned(
  receipt: Receipt,
  platformKey: Uint8Array,
  signatures: Signatures,
  hasher: Hasher,
): Promise<boolean> {
  checkSignatures(signatures);
  return signatures.verify(platformKey, statementOf(receipt, hasher), receipt.signature);
}

/** Throws `signature` unless the platform of a market, which is null where nobody signs, signed this receipt. */
export async function needReceiptSigned(
  receipt: Receipt,
  field: string,
  platform: { readonly marketId: Uint8Array; readonly platformKey: Uint8Array | null },
  signatures: Signatures,
  hasher: Hasher,
): Promise<void> {
  const { marketId, platformKey } = platform;
  const ours =
    platformKey !== null && sameBytes(wantBytes(needObject(receipt, field).marketId, field), marketId);
  if (!ours || !(await isReceiptSigned(receipt, platformKey, signatures, hasher)))
    fail("signature", field, "the platform's signature for this market", hex(receipt.signature));
}

/**
 * Holds a receipt against the order section of its period's block: `record` is the order at its number, null when the
 * section is shorter than that. Throws `invalid` for a header of another market or period, and when `record` can't be
 * what the header says.
 */
export function judgeReceipt(receipt: Receipt, header: Header, record: Uint8Array | null): ReceiptVerdict {
  const ours = wantBytes(needObject(header, "header").marketId, "header.marketId");
  if (!sameBytes(ours, wantBytes(needObject(receipt, "receipt").marketId, "receipt.marketId")))
    return fail("invalid", "receipt.marketId", hex(header.marketId), hex(receipt.marketId));
  if (header.period !== receipt.period)
    return fail("invalid", "receipt.period", `${header.period}`, receipt.period);
  const orders = header.sections.orders.count;
  const { number } = receipt;
  if (number >= orders)
    return {
      verdict: "contradicted",
      reason: `order ${number} was promised in period ${receipt.period}, whose block has ${orders} orders`,
    };
  if (record === null || wantBytes(record, "record").length !== orderLayout.bytes)
    return fail("invalid", "record", `order ${number} of the block`, record);
  return sameBytes(record, receipt.order)
    ? { verdict: "kept", reason: `order ${number} of period ${receipt.period} is the one promised` }
    : {
        verdict: "contradicted",
        reason: `order ${number} of period ${receipt.period} is another than the one promised`,
      };
}

/** The verdict while the period's block is not sealed; `head` is the newest sealed period. */
export function receiptNotYet(receipt: Receipt, head: number | null): ReceiptVerdict {
  return {
    verdict: "not yet",
    reason: `period ${receipt.period} is not sealed yet${head === null ? "" : ` (the newest is ${head})`}`,
  };
}

/** The verdict where a private market does not show whoever asks what stands at the receipt's place. */
export function receiptWithheld({ number, period }: Receipt): ReceiptVerdict {
  return {
    verdict: "withheld",
    reason: `order ${number} of period ${period} is not shown: an auditor, who has the block, can tell`,
  };
}

const format = "gridclear receipt v2";

/** A receipt as plain data. */
export function receiptToJson(receipt: Receipt): Json {
  const { marketId, period, number, order, signature } = needObject(receipt, "receipt");
  return { format, market: hex(marketId), period, number, order: hex(order), signature: hex(signature) };
}

/** Plain data to a receipt; throws `corrupt` or `invalid` unless it has the form of one. */
export function receiptFromJson(json: unknown): Receipt {
  const fields = object(json, "receipt");
  if (fields.format !== format) return fail("corrupt", "receipt.format", format, fields.format);
  return {
    marketId: fromHex(fields.market, "receipt.market"),
    period: count(fields.period, "receipt.period"),
    number: count(fields.number, "receipt.number"),
    order: fromHex(fields.order, "receipt.order"),
    signature: fromHex(fields.signature, "receipt.signature"),
  };
}

/** A receipt as one line of canonical JSON. */
export function encodeReceipt(receipt: Receipt): string {
  return writeDocument(receiptToJson(receipt), "receipt");
}

/** Reads a receipt: exactly what {@link encodeReceipt} writes, else `corrupt`, `invalid` or `limit`. */
export function decodeReceipt(text: string): Receipt {
  return readDocument(text, "receipt", receiptFromJson, receiptToJson);
}
