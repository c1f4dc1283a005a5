/**
 * Telling a record whose write was cut off from one that has rotted: the first was never acknowledged, the second was.
 */
import { sameBytes } from "../../bytes.js";
import { type Checksum, encodeRecordHead, recordHeadBytes, recordLength } from "../format/ledgerfile.js";

/** Unit in which disks write: of a record cut off by a power failure, whole sectors are missing. */
const sectorBytes = 512;
/** Bytes of the length with which a record begins. */
const lengthBytes = 4;

/**
 * Whether a write that never ended can have left these bytes at `at`: they are fewer than the record says, or all of
 * them that lie in one sector are zeros, as sectors are that were never written. Bytes that are all there and wrong
 * have rotted, and so has a length that is wrong though the checksum is right for what is there.
 */
export function isCutOff(bytes: Uint8Array, at: number, checksum: Checksum): boolean {
  if (bytes.length < recordHeadBytes) return true;
  const block = bytes.subarray(recordHeadBytes);
  const head = encodeRecordHead(block, checksum);
  if (sameBytes(head.subarray(lengthBytes), bytes.subarray(lengthBytes, recordHeadBytes))) {
    // The checksum is right. Of a length that two sectors share the part in the first may not have arrived.
    const inFirst = sectorBytes - (at % sectorBytes);
    return (
      inFirst <= lengthBytes &&
      bytes.subarray(0, inFirst).every((byte) => byte === 0) &&
      sameBytes(head.subarray(inFirst, lengthBytes), bytes.subarray(inFirst, lengthBytes))
    );
  }
  if (block.length < recordLength(bytes)) return true;
  // The first piece may share its sector with the record before, and did not arrive when that sector stayed as it was.
  for (let from = 0; from < bytes.length; ) {
    const to = from + sectorBytes - ((at + from) % sectorBytes);
    if (bytes.subarray(from, to).every((byte) => byte === 0)) return true;
    from = to;
  }
  return false;
}
