/** Whole numbers as they are given on a command line: heights, places, sizes. */
import { fail } from "../../errors.js";

/** A whole number from 0, without leading zeros. Throws `invalid` naming `field`. */
export function wholeNumber(text: string, field: string): number {
  return /^(0|[1-9][0-9]{0,15})$/.test(text) && Number.isSafeInteger(Number(text))
    ? Number(text)
    : fail("invalid", field, "a whole number", text);
}
