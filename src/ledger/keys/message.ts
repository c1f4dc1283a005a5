/**
 * Statements: what a signature is made over, tag ‖ length of the body (u32) ‖ body. No tag begins another, and the
 * length leaves nothing after the body to be read differently, so no signature can be taken for one of another kind.
 * Every body begins with the market id, so that none can be taken to another market (docs/signatures.md).
 */
import { concat, toUtf8, viewOf, wantBytes } from "../../bytes.js";
import { integer, text } from "../../check.js";
import { offsetsOf } from "../format/layout.js";
import { meteredPeriod, orderLayout, readingLayout } from "../format/records.js";
import { hashBytes } from "../tree/hasher.js";

/** The kinds of statement. */
export const statementKinds = ["order", "reading", "contract", "batch", "receipt", "read"] as const;
/** The tag that keeps the statements of a kind apart from all others. */
export const tagOf = (kind: (typeof statementKinds)[number]): string => `gridclear ${kind} v2\0`;

function statement(kind: (typeof statementKinds)[number], ...parts: readonly Uint8Array[]): Uint8Array {
  const body = concat(...parts);
  return concat(toUtf8(tagOf(kind)), whole(body.length, 4, "statement"), body);
}

/** A whole number as u64 or u32, little-endian. */
function whole(value: number, bytes: 4 | 8, field: string): Uint8Array {
  integer(0, bytes === 4 ? 0xffff_ffff : Number.MAX_SAFE_INTEGER)(value, field);
  const encoded = new Uint8Array(bytes);
  const view = viewOf(encoded);
  if (bytes === 4) view.setUint32(0, value, true);
  else view.setBigUint64(0, BigInt(value), true);
  return encoded;
}

/**
 * What a participant signs of an order: market id 32 ‖ period u64 ‖ the order's record as it will stand in the block
 * (participant, carrier, side, quantity, price; 16 bytes).
 */
export function orderStatement(marketId: Uint8Array, period: number, order: Uint8Array): Uint8Array {
  return statement(
    "order",
    wantBytes(marketId, "marketId", hashBytes),
    whole(period, 8, "period"),
    wantBytes(order, "order", orderLayout.bytes),
  );
}

const readingAt = /* @__PURE__ */ offsetsOf(readingLayout);

/**
 * What a meter signs of a reading: market id 32 ‖ participant u32 ‖ carrier u8 ‖ flags u8 ‖ version u16 ‖ the period
 * that was metered u64 ‖ in u32 ‖ out u32. `reading` is its record, `period` that of the block in which it stands or
 * will stand: the record says how many periods before that was metered, and the meter signs which. It signs nothing of
 * the amount, which the market works out. Throws `corrupt` for a record that reaches back before period 0.
 */
export function readingStatement(marketId: Uint8Array, period: number, reading: Uint8Array): Uint8Array {
  const record = wantBytes(reading, "reading", readingLayout.bytes);
  const age = viewOf(record).getUint32(readingAt.age, true);
  return statement(
    "reading",
    wantBytes(marketId, "marketId", hashBytes),
    record.subarray(0, readingAt.age),
    whole(meteredPeriod(integer(0, Number.MAX_SAFE_INTEGER)(period, "period"), age), 8, "period"),
    record.subarray(readingAt.in, readingAt.amount),
  );
}

/** What is signed of a contract: market id 32 ‖ the contract's canonical JSON. */
export function contractStatement(marketId: Uint8Array, contract: Uint8Array): Uint8Array {
  return statement("contract", wantBytes(marketId, "marketId", hashBytes), wantBytes(contract, "contract"));
}

/**
 * What a gateway signs for many orders at once: market id 32 ‖ period u64 ‖ number of orders u32 ‖ RFC 6962 root over
 * their records (16 bytes each) in the order in which they arrived.
 */
export function batchStatement(
  marketId: Uint8Array,
  period: number,
  count: number,
  root: Uint8Array,
): Uint8Array {
  return statement(
    "batch",
    wantBytes(marketId, "marketId", hashBytes),
    whole(period, 8, "period"),
    whole(count, 4, "count"),
    wantBytes(root, "root", hashBytes),
  );
}

/**
 * What the platform signs when it takes an order: market id 32 ‖ period u64 ‖ order number u32 ‖ SHA-256 of the order's
 * statement.
 */
export function receiptStatement(
  marketId: Uint8Array,
  period: number,
  number: number,
  digest: Uint8Array,
): Uint8Array {
  return statement(
    "receipt",
    wantBytes(marketId, "marketId", hashBytes),
    whole(period, 8, "period"),
    whole(number, 4, "number"),
    wantBytes(digest, "digest", hashBytes),
  );
}

const requestText = /* @__PURE__ */ text(
  /^[A-Z]{1,16} \//,
  8192,
  "a method and a path, such as GET /v1/market",
);

/**
 * What somebody signs to be shown what is not everybody's: market id 32 ‖ until u64, the milliseconds since 1970 up to
 * which the signature is good ‖ the request, UTF-8 such as `GET /v1/statements/ann?from=7`.
 */
export function readStatement(marketId: Uint8Array, untilMs: number, request: string): Uint8Array {
  return statement(
    "read",
    wantBytes(marketId, "marketId", hashBytes),
    whole(untilMs, 8, "untilMs"),
    toUtf8(requestText(request, "request")),
  );
}
