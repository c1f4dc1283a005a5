import { Side, Trades, priceOf } from "./side";
import { build, fitting, leafPrice, leafQuantity, nodeAt, remove, smallestPrice, top } from "./tree";
import { searchByMorton } from "./morton";

/** Leaders whose quantity and price are fetched at once: many cache misses in flight instead of one before each search. */
const batch: u32 = 256;
const batchQuantities = memory.data(256 * 4, 16);
const batchPrices = memory.data(256 * 4, 16);

/**
 * Each leader, in rank order, walks the followers in rank order and takes every compatible one that fits whole
 * (`divisible`: as much of it as fits). Brings both `left` columns up to date and sets both sides' `best`, the leader's
 * among those it ranks. `scratch`: 60 bytes a follower and 16 kB.
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
  let spent: u64 = 0;
  let allowed = <u64>followers * 16 + 1024;
  let best = i32.MAX_VALUE;
  for (let i: u32 = 0; i < leaders; i++) {
    const inBatch = i & (batch - 1);
    if (inBatch == 0) fetch(leader, i, min(batch, leaders - i));
    const leaderPrice = load<i32>(batchPrices + (<usize>inBatch << 2));
    let left = load<u32>(batchQuantities + (<usize>inBatch << 2));
    const price = leaderPrice ^ flip;
    let found = fitting(root, left - 1, price);
    spent++;
    allowed += 24;
    if (found != 0) {
      if (spent > allowed && !divisible) {
        trades.count = <u32>(done >> 2);
        leader.best = best;
        searchByMorton(leader, i, follower, trades, scratch);
        return;
      }
      const leaderIndex = load<u32>(leaderRank + (<usize>i << 2));
      const before = done;
      let level = top;
      let node: u32 = 0;
      while (true) {
        if (found == 0) {
          // Up, and on to the right of where we came from; what is left may have shrunk since.
          if (level == top) break;
          level++;
          const last = node & 15;
          node >>= 4;
          found = fitting(nodeAt(level, node), left - 1, price) & (<u32>0xfffe << last);
          spent++;
          continue;
        }
        const child = <u32>ctz(found);
        node = (node << 4) | child;
        if (level > 0) {
          level--;
          found = fitting(nodeAt(level, node), left - 1, price);
          spent++;
          continue;
        }
        // `node` is now a place in rank order, below `followers`: nobody stands behind, and nobody fits nobody.
        const index = load<u32>(followerRank + (<usize>node << 2));
        const followerPrice = leafPrice(node) ^ flip;
        let quantity: u32;
        if (divisible) {
          const has = load<u32>(followerLeft + (<usize>index << 2));
          quantity = min(has, left);
          store<u32>(followerLeft + (<usize>index << 2), has - quantity);
          if (has == quantity) remove(node);
        } else {
          quantity = leafQuantity(node) + 1;
          store<u32>(followerLeft + (<usize>index << 2), 0);
          remove(node);
        }
        store<u32>(toLeader + done, leaderIndex);
        store<u32>(toFollower + done, index);
        store<u32>(trades.quantity + done, quantity);
        store<i32>(trades.price + done, priceOf(trades, bidsLead, leaderPrice, followerPrice));
        done += 4;
        left -= quantity;
        if (left == 0) break;
        node >>= 4;
        found = fitting(nodeAt(0, node), left - 1, price) & (<u32>0xfffe << child);
        spent++;
      }
      if (done != before) {
        store<u32>(leaderLeft + (<usize>leaderIndex << 2), left);
        allowed += <u64>(done - before) * 6;
      }
    }
    best = min(best, left != 0 ? leaderPrice ^ leader.flip : i32.MAX_VALUE);
  }
  trades.count = <u32>(done >> 2);
  leader.best = best;
  follower.best = smallestPrice(root + 64);
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
