import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { fail } from "../../errors.js";
import { fromHex, hex } from "../bytes.js";
import type { Hasher } from "../hasher.js";
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

/** Opens or makes the file. A slot is a line `size hash checksum`, padded with blanks. */
export async function openHeadFile(path: string, hasher: Hasher): Promise<HeadFile> {
  const checksum = (text: string): string =>
    hex(hasher.sha256(new TextEncoder().encode(text)).subarray(0, 8));
  const line = ({ size, hash }: Mark): string => `${size} ${hex(hash)}`;
  const slot = (mark: Mark): Uint8Array =>
    new TextEncoder().encode(`${`${line(mark)} ${checksum(line(mark))}`.padEnd(slotBytes - 1)}\n`);
  const parse = (text: string): Mark | null => {
    const match = /^(0|[1-9][0-9]{0,15}) ([0-9a-f]{64}) ([0-9a-f]{16}) *\n$/.exec(text);
    if (match === null || checksum(`${match[1]} ${match[2]}`) !== match[3]) return null;
    return { size: Number(match[1]), hash: fromHex(match[2], "HEAD") };
  };
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
      const text = new TextDecoder().decode(bytes.subarray(0, bytesRead));
      const marks = [parse(text.slice(0, slotBytes)), parse(text.slice(slotBytes))].filter(
        (mark) => mark !== null,
      );
      if (marks.length === 0) return fail("corrupt", "HEAD", "a slot that can be read", "none");
      return marks.reduce((last, mark) => (mark.size > last.size ? mark : last));
    },
    async write(mark) {
      const bytes = slot(mark);
      const { bytesWritten } = await file.write(bytes, 0, slotBytes, (mark.size % 2) * slotBytes);
      if (bytesWritten !== slotBytes) fail("storage", "HEAD", `${slotBytes} bytes written`, bytesWritten);
      await file.datasync();
    },
    close: () => file.close(),
  };
}
