/** `gridclear serve`: a market on the network, on one machine; or the gateway of a fleet. */
import { once } from "node:events";
import { fail } from "../../errors.js";
import { type Command, defineCommand, type Io } from "../command.js";
import { inFile, readText } from "../parts/document.js";
import { fleetPeers } from "../parts/fleetpeers.js";
import { interruptible } from "../parts/interrupt.js";

/** What a service needs beside gridclear; embedding a market does not, so they are not installed with it. */
const peers = ["hono", "@hono/node-server", "@hono/zod-openapi", "zod", "prom-client", "pino", "ws"];

/** `gridclear serve`: serves a market. */
export const serveCommand: Command = defineCommand({
  name: "serve",
  summary: "serve a market over HTTP, from a market file, or a fleet",
  forms: [
    "MARKET.json [--port N]",
    "--nats URL[,URL…] [SETTINGS.json] [--port N]\n[--fleet NAME] [--creds FILE]",
  ],
  about:
    "Opens the market that MARKET.json describes, or goes on with the one in its ledger, and serves it until it is interrupted: then the gate closes, the open period is cleared and sealed, and the ledger is closed. Everything acknowledged is on the disk. docs/operations.md walks through it, docs/service.md has the requests; /openapi.json describes them for programs, and / for people.\n\nWith --nats it is the gateway of a fleet instead: every microgrid below /grids/NAME/, its orders handed to the fleet and answered by its workers. It has no key and keeps nothing; docs/fleet.md says which requests it takes.",
  arguments: [
    { name: "MARKET.json", help: "the market file; with --nats settings of the gateway", optional: true },
  ],
  options: {
    nats: { value: "URL", help: "addresses of a fleet's NATS servers, with commas between them" },
    fleet: { value: "NAME", help: "with --nats: name of the fleet (default: gridclear)" },
    creds: { value: "FILE", help: "with --nats: credentials that the servers ask for" },
    port: { value: "N", help: "port to listen on, 0 for any that is free (default: the file's, else 8320)" },
  },
  exits: { 0: "served until a signal or the operator stopped it; a market is sealed then" },
  async run({ arguments: [path], options }, io) {
    const port = options.port === undefined ? undefined : portOf(options.port);
    const { nats, fleet, creds } = options;
    if (nats !== undefined) return gateway(nats, path, { fleet: fleet ?? "gridclear", creds, port }, io);
    if ((fleet ?? creds) !== undefined)
      fail("invalid", fleet === undefined ? "--creds" : "--fleet", "it with --nats alone", "it without");
    if (path === undefined) return fail("invalid", "MARKET.json", "exactly one", 0);
    const { openServed } = await import("../parts/servedmarket.js").catch(withPeers(peers));
    const served = await openServed(path, port).catch((error: unknown) => {
      if (missingIn(error) !== "mqtt") throw error;
      return fail("unsupported", "mqtt", "what a broker needs: npm install mqtt", "no mqtt");
    });
    io.out(`${served.url}\n`);
    io.err("Serving the market; stop it with Ctrl-C.\n");
    await interruptible(async ({ signal }) => {
      const stopped = once(signal, "abort").then(() => null);
      const failed = await Promise.race([
        signal.aborted ? null : stopped,
        served.failed,
        served.asked.then(() => null),
      ]);
      await served.close();
      if (failed !== null) throw failed.error;
    });
    return 0;
  },
});

interface GatewayAsked {
  readonly fleet: string;
  readonly creds: string | undefined;
  readonly port: number | undefined;
}

/** Serves a fleet until a signal. */
async function gateway(
  urls: string,
  path: string | undefined,
  { fleet, creds, port }: GatewayAsked,
  io: Io,
): Promise<number> {
  const { openGateway } = await import("../parts/gateway.js").catch(withPeers([...peers, ...fleetPeers]));
  const { parseGatewaySettings } = await import("../../service/marketfile.js");
  const text = path === undefined ? "{}" : await readText(path, { wanted: "settings of a gateway" });
  const given =
    path === undefined ? parseGatewaySettings(text) : inFile(path, () => parseGatewaySettings(text));
  const settings = { ...given, port: port ?? given.port };
  const served = await openGateway({ urls, creds, fleet, settings });
  io.out(`${served.url}\n`);
  io.err("Serving the fleet; stop it with Ctrl-C.\n");
  await interruptible(async ({ signal }) => {
    if (!signal.aborted) await once(signal, "abort");
    await served.close();
  });
  return 0;
}

/** Says what to install where an import did not find a package. */
const withPeers =
  (wanted: readonly string[]) =>
  (error: unknown): never => {
    const missing = missingIn(error);
    if (missing === null) throw error;
    return fail(
      "unsupported",
      "serve",
      `what a service needs: npm install ${wanted.join(" ")}`,
      `no ${missing}`,
    );
  };

/** The package that an import did not find; null where that is not what failed. */
const missingIn = (error: unknown): string | null =>
  /Cannot find package '([^']+)'/.exec(String(error))?.[1] ?? null;

function portOf(given: string): number {
  const port = /^[0-9]{1,5}$/.test(given) ? Number(given) : Number.NaN;
  return port <= 65_535 ? port : fail("invalid", "--port", "a number from 0 to 65535", given);
}
