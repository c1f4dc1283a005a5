/**
 * The standing orders of members that were removed: the platform ends the contracts that carry them. Whatever keeps an
 * end from the ledger, such as a contract of theirs that was under way already, is met by another in the next period.
 */
import type { Contract, EndContract } from "../market/contracts/contracts.js";
import { contractKey } from "../market/contracts/kinds.js";
import type { Platform } from "../market/platform.js";
import { carriers } from "../units.js";
import type { Admissions } from "./admissions.js";

/** What {@link Removals} is made of. */
export interface RemovalParts {
  readonly platform: Pick<Platform, "market" | "propose">;
  readonly admissions: Pick<Admissions, "removed">;
  /** Who signs for the platform; null: nothing is ended. */
  readonly operator: { sign(contract: Contract): Promise<Uint8Array> } | null;
  /** Told when what was to be ended after a period was sealed goes on. */
  failed(error: unknown): void;
}

/** Ends the standing orders of removed members: when that is asked for, and after each period. */
export class Removals {
  readonly #parts: RemovalParts;
  /** Keys of the ends under way, and the period in which they start to hold. */
  readonly #underWay = new Map<string, number>();
  #turn: Promise<void> = Promise.resolve();
  /** Ends what is done after each period. */
  readonly close: () => void;

  constructor(parts: RemovalParts) {
    this.#parts = parts;
    this.close = parts.platform.market.on("sealed", () => {
      this.endStanding().catch(parts.failed);
    });
  }

  /** Proposes what ends them in the next period. Throws what the log of the market or the key's signer throws. */
  endStanding(): Promise<void> {
    const swept = this.#turn.then(() => this.#sweep());
    this.#turn = swept.catch(() => {});
    return swept;
  }

  async #sweep(): Promise<void> {
    const { platform, admissions, operator } = this.#parts;
    const { market } = platform;
    if (operator === null) return;
    for (const [key, from] of this.#underWay) if (from <= market.period) this.#underWay.delete(key);
    for (const ended of standingOf(await admissions.removed(), market.state)) {
      const from = market.period + 1;
      const end: EndContract = { kind: "end", version: 1, from, contract: ended, by: "platform" };
      const key = contractKey(end);
      if (this.#underWay.has(key)) continue;
      const contract = { ...end, version: market.nextVersion(key) };
      const taken = await platform.propose(contract, await operator.sign(contract));
      // Refused: the period closed while the end was being signed, and the next one asks again.
      if (taken.status === "accepted") this.#underWay.set(key, from);
    }
  }
}

/** Keys of the contracts in force of some participants that carry a standing order. */
function* standingOf(participants: readonly string[], state: Platform["market"]["state"]): Generator<string> {
  for (const participant of participants)
    for (const carrier of carriers)
      for (const kind of ["supply", "use"]) {
        const key = `${kind}/${carrier}/${participant}`;
        const contract = state.contract(key);
        if (contract !== null && "standing" in contract && contract.standing !== undefined) yield key;
      }
}
