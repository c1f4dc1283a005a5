import { stateKinds, stateLayout } from "../../ledger/format/records.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { Accounts, account, firstCollateralAccount, firstParticipantAccount } from "../books/accounts.js";
import type { Journal } from "../books/journal.js";
import type { Contract } from "../contracts/contracts.js";
import { applyContract, checkContract } from "../contracts/kinds.js";
import { Terms } from "../contracts/terms.js";
import { LastReadings, type MeterBook } from "./readings.js";

/** Everything that one period hands to the next: contracts, accounts, charges, and meters not yet settled. */
export class MarketState {
  readonly terms: Terms = new Terms();
  readonly accounts: Accounts = new Accounts();
  /** State of charge by device number, in quantity ticks. */
  readonly charges: number[] = [];
  /** Past periods with readings to come or to correct, oldest first. */
  readonly books: Map<number, MeterBook> = new Map();
  readonly lastReadings: LastReadings = new LastReadings();
  /** By key of the contracts in force: canonical JSON until it is first needed hashed, its hash from then on. */
  readonly #texts = new Map<string, Uint8Array>();
  readonly #hashes = new Map<string, Uint8Array>();
  #rules: Uint8Array | null = null;

  /**
   * Puts a contract, with its canonical JSON, in force at the beginning of `period` and books what that moves. Throws `refused`, `conflict` or
   * `limit`, and changes nothing, when it does not fit.
   */
  enter(contract: Contract, text: Uint8Array, period: number, journal: Journal): void {
    checkContract(contract, this, period);
    const changed = applyContract(contract, this, journal);
    this.#hashes.delete(changed);
    this.#texts.delete(changed);
    if (this.terms.inForce.has(changed)) this.#texts.set(changed, text);
    this.#rules = null;
  }

  /** Root over the SHA-256 of the canonical JSON of every contract in force, in order of first registration. */
  rules(hasher: Hasher): Uint8Array {
    if (this.#rules !== null) return this.#rules;
    const hashes = new Uint8Array(this.terms.inForce.size * 32);
    let at = 0;
    for (const key of this.terms.inForce.keys()) {
      let hash = this.#hashes.get(key);
      if (hash === undefined) {
        hash = hasher.sha256(this.#texts.get(key)!);
        this.#hashes.set(key, hash);
        this.#texts.delete(key);
      }
      hashes.set(hash, at);
      at += 32;
    }
    this.#rules = hasher.merkleRoot(hashes, 32);
    return this.#rules;
  }

  /**
   * The state records: balances of the platform's accounts and of every participant, charges of every device,
   * collateral where there is any; 32 bytes each.
   */
  encode(): Uint8Array {
    const { accounts, charges } = this;
    const platform = Object.values(account);
    const collateral: number[] = [];
    for (let participant = 0; participant < accounts.participants; participant += 1)
      if (accounts.balance(firstCollateralAccount + participant) !== 0n) collateral.push(participant);
    const count = platform.length + accounts.participants + charges.length + collateral.length;
    const bytes = new Uint8Array(count * stateLayout.bytes);
    const view = new DataView(bytes.buffer);
    let at = 0;
    const put = (kind: number, number: number, value: bigint): void => {
      bytes[at] = kind;
      view.setUint32(at + 4, number, true);
      view.setBigInt64(at + 8, value, true);
      // Below 2⁶³ the upper half repeats the sign, which spares a shift of a BigInt for nearly every account.
      const near = Number(value);
      if (near > -sixtyThreeBits && near < sixtyThreeBits) {
        view.setInt32(at + 16, near < 0 ? -1 : 0, true);
        view.setInt32(at + 20, near < 0 ? -1 : 0, true);
      } else view.setBigInt64(at + 16, value >> 64n, true);
      at += stateLayout.bytes;
    };
    for (const number of platform) put(balanceKind, number, accounts.balance(number));
    for (let participant = 0; participant < accounts.participants; participant += 1)
      put(balanceKind, firstParticipantAccount + participant, accounts.of(participant));
    for (const [number, charge] of charges.entries()) put(chargeKind, number, BigInt(charge));
    for (const participant of collateral)
      put(collateralKind, participant, accounts.balance(firstCollateralAccount + participant));
    return bytes;
  }
}

/** A little below 2⁶³, so that rounding to a double can't hide a passing of it. */
const sixtyThreeBits = 2 ** 63 * 0.999;
const balanceKind = stateKinds.indexOf("balance") + 1;
const chargeKind = stateKinds.indexOf("charge") + 1;
const collateralKind = stateKinds.indexOf("collateral") + 1;
