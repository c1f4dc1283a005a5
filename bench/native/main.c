// The twin as a program, for a profiler: period <orders> <rounds>, on uniform random orders.
#include <stdio.h>
#include <stdlib.h>
#include "book.h"

static u32 seed = 777;
static u32 draw(u32 below) {
  seed ^= seed << 13;
  seed ^= seed >> 17;
  seed ^= seed << 5;
  return (u32)((u64)seed * below >> 32);
}

static void *column(u32 count, size_t bytes) { return malloc(bytes * count); }

int main(int count, char **arguments) {
  const u32 orders = count > 1 ? (u32)atoi(arguments[1]) : 100000, rounds = count > 2 ? (u32)atoi(arguments[2]) : 1;
  const u32 n = orders / 2;
  u32 *quantity[2] = {column(n, 4), column(n, 4)};
  i32 *price[2] = {column(n, 4), column(n, 4)};
  for (int side = 0; side < 2; side++)
    for (u32 i = 0; i < n; i++) {
      quantity[side][i] = 1 + draw(20000);
      price[side][i] = 1 + (i32)draw(10000);
    }
  const Side offers = {quantity[0], price[0], n}, bids = {quantity[1], price[1], n};
  Trades peer = {0, column(orders, 4), column(orders, 4), column(orders, 4), column(orders, 4)};
  Trades pool = {0, column(orders, 4), column(orders, 4), column(orders, 4), column(orders, 4)};
  u32 *restOffers = column(n, 4), *restBids = column(n, 4);
  u8 *records = column(orders, 80), *nodes = column(orders, 64), root[32];
  Compress *compress = hasShaInstructions() ? compressNative : compressScalar;
  for (u32 round = 0; round < rounds; round++) {
    Scratch *s = scratchFor(n);
    clearValue(offers, bids, -1, bestLevel(), s, &peer, restOffers, restBids);
    clearPool(offers, bids, restOffers, restBids, 5000, 0, s, &pool);
    const u32 written = writeRecords(&peer, &pool, n, 0, 10000, 10000, records);
    merkleRoot(compress, records, (size_t)written * RECORD_BYTES, ROW_BYTES, nodes, root);
  }
  printf("%u peer trades, %u pool trades, root %02x%02x%02x%02x\n", peer.count, pool.count, root[0], root[1], root[2],
         root[3]);
  return 0;
}
