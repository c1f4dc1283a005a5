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

/** Serves them to this machine alone. Throws `conflict` when the port is taken. */
export function serveMetrics(worker: Pick<Worker, "status">, port: number): Promise<Served> {
  const registry = metricsOf(worker);
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
