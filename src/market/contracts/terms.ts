/**
 * The contracts in force, resolved into columns by number so that an order costs no look-up by name. What a contract
 * of each kind does to them stands with the kind (`kinds/`); balances and charges are the market's state.
 */
import { fail } from "../../errors.js";
import { nameCode, nameKinds } from "../../ledger/format/state.js";
import { type Carrier, carriers } from "../../units.js";
import { type AreaEntry, Areas } from "./areas.js";
import { type BookTerms, sharingOf } from "./communities.js";
import type {
  ClearingContract,
  Contract,
  ConverterContract,
  MarketContract,
  ParticipantContract,
  PaymentContract,
  StorageContract,
  SupplyContract,
  UseContract,
} from "./contracts.js";
import { type Named, Names } from "./names.js";
import { maxParties, nobody, Register, type Registered } from "./register.js";
import { type CommunityContract, isShare } from "./sharedcontracts.js";
import { type PeriodTariffs, tariffsAt, varies } from "./tariffs.js";

/** Number of carriers: (participant, carrier) stands in columns at `participant × carrierCount + carrier`. */
export const carrierCount: number = carriers.length;

const dayMs = 86_400_000;

/** A storage device with its contract resolved to numbers. */
export interface Device extends Registered<StorageContract> {
  carrier: number;
  /** Participant number, or {@link nobody} for the platform. */
  owner: number;
  /** Number of the area it names, or {@link nobody}. */
  area: number;
}

/** A converter with its contract resolved to numbers. */
export interface Converter extends Registered<ConverterContract> {
  participant: number;
  input: number;
  output: number;
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
    readonly area: Register<AreaEntry>;
  } = {
    participant: new Register(nameCode.participant, this.names),
    storage: new Register(nameCode.storage, this.names),
    converter: new Register(nameCode.converter, this.names),
    area: new Register(nameCode.area, this.names),
  };
  readonly participants: readonly Registered<ParticipantContract>[] = this.registers.participant.entries;
  readonly devices: readonly Device[] = this.registers.storage.entries;
  readonly converters: readonly Converter[] = this.registers.converter.entries;
  /** The areas of the network, and their trees. */
  readonly areas: Areas = new Areas(this.registers.area);
  /** What is in force by key, in order of first registration. */
  readonly inForce: Map<string, Held> = new Map();
  /** Clearing contracts by carrier code; null: none, or the carrier is shared. */
  readonly clearing: (ClearingContract | null)[] = carriers.map(() => null);
  payment: PaymentContract | null = null;
  market: MarketContract | null = null;

  /** The contracts that orders are held against. */
  readonly supply: SideTerms<SupplyContract> = new SideTerms();
  readonly use: SideTerms<UseContract> = new SideTerms();
  /** By (participant, carrier): number of the area that the participant names, or {@link nobody}. */
  readonly areaOf: number[] = [];
  /** (participant, carrier) of the meters whose readings of a day are kept, since a standing order asks for them. */
  readonly dayMeters: Set<number> = new Set();

  /** Communities by name. */
  readonly communities: Map<string, CommunityContract> = new Map();
  /** By (participant, carrier) of members: the share of the meter in each community, in ppm. */
  readonly factors: Map<number, Map<string, number>> = new Map();

  /** Last version of every key ever seen and not in force, so that none comes twice. */
  readonly #past = new Map<string, number>();
  /** Credit limits as far as they were asked for since the contracts last changed. */
  #credit: (bigint | null)[] = [];
  /** When the period at hand began, and what carriers cost in it, once that was asked for. */
  #beganMs = 0;
  #tariffs: { readonly payment: PaymentContract; readonly prices: PeriodTariffs } | null = null;
  /** By what meters settle, as far as it was asked for since that last changed. */
  #book: BookTerms | null = null;

  /** Number of a participant by id, or undefined. */
  numberOf(id: string): number | undefined {
    return this.registers.participant.numberOf(id);
  }

  /** Place of a registered participant and a carrier in the columns. */
  slot(participant: string, carrier: Carrier): number {
    return this.numberOf(participant)! * carrierCount + carriers.indexOf(carrier);
  }

  /** Whole periods in a day; null: it has none, or one alone. */
  get periodsPerDay(): number | null {
    const count = dayMs / (this.market?.periodMs ?? Number.NaN);
    return Number.isInteger(count) && count > 1 ? count : null;
  }

  /** Version that the next contract of this key must have. */
  nextVersion(key: string): number {
    return (this.inForce.get(key)?.contract.version ?? this.#past.get(key) ?? 0) + 1;
  }

  /** A period begins at an instant (Unix time, milliseconds); returns whether prices outside the market may change. */
  begin(ms: number): boolean {
    const changes = ms !== this.#beganMs && varies(this.payment);
    this.#beganMs = ms;
    if (changes) this.#tariffs = null;
    return changes;
  }

  /** What carriers cost outside the market in the period at hand; null before there is a payment contract. */
  get tariffs(): PeriodTariffs | null {
    const { payment, market } = this;
    if (payment === null || market === null) return null;
    if (this.#tariffs?.payment !== payment)
      this.#tariffs = { payment, prices: tariffsAt(payment, market, this.#beganMs) };
    return this.#tariffs.prices;
  }

  /** How far the balance of a participant may go below zero, in amount ticks; null: without limit. */
  creditLimit(participant: number): bigint | null {
    const known = this.#credit[participant];
    if (known !== undefined) return known;
    const limit = creditOf(this.participants[participant]!.contract, this.payment);
    this.#credit[participant] = limit;
    return limit;
  }

  /** Credit limits have changed: they are read from the contracts again. */
  forgetCredit(): void {
    this.#credit = [];
  }

  /** Whether what is metered of a carrier is shared, and no orders are taken. */
  shares(carrier: Carrier): boolean {
    return isShare(this.inForce.get(`clearing/${carrier}`)?.contract);
  }

  /** What an order of a carrier without clearing would need, in words. */
  wantedToOrder(carrier: number): string {
    return this.shares(carriers[carrier]!)
      ? "one that takes orders, while what is metered of this one is shared"
      : "a carrier with a clearing contract";
  }

  /** By what the meters of this period settle; null: there is no metering. The same object until it changes. */
  get book(): BookTerms | null {
    const { payment } = this;
    if (payment === null || payment.metering === null) return null;
    if (this.#book === null || this.#book.payment !== payment) {
      const contracts = this.#inForce();
      this.#book = { payment, sharing: sharingOf(contracts, (id) => this.numberOf(id)) };
    }
    return this.#book;
  }

  /** What is shared, or by whom, has changed: it is read from the contracts again. */
  forgetSharing(): void {
    this.#book = null;
  }

  *#inForce(): Iterable<Contract> {
    for (const { contract } of this.inForce.values()) yield contract;
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
    const numbers = { owner: nobody, area: nobody, participant: nobody, parent: nobody, input: 0, output: 0 };
    const none = { ...numbers, signal: null };
    const ofCarrier = of === "storage" || of === "area";
    if (ofCarrier !== carrier < carrierCount)
      fail("corrupt", `snapshot names, ${of}`, ofCarrier ? "a carrier" : "no carrier", carrier);
    register.put(name, { contract: null, ...(ofCarrier ? { carrier, ...none } : none) });
    if (of !== "participant") return;
    for (let code = 0; code < carrierCount; code += 1) {
      const slot = number * carrierCount + code;
      this.supply.own[slot] = null;
      this.use.own[slot] = null;
      this.areaOf[slot] = nobody;
    }
  }

  /** Registers a participant, or changes what it hangs on. */
  putParticipant(contract: ParticipantContract): void {
    this.forgetCredit();
    const number = this.registers.participant.put(contract.id, { contract });
    for (const [code, carrier] of carriers.entries()) {
      const slot = number * carrierCount + code;
      const area = contract.areas?.[carrier];
      this.supply.own[slot] ??= null;
      this.use.own[slot] ??= null;
      this.areaOf[slot] = area === undefined ? nobody : this.registers.area.numberOf(area)!;
    }
  }

  /** Throws `refused` unless `id` is a participant under contract. */
  checkParticipant(field: string, id: string): void {
    if ((this.registers.participant.get(id)?.contract ?? null) === null)
      fail("refused", field, "a participant under contract", id);
  }

  /** Throws `refused` unless `name` is an area of the carrier under contract. */
  checkArea(field: string, name: string, carrier: Carrier): void {
    if (this.registers.area.get(name)?.contract?.carrier !== carrier)
      fail("refused", field, `an area of ${carrier} under contract`, name);
  }
}
