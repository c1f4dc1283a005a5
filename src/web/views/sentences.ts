/** The walk in sentences: one step at a time, in plain language. */
import { energy, plural, price as priceText } from "../format.js";
import type { Step, Walk, WalkRules } from "../worker/explain.js";

/** What a sentence needs beside its step: who the orders belong to, and by which rules. */
export interface Cast {
  /** Sellers, with the stores behind them. */
  readonly offerNames: readonly string[];
  /** How many of them are sellers. */
  readonly sellers: number;
  readonly bidNames: readonly string[];
  /** Price limits by order, in price ticks. */
  readonly offerPrices: readonly number[];
  readonly bidPrices: readonly number[];
  /** Whether contracts let what is left of offers join the pool, and the limits of orders there. */
  readonly consents: readonly boolean[];
  readonly offerPoolLimits: readonly number[];
  readonly bidPoolLimits: readonly number[];
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
    return "Phase B, led by buyers. Both sides line up again with what they have left. Now each buyer in turn picks a seller whose rest it can use up.";
  return step.cycle === 1
    ? "Phase A, led by sellers. Sellers line up by quantity × price, smallest first; buyers by quantity × price, largest first. Each seller in turn picks a buyer it can supply completely."
    : `Round ${step.cycle}, phase A. Everyone with something left lines up again, and sellers choose first.`;
}

const numbers = [
  "no",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
];
const inWords = (count: number): string => numbers[count] ?? String(count);
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Why those ahead in the queue were passed over: too large, no agreement, or some of each. */
function passedSentence(step: Step, cast: Cast): string {
  if (step.passed.length === 0) return "";
  const sellersLead = step.phase === "A";
  const one = step.passed.length === 1;
  const who = sellersLead ? (one ? "buyer" : "buyers") : one ? "seller" : "sellers";
  const agrees = (index: number): boolean => {
    const [offer, bid] = sellersLead ? [step.offer, index] : [index, step.bid];
    return cast.bidPrices[bid]! >= cast.offerPrices[offer]!;
  };
  const dear = sellersLead ? "offered too little" : "asked too much";
  const large = sellersLead ? "wanted too much" : "had too much left";
  const agreed = step.passed.filter(agrees).length;
  const why = agreed === 0 ? dear : agreed === step.passed.length ? large : `${large} or ${dear}`;
  return ` ${capital(inWords(step.passed.length))} ${who} ahead ${why}.`;
}

/** Whose price it is, after the price itself. */
function ownerOfPrice(step: Step, cast: Cast): string {
  if (cast.rules.pricing === "blend") return ", between their two limits";
  return step.phase === "A" ? ", the buyer’s price" : ", the seller’s price";
}

function tradeSentence(step: Step, cast: Cast): string {
  const offer = cast.offerNames[step.offer]!;
  const bid = cast.bidNames[step.bid]!;
  const at = `${energy(step.quantity)} at ${each(step.price)}${ownerOfPrice(step, cast)}`;
  if (step.phase === "merit") {
    const deal = cast.rules.pricing === "blend" ? at : energy(step.quantity);
    return `${offer} and ${bid} are at the front and agree: ${deal}.`;
  }
  return step.phase === "A"
    ? `${offer} sells ${bid} all it wants: ${at}.${passedSentence(step, cast)}`
    : `${bid} buys all that ${offer} has left: ${at}.${passedSentence(step, cast)}`;
}

function passSentence(step: Step, cast: Cast): string {
  const names = step.idle.map((index) => (step.phase === "A" ? cast.offerNames : cast.bidNames)[index]!);
  return step.phase === "A"
    ? `${list(names)}: no buyer that can be supplied completely and pays enough. Next.`
    : `${list(names)}: no seller whose whole rest fits at a price they would pay. Next.`;
}

/** Who stays out of the pool, and why: each says which of the two reasons is its own. */
function outsideSentences(step: Step, cast: Cast): string[] {
  const paid = cast.rules.pool!.purchasePrice;
  const barred = step.idle.filter((index) => !cast.consents[index]);
  const refuses = step.idle.filter((index) => cast.consents[index]);
  const said: string[] = [];
  if (refuses.length > 0) {
    const asks = refuses.map((index) => priceText(cast.offerPoolLimits[index]!));
    const names = list(refuses.map((index) => cast.offerNames[index]!));
    const lone = refuses.length === 1;
    said.push(
      `${names} ${lone ? "stays" : "stay"} out: ${lone ? "its contract asks" : "their contracts ask"} ${list(asks)}, the pool pays ${priceText(paid)}.`,
    );
  }
  if (barred.length > 0)
    said.push(
      `${list(barred.map((index) => cast.offerNames[index]!))} ${barred.length === 1 ? "stays" : "stay"} out: the contract keeps what is left from the pool.`,
    );
  return said;
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
      `What ${names(sellers)} still ${sellers.length === 1 ? "has" : "have"}, ${left(sellers)}, joins the pool, which sells at ${each(step.price)} and pays ${priceText(cast.rules.pool!.purchasePrice)} for what it sells.`,
    );
  if (stores.length > 0)
    parts.push(
      `${names(stores)} ${stores.length === 1 ? "adds" : "add"} ${left(stores)} at ${stores.length === 1 ? "its" : "their"} own price.`,
    );
  const more = step.bids.filter((index) => cast.bidPoolLimits[index]! > cast.bidPrices[index]!);
  if (more.length > 0)
    parts.push(
      `Buyers who would get the rest from the grid pay up to ${priceText(Math.max(...more.map((index) => cast.bidPoolLimits[index]!)))} here, what the grid asks.`,
    );
  return [...parts, ...outsideSentences(step, cast)].join(" ");
}

function saleSentence(step: Step, cast: Cast): string {
  const [seller, buyer] = [cast.offerNames[step.offer]!, cast.bidNames[step.bid]!];
  const deal = `${buyer} buys ${energy(step.quantity)}`;
  return step.offer < cast.sellers
    ? `${deal} that ${seller} left in the pool, at ${each(step.price)}; ${seller} gets ${each(cast.rules.pool!.purchasePrice)}.`
    : `${deal} from ${seller}, at ${each(step.price)}.`;
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
      return saleSentence(step, cast);
    case "end": {
      const direct = total(walk.trades.map((trade) => trade.quantity));
      const pooled = total(walk.poolTrades.map((trade) => trade.quantity));
      return `The period is closed: ${energy(direct)} traded directly in ${plural(walk.trades.length, "trade")}, ${energy(pooled)} through the pool, ${energy(total(step.offerLeft.slice(0, cast.sellers)))} not sold, ${energy(total(step.bidLeft))} not served.`;
    }
  }
}
