// The strict Ed25519 rule, written from RFC 8032 §5.1 with affine points and BigInt: slow, obvious, and sharing no
// code with either backend. Also makes the inputs on which libraries are known to differ.
const p = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (a: bigint): bigint => ((a % p) + p) % p;
const power = (base: bigint, exponent: bigint): bigint => {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = mod(b * b))
    if (e & 1n) result = mod(result * b);
  return result;
};
const inverse = (a: bigint): bigint => power(a, p - 2n);
const d = mod(-121665n * inverse(121666n));
const rootOfMinusOne = power(2n, (p - 1n) / 4n);

/** The affine point (X/Z, Y/Z): projective, because an inverse for every addition takes minutes. */
export interface Point {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
}
const neutral: Point = { x: 0n, y: 1n, z: 1n };

/** The complete addition law of −x² + y² = 1 + d·x²·y², multiplied through by the denominators. */
export const add = (p1: Point, p2: Point): Point => {
  const a = mod(p1.z * p2.z);
  const b = mod(a * a);
  const c = mod(p1.x * p2.x);
  const e = mod(p1.y * p2.y);
  const t = mod(d * c * e);
  return {
    x: mod(a * mod(b - t) * mod(p1.x * p2.y + p1.y * p2.x)),
    y: mod(a * mod(b + t) * mod(e + c)),
    z: mod(mod(b - t) * mod(b + t)),
  };
};
export const times = (k: bigint, a: Point): Point => {
  let result = neutral;
  for (let doubled = a, e = k; e > 0n; e >>= 1n, doubled = add(doubled, doubled))
    if (e & 1n) result = add(result, doubled);
  return result;
};
const same = (a: Point, b: Point): boolean =>
  mod(a.x * b.z - b.x * a.z) === 0n && mod(a.y * b.z - b.y * a.z) === 0n;

export const readNumber = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
export const writeNumber = (value: bigint): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
export const encode = ({ x, y, z }: Point): Uint8Array => {
  const unit = inverse(z);
  return writeNumber(mod(y * unit) | ((mod(x * unit) & 1n) << 255n));
};

/** RFC 8032 §5.1.3; null when the bytes are not the canonical encoding of a point. */
export function decode(bytes: Uint8Array): Point | null {
  const number = readNumber(bytes);
  const sign = number >> 255n;
  const y = number & (2n ** 255n - 1n);
  if (y >= p) return null;
  const u = mod(y * y - 1n);
  const v = mod(d * y * y + 1n);
  const square = mod(u * inverse(v));
  let x = power(square, (p + 3n) / 8n);
  if (mod(x * x) !== square) x = mod(x * rootOfMinusOne);
  if (mod(x * x) !== square) return null;
  if (x === 0n && sign === 1n) return null;
  return { x: (x & 1n) === sign ? x : mod(-x), y, z: 1n };
}

export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
export const bytes = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
export const join = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

async function challenge(r: Uint8Array, a: Uint8Array, message: Uint8Array): Promise<bigint> {
  return readNumber(new Uint8Array(await crypto.subtle.digest("SHA-512", join(r, a, message)))) % L;
}

const base = decode(bytes(`58${"66".repeat(31)}`))!;
const isSmall = (a: Point): boolean => same(times(8n, a), neutral);

/** What the strict rule says of a signature. */
export async function strictVerdict(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const s = readNumber(signature.subarray(32));
  if (s >= L) return false;
  const a = decode(publicKey);
  const r = decode(signature.subarray(0, 32));
  if (a === null || r === null || isSmall(a) || isSmall(r)) return false;
  const k = await challenge(signature.subarray(0, 32), publicKey, message);
  return same(times(s, base), add(r, times(k, a)));
}

/** The eight points of small order, then the six other encodings that careless decoders take for them (ZIP 215). */
export function smallOrderEncodings(): Uint8Array[] {
  const eighth = decode(bytes("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"))!;
  const points = Array.from({ length: 8 }, (_, i) => encode(times(BigInt(i), eighth)));
  const careless = [1n, p, p + 1n].flatMap((y) => [y, y | (1n << 255n)]);
  const minusOneSigned = (p - 1n) | (1n << 255n);
  const all = [...points.map(readNumber), ...careless, minusOneSigned];
  return [...new Set(all)].map(writeNumber);
}

/**
 * A signature whose key and R carry parts of small order: `exact` satisfies the equation as it stands, otherwise it
 * only does so when multiplied by the cofactor 8. `seed` makes it; the scalars are not secret.
 */
export async function mixedOrder(
  seed: number,
  exact: boolean,
): Promise<{ publicKey: Uint8Array; message: Uint8Array; signature: Uint8Array }> {
  const torsion = decode(smallOrderEncodings()[1]!)!;
  const scalar = 7n + BigInt(seed) * 1_000_003n;
  const nonce = 11n + BigInt(seed) * 7_777_777n;
  const publicKey = encode(add(times(scalar, base), times(BigInt(1 + (seed % 7)), torsion)));
  for (let attempt = 0; ; attempt++) {
    const message = new TextEncoder().encode(`${seed} ${attempt}`);
    const r = encode(add(times(nonce, base), times(BigInt(attempt % 8), torsion)));
    const k = await challenge(r, publicKey, message);
    const s = (nonce + k * scalar) % L;
    // The small-order parts cancel when attempt + k·(1 + seed mod 7) ≡ 0 (mod 8).
    const cancels = (BigInt(attempt % 8) + k * BigInt(1 + (seed % 7))) % 8n === 0n;
    if (cancels === exact) return { publicKey, message, signature: join(r, writeNumber(s)) };
  }
}
