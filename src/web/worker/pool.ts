/** The pool of a carrier: what its buyers pay, and what its sellers get. */
import type { Carrier } from "../../units.js";
import type { Settings } from "../settings/settings.js";
import { tariffs } from "../tariffs.js";
import type { WalkRules } from "./explain.js";

/** The pool that sells at `price`, in price ticks. */
export const poolAt = (
  price: number,
  carrier: Carrier,
  lots: Settings["lots"],
): NonNullable<WalkRules["pool"]> => ({
  price,
  // Sellers get half more than the grid pays them, and never more than the buyers pay.
  purchasePrice: Math.min(price, Math.round(tariffs[carrier].feedIn * 1.5)),
  lots,
});
