/**
 * What one participant of a market gains by lying, when all others tell the truth: its best answer among orders that
 * shade the price, hold energy back, ask for more than is needed, or stand under several names. A market alone, without
 * grid or meters: limits are what energy is worth, so that they bind.
 */
import type { Engine } from "../core/engine.js";
import type { MechanismRules } from "../core/mechanisms.js";
import { whole } from "../simulation/world/random.js";
import { type Estimate, estimate, quantile } from "./statistics.js";

export type Side = "seller" | "buyer";

/** What somebody truly has or needs (quantity ticks), and what a unit truly costs or is worth to it (price ticks). */
export interface Truth {
  readonly quantity: number;
  readonly price: number;
}

/** A market of people who tell the truth. */
export interface TrueMarket {
  readonly offers: readonly Truth[];
  readonly bids: readonly Truth[];
}

/** What the grid pays and asks, in price ticks: nobody's cost is below the one, nobody's value above the other. */
export const gridPrices = { feedIn: 82_000, retail: 520_000 } as const;

const firstStream = 700_000;
const [least, most] = [100_000, 2_000_000];

/** A market drawn from a seed: quantities of 0.1 to 2 kWh, costs and values anywhere between the grid's prices. */
export function drawMarket(seed: number, number: number, size: number): TrueMarket {
  const drawn = (side: number): Truth[] =>
    Array.from({ length: size }, (_, place) => ({
      quantity: whole(least, most, seed, firstStream + number, place, side),
      price: whole(gridPrices.feedIn, gridPrices.retail, seed, firstStream + number, place, side + 1),
    }));
  return { offers: drawn(0), bids: drawn(2) };
}

/** The lies that are tried, each by itself. */
export const attacks = ["shade", "withhold", "split", "splitShade", "order more"] as const;
export type Attack = (typeof attacks)[number];

const priceSteps = 40;
const quantitySteps = 20;
const mostNames = 5;

/** Somebody of a market, and what it could say in place of the truth. */
interface Liar {
  readonly side: Side;
  readonly truth: Truth;
}

const evenly = ({ quantity, price }: Truth, names: number): Truth[] =>
  Array.from({ length: names }, (_, place) => ({
    quantity: Math.floor(quantity / names) + (place < quantity % names ? 1 : 0),
    price,
  }));

/** The prices between the truth and the grid's price that is best for the liar, in equal steps, the truth left out. */
function shadedPrices({ side, truth }: Liar): number[] {
  const end = side === "buyer" ? gridPrices.feedIn : gridPrices.retail;
  return Array.from({ length: priceSteps }, (_, step) =>
    Math.round(truth.price + ((end - truth.price) * (step + 1)) / priceSteps),
  );
}

/** All orders that an attack may put in place of the true one. */
export function liesOf(attack: Attack, liar: Liar): readonly (readonly Truth[])[] {
  const { truth } = liar;
  const scaled = (factor: number): Truth[] => [
    { quantity: Math.max(Math.round(truth.quantity * factor), 1), price: truth.price },
  ];
  const steps = Array.from({ length: quantitySteps - 1 }, (_, step) => (step + 1) / quantitySteps);
  const names = Array.from({ length: mostNames - 1 }, (_, more) => more + 2);
  switch (attack) {
    case "shade":
      return shadedPrices(liar).map((price) => [{ ...truth, price }]);
    case "withhold":
      return steps.map((part) => scaled(1 - part));
    case "order more":
      return [...steps, 1].map((part) => scaled(1 + part));
    case "split":
      return names.map((count) => evenly(truth, count));
    case "splitShade":
      // All names at one price, or on a ladder from the truth down to it.
      return shadedPrices(liar).flatMap((price) =>
        names.flatMap((count) => [
          evenly({ ...truth, price }, count),
          evenly(truth, count).map(({ quantity }, place) => ({
            quantity,
            price: Math.round(truth.price + ((price - truth.price) * place) / (count - 1)),
          })),
        ]),
      );
  }
}

const columnsOf = (orders: readonly Truth[]) => ({
  quantity: Uint32Array.from(orders, ({ quantity }) => quantity),
  price: Int32Array.from(orders, ({ price }) => price),
});

/** What a side trades by the first orders of its column, in ticks: energy and money. */
interface Outcome {
  readonly quantity: number;
  readonly amount: number;
}

/** Clears a market in which somebody's orders stand first in their column. */
function outcomeOf(
  engine: Engine,
  rules: MechanismRules,
  { offers, bids }: TrueMarket,
  { side, names }: { readonly side: Side; readonly names: number },
): Outcome {
  const { trades } = engine.match({ offers: columnsOf(offers), bids: columnsOf(bids) }, rules);
  const who = side === "seller" ? trades.offer : trades.bid;
  let [quantity, amount] = [0, 0];
  for (let index = 0; index < trades.count; index++) {
    if (who[index]! >= names) continue;
    quantity += trades.quantity[index]!;
    amount += trades.quantity[index]! * trades.price[index]!;
  }
  return { quantity, amount };
}

/**
 * What an outcome is truly worth, in amount ticks. What is bought beyond the need goes back to the grid at its price,
 * what is sold and is not there comes from it at its own.
 */
function utilityOf({ side, truth }: Liar, { quantity, amount }: Outcome): number {
  const own = Math.min(quantity, truth.quantity);
  const beyond = quantity - own;
  return side === "buyer"
    ? own * truth.price + beyond * gridPrices.feedIn - amount
    : amount - own * truth.price - beyond * gridPrices.retail;
}

/** What the orders that stand in for the first order of a side are worth to who made them, in amount ticks. */
export function worthOfOrders(
  engine: Engine,
  rules: MechanismRules,
  market: TrueMarket,
  { side, orders }: { readonly side: Side; readonly orders: readonly Truth[] },
): number {
  const key = side === "seller" ? "offers" : "bids";
  const [truth, ...others] = market[key];
  const lied = { ...market, [key]: [...orders, ...others] };
  return utilityOf({ side, truth: truth! }, outcomeOf(engine, rules, lied, { side, names: orders.length }));
}

/** What telling the truth is worth in a market, and what the best answer of each attack is worth more, amount ticks. */
export interface Answered {
  readonly truthful: number;
  /** 0 where no lie pays. Of `splitShade`: more than shading alone. */
  readonly gains: { readonly [attack in Attack]: number };
}

/** The best answers of the first participant of a side. */
export function bestAnswers(engine: Engine, rules: MechanismRules, market: TrueMarket, side: Side): Answered {
  const [truth] = side === "seller" ? market.offers : market.bids;
  const liar: Liar = { side, truth: truth! };
  const worth = (orders: readonly Truth[]): number => worthOfOrders(engine, rules, market, { side, orders });
  const truthful = worth([liar.truth]);
  const best = (attack: Attack): number =>
    liesOf(attack, liar).reduce((found, orders) => Math.max(found, worth(orders) - truthful), 0);
  const shade = best("shade");
  return {
    truthful,
    gains: {
      shade,
      withhold: best("withhold"),
      split: best("split"),
      splitShade: Math.max(best("splitShade") - shade, 0),
      "order more": best("order more"),
    },
  };
}

/** What an attack brought over many markets. */
export interface AttackFigures {
  /** Gain as a percentage of what the truth was worth, over all markets together. */
  readonly gain: Estimate;
  /** Share of the markets in which it paid, in percent. */
  readonly pays: number;
}

/** The ratio of two sums in percent, with its interval by linearisation, as a ratio estimator's is in surveys. */
function ratio(parts: readonly number[], wholes: readonly number[]): Estimate {
  const count = parts.length;
  const mean = wholes.reduce((sum, each) => sum + each, 0) / count;
  const share = parts.reduce((sum, each) => sum + each, 0) / count / mean;
  const rest = parts.map((part, index) => part - share * wholes[index]!);
  const spread = Math.sqrt(rest.reduce((sum, each) => sum + each ** 2, 0) / (count - 1) / count) / mean;
  return { count, mean: 100 * share, half: count < 2 ? null : 100 * quantile(count - 1) * spread };
}

/** A study of lies: so many markets of so many on each side, drawn from a seed. */
export interface ManipulationPlan {
  readonly seed: number;
  readonly markets: number;
  /** Offers, and as many bids. */
  readonly size: number;
  readonly rules: MechanismRules;
  readonly side: Side;
}

/** What each attack brings the first participant of a side, over the markets of a plan. */
export function manipulation(
  engine: Engine,
  { seed, markets, size, rules, side }: ManipulationPlan,
): { readonly [attack in Attack]: AttackFigures } {
  const found = Array.from({ length: markets }, (_, number) =>
    bestAnswers(engine, rules, drawMarket(seed, number, size), side),
  );
  const truthful = found.map((each) => each.truthful);
  const figures = (attack: Attack): AttackFigures => {
    const gains = found.map((each) => each.gains[attack]);
    const paid = gains.filter((gain) => gain > 0).length;
    return { gain: ratio(gains, truthful), pays: (100 * paid) / markets };
  };
  return {
    shade: figures("shade"),
    withhold: figures("withhold"),
    split: figures("split"),
    splitShade: figures("splitShade"),
    "order more": figures("order more"),
  };
}

/** What a market came to in which nobody tells the truth any more. */
export interface Played {
  /** Share of the best welfare by true costs and values, in percent, and the mean price in price ticks. */
  readonly welfare: Estimate;
  readonly price: Estimate;
  /** What sellers have of the gain, in percent. */
  readonly sellers: Estimate;
}

/** Markets in which all shade as is best for them, in turn, so many rounds; in 0 rounds all tell the truth. */
export function played(
  engine: Engine,
  { seed, markets, size, rules }: Omit<ManipulationPlan, "side">,
  rounds: number,
): Played {
  const found = Array.from({ length: markets }, (_, number) => {
    const truth = drawMarket(seed, number, size);
    const said = { offers: [...truth.offers], bids: [...truth.bids] };
    for (let round = 0; round < rounds; round++)
      for (let place = 0; place < size; place++) {
        answer(engine, rules, { truth, said }, { side: "seller", place });
        answer(engine, rules, { truth, said }, { side: "buyer", place });
      }
    return sumsOf(engine, rules, truth, said);
  });
  const of = (value: (sums: (typeof found)[number]) => number): Estimate => estimate(found.map(value))!;
  return {
    welfare: of(({ welfare, best }) => (100 * welfare) / best),
    price: of(({ amount, quantity }) => amount / quantity),
    sellers: of(({ sellers, welfare }) => (100 * sellers) / welfare),
  };
}

/** What is true of a market, and what is said in it. */
interface Said {
  readonly truth: TrueMarket;
  readonly said: { readonly offers: Truth[]; readonly bids: Truth[] };
}

/** Lets one participant say what is best for it while the others say what they say. */
function answer(
  engine: Engine,
  rules: MechanismRules,
  { truth, said }: Said,
  { side, place }: { readonly side: Side; readonly place: number },
): void {
  const key = side === "seller" ? "offers" : "bids";
  const own = truth[key][place]!;
  const worthNow = (price: number): number => {
    const orders = said[key].map((order, index) => (index === place ? { ...own, price } : order));
    // Whose orders stand first in their column is what outcomes are asked of.
    const first = [orders[place]!, ...orders.filter((_, index) => index !== place)];
    const outcome = outcomeOf(engine, rules, { ...said, [key]: first }, { side, names: 1 });
    return utilityOf({ side, truth: own }, outcome);
  };
  let best = { price: said[key][place]!.price, worth: worthNow(said[key][place]!.price) };
  for (const price of [own.price, ...shadedPrices({ side, truth: own })]) {
    const worth = worthNow(price);
    if (worth > best.worth) best = { price, worth };
  }
  said[key][place] = { ...own, price: best.price };
}

/** What what is said comes to by what is true, in amount ticks. */
function sumsOf(engine: Engine, rules: MechanismRules, truth: TrueMarket, said: TrueMarket) {
  const sums = { welfare: 0, sellers: 0, quantity: 0, amount: 0, best: 0 };
  const traded = (orders: TrueMarket, with_: MechanismRules) =>
    engine.match({ offers: columnsOf(orders.offers), bids: columnsOf(orders.bids) }, with_).trades;
  const { count, ...trades } = traded(said, rules);
  for (let index = 0; index < count; index++) {
    const [quantity, price] = [trades.quantity[index]!, trades.price[index]!];
    const cost = truth.offers[trades.offer[index]!]!.price;
    sums.welfare += quantity * (truth.bids[trades.bid[index]!]!.price - cost);
    sums.sellers += quantity * (price - cost);
    sums.quantity += quantity;
    sums.amount += quantity * price;
  }
  const best = traded(truth, { mechanism: "merit", pricing: "uniform" });
  for (let index = 0; index < best.count; index++)
    sums.best +=
      best.quantity[index]! * (truth.bids[best.bid[index]!]!.price - truth.offers[best.offer[index]!]!.price);
  return sums;
}
