import { nobody, type Terms } from "../contracts/terms.js";

/**
 * What feeders carried in a period and may still carry. Only what crosses a feeder counts: a trade between two of its
 * members does not, and the pool, the grid connection and those who hang on no feeder lie outside all. Import and
 * export are counted each for itself, so their difference keeps the limits too.
 */
export class Router {
  /** By feeder number: what may still flow in, and out. */
  readonly importRoom: Float64Array;
  readonly exportRoom: Float64Array;
  /** By feeder number: what crossed, both ways. */
  readonly crossed: Float64Array;
  /** By carrier code: whether there is any feeder. */
  readonly present: readonly boolean[];

  constructor(terms: Terms) {
    const count = terms.feeders.length;
    this.importRoom = new Float64Array(count);
    this.exportRoom = new Float64Array(count);
    this.crossed = new Float64Array(count);
    const present = terms.clearing.map(() => false);
    for (const [number, { contract, carrier }] of terms.feeders.entries()) {
      if (contract === null) continue;
      this.importRoom[number] = contract.importLimit;
      this.exportRoom[number] = contract.exportLimit;
      present[carrier] = true;
    }
    this.present = present;
  }

  /** Carries as much of `quantity` as the feeders of seller and buyer let through, and returns it. */
  carry(from: number, to: number, quantity: number): number {
    if (from === to) return quantity;
    let carried = quantity;
    if (from !== nobody) carried = Math.min(carried, this.exportRoom[from]!);
    if (to !== nobody) carried = Math.min(carried, this.importRoom[to]!);
    if (from !== nobody) {
      this.exportRoom[from]! -= carried;
      this.crossed[from]! += carried;
    }
    if (to !== nobody) {
      this.importRoom[to]! -= carried;
      this.crossed[to]! += carried;
    }
    return carried;
  }

  /** The feeder that held a delivery back. */
  bottleneck(from: number, to: number): number {
    return from !== nobody && this.exportRoom[from] === 0 ? from : to;
  }
}
