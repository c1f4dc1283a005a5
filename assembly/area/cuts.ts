/**
 * Where each area's whole list, its own steps and what its children hand up, is cut by position 0 and by its limits.
 * The list is never made: its position at a key is the sum, over the areas below, of their own positions at that key
 * less or plus the fees between, and steps are found by halving keys.
 */
import { Area, areaAt, areaCount, bottom, noneAbove, noneBelow, top } from "./tree";
import { bidList, bidsBehind, bidsBetween, keyAt, offerList, offersBefore, offersBetween, sumTo } from "./lists";

/** Of the last `look`: the position in front of the key, the last step before it, the first that is not. */
let position: i64 = 0;
let before: i64 = 0;
let after: i64 = 0;

/** Own steps of an area at the key it stands at; `offset` brings their keys to the area that is looked at. */
function lookAt(area: Area, key: i64, offset: i64): void {
  const offer = offersBefore(area, key);
  const bid = bidsBehind(area, key);
  position += sumTo(offerList, offer) - sumTo(offerList, area.offersFrom) - sumTo(bidList, bid) + sumTo(bidList, area.bidsFrom);
  if (offer > area.offersFrom) before = max(before, keyAt(offerList, offer - 1) + offset);
  if (offer < area.offersTo) after = min(after, keyAt(offerList, offer) + offset);
  if (bid > area.bidsFrom) after = min(after, keyAt(bidList, bid - 1) + offset);
  if (bid < area.bidsTo) before = max(before, keyAt(bidList, bid) + offset);
}

/**
 * Looks at the list of the area at `place`, whose areas below have their cuts, in front of `key`: each area below goes
 * on with a key of its own if it trades across its edge within its limits, and else, with all below it, stands still.
 */
function look(place: u32, key: i64): void {
  const looked = areaAt(place);
  position = 0;
  before = noneBelow;
  after = noneAbove;
  looked.key = key;
  looked.offset = 0;
  lookAt(looked, key, 0);
  const end = looked.end;
  for (let below = place + 1; below < end;) {
    const area = areaAt(below);
    const above = areaAt(area.parent);
    const lower = above.key - area.shift;
    const upper = above.key + area.shift;
    if (area.up > 0 && lower > area.highFirst) {
      if (lower <= area.highLast) {
        area.key = lower;
        area.offset = above.offset + area.shift;
        lookAt(area, lower, area.offset);
        below++;
        continue;
      }
      position += area.up;
      before = max(before, area.highLast + area.shift + above.offset);
    } else if (area.down > 0 && upper <= area.lowLast) {
      if (upper > area.lowFirst) {
        area.key = upper;
        area.offset = above.offset - area.shift;
        lookAt(area, upper, area.offset);
        below++;
        continue;
      }
      position -= area.down;
      after = min(after, area.lowFirst - area.shift + above.offset);
    } else {
      if (area.up > 0) after = min(after, area.highFirst + area.shift + above.offset);
      if (area.down > 0) before = max(before, area.lowLast - area.shift + above.offset);
    }
    below = area.end;
  }
}

/** The first step of a list that ends behind position `target`: it lies from `low` on and before `high`. */
function stepAt(place: u32, target: i64, low: i64, high: i64): i64 {
  look(place, low);
  low = after;
  if (areaAt(place).end == place + 1) return ownStepAt(areaAt(place), target, low, high);
  while (high - low > 1) {
    look(place, low + ((high - low) >> 1));
    // No step lies between two keys, so both ends move on to the next.
    if (position <= target) low = after;
    else high = before + 1;
  }
  return low;
}

/**
 * The same in an area that has none below it, from a step `low` on: what is found in its lists narrows where the next
 * is sought, as bids lie downwards.
 */
function ownStepAt(area: Area, target: i64, low: i64, high: i64): i64 {
  const served = sumTo(bidList, area.bidsFrom) - sumTo(offerList, area.offersFrom);
  let offerLow = area.offersFrom;
  let offerHigh = area.offersTo;
  let bidLow = area.bidsFrom;
  let bidHigh = area.bidsTo;
  while (high - low > 1) {
    const key = low + ((high - low) >> 1);
    const offer = offersBetween(offerLow, offerHigh, key);
    const bid = bidsBetween(bidLow, bidHigh, key);
    if (sumTo(offerList, offer) - sumTo(bidList, bid) + served <= target) {
      offerLow = offer;
      bidHigh = bid;
      low = noneAbove;
      if (offer < area.offersTo) low = keyAt(offerList, offer);
      if (bid > area.bidsFrom) low = min(low, keyAt(bidList, bid - 1));
    } else {
      offerHigh = offer;
      bidLow = bid;
      high = noneBelow;
      if (offer > area.offersFrom) high = keyAt(offerList, offer - 1);
      if (bid < area.bidsTo) high = max(high, keyAt(bidList, bid));
      high++;
    }
  }
  return low;
}

/** Cuts the lists of all areas, from the last to the first. */
export function cutLists(): void {
  for (let place: i32 = <i32>areaCount - 1; place >= 0; place--) cutList(<u32>place);
}

function cutList(place: u32): void {
  const area = areaAt(place);
  look(place, bottom);
  const taken = -position;
  look(place, top);
  const given = position;
  const last = before;
  area.down = min(taken, area.importLimit);
  area.up = min(given, area.exportLimit);
  area.highFirst = noneAbove;
  area.lowLast = last;
  area.zero = max(last, bottom);
  if (given > 0) {
    area.highFirst = area.zero = stepAt(place, 0, bottom, top);
    look(place, area.zero);
    // The step that 0 lies in belongs to both parts.
    area.lowLast = position < 0 ? area.zero : before;
  }
  area.highLast = given > area.exportLimit && area.up > 0 ? stepAt(place, area.up - 1, area.zero, top) : noneAbove;
  area.lowFirst = taken > area.importLimit && area.down > 0 ? stepAt(place, -area.down, bottom, area.lowLast + 1) : noneBelow;
}
