/**
 * SHA-256 and Merkle roots by the core: how bytes of any length pass through its memory.
 */
import { copyOf, isBytes, isDetached } from "../bytes.js";
import { integer } from "../check.js";
import { fail } from "../errors.js";
import type { CoreExports } from "./load.js";
import type { CoreMemory } from "./memory.js";
import type { HashThreads } from "./threads.js";

/** A SHA-256 over pieces. */
export interface Sha256Stream {
  /** Adds bytes; returns the stream. Throws `state` after `digest`. */
  update(bytes: Uint8Array): Sha256Stream;
  /** Ends the stream: 32 fresh bytes. */
  digest(): Uint8Array;
}

const digestBytes = 32;
/** Length of a stream's state (assembly/hash/sha256.ts). */
const stateBytes = 104;
/** Bytes that pass through the core's memory at once: more does not go faster. */
const chunkBytes = 65_536;
/** Leaves of a subtree that is hashed at once. */
const subtreeLeaves = 1024;
/** Longest record of a Merkle tree. */
const maxRecordBytes = 65_536;

function checkBytes(bytes: unknown, field: string): asserts bytes is Uint8Array {
  if (!isBytes(bytes)) return fail("invalid", field, "a Uint8Array", bytes);
  if (isDetached(bytes)) fail("state", field, "bytes whose memory is still there", "detached ones");
}

/** What `merkleRoot` needs beside its records: the hashes of one subtree and the roots of all. */
export function merkleScratchBytes(count: number): number {
  return digestBytes * (subtreeLeaves + Math.ceil(count / subtreeLeaves) + 2);
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
 * RFC 6962 §2.1 root of records of one size. Records that lie in the core's own memory (trade records) are hashed where
 * they are; others pass through a subtree at a time, in memory that grows with count / 32 only. With `threads`, subtrees
 * of large trees are hashed on all of them.
 */
export function merkleRoot(
  core: CoreExports,
  memory: CoreMemory,
  records: Uint8Array,
  recordBytes: number,
  threads: HashThreads | null,
): Uint8Array {
  checkBytes(records, "records");
  integer(1, maxRecordBytes)(recordBytes, "recordBytes");
  if (records.length % recordBytes !== 0)
    fail("invalid", "records", `whole records of ${recordBytes} bytes`, `${records.length} bytes`);
  const count = records.length / recordBytes;
  const { byteOffset, length } = records;
  const inPlace = records.buffer === memory.bytes.buffer && byteOffset >= memory.address("work");
  const shared = threads?.pieceRecords(count, recordBytes) ?? 0;
  // Offsets from the working memory's beginning, where there is nothing to keep but records in place.
  const free = inPlace ? Math.ceil((byteOffset + length - memory.address("work")) / 64) * 64 : 0;
  if (inPlace && shared === 0) {
    memory.reserve(0, 0, 0, free + merkleScratchBytes(count));
    const scratch = memory.address("work") + free;
    core.merkleRoot(byteOffset, count, recordBytes, scratch, scratch);
    return copyOf(memory.bytes, scratch, scratch + digestBytes);
  }
  // A piece, the hashes of its subtree, the roots of all.
  const pieceRecords = shared === 0 ? subtreeLeaves : shared;
  const pieceBytes = pieceRecords * recordBytes;
  const pieces = Math.max(1, Math.ceil(count / pieceRecords));
  const scratchOffset = free + (inPlace ? 0 : pieceBytes);
  const rootsOffset = scratchOffset + merkleScratchBytes(pieceRecords);
  const source = memory.stage(rootsOffset + digestBytes * (pieces + 1), records);
  const staging = memory.address("work");
  const scratch = staging + scratchOffset;
  const roots = staging + rootsOffset;
  const { bytes } = memory;
  const hash = (piece: number): void => {
    const first = piece * pieceBytes;
    const own = source.subarray(first, first + pieceBytes);
    if (!inPlace) bytes.set(own, staging);
    const at = inPlace ? byteOffset + first : staging;
    core.merkleRoot(at, own.length / recordBytes, recordBytes, scratch, roots + piece * digestBytes);
  };
  if (threads === null || shared === 0) for (let piece = 0; piece < pieces; piece++) hash(piece);
  else {
    const into = bytes.subarray(roots, roots + digestBytes * pieces);
    threads.run({ records: source, recordBytes, pieceRecords, roots: into, hash });
  }
  if (pieces > 1) core.nodesRoot(roots, pieces, roots);
  return copyOf(bytes, roots, roots + digestBytes);
}
