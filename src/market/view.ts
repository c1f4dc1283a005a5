/** What a market shows of its state: fresh copies and numbers, so that nobody changes it from outside. */
import { type Carrier, carriers } from "../units.js";
import type {
  Contract,
  ParticipantContract,
  PeriodTariff,
  SupplyContract,
  UseContract,
} from "./contracts/contracts.js";
import type { MarketState } from "./period/state.js";

/** A storage device of a market. */
export interface DeviceView {
  readonly device: string;
  readonly carrier: Carrier;
  /** State of charge, in quantity ticks. */
  readonly charge: number;
}

/** Contracts, accounts and charges of a market as its open period began. */
export class MarketView {
  readonly #state: MarketState;

  /** A market makes its own. */
  constructor(state: MarketState) {
    this.#state = state;
  }

  /** Ids of participants by number, of those that ended as well. */
  get participants(): string[] {
    return this.#state.terms.participants.map(({ name }) => name);
  }

  /** Id of the participant with this number, whether or not it ended; null for a number that nobody has. */
  participant(number: number): string | null {
    return this.#state.terms.participants[number]?.name ?? null;
  }

  /** Id of the storage device with this number, likewise. */
  device(number: number): string | null {
    return this.#state.terms.devices[number]?.name ?? null;
  }

  /** Storage devices by number, of those that ended as well. */
  get devices(): DeviceView[] {
    const { terms, charges } = this.#state;
    return terms.devices.map(({ name, carrier }, number) => ({
      device: name,
      carrier: carriers[carrier]!,
      charge: charges[number]!,
    }));
  }

  /** Keys of the contracts in force, such as `supply/heat/ann` or `supply/heat`, in order of first registration. */
  get contracts(): string[] {
    return [...this.#state.terms.inForce.keys()];
  }

  /** A copy of the contract in force with this key; null when there is none. */
  contract(key: string): Contract | null {
    const held = this.#state.terms.inForce.get(key);
    return held === undefined ? null : structuredClone(held.contract);
  }

  /** A copy of the contract in force of a participant; null where it has none, has ended, or never was one. */
  contractOf(participant: string): ParticipantContract | null {
    const contract = this.contract(`participant/${participant}`);
    return contract?.kind === "participant" ? contract : null;
  }

  /** A copy of what a carrier costs outside the market in the open period; null before there is a payment contract. */
  tariff(carrier: Carrier): PeriodTariff | null {
    return structuredClone(this.#state.terms.tariffs?.[carrier] ?? null);
  }

  /** The terms that hold for a participant and carrier, its own or standard, as copies; null where it may not trade. */
  terms(
    participant: string,
    carrier: Carrier,
  ): { readonly supply: SupplyContract | null; readonly use: UseContract | null } {
    const { terms } = this.#state;
    const number = terms.numberOf(participant);
    if (number === undefined || terms.participants[number]!.contract === null)
      return { supply: null, use: null };
    const slot = terms.slot(participant, carrier);
    return structuredClone({ supply: terms.supply.of(slot), use: terms.use.of(slot) });
  }

  /** Balance of an account, by its number in postings, in amount ticks; 0 for one that is not open. */
  balance(account: number): bigint {
    const { accounts } = this.#state;
    return accounts.has(account) ? accounts.balance(account) : 0n;
  }
}
