/**
 * From the root down: the position of every area in its list, which is its flow, and what each order trades.
 */
import { Column, address } from "../layout";
import { Area, areaAt, areaCount } from "./tree";
import { List, bidList, bidsBehind, keyAt, offerList, offersBefore, quantityAt, sumTo } from "./lists";

/**
 * Sets flows and what is traded. An area that trades across its edge within its limits is cut at its parent's key, less
 * or plus the fee; another has a position of its own, 0 or a limit, and heads those below that follow it. The areas
 * that follow one head have one order between them that the cut may go through, and it gets what is missing to the
 * head's position.
 */
export function setFlows(): void {
  for (let place: u32 = 0; place < areaCount; place++) {
    const area = areaAt(place);
    area.head = place;
    area.cutting = 0;
    stand(area);
    const key = area.key;
    const offer = offersBefore(area, key);
    const bid = bidsBehind(area, key);
    const cuts = (offer < area.offersTo && keyAt(offerList, offer) == key) || (bid > area.bidsFrom && keyAt(bidList, bid - 1) == key);
    if (cuts) areaAt(area.head).cutting = place + 1;
    area.soldTo = offer;
    area.soldPart = 0;
    area.servedTo = bid;
    area.servedPart = 0;
  }
  // `flow` of a head is where it stands; of the others it is summed up, and so is what a head has below it.
  for (let place = areaCount - 1; <i32>place >= 0; place--) {
    const area = areaAt(place);
    const own = sumTo(offerList, area.soldTo) - sumTo(offerList, area.offersFrom) - sumTo(bidList, area.servedTo) + sumTo(bidList, area.bidsFrom);
    const strict = own + area.taken;
    area.taken = 0;
    if (area.head != place) area.flow = strict;
    else if (area.flow > strict) cutOrder(place, area.flow - strict);
    if (place > 0) areaAt(area.parent).taken += area.flow;
  }
}

/** Where an area stands: at its parent's key or, as its own head, at a position of its own. */
function stand(area: Area): void {
  area.taken = 0;
  area.flow = 0;
  area.key = area.zero;
  if (area.listed == 0) return;
  const above = areaAt(area.parent);
  const lower = above.key - area.shift;
  const upper = above.key + area.shift;
  if (area.up > 0 && lower >= area.highFirst) {
    if (lower <= area.highLast) follow(area, above, lower);
    else {
      area.flow = area.up;
      area.key = area.highLast;
    }
  } else if (area.down > 0 && upper <= area.lowLast) {
    if (upper >= area.lowFirst) follow(area, above, upper);
    else {
      area.flow = -area.down;
      area.key = area.lowFirst;
    }
  }
}

function follow(area: Area, above: Area, key: i64): void {
  area.head = above.head;
  area.key = key;
}

/** Accepts `part` more of the order that cuts the areas under `head`: sells it, or doesn't serve it. */
function cutOrder(head: u32, part: i64): void {
  const cut = areaAt(head).cutting - 1;
  const area = areaAt(cut);
  if (area.soldTo < area.offersTo && keyAt(offerList, area.soldTo) == area.key) {
    if (part == quantityAt(offerList, area.soldTo)) area.soldTo++;
    else area.soldPart = <u32>part;
  } else {
    const served = <i64>quantityAt(bidList, --area.servedTo) - part;
    area.servedPart = <u32>served;
  }
  for (let place = cut; place != head; place = areaAt(place).parent) areaAt(place).flow += part;
}

/** Writes what each order has left. */
export function writeLeft(offerCount: u32, bidCount: u32): void {
  memory.copy(address(Column.offerLeft), address(Column.offerQuantity), <usize>offerCount << 2);
  memory.copy(address(Column.bidLeft), address(Column.bidQuantity), <usize>bidCount << 2);
  for (let place: u32 = 0; place < areaCount; place++) {
    const area = areaAt(place);
    fill(offerList, area.offersFrom, area.soldTo, area.soldPart, address(Column.offerLeft));
    fill(bidList, area.bidsFrom, area.servedTo, area.servedPart, address(Column.bidLeft));
  }
}

function fill(list: List, from: u32, to: u32, part: u32, left: usize): void {
  for (let i = from; i < to; i++) store<u32>(left + (<usize>load<u32>(list.order + (<usize>i << 2)) << 2), 0);
  if (part == 0) return;
  const at = left + (<usize>load<u32>(list.order + (<usize>to << 2)) << 2);
  store<u32>(at, load<u32>(at) - part);
}
