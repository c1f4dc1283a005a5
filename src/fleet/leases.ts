/**
 * Who works which shard. A lease only saves work: two workers on one microgrid seal the same blocks, and each of them
 * stands in the stream once. A worker says every second that it lives; who has not for a while loses its shards.
 */

import { fromUtf8 } from "../bytes.js";
import { identifier, integer, orNull, record } from "../check.js";
import { GridclearError } from "../errors.js";
import type { Line } from "./line.js";
import { Names } from "./names.js";

/** What a worker is to do about its shards. */
export interface LeasePlan {
  readonly take: readonly number[];
  readonly release: readonly number[];
}

/** Who has which shard and who lives, as one worker sees it. */
export interface LeaseView {
  readonly me: string;
  readonly shards: number;
  readonly owners: ReadonlyMap<number, string>;
  /** Workers that live; this one is among them. */
  readonly live: ReadonlySet<string>;
}

/** A fair share: of so many shards, those that come first by name have one more where they can't be parted evenly. */
export function planLeases({ me, shards, owners, live }: LeaseView): LeasePlan {
  const rank = [...live].sort().indexOf(me);
  const share = Math.floor(shards / live.size) + (rank < shards % live.size ? 1 : 0);
  const all = Array.from({ length: shards }, (_, shard) => shard);
  const mine = all.filter((shard) => owners.get(shard) === me);
  if (mine.length > share) return { take: [], release: mine.slice(share) };
  const free = all.filter((shard) => !live.has(owners.get(shard) ?? ""));
  // Workers that look at the same moment begin at different shards, so that few take the same.
  const start = rank * share;
  const inOrder = [...free.filter((shard) => shard >= start), ...free.filter((shard) => shard < start)];
  return { take: inOrder.slice(0, share - mine.length), release: [] };
}

interface Seen {
  readonly revision: number;
  readonly atMs: number;
}

const ownerCheck = record({ owner: orNull(identifier) });

/** A value of the fleet's bucket. */
export interface Kept {
  readonly revision: number;
  readonly value: Uint8Array;
}

/** All that stands in the fleet's bucket, by key. */
export async function bucketOf(line: Line): Promise<Map<string, Kept>> {
  const bucket = Names.bucket(line.names.prefix);
  const lead = `$KV.${bucket}.`;
  const found = new Map<string, Kept>();
  const messages = await line.jsm.direct.getLastMessagesFor(`KV_${bucket}`, { multi_last: [`${lead}>`] });
  for await (const { subject, seq, data } of messages)
    found.set(subject.slice(lead.length), { revision: seq, value: data });
  return found;
}

/** The worker that a lease names; null: nobody, or what is no lease. */
function ownerOf(value: Uint8Array): string | null {
  try {
    return ownerCheck(JSON.parse(fromUtf8(value) ?? ""), "lease").owner;
  } catch (error) {
    if (error instanceof GridclearError || error instanceof SyntaxError) return null;
    throw error;
  }
}

const shardCheck = integer(0, Number.MAX_SAFE_INTEGER);

/** The leases that a bucket holds: the owner of each shard that has one, and the revision by which to change it. */
export function leasesIn(
  bucket: ReadonlyMap<string, Kept>,
): Map<number, { owner: string | null; revision: number }> {
  const leases = new Map<number, { owner: string | null; revision: number }>();
  for (const [key, { value, revision }] of bucket)
    if (/^shard\.\d{1,2}$/.test(key))
      leases.set(shardCheck(Number(key.slice(6)), key), { owner: ownerOf(value), revision });
  return leases;
}

/** The heartbeats that a bucket holds, by worker. */
export function heartbeatsIn(bucket: ReadonlyMap<string, Kept>): Map<string, Kept> {
  const lead = "worker.";
  return new Map(
    [...bucket].filter(([key]) => key.startsWith(lead)).map(([key, kept]) => [key.slice(lead.length), kept]),
  );
}

/** What {@link Leases} are held with. */
export interface LeaseOptions {
  readonly line: Line;
  /** This worker's name. */
  readonly id: string;
  /** A worker that has not said for so long that it lives has lost its shards, in milliseconds. */
  readonly leaseMs: number;
  /** Milliseconds of a clock that only this worker reads. */
  readonly now: () => number;
}

/** The leases of one worker. */
export class Leases {
  readonly #options: LeaseOptions;
  readonly #seen = new Map<string, Seen>();

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /** Says that this worker lives, and how it does. */
  async beat(status: object): Promise<void> {
    const { line, id } = this.#options;
    await line.kv.put(`worker.${id}`, JSON.stringify(status));
  }

  /** Looks at all leases, takes and gives back what is due, and resolves to the shards that are this worker's. */
  async step(): Promise<ReadonlySet<number>> {
    const { line, id } = this.#options;
    const bucket = await bucketOf(line);
    const leases = leasesIn(bucket);
    const owners = new Map<number, string>();
    for (const [shard, { owner }] of leases) if (owner !== null) owners.set(shard, owner);
    const { shards } = line.settings;
    const { take, release } = planLeases({ me: id, shards, owners, live: this.#live(bucket) });
    const mine = new Set([...owners].filter(([, owner]) => owner === id).map(([shard]) => shard));
    const write = async (shard: number, owner: string | null): Promise<boolean> => {
      const value = JSON.stringify({ owner });
      const revision = leases.get(shard)?.revision;
      const key = `shard.${shard}`;
      try {
        await (revision === undefined ? line.kv.create(key, value) : line.kv.update(key, value, revision));
        return true;
      } catch {
        // Somebody was quicker, or the servers do not answer: the next look says which.
        return false;
      }
    };
    for (const shard of release) if (await write(shard, null)) mine.delete(shard);
    for (const shard of take) if (await write(shard, id)) mine.add(shard);
    return mine;
  }

  /** Gives all shards back and says goodbye. */
  async leave(): Promise<void> {
    const { line, id } = this.#options;
    const bucket = await bucketOf(line);
    for (const [shard, { owner, revision }] of leasesIn(bucket))
      if (owner === id)
        await line.kv.update(`shard.${shard}`, JSON.stringify({ owner: null }), revision).catch(() => {});
    await line.kv.delete(`worker.${id}`);
  }

  #live(bucket: ReadonlyMap<string, Kept>): Set<string> {
    const { id, leaseMs, now } = this.#options;
    const live = new Set([id]);
    for (const [worker, { revision, value }] of heartbeatsIn(bucket)) {
      // A key that was deleted has an empty value.
      if (value.length === 0) continue;
      const seen = this.#seen.get(worker);
      if (seen === undefined || seen.revision !== revision) this.#seen.set(worker, { revision, atMs: now() });
      if (now() - this.#seen.get(worker)!.atMs <= leaseMs) live.add(worker);
    }
    return live;
  }
}
