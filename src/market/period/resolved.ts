/**
 * What orders are held against, in columns: the terms in force worked out by (participant, carrier) once, and again
 * after a contract has entered, so that an order costs a look into columns and none into contracts.
 */
import { carriers, maxPrice } from "../../units.js";
import { carrierCount, type Terms } from "../contracts/terms.js";

/** Terms by number; to be read. */
export class ResolvedTerms {
  /** By participant: 1 while it is under contract. */
  readonly registered: Uint8Array;
  /** By carrier: whether it has a clearing contract. */
  readonly clears: readonly boolean[];
  /** By (participant, carrier): most that one offer and one bid may have, in quantity ticks; 0 without a contract. */
  readonly offerLimit: Uint32Array;
  readonly bidLimit: Uint32Array;
  /**
   * By (participant, carrier): the price from which on what is left of an offer may be sold outside scenario 1;
   * infinite where it may not, and not a number where the offer's limit says.
   */
  readonly poolFloor: Float64Array;
  /** By (participant, carrier): what a bid pays in the pool where that is more than its limit; else minus infinite. */
  readonly poolLimit: Float64Array;
  /** By (participant, carrier): 1 where demand is imported. */
  readonly imports: Uint8Array;
  /**
   * By (participant, carrier): what a unit of open demand costs from the grid, fees of areas on its way included, at
   * least 0; 0 where nothing is imported.
   */
  readonly importPrice: Float64Array;
  /** (participant, carrier), in that order, of whom a contract in force has a standing order. */
  readonly standing: readonly number[];
  /** By carrier: the highest rate of commission, in ppm, that an offer and a bid may have to pay. */
  readonly offerRate: readonly number[];
  readonly bidRate: readonly number[];

  constructor(terms: Terms) {
    const { participants, clearing, payment, tariffs } = terms;
    const slots = participants.length * carrierCount;
    this.registered = Uint8Array.from(participants, ({ contract }) => (contract === null ? 0 : 1));
    this.clears = clearing.map((contract) => contract !== null);
    this.offerLimit = new Uint32Array(slots);
    this.bidLimit = new Uint32Array(slots);
    this.poolFloor = new Float64Array(slots).fill(Number.POSITIVE_INFINITY);
    this.poolLimit = new Float64Array(slots).fill(Number.NEGATIVE_INFINITY);
    this.imports = new Uint8Array(slots);
    this.importPrice = new Float64Array(slots);
    const standing: number[] = [];
    const retail = carriers.map((carrier) => tariffs?.[carrier].retail ?? Number.NEGATIVE_INFINITY);
    const trees = carriers.map((_, code) => terms.areas.tree(code));
    for (let slot = 0; slot < slots; slot += 1) {
      // Nothing is taken from whoever is under contract no more, nor for it.
      if (this.registered[Math.floor(slot / carrierCount)] === 0) continue;
      const [supply, use] = [terms.supply.of(slot), terms.use.of(slot)];
      if (supply?.standing !== undefined || use?.standing !== undefined) standing.push(slot);
      this.offerLimit[slot] = supply?.limit ?? 0;
      this.bidLimit[slot] = use?.limit ?? 0;
      if (supply !== null && supply.pool !== false) this.poolFloor[slot] = supply.pool?.floor ?? Number.NaN;
      if (use === null) continue;
      const carrier = slot % carrierCount;
      // The tariff may be lower than when the contract was made.
      const most = use.import ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
      this.poolLimit[slot] = Math.min(use.poolLimit ?? most, retail[carrier]!);
      const fee = trees[carrier]!.pathFees[terms.areas.placeOf(terms.areaOf[slot]!)]!;
      // No record holds a higher price.
      if (!use.import || retail[carrier]! + fee > maxPrice) continue;
      this.imports[slot] = 1;
      if (clearing[carrier]?.import === true) this.importPrice[slot] = Math.max(0, retail[carrier]! + fee);
    }
    this.standing = standing;
    const highest = (side: "supply" | "use"): number[] =>
      carriers.map((carrier) =>
        (payment?.tariffs[carrier].commission ?? []).reduce((rate, tier) => Math.max(rate, tier[side]), 0),
      );
    this.offerRate = highest("supply");
    this.bidRate = highest("use");
  }

  /** The price from which on what is left of an offer with this limit may be sold outside scenario 1. */
  floorOf(slot: number, limit: number): number {
    const floor = this.poolFloor[slot]!;
    return Number.isNaN(floor) ? limit : floor;
  }
}
