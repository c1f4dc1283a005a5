/**
 * The contracts of a market, as they are written: types alone. What each kind does stands in `kinds.ts`, what they say
 * to people in docs/market.md.
 */
import type { Mechanism, Pricing, Ties } from "../../core/mechanisms.js";
import type { Tariff as MemberTariff } from "../../tariff/components.js";
import type { Zone } from "../../tariff/zone.js";
import type { Carrier } from "../../units.js";
import type { CommunityContract, Dated, MemberContract, ShareContract } from "./sharedcontracts.js";
import type { StandingOrder } from "./standingorder.js";
import type { Tariff } from "./tariffcontracts.js";

export type { PeriodTariff, Tariff } from "./tariffcontracts.js";

/**
 * The contracts of a market: plain data of integers and strings, recorded as canonical JSON in the block of the
 * period in which they start to hold (paper §4.2(1)). Quantities are quantity ticks, prices price ticks, shares and
 * rates parts in a million; a whole amount of money is a decimal string of amount ticks, because it may pass 2⁵³.
 */
export type Contract =
  | MarketContract
  | ParticipantContract
  | SupplyContract
  | UseContract
  | StorageContract
  | ConverterContract
  | AreaContract
  | LimitContract
  | ClearingContract
  | ShareContract
  | CommunityContract
  | MemberContract
  | PaymentContract
  | TariffContract
  | DepositContract
  | WithdrawalContract
  | EndContract;

/** What the market is: fixed by its first block, never amended. Its canonical JSON names the market. */
export interface MarketContract extends Dated {
  readonly kind: "market";
  readonly id: string;
  readonly currency: string;
  /** Decimal strings: the smallest step of a quantity and of a price. */
  readonly quantityTick: string;
  readonly priceTick: string;
  readonly periodMs: number;
  /** Orders, readings and contracts without a valid signature are refused. */
  readonly signed: boolean;
  /** Ed25519 public key of the platform, 64 hex digits. */
  readonly platformKey?: string;
  /**
   * Whether everybody may see the records of its blocks, or only whom each is about, and auditors. Left out: `open`.
   */
  readonly privacy?: "open" | "private";
  /**
   * Of a private market: the least number of members with an order of a carrier for which the header of a period says
   * the carrier's totals; left out: one is enough.
   */
  readonly leastMembers?: number;
  /** The order in which carriers clear within a period: a permutation of all four. */
  readonly order: readonly Carrier[];
}

/** Somebody who trades. The first participant registered has number 0. */
export interface ParticipantContract extends Dated {
  readonly kind: "participant";
  /** 1 to 64 printable characters. */
  readonly id: string;
  /** Ed25519 public key, 64 hex digits. */
  readonly key?: string;
  /** Ed25519 public key of the gateway that may sign batches for it, 64 hex digits. */
  readonly gateway?: string;
  /** The area it hangs in, by carrier; left out: the root, where the carrier has areas. */
  readonly areas?: { readonly [carrier in Carrier]?: string };
  /** The tariffs that it is billed by, by carrier; left out: none. */
  readonly tariffs?: { readonly [carrier in Carrier]?: string };
  /** How far its balance may go below zero, in amount ticks; null: without limit. Left out: the payment contract's. */
  readonly creditLimit?: string | null;
}

/**
 * What may be offered of a carrier: by one participant, or without `participant` the standard terms, which hold for
 * every participant while it has no supply contract of its own for the carrier.
 */
export interface SupplyContract extends Dated {
  readonly kind: "supply";
  /** Left out: standard terms. */
  readonly participant?: string;
  readonly carrier: Carrier;
  /** Most it may offer in a period. */
  readonly limit: number;
  /**
   * Whether what an offer has left after scenario 1 may be sold otherwise: into the pool, to stores, to the grid; and
   * at which price at least, whatever the offer's limit. Without a floor, or left out, that is the limit.
   */
  readonly pool?: false | { readonly floor?: number };
  /** Amount held back from its balance while the contract holds, in amount ticks; "0" in standard terms. */
  readonly collateral: string;
  /** What is offered in periods in which the participant orders nothing; not in standard terms. Left out: nothing. */
  readonly standing?: StandingOrder;
}

/**
 * What may be asked for of a carrier: by one participant, or without `participant` the standard terms, which hold for
 * every participant while it has no use contract of its own for the carrier.
 */
export interface UseContract extends Dated {
  readonly kind: "use";
  /** Left out: standard terms. */
  readonly participant?: string;
  readonly carrier: Carrier;
  /** Most it may ask for in a period. */
  readonly limit: number;
  /** Share of what it asks for that may be interrupted in a scarce period. */
  readonly interruptible: number;
  /** What it is paid per unit interrupted; not negative. */
  readonly interruptionPrice: number;
  /**
   * What it pays in the pool at most where that is more than the bid's limit; at most the retail tariff. Left out: the
   * retail tariff with `import`, because the energy would cost as much otherwise, and without it the limit alone.
   */
  readonly poolLimit?: number;
  /** Whether demand left open is imported at the retail tariff. */
  readonly import: boolean;
  /** What is asked for in periods in which the participant orders nothing; not in standard terms. Left out: nothing. */
  readonly standing?: StandingOrder;
}

/** A stay of a device that comes and goes, such as an electric car; periods are half-open, `plugIn … plugOut`. */
export interface Stay {
  readonly plugIn: number;
  readonly plugOut: number;
  /** State of charge owed at departure. */
  readonly required: number;
  /** Energy used since the last stay, taken from the state of charge on arrival. */
  readonly used: number;
}

/** A storage device. The first registered has number 0. */
export interface StorageContract extends Dated {
  readonly kind: "storage";
  readonly device: string;
  readonly carrier: Carrier;
  /** Owning participant; without one the platform owns it. */
  readonly owner?: string;
  /** The area it hangs in; left out: the root, where the carrier has areas. */
  readonly area?: string;
  readonly capacity: number;
  /** State of charge when first registered; an amendment leaves the present one, cut to the new capacity. */
  readonly charge: number;
  /** Most it draws, and most it delivers, in a period. */
  readonly chargeLimit: number;
  readonly dischargeLimit: number;
  readonly chargeEfficiency: number;
  readonly dischargeEfficiency: number;
  /** Share of the charge lost in each period. */
  readonly selfDischarge: number;
  /** What its owner pays per unit drawn from the pool. */
  readonly chargePrice: number;
  /** Price of the lot in which it offers what it can deliver; not negative. */
  readonly dischargePrice: number;
  /** When it is there, in order of time; without this, always. */
  readonly stays?: readonly Stay[];
}

/** Something that buys one carrier and offers another, such as a heat pump: its offer is bounded by what it bought. */
export interface ConverterContract extends Dated {
  readonly kind: "converter";
  readonly device: string;
  readonly participant: string;
  readonly input: Carrier;
  /** Must clear after `input`. */
  readonly output: Carrier;
  /** Output per unit of input; above 1 000 000 for a heat pump. */
  readonly ratio: number;
  /**
   * Whether its owner's bid for the input counts for no more than what a trial of the period sells of its outputs.
   * Left out: it does. False where the owner uses of the input itself, or fills stores with the output.
   */
  readonly linked?: boolean;
}

/**
 * An area of the network of one carrier: a street, a district, a town. The areas of a carrier make a tree; between an
 * area and its parent lies an edge, with limits on what crosses it in a period. The root has none of what an edge has.
 */
export interface AreaContract extends Dated, EdgeLimits {
  readonly kind: "area";
  readonly area: string;
  readonly carrier: Carrier;
  /** Left out: this is the root of the carrier's tree, of which there is one. */
  readonly parent?: string;
  /**
   * Price ticks for each unit that crosses the edge, either way; above 0 only where the carrier clears by `merit` with
   * `uniform` prices. Left out: 0.
   */
  readonly fee?: number;
  /** Share lost of what crosses the edge; at most a half. Left out: 0. */
  readonly loss?: number;
  /** Other limits from certain periods on, in order of time. */
  readonly limits?: readonly LimitStep[];
  /** Ed25519 public key of the grid operator, 64 hex digits: in a signed market its signals need its signature. */
  readonly operator?: string;
}

/** What an edge lets through in a period; null: no limit. */
interface EdgeLimits {
  /** Most that goes up to the parent, quantity ticks. Left out, in an area's contract: no limit. */
  readonly exportLimit?: number | null;
  /** Most that comes down from the parent, likewise. */
  readonly importLimit?: number | null;
}

/** Limits that hold from a period on, until the next step; one that is left out is the area's own. */
export interface LimitStep extends EdgeLimits {
  readonly from: number;
}

/**
 * A signal of the grid operator: limits of an area in the periods `from … until`, half-open, in the place of those that
 * the area's contract says. One that is left out is the contract's.
 */
export interface LimitContract extends Dated, EdgeLimits {
  readonly kind: "limit";
  readonly area: string;
  readonly until: number;
}

/**
 * By which rules a carrier clears, agreed and dated in the ledger, with every field said (docs/market.md names what
 * each switch does). `ClearingRules` are less and more: what the engine is asked for one clearing of columns,
 * everything optional, without ties and the steps after the pool, and with the commission, which in a market is the
 * tariff's.
 */
export interface ClearingContract extends Dated {
  readonly kind: "clearing";
  readonly carrier: Carrier;
  readonly mechanism: Mechanism;
  readonly pricing: Pricing;
  readonly k: number;
  readonly maxCycles: number;
  /**
   * How orders that the rules rank equal fare: by arrival, by a lottery anybody can recompute, or, with `uniform`
   * alone, sharing what is traded at their price.
   */
  readonly ties: Ties | "lottery";
  /** Scenario 2; null leaves it out. */
  readonly pool: {
    readonly price: number;
    /** What a seller gets at most for what is left of its offer; at most `price`. */
    readonly purchasePrice: number;
    readonly lots: "whole" | "divisible";
  } | null;
  readonly discharge: boolean;
  readonly charge: boolean;
  readonly export: boolean;
  readonly interrupt: boolean;
  readonly import: boolean;
}

/** How everything is paid. There is one in force at a time. */
export interface PaymentContract extends Dated {
  readonly kind: "payment";
  readonly currency: string;
  /**
   * How far a balance may go below zero where the participant's own contract says nothing, in amount ticks; null: no
   * limit.
   */
  readonly creditLimit: string | null;
  readonly tariffs: { readonly [carrier in Carrier]: Tariff };
  /** By whose clocks calendars in tariffs go; with a calendar there has to be one. */
  readonly zone?: Zone;
  /** Metering and settlement; null for a market without meters. */
  readonly metering: {
    /** Periods after a period's own, at least 1, in which its readings may come; then missing ones are estimated. */
    readonly window: number;
    /** Further periods in which a reading may be corrected. */
    readonly corrections: number;
    /** What a missing reading is taken to be: what was traded, nothing, or the meter's last reading. */
    readonly missing: "traded" | "zero" | "last";
    /** How what a side of trades did not deliver falls on them. Left out: trades are paid as traded. */
    readonly delivered?: "fifo" | "proportional";
  } | null;
}

/** A tariff of components, which participants name as theirs: what they are billed by (docs/tariffs.md). */
export interface TariffContract extends Dated, Omit<MemberTariff, "name"> {
  readonly kind: "tariff";
  readonly tariff: string;
}

/** Money that moves between a participant's account and the bank, once, when the contract enters. */
interface Transfer extends Dated {
  readonly participant: string;
  /** Amount ticks, above 0. */
  readonly amount: string;
  /** Tells transfers of one participant apart: each is carried out once. */
  readonly number: number;
}

/** Money paid into a participant's account. */
export interface DepositContract extends Transfer {
  readonly kind: "deposit";
}

/** Money paid out of a participant's account. */
export interface WithdrawalContract extends Transfer {
  readonly kind: "withdrawal";
}

/** Ends another contract: it no longer holds in `from`. */
export interface EndContract extends Dated {
  readonly kind: "end";
  /**
   * Key of the contract that ends, such as `supply/electricity/ann` or `supply/electricity` (docs/market.md lists the
   * keys).
   */
  readonly contract: string;
  /**
   * The platform ends it, which it may do with a participant's own supply and use contracts: both agreed to those.
   * Left out: whoever signs amendments of the contract.
   */
  readonly by?: "platform";
}
