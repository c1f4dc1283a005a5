/**
 * The file into which a signed run puts the platform's receipt of every order in its ledger, one a line, in the order
 * of the blocks and of the orders in them. What the file holds follows from the ledger alone, so a run that was killed
 * finds where it was, writes what is missing, and the file comes out the same.
 */
import { type FileHandle, open } from "node:fs/promises";
import { copyOf, fromUtf8, hex, sameBytes } from "../../bytes.js";
import { fail, GridclearError } from "../../errors.js";
import type { Block } from "../../ledger/format/block.js";
import { orderLayout } from "../../ledger/format/records.js";
import type { SigningKey } from "../../ledger/keys/backend.js";
import { decodeReceipt, encodeReceipt, signReceipt } from "../../ledger/proof/receipt.js";
import type { Store } from "../../ledger/store/store.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { checkedBlocks } from "../../report/blocks.js";
import { inFile } from "./document.js";
import { reasonOf } from "./problem.js";

/** Whose receipts they are. */
export interface ReceiptFileOptions {
  readonly path: string;
  /** The platform's key. */
  readonly key: SigningKey;
  readonly hasher: Hasher;
}

const newline = 10;
/** Bytes read at once while the lines that are there are counted. */
const chunkBytes = 1 << 16;

/** An open file of receipts that has one for each order of the blocks it was given. */
export class ReceiptFile {
  readonly #options: ReceiptFileOptions;
  readonly #file: FileHandle;
  /** The line that the file begins with, if it holds one. */
  readonly #firstLine: string | null;
  /** Whole lines that lie in the file and have not been met in a block yet. */
  #there: number;

  private constructor(options: ReceiptFileOptions, file: FileHandle, found: FoundLines) {
    this.#options = options;
    this.#file = file;
    this.#firstLine = found.first;
    this.#there = found.lines;
  }

  /**
   * Opens or makes the file. A last line that was only half written is cut off. Throws `invalid` when it can't be
   * written.
   */
  static async open(options: ReceiptFileOptions): Promise<ReceiptFile> {
    const file = await writing(options.path, open(options.path, "a+", 0o666));
    try {
      // A device may be read for ever, and has no end to write at.
      if (!(await file.stat()).isFile()) return fail("invalid", options.path, "a file", "something else");
      const found = await wholeLines(file);
      await file.truncate(found.bytes);
      return new ReceiptFile(options, file, found);
    } catch (error) {
      await file.close();
      if (error instanceof GridclearError) throw error;
      return fail("invalid", options.path, "a file that can be written", reasonOf(error));
    }
  }

  /**
   * Writes what is missing of the blocks that a store holds. Throws `conflict` when the file is not of this ledger,
   * `corrupt` naming the height of a block that does not hold.
   */
  async catchUp(store: Store): Promise<void> {
    const { path } = this.#options;
    // The platform is about to sign what stands in them.
    for await (const { block } of checkedBlocks(store.blocks(), this.#options.hasher)) {
      if (block.header.height === 0) this.#checkFirst(block.header.marketId);
      await this.add(block);
    }
    if (this.#there > 0)
      fail("conflict", path, "receipts of this ledger alone", `${this.#there} lines more than it has orders`);
  }

  #checkFirst(marketId: Uint8Array): void {
    if (this.#firstLine === null) return;
    const { path } = this.#options;
    const receipt = inFile(path, () => decodeReceipt(this.#firstLine!));
    if (!sameBytes(receipt.marketId, marketId))
      fail("conflict", path, `receipts of market ${hex(marketId)}`, hex(receipt.marketId));
  }

  /** Writes the receipts of a block's orders, except those that lie in the file already. */
  async add(block: Block): Promise<void> {
    const { header, sections } = block;
    const { count } = header.sections.orders;
    const first = Math.min(this.#there, count);
    this.#there -= first;
    const { key, hasher, path } = this.#options;
    const lines: string[] = [];
    for (let number = first; number < count; number += 1) {
      const order = copyOf(sections.orders, number * orderLayout.bytes, (number + 1) * orderLayout.bytes);
      const { marketId, period } = header;
      lines.push(encodeReceipt(await signReceipt({ marketId, period, number, order }, key, hasher)));
    }
    if (lines.length > 0) await writing(path, this.#file.appendFile(lines.join("")));
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

async function writing<T>(path: string, attempt: Promise<T>): Promise<T> {
  return attempt.catch((error: unknown) =>
    fail("invalid", path, "a file that can be written", reasonOf(error)),
  );
}

/** What lies in a file of lines. */
interface FoundLines {
  /** Number of lines that have their end. */
  readonly lines: number;
  /** Bytes up to the end of the last of them. */
  readonly bytes: number;
  /** The first of them; null when there is none. */
  readonly first: string | null;
}

async function wholeLines(file: FileHandle): Promise<FoundLines> {
  const chunk = new Uint8Array(chunkBytes);
  let [lines, bytes, at] = [0, 0, 0];
  let first: string | null = null;
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, chunkBytes, at);
    if (bytesRead === 0) return { lines, bytes, first };
    for (let index = 0; index < bytesRead; index += 1) {
      if (chunk[index] !== newline) continue;
      lines += 1;
      bytes = at + index + 1;
      first ??= fromUtf8(chunk.subarray(0, index)) ?? "";
    }
    at += bytesRead;
  }
}
