import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builds, hex, someBytes } from "../support/builds.js";

const oracle = (...pieces: readonly Uint8Array[]): string => {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
};
const text = (string: string): Uint8Array => new TextEncoder().encode(string);

describe.each(builds)("SHA-256, $name build", (build) => {
  it("gives the published digests", () => {
    // FIPS 180-2, appendix B, and NIST CAVS 11 (SHA256ShortMsg).
    expect(hex(build.sha256(text("")))).toBe(
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
    expect(hex(build.sha256(text("abc")))).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    expect(hex(build.sha256(text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")))).toBe(
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    );
    expect(hex(build.sha256(text("a".repeat(1_000_000))))).toBe(
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
    );
    expect(hex(build.sha256(Uint8Array.of(0xd3)))).toBe(
      "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1",
    );
    expect(hex(build.sha256(Uint8Array.of(0xc2, 0x99, 0x20, 0x96, 0x82)))).toBe(
      "f0887fe961c9cd3beab957e8222494abb969b1ce4c6557976df8b0f6d20e9166",
    );
  });

  it("agrees with node:crypto for every length from 0 to 300, wherever the bytes lie", () => {
    for (let length = 0; length <= 300; length++) {
      const bytes = someBytes(length, length);
      expect(hex(build.sha256(bytes, length % 17)), `${length} bytes`).toBe(oracle(bytes));
    }
  });

  it("agrees for long messages", () => {
    for (const length of [4095, 65_536, 65_537, 1_000_003, 5_000_000]) {
      const bytes = someBytes(length, length);
      expect(hex(build.sha256(bytes)), `${length} bytes`).toBe(oracle(bytes));
    }
  });

  it("gives the same for every split of 200 bytes in two", () => {
    const bytes = someBytes(200, 200);
    const want = oracle(bytes);
    for (let at = 0; at <= 200; at++)
      expect(hex(build.stream([bytes.subarray(0, at), bytes.subarray(at)])), `split at ${at}`).toBe(want);
  });

  it("gives the same for 200 bytes one by one, and none", () => {
    const bytes = someBytes(200, 1);
    expect(hex(build.stream(Array.from(bytes, (byte) => Uint8Array.of(byte))))).toBe(oracle(bytes));
    expect(hex(build.stream([]))).toBe(oracle());
    expect(hex(build.stream([new Uint8Array(0), bytes, new Uint8Array(0)]))).toBe(oracle(bytes));
  });

  it("gives the same however a message is cut into pieces", () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 10 }),
      fc.uint8Array({ minLength: 50, maxLength: 140 }),
      fc.integer({ min: 0, max: 5 }).map((blocks) => someBytes(64 * blocks, blocks)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        expect(hex(build.stream(pieces))).toBe(oracle(...pieces));
      }),
      { numRuns: 2000 },
    );
  });

  it("keeps several open streams apart", () => {
    const count = 5;
    const core = build.core;
    const base = build.place(count * 128 + 1000);
    const pieces: Uint8Array[][] = Array.from({ length: count }, () => []);
    for (let stream = 0; stream < count; stream++) core.shaInit(base + stream * 128);
    for (let round = 0; round < 60; round++) {
      const stream = (round * 7 + (round >> 2)) % count;
      const piece = someBytes((round * 37) % 201, round);
      pieces[stream]?.push(piece);
      build.memory.set(piece, base + count * 128);
      core.shaUpdate(base + stream * 128, base + count * 128, piece.length);
      // A one-shot digest in between must not disturb them.
      core.sha256(base + count * 128, piece.length, base + count * 128 + 500);
    }
    for (const [stream, given] of pieces.entries()) {
      const state = base + stream * 128;
      core.shaFinal(state, state + 96);
      expect(hex(build.memory.slice(state + 96, state + 128)), `stream ${stream}`).toBe(oracle(...given));
    }
  });

  it("writes the digest over its own message if asked", () => {
    const bytes = someBytes(100, 3);
    const at = build.place(100);
    build.memory.set(bytes, at);
    build.core.sha256(at, 100, at + 10);
    expect(hex(build.memory.slice(at + 10, at + 42))).toBe(oracle(bytes));
  });
});

it("counts the bits of a message beyond 2^32", () => {
  const [build] = builds;
  const piece = someBytes(1 << 20, 4);
  const hash = createHash("sha256");
  const core = build!.core;
  const state = build!.place(128 + piece.length);
  build!.memory.set(piece, state + 128);
  core.shaInit(state);
  for (let i = 0; i < 513; i++) {
    core.shaUpdate(state, state + 128, piece.length);
    hash.update(piece);
  }
  core.shaFinal(state, state);
  expect(hex(build!.memory.slice(state, state + 32))).toBe(hash.digest("hex"));
});
