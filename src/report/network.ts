/** The areas of the network as a ledger's contracts make them: what the way between two of them costs. */
import type { TradeRecord } from "../ledger/format/records.js";
import type { Contract } from "../market/contracts/contracts.js";
import type { Carrier } from "../units.js";

interface Known {
  readonly parent: string | null;
  readonly fee: bigint;
}

/** Who or what is on one side of a trade: a participant or device by name, or the grid. */
export interface Place {
  readonly party: TradeRecord["seller"];
  readonly name: string;
}

/** Areas, and where participants and devices are, from contracts that come in order. */
export class Network {
  /** Names of the areas registered so far, by number. */
  readonly names: string[] = [];
  readonly #areas = new Map<string, Known>();
  /** By participant and carrier, and by device: the name of the area; none is the root. */
  readonly #participants = new Map<string, Partial<Record<Carrier, string>>>();
  readonly #devices = new Map<string, string | null>();

  /** Begins with the names of a snapshot, by number, of areas that have ended too; contracts follow. */
  restore(names: readonly string[]): void {
    for (const name of names) {
      this.names.push(name);
      this.#areas.set(name, { parent: null, fee: 0n });
    }
  }

  /** Takes a contract. */
  enter(contract: Contract): void {
    if (contract.kind === "area") {
      if (!this.#areas.has(contract.area)) this.names.push(contract.area);
      this.#areas.set(contract.area, { parent: contract.parent ?? null, fee: BigInt(contract.fee ?? 0) });
    }
    if (contract.kind === "participant") this.#participants.set(contract.id, contract.areas ?? {});
    if (contract.kind === "storage") this.#devices.set(contract.device, contract.area ?? null);
  }

  /** What a unit pays for the way between two places, in price ticks. */
  feeBetween(carrier: Carrier, from: Place, to: Place): bigint {
    const [up, down] = [this.#edges(carrier, from), this.#edges(carrier, to)];
    // What both have to pass on the way to the root, neither has to pass on the way to the other.
    const common = new Set(up.filter((area) => down.includes(area)));
    return [...up, ...down]
      .filter((area) => !common.has(area))
      .reduce((sum, area) => sum + this.#areas.get(area)!.fee, 0n);
  }

  /** The areas whose edges lie between a place and the root. */
  #edges(carrier: Carrier, { party, name }: Place): string[] {
    if (party === "grid") return [];
    const edges: string[] = [];
    const own = party === "device" ? this.#devices.get(name) : this.#participants.get(name)?.[carrier];
    for (let area = own ?? null; area !== null; area = this.#areas.get(area)!.parent) edges.push(area);
    return edges;
  }
}
