/** What a block says that every meter should have shown: the truth from which simulated readings stray. */
import type { Block } from "../ledger/format/block.js";
import { flowCode, sideCode } from "../ledger/format/records.js";
import { carriers } from "../units.js";
import { readRecords } from "./records.js";

/** What every meter should have shown in a period, by participant × 4 + carrier. */
export interface Deliveries {
  /** Quantity ticks drawn and fed in. */
  readonly in: Float64Array;
  readonly out: Float64Array;
  /** 1 where the participant had an order or moved energy, and at each meter that is shared: a reading is due. */
  readonly due: Uint8Array;
}

/**
 * What a meter shows beside what was traded. Whoever is served draws what it needs and not what it ordered; what was
 * called off or not served did not flow. Sun and wind feed in all they make (`nature`), a plant what it sold as far as
 * it can (`plant`), a converter what it traded (`trades`). Where a carrier is shared there are no orders, and a meter
 * shows what was used and made, or that nothing was (`meter`).
 */
export type Follows = "nature" | "plant" | "trades" | "meter";

/** Flows of storage devices, whose owners' meters show them too. */
const isStorage: ReadonlySet<number> = new Set([flowCode.charged, flowCode.gridCharged, flowCode.discharged]);

/** What stood behind the orders of a period: what each slot will use (above zero) or make (below). */
export interface Truth {
  readonly meant: Float64Array;
  readonly follows: readonly Follows[];
}

/**
 * Adds up one block's trades and flows by meter.
 *
 * @param participants how many there are
 * @param owners participant number of the owner of each storage device, −1 for the platform's own
 * @param truth what stood behind the orders; null: exactly what was traded
 */
export function deliveriesOf(
  block: Block,
  participants: number,
  owners: readonly number[],
  truth: Truth | null = null,
): Deliveries {
  const slots = participants * carriers.length;
  const taken = new Float64Array(slots);
  const given = new Float64Array(slots);
  const ordered = new Float64Array(slots);
  const asked = new Float64Array(slots);
  // Apart from what members use and make by themselves: what their stores and cars draw and give.
  const drawn = new Float64Array(slots);
  const delivered = new Float64Array(slots);
  readRecords(block, {
    order: ({ slot, side, quantity }) => {
      ordered[slot] = quantity;
      asked[slot] = side === sideCode.bid ? quantity : 0;
    },
    trade: ({ quantity, seller, buyer }) => {
      if (buyer >= 0) taken[buyer]! += quantity;
      if (seller >= 0) given[seller]! += quantity;
    },
    flow: ({ kind, carrier, party, quantity }) => {
      const slot = party * carriers.length + carrier;
      if (kind === flowCode.imported) taken[slot]! += quantity;
      else if (kind === flowCode.stored || kind === flowCode.exported) given[slot]! += quantity;
      else if (isStorage.has(kind)) {
        const owner = owners[party] ?? -1;
        if (owner < 0) return;
        const side = kind === flowCode.discharged ? delivered : drawn;
        side[owner * carriers.length + carrier]! += quantity;
      }
    },
  });
  if (truth !== null) follow(truth, { taken, given, asked });
  for (let slot = 0; slot < slots; slot++) {
    taken[slot]! += drawn[slot]!;
    given[slot]! += delivered[slot]!;
  }
  const due = new Uint8Array(slots);
  for (let slot = 0; slot < slots; slot++)
    if (ordered[slot]! > 0 || taken[slot]! > 0 || given[slot]! > 0 || truth?.follows[slot] === "meter")
      due[slot] = 1;
  return { in: taken, out: given, due };
}

/** Turns what was traded into what flowed. */
function follow(
  { meant, follows }: Truth,
  { taken, given, asked }: { taken: Float64Array; given: Float64Array; asked: Float64Array },
): void {
  for (let slot = 0; slot < meant.length; slot++) {
    const wanted = meant[slot]!;
    if (follows[slot] === "trades") continue;
    const [use, supply] = [Math.max(wanted, 0), Math.max(-wanted, 0)];
    if (follows[slot] === "meter") {
      taken[slot] = use;
      given[slot] = supply;
      continue;
    }
    // Who makes more than it uses draws nothing, whatever it bought. Who uses draws what it did not ask for all the
    // same, but not what it asked for and did not get.
    taken[slot] = Math.min(use, taken[slot]! + Math.max(use - asked[slot]!, 0));
    given[slot] = follows[slot] === "nature" ? supply : Math.min(given[slot]!, supply);
  }
}
