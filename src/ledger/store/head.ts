import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { fromHex, hex } from "../../bytes.js";
import { fail } from "../../errors.js";
import type { Hasher } from "../tree/hasher.js";
import type { Mark } from "./medium.js";

/**
 * A file that says how far the acknowledged chain goes. LevelDB skips a log record whose checksum is wrong, so without
 * it a single flipped bit would take back the last block and nobody would notice.
 */
export interface HeadFile {
  /** The last mark written; null for none. Throws `corrupt` when neither slot can be read. */
  read(): Promise<Mark | null>;
  /** Writes and flushes a mark. */
  write(mark: Mark): Promise<void>;
  close(): Promise<void>;
}

// Two slots, written in turn: a torn write spoils the new one and leaves the one before.
const slotBytes = 128;

const checksum = (text: string, hasher: Hasher): string =>
  hex(hasher.sha256(new TextEncoder().encode(text)).subarray(0, 8));

/** A slot is a line `size hash checksum`, padded with blanks. */
function writeSlot({ size, hash }: Mark, hasher: Hasher): Uint8Array {
  const line = `${size} ${hex(hash)}`;
  return new TextEncoder().encode(`${`${line} ${checksum(line, hasher)}`.padEnd(slotBytes - 1)}\n`);
}

function readSlot(text: string, hasher: Hasher): Mark | null {
  const match = /^(0|[1-9][0-9]{0,15}) ([0-9a-f]{64}) ([0-9a-f]{16}) *\n$/.exec(text);
  if (match === null || checksum(`${match[1]} ${match[2]}`, hasher) !== match[3]) return null;
  return { size: Number(match[1]), hash: fromHex(match[2], "HEAD") };
}

const slotsOf = (bytes: Uint8Array): readonly [string, string] => {
  const text = new TextDecoder().decode(bytes);
  return [text.slice(0, slotBytes), text.slice(slotBytes)];
};

/**
 * Throws `corrupt` unless both slots of a `HEAD` hold what the writes of a chain leave there. Opening a store is
 * content with one of them, because a torn write may spoil the other; who verifies wants to know.
 */
export function checkHeadFile(bytes: Uint8Array, hasher: Hasher): void {
  if (bytes.length === 0) return;
  const slots = slotsOf(bytes);
  const marks = slots.map((slot) => readSlot(slot, hasher));
  const newest = Math.max(...marks.map((mark) => mark?.size ?? 0));
  for (const [index, mark] of marks.entries()) {
    // The marks alternate, and that of an empty chain is never written.
    const wanted = newest % 2 === index ? newest : newest - 1;
    const blank = wanted === 0 && /^\0*$/.test(slots[index] as string);
    if (!blank && mark?.size !== wanted)
      fail(
        "corrupt",
        `HEAD, slot ${index}`,
        `the mark of ${wanted} blocks`,
        mark?.size ?? "none that can be read",
      );
  }
}

/** Opens or makes the file. */
export async function openHeadFile(path: string, hasher: Hasher): Promise<HeadFile> {
  const file = await open(path, "r+").catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    const made = await open(path, "wx+");
    const folder = await open(dirname(path), "r");
    // The name must last as well as the bytes.
    await folder.sync().finally(() => folder.close());
    return made;
  });
  return {
    async read() {
      const bytes = new Uint8Array(2 * slotBytes);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
      if (bytesRead === 0) return null;
      const marks = slotsOf(bytes.subarray(0, bytesRead))
        .map((slot) => readSlot(slot, hasher))
        .filter((mark) => mark !== null);
      if (marks.length === 0) return fail("corrupt", "HEAD", "a slot that can be read", "none");
      return marks.reduce((last, mark) => (mark.size > last.size ? mark : last));
    },
    async write(mark) {
      const bytes = writeSlot(mark, hasher);
      const { bytesWritten } = await file.write(bytes, 0, slotBytes, (mark.size % 2) * slotBytes);
      if (bytesWritten !== slotBytes) fail("storage", "HEAD", `${slotBytes} bytes written`, bytesWritten);
      await file.datasync();
    },
    close: () => file.close(),
  };
}
