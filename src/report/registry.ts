/** Who is who in a ledger: the numbers that records use and what contracts call them, as its blocks introduce them. */
import type { Block } from "../ledger/format/block.js";
import { decodeCanonical } from "../ledger/format/canonical.js";
import type { FlowRecord } from "../ledger/format/records.js";
import type { Snapshot } from "../ledger/format/snapshot.js";
import type { Contract } from "../market/contracts/contracts.js";
import { keyContracts } from "../market/period/snapshot.js";
import { contractsOf } from "./columns.js";
import { Network } from "./network.js";

/** Flows of devices that say behind them, in `extra`, how full the device then is. */
export const chargeKinds: ReadonlySet<FlowRecord["kind"]> = new Set([
  "charged",
  "gridCharged",
  "discharged",
  "selfDischarged",
  "used",
] as const);

/** A storage device, as the contract in force has it. */
export interface KnownDevice {
  readonly name: string;
  /** Number of its owner; null for a device of the platform. */
  readonly owner: number | null;
}

/**
 * Participants and devices by number, from the contracts of blocks that come in order, each once, from genesis or from
 * a snapshot on.
 */
export class Registry {
  /** Ids of the participants registered so far, by number. */
  readonly participants: string[] = [];
  /** Devices registered so far, by number. */
  readonly devices: KnownDevice[] = [];
  /** The areas, and who is where. */
  readonly network: Network = new Network();
  readonly #participants = new Map<string, number>();
  readonly #devices = new Map<string, number>();

  /** Who was who after the block of a snapshot; nobody without one. */
  static after(snapshot: Snapshot | null): Registry {
    const registry = new Registry();
    if (snapshot === null) return registry;
    registry.network.restore(snapshot.names.flatMap(({ kind, name }) => (kind === "area" ? [name] : [])));
    // They come in the order of the numbers; of participants and devices those that have ended too.
    for (const contract of keyContracts(snapshot)) registry.enter(contract);
    return registry;
  }

  /** Takes the contracts of the next block, and returns them. */
  add(block: Block): Contract[] {
    const contracts = contractsOf(block);
    for (const contract of contracts) this.enter(contract);
    return contracts;
  }

  /** Number of a participant; undefined for an id that has not been registered. */
  numberOf(participant: string): number | undefined {
    return this.#participants.get(participant);
  }

  /** Number of a device; undefined for a name that has not been registered. */
  deviceOf(name: string): number | undefined {
    return this.#devices.get(name);
  }

  /** Takes a contract, each as often as one likes. */
  enter(contract: Contract): void {
    this.network.enter(contract);
    if (contract.kind === "participant" && !this.#participants.has(contract.id)) {
      this.#participants.set(contract.id, this.participants.length);
      this.participants.push(contract.id);
    }
    if (contract.kind !== "storage") return;
    const number = this.#devices.get(contract.device) ?? this.devices.length;
    const owner = contract.owner === undefined ? null : this.#participants.get(contract.owner)!;
    this.#devices.set(contract.device, number);
    this.devices[number] = { name: contract.device, owner };
  }
}

/** Kinds whose contracts say who has which number, and so are wanted of what has ended too. */
const numbered: ReadonlySet<Contract["kind"]> = new Set(["participant", "storage"]);

/** The contracts that hold after a snapshot, in an order in which one may name what another made. */
export function contractsAfter(snapshot: Snapshot): Contract[] {
  const inForce = snapshot.contracts.map((text) => decodeCanonical(text) as unknown as Contract);
  return [
    ...keyContracts(snapshot).filter(({ kind }) => numbered.has(kind)),
    ...inForce.filter(({ kind }) => !numbered.has(kind)),
  ];
}
