/** The devices behind a meter: what each uses or makes at a moment, and at most. */
import type { Carrier } from "../../units.js";
import { appliancePeak, appliancePower, type HourPrice } from "./appliances.js";
import { type Building, coolingShare, heatDay, heatHour, heatPumpAt } from "./heat.js";
import { solarPower, windPower } from "./machines.js";
import { normal, uniform } from "./random.js";
import { householdDay, quarterHours, type Shape } from "./shapes.js";
import type { Moment } from "./weather.js";

/** Something behind a participant's meter that uses or makes one carrier by itself. Powers are in W. */
export type Device =
  /** Electricity by a published profile; a single user strays from it as single users do. */
  | { readonly kind: "load"; readonly shape: Shape; readonly yearlyKwh: number }
  /** Electricity of a home's appliances whose run can wait. */
  | { readonly kind: "appliances"; readonly yearlyKwh: number }
  /** Space heat and hot water of a building, by temperature and hour; `dailyKwh` is a day of 8 °C. */
  | {
      readonly kind: "heating";
      readonly carrier: "heat" | "gas" | "electricity";
      readonly building: Building;
      readonly dailyKwh: number;
    }
  /** Cooling of a building; `watts` at 35 °C. */
  | { readonly kind: "cooling"; readonly carrier: "cold"; readonly watts: number }
  /** A process that runs through, with the weekly rhythm of a profile. */
  | { readonly kind: "process"; readonly carrier: Carrier; readonly shape: Shape; readonly watts: number }
  | { readonly kind: "photovoltaics"; readonly kilowatts: number; readonly plane: number }
  | { readonly kind: "wind"; readonly kilowatts: number }
  /** A plant that delivers whatever the hour, such as biomass. */
  | { readonly kind: "plant"; readonly carrier: Carrier; readonly watts: number };

const activityMs = 600_000;
const boilerEfficiency = 0.93;

/**
 * How busy a single user is beside the profile, which is the mean of many: a factor of mean 1 that changes every ten
 * minutes and glides between; most of the time little, sometimes a kettle or an oven.
 */
function activity(seed: number, member: number, timestampMs: number): number {
  const slot = timestampMs / activityMs;
  const left = Math.floor(slot);
  const share = slot - left;
  const at = (index: number): number => {
    const u = uniform(seed, member, index, 11);
    // Mean of 0.35 + 2.6 u³ over 0 ≤ u < 1 is 1.
    return 0.35 + 2.6 * u * u * u;
  };
  return at(left) * (1 - share) + at(left + 1) * share;
}

/** Value of a day's quarter hours at a moment, straight lines between their middles. */
function atQuarter(values: Float64Array, quarter: number): number {
  const place = quarter - 0.5 + 96;
  const left = Math.floor(place);
  const share = place - left;
  return values[left % 96]! * (1 - share) + values[(left + 1) % 96]! * share;
}

/** The carrier that a device uses or makes. */
export function deviceCarrier(device: Device): Carrier {
  switch (device.kind) {
    case "load":
    case "appliances":
    case "photovoltaics":
    case "wind":
      return "electricity";
    default:
      return device.carrier;
  }
}

/**
 * Power of a device at a moment in W: what it uses above zero, what it makes below.
 *
 * @param member number that tells this device's owner from others, for what is random about it
 * @param priceOf what electricity is expected to cost that day, for what can wait; null: nobody looks at that
 */
export function power(
  device: Device,
  moment: Moment,
  seed: number,
  member: number,
  priceOf: HourPrice | null = null,
): number {
  switch (device.kind) {
    case "appliances":
      return appliancePower(device.yearlyKwh, moment, { seed, member, priceOf });
    case "load": {
      const profile = atQuarter(quarterHours(device.shape, moment.season, moment.dayKind), moment.quarter);
      const season = device.shape === "household" ? householdDay(moment.dayOfYear) : 1;
      const busy = device.shape === "household" ? activity(seed, member, moment.timestampMs) : 1;
      return profile * season * busy * (device.yearlyKwh / 1000);
    }
    case "heating": {
      const { meanTemperature, temperature } = moment;
      const hour = moment.quarter / 4;
      const now = Math.floor(hour);
      const share = hour - now;
      const factor =
        heatHour(device.building, meanTemperature, now) * (1 - share) +
        heatHour(device.building, meanTemperature, (now + 1) % 24) * share;
      const heat = heatDay(device.building, meanTemperature) * device.dailyKwh * factor * 1000;
      if (device.carrier === "heat") return heat;
      if (device.carrier === "gas") return heat / boilerEfficiency;
      return heat / heatPumpAt(temperature);
    }
    case "cooling":
      return device.watts * coolingShare(moment.temperature);
    case "process": {
      const profile = atQuarter(quarterHours(device.shape, moment.season, moment.dayKind), moment.quarter);
      // 1 MWh a year is 114 W on average.
      return device.watts * (profile / 114);
    }
    case "photovoltaics":
      return -device.kilowatts * solarPower(moment.irradiance[device.plane]!, moment.temperature);
    case "wind": {
      const local =
        moment.windSpeed * (1 + 0.05 * normal(seed, member, Math.floor(moment.timestampMs / activityMs), 12));
      return -device.kilowatts * 1000 * windPower(Math.max(local, 0));
    }
    case "plant":
      return -device.watts;
  }
}

/** Energy of a power over a period in quantity ticks, `perKwh` to the kWh. The result keeps the sign. */
export function energyTicks(watts: number, periodMs: number, perKwh: number): number {
  return Math.round((watts * periodMs) / (3_600_000_000 / perKwh));
}

/** The most a device can use or make, in W without sign: a bound for contracts, not a forecast. */
export function peakPower(device: Device): number {
  switch (device.kind) {
    case "load":
      // The steepest profile peaks at 490 W for 1 MWh; a single home at three times its profile.
      return device.yearlyKwh * (device.shape === "household" ? 0.22 * 1.3 * 3 : 0.5);
    case "appliances":
      return appliancePeak(device.yearlyKwh);
    case "heating":
      return ((device.dailyKwh * 1000) / 24) * 6;
    case "cooling":
      return device.watts * 1.5;
    case "process":
      return device.watts * 4.5;
    case "photovoltaics":
      return device.kilowatts * 1200;
    case "wind":
      return device.kilowatts * 1000;
    case "plant":
      return device.watts;
  }
}
