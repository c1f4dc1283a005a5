/**
 * What a tariff comes to, computed from the words of docs/tariffs.md in another way: the clock on the wall is asked of
 * `Intl` for each period, money counts in 10⁻³⁰ of the currency, and what is no whole number of those is refused.
 */
import type { MeteredPeriod, Stretch } from "../../src/tariff/charge.js";
import type { Component, Part, Tariff } from "../../src/tariff/components.js";
import type { PriceComponent } from "../../src/tariff/prices.js";

const fine = 10n ** 30n;

/** A decimal in 10⁻³⁰. */
function fineOf(text: string): bigint {
  const [whole = "0", fraction = ""] = text.replace("-", "").split(".");
  const value = BigInt(whole) * fine + BigInt(fraction.padEnd(30, "0"));
  return text.startsWith("-") ? -value : value;
}

/** What the clock on the wall shows. */
function wall(zone: string, ms: number): { month: number; weekday: number; minute: number } {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    month: "numeric",
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(ms);
  const of = (type: string): string => parts.find((part) => part.type === type)!.value;
  return {
    month: Number(of("month")),
    weekday: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(of("weekday")) + 1,
    minute: 60 * Number(of("hour")) + Number(of("minute")),
  };
}

const inHours = (hours: string, minute: number): boolean => {
  const [from, to] = hours.split("-").map((text) => {
    const [h, m] = text.split(":").map(Number);
    return 60 * h! + m!;
  });
  if (from! < to!) return minute >= from! && minute < to!;
  return !(minute >= to! && minute < from!);
};

/** Rounded to the nearest unit, a half away from zero; `over` divides the amount first. */
function rounded(amount: bigint, over: bigint, unit: bigint): bigint {
  const [size, whole] = [amount < 0n ? -amount : amount, over * unit];
  let count = size / whole;
  if ((size % whole) * 2n >= whole) count += 1n;
  return amount < 0n ? -count : count;
}

/** The rounded lines: name and detail of each, and its amount in units. */
export function naiveCharge(tariff: Tariff, stretch: Stretch): [line: string, amount: bigint][] {
  const unit = fineOf(tariff.unit);
  const lines: { component: Component; line: string; amount: bigint }[] = [];
  const tickFine = (stretch.quantityTick.mantissa * fine) / 10n ** BigInt(stretch.quantityTick.scale);
  const [part, month] = [
    BigInt(stretch.toMs - stretch.fromMs),
    BigInt(stretch.month.toMs - stretch.month.fromMs),
  ];
  for (const component of tariff.components) {
    const put = (detail: string, amount: bigint, over: bigint): void => {
      const sign = component.sort === "feedIn" && component.by !== "percent" ? -1n : 1n;
      lines.push({
        component,
        line: `${component.name}${detail && `: ${detail}`}`,
        amount: rounded(sign * amount, over, unit),
      });
    };
    /** Energy of a period in 10⁻³⁰ kWh. */
    const energyOf = (period: MeteredPeriod): bigint => {
      const priced = component.sort === "energy" || component.sort === "feedIn";
      let sum = 0n;
      if ("on" in component)
        for (const basis of component.on) sum += (priced ? period.open : period.energy)[basis];
      return sum * tickFine;
    };
    const kept = BigInt(1_000_000 - (("less" in component ? component.less : 0) ?? 0));
    switch (component.by) {
      case "energy":
      case "calendar":
      case "series": {
        const sums = new Map<string, { energy: bigint; money: bigint }>();
        for (const period of stretch.periods) {
          const energy = energyOf(period);
          if (energy === 0n) continue;
          let [rate, detail] = ["", ""];
          if (component.by === "energy") rate = component.rate;
          else if (component.by === "calendar") {
            const part = component.parts[partOf(component.parts, tariff.zone.name, period.fromMs)]!;
            [rate, detail] = [part.rate, part.name];
          } else {
            let at = Date.parse(component.start);
            for (const each of component.rates) {
              if (period.fromMs >= at) rate = each;
              at += component.minutes * 60_000;
            }
          }
          const sum = sums.get(detail) ?? { energy: 0n, money: 0n };
          sums.set(detail, { energy: sum.energy + energy, money: sum.money + energy * fineOf(rate) });
        }
        const order = component.by === "calendar" ? component.parts.map(({ name }) => name) : [""];
        for (const detail of order)
          if (sums.has(detail)) put(detail, sums.get(detail)!.money * kept, fine * 1_000_000n);
        break;
      }
      case "steps": {
        let left = stretch.periods.reduce((sum, period) => sum + energyOf(period), 0n) * month;
        let before = 0n;
        for (const { upTo, rate } of component.steps) {
          if (left <= 0n) break;
          const room = upTo === undefined ? left : (fineOf(upTo) - before) * part;
          const own = left < room ? left : room;
          put(
            upTo === undefined ? "" : `up to ${upTo} kWh a month`,
            own * fineOf(rate) * kept,
            fine * month * 1_000_000n,
          );
          left -= own;
          before = upTo === undefined ? before : fineOf(upTo);
        }
        break;
      }
      case "contracted":
        put("", fineOf(component.power) * fineOf(component.rate) * part, fine * month);
        break;
      case "peak": {
        const windows: { [start: string]: bigint } = {};
        for (const period of stretch.periods) {
          const start = String(period.fromMs - (period.fromMs % (component.minutes * 60_000)));
          windows[start] = (windows[start] ?? 0n) + energyOf(period);
        }
        const highest = Object.values(windows).reduce((a, b) => (a > b ? a : b), 0n);
        put("", highest * 60n * fineOf(component.rate) * part, fine * month * BigInt(component.minutes));
        break;
      }
      case "month":
        put("", fineOf(component.rate) * part, month);
        break;
      case "percent": {
        let sum = component.of.includes("community") ? (stretch.community ?? 0n) : 0n;
        for (const { component: above, amount } of lines)
          if (component.of.includes(above.sort) || component.lines?.includes(above.name)) sum += amount;
        put("", sum * unit * fineOf(component.percent), fine * 100n);
      }
    }
  }
  return lines.map(({ line, amount }) => [line, amount]);
}

/** What components come to for one kWh at an instant, in price ticks: paid where drawn, got where fed in. */
export function naivePrice(
  list: readonly PriceComponent[],
  { name, zone, priceTick }: { name: "retail" | "feedIn"; zone: string; priceTick: string },
  ms: number,
): number {
  // 10⁻³⁰ of the currency: what the member gets is above zero, what it pays below.
  const got: { sort: string; amount: bigint }[] = [];
  for (const component of list) {
    if (component.by === "percent") {
      let sum = 0n;
      for (const above of got) if ((component.of as string[]).includes(above.sort)) sum += above.amount;
      got.push({ sort: component.sort, amount: (sum * fineOf(component.percent)) / fine / 100n });
      continue;
    }
    let rate = "";
    if (component.by === "energy") rate = component.rate;
    else if (component.by === "calendar") rate = component.parts[partOf(component.parts, zone, ms)]!.rate;
    else {
      rate = component.rates[0]!;
      for (const [index, each] of component.rates.entries())
        if (ms >= Date.parse(component.start) + index * component.minutes * 60_000) rate = each;
    }
    const kept = (fineOf(rate) * BigInt(1_000_000 - (component.less ?? 0))) / 1_000_000n;
    got.push({ sort: component.sort, amount: component.sort === "feedIn" ? kept : -kept });
  }
  const total = got.reduce((sum, { amount }) => sum + amount, 0n);
  return Number(rounded(name === "feedIn" ? total : -total, 1n, fineOf(priceTick)));
}

/** Place of the part that holds: the first of those that do. */
function partOf(parts: readonly Part[], zone: string, ms: number): number {
  const time = wall(zone, ms);
  for (const [place, each] of parts.entries())
    if (
      (!each.months || each.months.includes(time.month)) &&
      (!each.weekdays || each.weekdays.includes(time.weekday)) &&
      (!each.hours || each.hours.some((hours) => inHours(hours, time.minute)))
    )
      return place;
  throw new Error("no part holds");
}
