// The ledger's 40-byte trade records: kind, carrier, what the sides are, offer, bid, quantity, both prices, fees.
#include <string.h>
#include "book.h"

/** floor(amount × rate / 1e6) without a product wider than 64 bits. */
static inline u64 feeOf(u64 amount, u32 ppm) { return amount / 1000000 * ppm + amount % 1000000 * ppm / 1000000; }

/** Both sides are orders. */
enum { ORDERS = 1 << 16 | 1 << 24 };

static u8 *writeTrades(const Trades *trades, u8 kind, u8 carrier, u32 offers, u32 supplyPpm, u32 usePpm, u8 *out) {
  for (u32 i = 0; i < trades->count; i++, out += RECORD_BYTES) {
    const i64 amount = (i64)trades->quantity[i] * trades->price[i];
    const u64 size = amount < 0 ? (u64)-amount : (u64)amount;
    const u32 price = (u32)trades->price[i];
    const u32 head[6] = {(u32)kind | (u32)carrier << 8 | ORDERS, trades->offer[i], offers + trades->bid[i],
                         trades->quantity[i], price, price};
    const u64 fees[2] = {feeOf(size, supplyPpm), feeOf(size, usePpm)};
    memcpy(out, head, 24);
    memcpy(out + 24, fees, 16);
  }
  return out;
}

u32 writeRecords(const Trades *peer, const Trades *pool, u32 offers, u8 carrier, u32 supplyPpm, u32 usePpm, u8 *out) {
  out = writeTrades(peer, 1, carrier, offers, supplyPpm, usePpm, out);
  writeTrades(pool, 2, carrier, offers, 0, 0, out);
  return peer->count + pool->count;
}
