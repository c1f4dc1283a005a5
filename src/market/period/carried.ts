/** What is carried over to the next period, as records: balances and charges, and the books of meters. */
import type { Rooted } from "../../ledger/format/header.js";
import { type Layout, offsetsOf, recordCount } from "../../ledger/format/layout.js";
import { recordsRoot } from "../../ledger/format/sections.js";
import {
  bookLayout,
  bookSettled,
  bookShared,
  bookTraded,
  stateCode,
  stateLayout,
} from "../../ledger/format/state.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { type Accounts, account, accountOf, collateralOf } from "../books/accounts.js";
import { type Amount, putAmount, putWide } from "../books/amounts.js";
import type { BookTerms } from "../contracts/communities.js";
import { carrierCount } from "../contracts/terms.js";
import type { MeterBook } from "./meters.js";

const stateAt = /* @__PURE__ */ offsetsOf(stateLayout);
const bookAt = /* @__PURE__ */ offsetsOf(bookLayout);

/** What a header says of records that it does not hold. */
export function rootedOf(layout: Layout<unknown>, records: Uint8Array, hasher: Hasher): Rooted {
  return { count: recordCount(layout, records), root: recordsRoot(layout, records, hasher) };
}

/**
 * The state records: balances of the platform's accounts and of every participant, charges of every device, collateral
 * where there is any. Fresh bytes.
 */
export function encodeBalances(accounts: Accounts, charges: readonly number[]): Uint8Array {
  const platform = Object.values(account);
  const collateral: number[] = [];
  for (let participant = 0; participant < accounts.participants; participant += 1)
    if (accounts.balance(collateralOf(participant)) !== 0n) collateral.push(participant);
  const count = platform.length + accounts.participants + charges.length + collateral.length;
  const bytes = new Uint8Array(count * stateLayout.bytes);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const put = (kind: number, number: number, value: Amount): void => {
    view.setUint8(at + stateAt.kind, kind);
    view.setUint32(at + stateAt.number, number, true);
    putWide(view, at + stateAt.value, value);
    at += stateLayout.bytes;
  };
  for (const number of platform) put(stateCode.balance, number, accounts.amount(number));
  for (let participant = 0; participant < accounts.participants; participant += 1) {
    const number = accountOf(participant);
    put(stateCode.balance, number, accounts.amount(number));
  }
  for (const [number, charge] of charges.entries()) put(stateCode.charge, number, charge);
  for (const participant of collateral)
    put(stateCode.collateral, participant, accounts.balance(collateralOf(participant)));
  return bytes;
}

/**
 * The records of the books of past periods, oldest first, fresh bytes. `hashOf` gives the hash of a book's terms.
 */
export function encodeBooks(
  books: ReadonlyMap<number, MeterBook>,
  hashOf: (terms: BookTerms) => Uint8Array,
  hasher: Hasher,
): Uint8Array {
  const bytes = new Uint8Array(books.size * bookLayout.bytes);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const book of books.values()) {
    putAmount(view, at + bookAt.period, book.period);
    bytes.set(hashOf(book.terms), at + bookAt.terms);
    bytes.set(book.root(hasher), at + bookAt.root);
    view.setUint32(at + bookAt.meters, book.count, true);
    view.setUint32(at + bookAt.due, book.due, true);
    view.setUint32(at + bookAt.participants, book.slots / carrierCount, true);
    const shared = book.terms.sharing === null ? 0 : bookShared;
    const traded = book.trades === null ? 0 : bookTraded;
    view.setUint8(at + bookAt.flags, (book.settled ? bookSettled : 0) | shared | traded);
    at += bookLayout.bytes;
  }
  return bytes;
}
