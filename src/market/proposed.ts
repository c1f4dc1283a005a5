/** What a market tells of contracts that were proposed: whether they are in force, wait, or were dropped. */
import { fromHex, sameBytes } from "../bytes.js";
import { fail } from "../errors.js";
import type { Contract } from "./contracts/contracts.js";
import { contractKey, subjectOf } from "./contracts/kinds.js";
import type { DropReason } from "./intake/dropped.js";
import type { Proposal, Proposals } from "./intake/proposals.js";
import type { MarketState } from "./period/state.js";

/** What became of a contract that was proposed. */
export interface ProposedContract {
  /** What it is about, such as `supply/heat/ann`. */
  readonly key: string;
  readonly version: number;
  /** The period in which it began, begins, or was to begin. */
  readonly from: number;
  readonly status: "in force" | "waiting" | "dropped";
  /** Why it was dropped; null for any other. */
  readonly reason: DropReason | null;
}

/** The contracts of a market that were proposed. */
export class ProposedContracts {
  readonly #proposals: Proposals;
  readonly #state: MarketState;

  /** A market makes its own. */
  constructor(proposals: Proposals, state: MarketState) {
    this.#proposals = proposals;
    this.#state = state;
  }

  /** How many wait for their period. */
  get waiting(): number {
    return this.#proposals.count;
  }

  /**
   * What became of the contracts that say they are of a participant, or that it signed by the key that it has: those in
   * force, those that wait, and those that were dropped when their period came. One that ended is in none of them. Of a
   * key that was dropped several times the last is there, until a contract of that key enters in a later period; of one
   * signer at most 50 are, of all 1,000, the newest. Throws `refused` for an id never registered.
   */
  of(participant: string): ProposedContract[] {
    const { terms } = this.#state;
    const number = terms.numberOf(participant);
    if (number === undefined) return fail("refused", "participant", "a registered participant", participant);
    const own = terms.participants[number]!.contract?.key ?? null;
    const key = own === null ? null : fromHex(own, "key");
    const isSigned = ({ proof }: Proposal): boolean =>
      key !== null && proof !== null && sameBytes(proof.key, key);
    const found: ProposedContract[] = [];
    const add = (contract: Contract, status: "in force" | "waiting"): void => {
      const { version, from } = contract;
      found.push({ key: contractKey(contract), version, from, status, reason: null });
    };
    for (const { contract } of terms.inForce.values())
      if (subjectOf(contract) === participant) add(contract, "in force");
    for (const proposal of this.#proposals.all())
      if (subjectOf(proposal.contract) === participant || isSigned(proposal))
        add(proposal.contract, "waiting");
    for (const { key, version, from, participant: subject, signer, reason } of this.#proposals.dropped.all())
      if (subject === participant || (signer !== null && signer === own))
        found.push({ key, version, from, status: "dropped", reason });
    return found;
  }
}
