/** The feeders of the network as deliveries see them: how much each still carries, and what crossed it. */
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
  readonly #terms: Terms;

  constructor(terms: Terms) {
    const count = terms.feeders.length;
    this.#terms = terms;
    this.importRoom = new Float64Array(count);
    this.exportRoom = new Float64Array(count);
    this.crossed = new Float64Array(count);
    this.present = terms.clearing.map((_, carrier) =>
      terms.feeders.some((feeder) => feeder.contract !== null && feeder.carrier === carrier),
    );
    for (const [carrier] of this.present.entries()) this.clear(carrier);
  }

  /** The feeders of a carrier as if nothing had crossed them yet. */
  clear(carrier: number): void {
    for (const [number, { contract, carrier: own }] of this.#terms.feeders.entries()) {
      if (contract === null || own !== carrier) continue;
      this.importRoom[number] = contract.importLimit;
      this.exportRoom[number] = contract.exportLimit;
      this.crossed[number] = 0;
    }
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

  /** The feeder that held a delivery back: the seller's when it lets nothing more out, else the buyer's. */
  bottleneck(from: number, to: number): number {
    return from !== nobody && this.exportRoom[from] === 0 ? from : to;
  }
}
