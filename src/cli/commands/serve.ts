/** `gridclear serve`: a market on the network, on one machine. */
import { once } from "node:events";
import { fail } from "../../errors.js";
import { type Command, defineCommand } from "../command.js";
import { interruptible } from "../parts/interrupt.js";

/** What a service needs beside gridclear; embedding a market does not, so they are not installed with it. */
const peers = ["hono", "@hono/node-server", "@hono/zod-openapi", "zod", "prom-client", "pino", "ws"];

/** `gridclear serve`: serves a market. */
export const serveCommand: Command = defineCommand({
  name: "serve",
  summary: "serve a market over HTTP, from a market file",
  forms: ["MARKET.json [--port N]"],
  about:
    "Opens the market that MARKET.json describes, or goes on with the one in its ledger, and serves it until it is interrupted: then the gate closes, the open period is cleared and sealed, and the ledger is closed. Everything acknowledged is on the disk. docs/operations.md walks through it, docs/service.md has the requests; /openapi.json describes them for programs, and / for people.",
  arguments: [{ name: "MARKET.json", help: "the market file" }],
  options: {
    port: { value: "N", help: "port to listen on, 0 for any that is free (default: the file's, else 8320)" },
  },
  exits: { 0: "served until a signal or the operator stopped it, and sealed" },
  async run({ arguments: [path], options }, io) {
    const port = options.port === undefined ? undefined : portOf(options.port);
    const { openServed } = await import("../parts/servedmarket.js").catch((error: unknown) => {
      const missing = missingIn(error);
      if (missing === null) throw error;
      return fail(
        "unsupported",
        "serve",
        `what a service needs: npm install ${peers.join(" ")}`,
        `no ${missing}`,
      );
    });
    const served = await openServed(path!, port).catch((error: unknown) => {
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

/** The package that an import did not find; null where that is not what failed. */
const missingIn = (error: unknown): string | null =>
  /Cannot find package '([^']+)'/.exec(String(error))?.[1] ?? null;

function portOf(given: string): number {
  const port = /^[0-9]{1,5}$/.test(given) ? Number(given) : Number.NaN;
  return port <= 65_535 ? port : fail("invalid", "--port", "a number from 0 to 65535", given);
}
