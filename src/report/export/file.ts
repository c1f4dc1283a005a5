import { concat, hex, sameBytes } from "../../bytes.js";
import { fail } from "../../errors.js";
import { Chain } from "../../ledger/format/chain.js";
import { headerBytes, maxBlockBytes } from "../../ledger/format/header.js";
import { type Hasher, hashBytes } from "../../ledger/tree/hasher.js";

// "GCLF", version 1, two zeros.
const preamble = new Uint8Array([0x47, 0x43, 0x4c, 0x46, 1, 0, 0, 0]);
// Where the next length would stand: zero, then number of blocks and root over their hashes.
const trailerBytes = 8 + hashBytes;

const number = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * A whole ledger as one file, piece by piece: a preamble, every block behind its length, and a trailer with the number of
 * blocks and the root over their hashes. Throws `corrupt` when the blocks are no chain; sections are not re-hashed.
 */
export async function* writeLedgerFile(
  blocks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  hasher: Hasher,
): AsyncGenerator<Uint8Array> {
  const chain = new Chain(hasher);
  yield preamble.slice();
  for await (const block of blocks) {
    chain.append(block, true);
    const length = new Uint8Array(4);
    number(length).setUint32(0, block.length, true);
    yield length;
    yield block;
  }
  const end = new Uint8Array(12);
  number(end).setBigUint64(4, BigInt(chain.size), true);
  yield concat(end, chain.root());
}

/** Bytes that arrive in pieces of any size, taken in portions. Holds what was not taken yet. */
class Intake {
  readonly #pieces: Uint8Array[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  add(piece: Uint8Array): void {
    if (piece.length > 0) this.#pieces.push(piece);
    this.#bytes += piece.length;
  }

  /** The next `count` bytes, fresh; there must be as many. */
  take(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    let used = 0;
    for (let at = 0; at < count; ) {
      const piece = this.#pieces[used]!;
      const part = piece.subarray(0, count - at);
      bytes.set(part, at);
      at += part.length;
      if (part.length === piece.length) used += 1;
      else this.#pieces[used] = piece.subarray(part.length);
    }
    this.#pieces.splice(0, used);
    this.#bytes -= count;
    return bytes;
  }
}

/**
 * The blocks of a ledger file that arrives in pieces of any size, each verified before it is handed on; `headersOnly`
 * leaves their sections unread. Never holds more than one block and one piece, nor takes room for bytes that have not
 * come. Throws `corrupt` naming the height when the file is cut, changed or goes on after its trailer.
 */
export async function* readLedgerFile(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  hasher: Hasher,
  headersOnly: boolean = false,
): AsyncGenerator<Uint8Array> {
  const chain = new Chain(hasher);
  const intake = new Intake();
  let expects: "preamble" | "length" | "block" | "trailer" | "end" = "preamble";
  let wanted = preamble.length;
  for await (const piece of pieces) {
    intake.add(piece);
    while (expects !== "end" && intake.bytes >= wanted) {
      const bytes = intake.take(wanted);
      if (expects === "block") {
        chain.append(bytes, headersOnly);
        yield bytes;
      }
      if (expects === "preamble" || expects === "block") {
        if (expects === "preamble" && !sameBytes(bytes, preamble))
          fail("corrupt", "ledger file", '"GCLF" of version 1', hex(bytes));
        [expects, wanted] = ["length", 4];
      } else if (expects === "length") {
        const length = number(bytes).getUint32(0, true);
        if (length !== 0 && (length < headerBytes || length > maxBlockBytes))
          fail("corrupt", `block ${chain.size}: length`, `${headerBytes} to ${maxBlockBytes}`, length);
        [expects, wanted] = length === 0 ? ["trailer", trailerBytes] : ["block", length];
      } else {
        const size = number(bytes).getBigUint64(0, true);
        if (size !== BigInt(chain.size)) fail("corrupt", `block ${chain.size}`, `${size} blocks`, chain.size);
        if (!sameBytes(bytes.subarray(8), chain.root()))
          fail(
            "corrupt",
            `block ${Math.max(chain.size - 1, 0)}: root`,
            hex(bytes.subarray(8)),
            hex(chain.root()),
          );
        expects = "end";
      }
    }
    if (expects === "end" && intake.bytes > 0)
      fail("corrupt", "ledger file", "nothing after the trailer", `${intake.bytes} bytes`);
  }
  if (expects !== "end")
    fail("corrupt", `block ${chain.size}`, `${wanted} more bytes`, `${intake.bytes} and the end of the file`);
}
