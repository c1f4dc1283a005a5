/**
 * What light client and witness check alike of their options: nobody may think to be guarded by one that was misspelt.
 */
import { onlyKeys } from "../../check.js";
import { checkSignatures } from "../keys/backend.js";
import { checkHasher } from "../tree/hasher.js";

/** Throws `invalid` naming an option that is not among `known`, or a hasher or signatures that are none. */
export function checkVerifier(options: unknown, known: readonly string[]): void {
  onlyKeys(options, "options", known);
  const { hasher, signatures } = options as { readonly [name: string]: unknown };
  checkHasher(hasher);
  checkSignatures(signatures);
}
