/** Contracts that wait for the period in which they start to hold. */
import { hex } from "../../bytes.js";
import { fail, GridclearError } from "../../errors.js";
import type { Contract } from "../contracts/contracts.js";
import { contractKey } from "../contracts/kinds.js";
import { maxPeriodContractBytes } from "../period/limits.js";
import type { OpenPeriod } from "../period/period.js";
import { DroppedContracts } from "./dropped.js";
import type { ContractProof, Signing } from "./signing.js";

/** Most contracts that may wait for their period at a time, and most bytes of them. */
const maxProposals: number = 1 << 20;
const maxProposalBytes: number = maxPeriodContractBytes;

/**
 * What a member may have waiting, and how far ahead: so that nobody fills what is there for all. The platform's own
 * contracts have no such bounds.
 */
const maxOwnProposals = 1_000;
const maxOwnBytes = 1_000_000;
const maxAhead = 100_000;

/** A contract that was proposed, and in a signed market what was found good about its signature. */
export interface Proposal {
  readonly contract: Contract;
  /** Its canonical JSON. */
  readonly text: Uint8Array;
  readonly proof: ContractProof | null;
}

/** Proposals by the period in which they start to hold, in the order in which they were made. */
export class Proposals {
  /** What became of those that did not fit when their period came. */
  readonly dropped: DroppedContracts = new DroppedContracts();
  readonly #due = new Map<number, Proposal[]>();
  /** By key: how many of its contracts wait. */
  readonly #waiting = new Map<string, number>();
  /** How many wait that a key has signed, and how many bytes, by the key. */
  readonly #own = new Map<string, { readonly count: number; readonly bytes: number }>();
  readonly #platformKey: string | null;
  #count = 0;
  #bytes = 0;

  /** `platformKey`: that of a signed market. */
  constructor(platformKey: string | null) {
    this.#platformKey = platformKey;
  }

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

  /** Throws `limit` for a contract of a member that holds too far ahead of `period`, which is open. */
  checkAhead({ contract, proof }: Proposal, period: number): void {
    if (this.#signer(proof) !== null && contract.from > period + maxAhead)
      fail("limit", "contract.from", `at most period ${period + maxAhead}`, contract.from);
  }

  /** Adds one; throws `limit` when too many wait, of all or of whoever signed it. */
  add(proposal: Proposal): void {
    if (this.#count >= maxProposals)
      fail("limit", "contract", `at most ${maxProposals} under way`, this.#count);
    const { text, proof } = proposal;
    const bytes = this.#bytes + text.length;
    if (bytes > maxProposalBytes)
      fail("limit", "contract", `at most ${maxProposalBytes} bytes under way`, bytes);
    const signer = this.#signer(proof);
    const own = (signer === null ? undefined : this.#own.get(signer)) ?? { count: 0, bytes: 0 };
    if (signer !== null && own.count >= maxOwnProposals)
      fail("limit", "contract", `at most ${maxOwnProposals} of one key under way`, own.count);
    if (signer !== null && own.bytes + text.length > maxOwnBytes)
      fail("limit", "contract", `at most ${maxOwnBytes} bytes of one key under way`, own.bytes + text.length);
    this.restore(proposal);
  }

  /** Adds one that was acknowledged before, whatever waits: beside what waits it may be due already. */
  restore(proposal: Proposal): void {
    const { contract, text } = proposal;
    this.#count += 1;
    this.#bytes += text.length;
    this.#noteOwn(proposal, 1);
    const key = contractKey(contract);
    this.#waiting.set(key, this.of(key) + 1);
    const due = this.#due.get(contract.from) ?? [];
    due.push(proposal);
    this.#due.set(contract.from, due);
  }

  #signer(proof: ContractProof | null): string | null {
    const key = proof === null ? null : hex(proof.key);
    return key === this.#platformKey ? null : key;
  }

  /** Counts a contract for whoever signed it, 1 as it comes and −1 as it goes. */
  #noteOwn({ text, proof }: Proposal, change: 1 | -1): void {
    const signer = this.#signer(proof);
    if (signer === null) return;
    const { count, bytes } = this.#own.get(signer) ?? { count: 0, bytes: 0 };
    if (count + change === 0) this.#own.delete(signer);
    else this.#own.set(signer, { count: count + change, bytes: bytes + change * text.length });
  }

  /** Those that start to hold in `period`; they no longer wait. */
  take(period: number): readonly Proposal[] {
    const due = this.#due.get(period) ?? [];
    this.#due.delete(period);
    this.#count -= due.length;
    for (const proposal of due) {
      const { contract, text } = proposal;
      this.#noteOwn(proposal, -1);
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
  proposals: Proposals,
  signing: Signing | null,
  calls: Due,
): void {
  let index = 0;
  for (const proposal of proposals.take(open.period)) {
    const { contract, text, proof } = proposal;
    try {
      if (proof !== null) signing?.recheck(contract, proof);
      open.enter(contract, text);
      if (proof !== null) signing?.enter(contract, proof, index);
      index += 1;
      proposals.dropped.forget(contract);
      calls.entered(proposal);
    } catch (error) {
      if (!(error instanceof GridclearError)) throw error;
      proposals.dropped.note(contract, proof, error);
      calls.dropped(error);
    }
  }
}
