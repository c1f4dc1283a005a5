// Merkle trees as RFC 6962 §2.1 has them: a leaf is SHA-256(0x00 ‖ record), a node SHA-256(0x01 ‖ left ‖ right),
// the root of no records SHA-256(""). A level's lone last hash goes up unchanged, never paired with itself.
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
 * Root over `count` records of `recordBytes` bytes lying end to end at `data`; writes 32 bytes to `out`.
 * `scratch` is 32 * count bytes, apart from the data (32 * (1024 + count / 1024) are used at most). A record of
 * at most 54 bytes is one SHA-256 block and takes half the time of a longer one.
 */
export function merkleRoot(data: usize, count: u32, recordBytes: usize, scratch: usize, out: usize): void {
  let subtrees: u32 = 0;
  // Subtrees of 2^k leaves are nodes of level k in any tree (the last may be smaller), so their roots may stand
  // for them. Each is worked out in the place behind the roots there are already.
  while (count > subtreeLeaves) {
    const hashes = scratch + <usize>subtrees * digestBytes;
    leafHashes(data, subtreeLeaves, recordBytes, hashes);
    nodesRoot(hashes, subtreeLeaves, hashes);
    data += <usize>subtreeLeaves * recordBytes;
    count -= subtreeLeaves;
    subtrees++;
  }
  const hashes = scratch + <usize>subtrees * digestBytes;
  leafHashes(data, count, recordBytes, hashes);
  if (subtrees == 0) {
    nodesRoot(hashes, count, out);
  } else {
    nodesRoot(hashes, count, hashes);
    nodesRoot(scratch, subtrees + 1, out);
  }
}

/** Leaf hashes of `count` records lying end to end at `data`; writes 32 * count bytes to `out`, apart from the data. */
export function leafHashes(data: usize, count: u32, recordBytes: usize, out: usize): void {
  hashEach(leafPrefix, data, count, recordBytes, out);
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
