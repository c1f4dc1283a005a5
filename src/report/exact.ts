/** Sums that are exact at any size: plain numbers as long as those are exact, whole numbers of any length beyond. */
import { type Amount, exactSum } from "../market/books/amounts.js";

/** Sums by place, all 0 at first. */
export class ExactSums {
  #values: Float64Array = new Float64Array(0);
  /** What was carried out of the doubles before it could be rounded. */
  readonly #carried = new Map<number, bigint>();

  constructor(places: number = 0) {
    this.grow(places);
  }

  /** Makes room for more places; sums stay. */
  grow(places: number): void {
    if (places <= this.#values.length) return;
    const values = new Float64Array(places);
    values.set(this.#values);
    this.#values = values;
  }

  add(place: number, amount: Amount): void {
    const sum = this.#values[place]! + Number(amount);
    if (typeof amount === "number" && sum <= exactSum && sum >= -exactSum) this.#values[place] = sum;
    else this.#carried.set(place, (this.#carried.get(place) ?? 0n) + BigInt(amount));
  }

  get(place: number): bigint {
    return (this.#carried.get(place) ?? 0n) + BigInt(this.#values[place]!);
  }
}

/** The quotient, rounded down; below zero too. */
export function floored(part: bigint, whole: bigint): bigint {
  const quotient = part / whole;
  return quotient * whole > part ? quotient - 1n : quotient;
}

/** The whole part of the square root of a number that is not negative, by Newton's method. */
export function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
