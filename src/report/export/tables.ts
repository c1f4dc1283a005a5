/**
 * The tables that a ledger is exported to, each with its columns and, beside each column, where its value comes from.
 * docs/exports.md says what they mean; a test holds the two together.
 */
import { fromUtf8, hex } from "../../bytes.js";
import { fail } from "../../errors.js";
import { type Block, decodeItems } from "../../ledger/format/block.js";
import { type Header, signedMarket, totalNames } from "../../ledger/format/header.js";
import { decodeRecords, type Layout } from "../../ledger/format/layout.js";
import {
  accountNames,
  firstCollateralAccount,
  firstParticipantAccount,
  flowLayout,
  meteredPeriod,
  none,
  orderLayout,
  readingLayout,
  type TradeRecord,
  tradeLayout,
} from "../../ledger/format/records.js";
import type { RecordSection } from "../../ledger/format/sections.js";
import { type Carrier, carriers } from "../../units.js";
import { areasOf } from "../areas.js";
import type { CheckedBlock } from "../blocks.js";
import { type Cell, type Column, type ColumnType, contractsOf } from "../columns.js";
import { eachPayment, type Payment } from "../payments.js";
import type { Registry } from "../registry.js";
import { type SumTable, sumTables } from "./sumtables.js";

/** One table of an export: its columns, in order. */
export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
}

/** A block and what its rows need beside it. */
export interface Place extends CheckedBlock {
  /** Who is who, the contracts of the block included. */
  readonly registry: Registry;
  /** What its carriers come to; of a block that is its header alone, what that says. */
  totals(): Header["totals"];
  /** The number of the participant behind an order of the block; undefined where there is none. */
  partyOf(order: number): number | undefined;
}

/** Where a column's value comes from. */
type Get<T> = (record: T, place: Place) => Cell;
type Spec<T> = readonly [name: string, type: ColumnType, get: Get<T>];
/** A table with rows of each block. */
export interface BlockTable extends Table {
  /** Whether its rows follow from headers, so that it can be read of blocks that are withheld. */
  readonly ofHeaders: boolean;
  rows(place: Place): Cell[][];
}

/** A table with a row for each of `records`, behind height and period and, but for those of headers, their number. */
function tableOf<T>(
  name: string,
  records: (place: Place) => readonly T[],
  specs: readonly Spec<T>[],
  ofHeaders = false,
): BlockTable {
  const number: readonly Column[] = ofHeaders ? [] : [["number", "index"]];
  return {
    name,
    ofHeaders,
    columns: [
      ["height", "number"],
      ["period", "number"],
      ...number,
      ...specs.map(([column, type]): Column => [column, type]),
    ],
    rows(place) {
      const { height, period } = place.block.header;
      return records(place).map((record, index) => [
        height,
        period,
        ...(ofHeaders ? [] : [index]),
        ...specs.map(([, , get]) => get(record, place)),
      ]);
    },
  };
}

const recordTable = <T>(section: RecordSection, layout: Layout<T>, specs: readonly Spec<T>[]): BlockTable =>
  tableOf(section, ({ block }) => decodeRecords(layout, block.sections[section]), specs);

const orNull = (number: number): number | null => (number === none ? null : number);
const idOf = (number: number | undefined, { registry }: Place): string | null =>
  number === undefined ? null : (registry.participants[number] ?? null);
/** The id of the participant behind an order of the same block. */
const partyOf = (order: number, place: Place): string | null => idOf(place.partyOf(order), place);
/** Who stands on one side of a trade: the id of a participant, the name of a storage device; null for the grid. */
function sideOf(party: TradeRecord["seller"], number: number, place: Place): string | null {
  if (party === "order") return partyOf(number, place);
  return party === "device" ? (place.registry.devices[number]?.name ?? null) : null;
}

/** What an account is called: the platform's by what it is for, the others by the participant's id. */
function accountOf(number: number, place: Place): string | null {
  if (number < firstParticipantAccount) return accountNames[number] ?? null;
  const collateral = number >= firstCollateralAccount;
  const id = idOf(number - (collateral ? firstCollateralAccount : firstParticipantAccount), place);
  return id !== null && collateral ? `${id} (collateral)` : id;
}

const count = (section: RecordSection | "contracts"): Spec<Header> => [
  section,
  "index",
  ({ sections }) => sections[section].count,
];

const blockTables: readonly BlockTable[] = [
  tableOf(
    "blocks",
    ({ block }) => [block.header],
    [
      ["time", "moment", ({ timestampMs }) => timestampMs],
      ["hash", "text", (_, { hash }) => hex(hash)],
      ["previous", "text", ({ previous }) => hex(previous)],
      ["history", "text", ({ history }) => hex(history)],
      ["rules", "text", ({ sections }) => hex(sections.rules.root)],
      ["state", "text", ({ sections }) => hex(sections.state.root)],
      ["names", "text", ({ sections }) => hex(sections.names.root)],
      ["books", "text", ({ sections }) => hex(sections.books.root)],
      ["last_readings", "text", ({ sections }) => hex(sections.lastReadings.root)],
      ["market", "text", ({ marketId }) => hex(marketId)],
      ["signed", "index", ({ flags }) => flags & signedMarket],
      count("contracts"),
      count("orders"),
      count("trades"),
      count("flows"),
      count("readings"),
      count("postings"),
    ],
    true,
  ),
  tableOf<Carrier>(
    "totals",
    () => carriers,
    [
      ["carrier", "text", (carrier) => carrier],
      ...totalNames.map(
        (name): Spec<Carrier> => [name, "total", (carrier, place) => place.totals()[carrier][name]],
      ),
    ],
    true,
  ),
  tableOf("contracts", ({ block }) => contractTexts(block), [
    ["kind", "text", ({ kind }) => kind],
    ["contract", "text", ({ text }) => text],
  ]),
  recordTable("orders", orderLayout, [
    ["participant", "index", ({ participant }) => participant],
    ["id", "text", ({ participant }, place) => idOf(participant, place)],
    ["carrier", "text", ({ carrier }) => carrier],
    ["side", "text", ({ side }) => side],
    ["revision", "index", ({ revision }) => revision],
    ["quantity", "quantity", ({ quantity }) => quantity],
    ["price", "price", ({ price }) => price],
  ]),
  recordTable("trades", tradeLayout, [
    ["kind", "text", ({ kind }) => kind],
    ["carrier", "text", ({ carrier }) => carrier],
    ["seller_party", "text", ({ seller }) => seller],
    ["offer", "index", ({ offer }) => orNull(offer)],
    ["seller", "text", ({ seller, offer }, place) => sideOf(seller, offer, place)],
    ["buyer_party", "text", ({ buyer }) => buyer],
    ["bid", "index", ({ bid }) => orNull(bid)],
    ["buyer", "text", ({ buyer, bid }, place) => sideOf(buyer, bid, place)],
    ["quantity", "quantity", ({ quantity }) => quantity],
    ["supply_price", "price", ({ supplyPrice }) => supplyPrice],
    ["use_price", "price", ({ usePrice }) => usePrice],
    ["supply_fee", "amount", ({ supplyFee }) => supplyFee],
    ["use_fee", "amount", ({ useFee }) => useFee],
  ]),
  recordTable("flows", flowLayout, [
    ["kind", "text", ({ kind }) => kind],
    ["carrier", "text", ({ carrier }) => carrier],
    ["party", "index", ({ party }) => orNull(party)],
    ["order", "index", ({ order }) => orNull(order)],
    ["quantity", "quantity", ({ quantity }) => quantity],
    ["lost", "quantity", ({ lost }) => lost],
    ["price", "price", ({ price }) => price],
    ["amount", "amount", ({ amount }) => amount],
    ["extra", "text", ({ extra }) => `${extra}`],
  ]),
  tableOf("areas", ({ block }) => areasOf(block), [
    ["carrier", "text", ({ carrier }) => carrier],
    ["area", "index", ({ area }) => area],
    ["name", "text", ({ area }, { registry }) => registry.network.names[area] ?? null],
    ["price", "price", ({ price }) => price],
    ["flow", "total", ({ flow }) => flow],
    ["fees", "amount", ({ fees }) => fees],
    ["rent", "amount", ({ rent }) => rent],
  ]),
  recordTable("readings", readingLayout, [
    ["participant", "index", ({ participant }) => participant],
    ["id", "text", ({ participant }, place) => idOf(participant, place)],
    ["carrier", "text", ({ carrier }) => carrier],
    ["metered_period", "number", ({ age }, { block }) => meteredPeriod(block.header.period, age)],
    ["version", "index", ({ version }) => version],
    ["flags", "index", ({ flags }) => flags],
    ["in", "quantity", (reading) => reading.in],
    ["out", "quantity", ({ out }) => out],
    ["amount", "amount", ({ amount }) => amount],
  ]),
  tableOf("postings", paymentsOf, [
    ["kind", "text", ({ kind }) => kind],
    ["carrier", "text", ({ carrier }) => carriers[carrier] ?? null],
    ["debit", "index", ({ debit }) => debit],
    ["debit_account", "text", ({ debit }, place) => accountOf(debit, place)],
    ["credit", "index", ({ credit }) => credit],
    ["credit_account", "text", ({ credit }, place) => accountOf(credit, place)],
    ["section", "text", ({ section }) => section],
    ["reference", "index", ({ section, reference }) => (section === null ? null : reference)],
    ["amount", "amount", ({ amount }) => amount],
    ["booked_period", "number", ({ period }) => period],
  ]),
];

/** Every payment of a block as a posting, whichever record says it. */
function paymentsOf({ block, registry }: Place): Payment[] {
  const payments: Payment[] = [];
  eachPayment(block, registry, (payment) => payments.push({ ...payment }));
  return payments;
}

/** The contracts of a block: their kinds, and their canonical JSON. */
function contractTexts(block: Block): { kind: string | null; text: string | null }[] {
  const items = decodeItems(block.sections.contracts);
  return contractsOf(block).map(({ kind }, index) => ({ kind: kind ?? null, text: fromUtf8(items[index]!) }));
}

/** A table that can be read. */
export type ReadTable = BlockTable | SumTable;
const readTables: readonly ReadTable[] = [...blockTables, ...sumTables];

/** The tables that a ledger is exported to. */
export const tables: readonly Table[] = readTables;

/** The table with a name. Throws `invalid` when there is none. */
export function tableNamed(name: string): ReadTable {
  const found = readTables.find((table) => table.name === name);
  return found ?? fail("invalid", "table", `one of ${tables.map((table) => table.name).join(", ")}`, name);
}
