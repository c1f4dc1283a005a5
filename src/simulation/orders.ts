/** The orders of a community: what everybody expects to use or make in a period, at the price its strategy finds. */
import { copyOf } from "../bytes.js";
import { fail } from "../errors.js";
import { sideCode } from "../ledger/format/records.js";
import type { OrderBatch } from "../market/intake/request.js";
import { type Carrier, carriers, maxPrice, maxQuantity, minPrice, ppm } from "../units.js";
import { Batteries } from "./batteries.js";
import type { Cast } from "./cast.js";
import type { History } from "./history.js";
import type { Conversion, Member } from "./members/member.js";
import type { Strategy } from "./members/quote.js";
import { worthOf } from "./members/strategy.js";
import { fineScale } from "./scale.js";
import { startTime } from "./scenario.js";
import { deviceCarrier, energyTicks, power } from "./world/devices.js";
import { coolingShare, heatDay, heatHour } from "./world/heat.js";
import { draw, uniform } from "./world/random.js";
import type { Moment } from "./world/weather.js";

const orderStream = 5_000;

/** How much of its full load a converter wants to run at, 0 to 1. */
function load(converter: Conversion, moment: Moment): number {
  const hour = Math.floor(moment.quarter / 4) % 24;
  switch (converter.led) {
    case "heat": {
      const { meanTemperature } = moment;
      // The mean day of 8 °C is half load.
      const need = heatDay("flats", meanTemperature) * heatHour("flats", meanTemperature, hour) * 24;
      return Math.min(Math.max(need / 2, 0.1), 1);
    }
    case "cold":
      return Math.min(0.35 + 0.65 * coolingShare(moment.temperature), 1);
    case "evening":
      return hour >= 16 && hour < 23 && moment.sunAltitude < 15 ? 1 : 0;
  }
}

/** Adds what a member draws (above zero) and feeds in (below) at a moment to its sums by carrier, W. */
function addPower(sums: Float64Array, member: Member, moment: Moment, seed: number): void {
  for (const device of member.devices)
    sums[carriers.indexOf(deviceCarrier(device))]! += power(device, moment, seed, member.number);
  const { converter } = member;
  if (converter === null) return;
  const watts = converter.watts * load(converter, moment);
  sums[carriers.indexOf(converter.input)]! += watts;
  for (const output of converter.outputs)
    sums[carriers.indexOf(output.carrier)]! -= (watts * output.ratio) / ppm;
}

/** A period of a run, as members live through it. */
interface Period {
  readonly place: number;
  /** The moments that it is made of, each of them equally long, under each sky. */
  readonly moments: readonly (readonly Moment[])[];
  /** Its two ends in Unix time, and how many ticks of measured data make one of the run. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly unit: number;
}

function periodAt(
  { scenario, scale }: Cast,
  place: number,
  moments: readonly (readonly Moment[])[],
  startMs: number,
): Period {
  const fromMs = startMs + place * scenario.periodMs;
  return {
    place,
    moments,
    fromMs,
    toMs: fromMs + scenario.periodMs,
    unit: fineScale.perKwh / scale.perKwh,
  };
}

/** What was measured of a carrier at a member's meter in a period, in quantity ticks. */
function measuredTicks(member: Member, carrier: Carrier, { fromMs, toMs, unit }: Period): number {
  let ticks = 0;
  for (const measured of member.measured)
    if (measured.carrier === carrier) ticks += measured.series.between(fromMs, toMs, unit);
  return ticks;
}

/** Leaves in `ticks` what a member uses (above zero) and makes of each carrier in a period. */
function addTicks(ticks: Float64Array, { scenario, scale }: Cast, member: Member, period: Period): void {
  const { seed, periodMs } = scenario;
  const own = period.moments[member.sky]!;
  ticks.fill(0);
  for (const moment of own) addPower(ticks, member, moment, seed);
  for (const [code, carrier] of carriers.entries())
    ticks[code] =
      energyTicks(ticks[code]! / own.length, periodMs, scale.perKwh) + measuredTicks(member, carrier, period);
}

const electricity = carriers.indexOf("electricity");

/** The batteries of a community at home, each of which serves what the weather and its home leave it. */
export function openBatteries(cast: Cast, momentsAt: (place: number) => Moment[][]): Batteries {
  const ticks = new Float64Array(carriers.length);
  const startMs = startTime(cast.scenario);
  return new Batteries({
    periodMs: cast.scenario.periodMs,
    perKwh: cast.scale.perKwh,
    members: cast.members,
    netsAt: (place) => {
      const period = periodAt(cast, place, momentsAt(place), startMs);
      return (member) => {
        addTicks(ticks, cast, member, period);
        return ticks[electricity]!;
      };
    },
  });
}

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
  cast: Cast & { readonly strategy: Strategy; readonly batteries: Batteries },
  moments: readonly (readonly Moment[])[],
  place: number,
  history: History | null,
): Placed {
  const { scenario, members, strategy, batteries } = cast;
  const { seed, periodMs } = scenario;
  const batch = emptyBatch(members.length * carriers.length);
  const meant = new Float64Array(members.length * carriers.length);
  let count = 0;
  const sums = new Float64Array(carriers.length);
  const period = periodAt(cast, place, moments, startTime(scenario));
  batteries.goTo(place);
  // Rotates who orders first, so that no member always wins ties.
  const first = members.length === 0 ? 0 : draw(seed, orderStream, place) % members.length;
  for (let step = 0; step < members.length; step++) {
    const member = members[(first + step) % members.length]!;
    addTicks(sums, cast, member, period);
    sums[electricity] = batteries.left(member, sums[electricity]!);
    for (const [code, carrier] of carriers.entries()) {
      const ticks = sums[code]!;
      if (ticks === 0) continue;
      const quantity = Math.abs(ticks);
      if (quantity > maxQuantity)
        return fail("limit", `order of ${member.id}`, `at most ${maxQuantity} ticks`, quantity);
      const side = ticks > 0 ? "bid" : "offer";
      const luck = uniform(seed, orderStream + 1 + member.number, place, code);
      const tariff = scenario.tariffs[carrier];
      meant[member.number * carriers.length + code] = ticks;
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
