/**
 * What the market has to know of a kind of contract. Each kind is one entry of the table in `kinds.ts`; nothing else
 * asks a contract for its kind. Who signs a contract stands in the ledger (`boundBy` in ledger/keys/directory.ts),
 * because a verifier must know that without a market.
 */
import { type Check, integer, oneOf } from "../../../check.js";
import type { Accounts } from "../../books/accounts.js";
import type { Journal } from "../../books/journal.js";
import type { Contract } from "../contracts.js";
import { period } from "../fields.js";
import type { Terms } from "../terms.js";

/** What stands when a contract comes: contracts in force, balances and charges. */
export interface Standing {
  readonly terms: Terms;
  readonly accounts: Accounts;
  /** State of charge by device number, in quantity ticks. */
  readonly charges: number[];
}

/** One kind of contract. */
export interface ContractKind<C extends Contract> {
  /** Checks what comes from outside by itself, field by field and as a whole; throws `invalid` naming the field. */
  readonly parse: Check<C>;
  /** What the contract is about: an amendment has the key of what it amends. */
  readonly key: (contract: C) => string;
  /** Left out by kinds that always fit. Throws unless it fits what stands; changes nothing. */
  readonly check?: (contract: C, standing: Standing, key: string) => void;
  /** Puts a checked contract in force and books what that moves. `held`: the contract that it amends. */
  readonly apply: (contract: C, standing: Standing, journal: Journal, held: C | null) => void;
  /** Carried out when it enters: nothing of it stays in force. */
  readonly once?: true;
  /** Takes a contract out of force; left out by kinds that can't be ended. */
  readonly end?: (contract: C, standing: Standing, journal: Journal) => void;
  /** Keys of the contracts that it can't do without: they can't end before it. */
  readonly needs?: (contract: C) => readonly string[];
  /** Whether other contracts can need it. */
  readonly needed?: true;
}

/** Checks of the fields that every contract has. */
export const dated = <const Kind extends string>(
  kind: Kind,
): { readonly kind: Check<Kind>; readonly version: Check<number>; readonly from: Check<number> } => ({
  kind: oneOf(kind),
  version: integer(1, 0xffff_ffff),
  from: period,
});
