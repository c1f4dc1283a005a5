/**
 * Consistency proofs as documents: that a later head of a ledger extends an earlier one.
 */
import { fromHex, hex } from "../../bytes.js";
import { object } from "../../check.js";
import { fail } from "../../errors.js";
import type { Json } from "../format/canonical.js";
import type { Hasher } from "../tree/hasher.js";
import type { HistoryTree } from "../tree/history.js";
import { type Anchor, verifyConsistency } from "../tree/path.js";
import { count, pathFromJson, readDocument, writeDocument } from "./proof.js";

/** A proof that one head extends another: that no block under the earlier was changed since. */
export interface ConsistencyProof {
  readonly from: Anchor;
  readonly to: Anchor;
  readonly path: readonly Uint8Array[];
}

/**
 * Proves the first `size1` blocks to be the beginning of the first `size2`. Throws `invalid` unless 1 ≤ size1 ≤ size2 ≤
 * the blocks there are.
 */
export function proveConsistency(history: HistoryTree, size1: number, size2: number): ConsistencyProof {
  return {
    from: { size: size1, root: history.root(size1) },
    to: { size: size2, root: history.root(size2) },
    path: history.consistency(size1, size2),
  };
}

/** Throws `corrupt` unless the later head extends the earlier. */
export function checkConsistency(proof: ConsistencyProof, hasher: Hasher): void {
  const { from, to, path } = proof;
  if (!verifyConsistency(from, to, path, hasher))
    fail(
      "corrupt",
      "consistency",
      `a head of ${to.size} blocks that extends the one of ${from.size}`,
      hex(to.root),
    );
}

const format = "gridclear consistency v2";

function toJson({ from, to, path }: ConsistencyProof): Json {
  const anchor = ({ size, root }: Anchor): Json => ({ size, root: hex(root) });
  return { format, from: anchor(from), to: anchor(to), path: path.map(hex) };
}

function fromJson(json: Json): ConsistencyProof {
  const fields = object(json, "consistency");
  if (fields.format !== format) return fail("corrupt", "consistency.format", format, fields.format);
  const anchor = (value: unknown, field: string): Anchor => {
    const { size, root } = object(value, field);
    return { size: count(size, `${field}.size`), root: fromHex(root, `${field}.root`) };
  };
  return {
    from: anchor(fields.from, "consistency.from"),
    to: anchor(fields.to, "consistency.to"),
    path: pathFromJson(fields.path, "consistency.path"),
  };
}

/** A consistency proof as one line of canonical JSON. */
export function encodeConsistency(proof: ConsistencyProof): string {
  return writeDocument(toJson(proof), "consistency");
}

/** Reads a consistency proof: exactly what {@link encodeConsistency} writes, else `corrupt`, `invalid` or `limit`. */
export function decodeConsistency(text: string): ConsistencyProof {
  return readDocument(text, "consistency", fromJson, toJson);
}
