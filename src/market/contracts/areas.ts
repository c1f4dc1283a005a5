/**
 * The areas of the network as their contracts say them: the limits of an area in a period, and of each carrier the tree
 * that its areas make, in columns by place, so that whoever follows energy from area to area reads no contracts.
 */
import type { Area } from "../../core/areas.js";
import { fail } from "../../errors.js";
import { carriers, maxQuantity } from "../../units.js";
import type { AreaContract, ClearingContract, LimitContract } from "./contracts.js";
import { nobody, type Register, type Registered } from "./register.js";

/** Most areas of a carrier at a time, its root included. */
export const maxCarrierAreas: number = 65_535;
/** Most edges between an area and its root. */
export const maxDepth: number = 64;

/** An area with its contract resolved to numbers. */
export interface AreaEntry extends Registered<AreaContract> {
  carrier: number;
  /** Number of its parent, or {@link nobody} for a root. */
  parent: number;
  /** What its grid operator signals, where that is under contract; it may be over. */
  signal: LimitContract | null;
}

/** Most that may go up to the parent, and come down from it, in quantity ticks; null: no limit. */
export interface Limits {
  readonly exportLimit: number | null;
  readonly importLimit: number | null;
}

/**
 * The limits of an area in a period: those of its contract; from a step of the contract's series on, what the step says
 * in their place; and while the operator's signal lasts, what that says in the place of both. An edge with a loss has a
 * limit in any case, 2³²−1 quantity ticks each way, so that one flow can say what it lost.
 */
export function limitsIn({ contract, signal }: AreaEntry, period: number): Limits {
  const { exportLimit = null, importLimit = null, limits = [], loss = 0 } = contract ?? {};
  let low = 0;
  let high = limits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (limits[middle]!.from <= period) low = middle + 1;
    else high = middle;
  }
  const step = { exportLimit, importLimit, ...limits[low - 1] };
  const signalled = signal !== null && signal.from <= period && period < signal.until ? signal : {};
  const most = { ...step, ...signalled };
  const capped = (limit: number | null): number | null =>
    loss === 0 ? limit : Math.min(limit ?? maxQuantity, maxQuantity);
  return { exportLimit: capped(most.exportLimit), importLimit: capped(most.importLimit) };
}

/**
 * The areas of one carrier, by place: the root has place 0, then come those one edge from it, then those two edges from
 * it, and so on; those of one depth in order of registration. So every parent stands before its children.
 */
export interface AreaTree {
  readonly count: number;
  /** By place: the area's number. */
  readonly numbers: Uint32Array;
  /** By place: the place of the parent; of the root 0. */
  readonly parents: Uint32Array;
  /** By place: how many edges lie between the area and the root, and what they take for a unit, together. */
  readonly depths: Uint8Array;
  readonly pathFees: Float64Array;
}

/** Where everybody is of a carrier without areas: in a root that no contract names. */
const rootAlone: AreaTree = {
  count: 1,
  numbers: new Uint32Array(1),
  parents: new Uint32Array(1),
  depths: new Uint8Array(1),
  pathFees: new Float64Array(1),
};

/** Whether a carrier that clears so has a price for each of its areas, and fees between them. */
export const pricesAreas = ({
  mechanism,
  pricing,
}: Pick<ClearingContract, "mechanism" | "pricing">): boolean =>
  mechanism === "merit" && pricing === "uniform";

/** What is known of the areas of a carrier while contracts come and go. */
interface Known {
  /** Number of the root, or {@link nobody} while there are no areas. */
  root: number;
  /** Areas under contract, and those of them that take a fee. */
  count: number;
  fees: number;
  /** Worked out when it is asked for; null: not yet, or no longer so. */
  tree: AreaTree | null;
}

/** All areas, and the tree of each carrier. Changed by the contract kind `area` alone. */
export class Areas {
  readonly #register: Register<AreaEntry>;
  readonly #known: readonly Known[] = carriers.map(() => ({ root: nobody, count: 0, fees: 0, tree: null }));
  /** By number: place in the tree of its carrier, as far as that is worked out. */
  readonly #places: number[] = [];

  constructor(register: Register<AreaEntry>) {
    this.#register = register;
  }

  /** By number; to be read. */
  get entries(): readonly AreaEntry[] {
    return this.#register.entries;
  }

  /** How many areas of a carrier are under contract. */
  count(carrier: number): number {
    return this.#known[carrier]!.count;
  }

  /** How many of them take a fee. */
  fees(carrier: number): number {
    return this.#known[carrier]!.fees;
  }

  /** Number of the carrier's root, or {@link nobody}. */
  root(carrier: number): number {
    return this.#known[carrier]!.root;
  }

  /** The tree of a carrier; of one without areas, a root alone that stands for no contract. */
  tree(carrier: number): AreaTree {
    const known = this.#known[carrier]!;
    if (known.root === nobody) return rootAlone;
    known.tree ??= this.#plant(carrier, known);
    return known.tree;
  }

  /** The place of an area under contract in the tree of its carrier; of {@link nobody}, the root's. */
  placeOf(number: number): number {
    if (number === nobody) return 0;
    this.tree(this.entries[number]!.carrier);
    return this.#places[number]!;
  }

  /** The tree of a carrier with the fees, and the limits of a period, as the engine takes it. */
  list(carrier: number, period: number): Area[] {
    const { numbers, parents } = this.tree(carrier);
    return Array.from(numbers, (number, place) => {
      if (place === 0) return {};
      const entry = this.entries[number]!;
      return { parent: parents[place]!, fee: entry.contract?.fee ?? 0, ...limitsIn(entry, period) };
    });
  }

  /** How many edges lie between an area and its root. */
  depthOf(number: number): number {
    let depth = 0;
    for (let at = this.entries[number]!.parent; at !== nobody; at = this.entries[at]!.parent) depth += 1;
    return depth;
  }

  /** Whether an area lies in another, or is it. */
  isWithin(number: number, outer: number): boolean {
    for (let at = number; at !== nobody; at = this.entries[at]!.parent) if (at === outer) return true;
    return false;
  }

  /** Most edges between an area under contract and one that lies in it. */
  heightOf(number: number): number {
    const { count, numbers, depths } = this.tree(this.entries[number]!.carrier);
    const own = depths[this.placeOf(number)]!;
    let place = count - 1;
    while (!this.isWithin(numbers[place]!, number)) place -= 1;
    return depths[place]! - own;
  }

  /** Registers an area, or changes what it is. */
  put(contract: AreaContract): void {
    const { area, parent: above, fee = 0 } = contract;
    const before = this.#register.get(area);
    const carrier = carriers.indexOf(contract.carrier);
    const known = this.#known[carrier]!;
    const feeBefore = before?.contract?.fee ?? 0;
    if ((before?.contract ?? null) === null) known.count += 1;
    known.fees += Number(fee > 0) - Number(feeBefore > 0);
    known.tree = null;
    const parent = above === undefined ? nobody : this.#register.numberOf(above)!;
    const number = this.#register.put(area, { contract, carrier, parent, signal: before?.signal ?? null });
    if (parent === nobody) known.root = number;
  }

  /** An area is under contract no more; nothing lies in it. */
  end({ area, fee = 0 }: AreaContract): void {
    const number = this.#register.end(area);
    const entry = this.entries[number]!;
    const known = this.#known[entry.carrier]!;
    known.count -= 1;
    known.fees -= Number(fee > 0);
    known.tree = null;
    if (known.root === number) known.root = nobody;
  }

  /** The operator's signal about an area under contract; null: none any more. */
  signal(area: string, signal: LimitContract | null): void {
    const entry = this.#register.get(area);
    // A snapshot that lacks the name is found out when its roots are.
    if (entry !== undefined) entry.signal = signal;
  }

  /** Throws `corrupt` unless the areas of each carrier, whatever they were restored from, make one tree. */
  checkRestored(field: string): void {
    for (const [carrier, { count, root }] of this.#known.entries()) {
      if (count === 0) continue;
      const isTree = (): boolean => {
        const { count: reached, depths } = this.tree(carrier);
        return reached === count && depths.every((depth) => depth <= maxDepth);
      };
      if (root === nobody || count > maxCarrierAreas || !isTree())
        fail("corrupt", field, `${count} areas of ${carriers[carrier]!} in one tree`, "others");
    }
  }

  #plant(carrier: number, { root, count }: Known): AreaTree {
    const children = new Map<number, number[]>();
    for (const [number, entry] of this.entries.entries()) {
      if (entry.contract === null || entry.carrier !== carrier || entry.parent === nobody) continue;
      const siblings = children.get(entry.parent);
      if (siblings === undefined) children.set(entry.parent, [number]);
      else siblings.push(number);
    }
    const tree = {
      count,
      numbers: new Uint32Array(count),
      parents: new Uint32Array(count),
      depths: new Uint8Array(count),
      pathFees: new Float64Array(count),
    };
    let placed = 0;
    for (let level = [root], depth = 0; level.length > 0; depth += 1) {
      for (const number of level) {
        const { parent, contract } = this.entries[number]!;
        const above = depth === 0 ? 0 : this.#places[parent]!;
        tree.numbers[placed] = number;
        tree.parents[placed] = above;
        tree.depths[placed] = depth;
        tree.pathFees[placed] = tree.pathFees[above]! + (contract!.fee ?? 0);
        this.#places[number] = placed++;
      }
      level = level.flatMap((number) => children.get(number) ?? []).sort((a, b) => a - b);
    }
    return placed === count ? tree : { ...tree, count: placed };
  }
}
