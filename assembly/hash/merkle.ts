// Merkle trees as RFC 6962 §2.1 has them: a leaf is SHA-256(0x00 ‖ its bytes), a node SHA-256(0x01 ‖ left ‖ right),
// the root of no leaves SHA-256(""). A level's lone last hash goes up unchanged, never paired with itself.
import { hashLanes, laneCount } from "./lanes";
import { digestBytes, stateBytes, sha256, shaFinal, shaInit, shaUpdate } from "./sha256";

const leafPrefix: u32 = 0;
const nodePrefix: u32 = 1;

/** The stream of a message and its prefix, where there are no lanes. */
const ownState: usize = memory.data(stateBytes, 8);
const prefixByte: usize = memory.data(1);

/** Leaves of a subtree that is hashed to its root before the next is begun, so that its hashes stay in cache. */
const subtreeLeaves: u32 = 1024;

/**
 * Root over `bytes` bytes at `data`, cut into leaves of `leafBytes` bytes (above 0); the last leaf may be shorter.
 * Writes 32 bytes to `out`. `scratch` is 32 bytes a leaf, apart from the data (32 * (1024 + leaves / 1024) are used at
 * most).
 */
export function merkleRoot(data: usize, bytes: usize, leafBytes: usize, scratch: usize, out: usize): void {
  const subtreeBytes = <usize>subtreeLeaves * leafBytes;
  let subtrees: u32 = 0;
  // Subtrees of 2^k leaves are nodes of level k in any tree (the last may be smaller), so their roots may stand
  // for them. Each is worked out in the place behind the roots there are already.
  while (bytes > subtreeBytes) {
    const hashes = scratch + <usize>subtrees * digestBytes;
    leafHashes(data, subtreeBytes, leafBytes, hashes);
    nodesRoot(hashes, subtreeLeaves, hashes);
    data += subtreeBytes;
    bytes -= subtreeBytes;
    subtrees++;
  }
  const hashes = scratch + <usize>subtrees * digestBytes;
  const count = leafHashes(data, bytes, leafBytes, hashes);
  if (subtrees == 0) {
    nodesRoot(hashes, count, out);
  } else {
    nodesRoot(hashes, count, hashes);
    nodesRoot(scratch, subtrees + 1, out);
  }
}

/**
 * Hashes of the leaves of `leafBytes` bytes that `bytes` bytes at `data` make, the last one perhaps shorter. Writes
 * 32 bytes a leaf to `out`, apart from the data; returns how many leaves there are.
 */
export function leafHashes(data: usize, bytes: usize, leafBytes: usize, out: usize): u32 {
  const whole = <u32>(bytes / leafBytes);
  const rest = bytes - <usize>whole * leafBytes;
  hashEach(leafPrefix, data, whole, leafBytes, out);
  if (rest == 0) return whole;
  hashEach(leafPrefix, data + <usize>whole * leafBytes, 1, rest, out + <usize>whole * digestBytes);
  return whole + 1;
}

/**
 * Root over `count` hashes lying end to end at `hashes`: leaf hashes, or the roots of subtrees of 2^k leaves each
 * (the last may have fewer). Writes 32 bytes to `out`, which may be `hashes`. The hashes are used up: the work is
 * done in their place.
 */
export function nodesRoot(hashes: usize, count: u32, out: usize): void {
  if (count == 0) {
    sha256(hashes, 0, out);
    return;
  }
  while (count > 1) {
    const pairs = count >> 1;
    hashEach(nodePrefix, hashes, pairs, 2 * digestBytes, hashes);
    if (count & 1) {
      const lone = hashes + <usize>(count - 1) * digestBytes;
      memory.copy(hashes + <usize>pairs * digestBytes, lone, digestBytes);
    }
    count = pairs + (count & 1);
  }
  if (out != hashes) memory.copy(out, hashes, digestBytes);
}

/**
 * SHA-256(prefix ‖ message) of `count` messages of `bytes` bytes lying end to end at `data`. `out` may be `data` when
 * a message is as long as two digests.
 */
function hashEach(prefix: u32, data: usize, count: u32, bytes: usize, out: usize): void {
  const end = data + <usize>count * bytes;
  if (ASC_FEATURE_SIMD) {
    for (; count != 0; ) {
      const lanes = min(count, laneCount);
      hashLanes(prefix, data, bytes, lanes, bytes, end, out);
      data += <usize>lanes * bytes;
      out += <usize>lanes * digestBytes;
      count -= lanes;
    }
  } else {
    for (; count != 0; count--, data += bytes, out += digestBytes) {
      shaInit(ownState);
      store<u8>(prefixByte, prefix);
      shaUpdate(ownState, prefixByte, 1);
      shaUpdate(ownState, data, bytes);
      shaFinal(ownState, out);
    }
  }
}
