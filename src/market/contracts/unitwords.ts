/** How a refusal says energy, prices and money: in the market's units, exact, as whoever is refused knows them. */
import { amountTick, formatTicks, parseTick } from "../../units.js";
import type { MarketContract } from "./contracts.js";

type Units = Pick<MarketContract, "quantityTick" | "priceTick" | "currency">;

/** Quantity ticks as energy. */
export const energyWords = ({ quantityTick }: Units, ticks: number | bigint): string =>
  `${formatTicks(ticks, parseTick(quantityTick))} kWh`;

/** Price ticks as a price. */
export const priceWords = ({ priceTick, currency }: Units, ticks: number | bigint): string =>
  `${formatTicks(ticks, parseTick(priceTick))} ${currency} per kWh`;

/** Amount ticks as money. */
export const moneyWords = ({ quantityTick, priceTick, currency }: Units, ticks: number | bigint): string =>
  `${formatTicks(ticks, amountTick(parseTick(quantityTick), parseTick(priceTick)))} ${currency}`;
