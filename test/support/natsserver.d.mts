/** Path of a nats-server that is new enough; fetches Debian's where there is none. Throws with what to do. */
export function findNatsServer(): string;

/** One server of a cluster on loopback. */
export interface NatsServer {
  readonly name: string;
  /** Its process; undefined before the first start. */
  pid(): number | undefined;
  /** Its address for clients. */
  readonly url: string;
  /** Its address for monitoring. */
  readonly monitor: string;
  /** Where it keeps its streams. */
  readonly folder: string;
  /** Starts it, again after a kill; resolves when it takes connections. */
  start(): Promise<void>;
  /** Kills it as a crash would (SIGKILL), or sends another signal; resolves when it has ended, if it does. */
  kill(signal?: "SIGKILL" | "SIGSTOP" | "SIGCONT"): Promise<void>;
}

/** Servers that form one cluster. */
export interface NatsCluster {
  readonly servers: readonly NatsServer[];
  /** Addresses of all of them. */
  readonly urls: readonly string[];
  readonly monitors: readonly string[];
  /** Ends all and removes what they kept. */
  close(): Promise<void>;
}

/**
 * Starts servers on free ports of loopback that flush every write; resolves when the cluster has a leader. `sync`: in
 * place of `always`; `more`: what else stands in the configuration of a server of this name.
 */
export function startNats(
  count?: number,
  options?: { readonly sync?: string; readonly more?: (name: string) => string },
): Promise<NatsCluster>;

/** Ports of loopback that are free. */
export function freePorts(count: number): Promise<number[]>;
