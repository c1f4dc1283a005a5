// Declared maxima, and why nothing wraps under them. AssemblyScript integers wrap in silence, so every product and
// sum in the core is one of these:
//
//   quantity                 1 … 2³²−1                   u32
//   price                    −2³¹ … 2³¹−1                i32
//   quantity × price         |.| <= (2³²−1) × 2³¹ < 2⁶³   i64
//   value − smallest value   < 2⁶⁴                       u64, the sort key
//   price − price            < 2³²; × k (< 2²⁰) < 2⁵²    u64, `blend`
//   |amount| × rate          split at 10⁶: (amount / 10⁶) × rate + (amount % 10⁶) × rate / 10⁶, each < 2⁶³
//   keys and fees of areas   price × 2²⁶ + rank, 2⁵⁸; sums with one fee 2⁵⁹ (area/tree.ts)   i64
//   positions, flows         2²⁴ quantities, < 2⁵⁶       i64
//   prices shifted by fees   < 2³¹ + 65 534 × 2³¹ < 2⁴⁷  i64; such a gap × k split at 10⁶ (area/prices.ts)
//   position × 10⁶           < 2²⁶ × 2²⁰ = 2⁴⁶           done by the host in exact doubles
//   bytes of all columns     counted in u64, refused at 2³² − 2¹⁶

/** Most offers, bids or storage lots of one clearing. */
export const maxOrders: u32 = 1 << 24;
/** Most areas of one carrier. */
export const maxAreas: u32 = 65_535;
/** Bytes of an area's state while it is cleared (area/tree.ts). */
export const areaBytes: u32 = 232;
/** Most bytes of linear memory: one page short of 4 GiB, so that one past the end still is a u32. */
export const maxBytes: u64 = 0xffff0000;
/** Parts in a million. */
export const ppm: u64 = 1_000_000;

// What an export returns instead of a count when it refuses; the host's checks come first, these are the second line.
/** A count or a number lies outside its declared range or passes what `reserve` made room for. */
export const outOfRange: i32 = -1;
/** Memory can't grow that far. */
export const outOfMemory: i32 = -2;
/** A quantity of 0 among the orders. */
export const emptyOrder: i32 = -3;
