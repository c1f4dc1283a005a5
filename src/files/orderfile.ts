/** Orders as people write them down: ORDERS.csv of `gridclear clear` (docs/clear.md). */
import { identifier } from "../check.js";
import { fail, GridclearError } from "../errors.js";
import { type Carrier, carriers, formatTicks, parsePrice, parseQuantity, type Tick } from "../units.js";
import { readRecords } from "./csv.js";
import { UnicodeForms } from "./forms.js";
import { readHeader } from "./header.js";

/** One side of one carrier, in arrival order: columns of one length. */
export interface OrderList {
  readonly id: readonly string[];
  /** Quantity ticks, 1 … 2³²−1. */
  readonly quantity: Uint32Array;
  /** Price ticks, −2³¹ … 2³¹−1. */
  readonly price: Int32Array;
  /** Pool limit in price ticks, the order's price where the file gives none; left out when it gives none at all. */
  readonly poolLimit?: Int32Array;
  /** Place of each order's area; left out for a carrier without areas. */
  readonly area?: Uint16Array;
}

/** Orders of one carrier. */
export interface OrderSheet {
  readonly offers: OrderList;
  readonly bids: OrderList;
}

/** Only carriers that have an order, in the order of {@link carriers}. */
export type OrderFile = ReadonlyMap<Carrier, OrderSheet>;

/** The ticks in which a file's decimals are counted. */
export interface FileTicks {
  readonly quantity: Tick;
  readonly price: Tick;
}

/** The areas of a file's carriers by name, each list root first; a carrier that is not here has none. */
export type FileAreas = ReadonlyMap<Carrier, readonly { readonly name: string }[]>;

const columnNames = ["carrier", "side", "id", "quantity", "price", "poolPrice", "area"] as const;
type Column = (typeof columnNames)[number];
const optionalColumns: readonly Column[] = ["carrier", "poolPrice", "area"];

/** A side while it grows; `seen` keeps ids unique. */
interface Draft {
  readonly id: string[];
  readonly quantity: number[];
  readonly price: number[];
  readonly poolLimit: number[];
  readonly area: number[];
  readonly seen: Set<string>;
}
const newDraft = (): Draft => ({ id: [], quantity: [], price: [], poolLimit: [], area: [], seen: new Set() });

/** Reads a decimal by `parse`; of one that is too large for its tick it says with which tick it would not be. */
function hinted(
  parse: (text: string, tick: Tick, field: string) => number,
  text: string,
  tick: Tick,
  field: string,
): number {
  try {
    return parse(text, tick, field);
  } catch (error) {
    if (!(error instanceof GridclearError) || error.code !== "limit") throw error;
    const key = parse === parseQuantity ? "quantityTick" : "priceTick";
    const step = fittingTick(parse, text);
    const hint = step === null ? "" : `; in the rules "${key}": "${step}" would do`;
    return fail("limit", field, `${error.wanted}${hint}`, text);
  }
}

/** The smallest decimal step, 10⁻⁵ to 10³, in which a decimal can be counted; null where there is none. */
function fittingTick(
  parse: (text: string, tick: Tick, field: string) => number,
  text: string,
): string | null {
  for (let exponent = -5; exponent <= 3; exponent += 1) {
    const tick = { mantissa: 10n ** BigInt(Math.max(exponent, 0)), scale: Math.max(-exponent, 0) };
    try {
      parse(text, tick, "");
      return formatTicks(1n, tick);
    } catch {
      // Too large still, or not whole any more.
    }
  }
  return null;
}

/** Places of a carrier's areas by name. */
type Homes = ReadonlyMap<string, number>;

function homesOf(areas: FileAreas): Map<Carrier, Homes> {
  const homes = new Map<Carrier, Homes>();
  for (const [carrier, named] of areas)
    homes.set(carrier, new Map(named.map(({ name }, area) => [name, area])));
  return homes;
}

/** The place of the area that a cell names; empty is the root. */
function homeOf(homes: Homes | undefined, name: string, carrier: Carrier, field: string): number {
  if (name === "") return 0;
  const wanted = homes === undefined ? `nothing, as ${carrier} has no areas` : `an area of ${carrier}`;
  return homes?.get(name) ?? fail("invalid", field, wanted, name);
}

/**
 * Reads orders from CSV (RFC 4180, header, columns in any order; see docs/clear.md). Row order is arrival order.
 *
 * Throws {@link GridclearError} `invalid` or `limit` whose field names the line and the column, at the first row
 * that is not acceptable; nothing is skipped or rounded. `areas` are those of the rules.
 */
export function parseOrderFile(text: string, ticks: FileTicks, areas: FileAreas = new Map()): OrderFile {
  const homes = homesOf(areas);
  let place: Record<Column, number> | null = null;
  const drafts = new Map<Carrier, Record<"offer" | "bid", Draft>>();

  const forms = new UnicodeForms();

  readRecords(text, (record, line) => {
    if (place === null) {
      place = readHeader(record, line, { known: columnNames, optional: optionalColumns });
      return;
    }
    const places = place;
    const at = (column: Column): string => record[places[column]] ?? "";
    const field = (column: Column): string => `line ${line}: ${column}`;

    const carrierName = places.carrier === -1 ? "electricity" : at("carrier");
    const carrier = carriers.find((known) => known === carrierName);
    if (carrier === undefined) return fail("invalid", field("carrier"), carriers.join(", "), carrierName);
    const side = at("side");
    if (side !== "offer" && side !== "bid") return fail("invalid", field("side"), "offer or bid", side);
    const id = identifier(at("id"), field("id"));
    forms.add(id, field("id"));

    let sheet = drafts.get(carrier);
    if (sheet === undefined) {
      sheet = { offer: newDraft(), bid: newDraft() };
      drafts.set(carrier, sheet);
    }
    const draft = sheet[side];
    if (draft.seen.has(id))
      return fail("invalid", field("id"), `an id unique among the ${side}s of ${carrier}`, id);
    draft.seen.add(id);
    draft.id.push(id);
    draft.quantity.push(hinted(parseQuantity, at("quantity"), ticks.quantity, field("quantity")));
    const price = hinted(parsePrice, at("price"), ticks.price, field("price"));
    draft.price.push(price);
    const limit = at("poolPrice");
    draft.poolLimit.push(limit === "" ? price : hinted(parsePrice, limit, ticks.price, field("poolPrice")));
    draft.area.push(homeOf(homes.get(carrier), at("area"), carrier, field("area")));
  });
  if (place === null) return fail("invalid", "line 1: header", "a header row", "an empty file");

  const limited = (place as Record<Column, number>).poolPrice !== -1;
  const close = (draft: Draft, carrier: Carrier): OrderList => ({
    id: draft.id,
    quantity: Uint32Array.from(draft.quantity),
    price: Int32Array.from(draft.price),
    ...(limited ? { poolLimit: Int32Array.from(draft.poolLimit) } : {}),
    ...(areas.has(carrier) ? { area: Uint16Array.from(draft.area) } : {}),
  });
  const file = new Map<Carrier, OrderSheet>();
  for (const carrier of carriers) {
    const sheet = drafts.get(carrier);
    if (sheet !== undefined)
      file.set(carrier, { offers: close(sheet.offer, carrier), bids: close(sheet.bid, carrier) });
  }
  return file;
}
