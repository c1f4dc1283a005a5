/**
 * What members do in a period: what their devices, their converters and what was measured use and make, and what they
 * expect of it beforehand. Sun, wind and use stray from what was expected, plants do not.
 */
import { type Carrier, carriers, ppm } from "../units.js";
import type { Cast } from "./cast.js";
import type { History } from "./history.js";
import { HomeStores, type Needs } from "./homestores.js";
import type { Conversion, Member } from "./members/member.js";
import { meanOf } from "./prices.js";
import { fineScale } from "./scale.js";
import { startTime } from "./scenario.js";
import type { HourPrice } from "./world/appliances.js";
import { type Device, deviceCarrier, energyTicks, peakPower, power } from "./world/devices.js";
import { errorAt, shareExpected } from "./world/error.js";
import { coolingShare, heatDay, heatHour, heatPumpAt } from "./world/heat.js";
import type { Moment } from "./world/weather.js";

const hourMs = 3_600_000;
/** First of the streams of forecast errors, behind those of all members' readings. */
const errorStream = 200_000;

/** Code of the carrier that stores at home draw. */
export const electricity: number = carriers.indexOf("electricity");

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

/** A period of a run, as members live through it. */
export interface Period {
  readonly place: number;
  /** The moments that it is made of, each of them equally long, under each sky. */
  readonly moments: readonly (readonly Moment[])[];
  /** Its two ends in Unix time, and how many ticks of measured data make one of the run. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly unit: number;
  /** What is expected of sun and wind, under each sky, and of what a member uses, as shares of what comes. */
  readonly sun: readonly number[];
  readonly wind: readonly number[];
  readonly useOf: (member: Member, code: number) => number;
  /** What electricity is expected to cost at a moment's local hours, where somebody goes by that and it is known. */
  readonly pricesAt: (moment: Moment) => HourPrice | null;
}

export function periodAt(
  { scenario, scale }: Cast,
  place: number,
  moments: readonly (readonly Moment[])[],
  startMs: number,
  history: History | null,
): Period {
  const { seed, periodMs, forecast } = scenario;
  const lastsMs = forecast.hours * hourMs;
  const share = (deviation: number, stream: number): number =>
    deviation === 0
      ? 1
      : shareExpected(deviation, errorAt(seed, errorStream + stream, place * periodMs, lastsMs));
  const fromMs = startMs + place * periodMs;
  return {
    place,
    moments,
    fromMs,
    toMs: fromMs + periodMs,
    unit: fineScale.perKwh / scale.perKwh,
    sun: moments.map((_, sky) => share(forecast.weather, 2 * sky)),
    wind: moments.map((_, sky) => share(forecast.weather, 2 * sky + 1)),
    // Behind those of the skies, which are sixteen at most.
    pricesAt: scenario.control.appliances === "forecast" ? pricesOf(history, startMs) : () => null,
    useOf: (member, code) => share(forecast.load, 32 + carriers.length * member.number + code),
  };
}

/** What the blocks before let expect of the price of electricity, by the local hours of a moment's day. */
const pricesOf =
  (history: History | null, startMs: number) =>
  ({ timestampMs, quarter }: Moment): HourPrice | null => {
    if (history === null) return null;
    const { perDay } = history.prices.hours;
    // Hours are counted in elapsed time, however often clocks were changed since the run began.
    const elapsed = (timestampMs - startMs) / hourMs;
    const ahead = Math.floor(elapsed) - Math.floor(quarter / 4);
    const prices = history.prices.forecast(electricity, Math.floor(elapsed / 24));
    if (prices === null) return null;
    return (hour) => meanOf(prices[Math.floor(((((hour + ahead) % 24) + 24) % 24) * (perDay / 24))]!);
  };

/** What a member does in a period in ticks by carrier, used above zero and made below: in truth, and as it expects. */
export interface Doings {
  readonly actual: Float64Array;
  readonly expected: Float64Array;
  /** What its heat pump draws of electricity, in truth and as expected, and the heat that it makes in truth. */
  readonly pump: { actual: number; expected: number; heat: number };
}

export const noDoings = (): Doings => ({
  actual: new Float64Array(carriers.length),
  expected: new Float64Array(carriers.length),
  pump: { actual: 0, expected: 0, heat: 0 },
});

/** What a home needs of electricity in a period, its stores aside: in truth, or as it expects. */
export const needsOf = (doings: Doings, way: "actual" | "expected"): Needs => ({
  net: doings[way][electricity]!,
  heating: doings.pump[way],
  performance: doings.pump.actual > 0 ? doings.pump.heat / doings.pump.actual : 0,
});

/** What is expected of a device, as a share of what comes. */
function shareOf(device: Device, member: Member, period: Period, code: number): number {
  switch (device.kind) {
    case "photovoltaics":
      return period.sun[member.sky]!;
    case "wind":
      return period.wind[member.sky]!;
    case "plant":
      return 1;
    default:
      return period.useOf(member, code);
  }
}

/** What comes of an expectation, without sign no more than `most` or what comes. */
const within = (actual: number, share: number, most: number): number =>
  actual * Math.min(share, Math.max(most / Math.abs(actual), 1));

/** Adds what a member draws (above zero) and feeds in (below) at a moment to its sums by carrier, W. */
function addPower(
  { actual, expected, pump }: Doings,
  member: Member,
  moment: Moment,
  period: Period,
  seed: number,
): void {
  const priceOf = period.pricesAt(moment);
  for (const device of member.devices) {
    const code = carriers.indexOf(deviceCarrier(device));
    const watts = power(device, moment, seed, member.number, priceOf);
    if (watts === 0) continue;
    const share = shareOf(device, member, period, code);
    actual[code]! += watts;
    const before = share === 1 ? watts : within(watts, share, peakPower(device));
    expected[code]! += before;
    if (member.tank === null || device.kind !== "heating") continue;
    pump.actual += watts;
    pump.expected += before;
    pump.heat += watts * heatPumpAt(moment.temperature);
  }
  const { converter } = member;
  if (converter === null) return;
  const add = (carrier: Carrier, watts: number): void => {
    for (const sums of [actual, expected]) sums[carriers.indexOf(carrier)]! += watts;
  };
  const watts = converter.watts * load(converter, moment);
  add(converter.input, watts);
  for (const output of converter.outputs) add(output.carrier, (-watts * output.ratio) / ppm);
}

/** Adds what was measured of a carrier at a member's meter in a period, in quantity ticks. */
function addMeasured({ actual, expected }: Doings, member: Member, period: Period, code: number): void {
  const { fromMs, toMs, unit } = period;
  for (const { carrier, series } of member.measured) {
    if (carrier !== carriers[code]) continue;
    const ticks = series.between(fromMs, toMs, unit);
    if (ticks === 0) continue;
    const [share, peak] =
      ticks > 0
        ? [period.useOf(member, code), series.peaks.use]
        : [period.sun[member.sky]!, series.peaks.supply];
    const most = energyTicks(peak, toMs - fromMs, fineScale.perKwh / unit);
    actual[code]! += ticks;
    expected[code]! += share === 1 ? ticks : Math.round(within(ticks, share, most));
  }
}

/** Leaves in `doings` what a member does in a period. */
export function live(doings: Doings, { scenario, scale }: Cast, member: Member, period: Period): void {
  const { seed, periodMs } = scenario;
  const own = period.moments[member.sky]!;
  const { actual, expected, pump } = doings;
  actual.fill(0);
  expected.fill(0);
  Object.assign(pump, { actual: 0, expected: 0, heat: 0 });
  for (const moment of own) addPower(doings, member, moment, period, seed);
  const ticks = (watts: number): number => energyTicks(watts / own.length, periodMs, scale.perKwh);
  pump.heat *= pump.actual === 0 ? 0 : ticks(pump.actual) / pump.actual;
  Object.assign(pump, { actual: ticks(pump.actual), expected: ticks(pump.expected) });
  for (const code of carriers.keys()) {
    for (const sums of [actual, expected]) sums[code] = ticks(sums[code]!);
    addMeasured(doings, member, period, code);
  }
}

/** The stores of a community at home, each of which serves what the weather and its home leave it. */
export function openHomeStores(
  cast: Cast,
  momentsAt: (place: number) => Moment[][],
  history: History | null,
): HomeStores {
  const doings = noDoings();
  const startMs = startTime(cast.scenario);
  return new HomeStores({
    periodMs: cast.scenario.periodMs,
    perKwh: cast.scale.perKwh,
    members: cast.members,
    needsAt: (place) => {
      const period = periodAt(cast, place, momentsAt(place), startMs, history);
      return (member) => {
        live(doings, cast, member, period);
        return needsOf(doings, "actual");
      };
    },
  });
}
