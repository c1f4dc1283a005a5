/** Why an order is refused, in the market's units: energy, prices and money as whoever sent it knows them. */
import { type ErrorCode, GridclearError } from "../../errors.js";
import { sides } from "../../ledger/format/records.js";
import type { MarketContract } from "../contracts/contracts.js";
import { energyWords, moneyWords, priceWords } from "../contracts/unitwords.js";

/** A refusal. */
export const refuse = (code: ErrorCode, field: string, wanted: string, got: unknown): GridclearError =>
  new GridclearError(code, { field, wanted, got });

/** It is for more than the contract allows; both in quantity ticks. */
export const beyondContract = (market: MarketContract, limit: number, quantity: number): GridclearError =>
  refuse(
    "refused",
    "order.quantity",
    `at most ${energyWords(market, limit)} by contract`,
    energyWords(market, quantity),
  );

/** It and the others of its participant could cost more than there is; both in amount ticks. */
export const beyondMeans = (market: MarketContract, means: bigint, wanted: bigint): GridclearError =>
  refuse(
    "refused",
    "order",
    `a worst case of at most ${moneyWords(market, means)}`,
    moneyWords(market, wanted),
  );

/** It takes back what does not stand so. */
export const otherWithdrawal = (market: MarketContract, side: number, price: number): GridclearError =>
  refuse(
    "invalid",
    "order",
    "the side of what is withdrawn and price 0",
    `${sides[side]}, ${priceWords(market, price)}`,
  );
