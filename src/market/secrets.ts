/** The secrets of a private market's periods: where they come from. */
import { copyOf, isBytes } from "../bytes.js";
import { fail, notShown } from "../errors.js";
import { secretBytes } from "../ledger/format/salting.js";
import type { MarketContract } from "./contracts/contracts.js";

/**
 * Gives a secret for each period, 32 bytes that nobody can guess: the platform's random source in production, known
 * ones in tests.
 */
export type Secrets = () => Uint8Array;

/** The random source of the platform, Node or browser. */
export const systemSecrets: Secrets = () => crypto.getRandomValues(new Uint8Array(secretBytes));

/** The secret of the next period of a market: a copy, null in an open market. Throws `invalid` for what is none. */
export function drawSecret({ privacy }: MarketContract, secrets: Secrets): Uint8Array | null {
  if (privacy !== "private") return null;
  const secret: unknown = secrets();
  return isBytes(secret) && secret.length === secretBytes
    ? copyOf(secret)
    : fail("invalid", "secrets", `${secretBytes} bytes for each period`, notShown);
}
