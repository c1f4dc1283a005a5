/**
 * A member's bill of a month: a pure function of its proved records and of the tariffs that stand in the ledger. The
 * command prints it, and the page that it writes computes it again from the proofs (docs/bills.md).
 */
import { needArray, needObject } from "../check.js";
import { fail } from "../errors.js";
import type { OpenedBundle } from "../ledger/proof/bundle.js";
import type { PaymentKind } from "../market/books/payments.js";
import type { MarketContract } from "../market/contracts/contracts.js";
import { marketTicks } from "../report/columns.js";
import { type ChargeLine, chargeLines, type MeteredPeriod, ratioText } from "../tariff/charge.js";
import type { Tariff } from "../tariff/components.js";
import { type Ratio, roundHalfUp } from "../tariff/ratio.js";
import { checkTariff } from "../tariff/shapes.js";
import { monthOf } from "../tariff/zone.js";
import { type Carrier, carriers, formatTicks, parseTick, type Tick } from "../units.js";
import { aloneOf, energyOf } from "./energy.js";
import { type Held, stretchesOf } from "./stretches.js";
import { type Moved, type Usage, UsageReader, type UsedPeriod } from "./usage.js";

/** One line of a bill. Decimals are text in plain notation; below zero the member is paid. */
export interface BillLine {
  /** `community`: what the ledger moved; `tariff`: what the tariff adds; `earlier`: corrections of earlier months. */
  readonly group: "community" | "tariff" | "earlier";
  readonly carrier: Carrier;
  readonly label: string;
  /** kWh, or what `unit` says; null where nothing is counted. */
  readonly quantity: string | null;
  readonly unit: "kWh" | "kW month" | "month" | "percent" | null;
  /** In currency per unit: the mean of a line of the ledger, the rate of a tariff. */
  readonly price: string | null;
  /** In currency, a whole number of the bill's unit. */
  readonly amount: string;
}

/** A bill. */
export interface Bill {
  readonly participant: string;
  readonly month: string;
  readonly currency: string;
  /** The smallest amount: that of the tariff. */
  readonly unit: string;
  /** The zone by whose clocks the month goes, in its last period. */
  readonly zone: string;
  /** Number of periods of the month that the ledger has, and the instants between which they lie. */
  readonly periods: number;
  readonly from: string;
  readonly until: string;
  /** False while readings of the month may still be due. */
  readonly isClosed: boolean;
  /** Tariffs that it was billed by: name and carrier, and whether the ledger has them. */
  readonly tariffs: readonly {
    readonly name: string;
    readonly carrier: Carrier;
    readonly isInLedger: boolean;
  }[];
  readonly lines: readonly BillLine[];
  readonly total: string;
  /** The same energy, all of it from and to the grid by the same tariff; null without a tariff. */
  readonly without: { readonly lines: readonly BillLine[]; readonly total: string } | null;
}

/** How {@link bill} is made. */
export interface BillOptions {
  /** `YYYY-MM`. */
  readonly month: string;
  /** A tariff from outside the ledger, in the place of the one that the ledger says for its carrier. */
  readonly tariff?: Tariff | null;
}

/**
 * The bill of a month out of a bundle that holds together. The bundle's first block is that before the month's first
 * period, and its last one that in which the last reading of the month was due, or what the ledger has of it. Throws
 * `invalid` for what is no month or has no period in the bundle, and for tariffs that do not go together.
 */
export function bill(opened: OpenedBundle, options: BillOptions): Bill {
  const { member, market, blocks } = needObject(opened, "bundle");
  needArray(blocks, "bundle.blocks");
  const { month: name, tariff: given = null } = needObject(options, "options");
  const outside = given === null ? null : checkTariff(given, "options.tariff");
  const contract = market as unknown as MarketContract;
  const reader = new UsageReader(member, { name, zone: outside?.zone ?? null });
  for (const block of blocks) reader.add(block);
  return billOf(contract, reader.end(), { month: name, outside, participant: member.id });
}

/** The bill that the usage of a month comes to. Throws as {@link bill}. */
export function billOf(market: MarketContract, usage: Usage, of: BilledMonth): Bill {
  const { outside } = of;
  if (outside !== null && outside.currency !== market.currency)
    fail("invalid", "options.tariff.currency", market.currency, outside.currency);
  return new Biller(market, usage, of).bill();
}

/** Whose bill of which month. */
export interface BilledMonth {
  readonly participant: string;
  /** `YYYY-MM`. */
  readonly month: string;
  /** A tariff from outside the ledger. */
  readonly outside: Tariff | null;
}

/** Words for what the ledger moved: paid by the member, and to it. */
const words: { readonly [kind in PaymentKind]?: readonly [paid: string, got: string] } = {
  energy: ["bought from members", "sold to members"],
  poolSale: ["bought from the pool", "sold to the pool"],
  poolPurchase: ["bought for stores", "sold to the pool"],
  storage: ["drawn by own stores", "delivered by own stores"],
  import: ["from the grid", "from the grid"],
  export: ["to the grid", "to the grid"],
  interruption: ["interruptions", "interruptions"],
  gridUse: ["use of the network between areas", "use of the network between areas"],
  useFee: ["commission on purchases", "commission on purchases"],
  supplyFee: ["commission on sales", "commission on sales"],
  imbalance: ["imbalance", "imbalance"],
  correction: ["corrections of readings", "corrections of readings"],
  delivery: ["sales not delivered", "purchases not delivered"],
  sharing: ["received by sharing", "supplied by sharing"],
};

/** Makes one bill. */
class Biller {
  readonly #market: MarketContract;
  readonly #usage: Usage;
  readonly #of: BilledMonth;
  readonly #ticks: ReturnType<typeof marketTicks>;
  readonly #unit: string;
  readonly #unitTick: Tick;

  constructor(market: MarketContract, usage: Usage, of: BilledMonth) {
    this.#market = market;
    this.#usage = usage;
    this.#of = of;
    this.#ticks = marketTicks(market);
    if (usage.periods.length === 0)
      fail("invalid", "month", "a month of which the ledger has a period", of.month);
    const all = usage.periods.flatMap((period) =>
      carriers.flatMap((carrier) => this.#tariffOf(period, carrier) ?? []),
    );
    this.#unit = all[0]?.unit ?? "0.01";
    this.#unitTick = parseTick(this.#unit);
    for (const { unit, name } of all)
      if (unit !== this.#unit) fail("invalid", `tariff ${name}`, `unit ${this.#unit}, as the others`, unit);
  }

  bill(): Bill {
    const { periods, moved, earlier, isClosed } = this.#usage;
    const { participant, month } = this.#of;
    const community = moved.map((each) => this.#line(each, "community"));
    const lines = [
      ...carriers.flatMap((carrier) => [
        ...community.filter((line) => line.carrier === carrier),
        ...this.#tariffLines(carrier, (period) => energyOf(period.traded[carrier]), this.#sumOf(carrier)),
      ]),
      ...earlier.map((each) => this.#line(each, "earlier")),
    ];
    const alone = carriers.flatMap((carrier) =>
      this.#tariffLines(carrier, (period) => aloneOf(period.traded[carrier]), 0n),
    );
    const tariffs = this.#tariffs();
    return {
      participant,
      month,
      currency: this.#market.currency,
      unit: this.#unit,
      zone: periods.at(-1)!.zone.name,
      periods: periods.length,
      from: new Date(periods[0]!.fromMs).toISOString(),
      until: new Date(periods.at(-1)!.toMs).toISOString(),
      isClosed,
      tariffs,
      lines,
      total: this.#total(lines),
      without: tariffs.length === 0 ? null : { lines: alone, total: this.#total(alone) },
    };
  }

  #heldIn({ tariffs }: UsedPeriod, carrier: Carrier): Held | undefined {
    const { outside } = this.#of;
    return outside?.carrier === carrier ? outside : tariffs[carrier];
  }

  #tariffOf(period: UsedPeriod, carrier: Carrier): Tariff | undefined {
    const held = this.#heldIn(period, carrier);
    return held === undefined || "name" in held ? held : { ...held, name: held.tariff };
  }

  #tariffs(): Bill["tariffs"] {
    const found = new Map<string, Bill["tariffs"][number]>();
    for (const period of this.#usage.periods)
      for (const carrier of carriers) {
        const tariff = this.#tariffOf(period, carrier);
        if (tariff !== undefined)
          found.set(`${carrier}/${tariff.name}`, {
            name: tariff.name,
            carrier,
            isInLedger: tariff !== this.#of.outside,
          });
      }
    return [...found.values()];
  }

  /** What the ledger moved, rounded as a line of a bill. */
  #amountOf({ amount, isPaid }: Moved): bigint {
    const exact: Ratio = {
      num: (isPaid ? amount : -amount) * this.#ticks.amount.mantissa,
      den: 10n ** BigInt(this.#ticks.amount.scale),
    };
    return roundHalfUp(exact, { num: this.#unitTick.mantissa, den: 10n ** BigInt(this.#unitTick.scale) });
  }

  #sumOf(carrier: Carrier): bigint {
    return this.#usage.moved
      .filter((each) => each.carrier === carrier)
      .reduce((sum, each) => sum + this.#amountOf(each), 0n);
  }

  #line(moved: Moved, group: "community" | "earlier"): BillLine {
    const { carrier, kind, isPaid, amount, energy } = moved;
    const priced = energy !== 0n && kind !== "useFee" && kind !== "supplyFee" && kind !== "gridUse";
    const { quantity, price } = this.#ticks;
    // Of what went back both are below zero.
    const sign = energy < 0n ? -1n : 1n;
    const mean: Ratio = {
      num: sign * amount * price.mantissa,
      den: sign * energy * 10n ** BigInt(price.scale),
    };
    const [paid, got] = words[kind] ?? [kind, kind];
    return {
      group,
      carrier,
      label: isPaid ? paid : got,
      quantity: priced ? formatTicks(energy, quantity) : null,
      unit: priced ? "kWh" : null,
      price: priced ? ratioText(mean, 6) : null,
      amount: formatTicks(this.#amountOf(moved), this.#unitTick),
    };
  }

  /** What the tariffs of a carrier come to: each for the stretch of the month in which it holds. */
  #tariffLines(
    carrier: Carrier,
    energyIn: (period: UsedPeriod) => Pick<MeteredPeriod, "energy" | "open">,
    community: bigint,
  ): BillLine[] {
    const stretches = stretchesOf(this.#usage.periods, (period) => this.#heldIn(period, carrier));
    return stretches.flatMap(({ tariffs, periods }, index) => {
      const tariff = this.#tariffOf(periods[0]!, carrier)!;
      const month = monthOf(tariff.zone, this.#of.month);
      const isLast = index === stretches.length - 1;
      const stretch = {
        month,
        fromMs: periods[0]!.fromMs,
        toMs: Math.min(periods.at(-1)!.toMs, month.toMs),
        periods: periods.map((period) => ({ fromMs: period.fromMs, toMs: period.toMs, ...energyIn(period) })),
        quantityTick: this.#ticks.quantity,
        community: isLast ? community : 0n,
      };
      const lines = chargeLines(tariff, stretch, tariffs);
      const suffix = stretches.length === 1 ? "" : ` (from ${new Date(periods[0]!.fromMs).toISOString()})`;
      return lines.map((line) => tariffLine(line, carrier, { suffix, unitTick: this.#unitTick }));
    });
  }

  #total(lines: readonly BillLine[]): string {
    const scale = 10n ** BigInt(this.#unitTick.scale);
    // Amounts are whole units: their sum is exact.
    const sum = lines.reduce((all, { amount }) => all + ticksOf(amount, scale), 0n);
    return formatTicks(sum, { mantissa: 1n, scale: this.#unitTick.scale });
  }
}

/** A decimal with no more places than `scale` has zeros, as a whole number. */
function ticksOf(text: string, scale: bigint): bigint {
  const [whole = "0", fraction = ""] = text.replace("-", "").split(".");
  const value =
    BigInt(whole) * scale +
    (fraction === "" ? 0n : (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length));
  return text.startsWith("-") ? -value : value;
}

function tariffLine(
  { component, detail, quantity, unit, rate, less, exact, amount }: ChargeLine,
  carrier: Carrier,
  { suffix, unitTick }: { readonly suffix: string; readonly unitTick: Tick },
): BillLine {
  const lowered = less === 0 ? "" : ` less ${ratioText({ num: BigInt(less), den: 10_000n }, 4)} %`;
  const mean: Ratio = { num: exact.num * quantity.den, den: exact.den * quantity.num };
  const price =
    rate === null
      ? ratioText(mean.den < 0n ? { num: -mean.num, den: -mean.den } : mean, 6)
      : `${rate}${lowered}`;
  return {
    group: "tariff",
    carrier,
    label: `${component}${detail === null ? "" : `: ${detail}`}${suffix}`,
    quantity: ratioText(quantity, 6),
    unit,
    price,
    amount: formatTicks(amount, unitTick),
  };
}
