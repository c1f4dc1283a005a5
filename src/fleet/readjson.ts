/** JSON of a message, read and checked. */
import { fromUtf8 } from "../bytes.js";
import type { Check } from "../check.js";
import { fail } from "../errors.js";

/** Longest document, in bytes. */
export const maxJsonBytes: number = 1 << 20;

/** Reads JSON and checks it. Throws `invalid` naming the field. */
export function readJson<T>(bytes: Uint8Array, field: string, check: Check<T>): T {
  const source = bytes.length > maxJsonBytes ? null : fromUtf8(bytes);
  let value: unknown;
  try {
    value = JSON.parse(source ?? "");
  } catch {
    return fail("invalid", field, `JSON of at most ${maxJsonBytes} bytes`, `${bytes.length} other bytes`);
  }
  return check(value, field);
}
