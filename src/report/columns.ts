/**
 * Columns of what a ledger is written out as: what kind of value stands in one, and how it reads as text. Quantities,
 * prices and amounts are exact decimals in the market's own ticks, which stand in its first contract.
 */
import type { Block } from "../ledger/format/block.js";
import { decodeItems } from "../ledger/format/block.js";
import { decodeCanonical } from "../ledger/format/canonical.js";
import type { Snapshot } from "../ledger/format/snapshot.js";
import type { Contract, MarketContract } from "../market/contracts/contracts.js";
import { keyContracts } from "../market/period/snapshot.js";
import { amountTick, formatTicks, microTick, parseTick, type Tick } from "../units.js";

/**
 * What a column holds: a whole number below 2³² (`index`) or 2⁵³ (`number`), a text, a moment (milliseconds since
 * 1970), or an exact decimal, given in ticks: the quantity or price of one record, a sum of quantities (`total`), an
 * amount, a share (in ppm, 1 is all), a mass of CO2 (kg, in mg a kWh × quantity ticks).
 */
export type ColumnType =
  | "index"
  | "number"
  | "text"
  | "moment"
  | "quantity"
  | "total"
  | "price"
  | "amount"
  | "share"
  | "mass";
/** A column: its name and what it holds. */
export type Column = readonly [name: string, type: ColumnType];
/** One value; null where there is none. */
export type Cell = number | bigint | string | null;

/**
 * The ticks of a market: the unit of its quantities (kWh), of its prices (currency per kWh) and of its amounts
 * (currency).
 */
export interface MarketTicks {
  readonly quantity: Tick;
  readonly price: Tick;
  readonly amount: Tick;
}

const ticksFrom = (quantity: Tick, price: Tick): MarketTicks => ({
  quantity,
  price,
  amount: amountTick(quantity, price),
});

/** The ticks of a market that says nothing else: 10⁻⁶ kWh, 10⁻⁶ currency per kWh, 10⁻¹² currency. */
export const defaultTicks: MarketTicks = /* @__PURE__ */ ticksFrom(microTick, microTick);

/** The ticks that a market contract states. Throws `invalid` unless they are ticks. */
export function marketTicks(contract: Pick<MarketContract, "quantityTick" | "priceTick">): MarketTicks {
  return ticksFrom(
    parseTick(contract.quantityTick, "market.quantityTick"),
    parseTick(contract.priceTick, "market.priceTick"),
  );
}

/** The ticks that a snapshot's market contract states. */
export function ticksAfter(snapshot: Snapshot): MarketTicks {
  const [market] = keyContracts(snapshot);
  return marketTicks(market as MarketContract);
}

/** The contracts of a block that has been checked. */
export function contractsOf({ sections }: Block): Contract[] {
  return decodeItems(sections.contracts).map(
    (item, index) => decodeCanonical(item, `contracts[${index}]`) as unknown as Contract,
  );
}

/** The tick of a mass of CO2 in kg: mg a kWh × quantity ticks. */
export const massTick = ({ quantity }: MarketTicks): Tick => amountTick(quantity, microTick);

/** The tick in which a column counts; null where it holds no decimal. */
export function tickOf(type: ColumnType, ticks: MarketTicks): Tick | null {
  if (type === "quantity" || type === "total") return ticks.quantity;
  if (type === "share") return microTick;
  if (type === "mass") return massTick(ticks);
  return type === "price" || type === "amount" ? ticks[type] : null;
}

/**
 * A value as exact text: decimals and whole numbers in plain notation, moments in ISO 8601 with UTC, texts as they are;
 * null stays null.
 */
export function cellText(cell: Cell, type: ColumnType, ticks: MarketTicks): string | null {
  if (cell === null) return null;
  const tick = tickOf(type, ticks);
  if (tick !== null) return formatTicks(cell as number | bigint, tick);
  return type === "moment" ? new Date(cell as number).toISOString() : `${cell}`;
}
