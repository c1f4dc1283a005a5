// Mechanism `value`: phase A and phase B in cycles until one makes no trade.
#include <immintrin.h>
#include <string.h>
#include "book.h"

#define TARGET __attribute__((target("sse4.1")))
#define NAME(x) x##Sse4
#include "search.h"

#define TARGET __attribute__((target("avx2")))
#define NAME(x) x##Avx2
#define LANES_8
#include "search.h"

Level bestLevel(void) {
  return __builtin_cpu_supports("avx2") ? AVX2 : __builtin_cpu_supports("sse4.1") ? SSE4 : PLAIN;
}

/** Fills a queue in the order of value from columns in order of arrival; `ids` null means the index itself. */
static void enqueue(const u32 *quantity, const i32 *price, const u32 *ids, u32 count, int descending, Scratch *s,
                    Queue *queue) {
  orderByValue(quantity, price, count, descending, s, s->order);
  for (u32 i = 0; i < count; i++) {
    const u32 place = s->order[i];
    queue->quantity[i] = quantity[place];
    queue->price[i] = price[place];
    queue->id[i] = ids ? ids[place] : place;
  }
  queue->count = count;
}

static i32 lowestOpen(const Queue *queue) {
  i32 price = INT32_MAX;
  for (u32 i = 0; i < queue->count; i++) {
    const i32 p = queue->quantity[i] ? queue->price[i] : INT32_MAX;
    price = p < price ? p : price;
  }
  return price;
}

static i32 highestOpen(const Queue *queue) {
  i32 price = INT32_MIN;
  for (u32 i = 0; i < queue->count; i++) {
    const i32 p = queue->quantity[i] ? queue->price[i] : INT32_MIN;
    price = p > price ? p : price;
  }
  return price;
}

static void store(const Queue *queue, u32 *rest) {
  for (u32 i = 0; i < queue->count; i++) rest[queue->id[i]] = queue->quantity[i];
}

/** Lists, in order of arrival, what is open and within the limit; `atMost` says on which side of it. */
static u32 list(Side side, const u32 *rest, i32 limit, int atMost, Scratch *s) {
  u32 n = 0;
  for (u32 i = 0; i < side.count; i++) {
    s->listed[n] = i;
    s->listQuantity[n] = rest[i];
    s->listPrice[n] = side.price[i];
    n += rest[i] && (atMost ? side.price[i] <= limit : side.price[i] >= limit);
  }
  return n;
}

/** Drops what is closed or below the limit and keeps the order. */
static void narrow(Queue *queue, i32 limit) {
  u32 n = 0;
  for (u32 i = 0; i < queue->count; i++) {
    queue->quantity[n] = queue->quantity[i];
    queue->price[n] = queue->price[i];
    queue->id[n] = queue->id[i];
    n += queue->quantity[n] && queue->price[n] >= limit;
  }
  queue->count = n;
}

void clearValue(Side offers, Side bids, i32 k, Level level, Scratch *s, Trades *out, u32 *restOffers, u32 *restBids) {
  memcpy(restOffers, offers.quantity, 4ull * offers.count);
  memcpy(restBids, bids.quantity, 4ull * bids.count);
  out->count = 0;
  enqueue(offers.quantity, offers.price, 0, offers.count, 0, s, &s->offers);
  enqueue(bids.quantity, bids.price, 0, bids.count, 1, s, &s->bids);
  for (u32 cycle = 1;; cycle++) {
    const u32 before = out->count;
    (level == AVX2 ? phaseAAvx2 : phaseASse4)(&s->offers, &s->bids, k, s->tree, out);
    store(&s->offers, restOffers);
    store(&s->bids, restBids);
    // Phase B leaves every compatible pair with an offer too big for its bid, so an idle phase A ends it.
    if (cycle > 1 && out->count == before) return;
    const i32 highest = highestOpen(&s->bids), lowest = lowestOpen(&s->offers);
    const u32 open = list(offers, restOffers, highest, 1, s);
    narrow(&s->bids, lowest);
    enqueue(s->listQuantity, s->listPrice, s->listed, open, 0, s, &s->offers);
    const u32 between = out->count;
    (level == AVX2 ? phaseBAvx2 : phaseBSse4)(&s->offers, &s->bids, k, s->tree, out);
    store(&s->offers, restOffers);
    store(&s->bids, restBids);
    if (out->count == between) return;
    const i32 high = highestOpen(&s->bids), low = lowestOpen(&s->offers);
    u32 left = list(offers, restOffers, high, 1, s);
    enqueue(s->listQuantity, s->listPrice, s->listed, left, 0, s, &s->offers);
    left = list(bids, restBids, low, 0, s);
    enqueue(s->listQuantity, s->listPrice, s->listed, left, 1, s, &s->bids);
  }
}
