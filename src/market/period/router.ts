/** The areas of one carrier as deliveries see them: how much each edge still carries, and what crossed it. */
import { type Areas, type AreaTree, limitsIn } from "../contracts/areas.js";

/** An edge that let no more through: the area below it, by its place in the tree, and which way. */
export interface FullEdge {
  readonly place: number;
  /** Whether it is full for what goes up, from the seller's side; else for what comes down to the buyer. */
  readonly outward: boolean;
}

/**
 * What the edges of a tree carried in a period and may still carry. A delivery goes up from the seller's area to the
 * lowest one in which both lie and down to the buyer's, and counts at every edge on its way; pool and grid connection
 * are in the root. Import and export of an edge are counted each for itself, so their difference keeps the limits too.
 */
export class Router {
  readonly tree: AreaTree;
  /** By place in the tree: what may still go down to the area, and up from it. */
  readonly importRoom: Float64Array;
  readonly exportRoom: Float64Array;
  /** By place: what crossed the edge to the parent, both ways. */
  readonly crossed: Float64Array;
  readonly #importLimits: Float64Array;
  readonly #exportLimits: Float64Array;

  constructor(areas: Areas, carrier: number, period: number) {
    this.tree = areas.tree(carrier);
    const { count, numbers } = this.tree;
    this.#importLimits = new Float64Array(count);
    this.#exportLimits = new Float64Array(count);
    for (let place = 1; place < count; place += 1) {
      const { importLimit, exportLimit } = limitsIn(areas.entries[numbers[place]!]!, period);
      this.#importLimits[place] = importLimit ?? Number.POSITIVE_INFINITY;
      this.#exportLimits[place] = exportLimit ?? Number.POSITIVE_INFINITY;
    }
    this.importRoom = this.#importLimits.slice();
    this.exportRoom = this.#exportLimits.slice();
    this.crossed = new Float64Array(count);
  }

  /** Whether there is any edge. */
  get present(): boolean {
    return this.tree.count > 1;
  }

  /** As if nothing had crossed yet. */
  clear(): void {
    this.importRoom.set(this.#importLimits);
    this.exportRoom.set(this.#exportLimits);
    this.crossed.fill(0);
  }

  /** Takes what a clearing on areas made of the edges: by place, what each area handed its parent, or took. */
  take(flows: BigInt64Array): void {
    for (const [place, flow] of flows.entries()) {
      const crossing = Number(flow);
      if (crossing > 0) this.exportRoom[place]! -= crossing;
      else this.importRoom[place]! += crossing;
      this.crossed[place]! += Math.abs(crossing);
    }
  }

  /** Carries as much of `quantity` as every edge between two places lets through, and returns it. */
  carry(from: number, to: number, quantity: number): number {
    const { parents } = this.tree;
    let carried = quantity;
    // Places rise with the depth: of two, the one further down is never above the other.
    for (let [up, down] = [from, to]; up !== down; )
      if (up > down) {
        carried = Math.min(carried, this.exportRoom[up]!);
        up = parents[up]!;
      } else {
        carried = Math.min(carried, this.importRoom[down]!);
        down = parents[down]!;
      }
    if (carried === 0) return 0;
    for (let [up, down] = [from, to]; up !== down; )
      if (up > down) {
        this.exportRoom[up]! -= carried;
        this.crossed[up]! += carried;
        up = parents[up]!;
      } else {
        this.importRoom[down]! -= carried;
        this.crossed[down]! += carried;
        down = parents[down]!;
      }
    return carried;
  }

  /**
   * The edge that held a delivery back: of those on the seller's side that let nothing more up the one next to the
   * seller, and where there is none, likewise on the buyer's side.
   */
  bottleneck(from: number, to: number): FullEdge {
    const { parents } = this.tree;
    let inward = to;
    let found = false;
    for (let [up, down] = [from, to]; up !== down; )
      if (up > down) {
        if (this.exportRoom[up] === 0) return { place: up, outward: true };
        up = parents[up]!;
      } else {
        if (!found && this.importRoom[down] === 0) {
          inward = down;
          found = true;
        }
        down = parents[down]!;
      }
    return { place: inward, outward: false };
  }
}
