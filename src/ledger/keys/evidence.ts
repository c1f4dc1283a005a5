/**
 * The evidence of a signed market's block: its signatures, each with what of the block it covers. Written and read
 * here; coverage.ts holds it against the block.
 */
import { concat, copyOf, publicKeyBytes, signatureBytes, viewOf, wantBytes } from "../../bytes.js";
import { needIterable, needObject } from "../../check.js";
import { fail } from "../../errors.js";
import { decodeItems, encodeItems } from "../format/block.js";
import type { LeafRange } from "../tree/path.js";

/** One item of a block's evidence: a signature and what of the block it covers. */
export type Evidence =
  | {
      readonly kind: "order" | "reading" | "contract";
      /** Place in the block's section of that kind. */
      readonly index: number;
      readonly signature: Uint8Array;
    }
  | {
      readonly kind: "batch";
      /** Public key of the gateway. */
      readonly gateway: Uint8Array;
      /** Order numbers that the batch brought, ascending, apart from each other, none empty. */
      readonly orders: readonly LeafRange[];
      readonly signature: Uint8Array;
    };

/** Codes of the kinds, in the first byte of an item. */
const codes = { order: 1, batch: 2, reading: 3, contract: 4 } as const;

/**
 * Evidence to the bytes of a block's section. An item is code u8 ‖ index u32 ‖ signature 64, or for a batch
 * code u8 ‖ gateway key 32 ‖ signature 64 ‖ {first order u32, order after the last u32} for each range.
 */
export function encodeEvidence(items: Iterable<Evidence>): Uint8Array {
  const encoded: Uint8Array[] = [];
  needIterable(items, "evidence", "items of evidence");
  for (const item of items) encoded.push(encodeItem(item));
  return encodeItems(encoded);
}

function encodeItem(item: Evidence): Uint8Array {
  wantBytes(needObject(item, "evidence").signature, "evidence.signature", signatureBytes);
  const code = Uint8Array.of(codes[item.kind]);
  if (item.kind !== "batch") return concat(code, u32(item.index), item.signature);
  wantBytes(item.gateway, "evidence.gateway", publicKeyBytes);
  return concat(
    code,
    item.gateway,
    item.signature,
    ...item.orders.flatMap(({ start, end }) => [u32(start), u32(end)]),
  );
}

const u32 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint32(0, value, true);
  return bytes;
};

const kinds = ["order", "batch", "reading", "contract"] as const;
/** Where an item's parts begin, and the bytes of a range of orders. */
const parts = {
  index: 1,
  signature: 5,
  gateway: 1,
  batchSignature: 1 + publicKeyBytes,
  ranges: 1 + publicKeyBytes + signatureBytes,
};
const rangeBytes = 8;

/** The evidence of a block. Throws `corrupt` naming the item that no writer of this format writes. */
export function decodeEvidence(section: Uint8Array): Evidence[] {
  return decodeItems(section, "evidence").map(decodeItem);
}

function decodeItem(bytes: Uint8Array, number: number): Evidence {
  const bad = (wanted: string): never =>
    fail("corrupt", `evidence[${number}]`, wanted, `${bytes.length} bytes`);
  const view = viewOf(bytes);
  const kind = kinds.find((each) => codes[each] === bytes[0]);
  if (kind === undefined) return bad(`a code from 1 to ${kinds.length}`);
  if (kind !== "batch") {
    if (bytes.length !== parts.signature + signatureBytes) return bad("code, index and signature");
    return { kind, index: view.getUint32(parts.index, true), signature: copyOf(bytes, parts.signature) };
  }
  if (bytes.length <= parts.ranges || (bytes.length - parts.ranges) % rangeBytes !== 0)
    return bad("key, signature and ranges");
  const orders: LeafRange[] = [];
  for (let at = parts.ranges, after = -1; at < bytes.length; at += rangeBytes) {
    const start = view.getUint32(at, true);
    const end = view.getUint32(at + rangeBytes / 2, true);
    // Two ranges that touch are one range: a batch has one way to be written.
    if (start <= after || end <= start) return bad("ranges that ascend and do not touch");
    orders.push({ start, end });
    after = end;
  }
  return {
    kind,
    gateway: copyOf(bytes, parts.gateway, parts.batchSignature),
    orders,
    signature: copyOf(bytes, parts.batchSignature, parts.ranges),
  };
}
