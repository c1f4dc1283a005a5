/**
 * What a participant of a simulated community is: the devices behind its meters, what it converts and stores, and how
 * it bids. Everything else about a run is computed from these.
 */
import { type Carrier, ppm } from "../../units.js";
import type { MemberKind } from "../scenario.js";
import { type Device, deviceCarrier, peakPower } from "../world/devices.js";
import type { StepSeries } from "../world/series.js";

/**
 * How somebody finds a price.
 *
 * - `random`: anywhere between what it costs and what it is worth, without thought but never at a loss
 *   (zero-intelligence constrained traders, Gode and Sunder 1993)
 * - `tariff`: a fixed step better than the retail or feed-in tariff
 * - `cost`: what a unit costs to make, and a little
 */
export type Nature = "random" | "tariff" | "cost";

/** What a converter turns a carrier into, in ppm of what goes in. */
export interface Output {
  readonly carrier: Carrier;
  readonly ratio: number;
}

/** Something that buys one carrier to make others. */
export interface Conversion {
  readonly input: Carrier;
  readonly outputs: readonly Output[];
  /** Input at full load, W. */
  readonly watts: number;
  /** When it runs: with the need for heat, with the need for cold, or in the evening when the sun is gone. */
  readonly led: "heat" | "cold" | "evening";
}

/** A battery or another store behind somebody's meter, or the platform's. Energies in Wh, powers in W. */
export interface StorageUnit {
  readonly carrier: Carrier;
  readonly capacity: number;
  readonly power: number;
  /** Round trip is the square of this; ppm. */
  readonly efficiency: number;
  /** Share lost in an hour, ppm. */
  readonly hourlyLoss: number;
  /** Where between feed-in and retail tariff it charges and discharges, ppm. */
  readonly chargeAt: number;
  readonly dischargeAt: number;
  readonly charge: number;
  /** The platform's own when false. */
  readonly owned: boolean;
  /** True for a car: it comes and goes (see vehicles.ts). */
  readonly car: boolean;
}

/** A battery at home that serves its home alone; the market does not see it. Wh, W and ppm, as of a store. */
export type HomeBattery = Pick<StorageUnit, "capacity" | "power" | "efficiency" | "hourlyLoss">;

/** A tank of hot water that a home's heat pump fills and its heating empties. Wh and W of heat, ppm. */
export interface HomeTank extends Pick<StorageUnit, "capacity" | "hourlyLoss"> {
  /** The most heat that the pump makes. */
  readonly power: number;
}

/** What was measured of one carrier at a participant's meter. */
export interface Measured {
  readonly carrier: Carrier;
  readonly series: StepSeries;
}

/** A participant: what stands behind its meters and how it bids. */
export interface Member {
  readonly id: string;
  /** Whose devices it stands for: its own id, or that of the member of whom this is a further name (names.ts). */
  readonly person: string;
  readonly kind: MemberKind;
  /** Place in the order of registration, from 0. */
  readonly number: number;
  readonly devices: readonly Device[];
  /** Measured energy, which adds to what the devices use and make. */
  readonly measured: readonly Measured[];
  readonly converter: Conversion | null;
  readonly stores: readonly StorageUnit[];
  readonly battery: HomeBattery | null;
  /** Null where heat is made when it is needed. */
  readonly tank: HomeTank | null;
  readonly strategy: Nature;
  /** Where between the tariffs it likes to trade, ppm of the distance from the tariff it would get without a market. */
  readonly margin: number;
  /** What a unit it makes costs, as ppm of the retail tariff. */
  readonly cost: number;
  /** Whether its idle energy joins the pool. */
  readonly pool: boolean;
  /** Share of its use that may be interrupted, ppm. */
  readonly interruptible: number;
  /** Which of the scenario's skies is above it, from 0. */
  readonly sky: number;
}

/** Most that a member can use and make of a carrier in W, by its devices, what was measured and its converter. */
export function reach(member: Member, carrier: Carrier): { use: number; supply: number } {
  let use = 0;
  let supply = 0;
  for (const device of member.devices) {
    if (deviceCarrier(device) !== carrier) continue;
    const most = peakPower(device);
    if (device.kind === "photovoltaics" || device.kind === "wind" || device.kind === "plant") supply += most;
    else use += most;
  }
  for (const { carrier: measured, series } of member.measured) {
    if (measured !== carrier) continue;
    use += series.peaks.use;
    supply += series.peaks.supply;
  }
  const { converter } = member;
  if (converter !== null) {
    if (converter.input === carrier) use += converter.watts;
    for (const output of converter.outputs)
      if (output.carrier === carrier) supply += (converter.watts * output.ratio) / ppm;
  }
  return { use, supply };
}
