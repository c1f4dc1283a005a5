/** What came of a clearing as a person reads it: tables of the document that `--json` prints whole. */
import type { NamedArea } from "../../files/areasfile.js";
import type { AreaCarrierDocument, CarrierDocument, ClearDocument } from "../../files/cleardocument.js";
import type { FileRules } from "../../files/rulesfile.js";
import type { Carrier } from "../../units.js";
import { andMore, count, shownRows, table } from "./table.js";

/** Columns that are shown only when something stands in them. */
const feeColumns: readonly string[] = ["supplyFee", "useFee"];
/** Headings of columns that are no single words. */
const headingOf: Readonly<Record<string, string>> = {
  supplyPrice: "supply price",
  usePrice: "use price",
  supplyAmount: "supplier gets",
  useAmount: "consumer pays",
  supplyFee: "supply fee",
  useFee: "use fee",
};
const tradeColumns = ["offer", "bid", "quantity", "price", "amount", "supplyFee", "useFee"] as const;
const areaTradeColumns = [
  ...(["offer", "bid", "quantity", "supplyPrice", "usePrice"] as const),
  ...(["supplyAmount", "useAmount", "supplyFee", "useFee"] as const),
];

/** A heading and its rows, or nothing when there are none. Fees that are all zero are left out. */
function list<Row extends object>(
  title: string,
  rows: readonly Row[],
  columns: readonly (keyof Row & string)[],
): string {
  if (rows.length === 0) return "";
  const used = columns.filter(
    (column) => !feeColumns.includes(column) || rows.some((row) => row[column] !== "0"),
  );
  const headings = used.map((column) => headingOf[column] ?? column);
  const shown = rows.slice(0, shownRows).map((row) => used.map((column) => String(row[column])));
  return `\n${title}\n${table(headings, shown)}${andMore(rows.length)}`;
}

/** Places of areas from the root down, each with its children below it, and the lines that lead to it. */
function* drawn(areas: readonly NamedArea[]): Generator<{ readonly place: number; readonly lines: string }> {
  const children: number[][] = areas.map(() => []);
  for (const [place, { parent }] of areas.entries()) if (parent !== undefined) children[parent]!.push(place);
  const waiting = [{ place: 0, lines: "", below: "" }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { below } = next;
    yield next;
    for (const [index, place] of children[next.place]!.toReversed().entries())
      waiting.push({
        place,
        lines: `${below}${index === 0 ? "└ " : "├ "}`,
        below: `${below}${index === 0 ? "  " : "│ "}`,
      });
  }
}

/** The areas as the tree that they are: what crosses the edge to the parent, and what stays there. */
function areaTable({ areas }: AreaCarrierDocument, tree: readonly NamedArea[]): string {
  const rows: string[][] = [];
  for (const { place, lines } of drawn(tree)) {
    if (rows.length === shownRows) break;
    const { name, price, flow, fees, rent } = areas[place]!;
    const isDown = flow.startsWith("-");
    rows.push([
      lines + name,
      price ?? "-",
      isDown || flow === "0" ? "-" : flow,
      isDown ? flow.slice(1) : "-",
      fees,
      rent,
    ]);
  }
  return `\nareas\n${table(["area", "price", "sends up", "takes down", "fees", "rent"], rows)}${andMore(areas.length)}`;
}

function describe(
  name: string,
  carrier: CarrierDocument | AreaCarrierDocument,
  tree: readonly NamedArea[] = [],
): string {
  const { counters, pool, clearingPrice } = carrier;
  const price = clearingPrice === null ? "" : `, clearing price ${clearingPrice}`;
  return [
    `${name}: ${count(counters.num1, "trade")}, ${count(counters.num3, "pool trade")}${price}\n`,
    "areas" in carrier ? areaTable(carrier, tree) + list("trades", carrier.trades, areaTradeColumns) : "",
    "areas" in carrier ? "" : list("trades", carrier.trades, tradeColumns),
    list("pool lots", pool.lots, ["offer", "quantity", "price"]),
    list("pool trades", pool.trades, ["offer", "bid", "quantity", "price", "amount"]),
    list("unsold in the pool", pool.unsold, ["offer", "quantity"]),
    list("idle offers", carrier.idle, ["offer", "quantity"]),
    list("bids not wholly filled", carrier.rest, ["bid", "quantity"]),
  ].join("");
}

/** A clearing as a person reads it; `areas` are those of the rules. */
export function clearTable(document: ClearDocument, areas: FileRules["areas"] = new Map()): string {
  const parts = Object.entries(document.carriers).map(([name, carrier]) =>
    describe(name, carrier, areas.get(name as Carrier)),
  );
  return parts.length === 0 ? "no orders\n" : parts.join("\n");
}
