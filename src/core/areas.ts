/**
 * Areas (docs/areas.md): `merit` with `uniform` prices on a tree, with fees and limits at its edges and a price for
 * each area. What an area is, the check of the rules, the call of the core, and the money that stays at an edge.
 */
import { integer, list, needArray, needObject, object, onlyKeys } from "../check.js";
import { fail } from "../errors.js";
import { maxPrice } from "../units.js";
import { accepted, type OrderColumns, takeBeside, takeColumn, takeOrders } from "./columns.js";
import type { CoreExports } from "./load.js";
import { mechanisms, pricingCodes, tieCodes } from "./mechanisms.js";
import type { CoreMemory } from "./memory.js";
import { type CheckedRules, type ClearingRules, checkRules } from "./rules.js";

/** An area of a tree, by its place in a list; the first is the root. */
export interface Area {
  /** Its parent's place in the list, before its own. The root has neither parent nor any other key. */
  readonly parent?: number;
  /** What each unit that crosses the edge to its parent costs, either way: 0 (default) … 2³¹−1 price ticks. */
  readonly fee?: number;
  /** Most that may go up, and come down: 0 … 2⁵³−1 quantity ticks; null (default): no limit. */
  readonly exportLimit?: number | null;
  readonly importLimit?: number | null;
}

/** Orders of one side, and where they are. */
export interface AreaOrderColumns extends OrderColumns {
  /** Place of each order's area in the list of areas; left out: all in the root. */
  readonly area?: Uint16Array;
}

/** What one carrier with areas clears in one period. The columns are read, never kept. */
export interface AreaBook {
  readonly offers: AreaOrderColumns;
  readonly bids: AreaOrderColumns;
}

/** How the engine clears a book on areas: by `merit`, at `uniform` prices, without a pool. */
export interface AreaRules extends Pick<ClearingRules, "ties" | "k" | "commission"> {
  readonly mechanism: "merit";
  readonly pricing?: "uniform";
  /** 1 to {@link maxAreas} areas. */
  readonly areas: readonly Area[];
}

/** What came of each area; columns are views until the engine's next call. */
export interface AreaColumns {
  readonly count: number;
  /** Price ticks, where `priced` is 1: the area took part. 0 else. */
  readonly price: Int32Array;
  readonly priced: Uint8Array;
  /** Quantity ticks that the area hands its parent; below 0: takes from it. 0 for the root. */
  readonly flow: BigInt64Array;
}

/** Trades across areas, in order of execution; columns are views until the engine's next call. */
export interface AreaTradeColumns {
  readonly count: number;
  /** Index of the offer, and of the bid. */
  readonly offer: Uint32Array;
  readonly bid: Uint32Array;
  /** Quantity ticks. */
  readonly quantity: Uint32Array;
  /** What the supplier gets and the consumer pays, in price ticks: the prices of their areas. */
  readonly supplyPrice: Int32Array;
  readonly usePrice: Int32Array;
}

/** The result of a clearing on areas; columns are views until the engine's next call. */
export interface AreaClearing {
  readonly trades: AreaTradeColumns;
  readonly remaining: { readonly offers: Uint32Array; readonly bids: Uint32Array };
  readonly areas: AreaColumns;
  /** The root's price, if it took part. */
  readonly clearingPrice: number | null;
  readonly pool: null;
  /** `num1` trades, `num2` orders not wholly filled, `num4` bids not wholly filled. */
  readonly counters: {
    readonly num1: number;
    readonly num2: number;
    readonly num3: 0;
    readonly num4: number;
  };
}

/** Most areas of one carrier. */
export const maxAreas = 65_535;
/** Memory in which no column lies: what is only read here needs no copy. */
export const none: ArrayBuffer = /* @__PURE__ */ new ArrayBuffer(0);
/** What the core takes for no limit. */
const unlimited = 1n << 60n;

const feeTicks = integer(0, maxPrice);
const limitTicks = integer(0, Number.MAX_SAFE_INTEGER);
const areaKeys = ["parent", "fee", "exportLimit", "importLimit"];

/** Rules of a clearing on areas, every value checked. */
export interface CheckedAreaRules extends CheckedRules {
  readonly areas: readonly Required<Area>[];
}

function checkArea(value: unknown, field: string, place: number): Required<Area> {
  onlyKeys(value, field, place === 0 ? [] : areaKeys);
  const { parent, fee = 0, exportLimit = null, importLimit = null } = value as Area;
  const limit = (given: number | null, name: string): number | null =>
    given === null ? null : limitTicks(given, `${field}.${name}`);
  return {
    parent: place === 0 ? 0 : integer(0, place - 1)(parent, `${field}.parent`),
    fee: feeTicks(fee, `${field}.fee`),
    exportLimit: limit(exportLimit, "exportLimit"),
    importLimit: limit(importLimit, "importLimit"),
  };
}

/** Checks a list of areas and fills in the defaults. Throws `invalid` naming the area and the key. */
export function checkAreas(value: unknown, field: string): readonly Required<Area>[] {
  return list<unknown>(
    (area) => area,
    1,
    maxAreas,
  )(value, field).map((area, place) => checkArea(area, `${field}[${place}]`, place));
}

/** Whether rules are of a clearing on areas. */
export function hasAreas(rules: ClearingRules | AreaRules): rules is AreaRules {
  return "areas" in object(rules, "rules") && (rules as AreaRules).areas !== undefined;
}

/**
 * Checks rules with areas. Throws `invalid` for another mechanism or pricing than `merit` with `uniform`, for a pool,
 * for ties that share where there are several areas, and for what {@link checkAreas} refuses.
 */
export function checkAreaRules({ areas, ...others }: AreaRules): CheckedAreaRules {
  const rules = checkRules(others);
  if (rules.mechanism !== "merit") fail("invalid", "rules.mechanism", "merit with areas", rules.mechanism);
  if (rules.pricing !== "uniform") fail("invalid", "rules.pricing", "uniform with areas", rules.pricing);
  if (rules.pool !== null) fail("invalid", "rules.pool", "null with areas", rules.pool);
  const tree = checkAreas(areas, "rules.areas");
  if (rules.ties !== "arrival" && tree.length > 1)
    fail("invalid", "rules.ties", "arrival with several areas", rules.ties);
  return { ...rules, areas: tree };
}

/** A side's orders with an area each, none of the columns in `own`. Throws as `takeOrders` does. */
export function takeAreaOrders(
  orders: unknown,
  field: string,
  own: ArrayBufferLike,
): Required<AreaOrderColumns> {
  const taken = takeOrders(orders, field, own);
  const count = taken.quantity.length;
  const { area: given } = orders as AreaOrderColumns;
  if (given === undefined) return { ...taken, area: new Uint16Array(count) };
  const area = takeBeside(given, `${field}.area`, "Uint16Array", { count, of: "areas" }, own);
  return { ...taken, area };
}

/** Throws `invalid` naming the first order whose area is none; only when the core has found that there is one. */
function refuseUnknown({ area }: Required<AreaOrderColumns>, field: string, areas: number): void {
  const index = area.findIndex((place) => place >= areas);
  if (index >= 0)
    fail("invalid", `${field}.area[${index}]`, `a place in the list of ${areas} areas`, area[index]);
}

/** Checks a book and clears it on areas. */
export function clearOnAreas(
  core: CoreExports,
  memory: CoreMemory,
  book: AreaBook,
  { areas, k, ties }: CheckedAreaRules,
): AreaClearing {
  const own = memory.bytes.buffer;
  const offers = takeAreaOrders(object(book, "book").offers, "offers", own);
  const bids = takeAreaOrders(book.bids, "bids", own);
  const offerCount = offers.quantity.length;
  const bidCount = bids.quantity.length;
  memory.reserve(offerCount, bidCount, offerCount, 0, areas.length);
  placeTree(memory, areas);
  const pages = accepted(core.plant(areas.length, offerCount, bidCount), offers, bids);
  memory.reserve(offerCount, bidCount, offerCount, pages * 65_536, areas.length);
  memory.place(offers, bids);
  memory.u16("offerArea", offerCount).set(offers.area);
  memory.u16("bidArea", bidCount).set(bids.area);
  const shared = ties === "prorata";
  const answer = shared
    ? core.match(mechanisms.merit.code, pricingCodes.uniform, tieCodes.prorata, k, 0, offerCount, bidCount)
    : core.matchAreas(k, offerCount, bidCount);
  if (answer < 0) {
    refuseUnknown(offers, "offers", areas.length);
    refuseUnknown(bids, "bids", areas.length);
  }
  const count = accepted(answer, offers, bids);
  if (shared) placeFlat(core, memory, count);
  return viewClearing(core, memory, {
    offers: offerCount,
    bids: bidCount,
    areas: areas.length,
    trades: count,
  });
}

/** Ties are shared by the flat market alone: what came of it is what came of the one area. */
function placeFlat(core: CoreExports, memory: CoreMemory, count: number): void {
  memory.i32("tradeUsePrice", count).set(memory.i32("tradePrice", count));
  memory.i32("areaPrice", 1)[0] = core.clearingPrice();
  memory.u8("areaPriced", 1)[0] = Number(core.hasClearingPrice());
  memory.i64("areaFlow", 1)[0] = 0n;
}

function placeTree(memory: CoreMemory, areas: readonly Required<Area>[]): void {
  const parents = memory.u32("areaParent", areas.length);
  const fees = memory.u32("areaFee", areas.length);
  const exports = memory.i64("areaExport", areas.length);
  const imports = memory.i64("areaImport", areas.length);
  for (const [place, { parent, fee, exportLimit, importLimit }] of areas.entries()) {
    parents[place] = parent;
    fees[place] = fee;
    exports[place] = exportLimit === null ? unlimited : BigInt(exportLimit);
    imports[place] = importLimit === null ? unlimited : BigInt(importLimit);
  }
}

function viewClearing(
  core: CoreExports,
  memory: CoreMemory,
  counts: { readonly offers: number; readonly bids: number; readonly areas: number; readonly trades: number },
): AreaClearing {
  const price = memory.i32("areaPrice", counts.areas);
  const priced = memory.u8("areaPriced", counts.areas);
  const bids = memory.u32("bidLeft", counts.bids);
  let openBids = 0;
  for (let bid = 0; bid < bids.length; bid++) if (bids[bid] !== 0) openBids++;
  return {
    trades: {
      count: counts.trades,
      offer: memory.u32("tradeOffer", counts.trades),
      bid: memory.u32("tradeBid", counts.trades),
      quantity: memory.u32("tradeQuantity", counts.trades),
      supplyPrice: memory.i32("tradePrice", counts.trades),
      usePrice: memory.i32("tradeUsePrice", counts.trades),
    },
    remaining: { offers: memory.u32("offerLeft", counts.offers), bids },
    areas: { count: counts.areas, price, priced, flow: memory.i64("areaFlow", counts.areas) },
    clearingPrice: priced[0] === 1 ? (price[0] as number) : null,
    pool: null,
    counters: {
      num1: counts.trades,
      num2: core.countOpen() >>> 0,
      num3: 0,
      num4: openBids,
    },
  };
}

/** Money that stays at the edge between an area and its parent, in money ticks. */
export interface EdgeMoney {
  /** |flow| × fee. */
  readonly fees: bigint;
  /** |flow| × what the two prices differ by beyond the fee: above 0 only where a limit holds somebody back. */
  readonly rent: bigint;
}

/** Fees and rent of the area at `place`, from what a clearing on `areas` said; nothing for the root. */
export function edgeMoney(areas: readonly Area[], outcome: AreaColumns, place: number): EdgeMoney {
  const count = needArray(areas, "areas").length;
  needObject(outcome, "outcome");
  integer(0, count - 1)(place, "place");
  const { parent = 0, fee = 0 } = needObject(areas[place] as Area, `areas[${place}]`);
  const flow = takeColumn(outcome.flow, "outcome.flow", "BigInt64Array", none)[place] ?? 0n;
  if (place === 0 || flow === 0n) return { fees: 0n, rent: 0n };
  const crossing = flow < 0n ? -flow : flow;
  const apart = Math.abs((outcome.price[parent] as number) - (outcome.price[place] as number));
  return { fees: crossing * BigInt(fee), rent: crossing * BigInt(apart - fee) };
}
