/** The line from a command to a fleet's servers. */
import { readFile } from "node:fs/promises";
import {
  type Authenticator,
  connect,
  credsAuthenticator,
  type NatsConnection,
  usernamePasswordAuthenticator,
} from "@nats-io/transport-node";
import { withDeadline } from "../../deadline.js";
import { fail } from "../../errors.js";
import { offline } from "../../fleet/line.js";
import { checkServers, checkVersion } from "../../fleet/servers.js";
import { reasonOf } from "./problem.js";

const connectMs = 10_000;
const monitorMs = 5_000;

/** Connects to any of the servers, and again as often as that breaks. Throws `storage` where none is there. */
export async function connectTo(urls: string, creds: string | undefined): Promise<NatsConnection> {
  const authenticator = creds === undefined ? {} : { authenticator: await authenticatorOf(creds) };
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

/** Who asks, as a file says: credentials of NATS, or a name and a password. */
async function authenticatorOf(path: string): Promise<Authenticator> {
  const bytes = await readFile(path).catch((error: unknown) =>
    fail("storage", path, "a file of credentials", reasonOf(error)),
  );
  const [, name, password] = /^([^:\s]+):(\S+)\s*$/.exec(bytes.toString("utf8")) ?? [];
  return name === undefined ? credsAuthenticator(bytes) : usernamePasswordAuthenticator(name, password);
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
