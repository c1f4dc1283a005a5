import type { ChildProcess } from "node:child_process";

/** The command, as it is built. */
export const command: string;
/** A folder of a market. */
export interface MarketFolder {
  readonly folder: string;
  /** The market file. */
  readonly path: string;
  readonly ledger: string;
  /** Seed of the key in the file `NAME.key`, which is made where there is none, in hexadecimal. */
  seed(name: string): string;
  remove(): void;
}
/** A new folder with a market file and the platform's key; `more` in place of what the file says otherwise. */
export function marketFolder(more: object): MarketFolder;
/** A market that is served. */
export interface Serving {
  readonly child: ChildProcess;
  readonly url: string;
  /** How long it took until it said its address. */
  readonly ms: number;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number | null>;
  /** What it has written to stderr. */
  said(): string;
}
/** Serves a market file; resolves when it says its address, and rejects with what it said where it ends before. */
export function startServing(path: string, port: number, options?: readonly string[]): Promise<Serving>;
