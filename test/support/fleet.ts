/** A fleet on servers of its own for a test: connections, workers, and what its streams hold. */
import { connect, createInbox, type NatsConnection } from "@nats-io/transport-node";
import { openEngine } from "../../src/core/engine.js";
import { FleetClient } from "../../src/fleet/client.js";
import { beginFleet, type Line, openLine } from "../../src/fleet/line.js";
import { WorkerStore } from "../../src/fleet/ownstore.js";
import type { ShardParts } from "../../src/fleet/shard.js";
import { openSignatures } from "../../src/ledger/keys/signature.js";
import { keyOf, type LoadGrid, loadGrid } from "./fleetload.mjs";
import { type NatsCluster, startNats } from "./natsserver.mjs";

export const platform = await keyOf("platform");
export const signatures = await openSignatures();
export const engine = await openEngine();

/** A fleet of one prefix on a cluster. */
export interface TestFleet {
  readonly cluster: NatsCluster;
  readonly line: Line;
  readonly client: FleetClient;
  /** A line of its own, as another process has it. */
  connected(): Promise<Line>;
  /** What a worker or a shard is run with; what it seals is added to `entries`. */
  parts(entries?: Uint8Array[]): Promise<ShardParts>;
  /** Registers a microgrid. */
  grid(name: string, periodMs?: number): Promise<LoadGrid>;
  /** Resolves when a microgrid has a block of this height. */
  reaches(name: string, height: number): Promise<void>;
  close(): Promise<void>;
}

const patienceMs = 30_000;

/** What was said to a log of a test. */
export const said: string[] = [];

async function* none(): AsyncGenerator<Uint8Array> {}

/** Begins a fleet on servers of its own. */
export async function openFleet({
  servers = 1,
  shards = 2,
  more = (_name: string): string => "",
} = {}): Promise<TestFleet> {
  const cluster = await startNats(servers, { more });
  const open: NatsConnection[] = [];
  const connection = async (): Promise<NatsConnection> => {
    const nc = await connect({
      servers: [...cluster.urls],
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
    });
    open.push(nc);
    return nc;
  };
  const nc = await connection();
  const line = await beginFleet(nc, { prefix: "test", shards, replicas: servers }, engine);
  const client = new FleetClient(line, createInbox());
  const connected = async (): Promise<Line> => openLine(await connection(), "test", engine);
  const write = (fields: object, message: string): void => {
    said.push(`${message} ${JSON.stringify(fields)}`);
  };
  return {
    cluster,
    line,
    client,
    connected,
    parts: async (entries = []) => ({
      line: await connected(),
      engine: await openEngine(),
      signatures,
      key: platform,
      store: await WorkerStore.open(
        {
          append: async (entry) => {
            entries.push(entry);
          },
        },
        none(),
      ),
      snapshotEvery: 3,
      now: Date.now,
      counts: { sealed: 0, same: 0, taken: 0 },
      log: { info: write, error: write },
    }),
    grid: async (name, periodMs = 500) => {
      const load = await loadGrid({ platform, name, members: 4, periodMs, startMs: Date.now() });
      await client.register(name, load.registration);
      return load;
    },
    reaches: async (name, height) => {
      const end = Date.now() + patienceMs;
      while (((await client.last(name))?.height ?? -1) < height) {
        if (Date.now() > end) throw new Error(`${name} does not reach block ${height}: ${said.join("\n")}`);
        await new Promise((go) => setTimeout(go, 50));
      }
    },
    close: async () => {
      client.close();
      for (const each of open) await each.close();
      await cluster.close();
    },
  };
}
