// The native twin of the core: the same algorithms in C, so that the bench can say how far WebAssembly stands from
// the machine's limit. One thread, no allocation while clearing, every product in 64 bits as in the market rules.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef int32_t i32;
typedef uint64_t u64;
typedef int64_t i64;

/** Orders of one side in arrival order. */
typedef struct {
  const u32 *quantity;
  const i32 *price;
  u32 count;
} Side;

/** Columns of trades, written in order of execution; room for offers + bids rows. */
typedef struct {
  u32 count;
  u32 *offer, *bid, *quantity;
  i32 *price;
} Trades;

/** Orders of one side in the order a phase walks them: what remains, the limit and the place of arrival. */
typedef struct {
  u32 count;
  u32 *quantity;
  i32 *price;
  u32 *id;
} Queue;

/** Memory that clearing works in, for `capacity` orders a side. */
typedef struct {
  u32 capacity;
  u64 *keys, *spareKeys;
  u32 *spareIndex, *order, *listed;
  u32 *listQuantity;
  i32 *listPrice;
  Queue offers, bids, spare;
  u32 *tree;
} Scratch;

typedef enum { PLAIN, SSE4, AVX2 } Level;

Scratch *scratchFor(u32 capacity);
Level bestLevel(void);

/** Indices of a column pair by quantity × price, stable; equal keys keep arrival order in either direction. */
void orderByValue(const u32 *quantity, const i32 *price, u32 count, int descending, Scratch *s, u32 *order);
/** Indices by price alone, stable. */
void orderByPrice(const i32 *price, u32 count, int descending, Scratch *s, u32 *order);

/** Scenario 1 of the paper. `k` in ppm, or -1 for the counterparty's price. Fills `restOffers` and `restBids`. */
void clearValue(Side offers, Side bids, i32 k, Level level, Scratch *s, Trades *out, u32 *restOffers, u32 *restBids);
/** Merit order at one price; returns 1 and the price when anything traded. */
int clearMerit(Side offers, Side bids, i32 k, Scratch *s, Trades *out, u32 *restOffers, u32 *restBids, i32 *price);
/** Scenario 2 with one pool price above zero. `rest` starts as what bids lack and is brought down. */
void clearPool(Side offers, Side bids, const u32 *restOffers, u32 *rest, i32 poolPrice, int divisible, Scratch *s,
               Trades *out);

typedef void Compress(u32 *state, const u8 *blocks, size_t count);
Compress compressScalar, compressNative;
int hasShaInstructions(void);
void sha256(Compress *compress, const u8 *bytes, size_t length, u8 *out);
/**
 * RFC 6962 root over leaves of `leafBytes` bytes lying end to end, the last perhaps shorter; `nodes` holds 32 bytes a
 * leaf.
 */
void merkleRoot(Compress *compress, const u8 *data, size_t length, u32 leafBytes, u8 *nodes, u8 *out);

/** Bytes of a trade record, and of a row of sixteen: a leaf of a section's tree. */
enum { RECORD_BYTES = 40, ROW_BYTES = 16 * RECORD_BYTES };

/** Writes the 40-byte trade records of a period; returns their count. Bid numbers follow the offers'. */
u32 writeRecords(const Trades *peer, const Trades *pool, u32 offers, u8 carrier, u32 supplyPpm, u32 usePpm, u8 *out);
