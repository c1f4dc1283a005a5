/** What a client of a served market is given, and what it learns while it follows one. */
import type { GridclearError } from "../errors.js";
import type { Signatures, SigningKey } from "../ledger/keys/backend.js";
import type { Contradiction } from "../ledger/proof/contradiction.js";
import type { Receipt } from "../ledger/proof/receipt.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import type { SentEvent } from "./events.js";
import { type RequestOptions, requestNames } from "./requests.js";

/** Who a client is, whom it trusts, and where the market is served. */
export interface ClientOptions extends RequestOptions {
  readonly hasher: Hasher;
  readonly signatures: Signatures;
  /** The member that it is, and its key; both or neither: a client that is nobody watches what is everybody's. */
  readonly participant?: string;
  readonly key?: SigningKey;
  /** The market expected, 32 bytes. Whoever leaves it out trusts what the service says the first time. */
  readonly marketId?: Uint8Array;
  /** The newest head seen last time (the client's `note`), so that it can't be taken back. */
  readonly note?: string;
}

/** What a client learns while it follows a market. */
export type ClientEvent =
  | (SentEvent & { readonly kind: "event" })
  /** A head was seen that extends all before, and these receipts are kept by the block that it covers. */
  | { readonly kind: "verified"; readonly size: number; readonly kept: readonly Receipt[] }
  /** The service lied; `contradiction` shows it to anybody, where there is one. */
  | { readonly kind: "lie"; readonly error: GridclearError; readonly contradiction: Contradiction | null };

/** The names of {@link ClientOptions}. */
export const optionNames: readonly string[] = [
  ...requestNames,
  "hasher",
  "signatures",
  "participant",
  "key",
  "marketId",
  "note",
];
