/**
 * The orders of a community: what everybody expects to use or make in a period, at the price its strategy finds, and
 * what it will use and make in truth.
 */
import { copyOf } from "../bytes.js";
import { fail } from "../errors.js";
import { sideCode } from "../ledger/format/records.js";
import type { OrderBatch } from "../market/intake/request.js";
import { carriers, maxPrice, maxQuantity, minPrice } from "../units.js";
import type { Cast } from "./cast.js";
import { electricity, live, needsOf, noDoings, periodAt } from "./doings.js";
import type { History } from "./history.js";
import type { HomeStores } from "./homestores.js";
import type { Member } from "./members/member.js";
import { partOf } from "./members/names.js";
import type { Quote, Strategy } from "./members/quote.js";
import { worthOf } from "./members/strategy.js";
import { outsideAt } from "./outside.js";
import { isShared, startTime } from "./scenario.js";
import { draw, uniform } from "./world/random.js";
import type { Moment } from "./world/weather.js";

const orderStream = 5_000;

/** Columns of orders with room for `most`. */
const emptyBatch = (most: number): OrderBatch => ({
  participant: new Uint32Array(most),
  carrier: new Uint8Array(most),
  side: new Uint8Array(most),
  quantity: new Uint32Array(most),
  price: new Int32Array(most),
});

/** The first orders of a batch, in columns of their own. */
const firstOf = (batch: OrderBatch, count: number): OrderBatch => ({
  participant: batch.participant.slice(0, count),
  carrier: copyOf(batch.carrier, 0, count),
  side: copyOf(batch.side, 0, count),
  quantity: batch.quantity.slice(0, count),
  price: batch.price.slice(0, count),
});

/** Who orders in a run, and how. */
interface Ordering extends Cast {
  readonly strategy: Strategy;
  readonly stores: HomeStores;
  /** Everybody, with the names under which they take part (names.ts). */
  readonly people: ReadonlyMap<Member, readonly Member[]>;
}

/** The orders of a period and what stands behind them. */
export interface Placed {
  readonly orders: OrderBatch;
  /**
   * What each member will use (above zero) and make (below) in quantity ticks, by participant × 4 + carrier, whatever
   * it orders.
   */
  readonly meant: Float64Array;
}

/**
 * The orders of one period, in order of arrival, at most one for each participant and carrier, and what stands behind.
 * The arrays are fresh. Throws `invalid` when the strategy finds a price or a quantity that is none.
 *
 * @param moments the moments that the period is made of, each of them equally long, under each sky
 * @param place the period's place in the run, from 0
 * @param history the blocks before, for strategies that learn; null: nobody remembers any
 */
export function periodOrders(
  cast: Ordering,
  moments: readonly (readonly Moment[])[],
  place: number,
  history: History | null,
): Placed {
  const { scenario, members, stores } = cast;
  const { seed } = scenario;
  const batch = emptyBatch(members.length * carriers.length);
  const meant = new Float64Array(members.length * carriers.length);
  let count = 0;
  const doings = noDoings();
  const { actual, expected } = doings;
  const period = periodAt(cast, place, moments, startTime(scenario), history);
  stores.goTo(place);
  const people = [...cast.people];
  // Rotates who orders first, so that no member always wins ties.
  const first = people.length === 0 ? 0 : draw(seed, orderStream, place) % people.length;
  for (let step = 0; step < people.length; step++) {
    const [person, names] = people[(first + step) % people.length]!;
    live(doings, cast, person, period);
    expected[electricity] = stores.expected(person, needsOf(doings, "expected"));
    actual[electricity] = stores.left(person, needsOf(doings, "actual"));
    for (const code of carriers.keys())
      for (const [part, member] of names.entries()) {
        const takesNone = isShared(scenario.rules[carriers[code]!]);
        // A meter that is shared is one, however many names bid for its owner.
        const own = takesNone ? (part === 0 ? actual[code]! : 0) : partOf(actual[code]!, part, names.length);
        meant[member.number * carriers.length + code] = own;
        const ticks = partOf(expected[code]!, part, names.length);
        const order =
          ticks === 0 || takesNone ? null : orderOf(cast, { member, code, ticks, place }, history);
        if (order === null) continue;
        batch.participant[count] = member.number;
        batch.carrier[count] = code;
        batch.side[count] = sideCode[order.side];
        batch.quantity[count] = order.quantity;
        batch.price[count] = order.price;
        count += 1;
      }
  }
  return { orders: firstOf(batch, count), meant };
}

/** Somebody that expects to use (above zero) or make so much of a carrier in the period at a place. */
interface Wish {
  readonly member: Member;
  readonly code: number;
  readonly ticks: number;
  readonly place: number;
}

/** An order as its member's strategy makes it. */
type Order = Pick<Quote, "side" | "quantity"> & { readonly price: number };

/** The order that comes of a wish; null where the strategy wants none. */
function orderOf(
  { scenario, strategy }: Ordering,
  { member, code, ticks, place }: Wish,
  history: History | null,
): Order | null {
  const quantity = Math.abs(ticks);
  if (quantity > maxQuantity)
    return fail("limit", `order of ${member.id}`, `at most ${maxQuantity} ticks`, quantity);
  const carrier = carriers[code]!;
  const side = ticks > 0 ? "bid" : "offer";
  const outside = outsideAt(scenario, place);
  const answer = strategy({
    member,
    carrier,
    side,
    quantity,
    place,
    periodMs: scenario.periodMs,
    tariff: outside[carrier],
    worth: worthOf(member, carrier, side, outside),
    last: history === null ? null : history.last(member.number, code, place),
    marketPrice: history === null ? null : history.price(code, place),
    luck: uniform(scenario.seed, orderStream + 1 + member.number, place, code),
  });
  const found = checkedAnswer(answer, quantity);
  return found && { side, ...found };
}

function checkedAnswer(
  answer: ReturnType<Strategy>,
  meant: number,
): { readonly price: number; readonly quantity: number } | null {
  if (answer === null) return null;
  const { price, quantity } = typeof answer === "object" ? answer : { price: answer, quantity: meant };
  if (!Number.isInteger(price) || price < minPrice || price > maxPrice)
    return fail("invalid", "strategy", `whole price ticks from ${minPrice} to ${maxPrice}, or null`, price);
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > maxQuantity)
    return fail("invalid", "strategy", `a quantity of 1 to ${maxQuantity} ticks`, quantity);
  return { price, quantity };
}
