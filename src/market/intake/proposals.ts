import { fail } from "../../errors.js";
import type { Contract } from "../contracts/contracts.js";
import { contractKey } from "../contracts/kinds.js";

/** Most contracts that may wait for their period at a time. */
export const maxProposals: number = 1 << 20;

/** Contracts that wait for the period in which they start to hold, in the order in which they were proposed. */
export class Proposals {
  readonly #due = new Map<number, Contract[]>();
  /** By key: how many of its contracts wait. */
  readonly #waiting = new Map<string, number>();
  #count = 0;

  /** How many contracts of this key wait. */
  of(key: string): number {
    return this.#waiting.get(key) ?? 0;
  }

  /** Adds one; throws `limit` when too many wait. */
  add(contract: Contract): void {
    if (this.#count >= maxProposals)
      fail("limit", "contract", `at most ${maxProposals} under way`, this.#count);
    this.#count += 1;
    const key = contractKey(contract);
    this.#waiting.set(key, this.of(key) + 1);
    const due = this.#due.get(contract.from) ?? [];
    due.push(contract);
    this.#due.set(contract.from, due);
  }

  /** Those that start to hold in `period`; they no longer wait. */
  take(period: number): readonly Contract[] {
    const due = this.#due.get(period) ?? [];
    this.#due.delete(period);
    this.#count -= due.length;
    for (const contract of due) {
      const key = contractKey(contract);
      const left = this.of(key) - 1;
      if (left > 0) this.#waiting.set(key, left);
      else this.#waiting.delete(key);
    }
    return due;
  }
}
