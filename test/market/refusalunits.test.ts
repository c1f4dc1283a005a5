// Refusals speak in the market's units: energy in kWh, money in its currency, exact, whatever its ticks are.
import { beforeAll, expect, test } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import type { Contract } from "../../src/market/contracts/contracts.js";
import { openTerms } from "../../src/market/contracts/opening.js";
import { openMarket } from "../../src/market/open.js";
import { clock } from "../support/steps.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

/** A decimal as a fraction of a power of ten, by hand. */
type Exact = { readonly digits: bigint; readonly places: number };
const exact = (text: string): Exact => {
  expect(text).toMatch(/^-?\d+(\.\d*[1-9])?$/);
  const [whole, fraction = ""] = text.split(".");
  return { digits: BigInt(whole! + fraction), places: fraction.length };
};
const times = (a: Exact, b: Exact): Exact => ({ digits: a.digits * b.digits, places: a.places + b.places });
const same = (a: Exact, b: Exact): boolean =>
  a.digits * 10n ** BigInt(b.places) === b.digits * 10n ** BigInt(a.places);

/** What a refusal says that a worst case comes to and may come to at most, both of them money. */
function worstCase(message: string): readonly [got: Exact, most: Exact] {
  const [, most, got] = /worst case of at most (\S+) CHF, got "(\S+) CHF"$/.exec(message)!;
  return [exact(got!), exact(most!)];
}

// Ticks; a limit of the contract and orders beyond it, all in kWh; the credit in CHF, and a price per kWh.
const markets = [
  ["0.000001", "0.000001", "20", "20.000001", "12.5", "0.999999"],
  ["0.001", "0.01", "4000.25", "4000.251", "0.00001", "0.37"],
  ["1", "1", "7", "8", "3", "5"],
  ["0.025", "0.5", "1.25", "1.275", "0.2125", "2.5"],
  ["1000", "0.0000000001", "5000", "6000", "0.0000001", "0.1234567891"],
] as const;

/** Whole ticks of a decimal that is so many. */
function ticksOf(value: string, tick: string): number {
  const [of, one] = [exact(value), exact(tick)];
  const [above, below] = [of.digits * 10n ** BigInt(one.places), one.digits * 10n ** BigInt(of.places)];
  expect(above % below).toBe(0n);
  return Number(above / below);
}

test.each(markets)(
  "ticks of %s kWh and %s CHF per kWh",
  async (quantityTick, priceTick, limit, beyond, credit, price) => {
    const amountTick = times(exact(quantityTick), exact(priceTick));
    const ticks = exact(credit);
    const creditTicks =
      (ticks.digits * 10n ** BigInt(amountTick.places)) / (amountTick.digits * 10n ** BigInt(ticks.places));
    const dated = { version: 1, from: 0 };
    const most = ticksOf(limit, quantityTick);
    const contracts: Contract[] = [
      { kind: "participant", ...dated, id: "ann", creditLimit: `${creditTicks}` },
      ...openTerms(0).map((terms) =>
        terms.kind === "use" || terms.kind === "supply" ? { ...terms, limit: most } : terms,
      ),
    ];
    const market = await openMarket({ engine, clock, currency: "CHF", quantityTick, priceTick, contracts });
    const ask = (side: "bid" | "offer", quantity: string, at: string): string => {
      const result = market.submit({ participant: "ann", carrier: "electricity", side, quantity, price: at });
      return result.status === "refused" ? result.error.message : result.status;
    };
    for (const side of ["bid", "offer"] as const)
      expect(ask(side, beyond, price)).toBe(
        `order.quantity: wanted at most ${limit} kWh by contract, got "${beyond} kWh"`,
      );
    const [got, allowed] = worstCase(ask("bid", limit, price));
    expect(same(got, times(exact(limit), exact(price)))).toBe(true);
    expect(same(allowed, exact(credit))).toBe(true);
    // What is taken back is named with its own price.
    expect(ask("offer", limit, price)).toBe("accepted");
    expect(ask("bid", "0", price)).toBe(
      `order: wanted the side of what is withdrawn and price 0, got "bid, ${price} CHF per kWh"`,
    );

    // A contract's money is told the same way: it enters with the next period, and is dropped there.
    const told: string[] = [];
    market.on("refused", ({ error }) => told.push(error.message));
    const withdrawal = {
      kind: "withdrawal",
      version: 1,
      from: 2,
      participant: "ann",
      amount: "3",
      number: 0,
    } as const;
    expect(market.propose(withdrawal).status).toBe("accepted");
    await market.clearPeriod(30_000);
    const [, balance, wanted] = /amount: wanted at most the balance, (\S+) CHF, got "(\S+) CHF"$/.exec(
      told.at(-1)!,
    )!;
    expect(balance).toBe("0");
    expect(same(exact(wanted!), times(amountTick, { digits: 3n, places: 0 }))).toBe(true);
  },
);
