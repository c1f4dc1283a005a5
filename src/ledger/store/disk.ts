/**
 * Files read and written to the last byte, however few the system takes at a time, and files and folders so written
 * that a crash leaves the old or the new, whole.
 *
 * What the system takes into its memory sooner than another thread would answer is written without waiting. A flush
 * waits for the disk, which may take as long as it likes, so that is always left to another thread.
 */
import {
  closeSync,
  fdatasync,
  fstatSync,
  fsync,
  ftruncateSync,
  openSync,
  read,
  readSync,
  renameSync,
  write,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { concat } from "../../bytes.js";
import { fail } from "../../errors.js";

/** Most bytes asked for at once: Node refuses 2 GiB. */
const mostAtOnce = 1 << 30;
/** Most bytes written without waiting: to the system's memory they take some 60 µs, by way of another thread 100. */
const mostInPlace = 1 << 18;

/** What another thread answers. */
const answered = <T>(ask: (answer: (error: Error | null, value: T) => void) => void): Promise<T> =>
  new Promise((resolve, reject) => ask((error, value) => (error === null ? resolve(value) : reject(error))));

/** An open file. Whoever opens it closes it; what is under way then is waited for. */
export class DiskFile {
  readonly #descriptor: number;
  /** How much is under way on other threads: a descriptor closed under them would soon be another file's. */
  #under = 0;
  #closed = false;

  /** Opens a file: `r` to read, `r+` to write what is there, `w` to make it anew. Throws what the system says. */
  constructor(path: string, flags: "r" | "r+" | "w") {
    this.#descriptor = openSync(path, flags);
  }

  /** Its length in bytes. */
  get size(): number {
    return fstatSync(this.#descriptor).size;
  }

  /** What tells it from a file that takes its name later. */
  get inode(): number {
    return fstatSync(this.#descriptor).ino;
  }

  /** The bytes from `at` on: so many as are asked for, fewer where the file ends before. */
  read(at: number, length: number): Promise<Uint8Array> {
    return this.#keptOpen(async () => {
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const wanted = Math.min(length - done, mostAtOnce);
        const count = await answered<number>((answer) =>
          read(this.#descriptor, bytes, done, wanted, at + done, answer),
        );
        if (count === 0) break;
        done += count;
      }
      return bytes.subarray(0, done);
    });
  }

  /** The same without waiting: of a read of eight bytes, a promise is nearly the whole time. */
  readNow(at: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const count = readSync(this.#descriptor, bytes, done, Math.min(length - done, mostAtOnce), at + done);
      if (count === 0) break;
      done += count;
    }
    return bytes.subarray(0, done);
  }

  /** Writes every byte of these parts, end to end from `at` on, or throws; one write, where the system takes it. */
  async write(parts: readonly Uint8Array[], at: number): Promise<void> {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    if (length <= mostInPlace) this.#writeNow(concat(...parts), at);
    else await this.#keptOpen(() => this.#writeAside(parts, at));
  }

  #writeNow(bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length; )
      done += taken(writeSync(this.#descriptor, bytes, done, bytes.length - done, at + done));
  }

  async #writeAside(parts: readonly Uint8Array[], at: number): Promise<void> {
    for (const part of parts) {
      for (let done = 0; done < part.length; ) {
        const wanted = Math.min(part.length - done, mostAtOnce);
        const count = await answered<number>((answer) =>
          write(this.#descriptor, part, done, wanted, at + done, answer),
        );
        done += taken(count);
      }
      at += part.length;
    }
  }

  /** Cuts off what follows the first `length` bytes. */
  truncate(length: number): void {
    ftruncateSync(this.#descriptor, length);
  }

  /** Resolves when all that was written is on the disk. */
  flush(): Promise<void> {
    return this.#keptOpen(() => answered<void>((answer) => fdatasync(this.#descriptor, answer)));
  }

  close(): void {
    this.#closed = true;
    if (this.#under === 0) closeSync(this.#descriptor);
  }

  async #keptOpen<T>(act: () => Promise<T>): Promise<T> {
    this.#under += 1;
    try {
      return await act();
    } finally {
      this.#under -= 1;
      if (this.#closed && this.#under === 0) closeSync(this.#descriptor);
    }
  }
}

/** A write of nothing would be tried for ever. */
const taken = (bytes: number): number =>
  bytes > 0 ? bytes : fail("storage", "store", "bytes written", "none");

/** Writes the bytes of a file from `from` up to `to`, or to its end, once more, as they are, and flushes them. */
export async function writeAgain(path: string, from: number, to: number): Promise<void> {
  const file = new DiskFile(path, "r+");
  try {
    await file.write([await file.read(from, Math.min(to, file.size) - from)], from);
    await file.flush();
  } finally {
    file.close();
  }
}

/** Makes names in a folder last. Windows keeps them by itself and opens no folder. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  // Flushing the data alone would leave names out.
  await answered<void>((answer) => fsync(folder, answer)).finally(() => closeSync(folder));
}

/** Replaces a file so that after a crash it is the old or the new one, whole. */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const fresh = `${path}.new`;
  const file = new DiskFile(fresh, "w");
  try {
    await file.write([bytes], 0);
    await file.flush();
  } finally {
    file.close();
  }
  renameSync(fresh, path);
  await syncFolder(dirname(path));
}
