/**
 * A price for each area: what its orders and its children's allow, from the last area to the first, and what its
 * parent's price makes of it, from the first to the last.
 */
import { Column, address } from "../layout";
import { Area, areaAt, areaCount, keyBits } from "./tree";
import { bidList, keyAt, offerList } from "./lists";

/** Sets the price of every area, and writes those of the areas that took part. */
export function setPrices(k: u32): void {
  for (let place: u32 = 0; place < areaCount; place++) boundByOrders(areaAt(place));
  for (let place = areaCount - 1; place > 0; place--) boundParent(areaAt(place));
  for (let place: u32 = 0; place < areaCount; place++) setPrice(areaAt(place), k);
  const prices = address(Column.areaPrice);
  const priced = address(Column.areaPriced);
  const flows = address(Column.areaFlow);
  for (let place: u32 = 0; place < areaCount; place++) {
    const area = areaAt(place);
    // A price that took part lies between those of a seller and a buyer, so it fits 32 bits.
    store<i32>(prices + (<usize>area.listed << 2), area.tookPart ? <i32>area.price : 0);
    store<u8>(priced + area.listed, u8(area.tookPart));
    store<i64>(flows + (<usize>area.listed << 3), area.flow);
  }
}

function raiseLow(area: Area, price: i64): void {
  area.low = area.hasLow ? max(area.low, price) : price;
  area.hasLow = true;
}

function sinkHigh(area: Area, price: i64): void {
  area.high = area.hasHigh ? min(area.high, price) : price;
  area.hasHigh = true;
}

/** Lists are sorted, so the orders next to where trading stopped say it for all. */
function boundByOrders(area: Area): void {
  const soldFrom = area.offersFrom;
  const sold = area.soldPart > 0 ? area.soldTo + 1 : area.soldTo;
  const served = area.servedPart > 0 ? area.servedTo + 1 : area.servedTo;
  if (sold > soldFrom) raiseLow(area, keyAt(offerList, sold - 1) >> keyBits);
  if (area.soldTo < area.offersTo) sinkHigh(area, keyAt(offerList, area.soldTo) >> keyBits);
  if (served > area.bidsFrom) sinkHigh(area, keyAt(bidList, served - 1) >> keyBits);
  if (area.servedTo < area.bidsTo) raiseLow(area, keyAt(bidList, area.servedTo) >> keyBits);
  area.tookPart = area.tookPart || sold > soldFrom || served > area.bidsFrom || area.flow != 0;
  if (area.flow != 0) areaAt(area.parent).tookPart = true;
}

function boundParent(area: Area): void {
  const parent = areaAt(area.parent);
  const flow = area.flow;
  if (area.hasLow) {
    if (flow > 0) raiseLow(parent, area.low + area.fee);
    else if (-area.importLimit < flow) raiseLow(parent, area.low - area.fee);
  }
  if (area.hasHigh) {
    if (flow < 0) sinkHigh(parent, area.high - area.fee);
    else if (flow < area.exportLimit) sinkHigh(parent, area.high + area.fee);
  }
}

/**
 * `low + floor((high − low) × k / 10⁶)`; prices that nobody pays are up to 2⁴⁸ apart, and the product is formed in two
 * parts.
 */
function between(low: i64, high: i64, k: u32): i64 {
  const gap = high - low;
  return low + (gap / 1_000_000) * <i64>k + ((gap % 1_000_000) * <i64>k) / 1_000_000;
}

function setPrice(area: Area, k: u32): void {
  const parent = areaAt(area.parent);
  const below = area.listed != 0 && parent.hasPrice;
  const lowest = parent.price - area.fee;
  const highest = parent.price + area.fee;
  area.hasPrice = true;
  if (area.flow > 0) area.price = area.hasHigh ? min(lowest, area.high) : lowest;
  else if (area.flow < 0) area.price = area.hasLow ? max(highest, area.low) : highest;
  else {
    if (area.hasLow && area.hasHigh) area.price = between(area.low, area.high, k);
    else if (area.hasLow) area.price = area.low;
    else if (area.hasHigh) area.price = area.high;
    else if (below) area.price = parent.price;
    else area.hasPrice = false;
    if (!below) return;
    if (area.exportLimit != 0) area.price = max(area.price, lowest);
    if (area.importLimit != 0) area.price = min(area.price, highest);
  }
}
