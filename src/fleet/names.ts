/**
 * What a fleet's streams and subjects are called, and which microgrid lies in which of them. A microgrid never has a
 * stream of its own: a server keeps a few dozen replicated streams well, and thousands badly.
 */
import { toUtf8, viewOf } from "../bytes.js";
import { type Check, integer, text } from "../check.js";
import type { Hasher } from "../ledger/tree/hasher.js";

/** Most streams of a kind that microgrids are spread over. */
export const mostShards = 64;

/** A microgrid's name: a word of a subject. */
export const checkGridName: Check<string> = /* @__PURE__ */ text(
  /^[a-z0-9][a-z0-9-]{0,62}$/,
  63,
  "a name of a-z, 0-9 and -, 63 at most",
);
/** A fleet's name, with which all its streams and subjects begin. */
const checkPrefix: Check<string> = /* @__PURE__ */ text(
  /^[a-z][a-z0-9]{0,15}$/,
  16,
  "a word of a-z and 0-9, 16 at most",
);
const checkShards = /* @__PURE__ */ integer(1, mostShards);

/** Where one microgrid is found. */
export interface GridPlace {
  readonly shard: number;
  /** Its intake: requests and gates, in one order. */
  readonly intake: string;
  readonly requests: string;
  readonly gates: string;
  /** Its registration, once. */
  readonly grid: string;
  /** Its blocks, in order. */
  readonly blocks: string;
  /** Its last snapshots. */
  readonly snapshots: string;
  /** A block that its stream had lost, put back. */
  mended(height: number): string;
  /** All that were put back. */
  readonly allMended: string;
}

/** The names of one fleet. */
export class Names {
  readonly prefix: string;
  readonly shards: number;
  readonly #hasher: Hasher;

  /** Throws `invalid` for a prefix that is no word or a number of shards outside 1 to 64. */
  constructor(prefix: string, shards: number, hasher: Hasher) {
    this.prefix = checkPrefix(prefix, "prefix");
    this.shards = checkShards(shards, "shards");
    this.#hasher = hasher;
  }

  /** The bucket of leases and settings. */
  static bucket(prefix: string): string {
    return `${checkPrefix(prefix, "prefix")}-fleet`;
  }

  /** The stream of requests and gates of a shard. */
  intakeStream(shard: number): string {
    return `${this.prefix}-intake-${two(shard)}`;
  }

  /** The stream of registrations and blocks of a shard. */
  blockStream(shard: number): string {
    return `${this.prefix}-blocks-${two(shard)}`;
  }

  /** The stream of the last snapshots of all. */
  get snapshotStream(): string {
    return `${this.prefix}-snapshots`;
  }

  /** All subjects of a kind in a shard. */
  all(kind: "in" | "grid" | "block" | "mended", shard: number): string {
    return `${this.prefix}.${kind}.${two(shard)}.>`;
  }

  /** All snapshots. */
  get allSnapshots(): string {
    return `${this.prefix}.snapshot.>`;
  }

  /** Where a microgrid is found: by a hash, so that everybody finds it alike. Throws `invalid` for what is no name. */
  of(grid: string): GridPlace {
    const digest = this.#hasher.sha256(toUtf8(checkGridName(grid, "grid")));
    const shard = viewOf(digest).getUint32(0, false) % this.shards;
    const subject = (kind: string): string => `${this.prefix}.${kind}.${two(shard)}.${grid}`;
    return {
      shard,
      intake: `${subject("in")}.*`,
      requests: `${subject("in")}.request`,
      gates: `${subject("in")}.gate`,
      grid: subject("grid"),
      blocks: subject("block"),
      snapshots: subject("snapshot"),
      mended: (height) => `${subject("mended")}.${height}`,
      allMended: `${subject("mended")}.*`,
    };
  }

  /** The microgrid that a subject of any kind names. */
  gridOf(subject: string): string {
    return subject.split(".")[3]!;
  }
}

const two = (shard: number): string => `${shard}`.padStart(2, "0");
