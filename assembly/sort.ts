// Simple and correct first: insertion sort.
import { Side } from "./side";

// @ts-ignore: decorator
@inline
function keyOf(side: Side, index: u32, byPrice: bool): i64 {
  const at = <usize>index << 2;
  const price = <i64>load<i32>(side.price + at);
  return (byPrice ? price : price * <i64>load<u32>(side.left + at)) ^ <i64>side.flip;
}

/** Writes the open orders of `side` to its `rank`, ascending by key (descending for bids), arrival order on ties. */
export function rankSide(side: Side, byPrice: bool): void {
  const count = side.openCount;
  side.rankCount = count;
  for (let i: u32 = 0; i < count; i++) {
    const index = load<u32>(side.open + (<usize>i << 2));
    const key = keyOf(side, index, byPrice);
    let j = i;
    for (; j > 0; j--) {
      const before = load<u32>(side.rank + (<usize>(j - 1) << 2));
      if (keyOf(side, before, byPrice) <= key) break;
      store<u32>(side.rank + (<usize>j << 2), before);
    }
    store<u32>(side.rank + (<usize>j << 2), index);
  }
}
