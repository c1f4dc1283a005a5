/** `gridclear worker`: works a share of a fleet's microgrids. */
import { once } from "node:events";
import { hostname } from "node:os";
import { openEngine } from "../../core/engine.js";
import { fail } from "../../errors.js";
import { Journal, readJournal } from "../../ledger/store/journal.js";
import { type Command, defineCommand } from "../command.js";
import type { metricsOf } from "../parts/fleetmetrics.js";
import { fleetOptions, loadFleet } from "../parts/fleetpeers.js";
import { interruptible } from "../parts/interrupt.js";
import { readKeyFile } from "../parts/keyfile.js";
import { quickKey, quickSignatures } from "../parts/quicksignatures.js";
import type { Served } from "../parts/serving.js";

/** Of how many of the newest files of its own store a worker remembers what it sealed. */
const rememberedFiles = 4;

/** `gridclear worker`: seals what a fleet's streams say. */
export const workerCommand: Command = defineCommand({
  name: "worker",
  summary: "work a share of a fleet's microgrids on NATS servers",
  forms: ["URL[,URL…] --key FILE --store DIR --monitor URL…\n[--fleet NAME] [--name ID] [--metrics PORT]"],
  about:
    "Takes its share of the fleet's microgrids, closes their periods when they are due, clears, settles and seals them: first into its own store, then into the fleet's streams. Any number of workers may run; one that is killed loses its microgrids to the others within seconds, and two that work the same microgrid seal the same blocks. Refuses servers that acknowledge what is not on their disks. docs/fleet.md says how to run a fleet.",
  arguments: [{ name: "URL", help: "addresses of the NATS servers, with commas between them" }],
  options: {
    ...fleetOptions,
    key: { value: "FILE", help: "key file of the platform (gridclear keys make)" },
    store: { value: "DIR", help: "folder of this worker's own store, another for each worker" },
    monitor: { value: "URL", many: true, help: "monitoring address of a server; give that of each" },
    name: { value: "ID", help: "name of this worker, another for each (default: host and process)" },
    metrics: { value: "PORT", help: "port of this machine to serve /metrics for Prometheus on" },
    "snapshot-every": { value: "N", default: "60", help: "blocks from one snapshot to the next" },
  },
  exits: { 0: "worked until a signal stopped it" },
  async run({ arguments: [urls], options }, io) {
    const key = options.key ?? fail("invalid", "--key", "a key file", "none");
    const folder = options.store ?? fail("invalid", "--store", "a folder", "none");
    const snapshotEvery = whole(options["snapshot-every"], 1, 1_000_000, "--snapshot-every");
    const port = options.metrics === undefined ? null : whole(options.metrics, 0, 65_535, "--metrics");
    const { checkMonitors, connectTo, openLine, Worker, WorkerStore } = await loadFleet();
    const { key: platform } = await readKeyFile(key);
    await checkMonitors(options.monitor);
    const engine = await openEngine();
    const nc = await connectTo(urls!, options.creds);
    try {
      const line = await openLine(nc, options.fleet, engine);
      const journal = await Journal.open(folder, engine);
      const before = readJournal({
        folder,
        hasher: engine,
        files: rememberedFiles,
        damaged: ({ file, at, kind }) => io.err(`${file}: ${kind} at byte ${at}\n`),
      });
      const store = await WorkerStore.open(journal, before);
      const id =
        options.name ??
        `${hostname()
          .replace(/[^A-Za-z0-9_-]/g, "-")
          .slice(0, 50)}-${process.pid}`;
      const log = {
        info: (fields: object, message: string) => io.err(`${message} ${JSON.stringify(fields)}\n`),
        error: (fields: object, message: string) => io.err(`${message} ${JSON.stringify(fields)}\n`),
      };
      const signatures = await quickSignatures();
      const parts = { line, engine, signatures, key: quickKey(platform), store, snapshotEvery, log };
      const worker = Worker.start({ ...parts, id, now: Date.now });
      const metrics = port === null ? null : await metricsAt(worker, port);
      io.out(`${id}${metrics === null ? "" : ` ${metrics.url}metrics`}\n`);
      await interruptible(async ({ signal }) => {
        if (!signal.aborted) await once(signal, "abort");
        await worker.stop();
      });
      await metrics?.close();
      await journal.close();
    } finally {
      await nc.close();
      engine.close();
    }
    return 0;
  },
});

async function metricsAt(worker: Parameters<typeof metricsOf>[0], port: number): Promise<Served> {
  const fleetMetrics = await import("../parts/fleetmetrics.js");
  return fleetMetrics.serveMetrics(fleetMetrics.metricsOf(worker), port);
}

function whole(given: string, least: number, most: number, field: string): number {
  const number = /^[0-9]{1,7}$/.test(given) ? Number(given) : Number.NaN;
  return number >= least && number <= most
    ? number
    : fail("invalid", field, `a number from ${least} to ${most}`, given);
}
