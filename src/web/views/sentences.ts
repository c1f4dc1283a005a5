import { energy, plural, price as priceText } from "../format.js";
import type { Step, Walk, WalkRules } from "../worker/explain.js";

/** What a sentence needs beside its step: who the orders belong to, and by which rules. */
export interface Cast {
  /** Sellers, with the stores behind them. */
  readonly offerNames: readonly string[];
  /** How many of them are sellers. */
  readonly sellers: number;
  readonly bidNames: readonly string[];
  readonly rules: WalkRules;
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** `A`, `A and B`, `A, B and 3 more`. */
function list(names: readonly string[]): string {
  const [first = "", second = ""] = names;
  if (names.length <= 1) return first;
  if (names.length === 2) return `${first} and ${second}`;
  return `${first}, ${second} and ${names.length - 2} more`;
}

const each = (price: number): string => `${priceText(price)} per kWh`;

function queueSentence(step: Step): string {
  if (step.phase === "merit")
    return "Merit order: sellers line up from the lowest price, buyers from the highest. The two at the front trade for as long as the buyer pays at least what the seller asks.";
  if (step.phase === "B")
    return "Phase B, led by buyers. Both sides line up again with what they have left. Now each buyer in turn looks for sellers whose whole rest it can take.";
  return step.cycle === 1
    ? "Phase A, led by sellers. Sellers line up by quantity × price, smallest first; buyers by quantity × price, largest first. Each seller in turn looks for buyers it can serve whole."
    : `Round ${step.cycle}, phase A. Everyone with something left lines up again, sellers first to choose.`;
}

function tradeSentence(step: Step, cast: Cast): string {
  const offer = cast.offerNames[step.offer]!;
  const bid = cast.bidNames[step.bid]!;
  const how =
    cast.rules.pricing === "blend"
      ? "between their two limits"
      : step.phase === "A"
        ? "the buyer’s price"
        : "the seller’s price";
  const passed =
    step.passed.length === 0
      ? ""
      : ` after passing ${step.passed.length} that did not fit or would not agree`;
  if (step.phase === "merit") {
    const at = cast.rules.pricing === "blend" ? ` at ${each(step.price)}, ${how}` : "";
    return `${offer} and ${bid} are at the front and agree: ${energy(step.quantity)}${at}.`;
  }
  return step.phase === "A"
    ? `${offer} can serve ${bid} whole${passed}: ${energy(step.quantity)} at ${each(step.price)}, ${how}.`
    : `${bid} takes everything ${offer} has left${passed}: ${energy(step.quantity)} at ${each(step.price)}, ${how}.`;
}

function passSentence(step: Step, cast: Cast): string {
  const names = step.idle.map((index) => (step.phase === "A" ? cast.offerNames : cast.bidNames)[index]!);
  return step.phase === "A"
    ? `${list(names)}: no buyer here that can be served whole and pays enough. Next.`
    : `${list(names)}: no seller whose whole rest fits at a price they would pay. Next.`;
}

function joinSentence(step: Step, cast: Cast): string {
  const isSeller = (index: number): boolean => index < cast.sellers;
  const sellers = step.passed.filter(isSeller);
  const stores = step.passed.filter((index) => !isSeller(index));
  const left = (indices: readonly number[]): string =>
    energy(total(indices.map((index) => step.offerLeft[index]!)));
  const names = (indices: readonly number[]): string => list(indices.map((index) => cast.offerNames[index]!));
  const parts = ["Direct trading is over."];
  if (sellers.length > 0)
    parts.push(
      `What ${names(sellers)} still ${sellers.length === 1 ? "has" : "have"}, ${left(sellers)}, joins the pool at its fixed price of ${each(step.price)}.`,
    );
  if (stores.length > 0)
    parts.push(
      `${names(stores)} ${stores.length === 1 ? "adds" : "add"} ${left(stores)} at ${stores.length === 1 ? "its" : "their"} own price.`,
    );
  if (step.idle.length > 0)
    parts.push(
      `${names(step.idle)} ${step.idle.length === 1 ? "stays" : "stay"} out: the pool pays too little, or the contract says so.`,
    );
  return parts.join(" ");
}

/** One step in plain language. */
export function sentence(step: Step, walk: Walk, cast: Cast): string {
  switch (step.kind) {
    case "start":
      return `${plural(cast.sellers, "seller offers", "sellers offer")} ${energy(total(step.offerLeft.slice(0, cast.sellers)))}, ${plural(step.bidLeft.length, "buyer asks", "buyers ask")} for ${energy(total(step.bidLeft))}. In each block below, width is quantity and height is the price limit, so its area is quantity × price.`;
    case "queue":
      return queueSentence(step);
    case "trade":
      return tradeSentence(step, cast);
    case "pass":
      return passSentence(step, cast);
    case "price":
      return `The next seller asks more than the next buyer would pay, so trading stops. Everyone who traded gets the same price: ${each(step.price)}.`;
    case "join":
      return joinSentence(step, cast);
    case "sale":
      return `${cast.bidNames[step.bid]!} buys ${energy(step.quantity)} ${step.offer < cast.sellers ? `that ${cast.offerNames[step.offer]!} left in the pool` : `from ${cast.offerNames[step.offer]!}`}, at ${each(step.price)}.`;
    case "end": {
      const direct = total(walk.trades.map((trade) => trade.quantity));
      const pooled = total(walk.poolTrades.map((trade) => trade.quantity));
      return `The period is closed: ${energy(direct)} traded directly in ${plural(walk.trades.length, "trade")}, ${energy(pooled)} through the pool, ${energy(total(step.offerLeft.slice(0, cast.sellers)))} not sold, ${energy(total(step.bidLeft))} not served.`;
    }
  }
}
