/** What a worker counts, for Prometheus. */
import { Gauge, Registry } from "prom-client";
import type { Worker, WorkerStatus } from "../../fleet/worker.js";
import { type Served, serveHttp } from "./serving.js";

const gauges: readonly (readonly [name: string, help: string, value: (status: WorkerStatus) => number])[] = [
  ["gridclear_fleet_shards", "Shards that this worker works", ({ shards }) => shards.length],
  ["gridclear_fleet_microgrids", "Microgrids at work", ({ grids }) => grids],
  ["gridclear_fleet_failed", "Microgrids that stand still", ({ failed }) => failed],
  ["gridclear_fleet_blocks", "Blocks that this worker published since it started", ({ sealed }) => sealed],
  ["gridclear_fleet_same", "Blocks that another worker had published, the same", ({ same }) => same],
  ["gridclear_fleet_messages", "Requests and gates taken since it started", ({ taken }) => taken],
  ["gridclear_fleet_lag_seconds", "How late the period furthest behind is", ({ lagMs }) => lagMs / 1000],
];

/** The metrics of a worker, in the text form of Prometheus. */
export function metricsOf(worker: Pick<Worker, "status">): Registry {
  const registry = new Registry();
  for (const [name, help, value] of gauges)
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value(worker.status()));
      },
    });
  return registry;
}

/** What a round of an audit came to. */
export interface RoundCounts {
  readonly microgrids: number;
  readonly blocks: number;
  readonly derived: number;
  readonly unkept: number;
  readonly mended: number;
  readonly copied: number;
  readonly faults: number;
  /** When it ended, in milliseconds since 1970, and how long it took. */
  readonly endedMs: number;
  readonly tookMs: number;
}

const auditGauges: readonly (readonly [name: string, help: string, value: (round: RoundCounts) => number])[] =
  [
    ["gridclear_audit_microgrids", "Microgrids of the last round", ({ microgrids }) => microgrids],
    ["gridclear_audit_blocks", "Blocks in the streams", ({ blocks }) => blocks],
    [
      "gridclear_audit_derived",
      "Blocks worked out again from the intake, the same",
      ({ derived }) => derived,
    ],
    ["gridclear_audit_unkept", "Blocks in no store that was given", ({ unkept }) => unkept],
    ["gridclear_audit_mended", "Blocks put back in the last round", ({ mended }) => mended],
    ["gridclear_audit_copied", "Blocks copied to the second store in the last round", ({ copied }) => copied],
    ["gridclear_audit_faults", "What is not as it has to be, and was not mended", ({ faults }) => faults],
    [
      "gridclear_audit_ended_seconds",
      "When the last round ended, since 1970",
      ({ endedMs }) => endedMs / 1000,
    ],
    ["gridclear_audit_took_seconds", "How long the last round took", ({ tookMs }) => tookMs / 1000],
  ];

/** The metrics of an auditor, all 0 before its first round has ended. */
export function auditMetrics(last: () => RoundCounts | null): Registry {
  const registry = new Registry();
  for (const [name, help, value] of auditGauges)
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const round = last();
        this.set(round === null ? 0 : value(round));
      },
    });
  return registry;
}

/** Serves metrics to this machine alone. Throws `conflict` when the port is taken. */
export function serveMetrics(registry: Registry, port: number): Promise<Served> {
  return serveHttp(
    (request, response) => {
      if (request.method !== "GET" || request.url !== "/metrics") {
        response.writeHead(404).end();
        return;
      }
      registry.metrics().then(
        (text) => response.writeHead(200, { "content-type": registry.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
    },
    { host: "127.0.0.1", port },
  );
}
