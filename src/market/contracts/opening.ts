/** What a market opens with where contracts are not written out: the paper's rules, standard terms without limits. */
import { integer } from "../../check.js";
import { checkMechanism, defaultMechanism } from "../../core/mechanisms.js";
import type { Zone } from "../../tariff/zone.js";
import { type Carrier, carriers, maxQuantity, ppm } from "../../units.js";
import type {
  ClearingContract,
  Contract,
  MarketContract,
  PaymentContract,
  PeriodTariff,
  Tariff,
} from "./contracts.js";
import { contractKey } from "./kinds.js";
import type { ShareContract } from "./sharedcontracts.js";

/** The paper's fixed price of pool electricity, in price ticks (paper §4.2(2)). */
const fixedPrice = 430_000;

/** What a market is opened with when contracts are not written out; everything is optional. */
export interface Opening {
  /** Default `market`. */
  readonly id?: string;
  readonly currency?: string;
  /** First period: that of the genesis block. Default 0. */
  readonly startPeriod?: number;
  /** Default 30 s (the paper's t). */
  readonly periodMs?: number;
  readonly quantityTick?: string;
  readonly priceTick?: string;
  /** Whether the records of its blocks are everybody's. Default `open`. */
  readonly privacy?: NonNullable<MarketContract["privacy"]>;
  readonly leastMembers?: NonNullable<MarketContract["leastMembers"]>;
  /** Ids of participants, on unlimited credit. With it come standard terms without limits where none are given. */
  readonly participants?: readonly string[];
  /**
   * Clearing contracts in part; the rest is `paperClearing`, and the pricing that of the mechanism. `share` alone: the
   * carrier takes no orders, and what is metered is shared.
   */
  readonly clearing?: {
    readonly [carrier in Carrier]?: Partial<ClearingContract> | Pick<ShareContract, "mechanism">;
  };
  /** Tariffs in part; the rest is `freeTariff`. */
  readonly tariffs?: { readonly [carrier in Carrier]?: Partial<Tariff> };
  /** By whose clocks calendars in tariffs go. */
  readonly zone?: Zone;
  readonly metering?: PaymentContract["metering"];
}

/** The names of all that may be said. */
export const openingKeys: readonly (keyof Opening)[] = [
  "id",
  "currency",
  "startPeriod",
  "periodMs",
  "quantityTick",
  "priceTick",
  "privacy",
  "leastMembers",
  "participants",
  "clearing",
  "tariffs",
  "zone",
  "metering",
];

/** A tariff that charges nothing: no commission, no price outside the market. */
export const freeTariff: PeriodTariff = {
  retail: 0,
  feedIn: 0,
  commission: [{ share: ppm, supply: 0, use: 0 }],
  shortagePrice: 0,
  surplusPrice: 0,
};

/**
 * The paper's rules and nothing beyond: `value`, counterparty pricing, and for electricity the pool at its fixed price.
 */
export function paperClearing(carrier: Carrier, from: number): ClearingContract {
  const pool = { price: fixedPrice, purchasePrice: fixedPrice, lots: "whole" } as const;
  return {
    kind: "clearing",
    version: 1,
    from,
    carrier,
    ...defaultMechanism,
    k: ppm / 2,
    maxCycles: 0,
    ties: "arrival",
    pool: carrier === "electricity" ? pool : null,
    discharge: false,
    charge: false,
    export: false,
    interrupt: false,
    import: false,
  };
}

/** The paper's rules with those that are given in their place; the pricing is always said. */
function clearingOf(
  carrier: Carrier,
  from: number,
  given: Partial<ClearingContract> | Pick<ShareContract, "mechanism">,
): ClearingContract | ShareContract {
  if (given.mechanism === "share") {
    // Whatever else was given stands in the contract, which is refused for it.
    return { kind: "clearing", version: 1, from, carrier, ...given, mechanism: "share" };
  }
  return {
    ...paperClearing(carrier, from),
    ...given,
    ...checkMechanism(given, `clearing.${carrier}`),
  };
}

/**
 * The contracts of genesis: those given, with a market, payment and clearing contracts put before them where missing.
 */
export function openingContracts(opening: Opening, given: readonly Contract[] = []): Contract[] {
  const own = given.find((contract) => contract.kind === "market");
  const from = own?.from ?? opening.startPeriod ?? 0;
  const dated = { version: 1, from };
  const market: MarketContract = own ?? {
    kind: "market",
    ...dated,
    id: opening.id ?? "market",
    currency: opening.currency ?? "EUR",
    quantityTick: opening.quantityTick ?? "0.000001",
    priceTick: opening.priceTick ?? "0.000001",
    periodMs: opening.periodMs ?? 30_000,
    signed: false,
    ...(opening.privacy === undefined ? {} : { privacy: opening.privacy }),
    ...(opening.leastMembers === undefined ? {} : { leastMembers: opening.leastMembers }),
    order: carriers,
  };
  const contracts: Contract[] = [market];
  if (!given.some((contract) => contract.kind === "payment"))
    contracts.push({
      kind: "payment",
      ...dated,
      currency: market.currency,
      creditLimit: opening.participants === undefined ? "0" : null,
      tariffs: Object.fromEntries(
        carriers.map((carrier) => [carrier, { ...freeTariff, ...opening.tariffs?.[carrier] }]),
      ) as PaymentContract["tariffs"],
      ...(opening.zone === undefined ? {} : { zone: opening.zone }),
      metering: opening.metering ?? null,
    });
  for (const carrier of carriers)
    if (!given.some((contract) => contract.kind === "clearing" && contract.carrier === carrier))
      contracts.push(clearingOf(carrier, from, opening.clearing?.[carrier] ?? {}));
  if (opening.participants !== undefined) {
    const known = new Set(given.map(contractKey));
    contracts.push(...openTerms(from).filter((contract) => !known.has(contractKey(contract))));
    for (const id of opening.participants) contracts.push({ kind: "participant", ...dated, id });
  }
  return contracts.concat(given.filter((contract) => contract !== own));
}

/** Standard terms under which every participant may offer and ask for anything of every carrier. */
export function openTerms(from: number): Contract[] {
  const dated = { version: 1, from: integer(0, Number.MAX_SAFE_INTEGER)(from, "from") };
  return carriers.flatMap((carrier): Contract[] => [
    { kind: "supply", ...dated, carrier, limit: maxQuantity, pool: {}, collateral: "0" },
    {
      kind: "use",
      ...dated,
      carrier,
      limit: maxQuantity,
      interruptible: 0,
      interruptionPrice: 0,
      import: true,
    },
  ]);
}
