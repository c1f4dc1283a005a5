/** What carriers cost outside the market in each period of a ledger, as its contracts say it. */
import type { Contract, MarketContract, PaymentContract } from "../market/contracts/contracts.js";
import { highestOf, type PeriodTariffs, tariffsAt, varies } from "../market/contracts/tariffs.js";
import { carriers } from "../units.js";

/** What carriers cost outside the market from a period on. */
export interface OutsidePrices {
  readonly tariffs: PeriodTariffs;
  /** By carrier code: the most that is ever paid for what is fed in, in price ticks. */
  readonly highestFeedIn: readonly number[];
}

/** Follows the contracts and the time of blocks in order. */
export class OutsideWatch {
  /** When the period of the next block began, Unix time in milliseconds: the timestamp of the block before. */
  beganMs = 0;
  #market: MarketContract | null = null;
  #payment: PaymentContract | null = null;
  /** Of the payment contract, whatever the period: worked out once. */
  #highestFeedIn: readonly number[] | null = null;

  /** Takes the contracts of the next block; returns what holds from it on, null where that is what held before. */
  enter(contracts: readonly Contract[]): OutsidePrices | null {
    let isNew = varies(this.#payment);
    for (const contract of contracts) {
      if (contract.kind === "market") this.#market = contract;
      if (contract.kind !== "payment") continue;
      this.#payment = contract;
      this.#highestFeedIn = null;
      isNew = true;
    }
    const [market, payment] = [this.#market, this.#payment];
    if (!isNew || market === null || payment === null) return null;
    this.#highestFeedIn ??= carriers.map((carrier) => highestOf(payment, market, carrier, "feedIn"));
    return { tariffs: tariffsAt(payment, market, this.beganMs), highestFeedIn: this.#highestFeedIn };
  }
}
