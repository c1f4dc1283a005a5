/** Whether one of `count` quantities is 0. */
export function hasEmpty(column: usize, count: u32): bool {
  let smallest: u32 = u32.MAX_VALUE;
  for (let i: usize = 0; i < count; i++) smallest = min(smallest, load<u32>(column + (i << 2)));
  return smallest == 0;
}

/** How many of `count` quantities are not 0. */
export function countLeft(column: usize, count: u32): u32 {
  let open: u32 = 0;
  for (let i: usize = 0; i < count; i++) open += u32(load<u32>(column + (i << 2)) != 0);
  return open;
}

/** Whether an entry of one column is larger than that of another. */
export function exceeds(column: usize, limits: usize, count: u32): bool {
  let more: bool = false;
  for (let i: usize = 0; i < count; i++) more = more || load<u32>(column + (i << 2)) > load<u32>(limits + (i << 2));
  return more;
}
