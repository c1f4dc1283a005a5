/** The contracts by which members are billed, as blocks bring them. */
import type {
  Contract,
  ParticipantContract,
  PaymentContract,
  TariffContract,
} from "../market/contracts/contracts.js";
import { contractKey } from "../market/contracts/kinds.js";
import { isShare } from "../market/contracts/sharedcontracts.js";
import type { Zone } from "../tariff/zone.js";
import { type Carrier, carriers } from "../units.js";
import { utc } from "./months.js";

/** The tariffs of a member, by carrier. */
export type Tariffs = { readonly [carrier in Carrier]?: TariffContract };

/** The contracts by which members are billed, as blocks bring them: of one member, or of all who are read together. */
export class BillingRules {
  readonly #held = new Map<string, Contract>();
  /** Which carriers are shared, and tariffs by member, since contracts last changed. */
  #shared: ReadonlySet<Carrier> | null = null;
  readonly #tariffs = new Map<string, Tariffs>();

  enter(contract: Contract): void {
    if (contract.kind === "end") this.#held.delete(contract.contract);
    else this.#held.set(contractKey(contract), contract);
    this.#shared = null;
    this.#tariffs.clear();
  }

  /** Periods after a period's own in which its readings are due. */
  get window(): number {
    return this.#payment?.metering?.window ?? 0;
  }

  get #payment(): PaymentContract | undefined {
    return this.#held.get("payment") as PaymentContract | undefined;
  }

  get shared(): ReadonlySet<Carrier> {
    this.#shared ??= new Set(carriers.filter((carrier) => isShare(this.#held.get(`clearing/${carrier}`))));
    return this.#shared;
  }

  /**
   * The zone by whose clocks the months of a member go: that of its tariffs, which have one; without any that of the
   * market's prices, and UTC where those have none.
   */
  zoneOf(member: string): Zone {
    const tariffs = this.tariffsOf(member);
    for (const carrier of carriers) if (tariffs[carrier] !== undefined) return tariffs[carrier].zone;
    return this.#payment?.zone ?? utc;
  }

  tariffsOf(member: string): Tariffs {
    const known = this.#tariffs.get(member);
    if (known !== undefined) return known;
    const own = this.#held.get(`participant/${member}`) as ParticipantContract | undefined;
    const tariffs: { [carrier in Carrier]?: TariffContract } = {};
    for (const carrier of carriers) {
      const name = own?.tariffs?.[carrier];
      const held = name === undefined ? undefined : this.#held.get(`tariff/${name}`);
      if (held !== undefined) tariffs[carrier] = held as TariffContract;
    }
    this.#tariffs.set(member, tariffs);
    return tariffs;
  }
}
