/** What a run came to: where energy and money of its ledger went, for people and for programs. */

import { addCosts } from "../../report/cost.js";
import type { Cost, EnergyBalance, MarketTicks, Summary } from "../../report/index.js";
import { isShared, type Scenario } from "../../simulation/scenario.js";
import type { Refusals } from "../../simulation/simulation.js";
import { carriers, formatTicks, type Tick } from "../../units.js";
import { areasDocument, areasText } from "./areatable.js";
import { grouped, rounded, table } from "./table.js";
import { evennessText, percent, tradingDocument, tradingRows } from "./tradingtext.js";

/** What {@link summaryText} says of a run besides the sums of its ledger. */
export interface RunFacts {
  readonly scenario: Scenario;
  readonly ledger: string;
  /** Hash of the last block, hexadecimal. */
  readonly head: string;
  /** Whether every period of the scenario is sealed. */
  readonly complete: boolean;
  /** The kind of each participant, by id. */
  readonly kinds: ReadonlyMap<string, string>;
  /** Orders that the market refused; they are in no block. */
  readonly refused: Refusals;
  /** Periods and orders of this call, and the time they took; the ledger may hold more from before. */
  readonly ranPeriods: number;
  readonly ranOrders: number;
  readonly durationMs: number;
}

const sum = (parts: Readonly<Record<string, bigint>>): bigint =>
  Object.values(parts).reduce((total, part) => total + part, 0n);

/** What a quantity tick is to a person, by its decimal places in kWh. */
const stepNames: Readonly<Record<number, string>> = { 6: "mWh", 3: "Wh", 0: "kWh" };

type Row = readonly [label: string, value: (balance: EnergyBalance) => string];

/** What a person wants to know of a carrier's energy, in the market's own units. */
function energyRows(ticks: MarketTicks): readonly Row[] {
  const energy = (quantity: bigint): string => rounded(quantity, ticks.quantity, 1);
  return [
    ["from participants, traded", ({ sources }) => energy(sources.traded)],
    ["from participants, through the pool", ({ sources }) => energy(sources.pooled)],
    ["from participants, to the grid", ({ sources }) => energy(sources.exported)],
    ["from stores and cars", ({ sources }) => energy(sources.discharged)],
    ["imported", ({ sources }) => energy(sources.imported)],
    ["= all there was", ({ sources }) => energy(sum(sources))],
    ["to participants, traded", ({ sinks }) => energy(sinks.traded)],
    ["to participants, from pool and stores", ({ sinks }) => energy(sinks.sold)],
    ["to participants, imported", ({ sinks }) => energy(sinks.importedForUse)],
    ["into stores and cars", ({ sinks }) => energy(sinks.charged)],
    ["exported", ({ sinks }) => energy(sinks.exported)],
    ["lost between areas", ({ sinks }) => energy(sinks.areaLosses)],
    ["= all that went", ({ sinks }) => energy(sum(sinks))],
    ["metered, shared inside", ({ metered }) => energy(metered.shared)],
    ["metered, from own suppliers", ({ metered }) => energy(metered.drawn - metered.shared)],
    ["metered, fed into the grid", ({ metered }) => energy(metered.injected - metered.shared)],
    ["offered, but nobody took it", ({ idle }) => energy(idle)],
    ["asked for, called off for pay", ({ interrupted }) => energy(interrupted)],
    ["asked for, not served", ({ unserved }) => energy(unserved)],
    ["in stores before", ({ storage }) => energy(storage.before)],
    ["in stores after", ({ storage }) => energy(storage.after)],
    ["lost in stores", ({ storage }) => energy(storage.lost)],
    ["used by cars on the road", ({ storage }) => energy(storage.used)],
    [
      "mean price inside, per kWh",
      ({ averagePrice }) => (averagePrice === null ? "-" : rounded(averagePrice, ticks.price, 4)),
    ],
    [
      "from the community itself",
      ({ selfSufficiency }) =>
        selfSufficiency === null ? "-" : `${(selfSufficiency / 10_000).toFixed(1)} %`,
    ],
  ];
}

/** What the kinds of payment are to a person. */
const paymentNames: Readonly<Record<string, string>> = {
  deposit: "brought along",
  withdrawal: "taken out",
  energy: "energy between participants",
  supplyFee: "commission of sellers",
  useFee: "commission of buyers",
  poolPurchase: "pool pays sellers",
  poolSale: "pool sells",
  storage: "charging and discharging",
  export: "exports",
  import: "imports",
  interruption: "pay for being called off",
  imbalance: "metered against traded",
  correction: "corrected readings",
  default: "who could not pay",
  collateral: "collateral",
  gridUse: "for the way between areas",
  gridFee: "fees of the grid",
  congestionRent: "rent of full edges",
  loss: "losses between areas",
  sharing: "shared in communities",
  delivery: "paid back, not delivered",
};

/** The summary as a person reads it. */
export function summaryText(summary: Summary, facts: RunFacts): string {
  const { scenario } = facts;
  const { ticks } = summary;
  const money = (amount: bigint): string => rounded(amount, ticks.amount, 2);
  const seconds = scenario.periodMs / 1000;
  const balances = carriers.map((carrier) => summary.energy[carrier]);
  const open = carriers.filter((carrier) => !summary.energy[carrier].closes);
  const groups = [...summary.money.groups].filter(([, { received, paid }]) => received > 0n || paid > 0n);
  const total = (pick: (group: { received: bigint; paid: bigint }) => bigint): bigint =>
    groups.reduce((all, [, group]) => all + pick(group), 0n);
  const speed =
    facts.ranPeriods > 0 && facts.durationMs > 0
      ? `, ${grouped(Math.round((facts.ranOrders * 1000) / facts.durationMs))} orders a second`
      : "";
  return [
    `${scenario.name}: ${scenario.date}, ${grouped(scenario.periods)} periods of ${seconds} s, ${grouped(summary.participants)} participants\n`,
    `\nWhere the energy went, kWh\n`,
    table(
      ["", ...carriers],
      energyRows(ticks)
        .map(([label, value]) => [label, ...balances.map(value)])
        .concat(
          tradingRows(ticks, scenario.periodMs).map(([label, value]) => [
            label,
            ...carriers.map((carrier) => value(summary.trading.together[carrier])),
          ]),
        )
        .filter((row) => row.slice(1).some((cell) => cell !== "0.0" && cell !== "-")),
    ),
    `sums close: ${open.length === 0 ? `yes, to the last ${stepNames[ticks.quantity.scale] ?? "tick"}` : `NO, not for ${open.join(", ")}`}\n`,
    `\nWhere the money went, ${scenario.currency}\n`,
    table(
      ["", "received", "paid", "holds"],
      [
        ...groups.map(([group, { received, paid }]) => [
          group,
          money(received),
          money(paid),
          money(received - paid),
        ]),
        [
          "= together",
          money(total(({ received }) => received)),
          money(total(({ paid }) => paid)),
          money(total(({ received, paid }) => received - paid)),
        ],
      ],
    ),
    "\n",
    table(
      ["for", scenario.currency],
      [...summary.money.payments]
        .filter(([, amount]) => amount > 0n)
        .map(([kind, amount]) => [paymentNames[kind] ?? kind, money(amount)]),
    ),
    `sums close: ${summary.money.closes ? "yes, debits equal credits to the last tick" : "NO"}\n`,
    areasText(summary, scenario.currency),
    savingsText(summary, facts),
    `\n${grouped(summary.blocks)} blocks sealed: ${grouped(summary.orders)} orders, ${grouped(summary.trades)} trades, ${grouped(summary.poolTrades)} pool trades, ${grouped(summary.readings)} meter readings${speed}\n`,
    facts.refused.orders === 0 ? "" : `${refusedText(facts.refused)}\n`,
    `ledger ${facts.ledger}\n`,
    `head   ${facts.head}\n`,
    facts.complete ? "" : "The run is not complete: the same command goes on where it stopped.\n",
  ].join("");
}

/** What the market was worth, by kind of participant. */
function savingsText(summary: Summary, { scenario, kinds }: RunFacts): string {
  const { savings, ticks } = summary;
  const money = (amount: bigint): string => rounded(amount, ticks.amount, 2);
  const { platform, together, systemCost } = savings;
  const byKind = new Map<string, Cost[]>();
  for (const cost of savings.participants) {
    const kind = kinds.get(cost.participant) ?? "";
    const known = byKind.get(kind);
    if (known === undefined) byKind.set(kind, [cost]);
    else known.push(cost);
  }
  const columns: readonly (readonly [title: string, of: keyof Cost])[] = [
    ["without", "without"],
    ["paid", "paid"],
    // Only sharing leaves something to members' own suppliers.
    ...(carriers.some((carrier) => isShared(scenario.rules[carrier]))
      ? [["supplier", "supplier"] as const]
      : []),
    ["imbalances", "imbalances"],
    ["making", "making"],
    ["forgone", "forgone"],
    ["stores", "drained"],
  ];
  const row = (label: string, cost: Cost): string[] => [
    label,
    ...columns.map(([, of]) => money(cost[of])),
    money(cost.without - cost.with),
    percent(cost.without - cost.with, cost.without),
  ];
  const ofPlatform: Partial<Cost> = { paid: -platform.income, drained: platform.drained };
  const result = platform.income - platform.drained;
  const saved = together.without - systemCost;
  return [
    `\nWhat the market was worth, ${scenario.currency}\n`,
    table(
      ["", ...columns.map(([title]) => title), "saved", ""],
      [
        ...[...byKind].map(([kind, costs]) => row(kind, addCosts(costs))),
        row("= participants", together),
        [
          "platform",
          ...columns.map(([, of]) => (ofPlatform[of] === undefined ? "" : money(ofPlatform[of]))),
          money(result),
          "",
        ],
      ],
    ),
    `All of it cost ${money(systemCost)} ${scenario.currency}. At the grid's tariffs alone it would have been ${money(together.without)}:\n`,
    `the community saved ${money(saved)} (${percent(saved, together.without)}), of which the platform keeps ${money(result)}.\n`,
    evennessText(summary),
  ].join("");
}

/** How many orders were refused, whose the first was, and why the first of this call was. */
function refusedText({ orders, first, why }: Refusals): string {
  const whose =
    first === null
      ? ""
      : `: the first for ${first.carrier} by ${first.participant} in period ${first.place + 1}`;
  const because = why === null ? "" : ` (the first of this call: ${why.message})`;
  return `${grouped(orders)} orders were REFUSED and are in no block${whose}${because}`;
}

const decimals = (parts: Readonly<Record<string, bigint>>, tick: Tick): Record<string, string> =>
  Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, formatTicks(value, tick)]));

function costDocument(cost: Cost, ticks: MarketTicks): Record<string, string> {
  return decimals({ ...cost, saved: cost.without - cost.with }, ticks.amount);
}

function savingsDocument({ savings, ticks }: Summary, { kinds }: RunFacts): Record<string, unknown> {
  const amount = (value: bigint): string => formatTicks(value, ticks.amount);
  const { participants, together, platform, systemCost } = savings;
  return {
    participants: participants.map(({ participant, ...cost }) => ({
      participant,
      kind: kinds.get(participant) ?? null,
      ...costDocument(cost, ticks),
    })),
    together: costDocument(together, ticks),
    platform: decimals(platform, ticks.amount),
    retailer: amount(savings.retailer),
    operator: amount(savings.operator),
    systemCost: amount(systemCost),
    gini: savings.gini === null ? null : savings.gini / 1_000_000,
    saved: amount(together.without - systemCost),
  };
}

/** The summary as one JSON document: kWh and amounts as exact decimal strings. */
export function summaryDocument(summary: Summary, facts: RunFacts): Record<string, unknown> {
  const { scenario } = facts;
  const { ticks } = summary;
  return {
    scenario: scenario.name,
    date: scenario.date,
    seed: scenario.seed,
    periods: scenario.periods,
    complete: facts.complete,
    participants: summary.participants,
    blocks: summary.blocks,
    orders: summary.orders,
    refusedOrders: facts.refused.orders,
    firstRefused:
      facts.refused.first === null
        ? null
        : {
            participant: facts.refused.first.participant,
            carrier: facts.refused.first.carrier,
            period: facts.refused.first.place + 1,
          },
    firstRefusal: facts.refused.why?.message ?? null,
    trades: summary.trades,
    poolTrades: summary.poolTrades,
    readings: summary.readings,
    energy: Object.fromEntries(
      carriers.map((carrier) => {
        const balance = summary.energy[carrier];
        return [
          carrier,
          {
            totals: decimals(balance.totals, ticks.quantity),
            sources: decimals(balance.sources, ticks.quantity),
            sinks: decimals(balance.sinks, ticks.quantity),
            metered: decimals(balance.metered, ticks.quantity),
            idle: formatTicks(balance.idle, ticks.quantity),
            interrupted: formatTicks(balance.interrupted, ticks.quantity),
            unserved: formatTicks(balance.unserved, ticks.quantity),
            storage: decimals(balance.storage, ticks.quantity),
            averagePrice:
              balance.averagePrice === null ? null : formatTicks(balance.averagePrice, ticks.price),
            selfSufficiency: balance.selfSufficiency === null ? null : balance.selfSufficiency / 1_000_000,
            closes: balance.closes,
          },
        ];
      }),
    ),
    money: {
      currency: scenario.currency,
      payments: decimals(Object.fromEntries(summary.money.payments), ticks.amount),
      groups: Object.fromEntries(
        [...summary.money.groups].map(([group, { received, paid }]) => [
          group,
          decimals({ received, paid, holds: received - paid }, ticks.amount),
        ]),
      ),
      closes: summary.money.closes,
    },
    areas: areasDocument(summary),
    savings: savingsDocument(summary, facts),
    indicators: tradingDocument(summary),
    ledger: facts.ledger,
    head: facts.head,
    ran: { periods: facts.ranPeriods, orders: facts.ranOrders, durationMs: Math.round(facts.durationMs) },
  };
}
