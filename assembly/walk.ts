import { Side, Trades, record } from "./side";

/**
 * Each leader, in rank order, walks the followers in rank order and takes every compatible one that fits whole
 * (`divisible`: as much of it as fits). Both `left` columns are brought up to date.
 */
export function walk(leader: Side, follower: Side, trades: Trades, divisible: bool): void {
  const flip = follower.flip;
  for (let i: u32 = 0; i < leader.rankCount; i++) {
    const leaderIndex = load<u32>(leader.rank + (<usize>i << 2));
    const leaderPrice = load<i32>(leader.price + (<usize>leaderIndex << 2));
    let left = load<u32>(leader.left + (<usize>leaderIndex << 2));
    for (let j: u32 = 0; j < follower.rankCount && left > 0; j++) {
      const index = load<u32>(follower.rank + (<usize>j << 2));
      const has = load<u32>(follower.left + (<usize>index << 2));
      const price = load<i32>(follower.price + (<usize>index << 2));
      if (has == 0 || (price ^ flip) > (leaderPrice ^ flip) || (!divisible && has > left)) continue;
      const quantity = min(has, left);
      record(trades, leader, leaderIndex, leaderPrice, index, price, quantity);
      left -= quantity;
      store<u32>(follower.left + (<usize>index << 2), has - quantity);
    }
    store<u32>(leader.left + (<usize>leaderIndex << 2), left);
  }
}
