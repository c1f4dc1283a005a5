/**
 * What light client and witness check alike of their options: nobody may think to be guarded by one that was misspelt.
 */
import { needMethods, onlyKeys } from "../../check.js";

/** Throws `invalid` naming an option that is not among `known`, or a hasher or signatures that are none. */
export function checkVerifier(options: unknown, known: readonly string[]): void {
  onlyKeys(options, "options", known);
  const { hasher, signatures } = options as { readonly [name: string]: unknown };
  needMethods(hasher, "hasher", "a hasher, as `await openHasher()` gives it", ["sha256", "merkleRoot"]);
  const wanted = "signatures, as `await openSignatures()` gives them";
  needMethods(signatures, "signatures", wanted, ["verify"]);
}
