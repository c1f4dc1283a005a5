/** Whether one of `count` quantities is 0. */
export function hasEmpty(column: usize, count: u32): bool {
  let i: u32 = 0;
  if (ASC_FEATURE_SIMD)
    for (; i + 4 <= count; i += 4) if (!i32x4.all_true(v128.load(column + (<usize>i << 2)))) return true;
  for (; i < count; i++) if (load<u32>(column + (<usize>i << 2)) == 0) return true;
  return false;
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
