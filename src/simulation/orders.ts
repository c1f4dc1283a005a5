import type { OrderBatch } from "../market/market.js";
import { carriers, maxQuantity, ppm } from "../units.js";
import { type Conversion, type Member, reach } from "./members/member.js";
import { bidLimit, offerLimit } from "./members/strategy.js";
import type { Scenario } from "./scenario.js";
import { deviceCarrier, energyTicks, power } from "./world/devices.js";
import { coolingShare, heatDay, heatHour } from "./world/heat.js";
import { draw, uniform } from "./world/random.js";
import type { Moment } from "./world/weather.js";

const orderStream = 5_000;
const headroom = 1.2;

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

/**
 * The orders of one period, in order of arrival: everybody's forecast of what they will use or make, at the price
 * that their strategy finds. At most one order for each participant and carrier; the arrays are fresh.
 *
 * @param place the period's place in the run, from 0
 */
export function periodOrders(
  scenario: Scenario,
  members: readonly Member[],
  moment: Moment,
  place: number,
): OrderBatch {
  const most = members.length * carriers.length;
  const participant = new Uint32Array(most);
  const carrier = new Uint8Array(most);
  const side = new Uint8Array(most);
  const quantity = new Uint32Array(most);
  const price = new Int32Array(most);
  let count = 0;
  const net = new Float64Array(carriers.length);
  // Somebody else is first each time.
  const first = members.length === 0 ? 0 : draw(scenario.seed, orderStream, place) % members.length;
  for (let step = 0; step < members.length; step++) {
    const member = members[(first + step) % members.length]!;
    net.fill(0);
    for (const device of member.devices)
      net[carriers.indexOf(deviceCarrier(device))]! += power(device, moment, scenario.seed, member.number);
    if (member.converter !== null) {
      const watts = member.converter.watts * load(member.converter, moment);
      net[carriers.indexOf(member.converter.input)]! += watts;
      for (const output of member.converter.outputs)
        net[carriers.indexOf(output.carrier)]! -= (watts * output.ratio) / ppm;
    }
    for (const [code, name] of carriers.entries()) {
      const ticks = energyTicks(net[code]!, scenario.periodMs);
      if (ticks === 0) continue;
      const luck = uniform(scenario.seed, orderStream + 1 + member.number, place, code);
      participant[count] = member.number;
      carrier[count] = code;
      side[count] = ticks > 0 ? 1 : 0;
      quantity[count] = Math.min(Math.abs(ticks), limitOf(member, code, ticks > 0, scenario.periodMs));
      price[count] =
        ticks > 0 ? bidLimit(member, name, scenario, luck) : offerLimit(member, name, scenario, luck);
      if (quantity[count]! > 0) count += 1;
    }
  }
  return {
    participant: participant.slice(0, count),
    carrier: carrier.slice(0, count),
    side: side.slice(0, count),
    quantity: quantity.slice(0, count),
    price: price.slice(0, count),
  };
}

const limits = new WeakMap<Member, Float64Array>();

/** Most a member orders of a carrier in a period: what its devices reach and a little. */
function limitOf(member: Member, code: number, use: boolean, periodMs: number): number {
  let known = limits.get(member);
  if (known === undefined) {
    known = new Float64Array(2 * carriers.length);
    for (const [index, name] of carriers.entries()) {
      const watts = reach(member, name);
      known[2 * index] = watts.supply * headroom;
      known[2 * index + 1] = watts.use * headroom;
    }
    limits.set(member, known);
  }
  return Math.min(energyTicks(known[2 * code + (use ? 1 : 0)]!, periodMs), maxQuantity);
}
