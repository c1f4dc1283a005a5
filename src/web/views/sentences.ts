/** The walk in sentences: one step at a time, in plain language. */
import { count, energy, price as priceText } from "../format.js";
import { counted, t } from "../say.js";
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
  if (names.length === 2) return t`${first} and ${second}`;
  return t`${first}, ${second} and ${names.length - 2} more`;
}

const each = (price: number): string => t`${priceText(price)} per kWh`;

function queueSentence(step: Step): string {
  if (step.phase === "merit")
    return t`Merit order: sellers line up from the lowest price, buyers from the highest. The two at the front trade for as long as the buyer pays at least what the seller asks.`;
  if (step.phase === "B")
    return t`Phase B, led by buyers. Both sides line up again with what they have left. Now each buyer in turn picks a seller whose rest it can use up.`;
  return step.cycle === 1
    ? t`Phase A, led by sellers. Sellers line up by quantity × price, smallest first; buyers by quantity × price, largest first. Each seller in turn picks a buyer it can supply completely.`
    : t`Round ${step.cycle}, phase A. Everyone with something left lines up again, and sellers choose first.`;
}

/** Two to twelve, as a sentence begins with them. */
const numbers = [
  t`Two`,
  t`Three`,
  t`Four`,
  t`Five`,
  t`Six`,
  t`Seven`,
  t`Eight`,
  t`Nine`,
  t`Ten`,
  t`Eleven`,
  t`Twelve`,
];
const inWords = (value: number): string => numbers[value - 2] ?? count(value);

/** Why those ahead in the queue were passed over: too large, no agreement, or some of each. */
function passedSentences(step: Step, cast: Cast): string[] {
  const { length } = step.passed;
  if (length === 0) return [];
  const sellersLead = step.phase === "A";
  const agrees = (index: number): boolean => {
    const [offer, bid] = sellersLead ? [step.offer, index] : [index, step.bid];
    return cast.bidPrices[bid]! >= cast.offerPrices[offer]!;
  };
  const agreed = step.passed.filter(agrees).length;
  const all = inWords(length);
  const [dear, large, both] = sellersLead
    ? [
        counted(length, t`One buyer ahead offered too little.`, t`${all} buyers ahead offered too little.`),
        counted(length, t`One buyer ahead wanted too much.`, t`${all} buyers ahead wanted too much.`),
        t`${all} buyers ahead wanted too much or offered too little.`,
      ]
    : [
        counted(length, t`One seller ahead asked too much.`, t`${all} sellers ahead asked too much.`),
        counted(length, t`One seller ahead had too much left.`, t`${all} sellers ahead had too much left.`),
        t`${all} sellers ahead had too much left or asked too much.`,
      ];
  return [agreed === 0 ? dear! : agreed === length ? large! : both!];
}

/** The deal of a trade, with whose price it is. */
function dealSentence(step: Step, cast: Cast): string {
  const [offer, bid] = [cast.offerNames[step.offer]!, cast.bidNames[step.bid]!];
  const [much, at] = [energy(step.quantity), each(step.price)];
  const between = cast.rules.pricing === "blend";
  if (step.phase === "merit")
    return between
      ? t`${offer} and ${bid} are at the front and agree: ${much} at ${at}, between their two limits.`
      : t`${offer} and ${bid} are at the front and agree: ${much}.`;
  if (step.phase === "A")
    return between
      ? t`${offer} sells ${bid} all it wants: ${much} at ${at}, between their two limits.`
      : t`${offer} sells ${bid} all it wants: ${much} at ${at}, the buyer’s price.`;
  return between
    ? t`${bid} buys all that ${offer} has left: ${much} at ${at}, between their two limits.`
    : t`${bid} buys all that ${offer} has left: ${much} at ${at}, the seller’s price.`;
}

const tradeSentence = (step: Step, cast: Cast): string =>
  [dealSentence(step, cast), ...(step.phase === "merit" ? [] : passedSentences(step, cast))].join(" ");

function passSentence(step: Step, cast: Cast): string {
  const names = list(
    step.idle.map((index) => (step.phase === "A" ? cast.offerNames : cast.bidNames)[index]!),
  );
  return step.phase === "A"
    ? t`${names}: no buyer that can be supplied completely and pays enough. Next.`
    : t`${names}: no seller whose whole rest fits at a price they would pay. Next.`;
}

/** Who stays out of the pool, and why: each says which of the two reasons is its own. */
function outsideSentences(step: Step, cast: Cast): string[] {
  const paid = priceText(cast.rules.pool!.purchasePrice);
  const barred = step.idle.filter((index) => !cast.consents[index]);
  const refuses = step.idle.filter((index) => cast.consents[index]);
  const names = (indices: readonly number[]): string => list(indices.map((index) => cast.offerNames[index]!));
  const asks = list(refuses.map((index) => priceText(cast.offerPoolLimits[index]!)));
  return [
    counted(
      refuses.length,
      t`${names(refuses)} stays out: its contract asks ${asks}, the pool pays ${paid}.`,
      t`${names(refuses)} stay out: their contracts ask ${asks}, the pool pays ${paid}.`,
      "",
    ),
    counted(
      barred.length,
      t`${names(barred)} stays out: the contract keeps what is left from the pool.`,
      t`${names(barred)} stay out: the contract keeps what is left from the pool.`,
      "",
    ),
  ].filter((text) => text !== "");
}

function joinSentence(step: Step, cast: Cast): string {
  const isSeller = (index: number): boolean => index < cast.sellers;
  const sellers = step.passed.filter(isSeller);
  const stores = step.passed.filter((index) => !isSeller(index));
  const left = (indices: readonly number[]): string =>
    energy(total(indices.map((index) => step.offerLeft[index]!)));
  const names = (indices: readonly number[]): string => list(indices.map((index) => cast.offerNames[index]!));
  const [sold, paid] = [each(step.price), priceText(cast.rules.pool!.purchasePrice)];
  const more = step.bids.filter((index) => cast.bidPoolLimits[index]! > cast.bidPrices[index]!);
  const most = priceText(Math.max(...more.map((index) => cast.bidPoolLimits[index]!), 0));
  return [
    t`Direct trading is over.`,
    counted(
      sellers.length,
      t`What ${names(sellers)} still has, ${left(sellers)}, joins the pool, which sells at ${sold} and pays ${paid} for what it sells.`,
      t`What ${names(sellers)} still have, ${left(sellers)}, joins the pool, which sells at ${sold} and pays ${paid} for what it sells.`,
      "",
    ),
    counted(
      stores.length,
      t`${names(stores)} adds ${left(stores)} at its own price.`,
      t`${names(stores)} add ${left(stores)} at their own price.`,
      "",
    ),
    more.length === 0
      ? ""
      : t`Buyers who would get the rest from the grid pay up to ${most} here, what the grid asks.`,
    ...outsideSentences(step, cast),
  ]
    .filter((text) => text !== "")
    .join(" ");
}

function saleSentence(step: Step, cast: Cast): string {
  const [seller, buyer] = [cast.offerNames[step.offer]!, cast.bidNames[step.bid]!];
  const [much, at] = [energy(step.quantity), each(step.price)];
  return step.offer < cast.sellers
    ? t`${buyer} buys ${much} that ${seller} left in the pool, at ${at}; ${seller} gets ${each(cast.rules.pool!.purchasePrice)}.`
    : t`${buyer} buys ${much} from ${seller}, at ${at}.`;
}

/** Who is there as the period begins. */
function startSentence(step: Step, cast: Cast): string {
  const offered = energy(total(step.offerLeft.slice(0, cast.sellers)));
  const asked = energy(total(step.bidLeft));
  const [sellers, buyers] = [cast.sellers, step.bidLeft.length];
  return [
    counted(sellers, t`1 seller offers ${offered}.`, t`${count(sellers)} sellers offer ${offered}.`),
    counted(buyers, t`1 buyer asks for ${asked}.`, t`${count(buyers)} buyers ask for ${asked}.`),
    t`In each block below, width is quantity and height is the price limit, so its area is quantity × price.`,
  ].join(" ");
}

/** What came of the period. */
function endSentence(step: Step, walk: Walk, cast: Cast): string {
  const direct = energy(total(walk.trades.map(({ quantity }) => quantity)));
  const pooled = energy(total(walk.poolTrades.map(({ quantity }) => quantity)));
  const idle = energy(total(step.offerLeft.slice(0, cast.sellers)));
  const unserved = energy(total(step.bidLeft));
  const { length } = walk.trades;
  return counted(
    length,
    t`The period is closed: ${direct} traded directly in 1 trade, ${pooled} through the pool, ${idle} not sold, ${unserved} not served.`,
    t`The period is closed: ${direct} traded directly in ${count(length)} trades, ${pooled} through the pool, ${idle} not sold, ${unserved} not served.`,
    t`The period is closed: nothing traded directly, ${pooled} through the pool, ${idle} not sold, ${unserved} not served.`,
  );
}

/** One step in plain language. */
export function sentence(step: Step, walk: Walk, cast: Cast): string {
  switch (step.kind) {
    case "start":
      return startSentence(step, cast);
    case "queue":
      return queueSentence(step);
    case "trade":
      return tradeSentence(step, cast);
    case "pass":
      return passSentence(step, cast);
    case "price":
      return t`The next seller asks more than the next buyer would pay, so trading stops. Everyone who traded gets the same price: ${each(step.price)}.`;
    case "join":
      return joinSentence(step, cast);
    case "sale":
      return saleSentence(step, cast);
    case "end":
      return endSentence(step, walk, cast);
  }
}
