/**
 * Dividing a total among weights, exactly: the one function by which anything is shared (market rules, "Ties that
 * share"). With running sums c of the weights, whose sum is W, part i of a total T is r(c_i) − r(c_{i−1}), where r(c)
 * is T × c ÷ W to the nearest whole number, half upwards. So the parts add up to T, and each is its exact share rounded
 * down or up.
 */

/** One division under way: what the running sum has come to. `whole` is 1 … 2⁵⁶ and `total` at most as much. */
@unmanaged
export class Split {
  total: u64;
  whole: u64;
  /** T × c = quotient × W + remainder for the running sum c; a quotient is at most T while c is at most W. */
  quotient: u64;
  remainder: u64;
  /** r(c) of the running sum before. */
  before: u64;
}

export function beginSplit(split: Split, total: u64, whole: u64): void {
  split.total = total;
  split.whole = whole;
  split.quotient = 0;
  split.remainder = 0;
  split.before = 0;
}

/** The part of the next weight. The weights of one division must not add up to more than its whole. */
export function nextPart(split: Split, weight: u32): u64 {
  const total = split.total;
  const whole = split.whole;
  // T × weight has 88 bits, so it is divided as by hand, seven bits of the weight at a time: a remainder is below 2⁵⁶,
  // so the summands are below 2⁶³ and at most 127 × 2⁵⁶, and their sum is below 2⁶⁴.
  let quotient: u64 = 0;
  let remainder: u64 = 0;
  for (let shift: i32 = 28; shift >= 0; shift -= 7) {
    const sum = (remainder << 7) + total * <u64>((weight >>> shift) & 127);
    quotient = (quotient << 7) + sum / whole;
    remainder = sum % whole;
  }
  quotient += split.quotient;
  remainder += split.remainder;
  if (remainder >= whole) {
    remainder -= whole;
    quotient++;
  }
  split.quotient = quotient;
  split.remainder = remainder;
  const here = quotient + u64(remainder << 1 >= whole);
  const part = here - split.before;
  split.before = here;
  return part;
}
