/**
 * Turns for answers that are costly to make, such as statements and proofs: so many are made at once, the next wait,
 * and of one address not more than its share, so that whoever asks for many keeps nobody else out.
 */
import { GridclearError } from "../errors.js";
import { Slots } from "../slots.js";
import { networkOf } from "./rates.js";
import type { ServiceLimits } from "./settings.js";

/** Turns, in the order in which they were asked for. */
export class Turns {
  readonly #limits: Pick<ServiceLimits, "answers" | "answersEach" | "answersWaiting">;
  readonly #slots: Slots;
  /** How many each address has that are made or wait. */
  readonly #each = new Map<string, number>();

  constructor(limits: Pick<ServiceLimits, "answers" | "answersEach" | "answersWaiting">) {
    this.#limits = limits;
    this.#slots = new Slots(limits.answers);
  }

  /** Makes an answer when its turn comes. Throws `state` where too many wait, or the address has too many. */
  async take<T>(address: string, make: () => Promise<T>): Promise<T> {
    const { answersEach, answersWaiting } = this.#limits;
    const network = networkOf(address);
    const own = this.#each.get(network) ?? 0;
    if (own >= answersEach) throw full(`at most ${answersEach} of one address`, own + 1);
    const { isFull, waiting } = this.#slots;
    if (isFull && waiting >= answersWaiting) throw full(`at most ${answersWaiting} that wait`, waiting + 1);
    this.#each.set(network, own + 1);
    try {
      return await this.#slots.run(make);
    } finally {
      const left = this.#each.get(network)! - 1;
      if (left === 0) this.#each.delete(network);
      else this.#each.set(network, left);
    }
  }
}

const full = (wanted: string, got: number): GridclearError =>
  new GridclearError("state", { field: "answers", wanted, got });
