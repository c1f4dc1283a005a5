/** A small market with meters and tariffs, over the end of a month, and what its meters said. */
import type { Engine } from "../../src/core/engine.js";
import type { Store } from "../../src/ledger/store/store.js";
import type { Contract } from "../../src/market/contracts/contracts.js";
import { parseContract } from "../../src/market/contracts/kinds.js";
import { openTerms } from "../../src/market/contracts/opening.js";
import { openMarket } from "../../src/market/open.js";
import type { Component } from "../../src/tariff/components.js";
import { zoneOffsets } from "../../src/tariff/zone.js";
import { random } from "../support/scenario.js";

const hourMs = 3_600_000;
export const zone = zoneOffsets("Europe/Vienna", Date.UTC(2026, 0), Date.UTC(2028, 0));
/** Window of the market's meters, in periods. */
export const window = 2;

/**
 * What a meter said of a period, by participant and the beginning of the period: each time the period in which it said
 * so, and quantity ticks.
 */
export type Meters = Map<string, { readonly period: number; readonly in: bigint; readonly out: bigint }[]>;

export interface Street {
  readonly market: Awaited<ReturnType<typeof openMarket>>;
  readonly meters: Meters;
  readonly tariff: Contract;
}

export const tariffContract = (components: readonly Component[], version = 1, from = 0): Contract =>
  parseContract({
    ...{ kind: "tariff", version, from, tariff: "house", carrier: "electricity", currency: "EUR" },
    ...{ unit: "0.01", zone, components },
  });

/** Runs a market of hours, from an instant on. Corrections come long after the window too. */
export async function runStreet(
  engine: Engine,
  seed: number,
  of: {
    readonly startMs: number;
    readonly periods: number;
    readonly components: readonly Component[];
    readonly store?: Store;
    /** How what was not delivered falls on trades; left out: trades are paid as traded. */
    readonly delivered?: "fifo" | "proportional";
    /** What else is done before a period closes. */
    readonly before?: (market: Street["market"], period: number) => void;
  },
): Promise<Street> {
  const next = random(seed);
  const ids = ["ann", "bob", "cem"];
  const tariff = tariffContract(of.components);
  const market = await openMarket({
    engine,
    ...(of.store && { store: of.store }),
    currency: "EUR",
    startMs: of.startMs,
    periodMs: hourMs,
    metering: {
      window,
      corrections: 100,
      missing: "traded",
      ...(of.delivered && { delivered: of.delivered }),
    },
    tariffs: {
      electricity: {
        ...{ retail: 300_000, feedIn: 80_000, shortagePrice: 350_000, surplusPrice: 60_000 },
        commission: [{ share: 1_000_000, supply: 10_000, use: 20_000 }],
      },
    },
    contracts: [
      ...openTerms(0),
      tariff,
      ...ids.map((id) => ({
        ...{ kind: "participant" as const, version: 1, from: 0, id, creditLimit: null },
        tariffs: { electricity: "house" },
      })),
    ],
    clearing: { electricity: { export: true, import: true } },
  });
  const meters: Meters = new Map();
  const begins: number[] = [Number.NaN, of.startMs];
  for (let period = 1; period <= of.periods; period += 1) {
    for (const participant of ids) {
      if (next(4) === 0) continue;
      const side = next(2) === 0 ? "offer" : "bid";
      const price = side === "offer" ? 100_000 + next(100_000) : 150_000 + next(150_000);
      market.submit({
        ...{ participant, carrier: "electricity", side },
        quantity: (next(5000) / 1000 + 0.001).toFixed(3),
        price: `0.${price}`,
      });
    }
    for (const participant of ids)
      for (let about = Math.max(1, period - 30); about < period; about += 1) {
        const key = `${participant} ${begins[about]}`;
        const due = period - about <= window && !meters.has(key) && next(2) === 0;
        const late = period - about > window && next(40) === 0 && meters.has(key);
        if (!due && !late) continue;
        const reading = { in: next(3_000_000), out: next(2_000_000) };
        const text = (ticks: number): string => (ticks / 1e6).toFixed(6);
        const taken = market.report({
          ...{ participant, carrier: "electricity", period: about },
          ...{ in: text(reading.in), out: text(reading.out), version: 1 + (meters.get(key)?.length ?? 0) },
        });
        if (taken.status !== "accepted") throw new Error(JSON.stringify(taken));
        const said = { period, in: BigInt(reading.in), out: BigInt(reading.out) };
        meters.set(key, [...(meters.get(key) ?? []), said]);
      }
    of.before?.(market, period);
    await market.clearPeriod(of.startMs + period * hourMs);
    begins.push(of.startMs + period * hourMs);
  }
  return { market, meters, tariff };
}
