/**
 * What a worker wants of the servers before it gives them an order to keep. No client can ask a server how it writes;
 * its monitoring port says so, and which other servers belong to it.
 */
import { fail } from "../errors.js";

/** Older servers lose acknowledged writes, or let two writers of one expected sequence both win. */
const leastVersion = [2, 12, 3] as const;

/** What a server says of itself at `/varz`, as far as it matters here. */
interface Said {
  readonly name: string;
  readonly version: string;
  readonly flushes: boolean;
  /** Its cluster's servers that keep streams, as far as it knows them. */
  readonly peers: readonly string[];
}

/**
 * Throws `unsupported` naming the server and what is wrong with it: one that is too old, that keeps no streams, or that
 * acknowledges what is not on its disk yet; and for a server of the cluster whose monitoring address was not given.
 * `answers` are the documents of `/varz`, by address.
 */
export function checkServers(answers: ReadonlyMap<string, unknown>): void {
  if (answers.size === 0) fail("unsupported", "--monitor", "the monitoring address of every server", "none");
  const all = [...answers].map(([address, document]) => saidBy(address, document));
  for (const { name, version, flushes } of all) {
    checkVersion(version, name);
    if (!flushes)
      fail(
        "unsupported",
        `${name}: sync_interval`,
        "always: nothing is acknowledged before it is on the disk",
        "another",
      );
  }
  const known = new Set(all.map(({ name }) => name));
  for (const peer of all.flatMap(({ peers }) => peers))
    if (!known.has(peer)) fail("unsupported", "--monitor", `the address of ${peer} too`, "none");
}

/** Throws `unsupported` for a server that is older than {@link leastVersion}. */
export function checkVersion(version: string, name: string): void {
  const parts = /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number) ?? [0, 0, 0];
  const differs = leastVersion.findIndex((part, index) => part !== parts[index]);
  if (differs >= 0 && parts[differs]! < leastVersion[differs]!)
    fail("unsupported", `${name}: version`, `${leastVersion.join(".")} or newer`, version);
}

function saidBy(address: string, document: unknown): Said {
  const of = (value: unknown): { readonly [name: string]: unknown } =>
    typeof value === "object" && value !== null ? (value as { [name: string]: unknown }) : {};
  const { server_name: name, version, jetstream } = of(document);
  const { config, meta } = of(jetstream);
  if (typeof name !== "string" || typeof version !== "string" || config === undefined)
    return fail("unsupported", address, "the monitoring port of a server that keeps streams", "another");
  const { leader, replicas } = of(meta);
  const names = (Array.isArray(replicas) ? replicas : []).map((replica) => of(replica).name);
  return {
    name,
    version,
    flushes: of(config).sync_always === true,
    peers: [leader, ...names].filter((peer): peer is string => typeof peer === "string" && peer !== ""),
  };
}
