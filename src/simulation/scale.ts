/**
 * The size of a community's quantity tick. An order, a limit or a capacity is at most 2³²−1 ticks: 4,294 kWh in the
 * usual ticks of 10⁻⁶ kWh. A community that moves more in one of its periods counts in coarser ticks; nothing is cut.
 */
import { fail } from "../errors.js";
import { type Carrier, carriers, maxQuantity, type Tick } from "../units.js";
import { type Member, reach } from "./members/member.js";
import type { Scenario } from "./scenario.js";
import { energyTicks } from "./world/devices.js";

/** How quantities and amounts of money are counted in a community's market. */
export interface Scale {
  /** Quantity ticks in a kWh: a power of ten from 1 to 1,000,000. */
  readonly perKwh: number;
  readonly quantityTick: Tick;
  /** Amount ticks in one unit of the currency. */
  readonly coin: bigint;
}

/** Room in the contracts above what devices can reach, so that no forecast is refused. */
export const contractRoom = 1.25;

const priceScale = 6;
const quantityScales = [6, 3, 0] as const;

const scaleAt = (scale: number): Scale => ({
  perKwh: 10 ** scale,
  quantityTick: { mantissa: 1n, scale },
  coin: 10n ** BigInt(scale + priceScale),
});

/** The scale of nearly every community: 10⁻⁶ kWh. */
export const fineScale: Scale = scaleAt(quantityScales[0]);

/** The finest scale that can count what a community may move in a period. Throws `limit` when none can. */
export function scaleOf(scenario: Scenario, members: readonly Member[]): Scale {
  const { periodMs } = scenario;
  const { watts, wattHours } = largest(scenario, members);
  for (const scale of quantityScales) {
    const perKwh = 10 ** scale;
    const ticks = Math.max(energyTicks(watts, periodMs, perKwh), (wattHours * perKwh) / 1000);
    if (ticks < maxQuantity) return scaleAt(scale);
  }
  return fail("limit", "participants", `at most ${maxQuantity} kWh in a period`, `${Math.round(watts)} W`);
}

/** The most of a carrier that a member with its stores can send over an edge, and let come, W. */
function crossing(member: Member, carrier: Carrier): number {
  const { use, supply } = reach(member, carrier);
  const stores = member.stores.filter((unit) => unit.carrier === carrier);
  return stores.reduce((sum, { power }) => sum + power, use + supply);
}

/** The largest power (W) that an order or a limit is about, and the largest capacity (Wh). */
function largest({ areas }: Scenario, members: readonly Member[]): { watts: number; wattHours: number } {
  let watts = 0;
  let wattHours = 0;
  for (const member of members) {
    for (const carrier of carriers) {
      const { use, supply } = reach(member, carrier);
      watts = Math.max(watts, contractRoom * use, contractRoom * supply);
    }
    for (const { capacity, power } of member.stores) {
      wattHours = Math.max(wattHours, capacity);
      watts = Math.max(watts, power);
    }
  }
  for (const carrier of carriers) {
    // A market lets no more through an edge with a loss than it can count (`limitsIn`).
    const most = members.reduce((sum, member) => sum + crossing(member, carrier), 0);
    for (const { loss, importKw, exportKw } of areas[carrier])
      if (loss > 0)
        watts = Math.max(watts, Math.min(most, 1000 * Math.max(importKw ?? most, exportKw ?? most)));
  }
  return { watts, wattHours };
}
