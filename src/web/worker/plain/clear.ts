/**
 * Clearing as one writes it without the package, as well as plain JavaScript allows: typed arrays, the native sort,
 * and for quantity × price a binary tree that finds the next order that fits. Measured beside the engine, it has to
 * come to the same trades, so it follows the same rules.
 */
import type { Book } from "../../../core/engine.js";

/** Trades of a clearing: columns and how much of them is used. */
export interface PlainTrades {
  count: number;
  readonly offer: Uint32Array;
  readonly bid: Uint32Array;
  readonly quantity: Uint32Array;
  readonly price: Int32Array;
}

function room(size: number): PlainTrades {
  return {
    count: 0,
    offer: new Uint32Array(size),
    bid: new Uint32Array(size),
    quantity: new Uint32Array(size),
    price: new Int32Array(size),
  };
}

/** Orders with something left, by what `key` makes of them, least first, ties by arrival. Keys stay below 2⁵³. */
function queue(left: Uint32Array, key: (index: number) => number): Uint32Array {
  const open = new Uint32Array(left.length);
  let size = 0;
  for (let index = 0; index < left.length; index++) if (left[index]! > 0) open[size++] = index;
  let most = 1;
  for (let place = 0; place < size; place++) most = Math.max(most, Math.abs(key(open[place]!)));
  // The native sort knows no partner columns: key and place share one double, the key cut down to the bits there are.
  const scale = 2 ** (32 - Math.clz32(Math.max(1, size - 1)));
  const coarse = 2 ** Math.max(0, Math.ceil(Math.log2(most)) + Math.log2(scale) - 52);
  const packed = new Float64Array(size);
  for (let place = 0; place < size; place++)
    packed[place] = Math.floor(key(open[place]!) / coarse) * scale + place;
  packed.sort();
  const order = new Uint32Array(size);
  for (let at = 0; at < size; at++) {
    const place = packed[at]! - Math.floor(packed[at]! / scale) * scale;
    order[at] = open[place]!;
  }
  // What the cut made equal stands side by side, in order of arrival: a few steps back put it right.
  if (coarse > 1)
    for (let at = 1; at < size; at++) {
      const index = order[at]!;
      const own = key(index);
      let to = at;
      while (to > 0 && key(order[to - 1]!) > own) order[to] = order[--to]!;
      order[to] = index;
    }
  return order;
}

/** Merit order with blended prices halfway: both sides sorted by price, then two pointers. */
export function meritPlain({ offers, bids }: Book): PlainTrades {
  const [supply, demand] = [new Uint32Array(offers.quantity), new Uint32Array(bids.quantity)];
  const sellers = queue(supply, (index) => offers.price[index]!);
  const buyers = queue(demand, (index) => -bids.price[index]!);
  const trades = room(supply.length + demand.length);
  let [i, j] = [0, 0];
  while (i < sellers.length && j < buyers.length) {
    const [offer, bid] = [sellers[i]!, buyers[j]!];
    const [low, high] = [offers.price[offer]!, bids.price[bid]!];
    if (high < low) break;
    const quantity = Math.min(supply[offer]!, demand[bid]!);
    supply[offer]! -= quantity;
    demand[bid]! -= quantity;
    const at = trades.count++;
    trades.offer[at] = offer;
    trades.bid[at] = bid;
    trades.quantity[at] = quantity;
    trades.price[at] = low + Math.floor((high - low) / 2);
    if (supply[offer] === 0) i++;
    if (demand[bid] === 0) j++;
  }
  return trades;
}

/** The side that is walked, as a tree over its queue: of every subtree the least quantity and the best price. */
interface Tree {
  readonly leaves: number;
  readonly least: Uint32Array;
  readonly best: Int32Array;
}

const taken = 0xffff_ffff;
const worst = -0x8000_0000;

/** `better` turns prices so that a greater one is better for who walks. */
function treeOf(line: Uint32Array, left: Uint32Array, better: (index: number) => number): Tree {
  let leaves = 1;
  while (leaves < line.length) leaves *= 2;
  const least = new Uint32Array(2 * leaves).fill(taken);
  const best = new Int32Array(2 * leaves).fill(worst);
  for (let place = 0; place < line.length; place++) {
    least[leaves + place] = left[line[place]!]!;
    best[leaves + place] = better(line[place]!);
  }
  for (let node = leaves - 1; node > 0; node--) join(least, best, node);
  return { leaves, least, best };
}

function join(least: Uint32Array, best: Int32Array, node: number): boolean {
  const quantity = Math.min(least[2 * node]!, least[2 * node + 1]!);
  const price = Math.max(best[2 * node]!, best[2 * node + 1]!);
  if (least[node] === quantity && best[node] === price) return false;
  least[node] = quantity;
  best[node] = price;
  return true;
}

/**
 * Everyone of `leaders` in turn walks `others` from the front and takes each that fits whole and agrees. What did not
 * fit once fits no more, so the walk only goes on; a subtree in which nothing fits or agrees is passed in one step.
 */
function lead(
  leaders: { readonly line: Uint32Array; readonly left: Uint32Array; limit(index: number): number },
  others: { readonly line: Uint32Array; readonly left: Uint32Array; better(index: number): number },
  take: (leader: number, other: number, quantity: number) => void,
): void {
  if (others.line.length === 0) return;
  const { leaves, least, best } = treeOf(others.line, others.left, others.better);
  for (const leader of leaders.line) {
    const limit = leaders.limit(leader);
    let rest = leaders.left[leader]!;
    for (let node = 1; rest > 0; ) {
      if (least[node]! <= rest && best[node]! >= limit) {
        if (node < leaves) {
          node *= 2;
          continue;
        }
        const other = others.line[node - leaves]!;
        const quantity = others.left[other]!;
        take(leader, other, quantity);
        rest -= quantity;
        others.left[other] = 0;
        least[node] = taken;
        best[node] = worst;
        for (let up = node >> 1; up > 0 && join(least, best, up); ) up >>= 1;
      }
      // To the next subtree on the right: up while this is a right child, and over.
      while (node % 2 === 1) node >>= 1;
      if (node === 0) break;
      node++;
    }
    leaders.left[leader] = rest;
  }
}

/** Quantity × price at the price of the one who was chosen: phases A and B until neither trades. */
export function valuePlain({ offers, bids }: Book): PlainTrades {
  const [supply, demand] = [new Uint32Array(offers.quantity), new Uint32Array(bids.quantity)];
  const trades = room(supply.length + demand.length);
  const put = (offer: number, bid: number, quantity: number, price: number): void => {
    const at = trades.count++;
    trades.offer[at] = offer;
    trades.bid[at] = bid;
    trades.quantity[at] = quantity;
    trades.price[at] = price;
  };
  const sellers = () => ({
    line: queue(supply, (index) => supply[index]! * offers.price[index]!),
    left: supply,
    better: (index: number) => -offers.price[index]!,
  });
  const buyers = () => ({
    line: queue(demand, (index) => -demand[index]! * bids.price[index]!),
    left: demand,
    better: (index: number) => bids.price[index]!,
  });
  for (let before = -1; before !== trades.count; ) {
    before = trades.count;
    lead({ ...sellers(), limit: (index) => offers.price[index]! }, buyers(), (offer, bid, quantity) =>
      put(offer, bid, quantity, bids.price[bid]!),
    );
    lead({ ...buyers(), limit: (index) => -bids.price[index]! }, sellers(), (bid, offer, quantity) =>
      put(offer, bid, quantity, offers.price[offer]!),
    );
  }
  return trades;
}
