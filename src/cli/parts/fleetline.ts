/** The line from a command to a fleet's servers. */
import { readFile } from "node:fs/promises";
import { connect, credsAuthenticator, type NatsConnection } from "@nats-io/transport-node";
import { withDeadline } from "../../deadline.js";
import { fail } from "../../errors.js";
import { offline } from "../../fleet/line.js";
import { checkServers, checkVersion } from "../../fleet/servers.js";
import { reasonOf } from "./problem.js";

const connectMs = 10_000;
const monitorMs = 5_000;

/** Connects to any of the servers, and again as often as that breaks. Throws `storage` where none is there. */
export async function connectTo(urls: string, creds: string | undefined): Promise<NatsConnection> {
  const authenticator =
    creds === undefined
      ? {}
      : {
          authenticator: credsAuthenticator(
            await readFile(creds).catch((error: unknown) =>
              fail("storage", creds, "a file of credentials", reasonOf(error)),
            ),
          ),
        };
  try {
    const nc = await connect({
      servers: urls.split(","),
      timeout: connectMs,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 500,
      pingInterval: 5_000,
      maxPingOut: 2,
      waitOnFirstConnect: false,
      ...authenticator,
    });
    checkVersion(nc.info?.version ?? "0.0.0", nc.getServer());
    return nc;
  } catch (error) {
    throw offline(error);
  }
}

/** Asks every server how it writes. Throws `unsupported` as `checkServers` does, and for one that does not answer. */
export async function checkMonitors(addresses: readonly string[]): Promise<void> {
  const answers = new Map<string, unknown>();
  for (const address of addresses) {
    const varz = new URL("varz", `${address.replace(/\/$/, "")}/`);
    const document: unknown = await withDeadline(monitorMs, async (signal) =>
      (await fetch(varz, { signal })).json(),
    ).catch((error: unknown) => fail("unsupported", address, "a server's monitoring port", reasonOf(error)));
    answers.set(address, document);
  }
  checkServers(answers);
}
