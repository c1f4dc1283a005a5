import { wasmBase64 as scalarText } from "../../src/core/inline/scalar.js";
import { wasmBase64 as simdText } from "../../src/core/inline/simd.js";
import { type CoreExports, decodeBase64, restart } from "../../src/core/load.js";

const pageBytes = 65_536;
/** Bytes kept free on either side of everything a call may write, to see that it writes nothing else. */
const guardBytes = 256;
const guard = 0xa5;

/** The hashing of one build of the core, called as the exports are, on memory of the test's own. */
export class HashBuild {
  readonly name: string;
  readonly core: CoreExports;
  readonly #base: number;

  constructor(name: string, text: string) {
    this.name = name;
    this.core = restart(new WebAssembly.Module(decodeBase64(text))).exports;
    this.#base = this.core.memory.buffer.byteLength;
  }

  /** An address with so many bytes behind it; what a call before left there is gone. */
  place(bytes: number): number {
    const missing = this.#base + bytes - this.core.memory.buffer.byteLength;
    if (missing > 0) this.core.memory.grow(Math.ceil(missing / pageBytes));
    return this.#base;
  }

  get memory(): Uint8Array {
    return new Uint8Array(this.core.memory.buffer);
  }

  /** One-shot SHA-256 of bytes that lie `shift` bytes off an aligned address. */
  sha256(bytes: Uint8Array, shift = 0): Uint8Array {
    const out = this.place(64 + shift + bytes.length);
    this.memory.set(bytes, out + 64 + shift);
    this.core.sha256(out + 64 + shift, bytes.length, out);
    return this.memory.slice(out, out + 32);
  }

  /** SHA-256 of pieces. */
  stream(pieces: readonly Uint8Array[]): Uint8Array {
    const state = this.place(128 + Math.max(0, ...pieces.map((piece) => piece.length)));
    this.core.shaInit(state);
    for (const piece of pieces) {
      this.memory.set(piece, state + 128);
      this.core.shaUpdate(state, state + 128, piece.length);
    }
    this.core.shaFinal(state, state);
    return this.memory.slice(state, state + 32);
  }

  /**
   * Merkle root over leaves that end where memory ends, so that a read beyond them traps. Throws if a byte was written
   * beside the scratch of 32 bytes a leaf and the digest, or if the bytes were changed.
   */
  merkleRoot(bytes: Uint8Array, leafBytes: number): Uint8Array {
    const leaves = Math.ceil(bytes.length / leafBytes);
    return this.#guarded(32 * leaves, 32, bytes, (scratch, pointer, out) => {
      this.core.merkleRoot(pointer, bytes.length, leafBytes, scratch, out);
      return 32;
    });
  }

  /** Leaf hashes, end to end; guarded like `merkleRoot`. */
  leafHashes(bytes: Uint8Array, leafBytes: number): Uint8Array {
    const leaves = Math.ceil(bytes.length / leafBytes);
    return this.#guarded(0, 32 * leaves, bytes, (_, pointer, out) => {
      if (this.core.leafHashes(pointer, bytes.length, leafBytes, out) !== leaves)
        throw new Error(`${this.name}: not ${leaves} leaves`);
      return 32 * leaves;
    });
  }

  /** Salted hashes of records that end where memory ends; guarded like `merkleRoot`. */
  saltedHashes(
    secret: Uint8Array,
    code: number,
    first: number,
    records: Uint8Array,
    size: number,
  ): Uint8Array {
    const count = records.length / size;
    const scratchBytes = 4 * (16 + size) + 16;
    return this.#guarded(32 + scratchBytes, 32 * count, records, (at, pointer, out) => {
      this.memory.set(secret, at);
      this.core.saltedHashes(at, code, first, pointer, count, size, at + 32, out);
      return 32 * count;
    });
  }

  /** Root over hashes, worked out in their place. */
  nodesRoot(hashes: Uint8Array): Uint8Array {
    const at = this.place(hashes.length + 32);
    this.memory.set(hashes, at);
    this.core.nodesRoot(at, hashes.length / 32, at);
    return this.memory.slice(at, at + 32);
  }

  #guarded(
    scratchBytes: number,
    outBytes: number,
    records: Uint8Array,
    call: (scratch: number, pointer: number, out: number) => number,
  ): Uint8Array {
    const base = this.place(4 * guardBytes + scratchBytes + outBytes + records.length);
    const scratch = base + guardBytes;
    const out = scratch + scratchBytes + guardBytes;
    const memory = this.memory;
    const pointer = memory.length - records.length;
    memory.fill(guard, base, out + outBytes + guardBytes);
    memory.fill(guard, pointer - guardBytes, pointer);
    memory.set(records, pointer);
    const written = call(scratch, pointer, out);
    for (const [from, to] of [
      [base, scratch],
      [scratch + scratchBytes, out],
      [out + written, out + outBytes + guardBytes],
      [pointer - guardBytes, pointer],
    ] as const)
      if (memory.subarray(from, to).some((byte) => byte !== guard))
        throw new Error(`${this.name}: wrote between ${from - base} and ${to - base}`);
    if (memory.subarray(pointer).some((byte, i) => byte !== records[i]))
      throw new Error(`${this.name}: changed the records`);
    return memory.slice(out, out + written);
  }
}

/** Both builds of the core: they must give the same bytes. */
export const builds: readonly HashBuild[] = [
  new HashBuild("simd", simdText),
  new HashBuild("scalar", scalarText),
];

/** Bytes as lower-case hex. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Reproducible bytes: the same seed gives the same ones. */
export function someBytes(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state >>> 11;
  }
  return bytes;
}
