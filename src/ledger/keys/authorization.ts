/**
 * The header `Authorization` of a signed request: written by whoever asks, read by who serves. It says whose key signed
 * the request, as whom, and up to which moment that is good.
 */
import { fromHex, hex } from "../../bytes.js";
import { fail } from "../../errors.js";
import type { SigningKey } from "./backend.js";
import { readStatement } from "./message.js";

/** A request to be signed. */
export interface RequestToSign {
  readonly marketId: Uint8Array;
  /** Moment up to which the signature is good, milliseconds since 1970. */
  readonly untilMs: number;
  /** Method and path, such as `GET /v1/statements/ann?from=7`. */
  readonly request: string;
  /** The member that asks; auditors leave it out. */
  readonly participant?: string;
}

/** A header as it was read. */
export interface Authorization {
  readonly key: Uint8Array;
  readonly untilMs: number;
  /** null: an auditor's. */
  readonly participant: string | null;
  readonly signature: Uint8Array;
}

const pattern =
  /^Gridclear key=([0-9a-f]{64}),until=(\d{1,15}),(?:participant=([^,]{1,600}),)?signature=([0-9a-f]{128})$/;

/** Signs a request: the value of its header `Authorization`. */
export async function signRequest(
  { marketId, untilMs, request, participant }: RequestToSign,
  key: SigningKey,
): Promise<string> {
  const signature = hex(await key.sign(readStatement(marketId, untilMs, request)));
  const who = participant === undefined ? "" : `participant=${encodeURIComponent(participant)},`;
  return `Gridclear key=${hex(key.publicKey)},until=${untilMs},${who}signature=${signature}`;
}

/** Reads a header; whether its signature is good is not looked at. Throws `invalid` for another. */
export function parseAuthorization(value: string): Authorization {
  const match = pattern.exec(value);
  if (match === null)
    return fail("invalid", "Authorization", "Gridclear key=…,until=…,participant=…,signature=…", value);
  const [, key, until, id, signature] = match;
  return {
    key: fromHex(key, "Authorization.key"),
    untilMs: Number(until),
    participant: id === undefined ? null : decoded(id),
    signature: fromHex(signature, "Authorization.signature"),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return fail("invalid", "Authorization.participant", "a percent-encoded id", text);
  }
}
