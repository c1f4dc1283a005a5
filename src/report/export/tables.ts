import { hex } from "../../bytes.js";
import { fail } from "../../errors.js";
import { decodeBlock, decodeItems, type Sections } from "../../ledger/format/block.js";
import { decodeCanonical, type Json } from "../../ledger/format/canonical.js";
import { blockHash, type Header, headerBytes, signedMarket, totalNames } from "../../ledger/format/header.js";
import { decodeRecords } from "../../ledger/format/layout.js";
import {
  accountNames,
  firstCollateralAccount,
  firstParticipantAccount,
  flowLayout,
  none,
  orderLayout,
  postingLayout,
  readingLayout,
  tradeLayout,
} from "../../ledger/format/records.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { amountTick, carriers, microTick, parseTick, type Tick } from "../../units.js";

/**
 * What a column holds: a whole number below 2³² (`index`) or 2⁵³ (`number`), a text, a moment (milliseconds since 1970), or
 * an exact decimal, given in ticks: the quantity or price of one record, a sum of quantities (`total`), an amount.
 */
export type ColumnType = "index" | "number" | "text" | "moment" | "quantity" | "total" | "price" | "amount";
/** One value; null where there is none. */
export type Cell = number | bigint | string | null;
/** One table of an export: its columns, in order. */
export interface Table {
  readonly name: string;
  readonly columns: readonly (readonly [name: string, type: ColumnType])[];
}
/** The ticks of a market's decimals; null for what is no decimal. */
export type Ticks = Readonly<Record<ColumnType, Tick | null>>;

const ticksOf = (quantity: Tick, price: Tick): Ticks => ({
  index: null,
  number: null,
  text: null,
  moment: null,
  quantity,
  total: quantity,
  price,
  amount: amountTick(quantity, price),
});

const placed: Table["columns"] = [
  ["height", "number"],
  ["period", "number"],
];
const numbered: Table["columns"] = [...placed, ["number", "index"]];

/** The tables that a ledger is exported to. */
export const tables: readonly Table[] = [
  {
    name: "blocks",
    columns: [
      ...placed,
      ["time", "moment"],
      ["hash", "text"],
      ["previous", "text"],
      ["history", "text"],
      ["rules", "text"],
      ["state", "text"],
      ["market", "text"],
      ["signed", "index"],
      ["contracts", "index"],
      ["orders", "index"],
      ["trades", "index"],
      ["flows", "index"],
      ["readings", "index"],
      ["postings", "index"],
    ],
  },
  {
    name: "totals",
    columns: [...placed, ["carrier", "text"], ...totalNames.map((name) => [name, "total"] as const)],
  },
  { name: "contracts", columns: [...numbered, ["kind", "text"], ["contract", "text"]] },
  {
    name: "orders",
    columns: [
      ...numbered,
      ["participant", "index"],
      ["id", "text"],
      ["carrier", "text"],
      ["side", "text"],
      ["revision", "index"],
      ["quantity", "quantity"],
      ["price", "price"],
    ],
  },
  {
    name: "trades",
    columns: [
      ...numbered,
      ["kind", "text"],
      ["carrier", "text"],
      ["offer", "index"],
      ["seller", "text"],
      ["device", "index"],
      ["bid", "index"],
      ["buyer", "text"],
      ["quantity", "quantity"],
      ["price", "price"],
      ["position", "index"],
      ["supply_fee", "amount"],
      ["use_fee", "amount"],
    ],
  },
  {
    name: "flows",
    columns: [
      ...numbered,
      ["kind", "text"],
      ["carrier", "text"],
      ["party", "index"],
      ["order", "index"],
      ["quantity", "quantity"],
      ["lost", "quantity"],
      ["price", "price"],
      ["amount", "amount"],
      ["extra", "text"],
    ],
  },
  {
    name: "readings",
    columns: [
      ...numbered,
      ["participant", "index"],
      ["id", "text"],
      ["carrier", "text"],
      ["metered_period", "number"],
      ["version", "index"],
      ["flags", "index"],
      ["in", "quantity"],
      ["out", "quantity"],
    ],
  },
  {
    name: "postings",
    columns: [
      ...numbered,
      ["kind", "text"],
      ["carrier", "text"],
      ["debit", "index"],
      ["debit_account", "text"],
      ["credit", "index"],
      ["credit_account", "text"],
      ["reference", "index"],
      ["amount", "amount"],
      ["booked_period", "number"],
    ],
  },
];

/** The table with a name. Throws `invalid` when there is none. */
export function tableNamed(name: string): Table {
  const found = tables.find((table) => table.name === name);
  return found ?? fail("invalid", "table", `one of ${tables.map((table) => table.name).join(", ")}`, name);
}

const orNull = (number: number): number | null => (number === none ? null : number);

/** Reads a ledger block by block into the rows of its tables; knows who is who from the contracts it has seen. */
export class TableReader {
  readonly #hasher: Hasher;
  readonly #ids: string[] = [];
  #ticks: Ticks = ticksOf(microTick, microTick);

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  /** The market's ticks; the defaults before genesis was read. */
  get ticks(): Ticks {
    return this.#ticks;
  }

  /** The rows of the next block for each of the tables asked for, by table name. Blocks have to come in order, from genesis. */
  read(bytes: Uint8Array, names: readonly string[]): Map<string, Cell[][]> {
    const { header, sections } = decodeBlock(bytes);
    const contracts = decodeItems(sections.contracts).map((item, index) => ({
      text: new TextDecoder().decode(item),
      fields: objectOf(decodeCanonical(item, `contracts[${index}]`)),
    }));
    for (const { fields } of contracts) this.#learn(fields);
    const place = [header.height, header.period];
    const rows = (name: string): Cell[][] => {
      if (name === "blocks") return [this.#blockRow(header, bytes)];
      if (name === "totals")
        return carriers.map((carrier) => [
          ...place,
          carrier,
          ...totalNames.map((total) => header.totals[carrier][total]),
        ]);
      if (name === "contracts")
        return contracts.map(({ fields, text }, number) => [...place, number, textOf(fields.kind), text]);
      return this.#recordRows(name, sections).map((row, number) => [...place, number, ...row]);
    };
    return new Map(names.map((name) => [name, rows(name)]));
  }

  /** What an account is called: the platform's by what it is for, the others by the participant's id. */
  #account(number: number): string | null {
    if (number < firstParticipantAccount) return accountNames[number] ?? null;
    const collateral = number >= firstCollateralAccount;
    const id = this.#ids[number - (collateral ? firstCollateralAccount : firstParticipantAccount)];
    return id === undefined ? null : collateral ? `${id} (collateral)` : id;
  }

  #learn(contract: { readonly [key: string]: Json }): void {
    const { kind, id } = contract;
    if (kind === "participant" && typeof id === "string" && !this.#ids.includes(id)) this.#ids.push(id);
    if (kind !== "market" || contract.quantityTick === undefined || contract.priceTick === undefined) return;
    const quantity = parseTick(contract.quantityTick, "quantityTick");
    const price = parseTick(contract.priceTick, "priceTick");
    this.#ticks = ticksOf(quantity, price);
  }

  #blockRow(header: Header, bytes: Uint8Array): Cell[] {
    const { contracts, orders, trades, flows, readings, postings } = header.sections;
    return [
      header.height,
      header.period,
      header.timestampMs,
      hex(blockHash(bytes.subarray(0, headerBytes), this.#hasher)),
      hex(header.previous),
      hex(header.history),
      hex(header.rules),
      hex(header.sections.state.root),
      hex(header.marketId),
      header.flags & signedMarket,
      ...[contracts, orders, trades, flows, readings, postings].map(({ count }) => count),
    ];
  }

  #recordRows(name: string, sections: Sections): Cell[][] {
    const id = (participant: number | undefined): string | null =>
      participant === undefined ? null : (this.#ids[participant] ?? null);
    switch (name) {
      case "orders":
        return decodeRecords(orderLayout, sections.orders).map((order) => [
          order.participant,
          id(order.participant),
          order.carrier,
          order.side,
          order.revision,
          order.quantity,
          order.price,
        ]);
      case "trades": {
        const orders = decodeRecords(orderLayout, sections.orders);
        return decodeRecords(tradeLayout, sections.trades).map((trade) => {
          const stored = trade.kind === "storage";
          return [
            trade.kind,
            trade.carrier,
            stored ? null : trade.offer,
            stored ? null : id(orders[trade.offer]?.participant),
            stored ? trade.offer : null,
            trade.bid,
            id(orders[trade.bid]?.participant),
            trade.quantity,
            trade.price,
            trade.position,
            trade.supplyFee,
            trade.useFee,
          ];
        });
      }
      case "flows":
        return decodeRecords(flowLayout, sections.flows).map((flow) => [
          flow.kind,
          flow.carrier,
          orNull(flow.party),
          orNull(flow.order),
          flow.quantity,
          flow.lost,
          flow.price,
          flow.amount,
          `${flow.extra}`,
        ]);
      case "readings":
        return decodeRecords(readingLayout, sections.readings).map((reading) => [
          reading.participant,
          id(reading.participant),
          reading.carrier,
          reading.period,
          reading.version,
          reading.flags,
          reading.in,
          reading.out,
        ]);
      case "postings":
        return decodeRecords(postingLayout, sections.postings).map((posting) => [
          posting.kind,
          posting.carrier,
          posting.debit,
          this.#account(posting.debit),
          posting.credit,
          this.#account(posting.credit),
          orNull(posting.reference),
          posting.amount,
          posting.period,
        ]);
      default:
        return fail("invalid", "table", "a known name", name);
    }
  }
}

const objectOf = (value: Json): { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })
    : {};
const textOf = (value: Json | undefined): string | null => (typeof value === "string" ? value : null);
