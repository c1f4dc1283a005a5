/**
 * `merit` with `uniform` prices on a tree of areas (docs/areas.md): lists, cuts, flows, prices, trades.
 *
 * Exact: a key and a fee fill 59 bits (tree.ts); a position is at most the quantity of 2²⁴ orders, 2⁵⁶, and a flow
 * less; prices that nobody pays are a price less or plus at most 65,534 fees, 2⁴⁸.
 */
import { Column, address } from "../layout";
import { areaCount, plant, visits } from "./tree";
import { bidList, layList, listBytes, offerList, sortLists } from "./lists";
import { cutLists } from "./cuts";
import { cutTreaps, treapBytes } from "./treap";
import { setFlows, writeLeft } from "./flows";
import { setPrices } from "./prices";
import { runBytes, tradeAreas } from "./trades";

/** Bytes of scratch that sorting needs an order of the larger side. */
const sortBytes: u64 = 36;

/**
 * Whether lists are made as treaps: where halving would look at so many areas that this is dearer. Either way the
 * result is the same; a look at an area and a step of a treap cost about as much.
 */
function isDeep(offers: u32, bids: u32): bool {
  return visits() > 2 * (<u64>offers + bids + areaCount);
}

/** Where the memory for what is done after sorting begins, and how much of it is needed: sorting uses the same. */
function roomBytes(offers: u32, bids: u32): u64 {
  const sorting = <u64>max(offers, bids) * sortBytes;
  const cutting = isDeep(offers, bids) ? treapBytes(<u64>offers + bids, areaCount) : 0;
  return max(sorting, max(cutting, runBytes(areaCount)));
}

export { plant };

/** Bytes of working memory that clearing so many orders on the tree needs. */
export function areasRoom(offers: u32, bids: u32): u64 {
  return listBytes(offers) + listBytes(bids) + roomBytes(offers, bids);
}

/** Clears on the tree. Returns the number of trades; −1 when an order's area is none. */
export function matchByAreas(offers: u32, bids: u32, k: u32): i32 {
  const room = layList(bidList, bids, layList(offerList, offers, address(Column.work)));
  if (!sortLists(offers, bids, room)) return -1;
  if (isDeep(offers, bids)) cutTreaps(room);
  else cutLists();
  setFlows();
  writeLeft(offers, bids);
  setPrices(k);
  return <i32>tradeAreas(room);
}
