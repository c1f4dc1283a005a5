/** Bank accounts as an operator writes them down for `gridclear bills`: ACCOUNTS.json (docs/bills.md). */
import { type Check, identifier, memberOf, object, oneOf, optional, record, text } from "../check.js";
import { fail } from "../errors.js";
import { parseJson } from "./jsonfile.js";

/** A mandate by which a member lets the operator debit its account. */
export interface Mandate {
  readonly id: string;
  /** The day on which it was signed, `YYYY-MM-DD`. */
  readonly signed: string;
  /** `FRST` for the first debit of a mandate where the bank wants that said; default `RCUR`. */
  readonly sequence?: "FRST" | "RCUR";
}

/** An account, and whose it is. */
export interface BankAccount {
  readonly name: string;
  readonly iban: string;
  readonly bic?: string;
}

/** A member's account; without a mandate what it owes is not collected. */
export interface MemberAccount extends BankAccount {
  readonly mandate?: Mandate;
}

/** The operator's account and those of its members. */
export interface Accounts extends BankAccount {
  /** The creditor's identifier, which whoever collects by direct debit has. */
  readonly creditorId?: string;
  /** `CORE` (default), or `B2B` among businesses. */
  readonly scheme?: "CORE" | "B2B";
  readonly members: ReadonlyMap<string, MemberAccount>;
}

/** Most characters of an accounts file. */
export const maxAccountsLength: number = 64 * 1024 * 1024;

// What every bank of the SEPA takes (EPC217-08): no umlauts, no accents.
const name = text(
  /^[A-Za-z0-9?:().,'+ -](?:[A-Za-z0-9/?:().,'+ -]*[A-Za-z0-9?:().,'+ -])?$/,
  70,
  "1 to 70 letters a to z without accents, digits, spaces and /-?:().,'+",
);
const reference = text(
  /^(?!\/)(?!.*\/\/)[A-Za-z0-9/?:().,'+ -]+(?<!\/)$/,
  35,
  "1 to 35 letters a to z, digits, spaces and -?:().,'+",
);
const bic = text(/^[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/, 11, "a BIC of 8 or 11 letters and digits");

/** Whether letters and digits leave 1 when divided by 97, a letter standing for 10 to 35 (ISO 7064). */
const hasCheckDigits = (characters: string): boolean =>
  BigInt(characters.replace(/[A-Z]/g, (letter) => `${letter.charCodeAt(0) - 55}`)) % 97n === 1n;

/** An IBAN, in groups of four or without spaces, with its check digits; without spaces. */
const iban: Check<string> = (value, field) => {
  const found = typeof value === "string" && value.length <= 64 ? value.replaceAll(" ", "") : "";
  return /^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$/.test(found) && hasCheckDigits(found.slice(4) + found.slice(0, 4))
    ? found
    : fail("invalid", field, "an IBAN whose check digits are right", value);
};

/** A creditor's identifier with its check digits; those leave out the three characters for the line of business. */
const creditorId: Check<string> = (value, field) => {
  const found = typeof value === "string" && value.length <= 64 ? value.replaceAll(" ", "") : "";
  return /^[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}$/.test(found) &&
    hasCheckDigits(found.slice(7) + found.slice(0, 4))
    ? found
    : fail("invalid", field, "a creditor identifier whose check digits are right", value);
};

/** A day of the calendar. */
export const day: Check<string> = (value, field) => {
  const ms =
    typeof value === "string" && /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value) ? Date.parse(value) : Number.NaN;
  // A day that there is not, such as the 30th of February, comes out as another.
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === value
    ? (value as string)
    : fail("invalid", field, "a day, such as 2026-08-15", value);
};

const mandate = record({ id: reference, signed: day, sequence: optional(oneOf("FRST", "RCUR")) });
const member = record({ name, iban, bic: optional(bic), mandate: optional(mandate) });

const members: Check<ReadonlyMap<string, MemberAccount>> = (value, field) =>
  new Map(
    Object.entries(object(value, field)).map(([id, account]) => {
      const at = memberOf(field, id);
      return [identifier(id, at), member(account, at)];
    }),
  );

const accounts = record({
  ...{ name, iban, bic: optional(bic), creditorId: optional(creditorId) },
  ...{ scheme: optional(oneOf("CORE", "B2B")), members },
});

/**
 * Reads ACCOUNTS.json. Throws `invalid` or `limit`, with line and column in front of the field, for an unknown key, one
 * that is missing, a value of another form, and check digits that are wrong.
 */
export function parseAccounts(source: string): Accounts {
  return parseJson(source, { root: "accounts", most: maxAccountsLength }, (value) =>
    accounts(object(value, "accounts"), ""),
  );
}
