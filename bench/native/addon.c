// The twin as a Node addon, so that it runs in the same process and the same interleaved rounds as its rivals.
// Every column is a typed array that the caller owns; nothing is copied.
#include <node_api.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "book.h"

enum { MOST_ARGUMENTS = 12 };

typedef struct {
  napi_env env;
  napi_value values[MOST_ARGUMENTS];
} Arguments;

static Arguments argumentsOf(napi_env env, napi_callback_info info) {
  Arguments a = {.env = env};
  size_t count = MOST_ARGUMENTS;
  napi_get_cb_info(env, info, &count, a.values, 0, 0);
  return a;
}

static void *columnAt(const Arguments *a, int i, u32 *length) {
  void *data = 0;
  size_t n = 0;
  napi_get_typedarray_info(a->env, a->values[i], 0, &n, &data, 0, 0);
  if (length) *length = (u32)n;
  return data;
}

static i32 integerAt(const Arguments *a, int i) {
  i32 value = 0;
  napi_get_value_int32(a->env, a->values[i], &value);
  return value;
}

static napi_value integer(napi_env env, i64 value) {
  napi_value out;
  napi_create_int64(env, value, &out);
  return out;
}

static Side sideAt(const Arguments *a, int i) {
  Side side = {.price = columnAt(a, i + 1, 0)};
  side.quantity = columnAt(a, i, &side.count);
  return side;
}

static u32 larger(u32 a, u32 b) { return a > b ? a : b; }

/** order(quantity, price, descending, out) */
static napi_value order(napi_env env, napi_callback_info info) {
  const Arguments a = argumentsOf(env, info);
  const Side side = sideAt(&a, 0);
  orderByValue(side.quantity, side.price, side.count, integerAt(&a, 2), scratchFor(side.count), columnAt(&a, 3, 0));
  return integer(env, side.count);
}

static Trades tradesAt(const Arguments *a, int i) {
  return (Trades){0, columnAt(a, i, 0), columnAt(a, i + 1, 0), columnAt(a, i + 2, 0), columnAt(a, i + 3, 0)};
}

/**
 * value(offerQuantity, offerPrice, bidQuantity, bidPrice, k, level, offer, bid, quantity, price, restOffers, restBids)
 */
static napi_value value(napi_env env, napi_callback_info info) {
  const Arguments a = argumentsOf(env, info);
  const Side offers = sideAt(&a, 0), bids = sideAt(&a, 2);
  Trades trades = tradesAt(&a, 6);
  clearValue(offers, bids, integerAt(&a, 4), (Level)integerAt(&a, 5), scratchFor(larger(offers.count, bids.count)),
             &trades, columnAt(&a, 10, 0), columnAt(&a, 11, 0));
  return integer(env, trades.count);
}

/** merit: arguments as for value, the level ignored */
static napi_value merit(napi_env env, napi_callback_info info) {
  const Arguments a = argumentsOf(env, info);
  const Side offers = sideAt(&a, 0), bids = sideAt(&a, 2);
  Trades trades = tradesAt(&a, 6);
  i32 price;
  clearMerit(offers, bids, integerAt(&a, 4), scratchFor(larger(offers.count, bids.count)), &trades,
             columnAt(&a, 10, 0), columnAt(&a, 11, 0), &price);
  return integer(env, trades.count);
}

/** hash(bytes, instructions, out) */
static napi_value hash(napi_env env, napi_callback_info info) {
  const Arguments a = argumentsOf(env, info);
  u32 length;
  const u8 *bytes = columnAt(&a, 0, &length);
  sha256(integerAt(&a, 1) ? compressNative : compressScalar, bytes, length, columnAt(&a, 2, 0));
  return integer(env, length);
}

static u8 *nodesFor(u32 count) {
  static u8 *nodes;
  static u32 capacity;
  if (count > capacity) {
    free(nodes);
    nodes = malloc(32ull * count);
    capacity = count;
  }
  return nodes;
}

/** root(bytes, leafBytes, instructions, out) */
static napi_value root(napi_env env, napi_callback_info info) {
  const Arguments a = argumentsOf(env, info);
  u32 length;
  const u8 *bytes = columnAt(&a, 0, &length);
  const u32 leafBytes = (u32)integerAt(&a, 1), leaves = (length + leafBytes - 1) / leafBytes;
  merkleRoot(integerAt(&a, 2) ? compressNative : compressScalar, bytes, length, leafBytes, nodesFor(leaves),
             columnAt(&a, 3, 0));
  return integer(env, leaves);
}

static double nowMs(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec * 1e-6;
}

/**
 * period(offerQuantity, offerPrice, bidQuantity, bidPrice, settings, header, rootOffset, hash, stages): value clearing,
 * pool, records, Merkle root into the header, header hash. settings: poolPrice, divisible, supplyPpm, usePpm,
 * instructions, level. stages, in ms: clear, pool, records, root. Returns the number of records.
 */
static napi_value period(napi_env env, napi_callback_info info) {
  static u32 capacity, *columns;
  static u8 *records;
  const Arguments a = argumentsOf(env, info);
  const Side offers = sideAt(&a, 0), bids = sideAt(&a, 2);
  const i32 *settings = columnAt(&a, 4, 0);
  u32 headerBytes;
  u8 *header = columnAt(&a, 5, &headerBytes);
  double *stages = columnAt(&a, 8, 0);
  const u32 orders = offers.count + bids.count;
  if (orders > capacity) {
    free(columns);
    free(records);
    columns = malloc(4ull * 9 * orders);
    records = malloc(80ull * orders);
    capacity = orders;
  }
  u32 *column[9];
  for (int i = 0; i < 9; i++) column[i] = columns + (size_t)i * orders;
  Trades peer = {0, column[0], column[1], column[2], (i32 *)column[3]};
  Trades pool = {0, column[4], column[5], column[6], (i32 *)column[7]};
  u32 *restOffers = column[8], *restBids = column[8] + offers.count;
  Scratch *s = scratchFor(larger(offers.count, bids.count));
  Compress *compress = settings[4] ? compressNative : compressScalar;
  const double start = nowMs();
  clearValue(offers, bids, -1, (Level)settings[5], s, &peer, restOffers, restBids);
  const double cleared = nowMs();
  clearPool(offers, bids, restOffers, restBids, settings[0], settings[1], s, &pool);
  const double pooled = nowMs();
  const u32 count = writeRecords(&peer, &pool, offers.count, 0, (u32)settings[2], (u32)settings[3], records);
  const double written = nowMs();
  merkleRoot(compress, records, (size_t)count * RECORD_BYTES, ROW_BYTES, nodesFor(count), header + integerAt(&a, 6));
  sha256(compress, header, headerBytes, columnAt(&a, 7, 0));
  const double sealed = nowMs();
  stages[0] = cleared - start;
  stages[1] = pooled - cleared;
  stages[2] = written - pooled;
  stages[3] = sealed - written;
  return integer(env, count);
}

NAPI_MODULE_INIT() {
  const struct {
    const char *name;
    napi_callback call;
  } functions[] = {{"order", order}, {"value", value}, {"merit", merit},
                   {"hash", hash},   {"root", root},   {"period", period}};
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    napi_value function;
    napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].call, 0, &function);
    napi_set_named_property(env, exports, functions[i].name, function);
  }
  napi_set_named_property(env, exports, "level", integer(env, bestLevel()));
  napi_set_named_property(env, exports, "instructions", integer(env, hasShaInstructions()));
  return exports;
}
