/**
 * What orders are held against, in columns: the terms in force worked out by (participant, carrier) once, and again
 * after a contract has entered, so that an order costs a look into columns and none into contracts.
 */
import { carriers } from "../../units.js";
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
  /** By (participant, carrier): 1 where what is left of an offer may join the pool, and 1 where demand is imported. */
  readonly joinsPool: Uint8Array;
  readonly imports: Uint8Array;
  /**
   * By (participant, carrier): what a unit of open demand costs from the grid, at least 0; 0 where nothing is imported.
   */
  readonly importPrice: Float64Array;
  /** By carrier: the highest rate of commission, in ppm, that an offer and a bid may have to pay. */
  readonly offerRate: readonly number[];
  readonly bidRate: readonly number[];

  constructor(terms: Terms) {
    const { participants, clearing, payment } = terms;
    const slots = participants.length * carrierCount;
    this.registered = Uint8Array.from(participants, ({ contract }) => (contract === null ? 0 : 1));
    this.clears = clearing.map((contract) => contract !== null);
    this.offerLimit = new Uint32Array(slots);
    this.bidLimit = new Uint32Array(slots);
    this.joinsPool = new Uint8Array(slots);
    this.imports = new Uint8Array(slots);
    this.importPrice = new Float64Array(slots);
    const retail = carriers.map((carrier, code) =>
      clearing[code]?.import === true ? Math.max(0, payment?.tariffs[carrier].retail ?? 0) : 0,
    );
    for (let slot = 0; slot < slots; slot += 1) {
      const [supply, use] = [terms.supply.of(slot), terms.use.of(slot)];
      this.offerLimit[slot] = supply?.limit ?? 0;
      this.bidLimit[slot] = use?.limit ?? 0;
      this.joinsPool[slot] = supply?.pool === true ? 1 : 0;
      if (use?.import !== true) continue;
      this.imports[slot] = 1;
      this.importPrice[slot] = retail[slot % carrierCount]!;
    }
    const highest = (side: "supply" | "use"): number[] =>
      carriers.map((carrier) =>
        (payment?.tariffs[carrier].commission ?? []).reduce((rate, tier) => Math.max(rate, tier[side]), 0),
      );
    this.offerRate = highest("supply");
    this.bidRate = highest("use");
  }
}
