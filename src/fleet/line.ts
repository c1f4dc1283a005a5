/** A fleet as its servers have it: begun once, opened by everybody else; and what is read from its streams. */
import {
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  type MsgRequest,
  RetentionPolicy,
  StorageType,
  type StoredMsg,
  type StreamConfig,
} from "@nats-io/jetstream";
import { type KV, Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/transport-node";
import { type Check, integer, record } from "../check.js";
import { fail, GridclearError } from "../errors.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import { checkGridName, mostShards, Names } from "./names.js";

/** How a fleet is begun; it stays so. */
export interface FleetSettings {
  /** Over how many streams its microgrids are spread, 1 to 64. */
  readonly shards: number;
  /** How many servers keep each stream: 3 or 5, in tests 1. */
  readonly replicas: number;
}

/** Checks the settings of a fleet. */
export const checkSettings: Check<FleetSettings> = /* @__PURE__ */ record({
  shards: integer(1, mostShards),
  replicas: integer(1, 5),
});

/** How long a server may take to answer, in milliseconds. */
const answerMs = 2_000;
const attempts = 5;

/** A fleet that is at hand. */
export interface Line {
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  /** Leases, heartbeats and settings. */
  readonly kv: KV;
  readonly names: Names;
  readonly settings: FleetSettings;
}

/**
 * Opens a fleet that was begun. Throws `state` where none was, `unsupported` where the servers don't keep streams.
 */
export async function openLine(nc: NatsConnection, prefix: string, hasher: Hasher): Promise<Line> {
  const { js, jsm } = await clients(nc);
  const bucket = Names.bucket(prefix);
  const begun = "a fleet that was begun (gridclear fleet URL --begin)";
  let kv: KV;
  try {
    kv = await new Kvm(js).open(bucket);
    await kv.status();
  } catch (error) {
    if (isNotFound(error)) return fail("state", `fleet ${prefix}`, begun, "none");
    throw offline(error);
  }
  const entry = await kv.get("settings");
  if (entry === null) return fail("state", `fleet ${prefix}`, begun, "one without settings");
  const settings = checkSettings(JSON.parse(entry.string()), "settings");
  return { nc, js, jsm, kv, settings, names: new Names(prefix, settings.shards, hasher) };
}

const clients = (nc: NatsConnection): Promise<Pick<Line, "js" | "jsm">> =>
  persist(async () => {
    const jsm = await jetstreamManager(nc, { timeout: answerMs });
    return { jsm, js: jetstream(nc, { timeout: answerMs }) };
  });

/** Asks again where nobody answers, as servers do while they elect a leader. Throws `storage` when they never do. */
async function persist<Result>(ask: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await ask();
    } catch (error) {
      const isAnswer = error instanceof JetStreamApiError || error instanceof GridclearError;
      if (isAnswer || attempt === attempts) throw offline(error);
    }
}

/** What a server that does not answer comes to. */
export function offline(error: unknown): unknown {
  if (error instanceof GridclearError || !(error instanceof Error)) return error;
  const got = `${error.name}: ${error.message}`;
  return new GridclearError(
    "storage",
    { field: "nats", wanted: "servers that answer and keep streams", got },
    { cause: error },
  );
}

const isNotFound = (error: unknown): boolean =>
  error instanceof JetStreamApiError
    ? error.code === 10_059 || error.status === 404
    : /not found/i.test(String(error));

/** What a fleet is begun with. */
export interface FleetBeginning extends FleetSettings {
  readonly prefix: string;
  /**
   * Sequence at which the intake of each shard begins: 1, and where a fleet is built again from its stores one behind
   * all that its blocks say of their gates.
   */
  readonly firstSequence?: (shard: number) => number;
}

/** Makes the streams of a fleet, and leaves those that are there. Throws `conflict` for other settings than before. */
export async function beginFleet(
  nc: NatsConnection,
  { prefix, shards, replicas, firstSequence = () => 1 }: FleetBeginning,
  hasher: Hasher,
): Promise<Line> {
  checkSettings({ shards, replicas }, "settings");
  const names = new Names(prefix, shards, hasher);
  const { js, jsm } = await clients(nc);
  const common = {
    num_replicas: replicas,
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    allow_direct: true,
  };
  const kept = { ...common, deny_delete: true, deny_purge: true, allow_atomic: true };
  const ensure = async (config: Partial<StreamConfig> & { readonly name: string }): Promise<void> => {
    const exists = await persist(() =>
      jsm.streams.info(config.name).catch((error: unknown) => {
        if (isNotFound(error)) return null;
        throw error;
      }),
    );
    // One that was made, though nobody said so, is made again to no effect.
    if (exists === null) await persist(() => jsm.streams.add(config));
  };
  for (let shard = 0; shard < shards; shard += 1) {
    const first = firstSequence(shard);
    await ensure({
      ...kept,
      name: names.intakeStream(shard),
      subjects: [names.all("in", shard)],
      ...(first > 1 ? { first_seq: first } : {}),
    });
    const kinds = ["grid", "block", "mended"] as const;
    await ensure({
      ...kept,
      name: names.blockStream(shard),
      subjects: kinds.map((kind) => names.all(kind, shard)),
    });
  }
  await ensure({
    ...common,
    discard: DiscardPolicy.Old,
    name: names.snapshotStream,
    subjects: [names.allSnapshots],
    max_msgs_per_subject: 2,
  });
  const kv = await persist(() => new Kvm(js).create(Names.bucket(prefix), { replicas, history: 1 }));
  await kv.create("settings", JSON.stringify({ shards, replicas })).catch((error: unknown) => {
    if (!isWrongSequence(error)) throw offline(error);
  });
  const line = await openLine(nc, prefix, hasher);
  if (line.settings.shards !== shards || line.settings.replicas !== replicas)
    fail("conflict", "settings", JSON.stringify(line.settings), JSON.stringify({ shards, replicas }));
  return line;
}

/** Whether a server says that the last message is another than was expected. */
export const isWrongSequence = (error: unknown): boolean =>
  error instanceof JetStreamApiError && (error.code === 10_071 || error.code === 10_164);

/** The last message on a subject, as the stream's leader has it; null: none. */
export const lastOn = (line: Line, stream: string, subject: string): Promise<StoredMsg | null> =>
  line.jsm.streams.getMessage(stream, { last_by_subj: subject });

/** The messages on a subject from a sequence on, one after the other, as the stream's leader has them. */
export async function* messagesOn(
  line: Line,
  stream: string,
  subject: string,
  from: number,
): AsyncGenerator<StoredMsg> {
  for (let at = from; ; ) {
    const message = await line.jsm.streams.getMessage(stream, {
      seq: at,
      next_by_subj: subject,
    } as MsgRequest);
    if (message === null) return;
    yield message;
    at = message.seq + 1;
  }
}

/** The microgrids that are registered in a shard, by name, in order. */
export async function gridsOf(line: Line, shard: number): Promise<string[]> {
  const { jsm, names } = line;
  const { state } = await jsm.streams.info(names.blockStream(shard), {
    subjects_filter: names.all("grid", shard),
  });
  const found = Object.keys(state.subjects ?? {}).map((subject) => names.gridOf(subject));
  // Who may publish may have published what is no name.
  return found.filter((name) => isName(name)).sort();
}

function isName(name: string): boolean {
  try {
    return checkGridName(name, "grid") === name;
  } catch {
    return false;
  }
}
