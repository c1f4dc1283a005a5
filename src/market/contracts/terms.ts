import { fail } from "../../errors.js";
import { type Carrier, carriers } from "../../units.js";
import {
  type ClearingContract,
  type Contract,
  type ConverterContract,
  contractKey,
  type EndContract,
  type FeederContract,
  type MarketContract,
  type ParticipantContract,
  type PaymentContract,
  type StorageContract,
  type SupplyContract,
  type UseContract,
} from "./contracts.js";
import { maxParties } from "./parse.js";

/** "Hangs on no feeder", "owned by the platform". */
export const nobody = -1;

/** Number of carriers: place of (participant, carrier) in the columns below is `participant × carrierCount + carrier`. */
export const carrierCount: number = carriers.length;

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

/**
 * The contracts in force, resolved into columns by number so that an order costs no look-up by name. Participants,
 * devices, converters and feeders are numbered in order of registration; a number is never given away again.
 */
export class Terms {
  readonly participants: Registered<ParticipantContract>[] = [];
  readonly devices: Device[] = [];
  readonly converters: Converter[] = [];
  readonly feeders: Feeder[] = [];
  /** Contracts in force by key, in order of first registration. */
  readonly inForce: Map<string, Contract> = new Map();
  /** Clearing contracts by carrier code. */
  readonly clearing: (ClearingContract | null)[] = carriers.map(() => null);
  payment: PaymentContract | null = null;
  market: MarketContract | null = null;

  /** By (participant, carrier): the contracts that orders are held against. */
  readonly supply: (SupplyContract | null)[] = [];
  readonly use: (UseContract | null)[] = [];
  /** By (participant, carrier): feeder number, or {@link nobody}. */
  readonly feederOf: number[] = [];

  readonly #participants = new Map<string, number>();
  readonly #devices = new Map<string, number>();
  readonly #converters = new Map<string, number>();
  readonly #feeders = new Map<string, number>();
  /** Last version of every key ever seen, so that none comes twice. */
  readonly #versions = new Map<string, number>();
  /** Credit limits as far as they were asked for since the contracts last changed. */
  #credit: bigint[] = [];

  /** Number of a participant by id, or undefined. */
  numberOf(id: string): number | undefined {
    return this.#participants.get(id);
  }

  /** Version that the next contract of this key must have. */
  nextVersion(key: string): number {
    return (this.#versions.get(key) ?? 0) + 1;
  }

  /** How far the balance of a participant may go below zero, in amount ticks. */
  creditLimit(participant: number): bigint {
    this.#credit[participant] ??= BigInt(
      this.participants[participant]?.contract?.creditLimit ?? this.payment?.creditLimit ?? "0",
    );
    return this.#credit[participant]!;
  }

  /** Throws `refused` or `conflict` naming the field unless the contract fits those in force; changes nothing. */
  check(contract: Contract, period: number): void {
    const key = contractKey(contract);
    if (contract.from !== period) fail("refused", `${key}.from`, `period ${period}`, contract.from);
    if (contract.version !== this.nextVersion(key))
      fail("conflict", `${key}.version`, `${this.nextVersion(key)}`, contract.version);
    if (this.market === null && contract.kind !== "market")
      fail("refused", key, "the market contract first", contract.kind);
    switch (contract.kind) {
      case "market":
        if (this.market !== null) fail("conflict", key, "one market contract, never amended", contract.id);
        if (contract.signed && contract.platformKey === undefined)
          fail("refused", `${key}.platformKey`, "a key in a signed market", "none");
        break;
      case "participant":
        this.#room(key, this.#participants, contract.id);
        if (this.market?.signed && contract.key === undefined)
          fail("refused", `${key}.key`, "a key in a signed market", "none");
        for (const carrier of carriers) {
          const feeder = contract.feeders?.[carrier];
          if (feeder !== undefined) this.#feeder(`${key}.feeders.${carrier}`, feeder, carrier);
        }
        break;
      case "supply":
      case "use":
        this.#participant(key, contract.participant);
        break;
      case "storage": {
        this.#room(key, this.#devices, contract.device);
        if (contract.owner !== undefined) this.#participant(`${key}.owner`, contract.owner);
        if (contract.feeder !== undefined) this.#feeder(`${key}.feeder`, contract.feeder, contract.carrier);
        const known = this.devices[this.#devices.get(contract.device) ?? nobody];
        if (known !== undefined && known.carrier !== carriers.indexOf(contract.carrier))
          fail("refused", `${key}.carrier`, "the carrier it was registered with", contract.carrier);
        break;
      }
      case "converter": {
        this.#room(key, this.#converters, contract.device);
        this.#participant(`${key}.participant`, contract.participant);
        const order = this.market?.order ?? carriers;
        if (order.indexOf(contract.output) < order.indexOf(contract.input))
          fail("refused", `${key}.output`, `a carrier that clears after ${contract.input}`, contract.output);
        break;
      }
      case "feeder": {
        this.#room(key, this.#feeders, contract.feeder);
        const known = this.feeders[this.#feeders.get(contract.feeder) ?? nobody];
        if (known !== undefined && known.carrier !== carriers.indexOf(contract.carrier))
          fail("refused", `${key}.carrier`, "the carrier it was registered with", contract.carrier);
        break;
      }
      case "payment":
        if (contract.currency !== this.market?.currency)
          fail("refused", `${key}.currency`, this.market?.currency ?? "", contract.currency);
        break;
      case "deposit":
      case "withdrawal":
        this.#participant(key, contract.participant);
        break;
      case "end":
        this.#checkEnd(contract, key);
        break;
      default:
    }
  }

  /** Puts a checked contract in force. Money and charge are `begin`'s (state.ts). */
  apply(contract: Contract): void {
    const key = contractKey(contract);
    this.#versions.set(key, contract.version);
    if (!["end", "deposit", "withdrawal"].includes(contract.kind)) this.inForce.set(key, contract);
    switch (contract.kind) {
      case "end":
        this.#end(contract);
        break;
      case "market":
        this.market = contract;
        break;
      case "payment":
        this.payment = contract;
        this.#credit = [];
        break;
      case "clearing":
        this.clearing[carriers.indexOf(contract.carrier)] = contract;
        break;
      case "participant":
        this.#applyParticipant(contract);
        break;
      case "supply":
        this.supply[this.#slot(contract.participant, contract.carrier)] = contract;
        break;
      case "use":
        this.use[this.#slot(contract.participant, contract.carrier)] = contract;
        break;
      case "feeder":
        register(this.feeders, this.#feeders, contract.feeder, {
          contract,
          carrier: carriers.indexOf(contract.carrier),
        });
        break;
      case "storage":
        register(this.devices, this.#devices, contract.device, {
          contract,
          carrier: carriers.indexOf(contract.carrier),
          owner: contract.owner === undefined ? nobody : this.#participants.get(contract.owner)!,
          feeder: contract.feeder === undefined ? nobody : this.#feeders.get(contract.feeder)!,
        });
        break;
      case "converter":
        register(this.converters, this.#converters, contract.device, {
          contract,
          participant: this.#participants.get(contract.participant)!,
          input: carriers.indexOf(contract.input),
          output: carriers.indexOf(contract.output),
        });
        break;
    }
  }

  #applyParticipant(contract: ParticipantContract): void {
    this.#credit = [];
    const number = register(this.participants, this.#participants, contract.id, { contract });
    for (const [code, carrier] of carriers.entries()) {
      const slot = number * carrierCount + code;
      const feeder = contract.feeders?.[carrier];
      this.supply[slot] ??= null;
      this.use[slot] ??= null;
      this.feederOf[slot] = feeder === undefined ? nobody : this.#feeders.get(feeder)!;
    }
  }

  #end(end: EndContract): void {
    const contract = this.inForce.get(end.contract)!;
    this.inForce.delete(end.contract);
    switch (contract.kind) {
      case "clearing":
        this.clearing[carriers.indexOf(contract.carrier)] = null;
        break;
      case "participant":
        this.#credit = [];
        this.participants[this.#participants.get(contract.id)!]!.contract = null;
        break;
      case "supply":
        this.supply[this.#slot(contract.participant, contract.carrier)] = null;
        break;
      case "use":
        this.use[this.#slot(contract.participant, contract.carrier)] = null;
        break;
      case "storage":
        this.devices[this.#devices.get(contract.device)!]!.contract = null;
        break;
      case "converter":
        this.converters[this.#converters.get(contract.device)!]!.contract = null;
        break;
      case "feeder":
        this.feeders[this.#feeders.get(contract.feeder)!]!.contract = null;
        break;
      default:
    }
  }

  #checkEnd(end: EndContract, key: string): void {
    const contract = this.inForce.get(end.contract);
    if (contract === undefined || contract.kind === "market" || contract.kind === "payment")
      fail("refused", `${key}.contract`, "a contract in force, not market or payment", end.contract);
    if (contract?.kind !== "participant" && contract?.kind !== "feeder") return;
    for (const [other, held] of this.inForce)
      if (dependsOn(held, contract))
        fail("refused", `${key}.contract`, `one that no other needs (end ${other} first)`, end.contract);
  }

  #slot(participant: string, carrier: Carrier): number {
    return this.#participants.get(participant)! * carrierCount + carriers.indexOf(carrier);
  }

  #participant(field: string, id: string): void {
    const number = this.#participants.get(id);
    if (number === undefined || this.participants[number]!.contract === null)
      fail("refused", field, "a participant under contract", id);
  }

  #feeder(field: string, name: string, carrier: Carrier): void {
    const feeder = this.feeders[this.#feeders.get(name) ?? nobody];
    if (feeder === undefined || feeder.contract === null || feeder.contract.carrier !== carrier)
      fail("refused", field, `a feeder of ${carrier} under contract`, name);
  }

  #room(field: string, numbers: ReadonlyMap<string, number>, name: string): void {
    if (!numbers.has(name) && numbers.size >= maxParties)
      fail("limit", field, `at most ${maxParties}`, numbers.size);
  }
}

/** Numbers a name when it is new, else changes what its number stands for; returns the number. */
function register<T extends Registered<unknown>>(
  entries: T[],
  numbers: Map<string, number>,
  name: string,
  entry: Omit<T, "name">,
): number {
  const known = numbers.get(name);
  if (known !== undefined) {
    Object.assign(entries[known]!, entry);
    return known;
  }
  entries.push({ name, ...entry } as T);
  numbers.set(name, entries.length - 1);
  return entries.length - 1;
}

/** Whether `contract` names `on`, a participant or a feeder. */
function dependsOn(contract: Contract, on: ParticipantContract | FeederContract): boolean {
  if (on.kind === "feeder")
    return contract.kind === "participant"
      ? contract.feeders?.[on.carrier] === on.feeder
      : contract.kind === "storage" && contract.feeder === on.feeder;
  switch (contract.kind) {
    case "supply":
    case "use":
    case "converter":
      return contract.participant === on.id;
    case "storage":
      return contract.owner === on.id;
    default:
      return false;
  }
}
