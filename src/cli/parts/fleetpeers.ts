/** What commands on a fleet need beside gridclear, and the options that they share. */
import { fail } from "../../errors.js";

/** What a fleet needs beside gridclear; one market alone does not, so they are not installed with it. */
const peers = ["@nats-io/transport-node", "@nats-io/jetstream", "@nats-io/kv"];

/** Which fleet, and who asks. */
export const fleetOptions = {
  fleet: { value: "NAME", default: "gridclear", help: "name of the fleet on its servers" },
  creds: { value: "FILE", help: "credentials that the servers ask for" },
} as const;

/** All of a fleet that commands use. */
export type FleetModules = typeof import("./fleetline.js") &
  typeof import("../../fleet/line.js") &
  typeof import("../../fleet/worker.js") &
  typeof import("../../fleet/ownstore.js") &
  typeof import("../../fleet/status.js") &
  typeof import("../../fleet/client.js") &
  typeof import("../../fleet/audit.js") &
  typeof import("../../fleet/names.js");

/** Loads it. Throws `unsupported` saying what to install where it is not there. */
export async function loadFleet(): Promise<FleetModules> {
  try {
    const [lines, line, worker, store, status, client, audit, names] = await Promise.all([
      import("./fleetline.js"),
      import("../../fleet/line.js"),
      import("../../fleet/worker.js"),
      import("../../fleet/ownstore.js"),
      import("../../fleet/status.js"),
      import("../../fleet/client.js"),
      import("../../fleet/audit.js"),
      import("../../fleet/names.js"),
    ]);
    return { ...lines, ...line, ...worker, ...store, ...status, ...client, ...audit, ...names };
  } catch (error) {
    const missing = /Cannot find package '([^']+)'/.exec(String(error))?.[1];
    if (missing === undefined) throw error;
    return fail(
      "unsupported",
      "fleet",
      `what a fleet needs: npm install ${peers.join(" ")}`,
      `no ${missing}`,
    );
  }
}
