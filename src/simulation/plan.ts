/**
 * What it is worth to a store to hold more or less, by the prices that are expected: stochastic dynamic programming
 * backwards from the end of its horizon (the water value of hydropower). From it follow the limits at which it buys and
 * sells now.
 */
import type { Expected } from "./prices.js";

/** A store that plans. Energies in ticks, prices in price ticks for one. */
export interface Plan {
  /** What each hour may cost, whatever the others do, the present one first; the horizon ends with the last. */
  readonly prices: readonly Expected[];
  readonly charge: number;
  readonly capacity: number;
  /** Most that its charge rises and falls by in an hour; the first above 0. */
  readonly gain: number;
  readonly drain: number;
  /** Share of what it draws that it stores, and of what it drains that it gives, above 0 and at most 1. */
  readonly efficiency: number;
  /** What a charge is worth at the end of the horizon. */
  readonly worth: (charge: number) => number;
}

/** What a store pays for a tick that it draws, at most, and asks for one that it gives, at least, in whole prices. */
export interface StoreLimits {
  readonly buy: number;
  readonly sell: number;
}

const leastLevels = 24;
const mostLevels = 240;

/**
 * The limits of a store in the present hour: what one more tick is worth on average over what it can draw in the hour,
 * and what one less costs over what it can give. Its self-discharge is left out of account.
 */
export function limitsOf(plan: Plan): StoreLimits {
  const { charge, capacity, gain, drain, efficiency } = plan;
  if (capacity <= 0) return { buy: 0, sell: 0 };
  const worth = worthAfter(plan);
  const at = Math.min(Math.max(charge, 0), capacity);
  const above = Math.min(at + gain, capacity);
  const below = Math.max(at - drain, 0);
  // A full store pays for the next tick what the last one is worth, an empty one asks what the first is worth.
  const rise = slope(worth, above > at ? at : Math.max(above - gain, 0), above);
  const fall = slope(worth, below, at > below ? at : Math.min(below + gain, capacity));
  const buy = Math.max(Math.floor(efficiency * Math.min(rise, fall)), 0);
  return { buy, sell: Math.max(Math.ceil(Math.max(rise, fall) / efficiency), buy + 1) };
}

const slope = (worth: (charge: number) => number, from: number, to: number): number =>
  to > from ? (worth(to) - worth(from)) / (to - from) : 0;

/** How many steps there are in so much; a hair's breadth short of a whole one counts as one. */
const wholeSteps = (much: number, step: number): number => Math.floor(much / step + 1e-6);

/** What a charge is worth after the present hour, straight lines between levels. */
function worthAfter({ prices, capacity, gain, drain, efficiency, worth }: Plan): (charge: number) => number {
  // Levels of charge of which an hour's gain, or the smaller drain, is a whole number.
  const least = drain > 0 ? Math.min(gain, drain) : gain;
  const parts = Math.max(Math.ceil((leastLevels * least) / capacity), 2);
  const step = Math.max(least / parts, capacity / mostLevels);
  const levels = Math.max(Math.ceil(capacity / step - 1e-6), 1);
  const chargeAt = (level: number): number => Math.min(level * step, capacity);
  const [up, down] = [wholeSteps(gain, step), wholeSteps(drain, step)];
  let value = Float64Array.from({ length: levels + 1 }, (_, level) => worth(chargeAt(level)));
  for (let hour = prices.length - 1; hour > 0; hour--) {
    const before = new Float64Array(levels + 1);
    for (const { price, chance } of prices[hour]!)
      for (let level = 0; level <= levels; level++) {
        const held = chargeAt(level);
        let best = value[level]!;
        for (let to = level + 1; to <= Math.min(level + up, levels); to++)
          best = Math.max(best, value[to]! - ((chargeAt(to) - held) * price) / efficiency);
        for (let to = level - 1; to >= Math.max(level - down, 0); to--)
          best = Math.max(best, value[to]! + (held - chargeAt(to)) * price * efficiency);
        before[level]! += chance * best;
      }
    value = before;
  }
  return (charge) => {
    const left = Math.min(Math.floor(Math.max(charge, 0) / step), levels - 1);
    const [from, to] = [chargeAt(left), chargeAt(left + 1)];
    return value[left]! + ((value[left + 1]! - value[left]!) * (charge - from)) / (to - from);
  };
}
