// First fit in a 16-ary tree, once for each vector width: define NAME(x) and TARGET, and LANES_8 for 256-bit vectors.
// A group is sixteen quantities, then sixteen prices; an entry above the leaves is the least quantity and the extreme
// price of the group below it. An order that is gone has the greatest quantity and a price that is never compatible.

#ifdef LANES_8
static TARGET inline u32 NAME(fitting)(const u32 *group, u32 left, i32 limit, int atLeast) {
  const __m256i l = _mm256_set1_epi32((int)left), p = _mm256_set1_epi32(limit);
  u32 mask = 0;
  for (int half = 0; half < 2; half++) {
    const __m256i q = _mm256_load_si256((const __m256i *)group + half);
    const __m256i r = _mm256_load_si256((const __m256i *)group + 2 + half);
    const __m256i wrong = atLeast ? _mm256_cmpgt_epi32(p, r) : _mm256_cmpgt_epi32(r, p);
    const __m256i fits = _mm256_cmpeq_epi32(_mm256_min_epu32(q, l), q);
    mask |= (u32)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_andnot_si256(wrong, fits))) << (8 * half);
  }
  return mask;
}
#else
static TARGET inline u32 NAME(fitting)(const u32 *group, u32 left, i32 limit, int atLeast) {
  const __m128i l = _mm_set1_epi32((int)left), p = _mm_set1_epi32(limit);
  __m128i m[4];
  for (int i = 0; i < 4; i++) {
    const __m128i q = _mm_load_si128((const __m128i *)group + i), r = _mm_load_si128((const __m128i *)group + 4 + i);
    const __m128i wrong = atLeast ? _mm_cmpgt_epi32(p, r) : _mm_cmpgt_epi32(r, p);
    m[i] = _mm_andnot_si128(wrong, _mm_cmpeq_epi32(_mm_min_epu32(q, l), q));
  }
  return (u32)_mm_movemask_epi8(_mm_packs_epi16(_mm_packs_epi32(m[0], m[1]), _mm_packs_epi32(m[2], m[3])));
}
#endif

static TARGET inline u32 NAME(leastQuantity)(const u32 *group) {
  const __m128i *v = (const __m128i *)group;
  __m128i m = _mm_min_epu32(_mm_min_epu32(v[0], v[1]), _mm_min_epu32(v[2], v[3]));
  m = _mm_min_epu32(m, _mm_shuffle_epi32(m, 0x4e));
  m = _mm_min_epu32(m, _mm_shuffle_epi32(m, 0xb1));
  return (u32)_mm_cvtsi128_si32(m);
}

static TARGET inline i32 NAME(extremePrice)(const u32 *group, int most) {
  const __m128i *v = (const __m128i *)(group + 16);
#define PICK(a, b) (most ? _mm_max_epi32(a, b) : _mm_min_epi32(a, b))
  __m128i m = PICK(PICK(v[0], v[1]), PICK(v[2], v[3]));
  m = PICK(m, _mm_shuffle_epi32(m, 0x4e));
  m = PICK(m, _mm_shuffle_epi32(m, 0xb1));
#undef PICK
  return _mm_cvtsi128_si32(m);
}

/**
 * Writes one entry as part of a whole vector: vectors are loaded from there next, and the processor hands what it has
 * just stored to a load only if the store covers it.
 */
static TARGET inline void NAME(set)(u32 *entries, u32 place, u32 value) {
  static const u32 lanes[4][4] __attribute__((aligned(16))) = {{-1u, 0, 0, 0}, {0, -1u, 0, 0}, {0, 0, -1u, 0}, {0, 0, 0, -1u}};
  __m128i *vector = (__m128i *)entries + (place >> 2);
  const __m128i lane = _mm_load_si128((const __m128i *)lanes[place & 3]);
  _mm_store_si128(vector, _mm_blendv_epi8(_mm_load_si128(vector), _mm_set1_epi32((int)value), lane));
}

static TARGET inline u32 NAME(build)(Queue *queue, u32 *tree, u32 **levels, int most) {
  const u32 dead = most ? (u32)INT32_MIN : (u32)INT32_MAX;
  u32 groups = (queue->count + 15) >> 4, depth = 0;
  levels[0] = tree;
  for (u32 g = 0; g < groups; g++) {
    u32 *group = tree + g * 32;
    const u32 lanes = queue->count - g * 16 < 16 ? queue->count - g * 16 : 16;
    memcpy(group, queue->quantity + g * 16, lanes * 4);
    memcpy(group + 16, queue->price + g * 16, lanes * 4);
    for (u32 lane = lanes; lane < 16; lane++) {
      group[lane] = UINT32_MAX;
      group[16 + lane] = dead;
    }
  }
  while (groups > 1) {
    const u32 *below = levels[depth];
    const u32 entries = groups;
    u32 *level = levels[depth] + (size_t)groups * 32;
    levels[++depth] = level;
    groups = (groups + 15) >> 4;
    for (u32 i = 0; i < groups * 16; i++) {
      u32 *entry = level + (i >> 4) * 32 + (i & 15);
      entry[0] = i < entries ? NAME(leastQuantity)(below + (size_t)i * 32) : UINT32_MAX;
      entry[16] = i < entries ? (u32)NAME(extremePrice)(below + (size_t)i * 32, most) : dead;
    }
  }
  return depth;
}

/**
 * Each of `walkers`, in order, takes whole every one of `takers` that is compatible and fits what the walker has left.
 * `most` is 1 when offers walk bids (phase A) and 0 when bids walk offers (phase B).
 */
static TARGET inline __attribute__((always_inline)) void NAME(walk)(Queue *walkers, Queue *taken, int most, i32 k,
                                                                   u32 *tree, Trades *out) {
  if (!taken->count) return;
  u32 *levels[9];
  const u32 top = NAME(build)(taken, tree, levels, most), dead = most ? (u32)INT32_MIN : (u32)INT32_MAX;
  u32 trades = out->count, waiting[9];
  for (u32 w = 0; w < walkers->count; w++) {
    // `above`: bit per level at which children to the right are waiting.
    u32 left = walkers->quantity[w], level = top, g = 0, above = 0;
    const i32 limit = walkers->price[w];
    u32 mask = NAME(fitting)(levels[top], left, limit, most);
    for (;;) {
      if (!mask) {
        if (!above) break;
        const u32 next = (u32)__builtin_ctz(above);
        above &= above - 1;
        g >>= 4 * (next - level);
        level = next;
        // What is left only shrinks: a child that did not fit does not fit now.
        mask = waiting[level] & NAME(fitting)(levels[level] + g * 32, left, limit, most);
        continue;
      }
      const u32 lane = (u32)__builtin_ctz(mask), others = mask & (mask - 1);
      if (level) {
        waiting[level] = others;
        above |= (u32)(others != 0) << level;
        level--;
        g = (g << 4) | lane;
        mask = NAME(fitting)(levels[level] + g * 32, left, limit, most);
        continue;
      }
      u32 *group = levels[0] + g * 32;
      const u32 t = (g << 4) | lane, quantity = group[lane];
      const i32 other = (i32)group[16 + lane], offerPrice = most ? limit : other, bidPrice = most ? other : limit;
      out->offer[trades] = most ? walkers->id[w] : taken->id[t];
      out->bid[trades] = most ? taken->id[t] : walkers->id[w];
      out->quantity[trades] = quantity;
      out->price[trades] = k < 0 ? other : (i32)(offerPrice + ((i64)bidPrice - offerPrice) * k / 1000000);
      trades++;
      left -= quantity;
      taken->quantity[t] = 0;
      NAME(set)(group, lane, UINT32_MAX);
      NAME(set)(group + 16, lane, dead);
      u32 *below = group, goneQuantity = quantity, gonePrice = (u32)other;
      for (u32 up = 1, place = g; up <= top; up++, place >>= 4) {
        u32 *parent = levels[up] + (place >> 4) * 32, *entry = parent + (place & 15);
        const u32 quantityAbove = entry[0], priceAbove = entry[16];
        // Neither extreme was the one that went.
        if (quantityAbove != goneQuantity && priceAbove != gonePrice) break;
        const u32 least = NAME(leastQuantity)(below), extreme = (u32)NAME(extremePrice)(below, most);
        if (quantityAbove == least && priceAbove == extreme) break;
        NAME(set)(parent, place & 15, least);
        NAME(set)(parent + 16, place & 15, extreme);
        goneQuantity = quantityAbove;
        gonePrice = priceAbove;
        below = parent;
      }
      if (!left) break;
      mask = others & NAME(fitting)(group, left, limit, most);
    }
    walkers->quantity[w] = left;
  }
  out->count = trades;
}

static TARGET void NAME(phaseA)(Queue *offers, Queue *bids, i32 k, u32 *tree, Trades *out) {
  NAME(walk)(offers, bids, 1, k, tree, out);
}

static TARGET void NAME(phaseB)(Queue *offers, Queue *bids, i32 k, u32 *tree, Trades *out) {
  NAME(walk)(bids, offers, 0, k, tree, out);
}

#undef NAME
#undef TARGET
#undef LANES_8
