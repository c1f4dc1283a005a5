/**
 * The tree of areas while it is cleared: one state an area, in preorder, so that an area and all below it are one
 * stretch. What a state holds is filled in by the files of this room one after the other: lists, cuts, flows, prices.
 */
import { Column, address } from "../layout";
import { areaBytes } from "../limits";

/**
 * An order's key: price · 2²⁶ + rank, where the rank of offer i is i and of bid j 2²⁶ − 1 − j. There are at most 2²⁴
 * orders a side, so no two orders ever have equal keys, not even after fees have shifted them, and sorting by key is
 * the order of steps in docs/areas.md. Keys fill 58 bits with their sign, fees 57.
 *
 * Nothing beyond the keys of all prices matters, however deep the tree. In an area's list no step above them lies
 * before position 0 (by induction upwards: all that could be taken below 0 costs at most the highest price, less fees),
 * and none below them behind it. The root stands at 0, so a key that decides anything lies between `bottom` and `top`,
 * and every sum of a key and a fee in this room stays within 59 bits.
 */
export const keyBits: i64 = 26;
export const rankMask: i64 = (1 << 26) - 1;
export const bottom: i64 = -(1 << 57);
export const top: i64 = 1 << 57;
/** Below every key, and above every one: where there is no step. */
export const noneBelow: i64 = -(1 << 60);
export const noneAbove: i64 = 1 << 60;

/** Highest fee, in price ticks. */
const maxFee: u32 = 0x7fffffff;
/** Highest limit that is one; the host writes `unlimited` for none. */
const maxLimit: i64 = (1 << 53) - 1;
const unlimited: i64 = 1 << 60;

/** One area. Numbers of areas are places in preorder, the root's is 0; those of orders are places in sorted lists. */
@unmanaged
export class Area {
  /** Its place in the host's columns. */
  listed: u32;
  parent: u32;
  /** One past the last area below it. */
  end: u32;
  /** Price ticks, and the same as a shift of keys. */
  fee: i64;
  shift: i64;
  exportLimit: i64;
  importLimit: i64;

  // lists.ts: its orders.
  offersFrom: u32;
  offersTo: u32;
  bidsFrom: u32;
  bidsTo: u32;

  // cuts.ts or treap.ts: where its whole list is cut, as keys of steps.
  /** The step that position 0 cuts, or in front of which it lies; the last one where there is none behind. */
  zero: i64;
  /** Of what lies behind 0 and is handed up: first step, last step (`noneAbove`: no limit cuts), quantity. */
  highFirst: i64;
  highLast: i64;
  up: i64;
  /** Of what lies before 0 and is handed up: first step (`noneBelow`: no limit cuts), last step, quantity. */
  lowFirst: i64;
  lowLast: i64;
  down: i64;

  // cuts.ts and flows.ts: the key at which its list is looked at, and what must be added to come to the key's area.
  key: i64;
  offset: i64;

  // flows.ts
  /** The area, itself or above, whose position fixes its own. */
  head: u32;
  /** Of a head: the area whose order the position cuts, plus one; 0: none. */
  cutting: u32;
  flow: i64;
  /** Offers sold whole end here, and what is sold of the next. */
  soldTo: u32;
  soldPart: u32;
  /** Bids served whole end here, and what the next is served. */
  servedTo: u32;
  servedPart: u32;

  // prices.ts
  hasLow: bool;
  hasHigh: bool;
  hasPrice: bool;
  tookPart: bool;
  low: i64;
  high: i64;
  price: i64;

  // treap.ts
  /** Its list as a tree of steps, and what it could take. */
  steps: u32;
  taken: i64;

  // trades.ts: heaps of runs of what is left to trade, plus one; 0: nothing.
  supply: u32;
  demand: u32;
}


let areas: usize = 0;
/** Number of areas of the tree that stands. */
export let areaCount: u32 = 0;

/** State of an area. */
// @ts-ignore: decorator
@inline
export function areaAt(place: u32): Area {
  return changetype<Area>(areas + <usize>place * areaBytes);
}

/** Place of the area that the host lists as `listed`. */
// @ts-ignore: decorator
@inline
export function placeOf(listed: u32): u32 {
  return load<u32>(address(Column.areaPlace) + (<usize>listed << 2));
}

/**
 * Builds the tree from the host's columns. False for a parent that is not listed before its child, or a fee or limit
 * out of range. What the root's say is not looked at.
 */
export function plant(count: u32): bool {
  if (offsetof<Area>() > <usize>areaBytes) ERROR("an area's state is larger than the layout makes room for");
  areas = address(Column.areaState);
  areaCount = count;
  const parents = address(Column.areaParent);
  const fees = address(Column.areaFee);
  const exports = address(Column.areaExport);
  const imports = address(Column.areaImport);
  const places = address(Column.areaPlace);
  const sizes = address(Column.areaSize);
  for (let i: u32 = 0; i < count; i++) store<u32>(sizes + (<usize>i << 2), 1);
  for (let i = count - 1; i > 0; i--) {
    const parent = load<u32>(parents + (<usize>i << 2));
    if (parent >= i || load<u32>(fees + (<usize>i << 2)) > maxFee) return false;
    if (!isLimit(load<i64>(exports + (<usize>i << 3))) || !isLimit(load<i64>(imports + (<usize>i << 3)))) return false;
    const above = sizes + (<usize>parent << 2);
    store<u32>(above, load<u32>(above) + load<u32>(sizes + (<usize>i << 2)));
  }
  for (let i: u32 = 0; i < count; i++) {
    const parent = i == 0 ? 0 : load<u32>(places + (<usize>load<u32>(parents + (<usize>i << 2)) << 2));
    // While the tree is built, `end` of a parent is where its next child goes.
    const place = i == 0 ? 0 : areaAt(parent).end;
    const size = load<u32>(sizes + (<usize>i << 2));
    if (i > 0) areaAt(parent).end += size;
    store<u32>(places + (<usize>i << 2), place);
    const area = areaAt(place);
    memory.fill(changetype<usize>(area), 0, areaBytes);
    area.listed = i;
    area.parent = parent;
    area.end = place + 1;
    area.fee = i == 0 ? 0 : <i64>load<u32>(fees + (<usize>i << 2));
    area.shift = area.fee << keyBits;
    area.exportLimit = i == 0 ? unlimited : load<i64>(exports + (<usize>i << 3));
    area.importLimit = i == 0 ? unlimited : load<i64>(imports + (<usize>i << 3));
  }
  return true;
}

function isLimit(limit: i64): bool {
  return (limit >= 0 && limit <= maxLimit) || limit == unlimited;
}

/**
 * Areas that one look at every subtree visits: as many as there are when none lies below another, half their square in
 * a chain.
 */
export function visits(): u64 {
  let sum: u64 = 0;
  for (let place: u32 = 0; place < areaCount; place++) sum += areaAt(place).end - place;
  return sum;
}
