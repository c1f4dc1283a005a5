/**
 * What a participant's contract says of it that others bear: how far it may owe, which area it is in, which tariff it
 * has. In a signed market the participant alone signs that contract, so whoever takes it in from outside has to see
 * that nobody grants itself what is the operator's to grant.
 */
import { fromUtf8 } from "../../bytes.js";
import { fail } from "../../errors.js";
import { encodeCanonical } from "../../ledger/format/canonical.js";
import type { MarketContract, ParticipantContract } from "../contracts/contracts.js";
import { moneyWords } from "../contracts/unitwords.js";

const grantedFields = ["areas", "tariffs", "creditLimit"] as const;

/** What a participant is granted; what is left out is as for everybody. */
export type Granted = Pick<ParticipantContract, (typeof grantedFields)[number]>;

/** A field as it is told: how far somebody may owe in money, all else as the contract has it. */
const told = (field: (typeof grantedFields)[number], value: unknown, market: MarketContract): string =>
  field === "creditLimit" && typeof value === "string" && /^\d{1,40}$/.test(value)
    ? moneyWords(market, BigInt(value))
    : textOf(value);

const textOf = (value: unknown): string =>
  value === undefined
    ? "nothing"
    : (fromUtf8(encodeCanonical({ value })) ?? "").slice('{"value":'.length, -1);

/**
 * Throws `refused` for a participant's contract that says other than what was agreed with it or what its contract in
 * force says. `held`: the contract in force, null where it joins; `agreed`: what the operator grants.
 */
export function checkGranted(
  contract: { readonly [field: string]: unknown },
  held: Granted | null,
  agreed: Granted,
  market: MarketContract,
): void {
  for (const field of grantedFields) {
    const [said, wanted] = [textOf(contract[field]), textOf(agreed[field])];
    if (said === wanted || (held !== null && said === textOf(held[field]))) continue;
    fail(
      "refused",
      `contract.${field}`,
      `what the operator grants, ${told(field, agreed[field], market)}`,
      told(field, contract[field], market),
    );
  }
}
