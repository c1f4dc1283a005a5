/**
 * The same cuts as cuts.ts for deep trees, where looking at a subtree for every area would take its depth times as
 * long: each area's whole list is made, as a tree of steps that is handed up, cut and shifted in a few steps of work.
 *
 * A treap: sorted by key, and a heap by priorities that are as good as random, so that it is shallow. `shift` of a node
 * still has to be added to what lies below it.
 */
import { areaAt, areaCount, bottom, noneAbove, noneBelow, top } from "./tree";
import { bidList, keyAt, offerList, quantityAt } from "./lists";

@unmanaged
class Step {
  key: i64;
  shift: i64;
  /** Of this step and all below it. */
  sum: i64;
  quantity: i64;
  left: u32;
  right: u32;
  priority: u32;
}

/** Bytes that `orders` orders in `areas` areas need: three cuts an area make a step more each. */
export function treapBytes(orders: u64, areas: u64): u64 {
  return (orders + areas * 3 + 1) * offsetof<Step>();
}

let steps: usize = 0;
/** Steps made so far; number 0 is none. */
let made: u32 = 0;

// @ts-ignore: decorator
@inline
function stepAt(number: u32): Step {
  return changetype<Step>(steps + <usize>number * offsetof<Step>());
}

// @ts-ignore: decorator
@inline
function sumOf(number: u32): i64 {
  return number == 0 ? 0 : stepAt(number).sum;
}

function newStep(key: i64, quantity: i64): u32 {
  const number = ++made;
  const step = stepAt(number);
  step.key = key;
  step.shift = 0;
  step.sum = step.quantity = quantity;
  step.left = step.right = 0;
  // Numbers in a row, spread over 32 bits.
  let mixed = number * 0x9e3779b1;
  mixed = (mixed ^ (mixed >> 16)) * 0x85ebca6b;
  step.priority = mixed ^ (mixed >> 13);
  return number;
}

function shiftAll(number: u32, shift: i64): void {
  if (number == 0) return;
  const step = stepAt(number);
  step.key += shift;
  step.shift += shift;
}

function open(step: Step): void {
  if (step.shift == 0) return;
  shiftAll(step.left, step.shift);
  shiftAll(step.right, step.shift);
  step.shift = 0;
}

function close(step: Step): void {
  step.sum = sumOf(step.left) + step.quantity + sumOf(step.right);
}

/** All of `a`, then all of `b`. */
function join(a: u32, b: u32): u32 {
  if (a == 0) return b;
  if (b == 0) return a;
  const x = stepAt(a);
  const y = stepAt(b);
  if (x.priority >= y.priority) {
    open(x);
    x.right = join(x.right, b);
    close(x);
    return a;
  }
  open(y);
  y.left = join(a, y.left);
  close(y);
  return b;
}

/** Right part of the last split; the left is what it returns. */
let rest: u32 = 0;

/** Parts a tree before the first step with a key of at least `key`. */
function splitByKey(number: u32, key: i64): u32 {
  if (number == 0) {
    rest = 0;
    return 0;
  }
  const step = stepAt(number);
  open(step);
  if (step.key < key) {
    step.right = splitByKey(step.right, key);
    close(step);
    return number;
  }
  const left = splitByKey(step.left, key);
  step.left = rest;
  close(step);
  rest = number;
  return left;
}

/** Parts a tree behind the first `quantity`, a step in two where it lies inside. */
function splitByQuantity(number: u32, quantity: i64): u32 {
  if (number == 0) {
    rest = 0;
    return 0;
  }
  const step = stepAt(number);
  open(step);
  const start = sumOf(step.left);
  if (quantity <= start) {
    const left = splitByQuantity(step.left, quantity);
    step.left = rest;
    close(step);
    rest = number;
    return left;
  }
  const end = start + step.quantity;
  if (quantity >= end) {
    step.right = splitByQuantity(step.right, quantity - end);
    close(step);
    return number;
  }
  const behind = newStep(step.key, end - quantity);
  rest = join(behind, step.right);
  step.quantity = quantity - start;
  step.right = 0;
  close(step);
  return number;
}

/** One tree of two whose steps lie between each other. */
function merge(a: u32, b: u32): u32 {
  if (a == 0) return b;
  if (b == 0) return a;
  if (stepAt(a).priority < stepAt(b).priority) {
    const swap = a;
    a = b;
    b = swap;
  }
  const x = stepAt(a);
  open(x);
  const left = splitByKey(b, x.key);
  const right = rest;
  x.left = merge(x.left, left);
  x.right = merge(x.right, right);
  close(x);
  return a;
}

function firstKey(number: u32): i64 {
  let shift: i64 = 0;
  let step = stepAt(number);
  while (step.left != 0) {
    shift += step.shift;
    step = stepAt(step.left);
  }
  return step.key + shift;
}

function lastKey(number: u32): i64 {
  let shift: i64 = 0;
  let step = stepAt(number);
  while (step.right != 0) {
    shift += step.shift;
    step = stepAt(step.right);
  }
  return step.key + shift;
}

/** Cuts the lists of all areas, from the last to the first. `scratch`: `treapBytes`, aligned to 8. */
export function cutTreaps(scratch: usize): void {
  steps = scratch;
  made = 0;
  for (let place: i32 = <i32>areaCount - 1; place >= 0; place--) cutTreap(<u32>place);
}

function cutTreap(place: u32): void {
  const area = areaAt(place);
  let own: u32 = 0;
  for (let i = area.offersFrom; i < area.offersTo; i++) own = join(own, newStep(keyAt(offerList, i), quantityAt(offerList, i)));
  let all = merge(area.steps, own);
  own = 0;
  // Bids lie downwards.
  for (let i = area.bidsTo; i > area.bidsFrom; i--) {
    const quantity = <i64>quantityAt(bidList, i - 1);
    area.taken += quantity;
    own = join(own, newStep(keyAt(bidList, i - 1), quantity));
  }
  all = merge(all, own);
  let low = splitByQuantity(all, area.taken);
  let high = rest;
  const given = sumOf(high);
  area.highFirst = high == 0 ? noneAbove : firstKey(high);
  area.lowLast = low == 0 ? noneBelow : lastKey(low);
  area.zero = high == 0 ? max(area.lowLast, bottom) : area.highFirst;
  area.up = min(given, area.exportLimit);
  area.down = min(area.taken, area.importLimit);
  area.highLast = noneAbove;
  area.lowFirst = noneBelow;
  if (given > area.exportLimit) {
    high = splitByQuantity(high, area.exportLimit);
    if (high != 0) area.highLast = lastKey(high);
  }
  if (area.taken > area.importLimit) {
    splitByQuantity(low, area.taken - area.importLimit);
    low = rest;
    if (low != 0) area.lowFirst = firstKey(low);
  }
  if (place == 0) return;
  // What a fee takes beyond all prices decides nothing.
  high = splitByKey(high, top - area.shift);
  splitByKey(low, bottom + area.shift);
  low = rest;
  shiftAll(high, area.shift);
  shiftAll(low, -area.shift);
  const parent = areaAt(area.parent);
  parent.taken += sumOf(low);
  parent.steps = merge(parent.steps, join(low, high));
}
