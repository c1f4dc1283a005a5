// SHA-256 (FIPS 180-4) in plain C and with the SHA instructions of x86, and RFC 6962 roots on either.
#include <immintrin.h>
#include <string.h>
#include "book.h"

static const u32 initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                               0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
static const u32 constants[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

#define ROTATE(x, n) (((x) >> (n)) | ((x) << (32 - (n))))
#define ROUND(a, b, c, d, e, f, g, h, i, word)                                                                  \
  {                                                                                                             \
    const u32 t = h + (ROTATE(e, 6) ^ ROTATE(e, 11) ^ ROTATE(e, 25)) + (g ^ (e & (f ^ g))) + constants[i] + (word); \
    d += t;                                                                                                     \
    h = t + (ROTATE(a, 2) ^ ROTATE(a, 13) ^ ROTATE(a, 22)) + ((a & b) | (c & (a | b)));                         \
  }
#define FIRST(i) w[(i) & 15]
#define S0(x) (ROTATE(x, 7) ^ ROTATE(x, 18) ^ ((x) >> 3))
#define S1(x) (ROTATE(x, 17) ^ ROTATE(x, 19) ^ ((x) >> 10))
#define NEXT(i) (w[(i) & 15] += S0(w[((i) + 1) & 15]) + w[((i) + 9) & 15] + S1(w[((i) + 14) & 15]))
#define EIGHT(i, word)                                                                                     \
  ROUND(a, b, c, d, e, f, g, h, (i), word(i)) ROUND(h, a, b, c, d, e, f, g, (i) + 1, word((i) + 1))         \
  ROUND(g, h, a, b, c, d, e, f, (i) + 2, word((i) + 2)) ROUND(f, g, h, a, b, c, d, e, (i) + 3, word((i) + 3)) \
  ROUND(e, f, g, h, a, b, c, d, (i) + 4, word((i) + 4)) ROUND(d, e, f, g, h, a, b, c, (i) + 5, word((i) + 5)) \
  ROUND(c, d, e, f, g, h, a, b, (i) + 6, word((i) + 6)) ROUND(b, c, d, e, f, g, h, a, (i) + 7, word((i) + 7))

void compressScalar(u32 *state, const u8 *blocks, size_t count) {
  for (; count--; blocks += 64) {
    u32 w[16];
    for (int i = 0; i < 16; i++) {
      u32 word;
      memcpy(&word, blocks + 4 * i, 4);
      w[i] = __builtin_bswap32(word);
    }
    u32 a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    EIGHT(0, FIRST) EIGHT(8, FIRST) EIGHT(16, NEXT) EIGHT(24, NEXT)
    EIGHT(32, NEXT) EIGHT(40, NEXT) EIGHT(48, NEXT) EIGHT(56, NEXT)
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
  }
}

int hasShaInstructions(void) {
  u32 a = 7, b, c = 0, d;
  __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  return (b >> 29 & 1) && __builtin_cpu_supports("sse4.1");
}

__attribute__((target("sha,sse4.1,ssse3"))) void compressNative(u32 *state, const u8 *blocks, size_t count) {
  const __m128i bigEndian = _mm_set_epi64x(0x0c0d0e0f08090a0bll, 0x0405060700010203ll);
  // The instructions want the state as (a, b, e, f) and (c, d, g, h).
  const __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xb1);
  const __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1b);
  __m128i abef = _mm_alignr_epi8(low, high, 8), cdgh = _mm_blend_epi16(high, low, 0xf0);
  for (; count--; blocks += 64) {
    const __m128i abefBefore = abef, cdghBefore = cdgh;
    __m128i w[4];
    for (int i = 0; i < 4; i++)
      w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(blocks + 16 * i)), bigEndian);
#pragma GCC unroll 16
    for (int i = 0; i < 16; i++) {
      const __m128i sum = _mm_add_epi32(w[i & 3], _mm_load_si128((const __m128i *)(constants + 4 * i)));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
      if (i >= 3 && i < 15) {
        const __m128i part = _mm_sha256msg1_epu32(w[(i + 1) & 3], w[(i + 2) & 3]);
        const __m128i seventh = _mm_alignr_epi8(w[i & 3], w[(i + 3) & 3], 4);
        w[(i + 1) & 3] = _mm_sha256msg2_epu32(_mm_add_epi32(part, seventh), w[i & 3]);
      }
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
    }
    abef = _mm_add_epi32(abef, abefBefore);
    cdgh = _mm_add_epi32(cdgh, cdghBefore);
  }
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1b), dchg = _mm_shuffle_epi32(cdgh, 0xb1);
  _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

static inline void finish(const u32 *state, u8 *out) {
  for (int i = 0; i < 8; i++) {
    const u32 word = __builtin_bswap32(state[i]);
    memcpy(out + 4 * i, &word, 4);
  }
}

void sha256(Compress *compress, const u8 *bytes, size_t length, u8 *out) {
  u32 state[8];
  memcpy(state, initial, 32);
  const size_t whole = length >> 6, rest = length & 63, blocks = rest > 55 ? 2 : 1;
  compress(state, bytes, whole);
  u8 last[128] = {0};
  memcpy(last, bytes + (whole << 6), rest);
  last[rest] = 0x80;
  const u64 bits = __builtin_bswap64((u64)length * 8);
  memcpy(last + blocks * 64 - 8, &bits, 8);
  compress(state, last, blocks);
  finish(state, out);
}

/** SHA-256 blocks of a message of so many bytes with its padding. */
static size_t blocksOf(size_t length) {
  return (length + 9 + 63) / 64;
}

/** Puts a one bit, zeros and the length in bits behind the `length` bytes of a message. */
static void pad(u8 *message, size_t length) {
  const size_t end = blocksOf(length) * 64;
  memset(message + length, 0, end - length);
  message[length] = 0x80;
  const u64 bits = __builtin_bswap64((u64)length * 8);
  memcpy(message + end - 8, &bits, 8);
}

/** Digests of prefix ‖ `bytes` bytes, `count` times end to end at `data`. `message` is padded already. */
static void hashEach(Compress *compress, u8 *message, const u8 *data, u32 count, size_t bytes, u8 *out) {
  u32 state[8];
  for (u32 i = 0; i < count; i++) {
    memcpy(message + 1, data + bytes * i, bytes);
    memcpy(state, initial, 32);
    compress(state, message, blocksOf(bytes + 1));
    finish(state, out + 32ull * i);
  }
}

void merkleRoot(Compress *compress, const u8 *data, size_t length, u32 leafBytes, u8 *nodes, u8 *out) {
  if (!length) {
    sha256(compress, data, 0, out);
    return;
  }
  // Prefix, data and padding: laid out once, only the data changes.
  u8 leaf[blocksOf(leafBytes + 1) * 64], node[128];
  const u32 whole = (u32)(length / leafBytes);
  const size_t rest = length % leafBytes;
  leaf[0] = 0;
  pad(leaf, leafBytes + 1);
  hashEach(compress, leaf, data, whole, leafBytes, nodes);
  if (rest) {
    pad(leaf, rest + 1);
    hashEach(compress, leaf, data + (size_t)whole * leafBytes, 1, rest, nodes + 32ull * whole);
  }
  node[0] = 1;
  pad(node, 65);
  for (u32 n = whole + (rest != 0); n > 1;) {
    const u32 pairs = n >> 1;
    hashEach(compress, node, nodes, pairs, 64, nodes);
    if (n & 1) memmove(nodes + 32ull * pairs, nodes + 32ull * (n - 1), 32);
    n = pairs + (n & 1);
  }
  memcpy(out, nodes, 32);
}
