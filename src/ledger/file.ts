import { fail } from "../errors.js";
import { sameBytes } from "./bytes.js";
import { headerBytes, maxBlockBytes } from "./header.js";

// "GCLF", version 1, two zeros; then every block behind its length as a u32.
const preamble = new Uint8Array([0x47, 0x43, 0x4c, 0x46, 1, 0, 0, 0]);

/** A whole ledger as one file: a preamble of 8 bytes, then every block behind its length. Yields it piece by piece. */
export async function* writeLedgerFile(
  blocks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield preamble.slice();
  for await (const block of blocks) {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, block.length, true);
    yield length;
    yield block;
  }
}

/**
 * The blocks in a ledger file that arrives in pieces of any size. Never holds more than one block and one piece, nor
 * takes room for bytes that have not come. Throws `corrupt` when it is no ledger file, ends within a block or holds
 * lengths that no block has. The blocks are not verified ({@link ./chain.js verifyChain}).
 */
export async function* readLedgerFile(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const held: Uint8Array[] = [];
  let heldBytes = 0;
  let wanted = preamble.length;
  let expects: "preamble" | "length" | "block" = "preamble";
  let height = 0;
  const take = (): Uint8Array => {
    const bytes = new Uint8Array(wanted);
    let at = 0;
    while (at < wanted) {
      const piece = held[0]!;
      const part = piece.subarray(0, wanted - at);
      bytes.set(part, at);
      at += part.length;
      if (part.length === piece.length) held.shift();
      else held[0] = piece.subarray(part.length);
    }
    heldBytes -= wanted;
    return bytes;
  };
  for await (const piece of pieces) {
    if (piece.length === 0) continue;
    held.push(piece);
    heldBytes += piece.length;
    while (heldBytes >= wanted) {
      const bytes = take();
      if (expects === "preamble") {
        if (!sameBytes(bytes, preamble))
          fail("corrupt", "ledger file", '"GCLF" of version 1', bytes.join(" "));
        expects = "length";
      } else if (expects === "length") {
        wanted = new DataView(bytes.buffer).getUint32(0, true);
        if (wanted < headerBytes || wanted > maxBlockBytes)
          fail("corrupt", `block ${height}: length`, `${headerBytes} to ${maxBlockBytes}`, wanted);
        expects = "block";
        continue;
      } else {
        yield bytes;
        height += 1;
        expects = "length";
      }
      wanted = 4;
    }
  }
  if (expects !== "length" || heldBytes > 0)
    fail("corrupt", `block ${height}`, `${wanted} bytes`, `${heldBytes} at the end of the file`);
}
