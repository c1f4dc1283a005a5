/**
 * `gridclear/scalar`: the core without SIMD, for platforms that lack it (browsers before 2023). The package's own copy
 * needs SIMD, and this one is not in it, so that nobody loads both.
 *
 * @module gridclear/scalar
 */
import { wasmBase64 } from "./inline/scalar.js";
import { decodeBase64 } from "./load.js";

/**
 * The code of the core without SIMD, in fresh bytes. It gives the same results as the one with SIMD, and takes about
 * twice as long to hash.
 *
 * @example
 * const engine = await openEngine({ wasm: scalarCore() });
 */
export function scalarCore(): Uint8Array<ArrayBuffer> {
  return decodeBase64(wasmBase64);
}
