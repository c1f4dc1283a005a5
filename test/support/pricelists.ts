/** Payment contracts whose prices outside the market are lists of components, which change from minute to minute. */
import type { Contract } from "../../src/market/contracts/contracts.js";
import type { Sort } from "../../src/tariff/components.js";
import type { PriceComponent } from "../../src/tariff/prices.js";
import { type Zone, zoneOffsets } from "../../src/tariff/zone.js";
import { carriers } from "../../src/units.js";

const minuteMs = 60_000;
const yearMs = 366 * 1440 * minuteMs;

/** By whose clocks the calendars go. */
export const listZone = (startMs: number): Zone =>
  zoneOffsets("Europe/Vienna", Math.max(startMs - yearMs, 0), startMs + 20 * yearMs);

/** Components that make a price, of a few hundred millionths of the currency, which changes in the first minutes. */
export function randomList(
  below: (bound: number) => number,
  name: "retail" | "feedIn",
  startMs = 0,
): PriceComponent[] {
  const rate = (): string => {
    const nanos = below(300_000) - (below(5) === 0 ? 100_000 : 0);
    return `${nanos < 0 ? "-" : ""}0.${`${Math.abs(nanos)}`.padStart(9, "0")}`;
  };
  const on = name === "retail" ? (["fromGrid", "bought"] as const) : (["toGrid"] as const);
  const less = below(3) === 0 ? { less: below(1_000_001) } : {};
  const sort = (): Sort =>
    name === "feedIn" && below(4) > 0 ? "feedIn" : (["energy", "grid", "levy", "tax"] as const)[below(4)]!;
  const [first] = listZone(startMs).offsets;
  const clock = (minute: number): string => {
    const local = Math.floor(startMs / minuteMs) + first![1] + minute;
    return [Math.floor(local / 60) % 24, local % 60].map((part) => `${part}`.padStart(2, "0")).join(":");
  };
  return Array.from({ length: 1 + below(4) }, (_, index): PriceComponent => {
    const common = { name: `component ${index}`, sort: sort() };
    switch (below(index === 0 ? 3 : 4)) {
      case 0:
        return { by: "energy", ...common, on, rate: rate(), ...less };
      case 1: {
        const start = below(3);
        const parts = [
          { name: "some minutes", hours: [`${clock(start)}-${clock(start + 1 + below(2))}`], rate: rate() },
          ...(below(2) === 0
            ? [{ name: "no day", weekdays: [1 + below(7)], months: [1], rate: rate() }]
            : []),
          { name: "else", rate: rate() },
        ];
        return { by: "calendar", ...common, on, parts, ...less };
      }
      case 2: {
        const rates = Array.from({ length: 1 + below(4) }, rate);
        const start = `${new Date(startMs + below(3) * minuteMs).toISOString().slice(0, 16)}Z`;
        return { by: "series", ...common, on, start, minutes: 1, rates, ...less };
      }
      default:
        return { by: "percent", ...common, of: ["energy", "feedIn", "grid"], percent: `${below(40)}.5` };
    }
  });
}

/** The contracts with some prices outside the market as lists. */
export function withLists(
  contracts: readonly Contract[],
  below: (bound: number) => number,
  startMs = 0,
): Contract[] {
  return contracts.map((contract) => {
    if (contract.kind !== "payment") return contract;
    const tariffs = { ...contract.tariffs };
    for (const carrier of carriers)
      for (const name of ["retail", "feedIn"] as const)
        if (below(3) > 0)
          tariffs[carrier] = { ...tariffs[carrier], [name]: randomList(below, name, startMs) };
    return { ...contract, tariffs, zone: listZone(startMs) };
  });
}
