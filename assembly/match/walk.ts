// The walk of leaders through followers that both mechanisms of the paper and the pool share.
import { Side, Trades, priceOf } from "./side";
import { build, fitting, leafPrice, leafSize, nodeAt, quantityOf, remove, sizeOf, smallest, top } from "./tree";
import { searchByMorton } from "./morton";

/**
 * Leaders whose quantity and price are fetched at once: many cache misses in flight instead of one before each search.
 */
const batch: u32 = 256;
const batchQuantities = memory.data(256 * 4, 16);
const batchPrices = memory.data(256 * 4, 16);

/** Children still to be looked at, one u32 a level. */
const waiting = memory.data(8 * 4, 4);

/**
 * Each leader, in rank order, walks the followers in rank order and takes every compatible one that fits whole
 * (`divisible`: as much of it as fits). Brings both `left` columns up to date and sets both sides' `best`, the leader's
 * among those it ranks. `scratch`: 44 bytes a follower and 16 kB.
 *
 * In phase A without negative prices at most one path of the tree misleads a search: bids lie by value v descending and
 * a leader with r left at price P fits those with q <= r and p >= P. Before the place where v falls below r · P every
 * q <= r has p >= P, behind it every p >= P has q <= r, so either half of the test alone decides all subtrees but those
 * across that place, and a search is logarithmic whatever the orders. In phase B, in the pool and with negative prices
 * nothing of the kind holds. Most books are easy all the same; for the others the rest of the walk goes through the
 * Morton-ordered tree, once the search has cost about as much as building that one does.
 */
export function walk(leader: Side, follower: Side, trades: Trades, divisible: bool, scratch: usize): void {
  const leaders = leader.rankCount;
  const followers = follower.rankCount;
  build(follower, divisible, scratch);
  leader.best = i32.MAX_VALUE;
  if (leaders == 0 || followers == 0) return;
  const flip = follower.flip;
  const bidsLead = leader.flip != 0;
  const toLeader = bidsLead ? trades.bid : trades.offer;
  const toFollower = bidsLead ? trades.offer : trades.bid;
  const leaderLeft = leader.left;
  const followerLeft = follower.left;
  const leaderRank = leader.rank;
  const followerRank = follower.rank;
  const root = nodeAt(top, 0);
  // Trades are counted here as bytes of their columns; the columns have room, as every trade exhausts an order.
  let done = <usize>trades.count << 2;
  // Nodes that may still be looked at before the search is given up.
  let budget = <i64>followers * 16 + 1024;
  let best = i32.MAX_VALUE;
  for (let i: u32 = 0; i < leaders; i++) {
    const inBatch = i & (batch - 1);
    if (inBatch == 0) fetch(leader, i, min(batch, leaders - i));
    const leaderPrice = load<i32>(batchPrices + (<usize>inBatch << 2));
    let left = load<u32>(batchQuantities + (<usize>inBatch << 2));
    const price = leaderPrice ^ flip;
    let found = fitting(root, sizeOf(left), price);
    budget += 24;
    if (found != 0) {
      // Divisible lots never come here: any quantity fits, so whatever subtree fits by price holds a trade, and at most
      // nine nodes are looked at for each, which the budget pays 24 for.
      if (budget < 0 && !divisible) {
        trades.count = <u32>(done >> 2);
        leader.best = best;
        searchByMorton(leader, i, follower, trades, scratch);
        return;
      }
      const leaderIndex = load<u32>(leaderRank + (<usize>i << 2));
      const before = done;
      let level = top;
      let node: u32 = 0;
      // Levels above at which children to the right are waiting in `waiting`.
      let above: u32 = 0;
      while (true) {
        if (found == 0) {
          if (above == 0) break;
          const next = <i32>ctz(above);
          above &= above - 1;
          node >>= <u32>(next - level) << 2;
          level = next;
          // What is left only shrinks, so a child that did not fit then does not fit now.
          found = load<u32>(waiting + (<usize>level << 2)) & fitting(nodeAt(level, node), sizeOf(left), price);
          budget--;
          continue;
        }
        const child = <u32>ctz(found);
        const others = found & (found - 1);
        if (level > 0) {
          store<u32>(waiting + (<usize>level << 2), others);
          above |= u32(others != 0) << level;
          node = (node << 4) | child;
          level--;
          found = fitting(nodeAt(level, node), sizeOf(left), price);
          budget--;
          continue;
        }
        // Below `followers`: nobody stands behind, and nobody fits nobody.
        const place = (node << 4) | child;
        const index = load<u32>(followerRank + (<usize>place << 2));
        const followerPrice = leafPrice(place) ^ flip;
        let quantity: u32;
        if (divisible) {
          const has = load<u32>(followerLeft + (<usize>index << 2));
          quantity = min(has, left);
          store<u32>(followerLeft + (<usize>index << 2), has - quantity);
          if (has == quantity) remove(place);
        } else {
          quantity = quantityOf(leafSize(place));
          store<u32>(followerLeft + (<usize>index << 2), 0);
          remove(place);
        }
        store<u32>(toLeader + done, leaderIndex);
        store<u32>(toFollower + done, index);
        store<u32>(trades.quantity + done, quantity);
        store<i32>(trades.price + done, priceOf(trades, bidsLead, leaderPrice, followerPrice));
        done += 4;
        left -= quantity;
        if (left == 0) break;
        found = others & fitting(nodeAt(0, node), sizeOf(left), price);
        budget--;
      }
      if (done != before) {
        store<u32>(leaderLeft + (<usize>leaderIndex << 2), left);
        budget += <i64>(done - before) * 6;
      }
    }
    best = min(best, left != 0 ? leaderPrice ^ leader.flip : i32.MAX_VALUE);
  }
  trades.count = <u32>(done >> 2);
  leader.best = best;
  follower.best = smallest(root + 64);
}

/** Fills the batch with leaders `first` … `first + count` of the rank order. */
function fetch(leader: Side, first: u32, count: u32): void {
  const rank = leader.rank + (<usize>first << 2);
  for (let i: usize = 0; i < <usize>count << 2; i += 4) {
    const at = <usize>load<u32>(rank + i) << 2;
    store<u32>(batchQuantities + i, load<u32>(leader.left + at));
    store<i32>(batchPrices + i, load<i32>(leader.price + at));
  }
}
