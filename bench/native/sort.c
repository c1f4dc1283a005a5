// Stable radix argsort: keys computed on the fly in the first pass, packed beside the index, all histograms at once.
#include <stdlib.h>
#include <string.h>
#include "book.h"

enum { WIDEST = 11, MOST_DIGITS = 8 };
static u32 histogram[MOST_DIGITS << WIDEST];

static inline void prefixSums(u32 *h, u32 size) {
  for (u32 i = 0, sum = 0; i < size; i++) {
    const u32 count = h[i];
    h[i] = sum;
    sum += count;
  }
}

static inline u32 bitsOf(u64 x) { return x ? 64 - (u32)__builtin_clzll(x) : 0; }

typedef struct {
  const u32 *quantity; // null: the key is the price alone
  const i32 *price;
  i64 origin;
  int descending;
} Key;

static inline __attribute__((always_inline)) u64 keyAt(const Key *key, int byPrice, int descending, u32 i) {
  const i64 value = byPrice ? (i64)key->price[i] : (i64)key->quantity[i] * key->price[i];
  return descending ? (u64)key->origin - (u64)value : (u64)value - (u64)key->origin;
}

static inline __attribute__((always_inline)) void sortPacked(const Key *key, int byPrice, int descending, u32 count,
                                                             u32 keyBits, Scratch *s, u32 *order) {
  const u32 widest = count < 4096 ? 8 : WIDEST;
  const u32 digits = (keyBits + widest - 1) / widest, width = (keyBits + digits - 1) / digits;
  const u32 size = 1u << width, indexBits = bitsOf(count - 1);
  const u64 mask = size - 1;
  memset(histogram, 0, (size_t)digits * size * 4);
#define COUNT(d) histogram[(d) * size + ((k >> ((d) * width)) & mask)]++
  if (digits <= 3) {
    // Digits beyond the key's width count zeros into unused tables.
    for (u32 i = 0; i < count; i++) {
      const u64 k = keyAt(key, byPrice, descending, i);
      COUNT(0);
      COUNT(1);
      COUNT(2);
    }
  } else {
    for (u32 i = 0; i < count; i++) {
      const u64 k = keyAt(key, byPrice, descending, i);
      for (u32 d = 0; d < digits; d++) COUNT(d);
    }
  }
#undef COUNT
  for (u32 d = 0; d < digits; d++) prefixSums(histogram + d * size, size);
  if (digits == 1) {
    for (u32 i = 0; i < count; i++) order[histogram[keyAt(key, byPrice, descending, i)]++] = i;
    return;
  }
  u64 *from = s->keys, *to = s->spareKeys;
  for (u32 i = 0; i < count; i++) {
    const u64 k = keyAt(key, byPrice, descending, i);
    from[histogram[k & mask]++] = (k << indexBits) | i;
  }
  for (u32 d = 1; d + 1 < digits; d++) {
    u32 *h = histogram + d * size;
    const u32 shift = d * width + indexBits;
    for (u32 i = 0; i < count; i++) {
      const u64 k = from[i];
      to[h[(k >> shift) & mask]++] = k;
    }
    u64 *swap = from;
    from = to;
    to = swap;
  }
  u32 *h = histogram + (digits - 1) * size;
  const u32 shift = (digits - 1) * width + indexBits;
  const u64 indexMask = (1ull << indexBits) - 1;
  for (u32 i = 0; i < count; i++) order[h[from[i] >> shift]++] = (u32)(from[i] & indexMask);
}

/** Keys too wide to share a word with the index: keys and indices move side by side, eight bits a pass. */
static void sortApart(const Key *key, int byPrice, u32 count, u32 keyBits, Scratch *s, u32 *order) {
  const u32 digits = (keyBits + 7) / 8;
  u64 *keys = s->keys, *spareKeys = s->spareKeys;
  u32 *index = order, *spareIndex = s->spareIndex;
  memset(histogram, 0, digits * 256 * 4);
  for (u32 i = 0; i < count; i++) {
    const u64 k = keyAt(key, byPrice, key->descending, i);
    keys[i] = k;
    index[i] = i;
    for (u32 d = 0; d < digits; d++) histogram[d * 256 + ((k >> (8 * d)) & 255)]++;
  }
  for (u32 d = 0; d < digits; d++) {
    u32 *h = histogram + d * 256;
    prefixSums(h, 256);
    for (u32 i = 0; i < count; i++) {
      const u32 place = h[(keys[i] >> (8 * d)) & 255]++;
      spareKeys[place] = keys[i];
      spareIndex[place] = index[i];
    }
    u64 *k = keys;
    keys = spareKeys;
    spareKeys = k;
    u32 *x = index;
    index = spareIndex;
    spareIndex = x;
  }
  if (index != order) memcpy(order, index, (size_t)count * 4);
}

static inline __attribute__((always_inline)) void orderBy(Key key, int byPrice, u32 count, Scratch *s, u32 *order) {
  if (count == 0) return;
  i64 least = INT64_MAX, most = INT64_MIN;
  for (u32 i = 0; i < count; i++) {
    const i64 value = byPrice ? (i64)key.price[i] : (i64)key.quantity[i] * key.price[i];
    least = value < least ? value : least;
    most = value > most ? value : most;
  }
  key.origin = key.descending ? most : least;
  const u32 keyBits = bitsOf((u64)most - (u64)least);
  if (keyBits == 0) {
    for (u32 i = 0; i < count; i++) order[i] = i;
  } else if (keyBits + bitsOf(count - 1) > 64) {
    sortApart(&key, byPrice, count, keyBits, s, order);
  } else if (key.descending) {
    sortPacked(&key, byPrice, 1, count, keyBits, s, order);
  } else {
    sortPacked(&key, byPrice, 0, count, keyBits, s, order);
  }
}

void orderByValue(const u32 *quantity, const i32 *price, u32 count, int descending, Scratch *s, u32 *order) {
  orderBy((Key){quantity, price, 0, descending}, 0, count, s, order);
}

void orderByPrice(const i32 *price, u32 count, int descending, Scratch *s, u32 *order) {
  orderBy((Key){0, price, 0, descending}, 1, count, s, order);
}

static void *column(size_t bytes) { return aligned_alloc(64, (bytes + 127) & ~(size_t)63); }

static Queue queueFor(u32 capacity) {
  return (Queue){0, column(4ull * capacity), column(4ull * capacity), column(4ull * capacity)};
}

Scratch *scratchFor(u32 capacity) {
  static Scratch s;
  if (s.capacity >= capacity) return &s;
  if (s.capacity) {
    void *all[] = {s.keys,          s.spareKeys,   s.spareIndex,    s.order,      s.listed,     s.listQuantity,
                   s.listPrice,     s.tree,        s.offers.price,  s.offers.id,  s.bids.price, s.bids.id,
                   s.offers.quantity, s.bids.quantity, s.spare.quantity, s.spare.price, s.spare.id};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
  }
  const size_t n = capacity;
  s = (Scratch){capacity,
                column(8 * n),
                column(8 * n),
                column(4 * n),
                column(4 * n),
                column(4 * n),
                column(4 * n),
                column(4 * n),
                queueFor(capacity),
                queueFor(capacity),
                queueFor(capacity),
                column(9 * n + 65536)};
  return &s;
}
