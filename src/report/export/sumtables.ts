/**
 * The tables of what a ledger adds up to: how each participant and the community traded in each carrier, and what the
 * market was worth to them. docs/indicators.md says what each column means.
 */
import { type Carrier, carriers } from "../../units.js";
import type { Summary } from "../balances.js";
import type { Cell, Column, ColumnType } from "../columns.js";
import type { Cost } from "../cost.js";
import type { CommunityTrading, Trading } from "../tradingsum.js";

/** A table with rows of all blocks together. */
export interface SumTable {
  readonly name: string;
  readonly columns: readonly Column[];
  sums(summary: Summary): Cell[][];
}

/** One row: whom it is about, null for the community, and of which carrier. */
interface TradingRow {
  readonly participant: string | null;
  readonly carrier: Carrier;
  readonly own: Trading;
  /** What only a community has; null of a participant. */
  readonly all: CommunityTrading | null;
}

type Spec<T> = readonly [name: string, type: ColumnType, get: (row: T) => Cell];

const tableOf = <T>(
  name: string,
  rows: (summary: Summary) => readonly T[],
  specs: readonly Spec<T>[],
): SumTable => ({
  name,
  columns: specs.map(([column, type]): Column => [column, type]),
  sums: (summary) => rows(summary).map((row) => specs.map(([, , get]) => get(row))),
});

const scope = (participant: string | null): string => (participant === null ? "community" : "participant");
const total = (name: string, key: keyof Trading): Spec<TradingRow> => [
  name,
  "total",
  ({ own }) => own[key] as bigint,
];
const amount = (name: string, key: keyof CommunityTrading): Spec<TradingRow> => [
  name,
  "amount",
  ({ all }) => (all === null ? null : (all[key] as bigint)),
];

/** How each carrier was traded. */
export const tradingTable: SumTable = tableOf<TradingRow>(
  "indicators",
  (summary) => [
    ...carriers.map((carrier) => {
      const all = summary.trading.together[carrier];
      return { participant: null, carrier, own: all, all };
    }),
    ...summary.trading.participants.flatMap(({ participant, carriers: own }) =>
      carriers.map((carrier) => ({ participant, carrier, own: own[carrier], all: null })),
    ),
  ],
  [
    ["scope", "text", ({ participant }) => scope(participant)],
    ["participant", "text", ({ participant }) => participant],
    ["carrier", "text", ({ carrier }) => carrier],
    total("asked", "asked"),
    total("bought", "bought"),
    total("imported", "imported"),
    total("interrupted", "interrupted"),
    total("unserved", "unserved"),
    total("offered", "offered"),
    total("sold", "sold"),
    total("exported", "exported"),
    total("idle", "idle"),
    total("charged", "charged"),
    total("discharged", "discharged"),
    total("drawn", "drawn"),
    total("injected", "injected"),
    total("received", "received"),
    total("supplied", "supplied"),
    ["self_sufficiency", "share", ({ own }) => own.selfSufficiency],
    ["self_consumption", "share", ({ own }) => own.selfConsumption],
    ["peak_import", "total", ({ own }) => own.peakImport?.quantity ?? null],
    ["peak_import_period", "number", ({ own }) => own.peakImport?.period ?? null],
    ["peak_export", "total", ({ own }) => own.peakExport?.quantity ?? null],
    ["peak_export_period", "number", ({ own }) => own.peakExport?.period ?? null],
    ["paid_price", "price", ({ own }) => own.paidPrice],
    ["got_price", "price", ({ own }) => own.gotPrice],
    ["spread", "price", ({ own }) => spreadOf(own)],
    ["price", "price", ({ all }) => all?.prices?.mean ?? null],
    ["lowest", "price", ({ all }) => all?.prices?.lowest ?? null],
    ["highest", "price", ({ all }) => all?.prices?.highest ?? null],
    ["deviation", "price", ({ all }) => all?.prices?.deviation ?? null],
    ["buyer_gain", "amount", ({ own }) => own.buyerGain],
    ["seller_gain", "amount", ({ own }) => own.sellerGain],
    amount("welfare", "welfare"),
    amount("best_welfare", "bestWelfare"),
    ["overlap", "total", ({ all }) => all?.overlap ?? null],
    amount("overlap_loss", "overlapLoss"),
    ["co2", "mass", ({ own }) => own.co2],
  ],
);

/** What lies between what buyers pay and sellers get for a unit, in price ticks; null without either. */
export const spreadOf = ({ paidPrice, gotPrice }: Trading): bigint | null =>
  paidPrice === null || gotPrice === null ? null : paidPrice - gotPrice;

/** Whom a row is about: a participant, all of them, or the platform. */
interface SavingsRow {
  readonly scope: "community" | "participant" | "platform";
  readonly participant: string | null;
  readonly cost: Cost | null;
  readonly summary: Summary;
}

const cost = (name: keyof Cost): Spec<SavingsRow> => [
  name,
  "amount",
  ({ cost: own }) => (own === null ? null : own[name]),
];
const ofCommunity =
  (get: (summary: Summary) => Cell): ((row: SavingsRow) => Cell) =>
  ({ scope: of, summary }) =>
    of === "community" ? get(summary) : null;

const savings = tableOf<SavingsRow>(
  "savings",
  (summary) => [
    { scope: "community", participant: null, cost: summary.savings.together, summary },
    { scope: "platform", participant: null, cost: null, summary },
    ...summary.savings.participants.map(
      ({ participant, ...own }): SavingsRow => ({ scope: "participant", participant, cost: own, summary }),
    ),
  ],
  [
    ["scope", "text", (row) => row.scope],
    ["participant", "text", ({ participant }) => participant],
    cost("without"),
    cost("with"),
    cost("paid"),
    cost("supplier"),
    cost("imbalances"),
    cost("making"),
    cost("forgone"),
    [
      "drained",
      "amount",
      ({ scope: of, cost: own, summary }) =>
        of === "platform" ? summary.savings.platform.drained : own!.drained,
    ],
    ["saved", "amount", savedOf],
    [
      "income",
      "amount",
      ({ scope: of, summary }) => (of === "platform" ? summary.savings.platform.income : null),
    ],
    ["system_cost", "amount", ofCommunity(({ savings: own }) => own.systemCost)],
    ["retailer", "amount", ofCommunity(({ savings: own }) => own.retailer)],
    ["operator", "amount", ofCommunity(({ savings: own }) => own.operator)],
    ["gini", "share", ofCommunity(({ savings: own }) => own.gini)],
  ],
);

/** What the community saved, what the platform keeps of that, what a participant saved. */
function savedOf({ scope: of, cost: own, summary }: SavingsRow): bigint {
  const { together, systemCost, platform } = summary.savings;
  if (of === "community") return together.without - systemCost;
  return of === "platform" ? platform.income - platform.drained : own!.without - own!.with;
}

/** The tables of what a ledger adds up to. */
export const sumTables: readonly SumTable[] = [tradingTable, savings];
