/** A whole ledger as one file, written and read piece by piece; its layout is `ledger/format/ledgerfile.ts`. */
import { concat, hex, sameBytes, wantBytes } from "../../bytes.js";
import { boolean, needIterable } from "../../check.js";
import { fail } from "../../errors.js";
import type { Blocks } from "../../ledger/format/chain.js";
import { Chain } from "../../ledger/format/chain.js";
import { headerBytes, maxBlockBytes } from "../../ledger/format/header.js";
import {
  type Checksum,
  decodeFileEnd,
  decodeFileHead,
  encodeFileEnd,
  encodeFileHead,
  encodeRecordHead,
  fileEndBytes,
  fileHeadBytes,
  isBlockLength,
  isWhole,
  markOf,
  openChecksum,
  recordHeadBytes,
  recordLength,
} from "../../ledger/format/ledgerfile.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { linkedBlocks } from "../blocks.js";

/**
 * A whole ledger as one file, piece by piece: head, blocks, end. Every block is checked before it is written. Throws
 * `corrupt` naming the first bad height.
 */
export async function* writeLedgerFile(blocks: Blocks, hasher: Hasher): AsyncGenerator<Uint8Array> {
  const checksum = await openChecksum();
  const chain = new Chain(hasher);
  yield encodeFileHead(0);
  for await (const { bytes } of linkedBlocks(blocks, chain)) {
    yield encodeRecordHead(bytes, checksum);
    yield bytes;
  }
  yield encodeFileEnd(markOf(chain), checksum);
}

/** Bytes that arrive in pieces of any size, taken in portions. Holds what was not taken yet. */
class Portions {
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
 * The blocks of a whole ledger file that arrives in pieces of any size, each verified before it is handed on;
 * `headersOnly` leaves their sections unread. Never holds more than one block and one piece, nor takes room for bytes
 * that have not come. Throws `corrupt` naming the height when the file is cut, changed or goes on after its end.
 */
export async function* readLedgerFile(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  hasher: Hasher,
  headersOnly: boolean = false,
): AsyncGenerator<Uint8Array> {
  needIterable(pieces, "pieces", "the bytes of a ledger file, in pieces");
  boolean(headersOnly, "headersOnly");
  const reader = new FileReader(hasher, await openChecksum(), headersOnly);
  for await (const piece of pieces) {
    reader.arrived.add(wantBytes(piece, "piece"));
    for (let block = reader.next(); block !== null; block = reader.next()) yield block;
  }
  reader.finish();
}

/** What comes next in a ledger file. */
type Part = "head" | "record" | "block" | "end" | "nothing";

class FileReader {
  readonly arrived: Portions = new Portions();
  readonly #chain: Chain;
  readonly #checksum: Checksum;
  readonly #headersOnly: boolean;
  #expects: Part = "head";
  #wanted: number = fileHeadBytes;
  /** What stands before the block, or the end, that is expected. */
  #before: Uint8Array = new Uint8Array(0);

  constructor(hasher: Hasher, checksum: Checksum, headersOnly: boolean) {
    this.#chain = new Chain(hasher);
    this.#checksum = checksum;
    this.#headersOnly = headersOnly;
  }

  /** The next block; null until more has come. */
  next(): Uint8Array | null {
    while (this.#expects !== "nothing" && this.arrived.bytes >= this.#wanted) {
      const bytes = this.arrived.take(this.#wanted);
      if (this.#expects === "head") this.#takeHead(bytes);
      else if (this.#expects === "record") this.#takeRecordHead(bytes);
      else if (this.#expects === "end") this.#takeEnd(bytes);
      else return this.#takeBlock(bytes);
    }
    if (this.#expects === "nothing" && this.arrived.bytes > 0)
      fail("corrupt", "ledger file", "nothing after its end", `${this.arrived.bytes} bytes`);
    return null;
  }

  /** Throws `corrupt` unless the file has come to its end. */
  finish(): void {
    if (this.#expects === "nothing") return;
    const got = `${this.arrived.bytes} and the end of the file`;
    fail("corrupt", `block ${this.#chain.size}`, `${this.#wanted} more bytes`, got);
  }

  #expect(part: Part, bytes: number): void {
    this.#expects = part;
    this.#wanted = bytes;
  }

  #takeHead(bytes: Uint8Array): void {
    const { first, marks } = decodeFileHead(bytes, this.#checksum);
    if (first !== 0) fail("corrupt", "ledger file", "one that begins with block 0", first);
    if (marks.includes("torn")) fail("corrupt", "ledger file", "marks that can be read", "other bytes");
    this.#expect("record", recordHeadBytes);
  }

  #takeRecordHead(bytes: Uint8Array): void {
    this.#before = bytes;
    const length = recordLength(bytes);
    if (length !== 0 && !isBlockLength(length))
      fail("corrupt", `block ${this.#chain.size}: length`, `${headerBytes} to ${maxBlockBytes}`, length);
    if (length === 0) this.#expect("end", fileEndBytes - recordHeadBytes);
    else this.#expect("block", length);
  }

  #takeBlock(bytes: Uint8Array): Uint8Array {
    if (!isWhole(this.#before, bytes, this.#checksum))
      fail("corrupt", `block ${this.#chain.size}`, "the bytes that were written", "others");
    this.#chain.append(bytes, this.#headersOnly);
    this.#expect("record", recordHeadBytes);
    return bytes;
  }

  #takeEnd(bytes: Uint8Array): void {
    const { size, hash } = markOf(this.#chain);
    const end = decodeFileEnd(concat(this.#before, bytes), this.#checksum);
    if (end === null) fail("corrupt", `block ${size}`, "a block, or the end of the file", "other bytes");
    else if (end.size !== size) fail("corrupt", `block ${size}`, `${end.size} blocks`, size);
    else if (!sameBytes(end.hash, hash))
      fail("corrupt", `block ${Math.max(size - 1, 0)}: hash`, hex(end.hash), hex(hash));
    this.#expect("nothing", 0);
  }
}
