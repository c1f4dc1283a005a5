/**
 * One side's curve: steps of `quantity` at `price`, cheapest offer or highest bid first, with what was filled of each.
 */
export interface Curve {
  /** Cumulated quantity at the end of each step, in ticks. */
  readonly until: Float64Array;
  readonly price: Float64Array;
  /** Part of each step that was traded, 0 … 1. */
  readonly filled: Float64Array;
  /** The order a step is, or −1 where a step stands for several. */
  readonly order: Int32Array;
}

/** Steps up to which a curve is drawn order by order. */
const mostSteps = 500;

/** Indices in order of price, ties by arrival. Packs price and index into one double: 32 + 20 bits are exact. */
export function byPrice(price: Int32Array, descending: boolean): Uint32Array {
  const size = price.length;
  const keys = new Float64Array(size);
  const sign = descending ? -1 : 1;
  for (let index = 0; index < size; index++) keys[index] = sign * price[index]! * 1_048_576 + index;
  keys.sort();
  const order = new Uint32Array(size);
  for (let place = 0; place < size; place++) {
    const key = keys[place]!;
    order[place] = key - Math.floor(key / 1_048_576) * 1_048_576;
  }
  return order;
}

/** Makes a side's curve; large markets are drawn in {@link mostSteps} steps of equal quantity. */
export function makeCurve(
  side: { readonly quantity: Uint32Array; readonly price: Int32Array },
  taken: (order: number) => number,
  descending: boolean,
): Curve {
  const order = byPrice(side.price, descending);
  const size = order.length;
  const steps = Math.min(size, mostSteps);
  const curve: Curve = {
    until: new Float64Array(steps),
    price: new Float64Array(steps),
    filled: new Float64Array(steps),
    order: new Int32Array(steps).fill(-1),
  };
  if (size <= mostSteps) {
    let until = 0;
    for (let place = 0; place < size; place++) {
      const index = order[place]!;
      until += side.quantity[index]!;
      curve.until[place] = until;
      curve.price[place] = side.price[index]!;
      curve.filled[place] = taken(index) / side.quantity[index]!;
      curve.order[place] = index;
    }
    return curve;
  }
  let total = 0;
  for (let index = 0; index < size; index++) total += side.quantity[index]!;
  let [place, until] = [0, 0];
  for (let step = 0; step < steps; step++) {
    const goal = (total * (step + 1)) / steps;
    let [quantity, filled, value] = [0, 0, 0];
    while (place < size && (until < goal || step === steps - 1)) {
      const index = order[place++]!;
      quantity += side.quantity[index]!;
      value += side.quantity[index]! * side.price[index]!;
      filled += taken(index);
      until += side.quantity[index]!;
    }
    curve.until[step] = until;
    curve.price[step] = quantity === 0 ? (curve.price[step - 1] ?? 0) : value / quantity;
    curve.filled[step] = quantity === 0 ? 0 : filled / quantity;
  }
  return curve;
}
