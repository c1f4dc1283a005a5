// The salted hashes of a private section: SHA-256(salt ‖ record), where a record's salt is the first 16 bytes of
// HMAC-SHA256 (RFC 2104) over the section's code as u8 and the record's index as u32.
//
// The key's two blocks are the same for all records, so they are hashed once and what stands in the registers then is
// begun from: a salt costs two blocks.
import { hashLanes, laneCount, saltLanes } from "./lanes";
import { digestBytes, shaFinal, shaInit, shaUpdate, stateBytes } from "./sha256";

const saltBytes: usize = 16;
const secretBytes: usize = 32;
const keyBytes: usize = 64;

/** The streams after the key's inner and outer block, and a copy of one that goes on. */
const innerState: usize = memory.data(stateBytes, 8);
const outerState: usize = memory.data(stateBytes, 8);
const ownState: usize = memory.data(stateBytes, 8);
/** The key with its padding, then the message of a salt, and its digests. */
const key: usize = memory.data(64, 8);
const message: usize = memory.data(32, 8);

/**
 * Salted hashes of `count` records of `recordBytes` bytes, end to end at `data`, the first of which has the index
 * `first` in section `code`. Writes 32 bytes each to `out`, apart from all else; `scratch` is room for four records
 * with their salts and 16 bytes. The 32 bytes of the period's secret lie at `secret`.
 */
export function saltedHashes(
  secret: usize, code: u32, first: u32, data: usize, count: u32, recordBytes: usize, scratch: usize, out: usize,
): void {
  beginKey(secret, 0x36, innerState);
  beginKey(secret, 0x5c, outerState);
  for (; count != 0; ) {
    const records = min(count, laneCount);
    if (ASC_FEATURE_SIMD) hashFour(code, first, data, records, recordBytes, scratch, out);
    else for (let i: u32 = 0; i < records; i++) hashOne(code, first + i, data + i * recordBytes, recordBytes, out + i * digestBytes);
    first += records;
    count -= records;
    data += records * recordBytes;
    out += records * digestBytes;
  }
}

/** Begins a stream with the block that the secret makes as key. */
function beginKey(secret: usize, pad: u8, state: usize): void {
  for (let i: usize = 0; i < keyBytes; i++) store<u8>(key + i, (i < secretBytes ? load<u8>(secret + i) : 0) ^ pad);
  shaInit(state);
  shaUpdate(state, key, keyBytes);
}

/** One to four records at once: each is put behind its salt in `scratch`. */
function hashFour(code: u32, first: u32, data: usize, records: u32, recordBytes: usize, scratch: usize, out: usize): void {
  const stride = saltBytes + recordBytes;
  saltLanes(innerState, outerState, code, first, scratch, stride);
  for (let i: u32 = 0; i < records; i++, data += recordBytes) copyRecord(scratch + i * stride + saltBytes, data, recordBytes);
  hashLanes(-1, scratch, stride, records, stride, scratch + laneCount * stride + 16, out);
}

/** Eight bytes at a time: a short memory.copy costs as much as ten rounds. */
function copyRecord(to: usize, from: usize, bytes: usize): void {
  let i: usize = 0;
  for (; i + 8 <= bytes; i += 8) store<u64>(to + i, load<u64>(from + i));
  for (; i < bytes; i++) store<u8>(to + i, load<u8>(from + i));
}

function hashOne(code: u32, index: u32, record: usize, recordBytes: usize, out: usize): void {
  store<u8>(message, <u8>code);
  store<u32>(message, index, 1);
  memory.copy(ownState, innerState, stateBytes);
  shaUpdate(ownState, message, 5);
  shaFinal(ownState, message);
  memory.copy(ownState, outerState, stateBytes);
  shaUpdate(ownState, message, digestBytes);
  shaFinal(ownState, message);
  shaInit(ownState);
  shaUpdate(ownState, message, saltBytes);
  shaUpdate(ownState, record, recordBytes);
  shaFinal(ownState, out);
}
