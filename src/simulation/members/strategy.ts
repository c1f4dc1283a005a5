/** What energy is worth to members, and the limits that they set by their own nature. */
import { type Carrier, ppm } from "../../units.js";
import type { Outside } from "../outside.js";
import type { Conversion, Member } from "./member.js";

/** Prices are whole multiples of this many ticks: people write 0.2415, not 0.241503. */
const priceStep = 100;

const stepped = (price: number): number => Math.round(price / priceStep) * priceStep;
const roundedUp = (price: number): number => Math.ceil(price / priceStep) * priceStep;

/** What the grid takes and pays for a kWh of a carrier, in price ticks. */
type Prices = Outside[Carrier];

/** A price `share` ppm of the way from the feed-in to the retail tariff. */
export function between(tariff: Prices, share: number): number {
  return stepped(tariff.feedIn + ((tariff.retail - tariff.feedIn) * share) / ppm);
}

/**
 * Limit of a bid in price ticks: never above the retail tariff, at which the grid would deliver anyway.
 *
 * @param luck a random number, 0 ≤ luck < 1, that only the strategy `random` looks at
 */
export function bidLimit(member: Member, carrier: Carrier, outside: Outside, luck: number): number {
  const tariff = outside[carrier];
  if (member.converter?.input === carrier) return stepped(inputWorth(member.converter, outside));
  return member.strategy === "random"
    ? between(tariff, 450_000 + luck * 550_000)
    : between(tariff, ppm - member.margin);
}

/**
 * What a unit costs that a member makes of a carrier, in price ticks; null for sun and wind, which cost nothing more
 * and come when they like, and for what was measured. A converter's energy costs what went in, so for it this is 0.
 */
export function unitCost(member: Member, carrier: Carrier, { retail }: Prices): number | null {
  if (member.converter !== null) return 0;
  const plant = member.devices.some((device) => device.kind === "plant" && device.carrier === carrier);
  return plant ? Math.round((retail * member.cost) / ppm) : null;
}

/** What all that a converter makes of a unit would cost at the grid, in price ticks. */
const outputWorth = ({ outputs }: Conversion, outside: Outside): number =>
  outputs.reduce((sum, { carrier, ratio }) => sum + (outside[carrier].retail * ratio) / ppm, 0);

/** What a converter pays for its input at most: what its outputs fetch less a fifth, and less than the grid asks. */
const inputWorth = (converter: Conversion, outside: Outside): number =>
  Math.min(outputWorth(converter, outside) * 0.8, outside[converter.input].retail * 0.98);

/**
 * What a member's unit of a carrier is worth to it, in price ticks: a bid's what the grid would ask, an offer's what it
 * cost or what the grid would pay, whichever is more. A converter's outputs cost what it pays for its input at most,
 * shared among them by their tariffs.
 */
export function worthOf(member: Member, carrier: Carrier, side: "offer" | "bid", outside: Outside): number {
  const tariff = outside[carrier];
  const { converter } = member;
  if (side === "bid")
    return converter?.input === carrier ? Math.floor(inputWorth(converter, outside)) : tariff.retail;
  if (converter !== null)
    return Math.ceil((inputWorth(converter, outside) * tariff.retail) / outputWorth(converter, outside));
  return Math.max(unitCost(member, carrier, tariff) ?? 0, tariff.feedIn);
}

/** Limit of an offer in price ticks: never below what a unit costs, unless the feed-in tariff pays more. */
export function offerLimit(member: Member, carrier: Carrier, outside: Outside, luck: number): number {
  const tariff = outside[carrier];
  if (member.converter !== null) return roundedUp(worthOf(member, carrier, "offer", outside));
  const cost = Math.max((tariff.retail * member.cost) / ppm, tariff.feedIn);
  if (member.strategy === "cost") return stepped(cost * 1.02);
  if (member.strategy === "random") return stepped(cost + (tariff.retail - cost) * luck * 0.9);
  return Math.max(stepped(cost), between(tariff, member.margin));
}

/**
 * From which price on, in price ticks, a member sells what is left outside trade among peers: what the grid pays, where
 * it comes when it likes, as sun and wind; else its cost.
 */
export function poolFloor(member: Member, carrier: Carrier, outside: Outside): number {
  const tariff = outside[carrier];
  if (member.converter !== null) return between(tariff, member.cost);
  return unitCost(member, carrier, tariff) ?? tariff.feedIn;
}

/** Whether the grid delivers what a member can't buy: what a converter can't buy it simply does not convert. */
export const imports = ({ converter }: Member): boolean => converter === null;
