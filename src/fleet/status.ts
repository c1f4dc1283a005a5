/** How a fleet does, as its workers say it and its streams have it. */
import { fromUtf8 } from "../bytes.js";
import { integer, list, record, text } from "../check.js";
import { GridclearError } from "../errors.js";
import { bucketOf, heartbeatsIn, leasesIn } from "./leases.js";
import { gridsOf, type Line, offline } from "./line.js";
import { Names } from "./names.js";
import type { WorkerStatus } from "./worker.js";

/** One worker, as it said itself. */
export interface WorkerRow extends WorkerStatus {
  /** Milliseconds since it last said so, by the servers' time. */
  readonly silentMs: number;
}

/** A fleet as a whole. */
export interface FleetStatus {
  readonly fleet: string;
  readonly shards: number;
  readonly replicas: number;
  /** Microgrids that are registered. */
  readonly grids: number;
  /** Shards that nobody works. */
  readonly unowned: readonly number[];
  readonly workers: readonly WorkerRow[];
  /** The streams whose servers are not all there or not all up to date, with what is wrong. */
  readonly streams: readonly { readonly stream: string; readonly trouble: string }[];
}

const whole = integer(0, Number.MAX_SAFE_INTEGER);
const statusCheck = record({
  id: text(/^[A-Za-z0-9_-]{1,64}$/, 64, "a worker's name"),
  shards: list(whole, 0, 64),
  grids: whole,
  sealed: whole,
  same: whole,
  taken: whole,
  lagMs: whole,
  failures: list(
    record({ grid: text(/^[a-z0-9-]{1,63}$/, 63, "a microgrid"), error: text(/^.*$/s, 5_000, "why") }),
    0,
    100,
  ),
  failed: whole,
});

/** Asks how a fleet does. Throws `storage` when its servers do not answer. `nowMs`: milliseconds since 1970. */
export async function fleetStatus(line: Line, nowMs: number): Promise<FleetStatus> {
  try {
    return await asked(line, nowMs);
  } catch (error) {
    throw offline(error);
  }
}

async function asked(line: Line, nowMs: number): Promise<FleetStatus> {
  const { names, settings, jsm } = line;
  const bucket = await bucketOf(line);
  const workers: WorkerRow[] = [];
  for (const [id, { value, revision }] of heartbeatsIn(bucket)) {
    const status = readStatus(value);
    if (status === null || status.id !== id) continue;
    const entry = await line.kv.get(`worker.${id}`, { revision }).catch(() => null);
    workers.push({ ...status, silentMs: Math.max(0, nowMs - (entry?.created.getTime() ?? nowMs)) });
  }
  const leases = leasesIn(bucket);
  const unowned: number[] = [];
  const streams: { stream: string; trouble: string }[] = [];
  let grids = 0;
  for (let shard = 0; shard < settings.shards; shard += 1) {
    grids += (await gridsOf(line, shard)).length;
    const owner = leases.get(shard)?.owner ?? null;
    if (owner === null || !workers.some(({ id }) => id === owner)) unowned.push(shard);
  }
  for (const stream of streamsOf(names)) {
    const { cluster, config } = await jsm.streams.info(stream);
    const trouble = troubleOf(cluster?.leader, cluster?.replicas ?? [], config.num_replicas);
    if (trouble !== null) streams.push({ stream, trouble });
  }
  workers.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { fleet: names.prefix, ...settings, grids, unowned, workers, streams };
}

/** All streams of a fleet: who stops the next server has to know that each is kept by enough of the others. */
function streamsOf(names: Names): string[] {
  const shards = Array.from({ length: names.shards }, (_, shard) => shard);
  return [
    ...shards.flatMap((shard) => [names.intakeStream(shard), names.blockStream(shard)]),
    names.snapshotStream,
    `KV_${Names.bucket(names.prefix)}`,
  ];
}

interface Replica {
  readonly name: string;
  readonly current: boolean;
  readonly offline?: boolean;
}

function troubleOf(leader: string | undefined, replicas: readonly Replica[], wanted: number): string | null {
  if (wanted > 1 && !leader) return "no leader";
  const bad = replicas.filter(({ current, offline: gone }) => !current || gone === true);
  if (bad.length > 0) return `not up to date: ${bad.map(({ name }) => name).join(", ")}`;
  return replicas.length + 1 < wanted ? `${replicas.length + 1} of ${wanted} servers` : null;
}

function readStatus(value: Uint8Array): WorkerStatus | null {
  try {
    return statusCheck(JSON.parse(fromUtf8(value) ?? ""), "worker") as WorkerStatus;
  } catch (error) {
    // A key that was deleted has an empty value, and whoever may write may write anything.
    if (error instanceof GridclearError || error instanceof SyntaxError) return null;
    throw error;
  }
}
