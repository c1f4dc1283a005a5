/**
 * Commission on an amount: a share in parts per million, rounded down, exact over every amount that an order can make.
 */
import { ppm } from "./limits";

/** `floor(|amount| × rate / 10⁶)`, exact: the product is formed in two parts that each fit 63 bits. */
// @ts-ignore: decorator
@inline
export function fee(quantity: u32, price: i32, rate: u32): u64 {
  const amount = <i64>quantity * <i64>price;
  const size = <u64>(amount < 0 ? -amount : amount);
  return (size / ppm) * <u64>rate + ((size % ppm) * <u64>rate) / ppm;
}
