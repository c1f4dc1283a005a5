/**
 * Randomness with a seed, and with an address: what a participant does in a period is a function of (seed, participant,
 * period), not of how many numbers were drawn before. A run that was killed goes on where it stopped without
 * replaying anything, and two places compute the same period apart.
 */

/** Scrambles 32 bits so that every input bit reaches every output bit (the finaliser of MurmurHash3, public domain). */
function scramble(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** The 32 random bits at an address, 0 … 2³²−1. All arguments are taken modulo 2³². */
export function draw(seed: number, stream: number, index = 0, purpose = 0): number {
  let h = scramble((seed + 0x9e3779b9) | 0);
  h = scramble((h ^ stream) + 0x9e3779b9);
  h = scramble((h ^ index) + 0x7f4a7c15);
  return scramble((h ^ purpose) + 0x94d049bb) >>> 0;
}

/** The random number at an address, 0 ≤ x < 1, with 32 bits. */
export function uniform(seed: number, stream: number, index = 0, purpose = 0): number {
  return draw(seed, stream, index, purpose) / 0x1_0000_0000;
}

/** The whole number at an address, `from` ≤ x < `to`. */
export function whole(
  from: number,
  to: number,
  seed: number,
  stream: number,
  index = 0,
  purpose = 0,
): number {
  return from + Math.floor(uniform(seed, stream, index, purpose) * (to - from));
}

/**
 * A number of mean 0 and deviation 1 at an address, within ±6: the sum of twelve uniform ones less six, which needs
 * no logarithm and so gives the same bits on every machine.
 */
export function normal(seed: number, stream: number, index = 0, purpose = 0): number {
  let sum = -6;
  for (let part = 0; part < 12; part++) sum += uniform(seed, stream, index, purpose * 16 + part);
  return sum;
}

/**
 * Draws numbers one after the other: xoshiro128** (Blackman and Vigna, public domain), for columns of a million orders.
 */
export interface Random {
  /** The next 32 bits, 0 … 2³²−1. */
  next(): number;
}

/** A sequence of its own for a seed. */
export function createRandom(seed: number): Random {
  let a = draw(seed, 1);
  let b = draw(seed, 2);
  let c = draw(seed, 3);
  let d = draw(seed, 4) | 1; // never all zeros: that state stands still
  return {
    next(): number {
      const product = Math.imul(b, 5);
      const result = Math.imul((product << 7) | (product >>> 25), 9);
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
      return result >>> 0;
    },
  };
}
