/** What the contracts of a community say of orders in the pool, read from them as a market reads them. */
import { Accounts } from "../../market/books/accounts.js";
import { Journal } from "../../market/books/journal.js";
import { applyContract, contractKey } from "../../market/contracts/kinds.js";
import { carrierCount, Terms } from "../../market/contracts/terms.js";
import { ResolvedTerms } from "../../market/period/resolved.js";
import type { Community } from "../../simulation/community.js";
import { type Carrier, carriers, maxPrice } from "../../units.js";

/** An order, as far as its limit in the pool depends on it. */
interface Limited {
  /** Number of the participant whose order it is. */
  readonly participant: number;
  readonly sells: boolean;
  readonly price: number;
}

/** The limit of an order in the pool, in price ticks, and whether what is left of it may join; of a bid always true. */
export interface PoolLimit {
  readonly poolLimit: number;
  readonly consent: boolean;
}

/**
 * The limits in the pool that orders of a carrier have by the contracts in force at `place` of the run. No blocks are
 * needed: what depends on them is renewed in contracts of storage alone, which say nothing of orders.
 */
export function poolLimits(
  community: Community,
  carrier: Carrier,
  place: number,
): (order: Limited) => PoolLimit {
  const terms = new Terms();
  const accounts = new Accounts();
  const standing = { terms, accounts, charges: [] };
  const journal = new Journal(accounts, community.genesis);
  for (let at = -1; at <= place; at++)
    for (const contract of community.contracts(at))
      applyContract(contractKey(contract), contract, standing, journal);
  const resolved = new ResolvedTerms(terms);
  const code = carriers.indexOf(carrier);
  return ({ participant, sells, price }) => {
    const slot = participant * carrierCount + code;
    if (!sells) return { poolLimit: Math.max(resolved.poolLimit[slot]!, price), consent: true };
    const floor = resolved.floorOf(slot, price);
    return { poolLimit: Math.min(floor, maxPrice), consent: floor <= maxPrice };
  };
}
