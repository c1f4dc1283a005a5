import { fail } from "../../errors.js";
import { none, stateKinds, stateLayout } from "../../ledger/format/records.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { Accounts, account, firstCollateralAccount, firstParticipantAccount } from "../books/accounts.js";
import { flowCode, type Journal, noCarrier, postingCode } from "../books/journal.js";
import { type Contract, contractKey, type SupplyContract } from "../contracts/contracts.js";
import { Terms } from "../contracts/terms.js";
import { LastReadings, type MeterBook } from "./readings.js";
import { accountOf } from "./round.js";

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
    this.terms.check(contract, period);
    this.#checkMoney(contract);
    const key = contractKey(contract);
    const held =
      contract.kind === "supply" || contract.kind === "end"
        ? this.terms.inForce.get(heldKey(contract))
        : undefined;
    this.terms.apply(contract);
    const changed = contract.kind === "end" ? contract.contract : key;
    this.#hashes.delete(changed);
    this.#texts.delete(changed);
    if (this.terms.inForce.get(key) === contract) this.#texts.set(key, text);
    this.#rules = null;
    this.#book(contract, held, journal);
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

  #checkMoney(contract: Contract): void {
    const { terms, accounts } = this;
    const key = contractKey(contract);
    switch (contract.kind) {
      case "withdrawal": {
        const balance = accounts.of(terms.numberOf(contract.participant)!);
        if (balance < BigInt(contract.amount))
          fail("refused", `${key}.amount`, `at most the balance, ${balance} amount ticks`, contract.amount);
        break;
      }
      case "supply": {
        const participant = terms.numberOf(contract.participant)!;
        const more = BigInt(contract.collateral) - this.#collateralOf(contract);
        if (more > 0n && accounts.of(participant) < more)
          fail("refused", `${key}.collateral`, `at most the balance, ${accounts.of(participant)}`, more);
        break;
      }
      case "participant": {
        const participant = terms.numberOf(contract.id);
        const limit = BigInt(contract.creditLimit ?? terms.payment?.creditLimit ?? "0");
        if (participant !== undefined && accounts.of(participant) < -limit)
          fail("refused", `${key}.creditLimit`, `at least ${-accounts.of(participant)}`, `${limit}`);
        break;
      }
      case "end": {
        const ended = terms.inForce.get(contract.contract);
        if (ended?.kind !== "participant") break;
        // What a participant may owe once its own contract is gone is the payment contract's to say.
        const balance = accounts.of(terms.numberOf(ended.id)!);
        const limit = BigInt(terms.payment?.creditLimit ?? "0");
        if (balance < -limit)
          fail(
            "refused",
            `${key}.contract`,
            `a participant who owes at most ${limit} amount ticks`,
            -balance,
          );
        break;
      }
      case "payment": {
        const limit = BigInt(contract.creditLimit);
        for (const [participant, { contract: own, name }] of terms.participants.entries())
          if (own?.creditLimit === undefined && accounts.of(participant) < -limit)
            fail("refused", `${key}.creditLimit`, `at least what ${name} owes`, `${limit}`);
        break;
      }
      default:
    }
  }

  #collateralOf(contract: SupplyContract): bigint {
    const held = this.terms.inForce.get(contractKey(contract));
    return held?.kind === "supply" ? BigInt(held.collateral) : 0n;
  }

  #book(contract: Contract, held: Contract | undefined, journal: Journal): void {
    const { terms, accounts, charges } = this;
    switch (contract.kind) {
      case "participant":
        if (accounts.participants < terms.participants.length) accounts.add();
        break;
      case "deposit":
      case "withdrawal": {
        const own = accountOf(terms.numberOf(contract.participant)!);
        const paidIn = contract.kind === "deposit";
        journal.post(
          postingCode[contract.kind],
          noCarrier,
          paidIn ? account.bank : own,
          paidIn ? own : account.bank,
          none,
          BigInt(contract.amount),
        );
        break;
      }
      case "supply":
        this.#holdCollateral(contract, BigInt(contract.collateral) - collateral(held), journal);
        break;
      case "storage":
        if (charges.length < terms.devices.length) charges.push(contract.charge);
        else
          this.#spill(
            terms.devices.findIndex(({ name }) => name === contract.device),
            contract.capacity,
            journal,
          );
        break;
      case "end":
        if (held?.kind === "supply") this.#holdCollateral(held, -collateral(held), journal);
        if (held?.kind === "storage")
          this.#spill(
            terms.devices.findIndex(({ name }) => name === held.device),
            0,
            journal,
          );
        break;
      default:
    }
  }

  /** Moves collateral: out of the balance when `more` is positive, back as far as it is still there when negative. */
  #holdCollateral(contract: SupplyContract, more: bigint, journal: Journal): void {
    const participant = this.terms.numberOf(contract.participant)!;
    const held = this.accounts.balance(firstCollateralAccount + participant);
    const moved = -more > held ? -held : more;
    journal.post(
      postingCode.collateral,
      noCarrier,
      accountOf(participant),
      firstCollateralAccount + participant,
      none,
      moved,
    );
  }

  /** Takes out of a device what its capacity no longer holds. */
  #spill(device: number, capacity: number, journal: Journal): void {
    const excess = this.charges[device]! - capacity;
    if (excess <= 0) return;
    this.charges[device] = capacity;
    const { carrier } = this.terms.devices[device]!;
    journal.flow(flowCode.used, carrier, device, none, excess, 0, 0, 0, capacity);
  }
}

/** A little below 2⁶³, so that rounding to a double can't hide a passing of it. */
const sixtyThreeBits = 2 ** 63 * 0.999;
const balanceKind = stateKinds.indexOf("balance") + 1;
const chargeKind = stateKinds.indexOf("charge") + 1;
const collateralKind = stateKinds.indexOf("collateral") + 1;
const collateral = (held: Contract | undefined): bigint =>
  held?.kind === "supply" ? BigInt(held.collateral) : 0n;
const heldKey = (contract: Contract): string =>
  contract.kind === "end" ? contract.contract : contractKey(contract);
