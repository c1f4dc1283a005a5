/** What commands on a fleet need beside gridclear, and the options that they share. */
import { fail } from "../../errors.js";

/** What a fleet needs beside gridclear; one market alone does not, so they are not installed with it. */
export const fleetPeers: readonly string[] = [
  "@nats-io/transport-node",
  "@nats-io/nats-core",
  "@nats-io/jetstream",
  "@nats-io/kv",
];

/** Which fleet, and who asks. */
export const fleetOptions = {
  fleet: { value: "NAME", default: "gridclear", help: "name of the fleet on its servers" },
  creds: { value: "FILE", help: "credentials that the servers ask for: a file of NATS, or NAME:PASSWORD" },
} as const;

/** All of a fleet that commands use. */
export type FleetModules = typeof import("./fleetmodules.js");

/** Loads it. Throws `unsupported` saying what to install where that is not there. */
export async function loadFleet(): Promise<FleetModules> {
  try {
    return await import("./fleetmodules.js");
  } catch (error) {
    const missing = /Cannot find package '([^']+)'/.exec(String(error))?.[1];
    if (missing === undefined) throw error;
    return fail(
      "unsupported",
      "fleet",
      `what a fleet needs: npm install ${fleetPeers.join(" ")}`,
      `no ${missing}`,
    );
  }
}
