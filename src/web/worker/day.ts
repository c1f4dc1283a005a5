import { hex } from "../../bytes.js";
import type { Block } from "../../ledger/format/block.js";
import { totalNames } from "../../ledger/format/header.js";
import { readRecord } from "../../ledger/format/layout.js";
import { flowLayout, orderLayout, tradeLayout } from "../../ledger/format/records.js";
import { account } from "../../market/books/accounts.js";
import type { PeriodResult } from "../../market/result.js";
import type { MemberKind } from "../../simulation/scenario.js";
import { type Carrier, carriers } from "../../units.js";
import type { Settings } from "../settings/settings.js";
import { openRun, type Run } from "./chain.js";
import { scenarioOf } from "./scenario.js";
import type { Opened, Tell } from "./worker.js";

/** Most participants of a simulated day. */
export const mostInDay = 600;
/** Fewest: below, a community has nobody to trade some carriers with. */
export const leastInDay = 40;

/** Energy of one carrier in one period between kinds of participants and the platform, in quantity ticks. */
export interface Streams {
  /** Sold by kind: directly, and to the pool. */
  readonly sold: Partial<Record<MemberKind, readonly [direct: number, pool: number]>>;
  /** Bought by kind: directly, from the pool, from stores, from the grid. */
  readonly bought: Partial<
    Record<MemberKind, readonly [direct: number, pool: number, store: number, grid: number]>
  >;
}

/** One carrier in one period. */
export interface CarrierPeriod {
  readonly totals: Readonly<Record<(typeof totalNames)[number], number>>;
  /** Lowest, mean and highest price of a trade, in price ticks; null without a trade. */
  readonly prices: readonly [low: number, mean: number, high: number] | null;
  /** State of charge of all stores together, in quantity ticks. */
  readonly charge: number;
  readonly streams: Streams;
}

/** One period of the day, as its block tells it. */
export interface DayPeriod {
  readonly height: number;
  /** Start in minutes since midnight. */
  readonly minutes: number;
  readonly hash: string;
  readonly trades: number;
  readonly orders: number;
  readonly carriers: Readonly<Record<Carrier, CarrierPeriod>>;
  /** The platform's accounts so far, in money ticks. */
  readonly commission: number;
  readonly pool: number;
  readonly trading: number;
}

let run: Run | null = null;
let runKey = "";
let generation = 0;

/** The community's market that ran last; null before the first. */
export const lastRun = (): Run | null => run;

const dayKey = (settings: Settings): string => {
  const { view: _, time: __, speed: ___, block: ____, carrier, ...rest } = settings;
  return JSON.stringify([rest, carrier]);
};

/** Who sold to whom, by kind, from the records of a block. */
function streamsOf(
  block: Block,
  members: Run["community"]["members"],
): Record<Carrier, { streams: Streams; prices: CarrierPeriod["prices"] }> {
  const { orders, trades, flows } = block.sections;
  const sums = carriers.map(() => ({
    sold: {} as Record<string, [number, number]>,
    bought: {} as Record<string, [number, number, number, number]>,
    low: Number.POSITIVE_INFINITY,
    high: Number.NEGATIVE_INFINITY,
    quantity: 0,
    amount: 0,
  }));
  const kindOf = (order: number): MemberKind =>
    members[readRecord(orderLayout, orders, order).participant]!.kind;
  const soldBy = (carrier: Carrier, kind: MemberKind): [number, number] =>
    (sums[carriers.indexOf(carrier)]!.sold[kind] ??= [0, 0]);
  const boughtBy = (carrier: Carrier, kind: MemberKind): [number, number, number, number] =>
    (sums[carriers.indexOf(carrier)]!.bought[kind] ??= [0, 0, 0, 0]);
  for (let index = 0; index < block.header.sections.trades.count; index++) {
    const { kind, carrier, offer, bid, quantity, price } = readRecord(tradeLayout, trades, index);
    const sum = sums[carriers.indexOf(carrier)]!;
    sum.low = Math.min(sum.low, price);
    sum.high = Math.max(sum.high, price);
    sum.quantity += quantity;
    sum.amount += quantity * price;
    if (kind === "peer") soldBy(carrier, kindOf(offer))[0] += quantity;
    boughtBy(carrier, kindOf(bid))[kind === "peer" ? 0 : kind === "pool" ? 1 : 2] += quantity;
  }
  for (let index = 0; index < block.header.sections.flows.count; index++) {
    const { kind, carrier, order, party, quantity } = readRecord(flowLayout, flows, index);
    if (kind === "pooled") soldBy(carrier, members[party]!.kind)[1] += quantity;
    if (kind === "imported" && order < block.header.sections.orders.count)
      boughtBy(carrier, members[party]!.kind)[3] += quantity;
  }
  return Object.fromEntries(
    carriers.map((carrier, code) => {
      const { sold, bought, low, high, quantity, amount } = sums[code]!;
      return [
        carrier,
        { streams: { sold, bought }, prices: quantity === 0 ? null : [low, amount / quantity, high] },
      ];
    }),
  ) as unknown as Record<Carrier, { streams: Streams; prices: CarrierPeriod["prices"] }>;
}

function periodOf(now: Run, { block, hash }: PeriodResult): DayPeriod {
  const { header } = block;
  const { members, scenario } = now.community;
  const { terms, charges, accounts } = now.market.state;
  const found = streamsOf(block, members);
  const charge = carriers.map(() => 0);
  for (const [number, device] of terms.devices.entries()) charge[device.carrier]! += charges[number]!;
  const balance = (number: number): number => Number(accounts.balance(number));
  return {
    height: header.height,
    minutes: ((header.height - 1) * scenario.periodMs) / 60_000,
    hash: hex(hash),
    trades: header.sections.trades.count,
    orders: header.sections.orders.count,
    carriers: Object.fromEntries(
      carriers.map((carrier, code) => [
        carrier,
        {
          totals: Object.fromEntries(totalNames.map((name) => [name, Number(header.totals[carrier][name])])),
          charge: charge[code]!,
          ...found[carrier],
        },
      ]),
    ) as DayPeriod["carriers"],
    commission: balance(account.commission),
    pool: balance(account.pool),
    trading: balance(account.trading),
  };
}

/** Lets messages in between two periods. */
const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

let kept: DayPeriod[] = [];

export const dayCalls = {
  /**
   * Trades a day of the community and tells of every few periods as they are sealed. Answers at once when that day
   * was the last one traded; a newer call for another day ends an older one, which then answers null.
   */
  async day(
    engine: Opened,
    settings: Settings,
    tell: Tell,
  ): Promise<{ readonly participants: number; readonly took: number } | null> {
    const mine = ++generation;
    const key = dayKey(settings);
    if (key === runKey && run !== null && kept.length >= 1440 / settings.minutes) {
      tell(kept);
      return { participants: run.community.members.length, took: 0 };
    }
    const start = performance.now();
    const now = await openRun(
      engine,
      scenarioOf(settings, Math.max(leastInDay, Math.min(settings.orders, mostInDay))),
    );
    run = now;
    runKey = key;
    kept = [];
    const periods = 1440 / settings.minutes;
    let news: DayPeriod[] = [];
    let told = performance.now();
    for await (const result of now.periods) {
      const period = periodOf(now, result);
      if (mine !== generation) return null;
      kept.push(period);
      news.push(period);
      if (performance.now() - told > 40 || kept.length === periods) {
        tell(news);
        news = [];
        told = performance.now();
        await breathe();
        if (mine !== generation) return null;
      }
    }
    return { participants: now.community.members.length, took: performance.now() - start };
  },
};
