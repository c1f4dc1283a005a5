import { fail } from "../errors.js";
import type { CoreExports } from "./load.js";
import type { CoreMemory } from "./memory.js";

/** A SHA-256 over pieces. */
export interface Sha256Stream {
  /** Adds bytes; returns the stream. Throws `state` after `digest`. */
  update(bytes: Uint8Array): Sha256Stream;
  /** Ends the stream: 32 fresh bytes. */
  digest(): Uint8Array;
}

const digestBytes = 32;
/** Length of a stream's state (assembly/sha256.ts). */
const stateBytes = 104;
/** Bytes that pass through the core's memory at once: more does not go faster. */
const chunkBytes = 65_536;
/** Leaves of a subtree that is hashed at once. */
const subtreeLeaves = 1024;
/** Longest record of a Merkle tree. */
const maxRecordBytes = 65_536;

function checkBytes(bytes: unknown, field: string): asserts bytes is Uint8Array {
  if (!(bytes instanceof Uint8Array)) fail("invalid", field, "a Uint8Array", bytes);
}

/** What `merkleRoot` needs beside its records: the hashes of one subtree and the roots of all. */
export function merkleScratchBytes(count: number): number {
  return digestBytes * (subtreeLeaves + Math.ceil(count / subtreeLeaves) + 2);
}

/** SHA-256 of bytes of any length, in constant memory. */
export function sha256(core: CoreExports, memory: CoreMemory, bytes: Uint8Array): Uint8Array {
  checkBytes(bytes, "bytes");
  memory.reserve(0, 0, 0, chunkBytes + digestBytes);
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
  return memory.bytes.slice(out, out + digestBytes);
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
    return memory.bytes.slice(at, at + stateBytes);
  });
  const stream: Sha256Stream = {
    update(bytes) {
      checkBytes(bytes, "bytes");
      if (state === null)
        return fail("state", "sha256Stream.update", "a stream before its digest", "an ended one");
      const held = state;
      access((core, memory) => {
        memory.reserve(0, 0, 0, chunkBytes + digestBytes);
        const at = core.shaState();
        memory.bytes.set(held, at);
        feed(core, memory, at, bytes);
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
        return memory.bytes.slice(out, out + digestBytes);
      });
    },
  };
  return stream;
}

/**
 * RFC 6962 §2.1 root of records of one size. Records that lie in the core's own memory (trade records) are hashed where
 * they are; others pass through a subtree at a time, in memory that grows with count / 32 only.
 */
export function merkleRoot(
  core: CoreExports,
  memory: CoreMemory,
  records: Uint8Array,
  recordBytes: number,
): Uint8Array {
  checkBytes(records, "records");
  if (!Number.isInteger(recordBytes) || recordBytes < 1 || recordBytes > maxRecordBytes)
    fail("invalid", "recordBytes", `a whole number from 1 to ${maxRecordBytes}`, recordBytes);
  if (records.length % recordBytes !== 0)
    fail("invalid", "records", `whole records of ${recordBytes} bytes`, `${records.length} bytes`);
  const count = records.length / recordBytes;
  const inPlace = records.buffer === memory.bytes.buffer && records.byteOffset >= memory.address("work");
  if (inPlace) {
    const pointer = records.byteOffset;
    const scratch = (pointer + records.length + 63) & ~63;
    memory.reserve(0, 0, 0, (scratch >>> 0) - memory.address("work") + merkleScratchBytes(count));
    core.merkleRoot(pointer, count, recordBytes, scratch, scratch);
    return memory.bytes.slice(scratch >>> 0, (scratch >>> 0) + digestBytes);
  }
  const pieceBytes = subtreeLeaves * recordBytes;
  const subtrees = Math.max(1, Math.ceil(count / subtreeLeaves));
  const roots = pieceBytes + merkleScratchBytes(subtreeLeaves);
  memory.reserve(0, 0, 0, roots + digestBytes * (subtrees + 1));
  const staging = memory.address("work");
  for (let tree = 0; tree < subtrees; tree++) {
    const piece = records.subarray(tree * pieceBytes, (tree + 1) * pieceBytes);
    memory.bytes.set(piece, staging);
    const out = staging + roots + tree * digestBytes;
    core.merkleRoot(staging, piece.length / recordBytes, recordBytes, staging + pieceBytes, out);
  }
  const out = staging + roots;
  if (subtrees > 1) core.nodesRoot(out, subtrees, out);
  return memory.bytes.slice(out, out + digestBytes);
}
