/** What a period adds up per carrier: the totals of its header. */
import { totalNames } from "../../ledger/format/header.js";
import { carriers } from "../../units.js";
import { exactSum } from "./amounts.js";

/** What a column of quantities adds up to; a period has too few orders for that to leave the whole numbers. */
export function sumOf(column: ArrayLike<number>): number {
  let total = 0;
  for (let index = 0; index < column.length; index += 1) total += column[index]!;
  return total;
}

type TotalName = (typeof totalNames)[number];

const places = Object.fromEntries(totalNames.map((name, index) => [name, index])) as {
  readonly [name in TotalName]: number;
};

/** Sums of a period per carrier, in the header's order; exact at any size. */
export class Sums {
  readonly #values: Float64Array = new Float64Array(carriers.length * totalNames.length);
  /** What was carried out of the doubles before it could be rounded. */
  readonly #carried: bigint[] = Array.from({ length: this.#values.length }, () => 0n);

  /** Adds a quantity of at most 2⁵³−1. */
  add(carrier: number, name: TotalName, quantity: number): void {
    const place = carrier * totalNames.length + places[name];
    const sum = this.#values[place]! + quantity;
    if (sum <= exactSum) this.#values[place] = sum;
    else {
      this.#carried[place]! += BigInt(this.#values[place]!) + BigInt(quantity);
      this.#values[place] = 0;
    }
  }

  get(carrier: number, name: TotalName): bigint {
    const place = carrier * totalNames.length + places[name];
    return this.#carried[place]! + BigInt(this.#values[place]!);
  }
}
