import type { FleetClient, Handed } from "../../src/fleet/client.js";
import type { Registration } from "../../src/fleet/messages.js";
import type { SigningKey } from "../../src/ledger/keys/backend.js";

/** A microgrid for tests: how it begins, and orders of its members for a period. */
export interface LoadGrid {
  readonly name: string;
  readonly marketId: Uint8Array;
  readonly registration: Omit<Registration, "cut">;
  /**
   * A batch of an order of each member, signed by their gateway; `turn` counts the batches of a period from 0, and what
   * is asked for follows from microgrid, period and turn.
   */
  batch(
    period: number,
    turn: number,
  ): Promise<{ readonly records: Uint8Array; readonly signature: Uint8Array; readonly gateway: Uint8Array }>;
}

/** What microgrids are made of. */
export interface LoadOptions {
  readonly platform: SigningKey;
  readonly name: string;
  readonly members: number;
  readonly periodMs: number;
  readonly startMs: number;
}

/** A key that follows from a word: for tests alone. */
export function keyOf(word: string): Promise<SigningKey>;
/** Makes a microgrid whose members trade electricity through a gateway. */
export function loadGrid(options: LoadOptions): Promise<LoadGrid>;
/** Numbers from 0 to 1 that follow from a seed. */
export function chances(seed: number): () => number;
export type { FleetClient, Handed };
