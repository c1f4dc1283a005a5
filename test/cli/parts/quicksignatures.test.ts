// Signatures by Node's own crypto, held against the arithmetic of another library under the same strict rule.
import { expect, test } from "vitest";
import { quickKey, quickSignatures } from "../../../src/cli/parts/quicksignatures.js";
import { plainEd25519 } from "../../../src/ledger/keys/ed25519.js";
import { openSignatures, strictSignatures } from "../../../src/ledger/keys/signature.js";
import { bytes, smallOrderEncodings } from "../../ledger/keys/strict.js";

const quick = await quickSignatures();
const plain = strictSignatures(plainEd25519);
const seed = Uint8Array.from({ length: 32 }, (_, index) => index);
const message = bytes("af82");

test("keys and signatures are those of another library", async () => {
  const [ours, theirs] = [await quick.importSeed(seed), await plain.importSeed(seed)];
  expect(ours.publicKey).toEqual(theirs.publicKey);
  const signature = await theirs.sign(message);
  expect(await ours.sign(message)).toEqual(signature);
  expect(await quickKey(await (await openSignatures()).importSeed(seed)).sign(message)).toEqual(signature);
  expect(quickKey(theirs)).toBe(theirs);
  const pair = (await quick.generate()).pair!;
  const again = await quick.importPair(pair);
  expect(await plain.verify(again.publicKey, message, await again.sign(message))).toBe(true);
});

test("verdicts are those of another library, whichever bit is flipped and whatever the key", async () => {
  const { publicKey, sign } = await plain.importSeed(seed);
  const signature = await sign(message);
  expect(await quick.verify(publicKey, message, signature)).toBe(true);
  const flipped = (of: Uint8Array, bit: number): Uint8Array =>
    of.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
  for (let bit = 0; bit < 512; bit += 7) {
    expect(await quick.verify(publicKey, message, flipped(signature, bit))).toBe(false);
    const key = flipped(publicKey, bit % 256);
    expect(await quick.verify(key, message, signature)).toBe(await plain.verify(key, message, signature));
  }
  for (const key of smallOrderEncodings())
    for (const r of smallOrderEncodings()) {
      const forged = new Uint8Array(64);
      forged.set(r);
      expect(await quick.verify(key, message, forged)).toBe(false);
    }
  expect(await quick.verify(publicKey, bytes("af83"), signature)).toBe(false);
  expect(await quick.findInvalid([{ publicKey, message, signature }])).toBe(-1);
});
