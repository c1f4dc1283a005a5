import type { Clearing, ClearingRules, Engine } from "../../src/core/engine.js";
import { readData } from "./folder.js";

interface VectorOrder {
  readonly id: string;
  readonly qty: number;
  /** null: at any price. */
  readonly price: number | null;
  readonly owner?: string;
}

interface VectorTrade {
  readonly ask: string;
  readonly bid: string;
  readonly qty: number;
  readonly price: number;
}

interface Vector {
  readonly name: string;
  readonly source: string;
  readonly mechanism: string;
  readonly asks: readonly VectorOrder[];
  readonly bids: readonly VectorOrder[];
  readonly grid_fee?: number | null;
  readonly integer_scale: { readonly qty: number; readonly price: number };
  readonly expected: {
    readonly clearing_price?: number | null;
    readonly clearing_qty?: number | null;
    readonly trades?: readonly VectorTrade[];
    readonly fills?: readonly { readonly order: string; readonly qty: number }[];
    readonly max_volume?: number;
  };
}

/** The files of the data set, in the order of the table. */
export const files: readonly string[] = [
  "assume",
  "energyweb-exchange-core",
  "gridlabd",
  "gsy",
  "lemlab",
  "powertac",
  "pymarket",
  "simply",
];

/** Rules that are tried on every vector, the plainest first. */
const rules: readonly (readonly [string, ClearingRules])[] = [
  ["merit, uniform, k = 0.5", { mechanism: "merit", pricing: "uniform", k: 500_000 }],
  ["merit, uniform, k = 0", { mechanism: "merit", pricing: "uniform", k: 0 }],
  ["merit, uniform, k = 1", { mechanism: "merit", pricing: "uniform", k: 1_000_000 }],
  ["merit, blend, k = 1 (pay as bid)", { mechanism: "merit", pricing: "blend", k: 1_000_000 }],
  ["merit, blend, k = 0 (pay as offered)", { mechanism: "merit", pricing: "blend", k: 0 }],
  ["merit, blend, k = 0.5", { mechanism: "merit", pricing: "blend", k: 500_000 }],
  ["value, counterparty", { mechanism: "value", pricing: "counterparty" }],
  ["value, blend, k = 0.5", { mechanism: "value", pricing: "blend", k: 500_000 }],
  ["value, blend, k = 1", { mechanism: "value", pricing: "blend", k: 1_000_000 }],
  ["value, blend, k = 0", { mechanism: "value", pricing: "blend", k: 0 }],
];

/** How one vector came out. `null`: the vector does not say. */
export interface Outcome {
  readonly file: string;
  readonly name: string;
  readonly mechanism: string;
  /** Volume of the merit order, and the volume the vector states, in the vector's units. */
  readonly volume: number;
  readonly statedVolume: number | null;
  /** First rules that give the stated uniform price; empty when none does. */
  readonly priceRules: string | null;
  /** First rules that give the stated trades, pair by pair with quantity and price; empty when none does. */
  readonly tradeRules: string | null;
}

const anyPrice = 0x7fff_ffff;

/**
 * The vector as columns: orders without quantity left out, a flat grid fee taken off the bids, half ticks made whole.
 */
function bookOf(vector: Vector) {
  const quantityScale = vector.integer_scale.qty;
  const priceScale = 2 * vector.integer_scale.price;
  const fee = vector.grid_fee ?? 0;
  const live = (orders: readonly VectorOrder[]) => orders.filter((order) => order.qty * quantityScale >= 1);
  const asks = live(vector.asks);
  const bids = live(vector.bids);
  const columns = (orders: readonly VectorOrder[], less: number, atAnyPrice: number) => ({
    quantity: Uint32Array.from(orders, (order) => Math.round(order.qty * quantityScale)),
    price: Int32Array.from(orders, (order) =>
      order.price === null
        ? atAnyPrice
        : Math.max(-anyPrice, Math.min(anyPrice, Math.round((order.price - less) * priceScale))),
    ),
  });
  return {
    asks,
    bids,
    quantityScale,
    priceScale,
    fee,
    book: { offers: columns(asks, 0, -anyPrice), bids: columns(bids, fee, anyPrice) },
  };
}

/** What a vector says was traded in all. */
function statedVolume({ expected }: Vector, asks: readonly VectorOrder[]): number | null {
  if (typeof expected.clearing_qty === "number") return expected.clearing_qty;
  if (expected.trades !== undefined) return expected.trades.reduce((sum, trade) => sum + trade.qty, 0);
  if (expected.fills !== undefined) {
    const ids = new Set(asks.map((ask) => ask.id));
    return expected.fills.filter((fill) => ids.has(fill.order)).reduce((sum, fill) => sum + fill.qty, 0);
  }
  return null;
}

const near = (left: number, right: number): boolean =>
  Math.abs(left - right) < 1e-9 * Math.max(1, Math.abs(right));

/** Trades as a sorted list of pair, quantity and price; trades of one pair at one price are one. */
function listed(trades: readonly VectorTrade[]): string[] {
  const sums = new Map<string, number>();
  for (const { ask, bid, qty, price } of trades) {
    const key = `${ask}|${bid}|${Number(price.toFixed(9))}`;
    sums.set(key, (sums.get(key) ?? 0) + qty);
  }
  return [...sums].map(([key, quantity]) => `${key}|${Number(quantity.toFixed(9))}`).sort();
}

const same = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((value, index) => value === right[index]);

function outcome(engine: Engine, file: string, vector: Vector): Outcome {
  const { asks, bids, quantityScale, priceScale, fee, book } = bookOf(vector);
  const tradesOf = ({ trades }: Clearing): VectorTrade[] =>
    Array.from({ length: trades.count }, (_, index) => ({
      ask: asks[trades.offer[index]!]!.id,
      bid: bids[trades.bid[index]!]!.id,
      qty: trades.quantity[index]! / quantityScale,
      price: trades.price[index]! / priceScale + fee,
    }));
  let volume = 0;
  let priceRules: string | null = null;
  let tradeRules: string | null = null;
  const { clearing_price: price, trades } = vector.expected;
  if (typeof price === "number") priceRules = "";
  if (trades !== undefined) tradeRules = "";
  for (const [index, [name, each]] of rules.entries()) {
    const clearing = engine.clear(book, each);
    if (index === 0) volume = clearing.trades.quantity.reduce((sum, part) => sum + part, 0) / quantityScale;
    const found = clearing.clearingPrice;
    if (priceRules === "" && found !== null && near(found / priceScale + fee, price!)) priceRules = name;
    if (tradeRules === "" && same(listed(tradesOf(clearing)), listed(trades!))) tradeRules = name;
  }
  return {
    file,
    name: vector.name,
    mechanism: vector.mechanism,
    volume,
    statedVolume: statedVolume(vector, asks),
    priceRules,
    tradeRules,
  };
}

/** A vector whose numbers do not fit 32-bit columns at its own scale; it is not cleared. */
export const tooLarge = "powertac/numeric-range";

/** Why a vector's stated volume is another than the merit order's, by `file/name` or `file/mechanism`. */
export const volumeReasons: ReadonlyMap<string, string> = new Map([
  ["energyweb-exchange-core/self-trade", "refuses to trade with oneself; here one participant has one side"],
  [
    "energyweb-exchange-core/three-trades",
    "matches while orders arrive: an early pair is closed before the better order comes",
  ],
  ["energyweb-exchange-core/one-time-match-1", "some orders are matched once only, on arrival"],
  ["gsy/pay-as-bid", "refuses to trade with oneself, and begins with the dearest offer"],
  [
    "gsy/pay-as-clear",
    "its rule for the price is not the crossing and leaves volume (20 for 25, 95 for 120)",
  ],
  [
    "gsy/sequential-fill (allocation step of pay-as-clear, order lists already sorted)",
    "fills two lists by place, whatever their prices: limits are not looked at",
  ],
  [
    "lemlab/uniform price = int((last ask + last bid)/2)",
    "sorts by the quality of energy before price, or loses an order listed twice (its own fault)",
  ],
  ["powertac/market-ask-zero-bid", "an offer at any price does not meet a bid of zero"],
  ["pymarket/huang", "the pair that sets the price does not trade (Huang's trade reduction)"],
  ["pymarket/muda", "two halves drawn at random clear apart"],
  ["pymarket/fixed-price clearing (MUDA side) at 50", "the price comes from outside"],
  [
    "pymarket/fixed-price clearing at 95, equal-price orders merged then split pro rata",
    "the price comes from outside",
  ],
  [
    "pymarket/p2p random pairing, price = (bid+ask)/2",
    "pairs drawn at random can trade more than the merit order",
  ],
  [
    "simply/BEST: locational pay-as-clear with a grid-fee matrix between clusters",
    "a fee for each pair of places decides who can trade",
  ],
]);

/** Every vector of the data set, cleared by every rule. */
export function outcomes(engine: Engine): Outcome[] {
  return files
    .flatMap((file) =>
      (JSON.parse(readData(`lem_vectors/${file}.json`)) as Vector[]).map((vector) =>
        outcome(engine, file, vector),
      ),
    )
    .filter(({ file, name }) => `${file}/${name}` !== tooLarge);
}

/** Whether a vector's volume is that of the merit order; null when it states none. */
export function volumeAgrees({ volume, statedVolume: stated }: Outcome): boolean | null {
  return stated === null ? null : near(volume, stated);
}

/** The outcomes as the Markdown of docs/conformance.md. */
export function conformanceDocument(all: readonly Outcome[]): string {
  const lines = [
    "# Conformance with other markets' tests",
    "",
    "The test suites of eight other market systems as 165 small markets, cleared by this package's rules. Each vector",
    "states a volume, a uniform price, or trades; the table counts how many of them one of our rules gives as they",
    "stand: the same volume by merit order, the same price, the same pairs with the same quantity and price.",
    "",
    "Written by `npx vitest run --config test/vitest.config.ts --project data test/data/conformance -u`, which reads the",
    "vectors from the folder of data sets beside the checkout; without `-u` it fails when this page is out of date.",
    "",
    "| system | mechanism | vectors | volume | price | trades | our rules for it |",
    "|---|---|--:|--:|--:|--:|---|",
  ];
  const groups = new Map<string, Outcome[]>();
  for (const each of all) {
    const key = `${each.file} | ${each.mechanism}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const share = (group: readonly Outcome[], stated: (each: Outcome) => boolean | null): string => {
    const counted = group.map(stated).filter((each) => each !== null);
    return counted.length === 0 ? "" : `${counted.filter((each) => each).length} of ${counted.length}`;
  };
  for (const [key, group] of groups) {
    const names = new Set(
      group.flatMap(({ priceRules, tradeRules }) => [priceRules ?? "", tradeRules ?? ""]),
    );
    names.delete("");
    lines.push(
      `| ${key} | ${group.length} | ${share(group, volumeAgrees)} | ${share(group, (each) =>
        each.priceRules === null ? null : each.priceRules !== "",
      )} | ${share(group, (each) => (each.tradeRules === null ? null : each.tradeRules !== ""))} | ${[...names].join("; ")} |`,
    );
  }
  lines.push(
    "",
    "## Where the volume differs, and why",
    "",
    "A merit order reaches the greatest welfare; pairs chosen in another way can trade more, for less of it.",
    "",
    "| vector | theirs | ours | why |",
    "|---|--:|--:|---|",
  );
  for (const each of all)
    if (volumeAgrees(each) === false)
      lines.push(
        `| ${each.file}/${each.name} | ${each.statedVolume} | ${Number(each.volume.toFixed(6))} | ${volumeReason(each)} |`,
      );
  lines.push(
    "",
    `Not cleared: ${tooLarge}, whose numbers do not fit 32 bits at its own scale.`,
    "",
    "## Where no rule of ours names their price",
    "",
    "- Without a trade there is no clearing price here; GridLAB-D and others name one 0.0001 beyond the best order.",
    "- With orders left open between the last traded offer and bid, our interval of prices ends at them, so that nobody",
    "  whose order stays open could have traded at the price; systems that take the last accepted offer, or the middle",
    "  between the last pair, do not look.",
    "- powertac caps the price at 1.05 times the offer, and gives orders without a limit rules of their own.",
    "- lemlab and gsy round or search the price in ways their volumes above show.",
    "",
  );
  return lines.join("\n");
}

/** Why a vector's volume differs; undefined when nobody has looked into it. */
export function volumeReason({ file, name, mechanism }: Outcome): string | undefined {
  return volumeReasons.get(`${file}/${name}`) ?? volumeReasons.get(`${file}/${mechanism}`);
}
