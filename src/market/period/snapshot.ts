/**
 * The state of a market as a snapshot, and back. What is restored comes to the roots of the header once more, so a
 * snapshot that no market would have written is refused, whoever wrote it.
 */
import { hex, sameBytes } from "../../bytes.js";
import { fail, within } from "../../errors.js";
import type { Block } from "../../ledger/format/block.js";
import { decodeCanonical, encodeCanonical } from "../../ledger/format/canonical.js";
import { decodeRecords, noCode } from "../../ledger/format/layout.js";
import { stateSections } from "../../ledger/format/sections.js";
import { type Snapshot, termsHash } from "../../ledger/format/snapshot.js";
import { bookLayout, bookShared, bookTraded, nameKinds, stateLayout } from "../../ledger/format/state.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { carriers } from "../../units.js";
import { collateralOf } from "../books/accounts.js";
import { Journal } from "../books/journal.js";
import { type BookTerms, bookContracts, sharingOf } from "../contracts/communities.js";
import type { Contract } from "../contracts/contracts.js";
import { contractKey, missingNeeds, parseContract, restoreContract } from "../contracts/kinds.js";
import { MeterBook } from "./meters.js";
import { MarketState } from "./state.js";

/** The state after a block; `subtrees` tile the blocks below it. */
export function snapshotOf(
  state: MarketState,
  { header, secret }: Pick<Block, "header" | "secret">,
  subtrees: readonly Uint8Array[],
  hasher: Hasher,
): Snapshot {
  const { terms, books } = state;
  const settledBy = new Map(
    [...new Set([...books.values()].map((book) => book.terms))].map((each) => {
      const contracts = bookContracts(each);
      return [hex(termsHash(contracts, hasher)), contracts];
    }),
  );
  return {
    header,
    secret,
    subtrees,
    contracts: [...terms.inForce.values()].map(({ contract }) => encodeCanonical(contract)),
    names: terms.names.entries.map(({ kind, carrier, number, name, contract }) => ({
      kind: nameKinds[kind - 1]!,
      carrier: carriers[carrier] ?? null,
      number,
      name,
      contract,
    })),
    state: state.records("state", hasher),
    books: state.records("books", hasher),
    terms: [...settledBy.values()],
    meters: [...books.values()].map((book) => book.encode()),
    lastReadings: state.records("lastReadings", hasher),
  };
}

/**
 * The state that a snapshot, decoded and so checked against its header, holds. Throws `corrupt` naming the part that no
 * market would have written.
 */
export function restoreState(snapshot: Snapshot, hasher: Hasher): MarketState {
  const state = new MarketState();
  const { header } = snapshot;
  for (const { kind, carrier, number, name, contract } of snapshot.names)
    state.terms.restore({
      kind: nameKinds.indexOf(kind) + 1,
      carrier: carrier === null ? noCode : carriers.indexOf(carrier),
      number,
      name,
      contract,
    });
  restoreBalances(state, snapshot.state);
  restoreRules(state, snapshot);
  restoreBooks(state, snapshot);
  state.lastReadings.keepDays(state.terms.dayMeters, state.terms.periodsPerDay, header.period);
  state.lastReadings.restore(snapshot.lastReadings, state.terms.participants.length);
  const roots = state.roots(hasher, snapshot.secret);
  for (const name of stateSections) {
    const [found, wanted] = [roots[name], header.sections[name]];
    if (found.count !== wanted.count || !sameBytes(found.root, wanted.root))
      fail("corrupt", `snapshot ${name}`, "what a market would have written", "something else");
  }
  return state;
}

/** The contracts of a snapshot that say whose signatures count, in the order in which a verifier of keys takes them. */
export function keyContracts(snapshot: Snapshot): Contract[] {
  const inForce = new Map(
    snapshot.contracts.map((text) => {
      const contract = contractOf(text, "snapshot rules");
      return [contractKey(contract), contract];
    }),
  );
  const ended = new Map<string, Uint8Array>();
  for (const { name, contract } of snapshot.names) if (contract !== null) ended.set(name, contract);
  const found = [inForce.get("market")];
  // Participants are numbered in the order of their names; devices follow, whose keys belong to participants. An area
  // that ended has no operator to ask any more.
  for (const kinds of [["participant"], ["storage", "converter"], ["area"]])
    for (const { kind, name } of snapshot.names) {
      if (!kinds.includes(kind)) continue;
      const key = `${kind}/${name}`;
      const last = ended.get(key);
      found.push(inForce.get(key) ?? (last && contractOf(last, "snapshot names")));
    }
  return found.filter((contract) => contract !== undefined);
}

function contractOf(text: Uint8Array, field: string): Contract {
  return within(field, () => parseContract(decodeCanonical(text), "contract"));
}

function restoreBalances(state: MarketState, records: Uint8Array): void {
  const { accounts, charges, terms } = state;
  const place = "snapshot state";
  while (accounts.participants < terms.participants.length) accounts.add();
  let sum = 0n;
  for (const { kind, number, value } of decodeRecords(stateLayout, records)) {
    if (kind === "charge") {
      if (number !== charges.length || value < 0n || value > 0xffff_ffffn)
        fail("corrupt", place, `the charge of device ${charges.length}`, `${value} of ${number}`);
      charges.push(Number(value));
      continue;
    }
    const account = kind === "balance" ? number : collateralOf(number);
    if (!accounts.has(account)) fail("corrupt", place, "an account that is open", account);
    accounts.restore(account, value);
    sum += value;
  }
  if (sum !== 0n) fail("corrupt", place, "balances that sum to zero", sum);
  if (charges.length !== terms.devices.length)
    fail("corrupt", place, `the charges of ${terms.devices.length} devices`, charges.length);
}

function restoreRules(state: MarketState, { header, contracts }: Snapshot): void {
  const place = "snapshot rules";
  const parsed = contracts.map((text) => contractOf(text, place));
  const missing = missingNeeds(parsed);
  if (missing.length > 0) fail("corrupt", place, missing[0]!, "none");
  // Nothing is moved, so nothing stands in it afterwards; the roots would tell.
  const journal = new Journal(state.accounts, header.period);
  for (const [index, contract] of parsed.entries()) {
    if (contract.from > header.period)
      fail("corrupt", place, `one from at most ${header.period}`, contract.from);
    state.rules.enter(restoreContract(contract, state, journal), contracts[index]!);
  }
  if (state.terms.market === null) fail("corrupt", place, "a market contract", "none");
  state.terms.areas.checkRestored(place);
}

function restoreBooks(state: MarketState, { header, books, terms, meters }: Snapshot): void {
  const parsed = terms.map((contracts) => bookTermsOf(contracts, state));
  const byHash = new Map<string, BookTerms>();
  let last = -1;
  for (const [index, record] of decodeRecords(bookLayout, books).entries()) {
    const hash = hex(record.terms);
    const settledBy = byHash.get(hash) ?? parsed[byHash.size]!;
    byHash.set(hash, settledBy);
    if (record.period <= last || record.period > header.period)
      fail("corrupt", "snapshot books", `a period after ${last}, up to ${header.period}`, record.period);
    if (record.participants > state.terms.participants.length)
      fail("corrupt", "snapshot books", "no more participants than there are", record.participants);
    if (((record.flags & bookShared) !== 0) !== (settledBy.sharing !== null))
      fail("corrupt", "snapshot books", "the flag of what is shared", record.flags);
    if (((record.flags & bookTraded) !== 0) !== (settledBy.payment.metering!.delivered !== undefined))
      fail("corrupt", "snapshot books", "the flag of what was delivered", record.flags);
    last = record.period;
    state.books.set(record.period, MeterBook.restore(record, settledBy, meters[index]!));
  }
}

/** The contracts by which a book settles. */
function bookTermsOf(texts: readonly Uint8Array[], { terms }: MarketState): BookTerms {
  const place = "snapshot terms";
  const [payment, ...others] = texts.map((text) => contractOf(text, place));
  if (payment?.kind !== "payment" || payment.metering === null)
    return fail("corrupt", place, "a payment contract with metering", payment?.kind);
  const sharing = within(place, () => sharingOf(others, (id) => terms.numberOf(id)));
  if ((sharing?.contracts.length ?? 0) !== others.length)
    fail("corrupt", place, "contracts by which a period is shared", others.length);
  return { payment, sharing };
}
