// A disk in memory that stands in for `node:fs` and `node:fs/promises` below the real store. It knows what was flushed:
// when the power goes, that is there, and of the rest whatever chance says. It can also refuse a call, take half of a
// write, and flip a bit at rest. One world at a time lives on it.
import { dirname } from "node:path/posix";

/** What an interrupted process is stopped with: no code may go on as if it were an error of the system. */
export class PowerCut extends Error {}

/** How a call to the disk goes wrong. `cut`: the power goes as it is made, before, in the middle of or after it. */
export type Fault = "cut" | "EIO" | "ENOSPC";

/** Bytes that a disk writes at once or not at all. */
const sector = 512;

interface Write {
  readonly at: number;
  /** null: cut to the length `at`. */
  readonly bytes: Uint8Array | null;
}

class Inode {
  static count = 0;
  readonly number: number = ++Inode.count;
  /** What a process reads. */
  seen: Uint8Array = new Uint8Array(0);
  /** What was flushed, and what was written since. */
  kept: Uint8Array = new Uint8Array(0);
  since: Write[] = [];
  changed = 0;
}

interface Opened {
  readonly path: string;
  /** null: a folder. */
  readonly inode: Inode | null;
}

type Answer<T = void> = (error: Error | null, value: T) => void;

function written(before: Uint8Array, { at, bytes }: Write): Uint8Array {
  if (bytes === null) {
    const cut = new Uint8Array(at);
    cut.set(before.subarray(0, at));
    return cut;
  }
  const after = new Uint8Array(Math.max(before.length, at + bytes.length));
  after.set(before);
  after.set(bytes, at);
  return after;
}

const said = (code: string, call: string): Error =>
  Object.assign(new Error(`${code}: ${call}, by the disk of the test`), { code });

class Disk {
  /** What a process sees, and what was made last; null in the second: a name removed since. */
  #names = new Map<string, Inode>();
  #keptNames = new Map<string, Inode>();
  #since: (readonly [path: string, inode: Inode | null])[] = [];
  #folders = new Set<string>();
  readonly #open = new Map<number, Opened>();
  #descriptors = 10;
  #below: (n: number) => number = () => 0;
  #fault: { readonly kind: Fault; readonly at: number } | null = null;
  /** Calls that change something, since the world began. */
  calls = 0;
  /** How often the machine was started: a process of before is another one. */
  boots = 0;
  dead = false;
  /** Resolves when the power goes. */
  died: Promise<void> = Promise.resolve();
  #die: () => void = () => {};
  /** Whether a planned fault has happened. */
  struck = false;

  /** An empty disk for a new world. */
  begin(below: (n: number) => number): void {
    this.#names = new Map();
    this.#keptNames = new Map();
    this.#since = [];
    this.#folders = new Set();
    this.#open.clear();
    this.#below = below;
    this.calls = 0;
    this.boots = 0;
    this.#boot();
  }

  #boot(): void {
    this.boots += 1;
    this.dead = false;
    this.#fault = null;
    this.struck = false;
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  /** Lets the `after`-th call from now that changes something go wrong. */
  plan(kind: Fault, after: number): void {
    this.#fault = { kind, at: this.calls + after };
  }

  /** The power goes now: whoever is under way is never answered. */
  cut(): void {
    this.dead = true;
    this.#die();
  }

  /** Starts the machine again, with what the disk kept. The processes of before are gone. */
  reboot(): void {
    // Names reach the disk in order, so a part of them from the first on.
    const names = this.#since.slice(0, this.#below(this.#since.length + 1));
    for (const [path, inode] of names) {
      if (inode === null) this.#keptNames.delete(path);
      else this.#keptNames.set(path, inode);
    }
    this.#since = [];
    this.#names = new Map(this.#keptNames);
    for (const inode of new Set(this.#names.values())) {
      inode.kept = this.#arrived(inode);
      inode.since = [];
      inode.seen = inode.kept;
    }
    this.#open.clear();
    this.#boot();
  }

  /** The process is killed and the machine stays up: all that was written is there. */
  restart(): void {
    this.#open.clear();
    this.#boot();
  }

  /**
   * A file after writes that were not flushed. Each sector is as it was at some time since: the earlier writes to it
   * are there and the later ones are not. A sector that the file had not before may be there and empty. Cutting the
   * file parts what was before it from what came after.
   */
  #arrived({ kept, since }: Inode): Uint8Array {
    const cuts = since.flatMap(({ bytes }, index) => (bytes === null ? [index] : []));
    const ends = [...cuts, since.length];
    const epoch = this.#below(ends.length);
    const begin = epoch === 0 ? 0 : ends[epoch - 1]!;
    let after = since.slice(0, begin).reduce(written, kept);
    // The cut itself, with which an epoch begins, is there.
    const writes = since.slice(begin, ends[epoch]).filter((write) => {
      if (write.bytes === null) after = written(after, write);
      return write.bytes !== null;
    });
    if (this.#below(4) === 0) return after;
    const all = this.#below(3) === 0;
    const whole = writes.reduce(written, after);
    const sectors = new Map<number, Write[]>();
    for (const write of writes)
      for (let from = write.at - (write.at % sector); from < write.at + write.bytes!.length; from += sector)
        sectors.set(from, [...(sectors.get(from) ?? []), write]);
    for (const [from, touching] of sectors) {
      const count = all ? touching.length : this.#below(touching.length + 1);
      for (const { at, bytes } of touching.slice(0, count)) {
        const [first, last] = [Math.max(at, from), Math.min(at + bytes!.length, from + sector)];
        after = written(after, { at: first, bytes: bytes!.subarray(first - at, last - at) });
      }
    }
    // Its length may have reached the disk without the sectors.
    return this.#below(2) === 0 ? written(after, { at: whole.length, bytes: new Uint8Array(0) }) : after;
  }

  /** Files by name, in order of names. */
  get files(): readonly string[] {
    return [...this.#names.keys()].sort();
  }

  /** What a file holds. */
  bytesOf(path: string): Uint8Array {
    return this.#names.get(path)!.seen;
  }

  /** Has a file hold something else, as a disk does that rots. */
  put(path: string, bytes: Uint8Array): void {
    const inode = this.#names.get(path)!;
    inode.seen = bytes;
    inode.kept = bytes;
  }

  /** Takes a name away, as somebody does who clears up. */
  take(path: string): void {
    this.#names.delete(path);
    this.#keptNames.delete(path);
  }

  /** Does a call that changes something, unless it is the one that goes wrong. */
  #change<T>(call: string, act: () => T, half: () => void = () => {}): T {
    this.#alive();
    this.calls += 1;
    const fault = this.#fault;
    if (fault === null || this.calls < fault.at) return act();
    this.#fault = null;
    this.struck = true;
    if (fault.kind !== "cut") {
      if (this.#below(2) === 0) half();
      throw said(fault.kind, call);
    }
    const moment = this.#below(3);
    if (moment === 1) half();
    if (moment === 2) act();
    this.cut();
    throw new PowerCut();
  }

  #alive(): void {
    if (this.dead) throw new PowerCut();
  }

  #name(path: string, inode: Inode | null): void {
    if (inode === null) this.#names.delete(path);
    else this.#names.set(path, inode);
    this.#since.push([path, inode]);
  }

  #need(path: string, call: string): Inode {
    return this.#names.get(path) ?? this.#missing(call, path);
  }

  #missing(call: string, path: string): never {
    throw said("ENOENT", `${call} ${path}`);
  }

  #of(descriptor: number): Opened {
    const opened = this.#open.get(descriptor);
    if (opened === undefined) throw said("EBADF", `${descriptor}`);
    return opened;
  }

  #write(inode: Inode, write: Write): void {
    inode.seen = written(inode.seen, write);
    const last = inode.since.at(-1);
    // What goes on where a write ended is the rest of it, which the system took at a second call.
    if (last?.bytes && write.bytes && last.at + last.bytes.length === write.at)
      inode.since[inode.since.length - 1] = { at: last.at, bytes: Buffer.concat([last.bytes, write.bytes]) };
    else inode.since.push(write);
    inode.changed += 1;
  }

  openSync(path: string, flags: string): number {
    this.#alive();
    let inode = this.#names.get(path) ?? null;
    if (flags === "w") {
      this.#change(`open ${path}`, () => {
        if (inode === null) {
          inode = new Inode();
          this.#name(path, inode);
        } else this.#write(inode, { at: 0, bytes: null });
      });
    } else if (inode === null && !this.#folders.has(path)) this.#missing("open", path);
    const descriptor = ++this.#descriptors;
    this.#open.set(descriptor, { path, inode });
    return descriptor;
  }

  closeSync(descriptor: number): void {
    this.#open.delete(descriptor);
  }

  fstatSync(descriptor: number): object {
    this.#alive();
    return this.#stats(this.#of(descriptor).inode!);
  }

  statSync(path: string): object | undefined {
    this.#alive();
    const inode = this.#names.get(path);
    return inode === undefined ? undefined : this.#stats(inode);
  }

  #stats({ number, seen, changed }: Inode): object {
    return { ino: number, dev: 1, size: seen.length, mtimeMs: changed };
  }

  readSync(descriptor: number, bytes: Uint8Array, from: number, length: number, at: number): number {
    this.#alive();
    const { seen } = this.#of(descriptor).inode!;
    const part = seen.subarray(at, at + length);
    bytes.set(part, from);
    return part.length;
  }

  writeSync(descriptor: number, bytes: Uint8Array, from: number, length: number, at: number): number {
    const inode = this.#of(descriptor).inode!;
    const own = Uint8Array.from(bytes.subarray(from, from + length));
    return this.#change(
      "write",
      () => {
        // A system may take less than it is given.
        const taken = length > 1 && this.#below(20) === 0 ? 1 + this.#below(length - 1) : length;
        this.#write(inode, { at, bytes: own.subarray(0, taken) });
        return taken;
      },
      () => this.#write(inode, { at, bytes: own.subarray(0, length >> 1) }),
    );
  }

  ftruncateSync(descriptor: number, length: number): void {
    const inode = this.#of(descriptor).inode!;
    this.#change("truncate", () => this.#write(inode, { at: length, bytes: null }));
  }

  /** Makes what was written to a file, or the names in a folder, last. */
  flush(descriptor: number, answer: Answer): void {
    const { path, inode } = this.#of(descriptor);
    const act = (): void => {
      if (inode === null) {
        for (const [name, found] of this.#since) {
          if (dirname(name) !== path) continue;
          if (found === null) this.#keptNames.delete(name);
          else this.#keptNames.set(name, found);
        }
        this.#since = this.#since.filter(([name]) => dirname(name) !== path);
        return;
      }
      this.#keep(inode);
    };
    // What a flush that failed was about may be lost for good, though it can still be read.
    const lose = (): void => {
      if (inode !== null) inode.since = [];
    };
    this.#answer(() => this.#change("flush", act, lose), answer);
  }

  #keep(inode: Inode): void {
    inode.kept = inode.seen;
    inode.since = [];
  }

  /** Answers later, as another thread does; a machine without power never. */
  #answer<T>(act: () => T, answer: Answer<T>): void {
    let value: T;
    try {
      value = act();
    } catch (error) {
      if (!(error instanceof PowerCut))
        queueMicrotask(() => this.dead || answer(error as Error, undefined as T));
      return;
    }
    queueMicrotask(() => this.dead || answer(null, value));
  }

  read(
    descriptor: number,
    bytes: Uint8Array,
    from: number,
    length: number,
    at: number,
    answer: Answer<number>,
  ): void {
    this.#answer(() => this.readSync(descriptor, bytes, from, length, at), answer);
  }

  write(
    descriptor: number,
    bytes: Uint8Array,
    from: number,
    length: number,
    at: number,
    answer: Answer<number>,
  ): void {
    this.#answer(() => this.writeSync(descriptor, bytes, from, length, at), answer);
  }

  renameSync(from: string, to: string): void {
    const inode = this.#need(from, "rename");
    this.#change("rename", () => {
      this.#name(to, inode);
      this.#name(from, null);
    });
  }

  linkSync(from: string, to: string): void {
    const inode = this.#need(from, "link");
    if (this.#names.has(to)) throw said("EEXIST", `link ${to}`);
    this.#change("link", () => this.#name(to, inode));
  }

  unlinkSync(path: string): void {
    this.#need(path, "unlink");
    this.#change("unlink", () => this.#name(path, null));
  }

  rmSync(path: string): void {
    this.#alive();
    for (const name of [...this.#names.keys()])
      if (name === path || name.startsWith(`${path}/`)) this.#change("rm", () => this.#name(name, null));
    this.#folders.delete(path);
  }

  existsSync(path: string): boolean {
    this.#alive();
    return this.#names.has(path) || this.#folders.has(path);
  }

  readFileSync(path: string): Buffer {
    this.#alive();
    // The kernel's word for when this process started, by which the lock tells a dead one from a living one.
    if (path.startsWith("/proc/")) return Buffer.from(`1 (node) ${"x ".repeat(19)}${this.boots} `);
    return Buffer.from(this.#need(path, "open").seen);
  }

  writeFileSync(path: string, text: string, { flush = false }: { readonly flush?: boolean } = {}): void {
    if (this.#names.has(path)) throw said("EEXIST", `open ${path}`);
    const inode = new Inode();
    this.#change("write", () => {
      this.#name(path, inode);
      this.#write(inode, { at: 0, bytes: Uint8Array.from(Buffer.from(text)) });
    });
    if (flush) this.#change("flush", () => this.#keep(inode));
  }

  readdirSync(path: string): string[] {
    this.#alive();
    if (!this.#folders.has(path)) this.#missing("readdir", path);
    const below = [...this.#names.keys(), ...this.#folders].filter((name) => name.startsWith(`${path}/`));
    return [...new Set(below.map((name) => name.slice(path.length + 1).split("/")[0]!))];
  }

  /** Makes a folder and those around it; the first that was not there. */
  mkdir(path: string): string | undefined {
    this.#alive();
    let made: string | undefined;
    for (let at = path; at !== "/" && !this.#folders.has(at); at = dirname(at)) {
      this.#folders.add(at);
      made = at;
    }
    return made;
  }
}

/** The disk of the world that runs. */
export const disk: Disk = new Disk();

export const openSync = (path: string, flags: string): number => disk.openSync(path, flags);
export const closeSync = (descriptor: number): void => disk.closeSync(descriptor);
export const fstatSync = (descriptor: number): object => disk.fstatSync(descriptor);
export const statSync = (path: string): object | undefined => disk.statSync(path);
export const readSync: Disk["readSync"] = (...given) => disk.readSync(...given);
export const writeSync: Disk["writeSync"] = (...given) => disk.writeSync(...given);
export const read: Disk["read"] = (...given) => disk.read(...given);
export const write: Disk["write"] = (...given) => disk.write(...given);
export const ftruncateSync: Disk["ftruncateSync"] = (...given) => disk.ftruncateSync(...given);
export const fdatasync: Disk["flush"] = (...given) => disk.flush(...given);
export const fsync: Disk["flush"] = (...given) => disk.flush(...given);
export const renameSync: Disk["renameSync"] = (...given) => disk.renameSync(...given);
export const linkSync: Disk["linkSync"] = (...given) => disk.linkSync(...given);
export const unlinkSync: Disk["unlinkSync"] = (...given) => disk.unlinkSync(...given);
export const rmSync = (path: string): void => disk.rmSync(path);
export const existsSync = (path: string): boolean => disk.existsSync(path);
export const readFileSync = (path: string, encoding?: "utf8"): Buffer | string => {
  const bytes = disk.readFileSync(path);
  return encoding === undefined ? bytes : bytes.toString(encoding);
};
export const writeFileSync: Disk["writeFileSync"] = (...given) => disk.writeFileSync(...given);
export const readdirSync = (path: string): string[] => disk.readdirSync(path);

/** An answer of `node:fs/promises`; of a machine without power never one. */
function later<T>(act: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    try {
      const value = act();
      queueMicrotask(() => disk.dead || resolve(value));
    } catch (error) {
      if (!(error instanceof PowerCut)) queueMicrotask(() => disk.dead || reject(error));
    }
  });
}
export const mkdir = (path: string): Promise<string | undefined> => later(() => disk.mkdir(path));
export const readdir = (path: string): Promise<string[]> => later(() => disk.readdirSync(path));
export const readFile = (path: string): Promise<Buffer> => later(() => disk.readFileSync(path));
export const rm = (path: string): Promise<void> => later(() => disk.rmSync(path));
