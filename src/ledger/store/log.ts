/**
 * The log of a store, over whatever keeps its bytes: entries that are flushed before they are acknowledged, beside the
 * blocks, until the block that they belong to takes their place. Entries that come while a flush is under way are
 * written together by the next.
 */
import { concat, copyOf, isBytes, sameBytes, toUtf8 } from "../../bytes.js";
import { integer } from "../../check.js";
import { fail } from "../../errors.js";
import { decodeItems, encodeItems } from "../format/block.js";
import type { Head } from "../format/chain.js";
import { maxItemBytes } from "../format/header.js";
import type { Hasher } from "../tree/hasher.js";
import type { StoredLog } from "./store.js";

/** Most bytes of one entry. */
export const maxLogEntryBytes: number = maxItemBytes;
/** A group of so many bytes takes no further entry. */
const maxGroupBytes = 1 << 25;
const checksumBytes = 8;

/** How far a log goes. */
export interface LogExtent {
  readonly period: number;
  /** How many groups of entries it holds, each written and flushed at once. */
  readonly groups: number;
}

/** What keeps the bytes of a log. There is at most one. Every write is flushed when it resolves. */
export interface LogMedium {
  /** The log that is there; null when there is none. A last group whose write was cut off is not there. */
  logExtent(): Promise<LogExtent | null>;
  readLog(index: number): Promise<Uint8Array | null>;
  /** Begins the log of a period with a first group, in place of the log before: one of the two is there, whole. */
  beginLog(period: number, group: Uint8Array): Promise<void>;
  /** Adds a group to the log that goes so far. */
  appendLog(log: LogExtent, group: Uint8Array): Promise<void>;
  /** Removes the log. It may come back in a crash. */
  dropLog(): Promise<void>;
}

/** What a log needs of its store. */
export interface LogParts {
  readonly medium: LogMedium;
  readonly hasher: Hasher;
  head(): Head | null;
  /** Calls `task` when its turn has come. */
  write(task: () => Promise<void>): Promise<void>;
  /** Does what must not fail. */
  flush(task: () => Promise<void>): Promise<void>;
}

interface Group {
  readonly entries: Uint8Array[];
  bytes: number;
  readonly kept: Promise<void>;
}

const periods = integer(0, Number.MAX_SAFE_INTEGER);

/**
 * The beginning of SHA-256 over where a group stands and its bytes: none passes for another, of this period or of one
 * before.
 */
function checksum(hasher: Hasher, { period, groups }: LogExtent, items: Uint8Array): Uint8Array {
  return hasher.sha256(concat(toUtf8(`log/${period}/${groups}\0`), items)).subarray(0, checksumBytes);
}

async function readGroup(
  medium: LogMedium,
  hasher: Hasher,
  period: number,
  index: number,
): Promise<Uint8Array[]> {
  const field = `log, group ${index}`;
  const bytes = (await medium.readLog(index)) ?? fail("corrupt", field, "entries", "none");
  const items = bytes.subarray(checksumBytes);
  const sum = checksum(hasher, { period, groups: index }, items);
  if (!sameBytes(bytes.subarray(0, checksumBytes), sum))
    return fail("corrupt", field, "the entries that were written", "others");
  return decodeItems(items, field);
}

/**
 * How far the log on a medium goes. Throws `corrupt` unless every entry is as it was written, and the blocks before it
 * are there.
 */
export async function checkLog(
  medium: LogMedium,
  hasher: Hasher,
  head: Head | null,
): Promise<LogExtent | null> {
  const extent = await medium.logExtent();
  if (extent === null) return null;
  const { period, groups } = extent;
  const next = head === null ? 0 : head.period + 1;
  if (head === null || period > next) fail("corrupt", "log", `the blocks before period ${period}`, next);
  for (let index = 0; index < groups; index += 1) await readGroup(medium, hasher, period, index);
  return extent;
}

/** Reads and writes the log of a store; {@link Store} says what each method does. */
export class Log {
  readonly #parts: LogParts;
  /** null before a log was begun. */
  #period: number | null;
  #groups: number;
  /** The group that takes further entries until its turn comes. */
  #group: Group | null = null;

  constructor(parts: LogParts, extent: LogExtent | null) {
    this.#parts = parts;
    this.#period = extent?.period ?? null;
    this.#groups = extent?.groups ?? 0;
  }

  async read(): Promise<StoredLog | null> {
    const { medium, hasher } = this.#parts;
    const [period, groups] = [this.#period, this.#groups];
    if (period === null || groups === 0) return null;
    const entries: Uint8Array[] = [];
    for (let index = 0; index < groups; index += 1)
      for (const entry of await readGroup(medium, hasher, period, index)) entries.push(copyOf(entry));
    return { period, entries };
  }

  /** What is added from now on is written behind what was asked for by now. */
  split(): void {
    this.#group = null;
  }

  begin(period: number, entries: readonly Uint8Array[]): Promise<void> {
    this.split();
    const items = encodeItems(entries.map((entry, index) => checked(entry, `entries[${index}]`)));
    return this.#parts.write(async () => {
      const next = this.#next();
      if (periods(period, "period") !== next) fail("conflict", "period", `${next}, the next`, period);
      const { medium, flush } = this.#parts;
      const first = this.#framed({ period, groups: 0 }, items);
      if (items.length > 0) await flush(() => medium.beginLog(period, first));
      else if (this.#groups > 0) await flush(() => medium.dropLog());
      this.#period = period;
      this.#groups = items.length > 0 ? 1 : 0;
    });
  }

  append(entry: Uint8Array): Promise<void> {
    const own = copyOf(checked(entry, "entry"));
    let group = this.#group;
    if (group === null || group.bytes + own.length > maxGroupBytes) group = this.#newGroup();
    group.entries.push(own);
    group.bytes += own.length;
    return group.kept;
  }

  #newGroup(): Group {
    const entries: Uint8Array[] = [];
    const kept = this.#parts.write(async () => {
      if (this.#group === group) this.#group = null;
      await this.#write(entries);
    });
    const group: Group = { entries, bytes: 0, kept };
    this.#group = group;
    return group;
  }

  async #write(entries: readonly Uint8Array[]): Promise<void> {
    const next = this.#next();
    const period = this.#period;
    if (period !== next) return fail("state", "log", `the log of period ${next} begun`, period);
    const { medium, flush } = this.#parts;
    const log = { period, groups: this.#groups };
    const group = this.#framed(log, encodeItems(entries));
    await flush(() => (log.groups === 0 ? medium.beginLog(period, group) : medium.appendLog(log, group)));
    this.#groups += 1;
  }

  #framed(place: LogExtent, items: Uint8Array): Uint8Array {
    return concat(checksum(this.#parts.hasher, place, items), items);
  }

  /** The period of the next block, whose log it is. */
  #next(): number {
    const head = this.#parts.head();
    return head === null ? fail("state", "log", "a ledger with blocks", "an empty one") : head.period + 1;
  }
}

function checked(entry: Uint8Array, field: string): Uint8Array {
  if (!isBytes(entry)) return fail("invalid", field, "bytes", entry);
  return entry.length <= maxLogEntryBytes
    ? entry
    : fail("limit", field, `at most ${maxLogEntryBytes} bytes`, entry.length);
}
