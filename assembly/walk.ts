import { Side, Trades, record } from "./side";
import { build, fitting, nodeAt, remove, top, treeBytes } from "./tree";
import { searchByMorton } from "./morton";

/** Nodes that were looked at in the last walk, for tests and benches. */
export let visits: u64 = 0;

/**
 * Each leader, in rank order, walks the followers in rank order and takes every compatible one that fits whole
 * (`divisible`: as much of it as fits). Both `left` columns are brought up to date. `scratch`: 60 bytes a follower and
 * 16 kB.
 *
 * With values q · p in order and no negative price, at most one path of the tree misleads a search of phase A (see
 * docs/architecture.md), so it is logarithmic whatever the orders. Nothing of the kind holds for phase B, the pool or
 * negative prices; there the search is quick on most books, and when it isn't, the rest of the walk goes through the
 * Morton-ordered tree. It is given up when it has cost as much as building that tree would.
 */
export function walk(leader: Side, follower: Side, trades: Trades, divisible: bool, scratch: usize): void {
  const flip = follower.flip;
  const leaders = leader.rankCount;
  const followers = follower.rankCount;
  if (leaders == 0 || followers == 0) return;
  build(follower, divisible, scratch);
  const root = nodeAt(top, 0);
  let spent: u64 = 0;
  let allowed = <u64>followers * 16 + 1024;
  for (let i: u32 = 0; i < leaders; i++) {
    const leaderIndex = load<u32>(leader.rank + (<usize>i << 2));
    const leaderPrice = load<i32>(leader.price + (<usize>leaderIndex << 2));
    const price = leaderPrice ^ flip;
    let left = load<u32>(leader.left + (<usize>leaderIndex << 2));
    let found = fitting(root, left - 1, price);
    spent++;
    allowed += 24;
    if (found == 0) continue;
    if (spent > allowed && !divisible) {
      searchByMorton(leader, i, follower, trades, scratch);
      return;
    }
    let level = top;
    let node: u32 = 0;
    while (true) {
      if (found == 0) {
        // Up, and on to the right of where we came from; what is left may have shrunk since.
        if (level == top) break;
        level++;
        const before = node & 15;
        node >>= 4;
        found = fitting(nodeAt(level, node), left - 1, price) & (<u32>0xfffe << before);
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
      // `node` is now a place in rank order: below rankCount, as nobody stands behind it.
      const index = load<u32>(follower.rank + (<usize>node << 2));
      const at = <usize>index << 2;
      const has = load<u32>(follower.left + at);
      const quantity = divisible ? min(has, left) : has;
      record(trades, leader, leaderIndex, leaderPrice, index, load<i32>(follower.price + at), quantity);
      allowed += 24;
      left -= quantity;
      store<u32>(follower.left + at, has - quantity);
      if (has == quantity) remove(node);
      if (left == 0) break;
      node >>= 4;
      found = fitting(nodeAt(0, node), left - 1, price) & (<u32>0xfffe << child);
      spent++;
    }
    store<u32>(leader.left + (<usize>leaderIndex << 2), left);
  }
  visits = spent;
}
