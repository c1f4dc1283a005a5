/** Sealing as one writes it without the package: the trades as the ledger's records, hashed with @noble/hashes. */
import { sha256 } from "@noble/hashes/sha2.js";
import { copyOf, viewOf } from "../../../bytes.js";
import { codesOf, offsetsOf } from "../../../ledger/format/layout.js";
import { tradeLayout } from "../../../ledger/format/records.js";
import { rowBytes, rowRecords } from "../../../ledger/format/sections.js";
import type { PlainTrades } from "./clear.js";

const hashBytes = 32;
const at = offsetsOf(tradeLayout);
const { peer } = codesOf(tradeLayout, "kind");
const { order } = codesOf(tradeLayout, "seller");

/** Root over the rows of the trades' records (docs/ledger-format.md, section 3; RFC 6962 §2.1). */
export function sealPlain(trades: PlainTrades): Uint8Array {
  const { count } = trades;
  if (count === 0) return sha256(new Uint8Array(0));
  const rows = Math.ceil(count / rowRecords);
  const hashes = new Uint8Array(rows * hashBytes);
  // A leaf is 0x00 and a row of records; the carrier and everything else that is not set stays 0.
  const leaf = new Uint8Array(1 + rowBytes(tradeLayout));
  const record = viewOf(leaf);
  for (let row = 0; row < rows; row++) {
    const end = Math.min(count, (row + 1) * rowRecords);
    let start = 1;
    for (let index = row * rowRecords; index < end; index++, start += tradeLayout.bytes) {
      record.setUint8(start + at.kind, peer);
      record.setUint8(start + at.seller, order);
      record.setUint8(start + at.buyer, order);
      record.setUint32(start + at.offer, trades.offer[index]!, true);
      record.setUint32(start + at.bid, trades.bid[index]!, true);
      record.setUint32(start + at.quantity, trades.quantity[index]!, true);
      record.setInt32(start + at.supplyPrice, trades.price[index]!, true);
      record.setInt32(start + at.usePrice, trades.price[index]!, true);
    }
    hashes.set(sha256(leaf.subarray(0, start)), row * hashBytes);
  }
  // A node is 0x01 and two hashes; one without a partner goes up as it is.
  const node = new Uint8Array(1 + 2 * hashBytes).fill(1, 0, 1);
  for (let size = rows; size > 1; size = Math.ceil(size / 2)) {
    for (let left = 0; left + 1 < size; left += 2) {
      node.set(hashes.subarray(left * hashBytes, (left + 2) * hashBytes), 1);
      hashes.set(sha256(node), (left / 2) * hashBytes);
    }
    if (size % 2 === 1)
      hashes.copyWithin(((size - 1) / 2) * hashBytes, (size - 1) * hashBytes, size * hashBytes);
  }
  return copyOf(hashes, 0, hashBytes);
}
