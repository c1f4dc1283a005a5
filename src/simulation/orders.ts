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
import type { Strategy } from "./members/quote.js";
import { worthOf } from "./members/strategy.js";
import { startTime } from "./scenario.js";
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
  cast: Cast & { readonly strategy: Strategy; readonly stores: HomeStores },
  moments: readonly (readonly Moment[])[],
  place: number,
  history: History | null,
): Placed {
  const { scenario, members, strategy, stores } = cast;
  const { seed, periodMs } = scenario;
  const batch = emptyBatch(members.length * carriers.length);
  const meant = new Float64Array(members.length * carriers.length);
  let count = 0;
  const doings = noDoings();
  const { actual, expected } = doings;
  const period = periodAt(cast, place, moments, startTime(scenario), history);
  stores.goTo(place);
  // Rotates who orders first, so that no member always wins ties.
  const first = members.length === 0 ? 0 : draw(seed, orderStream, place) % members.length;
  for (let step = 0; step < members.length; step++) {
    const member = members[(first + step) % members.length]!;
    live(doings, cast, member, period);
    expected[electricity] = stores.expected(member, needsOf(doings, "expected"));
    actual[electricity] = stores.left(member, needsOf(doings, "actual"));
    for (const [code, carrier] of carriers.entries()) {
      meant[member.number * carriers.length + code] = actual[code]!;
      const ticks = expected[code]!;
      if (ticks === 0) continue;
      const quantity = Math.abs(ticks);
      if (quantity > maxQuantity)
        return fail("limit", `order of ${member.id}`, `at most ${maxQuantity} ticks`, quantity);
      const side = ticks > 0 ? "bid" : "offer";
      const luck = uniform(seed, orderStream + 1 + member.number, place, code);
      const tariff = scenario.tariffs[carrier];
      const answer = checkedAnswer(
        strategy({
          member,
          carrier,
          side,
          quantity,
          place,
          periodMs,
          tariff,
          worth: worthOf(member, carrier, side, scenario),
          last: history === null ? null : history.last(member.number, code, place),
          marketPrice: history === null ? null : history.price(code, place),
          luck,
        }),
        quantity,
      );
      if (answer === null) continue;
      batch.participant[count] = member.number;
      batch.carrier[count] = code;
      batch.side[count] = sideCode[side];
      batch.quantity[count] = answer.quantity;
      batch.price[count] = answer.price;
      count += 1;
    }
  }
  return { orders: firstOf(batch, count), meant };
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
