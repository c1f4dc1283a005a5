import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { type Clearing, type Engine, openEngine } from "../../src/core/engine.js";
import { dataPath, hasData } from "./folder.js";

/** One order of the hour: tenths of a MWh, thousandths of a cent per kWh. */
interface Order {
  readonly side: "C" | "V";
  readonly state: "O" | "C";
  readonly quantity: number;
  readonly price: number;
}

const there = hasData("omie");

/** The file is Latin-1 with points between thousands and a decimal comma. */
function readOrders(): Order[] {
  const number = (text: string, places: number): number =>
    Math.round(Number(text.replaceAll(".", "").replace(",", ".")) * 10 ** places);
  return readFileSync(dataPath("omie/OfferAndDemandCurve_1_20090102.TXT"), "latin1")
    .split(/\r?\n/)
    .map((line) => line.split(";"))
    .filter((cells) => /^\d+$/.test(cells[0]!))
    .map((cells) => ({
      side: cells[4] as "C" | "V",
      state: cells[7] as "O" | "C",
      quantity: number(cells[5]!, 1),
      price: number(cells[6]!, 3),
    }));
}

describe.skipIf(!there)("an hour of the Iberian day-ahead market", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine();
  });

  const clear = (state: "O" | "C", k: number): Clearing => {
    const side = (name: "C" | "V") => {
      const found = readOrders().filter(
        (order) => order.state === state && order.side === name && order.quantity > 0,
      );
      return {
        quantity: Uint32Array.from(found, (order) => order.quantity),
        price: Int32Array.from(found, (order) => order.price),
      };
    };
    return engine.clear(
      { offers: side("V"), bids: side("C") },
      { mechanism: "merit", pricing: "uniform", k },
    );
  };
  const volume = ({ trades }: Clearing) => trades.quantity.reduce((sum, quantity) => sum + quantity, 0);

  it("trades all matched orders, at the price of the dearest matched offer", () => {
    const clearing = clear("C", 0);
    expect(volume(clearing)).toBe(253_121);
    expect(clearing.clearingPrice).toBe(5_369);
    expect(clearing.remaining.offers.every((left) => left === 0)).toBe(true);
    expect(clearing.remaining.bids.every((left) => left === 0)).toBe(true);
  });

  it("crosses the offered orders where the curves do, lower: conditions of theirs are not orders", () => {
    const clearing = clear("O", 0);
    expect(volume(clearing)).toBe(253_471);
    expect(clearing.clearingPrice).toBe(4_994);
  });
});
