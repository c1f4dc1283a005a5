/** What a broker is asked to be. */
export interface BrokerAsked {
  /** Default: one that is free. */
  readonly port?: number;
  /** Who alone may come; left out: everybody. */
  readonly user?: { readonly name: string; readonly password: string };
  /** Files of a certificate and its key, PEM; left out: no TLS. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}
/** A broker that runs. */
export interface RunningBroker {
  readonly url: string;
  readonly port: number;
  readonly pid: number | undefined;
  /** Stops it, as a crash would. */
  stop(): Promise<void>;
}
/** A port that is free now. */
export function freePort(): Promise<number>;
/** Starts a broker on loopback: for everybody, or for one user with a password, in the clear or with a certificate. */
export function startMosquitto(asked?: BrokerAsked): Promise<RunningBroker>;
