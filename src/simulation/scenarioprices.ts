/** Prices as scenario files have them: decimals in quotes, per kWh, whole numbers of micro-ticks. */
import { fail } from "../errors.js";
import { further, leaf, type Shape } from "../shape.js";
import { formatTicks, microTick, parsePrice, parseTicks } from "../units.js";

/** At most six places that count; zeros may follow. */
const digits = "[0-9]{1,40}(?:\\.[0-9]{1,6}0{0,34})?";

function decimal(sign: "-?" | "", wanted: string): Shape<number> {
  const form = new RegExp(`^${sign}${digits}$`, "u");
  const written = leaf<string>({ type: "string", pattern: form.source }, (value, field) => {
    // What is no decimal at all, or not of whole ticks, is told as everywhere.
    parseTicks(value, microTick, field);
    return form.test(value as string) ? (value as string) : fail("invalid", field, wanted, value);
  });
  const rule = "a price is 2147.483647 at most";
  return further(
    written,
    rule,
    (value, field) => parsePrice(value, microTick, field),
    (ticks) => formatTicks(ticks, microTick),
  );
}

/** A price, which may be below zero. In price ticks. */
export const price: Shape<number> = /* @__PURE__ */ decimal("-?", "a decimal");
/** A price of at least zero, such as a tariff or a fee. In price ticks. */
export const fee: Shape<number> = /* @__PURE__ */ decimal("", "a decimal of at least 0");
