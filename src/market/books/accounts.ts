/** Who has how much: the accounts of the platform, the world, the participants and their collateral. */
import { firstCollateralAccount, firstParticipantAccount } from "../../ledger/format/records.js";
import { type Amount, exactSum } from "./amounts.js";

export { account } from "../../ledger/format/records.js";

/** Account number of a participant. */
export const accountOf = (participant: number): number => firstParticipantAccount + participant;
/** Account number of a participant's collateral. */
export const collateralOf = (participant: number): number => firstCollateralAccount + participant;

/**
 * Double entry: every movement takes from one account what it puts into another, so the balances of all accounts
 * sum to zero after each. Balances are exact; what a period adds is summed in doubles while they are exact, and
 * carried into `BigInt` when read.
 */
export class Accounts {
  readonly #balance: bigint[] = Array.from({ length: firstParticipantAccount }, () => 0n);
  readonly #collateral: bigint[] = [];
  #change: Float64Array = new Float64Array(firstParticipantAccount + 64);

  /** Number of participants with an account. */
  get participants(): number {
    return this.#collateral.length;
  }

  /** Opens the account and the collateral account of the next participant. */
  add(): void {
    this.#balance.push(0n);
    this.#collateral.push(0n);
    if (this.#balance.length > this.#change.length) {
      const grown = new Float64Array(2 * this.#change.length);
      grown.set(this.#change);
      this.#change = grown;
    }
  }

  /** Moves `amount` from one account to another; a negative amount goes the other way. */
  move(from: number, to: number, amount: Amount): void {
    this.#add(from, -amount as Amount);
    this.#add(to, amount);
  }

  /** Whether an account is open. */
  has(number: number): boolean {
    return number >= firstCollateralAccount
      ? this.#collateral[number - firstCollateralAccount] !== undefined
      : this.#balance[number] !== undefined;
  }

  /** Balance in amount ticks. */
  balance(number: number): bigint {
    if (number >= firstCollateralAccount) return this.#collateral[number - firstCollateralAccount]!;
    const change = this.#change[number]!;
    if (change !== 0) {
      this.#balance[number]! += BigInt(change);
      this.#change[number] = 0;
    }
    return this.#balance[number]!;
  }

  /** Balance of a participant. */
  of(participant: number): bigint {
    return this.balance(firstParticipantAccount + participant);
  }

  #add(number: number, amount: Amount): void {
    if (number >= firstCollateralAccount) {
      this.#collateral[number - firstCollateralAccount]! += BigInt(amount);
    } else if (typeof amount === "bigint") {
      this.#balance[number]! += amount;
    } else {
      const change = this.#change[number]! + amount;
      if (change > exactSum || change < -exactSum) {
        this.#balance[number]! += BigInt(this.#change[number]!) + BigInt(amount);
        this.#change[number] = 0;
      } else this.#change[number] = change;
    }
  }
}
