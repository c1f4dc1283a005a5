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
 * sum to zero after each. Balances are exact: a double as long as it is, and beside it what went beyond.
 */
export class Accounts {
  #near: Float64Array = new Float64Array(firstParticipantAccount + 64);
  /** What went beyond the doubles, by account; few have any. */
  readonly #far = new Map<number, bigint>();
  readonly #collateral: bigint[] = [];

  /** Number of participants with an account. */
  get participants(): number {
    return this.#collateral.length;
  }

  /** Opens the account and the collateral account of the next participant. */
  add(): void {
    this.#collateral.push(0n);
    if (firstParticipantAccount + this.#collateral.length <= this.#near.length) return;
    const grown = new Float64Array(2 * this.#near.length);
    grown.set(this.#near);
    this.#near = grown;
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
      : Number.isInteger(number) && number >= 0 && number < firstParticipantAccount + this.participants;
  }

  /** Balance in amount ticks. */
  balance(number: number): bigint {
    if (number >= firstCollateralAccount) return this.#collateral[number - firstCollateralAccount]!;
    return BigInt(this.#near[number]!) + (this.#far.get(number) ?? 0n);
  }

  /** Balance of an account that is no collateral, as a number where it is one exactly. */
  amount(number: number): Amount {
    return this.#far.has(number) ? this.balance(number) : this.#near[number]!;
  }

  /** Balance of a participant. */
  of(participant: number): bigint {
    return this.balance(firstParticipantAccount + participant);
  }

  /** As {@link move}, of an exact number, between accounts that are no collateral: no `bigint` is made. */
  moveNumber(from: number, to: number, amount: number): void {
    const near = this.#near;
    const given = near[from]! - amount;
    const taken = near[to]! + amount;
    if (given > exactSum || given < -exactSum || taken > exactSum || taken < -exactSum || from === to) {
      this.move(from, to, amount);
      return;
    }
    near[from] = given;
    near[to] = taken;
  }

  /** Sets the balance of an open account, as a snapshot says it. */
  restore(number: number, balance: bigint): void {
    if (number >= firstCollateralAccount) this.#collateral[number - firstCollateralAccount] = balance;
    else {
      this.#near[number] = 0;
      this.#far.delete(number);
      const near = Number(balance);
      this.#add(number, Number.isSafeInteger(near) ? near : balance);
    }
  }

  #add(number: number, amount: Amount): void {
    if (number >= firstCollateralAccount) {
      this.#collateral[number - firstCollateralAccount]! += BigInt(amount);
      return;
    }
    if (typeof amount === "number") {
      const sum = this.#near[number]! + amount;
      if (sum <= exactSum && sum >= -exactSum) {
        this.#near[number] = sum;
        return;
      }
    }
    this.#far.set(number, this.balance(number) + BigInt(amount));
    this.#near[number] = 0;
  }
}
