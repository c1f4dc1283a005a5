import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { community, openCommunity } from "../../src/simulation/community.js";
import { reach } from "../../src/simulation/members/member.js";
import type { WeatherKind } from "../../src/simulation/world/climate.js";
import { deviceCarrier, peakPower, power } from "../../src/simulation/world/devices.js";
import { createWeather } from "../../src/simulation/world/weather.js";
import { carriers, maxQuantity } from "../../src/units.js";

const weathers = ["clear", "mixed", "overcast", "windy"] as const;

describe("the orders of a community", () => {
  it("of a long period are the sum of the same five-minute steps as those of short ones", () => {
    const more = { name: "sum", seed: 11, date: "2026-03-20" };
    for (const periodMs of [900_000, 3_600_000, 86_400_000]) {
      const parts = periodMs / 300_000;
      const options = { participants: 60, weather: "mixed" as const };
      const fine = openCommunity(community({ ...options, periodMs: 300_000, more }));
      const coarse = openCommunity(community({ ...options, periodMs, more }));
      const sums = (of: typeof fine, from: number, to: number): Map<string, number> => {
        const found = new Map<string, number>();
        for (let place = from; place < to; place++) {
          const { participant, carrier, side, quantity } = of.orders(place);
          for (const [index, ticks] of quantity.entries()) {
            const key = `${participant[index]} ${carrier[index]}`;
            // A battery does in a long period what it could not in short ones.
            if (of.members[participant[index]!]!.battery !== null && carrier[index] === 0) continue;
            found.set(key, (found.get(key) ?? 0) + (side[index] === 1 ? ticks : -ticks));
          }
        }
        return found;
      };
      const start = 8 * 12 - ((8 * 12) % parts);
      const wanted = sums(fine, start, start + parts);
      const got = sums(coarse, start / parts, start / parts + 1);
      const perTick = 1_000_000 / 10 ** coarse.quantityTick.scale;
      for (const [key, ticks] of wanted)
        expect(Math.abs((got.get(key) ?? 0) * perTick - ticks)).toBeLessThanOrEqual(parts + perTick);
    }
  });

  it("never pass what contracts were laid out for: no device passes its peak, whatever the weather", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 0xffff_ffff }),
        fc.integer({ min: -90, max: 90 }),
        fc.constantFrom(...weathers),
        fc.integer({ min: 1, max: 12 }),
        (seed, latitude, kind: WeatherKind, month) => {
          const date = `2026-${`${month}`.padStart(2, "0")}-10`;
          const { members } = openCommunity(community({ participants: 40, seed, more: { date } }));
          const startMs = Date.parse(`${date}T00:00:00Z`);
          const at = createWeather({
            ...{ seed, latitude, longitude: 9.5, timeZone: "Europe/Berlin", kind },
            ...{ startMs, stepMs: 3_600_000 },
          });
          for (let hour = 0; hour < 48; hour += 3)
            for (const member of members)
              for (const device of member.devices) {
                const watts = Math.abs(power(device, at(hour), seed, member.number));
                expect([device.kind, watts <= peakPower(device) * 1.25]).toEqual([device.kind, true]);
                expect(deviceCarrier(device)).toBeDefined();
              }
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    [20, 86_400_000],
    [2_000, 3_600_000],
    [2_000, 86_400_000],
  ])(
    "of %i participants in periods of %i ms are counted in ticks that hold their limits",
    (participants, periodMs) => {
      const coarse = openCommunity(community({ participants, periodMs, more: { supply: 10_000_000 } }));
      const { perKwh } = { perKwh: 10 ** coarse.quantityTick.scale };
      for (const contract of coarse.contracts(-1))
        for (const [field, value] of Object.entries(contract))
          if (/limit|capacity/i.test(field) && typeof value === "number")
            expect(value).toBeLessThan(maxQuantity);
      for (const member of coarse.members)
        for (const carrier of carriers) {
          const use = coarse
            .contracts(-1)
            .find(
              (contract) =>
                contract.kind === "use" && contract.participant === member.id && contract.carrier === carrier,
            );
          const wanted = ((reach(member, carrier).use / 1000) * periodMs) / 3_600_000;
          if (use?.kind === "use") expect(use.limit / perKwh).toBeGreaterThanOrEqual(wanted);
        }
    },
  );

  it("are priced by a strategy of one's own, the same each time", () => {
    const scenario = community({ participants: 30, periodMs: 3_600_000 });
    const seen: string[] = [];
    const own = openCommunity(scenario, {
      strategy: ({ member, carrier, side, quantity, place, tariff, luck }) => {
        seen.push(`${member.id} ${carrier} ${side} ${quantity} ${place} ${luck}`);
        if (carrier === "gas") return null;
        return side === "bid" ? tariff.retail : tariff.feedIn;
      },
    });
    const usual = openCommunity(scenario);
    const [batch, before] = [own.orders(12), usual.orders(12)];
    const first = [...seen];
    own.orders(12);
    expect(seen.slice(first.length)).toEqual(first);
    const electric = [...before.carrier].filter((code) => code !== 3).length;
    expect(batch.price).toHaveLength(electric);
    for (const [index, price] of batch.price.entries()) {
      const tariff = scenario.tariffs[carriers[batch.carrier[index]!]!];
      expect(price).toBe(batch.side[index] === 1 ? tariff.retail : tariff.feedIn);
    }
    for (const price of [1.5, Number.NaN, 2 ** 31, "1", undefined])
      expect(() => openCommunity(scenario, { strategy: () => price as number }).orders(0)).toThrow(
        /strategy: wanted whole price ticks/,
      );
  });
});
