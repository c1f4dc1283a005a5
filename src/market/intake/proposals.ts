/** Contracts that wait for the period in which they start to hold. */
import { fail, GridclearError } from "../../errors.js";
import type { Contract } from "../contracts/contracts.js";
import { contractKey } from "../contracts/kinds.js";
import { maxPeriodContractBytes } from "../period/limits.js";
import type { OpenPeriod } from "../period/period.js";
import type { ContractProof, Signing } from "./signing.js";

/** Most contracts that may wait for their period at a time, and most bytes of them. */
const maxProposals: number = 1 << 20;
const maxProposalBytes: number = maxPeriodContractBytes;

/** A contract that was proposed, and in a signed market what was found good about its signature. */
export interface Proposal {
  readonly contract: Contract;
  /** Its canonical JSON. */
  readonly text: Uint8Array;
  readonly proof: ContractProof | null;
}

/** Proposals by the period in which they start to hold, in the order in which they were made. */
export class Proposals {
  readonly #due = new Map<number, Proposal[]>();
  /** By key: how many of its contracts wait. */
  readonly #waiting = new Map<string, number>();
  #count = 0;
  #bytes = 0;

  /** How many contracts wait. */
  get count(): number {
    return this.#count;
  }

  /** How many contracts of this key wait. */
  of(key: string): number {
    return this.#waiting.get(key) ?? 0;
  }

  /** All that wait; those of one period in the order in which they were made. */
  *all(): Iterable<Proposal> {
    for (const due of this.#due.values()) yield* due;
  }

  /** Adds one; throws `limit` when too many wait. */
  add(proposal: Proposal): void {
    if (this.#count >= maxProposals)
      fail("limit", "contract", `at most ${maxProposals} under way`, this.#count);
    const { contract, text } = proposal;
    const bytes = this.#bytes + text.length;
    if (bytes > maxProposalBytes)
      fail("limit", "contract", `at most ${maxProposalBytes} bytes under way`, bytes);
    this.#count += 1;
    this.#bytes = bytes;
    const key = contractKey(contract);
    this.#waiting.set(key, this.of(key) + 1);
    const due = this.#due.get(contract.from) ?? [];
    due.push(proposal);
    this.#due.set(contract.from, due);
  }

  /** Those that start to hold in `period`; they no longer wait. */
  take(period: number): readonly Proposal[] {
    const due = this.#due.get(period) ?? [];
    this.#due.delete(period);
    this.#count -= due.length;
    for (const { contract, text } of due) {
      this.#bytes -= text.length;
      const key = contractKey(contract);
      const left = this.of(key) - 1;
      if (left > 0) this.#waiting.set(key, left);
      else this.#waiting.delete(key);
    }
    return due;
  }
}

/** Called with what became of each proposal that was due. */
export interface Due {
  entered(proposal: Proposal): void;
  dropped(error: GridclearError): void;
}

/** Puts due proposals in force in a period that is not started yet; those that no longer fit are dropped. */
export function enterProposals(
  open: OpenPeriod,
  due: readonly Proposal[],
  signing: Signing | null,
  calls: Due,
): void {
  let index = 0;
  for (const proposal of due)
    try {
      const { contract, text, proof } = proposal;
      if (proof !== null) signing?.recheck(contract, proof);
      open.enter(contract, text);
      if (proof !== null) signing?.enter(contract, proof, index);
      index += 1;
      calls.entered(proposal);
    } catch (error) {
      if (!(error instanceof GridclearError)) throw error;
      calls.dropped(error);
    }
}
