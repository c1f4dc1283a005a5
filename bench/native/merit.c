// Mechanism `merit` and the pool: two pointers over sorted queues.
#include <string.h>
#include "book.h"

static inline i32 blend(i32 a, i32 b, i32 k) { return (i32)(a + ((i64)b - a) * k / 1000000); }

int clearMerit(Side offers, Side bids, i32 k, Scratch *s, Trades *out, u32 *restOffers, u32 *restBids, i32 *price) {
  u32 *offerOrder = s->offers.id, *bidOrder = s->bids.id;
  memcpy(restOffers, offers.quantity, 4ull * offers.count);
  memcpy(restBids, bids.quantity, 4ull * bids.count);
  orderByPrice(offers.price, offers.count, 0, s, offerOrder);
  orderByPrice(bids.price, bids.count, 1, s, bidOrder);
  u32 i = 0, j = 0, n = 0;
  i32 lastOffer = 0, lastBid = 0;
  while (i < offers.count && j < bids.count) {
    const u32 offer = offerOrder[i], bid = bidOrder[j];
    if (bids.price[bid] < offers.price[offer]) break;
    lastOffer = offers.price[offer];
    lastBid = bids.price[bid];
    const u32 supply = restOffers[offer], demand = restBids[bid], traded = supply < demand ? supply : demand;
    out->offer[n] = offer;
    out->bid[n] = bid;
    out->quantity[n++] = traded;
    restOffers[offer] = supply - traded;
    restBids[bid] = demand - traded;
    i += supply == traded;
    j += demand == traded;
  }
  out->count = n;
  if (!n) return 0;
  i32 low = lastOffer, high = lastBid;
  if (j < bids.count && bids.price[bidOrder[j]] > low) low = bids.price[bidOrder[j]];
  if (i < offers.count && offers.price[offerOrder[i]] < high) high = offers.price[offerOrder[i]];
  *price = blend(low, high, k);
  for (u32 t = 0; t < n; t++) out->price[t] = *price;
  return 1;
}

void clearPool(Side offers, Side bids, const u32 *restOffers, u32 *rest, i32 poolPrice, int divisible, Scratch *s,
               Trades *out) {
  out->count = 0;
  u32 lots = 0;
  for (u32 i = 0; i < offers.count; i++) {
    s->listed[lots] = i;
    s->listQuantity[lots] = restOffers[i];
    s->listPrice[lots] = poolPrice;
    lots += restOffers[i] && offers.price[i] <= poolPrice;
  }
  // One price above zero: order by value is order by quantity, so the first lot that does not fit ends the walk.
  orderByValue(s->listQuantity, s->listPrice, lots, 0, s, s->order);
  for (u32 i = 0; i < lots; i++) {
    s->offers.id[i] = s->listed[s->order[i]];
    s->offers.quantity[i] = s->listQuantity[s->order[i]];
  }
  u32 open = 0;
  for (u32 j = 0; j < bids.count; j++) {
    s->listed[open] = j;
    s->listQuantity[open] = rest[j];
    s->listPrice[open] = bids.price[j];
    open += rest[j] && bids.price[j] >= poolPrice;
  }
  orderByValue(s->listQuantity, s->listPrice, open, 1, s, s->order);
  u32 lot = 0, n = 0;
  for (u32 j = 0; j < open && lot < lots; j++) {
    const u32 bid = s->listed[s->order[j]];
    u32 lacking = rest[bid];
    while (lot < lots && lacking) {
      const u32 quantity = s->offers.quantity[lot], taken = quantity < lacking ? quantity : lacking;
      if (!divisible && quantity > lacking) break;
      out->offer[n] = s->offers.id[lot];
      out->bid[n] = bid;
      out->quantity[n] = taken;
      out->price[n++] = poolPrice;
      lacking -= taken;
      s->offers.quantity[lot] -= taken;
      lot += s->offers.quantity[lot] == 0;
    }
    rest[bid] = lacking;
  }
  out->count = n;
}
