/**
 * The core's linear memory as the host sees it: where its columns lie, and the views of them.
 */
import { fail } from "../errors.js";
import { type LimitedColumns, maxOrders, type OfferColumns } from "./columns.js";
import type { CoreExports } from "./load.js";

/** Columns of the core's memory, in the order of assembly/layout.ts. */
const columnNames = [
  "offerQuantity",
  "offerPrice",
  "offerLeft",
  "offerConsent",
  "offerPoolLimit",
  "bidQuantity",
  "bidPrice",
  "bidLeft",
  "bidPoolLimit",
  "tradeOffer",
  "tradeBid",
  "tradeQuantity",
  "tradePrice",
  "lotOffer",
  "lotQuantity",
  "lotPrice",
  "lotUnsold",
  "saleLot",
  "saleBid",
  "saleQuantity",
  "salePrice",
  "rest",
  "offerArea",
  "bidArea",
  "tradeUsePrice",
  "areaParent",
  "areaFee",
  "areaExport",
  "areaImport",
  "areaPrice",
  "areaPriced",
  "areaFlow",
  "areaPlace",
  "areaSize",
  "areaState",
  "work",
] as const;
type ColumnName = (typeof columnNames)[number];

/**
 * The core's linear memory as the host sees it. Only {@link reserve} grows it, and only here are views rebuilt, so no
 * view outlives the buffer it looks at.
 */
export class CoreMemory {
  readonly #core: CoreExports;
  readonly #at: Map<ColumnName, number> = new Map();
  #offers = 0;
  #bids = 0;
  #lots = 0;
  #areas = 0;
  #bytes = 0;
  #u8: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #u16: Uint16Array<ArrayBuffer> = new Uint16Array(0);
  #u32: Uint32Array<ArrayBuffer> = new Uint32Array(0);
  #i32: Int32Array<ArrayBuffer> = new Int32Array(0);
  #i64: BigInt64Array<ArrayBuffer> = new BigInt64Array(0);

  constructor(core: CoreExports) {
    this.#core = core;
    this.#rebuild();
  }

  /** All of linear memory, in bytes; its `length` is what the core takes from the machine. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#u8;
  }

  /**
   * Makes room for so many offers, bids, lots (storage lots and offers together) and bytes of staging. Nothing shrinks;
   * what already fits costs nothing and moves nothing. True when the columns of orders and trades have moved, and what
   * stood in them is lost: only when there are more offers or bids than ever. `areas` are the areas of a clearing that
   * has them. Throws `limit` when the machine has no room.
   */
  reserve(offers: number, bids: number, lots: number, bytes: number, areas = 0): boolean {
    if (
      offers <= this.#offers &&
      bids <= this.#bids &&
      lots <= this.#lots &&
      bytes <= this.#bytes &&
      areas <= this.#areas
    )
      return false;
    // Rounded up, so that a market whose numbers creep up does not grow memory every period.
    const rounded = (value: number, step: number, had: number): number =>
      value <= had ? had : Math.ceil(value / step) * step;
    const roomOffers = Math.min(rounded(offers, 256, this.#offers), maxOrders);
    const roomBids = Math.min(rounded(bids, 256, this.#bids), maxOrders);
    const roomLots = Math.min(rounded(lots, 256, this.#lots), 2 * maxOrders);
    const roomAreas = Math.max(areas, this.#areas);
    const roomBytes = rounded(bytes, 4096, this.#bytes);
    if (
      roomBytes > 0xffff_0000 ||
      this.#core.reserve(roomOffers, roomBids, roomLots, roomAreas, roomBytes) !== 0
    )
      fail("limit", "memory", "room for the orders", `${offers} offers, ${bids} bids, ${bytes} bytes`);
    const moved = roomOffers > this.#offers || roomBids > this.#bids;
    this.#offers = roomOffers;
    this.#bids = roomBids;
    this.#lots = roomLots;
    this.#areas = roomAreas;
    this.#bytes = roomBytes;
    this.#rebuild();
    return moved;
  }

  /**
   * Makes room for `bytes` of staging, and returns `view` as it is afterwards: one of this memory stays readable
   * although the memory grows, for nothing but the room at its end does.
   */
  stage(bytes: number, view: Uint8Array): Uint8Array {
    const { byteOffset, length } = view;
    const isOwn = view.buffer === this.#u8.buffer;
    this.reserve(0, 0, 0, bytes);
    return isOwn ? this.#u8.subarray(byteOffset, byteOffset + length) : view;
  }

  /** Writes checked orders into their columns, for which room was made. */
  place(offers: OfferColumns, bids: LimitedColumns): void {
    const offerCount = offers.quantity.length;
    const bidCount = bids.quantity.length;
    this.u32("offerQuantity", offerCount).set(offers.quantity);
    this.i32("offerPrice", offerCount).set(offers.price);
    const consent = this.u8("offerConsent", offerCount);
    if (offers.consent === undefined) consent.fill(1);
    else consent.set(offers.consent);
    if (offers.poolLimit !== undefined) this.i32("offerPoolLimit", offerCount).set(offers.poolLimit);
    this.u32("bidQuantity", bidCount).set(bids.quantity);
    this.i32("bidPrice", bidCount).set(bids.price);
    if (bids.poolLimit !== undefined) this.i32("bidPoolLimit", bidCount).set(bids.poolLimit);
  }

  #rebuild(): void {
    const buffer = this.#core.memory.buffer as ArrayBuffer;
    this.#u8 = new Uint8Array(buffer);
    this.#u16 = new Uint16Array(buffer);
    this.#u32 = new Uint32Array(buffer);
    this.#i32 = new Int32Array(buffer);
    this.#i64 = new BigInt64Array(buffer);
    columnNames.forEach((name, column) => {
      this.#at.set(name, this.#core.address(column) >>> 0);
    });
  }

  /** Byte address of a column. */
  address(name: ColumnName): number {
    return this.#at.get(name) as number;
  }

  /** A view of entries `first` … `end` of a column of u32. */
  u32(name: ColumnName, end: number, first = 0): Uint32Array<ArrayBuffer> {
    const at = this.address(name) >>> 2;
    return this.#u32.subarray(at + first, at + end);
  }

  /** A view of entries `first` … `end` of a column of i32. */
  i32(name: ColumnName, end: number, first = 0): Int32Array<ArrayBuffer> {
    const at = this.address(name) >>> 2;
    return this.#i32.subarray(at + first, at + end);
  }

  /** A view of the first `end` entries of a column of u8. */
  u8(name: ColumnName, end: number): Uint8Array<ArrayBuffer> {
    const at = this.address(name);
    return this.#u8.subarray(at, at + end);
  }

  /** A view of the first `end` entries of a column of u16. */
  u16(name: ColumnName, end: number): Uint16Array<ArrayBuffer> {
    const at = this.address(name) >>> 1;
    return this.#u16.subarray(at, at + end);
  }

  /** A view of the first `end` entries of a column of i64. */
  i64(name: ColumnName, end: number): BigInt64Array<ArrayBuffer> {
    const at = this.address(name) >>> 3;
    return this.#i64.subarray(at, at + end);
  }
}
