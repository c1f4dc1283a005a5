/**
 * SHA-256 and Merkle roots by the core: how bytes of any length pass through its memory.
 */
import { copyOf, isBytes, isDetached } from "../bytes.js";
import { integer } from "../check.js";
import { fail } from "../errors.js";
import type { CoreExports } from "./load.js";
import type { CoreMemory } from "./memory.js";
import { type HashThreads, pieceLeaves } from "./threads.js";
import { sharedLayout } from "./worker.js";

/** A SHA-256 over pieces. */
export interface Sha256Stream {
  /** Adds bytes; returns the stream. Throws `state` after `digest`. */
  update(bytes: Uint8Array): Sha256Stream;
  /** Ends the stream: 32 fresh bytes. */
  digest(): Uint8Array;
}

const digestBytes = 32;
const { pieceBytes } = sharedLayout;
/** Length of a stream's state (assembly/hash/sha256.ts). */
const stateBytes = 104;
/** Bytes that pass through the core's memory at once: more does not go faster. */
const chunkBytes = 65_536;
/** Most leaves of a subtree that the core hashes at once (assembly/hash/merkle.ts). */
const subtreeLeaves = 1024;
/** Longest leaf of a Merkle tree. */
const maxLeafBytes = pieceBytes;

function checkBytes(bytes: unknown, field: string): asserts bytes is Uint8Array {
  if (!isBytes(bytes)) return fail("invalid", field, "a Uint8Array", bytes);
  if (isDetached(bytes)) fail("state", field, "bytes whose memory is still there", "detached ones");
}

/** Records of a section of a private block, with what their salts are made of. */
export interface SaltedRecords {
  /** The section's code, 0 to 255. */
  readonly section: number;
  /** The records, end to end. */
  readonly records: Uint8Array;
  /** Bytes of a record, 1 to 1,024. */
  readonly recordBytes: number;
  /** The period's secret: 32 bytes. */
  readonly secret: Uint8Array;
}

/** Room that `merkleRoot` needs beside its leaves: the hashes of one subtree, the roots of all pieces, one more. */
export function merkleRoom(bytes: number, leafBytes: number): number {
  return digestBytes * (subtreeLeaves + Math.ceil(bytes / (pieceLeaves(leafBytes) * leafBytes)) + 1);
}

/** SHA-256 of bytes of any length, in constant memory. */
export function sha256(core: CoreExports, memory: CoreMemory, given: Uint8Array): Uint8Array {
  checkBytes(given, "bytes");
  const bytes = memory.stage(chunkBytes + digestBytes, given);
  const staging = memory.address("work");
  const out = staging + chunkBytes;
  if (bytes.length <= chunkBytes) {
    memory.bytes.set(bytes, staging);
    core.sha256(staging, bytes.length, out);
  } else {
    const state = core.shaState();
    core.shaInit(state);
    feed(core, memory, state, bytes);
    core.shaFinal(state, out);
  }
  return copyOf(memory.bytes, out, out + digestBytes);
}

function feed(core: CoreExports, memory: CoreMemory, state: number, bytes: Uint8Array): void {
  const staging = memory.address("work");
  for (let first = 0; first < bytes.length; first += chunkBytes) {
    const piece = bytes.subarray(first, first + chunkBytes);
    memory.bytes.set(piece, staging);
    core.shaUpdate(state, staging, piece.length);
  }
}

/**
 * Opens a stream. Between calls its state lies on the host's side, so any number may be open and none needs closing.
 * `access` runs a function on the core as it is now.
 */
export function sha256Stream(
  access: <Result>(use: (core: CoreExports, memory: CoreMemory) => Result) => Result,
): Sha256Stream {
  let state: Uint8Array | null = access((core, memory) => {
    const at = core.shaState();
    core.shaInit(at);
    return copyOf(memory.bytes, at, at + stateBytes);
  });
  const stream: Sha256Stream = {
    update(bytes) {
      checkBytes(bytes, "bytes");
      if (state === null)
        return fail("state", "sha256Stream.update", "a stream before its digest", "an ended one");
      const held = state;
      access((core, memory) => {
        const staged = memory.stage(chunkBytes + digestBytes, bytes);
        const at = core.shaState();
        memory.bytes.set(held, at);
        feed(core, memory, at, staged);
        held.set(memory.bytes.subarray(at, at + stateBytes));
      });
      return stream;
    },
    digest() {
      if (state === null)
        return fail("state", "sha256Stream.digest", "a stream before its digest", "an ended one");
      const held = state;
      state = null;
      return access((core, memory) => {
        memory.reserve(0, 0, 0, chunkBytes + digestBytes);
        const at = core.shaState();
        const out = memory.address("work");
        memory.bytes.set(held, at);
        core.shaFinal(at, out);
        return copyOf(memory.bytes, out, out + digestBytes);
      });
    },
  };
  return stream;
}

/**
 * RFC 6962 §2.1 root over leaves of `leafBytes` bytes lying end to end, the last perhaps shorter. Bytes in the core's
 * own memory (trade records) are hashed where they are; others pass through a piece of 64 KiB at a time, in memory that
 * grows by 32 bytes a piece only. With `threads`, the pieces of large trees are hashed on all of them.
 */
export function merkleRoot(
  core: CoreExports,
  memory: CoreMemory,
  given: Uint8Array,
  leafBytes: number,
  threads: HashThreads | null,
): Uint8Array {
  checkBytes(given, "bytes");
  integer(1, maxLeafBytes)(leafBytes, "leafBytes");
  const { byteOffset, length } = given;
  const inPlace = given.buffer === memory.bytes.buffer && byteOffset >= memory.address("work");
  const shared = threads?.shares(length, leafBytes) ?? false;
  // Offsets from the working memory's beginning, where there is nothing to keep but what is hashed in place.
  const free = inPlace ? Math.ceil((byteOffset + length - memory.address("work")) / 64) * 64 : 0;
  if (inPlace && !shared) {
    memory.reserve(0, 0, 0, free + merkleRoom(length, leafBytes));
    const scratch = memory.address("work") + free;
    core.merkleRoot(byteOffset, length, leafBytes, scratch, scratch);
    return copyOf(memory.bytes, scratch, scratch + digestBytes);
  }
  // A piece, the hashes of its subtree, the roots of all.
  const pieceLength = pieceLeaves(leafBytes) * leafBytes;
  const pieces = Math.max(1, Math.ceil(length / pieceLength));
  const scratchOffset = free + (inPlace ? 0 : Math.ceil(pieceLength / 64) * 64);
  const rootsOffset = scratchOffset + digestBytes * subtreeLeaves;
  const source = memory.stage(scratchOffset + merkleRoom(length, leafBytes), given);
  const staging = memory.address("work");
  const scratch = staging + scratchOffset;
  const roots = staging + rootsOffset;
  const { bytes } = memory;
  const hash = (piece: number): void => {
    const first = piece * pieceLength;
    const own = source.subarray(first, first + pieceLength);
    if (!inPlace) bytes.set(own, staging);
    const at = inPlace ? byteOffset + first : staging;
    core.merkleRoot(at, own.length, leafBytes, scratch, roots + piece * digestBytes);
  };
  if (threads === null || !shared) for (let piece = 0; piece < pieces; piece++) hash(piece);
  else {
    const into = bytes.subarray(roots, roots + digestBytes * pieces);
    threads.run({ bytes: source, leafBytes, pieceLength, roots: into, hash });
  }
  if (pieces > 1) core.nodesRoot(roots, pieces, roots);
  return copyOf(bytes, roots, roots + digestBytes);
}

/** Most hashes that wait in the core's memory to be taken out. */
const waitingHashes = 2048;
/** What stands before a leaf when it is hashed. */
const leafPrefix = Uint8Array.of(0);

/** RFC 6962 §2.1 hashes of leaves of any length, end to end, in memory that does not grow with their number. */
export function leafHashes(core: CoreExports, memory: CoreMemory, given: readonly Uint8Array[]): Uint8Array {
  const leaves = given.map((leaf, index) => {
    checkBytes(leaf, `leaves[${index}]`);
    // The core's own memory is written over as leaves pass through it.
    return leaf.buffer === memory.bytes.buffer ? copyOf(leaf) : leaf;
  });
  memory.reserve(0, 0, 0, chunkBytes + digestBytes * waitingHashes);
  const hashes = new Uint8Array(leaves.length * digestBytes);
  const staging = memory.address("work");
  const out = staging + chunkBytes;
  const { bytes } = memory;
  for (let first = 0; first < leaves.length; first += waitingHashes) {
    const end = Math.min(leaves.length, first + waitingHashes);
    for (let index = first; index < end; index += 1)
      hashLeaf(core, memory, leaves[index]!, out + (index - first) * digestBytes);
    hashes.set(bytes.subarray(out, out + (end - first) * digestBytes), first * digestBytes);
  }
  return hashes;
}

function hashLeaf(core: CoreExports, memory: CoreMemory, leaf: Uint8Array, out: number): void {
  const { length } = leafPrefix;
  if (length + leaf.length <= chunkBytes) {
    const staging = memory.address("work");
    memory.bytes.set(leafPrefix, staging);
    memory.bytes.set(leaf, staging + length);
    core.sha256(staging, length + leaf.length, out);
    return;
  }
  const state = core.shaState();
  core.shaInit(state);
  feed(core, memory, state, leafPrefix);
  feed(core, memory, state, leaf);
  core.shaFinal(state, out);
}

/**
 * RFC 6962 §2.1 root over leaves whose hashes lie end to end; they pass through the core's memory a piece at a time.
 */
export function nodesRoot(core: CoreExports, memory: CoreMemory, given: Uint8Array): Uint8Array {
  checkBytes(given, "hashes");
  if (given.length % digestBytes !== 0)
    fail("invalid", "hashes", `whole hashes of ${digestBytes} bytes`, `${given.length} bytes`);
  const hashes = given.buffer === memory.bytes.buffer ? copyOf(given) : given;
  const pieces = Math.max(1, Math.ceil(hashes.length / pieceBytes));
  memory.reserve(0, 0, 0, pieceBytes + digestBytes * pieces);
  const staging = memory.address("work");
  const roots = staging + pieceBytes;
  const { bytes } = memory;
  // A piece has 2^k hashes, so the roots of all pieces are one level of the tree.
  for (let piece = 0; piece < pieces; piece += 1) {
    const own = hashes.subarray(piece * pieceBytes, (piece + 1) * pieceBytes);
    bytes.set(own, staging);
    core.nodesRoot(staging, own.length / digestBytes, roots + piece * digestBytes);
  }
  if (pieces > 1) core.nodesRoot(roots, pieces, roots);
  return copyOf(bytes, roots, roots + digestBytes);
}

/** Longest record that is salted: all of the ledger's are far shorter. */
const maxRecordBytes = 1024;
const saltBytes = 16;
/** Records that the core hashes at once. */
const lanes = 4;

/**
 * SHA-256(salt ‖ record) of each record, end to end: fresh bytes. The salt of record `index` is the first 16 bytes of
 * HMAC-SHA256 (RFC 2104), with the secret as key, over the section as u8 and the index as u32. The records pass through
 * the core's memory a piece at a time.
 */
export function saltedHashes(core: CoreExports, memory: CoreMemory, given: SaltedRecords): Uint8Array {
  const { section, records: from, recordBytes, secret } = given;
  integer(0, 255)(section, "section");
  integer(1, maxRecordBytes)(recordBytes, "recordBytes");
  checkBytes(from, "records");
  checkBytes(secret, "secret");
  if (from.length % recordBytes !== 0)
    fail("invalid", "records", `whole records of ${recordBytes} bytes`, `${from.length} bytes`);
  // Never the secret itself.
  if (secret.length !== digestBytes) fail("invalid", "secret", `${digestBytes} bytes`, secret.length);
  // The core's own memory is written over as records pass through it.
  const [records, key] = [from, secret].map((bytes) =>
    bytes.buffer === memory.bytes.buffer ? copyOf(bytes) : bytes,
  ) as [Uint8Array, Uint8Array];
  const count = records.length / recordBytes;
  const step = Math.floor(chunkBytes / recordBytes);
  const scratchBytes = lanes * (saltBytes + recordBytes) + saltBytes;
  memory.reserve(0, 0, 0, digestBytes + chunkBytes + scratchBytes + digestBytes * Math.min(step, count));
  const keyAt = memory.address("work");
  const staging = keyAt + digestBytes;
  const scratch = staging + chunkBytes;
  const out = scratch + scratchBytes;
  const { bytes } = memory;
  bytes.set(key, keyAt);
  const hashes = new Uint8Array(count * digestBytes);
  for (let first = 0; first < count; first += step) {
    const end = Math.min(count, first + step);
    bytes.set(records.subarray(first * recordBytes, end * recordBytes), staging);
    core.saltedHashes(keyAt, section, first, staging, end - first, recordBytes, scratch, out);
    hashes.set(bytes.subarray(out, out + (end - first) * digestBytes), first * digestBytes);
  }
  return hashes;
}
