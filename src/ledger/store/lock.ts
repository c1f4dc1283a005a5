/**
 * One writer a ledger: a file that says which process holds it. A lock is taken over only from a process that is dead,
 * and its holder looks at it before every write, so that a lock that somebody deleted can't let two writers in.
 *
 * Node has no lock that the kernel releases, so the file names the process so exactly (host, number, moment it started)
 * that a number used again by another process is not taken for the old one.
 */
import { randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  fstatSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { fail } from "../../errors.js";

/** Name of the lock in the directory of a ledger. */
export const lockName = "LOCK";

/** A lock that is held. */
export interface Lock {
  /** Throws `conflict` unless the lock is still this holder's. */
  check(): void;
  /** Lets go; does nothing when the lock is somebody else's by now. */
  release(): void;
}

/** Tokens of the locks that this process holds. */
const held = new Set<string>();

/** When a process started, in the kernel's ticks since the machine did; null where that can't be known. */
function startOf(pid: number): string | null {
  try {
    // The name in parentheses may hold anything, so the fields are counted from its end; the 22nd is the start.
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

interface Holder {
  readonly host: string;
  readonly pid: number;
  readonly started: string | null;
  readonly token: string;
}

function readHolder(path: string): Holder | null {
  try {
    const { host, pid, started, token } = JSON.parse(readFileSync(path, "utf8"));
    return typeof host === "string" && Number.isSafeInteger(pid) && typeof token === "string"
      ? { host, pid, started: typeof started === "string" ? started : null, token }
      : null;
  } catch {
    return null;
  }
}

/** Whether the process that wrote a lock may still be writing. Of another machine nobody can tell: it may. */
function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true;
  if (holder.pid === process.pid && holder.started === startOf(process.pid)) return held.has(holder.token);
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  // The number lives on; the process does only if it started when the holder did.
  const started = startOf(holder.pid);
  return started === null || holder.started === null || started === holder.started;
}

const saysWho = (holder: Holder | null): string =>
  holder === null ? "a lock that can't be read" : `process ${holder.pid} on ${holder.host}`;

/**
 * Takes the lock at `path`. Throws `conflict`, saying who holds it, when a process that may be alive does, and when the
 * file is no lock (then only its owner can know whether it may be deleted).
 */
export function takeLock(path: string): Lock {
  const token = randomUUID();
  const own = `${path}.${token}`;
  const holder: Holder = { host: hostname(), pid: process.pid, started: startOf(process.pid), token };
  // Flushed before it has its name: after a power cut a lock that nobody can read would keep everybody out.
  writeFileSync(own, `${JSON.stringify(holder)}\n`, { flag: "wx", flush: true });
  try {
    clearDead(path);
    // A link is made only where nothing stands, whole or not at all: two processes can't both succeed.
    linkSync(own, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return fail("conflict", path, "one writer", saysWho(readHolder(path)));
  } finally {
    unlinkSync(own);
  }
  held.add(token);
  // While it is open no other file gets its number, so a file of that number is this one.
  const descriptor = openSync(path, "r");
  const taken = fstatSync(descriptor);
  const release = (): void => {
    if (!held.delete(token)) return;
    closeSync(descriptor);
    if (readHolder(path)?.token === token) rmSync(path, { force: true });
  };
  return {
    check() {
      const found = statSync(path, { throwIfNoEntry: false });
      // Reading it costs more than all else that is done before a block is written; only what has changed is read.
      if (found !== undefined && isSame(found, taken)) return;
      const now = readHolder(path);
      if (now?.token !== token) fail("conflict", path, "the lock of this writer", saysWho(now));
    },
    release,
  };
}

/** Whether a file is the one that it was, with nothing written to it since. */
const isSame = (a: Stats, b: Stats): boolean =>
  a.ino === b.ino && a.dev === b.dev && a.size === b.size && a.mtimeMs === b.mtimeMs;

/** Moves the lock of a dead process out of the way. */
function clearDead(path: string): void {
  const holder = readHolder(path);
  if (holder === null) return;
  if (isAlive(holder)) fail("conflict", path, "one writer", saysWho(holder));
  const aside = `${path}.dead.${holder.token}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return;
  }
  // Another process may have been quicker: then what was moved is its living lock, and goes back.
  if (readHolder(aside)?.token !== holder.token && !existsSync(path)) renameSync(aside, path);
  else unlinkSync(aside);
}
