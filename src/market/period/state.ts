/** What a market carries from one period to the next, and the two roots of it that a block holds. */
import { offsetsOf } from "../../ledger/format/layout.js";
import { stateCode, stateLayout } from "../../ledger/format/records.js";
import { Accounts, account, accountOf, collateralOf } from "../books/accounts.js";
import { type Amount, putAmount } from "../books/amounts.js";
import { type Expected, type Journal, nothingExpected } from "../books/journal.js";
import { Positions } from "../books/positions.js";
import type { Contract } from "../contracts/contracts.js";
import { applyContract, checkContract } from "../contracts/kinds.js";
import { Rules } from "../contracts/rules.js";
import { Terms } from "../contracts/terms.js";
import type { MeterBook } from "./meters.js";
import { LastReadings } from "./readings.js";
import { ResolvedTerms } from "./resolved.js";

const stateAt = /* @__PURE__ */ offsetsOf(stateLayout);
/** Bytes of one half, and of one quarter, of a value of 128 bits. */
const halfBytes = 8;
const quarterBytes = 4;

/** Everything that one period hands to the next: contracts, accounts, charges, and meters not yet settled. */
export class MarketState {
  readonly terms: Terms = new Terms();
  readonly accounts: Accounts = new Accounts();
  /** State of charge by device number, in quantity ticks. */
  readonly charges: number[] = [];
  /** Past periods with readings to come or to correct, oldest first. */
  readonly books: Map<number, MeterBook> = new Map();
  readonly lastReadings: LastReadings = new LastReadings();
  /** Of the period at hand; nothing of it goes into the next. */
  readonly positions: Positions = new Positions();
  readonly rules: Rules = new Rules(this.terms);
  #resolved: ResolvedTerms | null = null;
  #expected: Expected = nothingExpected;

  /**
   * Puts a contract, with its canonical JSON, in force at the beginning of `period` and books what that moves. Throws
   * `refused`, `conflict` or `limit`, and changes nothing, when it does not fit.
   */
  enter(contract: Contract, text: Uint8Array, period: number, journal: Journal): void {
    const key = checkContract(contract, this, period);
    const held = applyContract(key, contract, this, journal);
    if (held !== null) this.rules.enter(held, text);
    else if (contract.kind === "end") this.rules.end();
    this.#resolved = null;
  }

  /** About how many records the next period will have, by the last. It decides nothing but how much room is made. */
  get expected(): Expected {
    return this.#expected;
  }

  /** Notes how many records a period had. */
  expect(orders: number, trades: number, flows: number): void {
    const some = (count: number): number => count + Math.ceil(count / 8);
    this.#expected = { orders: some(orders), trades: some(trades), flows: some(flows) };
  }

  /** What orders are held against; worked out anew once a contract has entered. */
  get resolved(): ResolvedTerms {
    this.#resolved ??= new ResolvedTerms(this.terms);
    return this.#resolved;
  }

  /**
   * The state records: balances of the platform's accounts and of every participant, charges of every device,
   * collateral where there is any.
   */
  encode(): Uint8Array {
    const { accounts, charges } = this;
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
}

/** Writes a signed number of 128 bits. */
function putWide(view: DataView, at: number, value: Amount): void {
  if (typeof value === "number") {
    putAmount(view, at, value);
    // Above what a double holds, the sign alone.
    view.setInt32(at + halfBytes, value < 0 ? -1 : 0, true);
    view.setInt32(at + halfBytes + quarterBytes, value < 0 ? -1 : 0, true);
  } else {
    view.setBigInt64(at, value, true);
    view.setBigInt64(at + halfBytes, value >> 64n, true);
  }
}
