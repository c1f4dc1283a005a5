/**
 * The contracts in force, resolved into columns by number so that an order costs no look-up by name. What a contract
 * of each kind does to them stands with the kind (`kinds/`); balances and charges are the market's state.
 */
import { fail } from "../../errors.js";
import { noCode } from "../../ledger/format/layout.js";
import { nameCode, nameKinds } from "../../ledger/format/state.js";
import { type Carrier, carriers } from "../../units.js";
import type {
  ClearingContract,
  Contract,
  ConverterContract,
  FeederContract,
  MarketContract,
  ParticipantContract,
  PaymentContract,
  StorageContract,
  SupplyContract,
  UseContract,
} from "./contracts.js";
import { type Named, Names } from "./names.js";

/** The number of nobody: "hangs on no feeder", "owned by the platform". */
export const nobody = -1;

/** Number of carriers: (participant, carrier) stands in columns at `participant × carrierCount + carrier`. */
export const carrierCount: number = carriers.length;

/** Most participants, and most devices of a kind, that a market ever registers: one period has room for so many. */
export const maxParties: number = 1 << 19;

/** What a number stands for once registered; the contract is null after it ended. */
export interface Registered<T> {
  readonly name: string;
  contract: T | null;
}

/** A storage device with its contract resolved to numbers. */
export interface Device extends Registered<StorageContract> {
  carrier: number;
  /** Participant number, or {@link nobody} for the platform. */
  owner: number;
  /** Feeder number, or {@link nobody}. */
  feeder: number;
}

/** A converter with its contract resolved to numbers. */
export interface Converter extends Registered<ConverterContract> {
  participant: number;
  input: number;
  output: number;
}

/** A feeder and the code of its carrier. */
export interface Feeder extends Registered<FeederContract> {
  carrier: number;
}

/** Names of one sort and what they stand for, numbered in order of registration; no number is ever given away again. */
export class Register<T extends Registered<unknown> & { readonly carrier?: number }> {
  readonly entries: T[] = [];
  readonly #kind: number;
  readonly #names: Names;
  readonly #numbers = new Map<string, number>();

  /** `kind`: the code under which its names stand among all names (`nameCode`). */
  constructor(kind: number, names: Names) {
    this.#kind = kind;
    this.#names = names;
  }

  numberOf(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  get(name: string): T | undefined {
    const number = this.#numbers.get(name);
    return number === undefined ? undefined : this.entries[number];
  }

  /** Numbers a name when it is new, else changes what its number stands for; returns the number. */
  put(name: string, entry: Omit<T, "name">): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) {
      Object.assign(this.entries[known]!, entry);
      return known;
    }
    const number = this.entries.push({ name, ...entry } as T) - 1;
    this.#numbers.set(name, number);
    const { carrier = noCode } = entry as { readonly carrier?: number };
    this.#names.add({ kind: this.#kind, carrier, number, name, contract: null });
    return number;
  }

  /** The contract of a registered name has ended; returns the number, which stays the name's. */
  end(name: string): number {
    const number = this.#numbers.get(name)!;
    this.entries[number]!.contract = null;
    return number;
  }

  /** Throws `limit` when a new name would be one too many. */
  checkRoom(field: string, name: string): void {
    if (!this.#numbers.has(name) && this.entries.length >= maxParties)
      fail("limit", field, `at most ${maxParties}`, this.entries.length);
  }
}

/** A contract in force. */
export interface Held {
  contract: Contract;
  /** Place of its hash among those of the contracts in force, or {@link nobody} before it has one (rules.ts). */
  place: number;
  /** Whether it is in force no more. */
  ended: boolean;
}

/** The terms of one side, supply or use: participants' own and, where they have none, the standard ones. */
export class SideTerms<T extends SupplyContract | UseContract> {
  /** By (participant, carrier). */
  readonly own: (T | null)[] = [];
  /** By carrier code. */
  readonly standard: (T | null)[] = carriers.map(() => null);

  /** The contract that holds for a participant and carrier; null: it may not trade on this side. */
  of(slot: number): T | null {
    return this.own[slot] ?? this.standard[slot % carrierCount] ?? null;
  }
}

/** The credit limit of a participant (null: of one without contract) under a payment contract; null: without limit. */
export function creditOf(own: ParticipantContract | null, payment: PaymentContract | null): bigint | null {
  const limit = own?.creditLimit === undefined ? payment?.creditLimit : own.creditLimit;
  // Before there is a payment contract nobody has credit.
  return limit === null ? null : BigInt(limit ?? "0");
}

/** The contracts in force. Columns are to be read by everybody and written by the kinds of contracts alone. */
export class Terms {
  /** Every name ever registered and every key that ended. */
  readonly names: Names = new Names();
  /** By the kind of the contract that registers the name. */
  readonly registers: {
    readonly participant: Register<Registered<ParticipantContract>>;
    readonly storage: Register<Device>;
    readonly converter: Register<Converter>;
    readonly feeder: Register<Feeder>;
  } = {
    participant: new Register(nameCode.participant, this.names),
    storage: new Register(nameCode.storage, this.names),
    converter: new Register(nameCode.converter, this.names),
    feeder: new Register(nameCode.feeder, this.names),
  };
  readonly participants: readonly Registered<ParticipantContract>[] = this.registers.participant.entries;
  readonly devices: readonly Device[] = this.registers.storage.entries;
  readonly converters: readonly Converter[] = this.registers.converter.entries;
  readonly feeders: readonly Feeder[] = this.registers.feeder.entries;
  /** What is in force by key, in order of first registration. */
  readonly inForce: Map<string, Held> = new Map();
  /** Clearing contracts by carrier code. */
  readonly clearing: (ClearingContract | null)[] = carriers.map(() => null);
  payment: PaymentContract | null = null;
  market: MarketContract | null = null;

  /** The contracts that orders are held against. */
  readonly supply: SideTerms<SupplyContract> = new SideTerms();
  readonly use: SideTerms<UseContract> = new SideTerms();
  /** By (participant, carrier): feeder number, or {@link nobody}. */
  readonly feederOf: number[] = [];

  /** Last version of every key ever seen and not in force, so that none comes twice. */
  readonly #past = new Map<string, number>();
  /** Credit limits as far as they were asked for since the contracts last changed. */
  #credit: (bigint | null)[] = [];

  /** Number of a participant by id, or undefined. */
  numberOf(id: string): number | undefined {
    return this.registers.participant.numberOf(id);
  }

  /** Place of a registered participant and a carrier in the columns. */
  slot(participant: string, carrier: Carrier): number {
    return this.numberOf(participant)! * carrierCount + carriers.indexOf(carrier);
  }

  /** Version that the next contract of this key must have. */
  nextVersion(key: string): number {
    return (this.inForce.get(key)?.contract.version ?? this.#past.get(key) ?? 0) + 1;
  }

  /** How far the balance of a participant may go below zero, in amount ticks; null: without limit. */
  creditLimit(participant: number): bigint | null {
    const known = this.#credit[participant];
    if (known !== undefined) return known;
    const limit = creditOf(this.participants[participant]?.contract ?? null, this.payment);
    this.#credit[participant] = limit;
    return limit;
  }

  /** Credit limits have changed: they are read from the contracts again. */
  forgetCredit(): void {
    this.#credit = [];
  }

  /** A contract of this key holds from now on, in the place of the one that it amends. */
  hold(key: string, contract: Contract): Held {
    const known = this.inForce.get(key);
    if (known !== undefined) {
      known.contract = contract;
      return known;
    }
    const held = { contract, place: nobody, ended: false };
    this.inForce.set(key, held);
    return held;
  }

  /** Nothing of this key holds any more, or ever did: its last version is remembered. */
  forget(key: string, contract: Contract): void {
    const held = this.inForce.get(key);
    if (held !== undefined) {
      held.ended = true;
      this.inForce.delete(key);
    }
    this.#past.set(key, contract.version);
    this.names.end(key, contract);
  }

  /**
   * Takes over the next name of a snapshot; contracts in force follow. Throws `corrupt` for a name or number that can't
   * come next.
   */
  restore(named: Named): void {
    const { kind, carrier, number, name } = named;
    if (kind === nameCode.ended) {
      this.#past.set(name, number);
      this.names.add(named);
      return;
    }
    const of = nameKinds[kind - 1] as keyof Terms["registers"];
    const register: Register<Registered<unknown>> = this.registers[of];
    if (register.numberOf(name) !== undefined || number !== register.entries.length || number >= maxParties)
      fail("corrupt", `snapshot names, ${of}`, `a new name with number ${register.entries.length}`, number);
    const none = { owner: nobody, feeder: nobody, participant: nobody, input: 0, output: 0 };
    const ofCarrier = of === "storage" || of === "feeder";
    if (ofCarrier !== carrier < carrierCount)
      fail("corrupt", `snapshot names, ${of}`, ofCarrier ? "a carrier" : "no carrier", carrier);
    register.put(name, { contract: null, ...(ofCarrier ? { carrier, ...none } : none) });
    if (of !== "participant") return;
    for (let code = 0; code < carrierCount; code += 1) {
      const slot = number * carrierCount + code;
      this.supply.own[slot] = null;
      this.use.own[slot] = null;
      this.feederOf[slot] = nobody;
    }
  }

  /** Registers a participant, or changes what it hangs on. */
  putParticipant(contract: ParticipantContract): void {
    this.forgetCredit();
    const number = this.registers.participant.put(contract.id, { contract });
    for (const [code, carrier] of carriers.entries()) {
      const slot = number * carrierCount + code;
      const feeder = contract.feeders?.[carrier];
      this.supply.own[slot] ??= null;
      this.use.own[slot] ??= null;
      this.feederOf[slot] = feeder === undefined ? nobody : this.registers.feeder.numberOf(feeder)!;
    }
  }

  /** Throws `refused` unless `id` is a participant under contract. */
  checkParticipant(field: string, id: string): void {
    if ((this.registers.participant.get(id)?.contract ?? null) === null)
      fail("refused", field, "a participant under contract", id);
  }

  /** Throws `refused` unless `name` is a feeder of the carrier under contract. */
  checkFeeder(field: string, name: string, carrier: Carrier): void {
    if (this.registers.feeder.get(name)?.contract?.carrier !== carrier)
      fail("refused", field, `a feeder of ${carrier} under contract`, name);
  }
}
