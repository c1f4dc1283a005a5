// The core's argsort alone, over columns the bench lays out in the memory.
import { sortOrders } from "../../assembly/match/sort";

/** First byte that is free for columns. */
export function free(): usize {
  return (__heap_base + 63) & ~63;
}

/** Indices of `count` orders by value, ascending, to `out`; `scratch`: what sortOrders asks for. */
export function sort(count: u32, quantity: usize, price: usize, scratch: usize, out: usize): void {
  sortOrders(0, count, quantity, price, 0, false, scratch, out);
}
