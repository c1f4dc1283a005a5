/**
 * What a book of past meters holds, end to end: its meters, and behind them the trades that the meters decide on, where
 * its period pays by what was delivered.
 */
import { concat } from "../../bytes.js";
import type { Hasher } from "../tree/hasher.js";
import { recordsRoot } from "./sections.js";
import { type BookRecord, bookTraded, bookTradeLayout, meterLayout } from "./state.js";

/** The two parts of a book, as views; `trades` is null in a period that pays as traded. */
export function partsOfBook(
  { meters, flags }: Pick<BookRecord, "meters" | "flags">,
  bytes: Uint8Array,
): { readonly meters: Uint8Array; readonly trades: Uint8Array | null } {
  const end = meters * meterLayout.bytes;
  return { meters: bytes.subarray(0, end), trades: (flags & bookTraded) === 0 ? null : bytes.subarray(end) };
}

/** The root over the trades of a book, by rows. */
export function bookTradesRoot(trades: Uint8Array, hasher: Hasher): Uint8Array {
  return recordsRoot(bookTradeLayout, trades, hasher);
}

/** The root that a book's record says, from that over its meters and that over its trades. */
export function rootOfBook(meters: Uint8Array, trades: Uint8Array | null, hasher: Hasher): Uint8Array {
  return trades === null ? meters : hasher.nodesRoot(concat(meters, trades));
}
