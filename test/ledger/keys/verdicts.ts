// What every platform must say of signatures: run by Node and by Chromium.
import { expect, test } from "vitest";
import { plainEd25519 } from "../../../src/ledger/keys/ed25519.js";
import { isStrictEncoding, openSignatures } from "../../../src/ledger/keys/signature.js";
import { backends } from "./backends.js";
import { bytes, hex, join, mixedOrder, smallOrderEncodings, strictVerdict } from "./strict.js";

/** RFC 8032 §7.1, tests 1 to 3 and "SHA(abc)". */
const rfc8032 = [
  [
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
  [
    "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
    "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
  ],
] as const;

/** A handful of Wycheproof's (C2SP/wycheproof, ed25519): what was done, key, message, signature, verdict. */
const wycheproof = [
  [
    "key appended",
    "7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa",
    "54657374",
    "7c38e026f29e14aabd059a0f2db8b0cd783040609a8be684db12f82a27774ab07a9155711ecfaf7f99f277bad0c6ae7e39d4eef676573336a5c51eb6f946b30d7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa",
    false,
  ],
  [
    "a zero dropped",
    "7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa",
    "546573743530",
    "6e170c719577c25e0e1e8b8aa7a6346f8b109f37385cc2e85dc3b4c0f46a9c6bcafd67f52324c5dbaf40a1b673fb29c4a56052d2d6999d0838a8337bccb502",
    false,
  ],
  [
    "sign of R flipped",
    "7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa",
    "313233343030",
    "657c1492402ab5ce03e2c3a7f0384d051b9cf3570f1207fc78c1bcc98c281cab227aedf259f910f0f3a759a335062665217925d019173b88917eae294f75d40f",
    false,
  ],
  [
    "R inverted",
    "7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa",
    "313233343030",
    "9a83eb6dbfd54a31fc1d3c580fc7b2fae4630ca8f0edf803873e433673d7e3d40e94254586cb6188c5386c3febed477cb9a6cb29e3979adc4cb27cf5278fb70a",
    false,
  ],
  [
    "S + L",
    "7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa",
    "54657374",
    "7c38e026f29e14aabd059a0f2db8b0cd783040609a8be684db12f82a27774ab067654bce3832c2d76f8f6f5dafc08d9339d4eef676573336a5c51eb6f946b31d",
    false,
  ],
  [
    "S + 2^255",
    "7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa",
    "54657374",
    "7c38e026f29e14aabd059a0f2db8b0cd783040609a8be684db12f82a27774ab07a9155711ecfaf7f99f277bad0c6ae7e39d4eef676573336a5c51eb6f946b38d",
    false,
  ],
  [
    "S + p",
    "7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa",
    "54657374",
    "7c38e026f29e14aabd059a0f2db8b0cd783040609a8be684db12f82a27774ab0679155711ecfaf7f99f277bad0c6ae7e39d4eef676573336a5c51eb6f946b38d",
    false,
  ],
  [
    "S just above L",
    "100fdf47fb94f1536a4f7c3fda27383fa03375a8f527c537e6f1703c47f94f86",
    "6a0bc2b0057cedfc0fa2e3f7f7d39279b30f454a69dfd1117c758d86b19d85e0",
    "0971f86d2c9c78582524a103cb9cf949522ae528f8054dc20107d999be673ff4e25ebf2f2928766b1248bec6e91697775f8446639ede46ad4df4053000000010",
    false,
  ],
  [
    "R is y = 1 with a sign",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "313233343030",
    "0100000000000000000000000000000000000000000000000000000000000080c803ee1f2342aa96ff698a393d1ab5e66f3eda101d6d120b394c3fd32c117d0a",
    false,
  ],
  [
    "valid",
    "7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa",
    "313233343030",
    "657c1492402ab5ce03e2c3a7f0384d051b9cf3570f1207fc78c1bcc98c281c2bf0cf5b3a289976458a1be6277a5055545253b45b07dcc1abd96c8b989c00f301",
    true,
  ],
] as const;

test("a platform with Ed25519 uses WebCrypto, whatever stands ready", async () => {
  expect(backends.map(({ backend }) => backend)).toEqual(["webcrypto", "noble"]);
  expect((await openSignatures({ fallback: plainEd25519 })).backend).toBe("webcrypto");
});

test("a platform without Ed25519 uses what it is given, and without that says where it is to be had", async () => {
  const { subtle } = crypto;
  const importKey = subtle.importKey;
  subtle.importKey = () => Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError"));
  try {
    await expect(openSignatures()).rejects.toMatchObject({
      code: "unsupported",
      field: "signatures",
      message: expect.stringContaining('import { plainEd25519 } from "gridclear/ed25519"'),
    });
    const signatures = await openSignatures({ fallback: plainEd25519 });
    expect(signatures.backend).toBe("noble");
    const key = await signatures.generate();
    const message = bytes("0102");
    expect(await signatures.verify(key.publicKey, message, await key.sign(message))).toBe(true);
    // The strict rule holds for it too.
    expect(await signatures.verify(bytes(`01${"00".repeat(31)}`), message, new Uint8Array(64))).toBe(false);
  } finally {
    subtle.importKey = importKey;
  }
  expect((await openSignatures()).backend).toBe("webcrypto");
});

test("RFC 8032: keys, signatures and verdicts of both backends", async () => {
  for (const signatures of backends)
    for (const [seed, publicKey, message, signature] of rfc8032) {
      const key = await signatures.importSeed(bytes(seed));
      expect(hex(key.publicKey)).toBe(publicKey);
      expect(hex(await key.exportSeed())).toBe(seed);
      expect(hex(await key.sign(bytes(message)))).toBe(signature);
      expect(await signatures.verify(bytes(publicKey), bytes(message), bytes(signature))).toBe(true);
      expect(await signatures.verify(bytes(publicKey), bytes(`${message}00`), bytes(signature))).toBe(false);
    }
});

test("Wycheproof: malformed and malleable signatures", async () => {
  for (const signatures of backends)
    for (const [what, publicKey, message, signature, verdict] of wycheproof)
      expect([what, await signatures.verify(bytes(publicKey), bytes(message), bytes(signature))]).toEqual([
        what,
        verdict,
      ]);
});

test("S + L and S with high bits set are refused", async () => {
  const L = 2n ** 252n + 27742317777372353535851937790883648493n;
  for (const [, publicKey, message, signature] of rfc8032) {
    const s = bytes(signature)
      .subarray(32)
      .reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
    for (const other of [s + L, s | (1n << 253n), s | (1n << 255n)]) {
      const bad = join(
        bytes(signature).subarray(0, 32),
        Uint8Array.from({ length: 32 }, (_, i) => Number((other >> BigInt(8 * i)) & 0xffn)),
      );
      for (const signatures of backends)
        expect(await signatures.verify(bytes(publicKey), bytes(message), bad)).toBe(false);
    }
  }
});

test("keys and R of small order are refused in each of their encodings (all of ZIP 215's cases)", async () => {
  const encodings = smallOrderEncodings();
  expect(encodings.length).toBe(14);
  const message = new TextEncoder().encode("Zcash");
  const [fast, fallback] = backends;
  for (const a of encodings)
    for (const r of encodings) {
      const signature = join(r, new Uint8Array(32));
      expect(isStrictEncoding(a, signature)).toBe(false);
      expect(await fast!.verify(a, message, signature)).toBe(false);
      expect(await fallback!.verify(a, message, signature)).toBe(false);
    }
  const good = bytes(rfc8032[0][3]);
  const key = bytes(rfc8032[0][1]);
  for (const small of encodings) {
    expect(isStrictEncoding(small, good)).toBe(false);
    expect(isStrictEncoding(key, join(small, good.subarray(32)))).toBe(false);
  }
});

test("keys and R of mixed order: the equation holds as it stands, or the signature is refused", async () => {
  const [fast, fallback] = backends;
  for (let seed = 0; seed < 14; seed++)
    for (const exact of [true, false]) {
      const { publicKey, message, signature } = await mixedOrder(seed, exact);
      expect(await strictVerdict(publicKey, message, signature)).toBe(exact);
      expect(await fast!.verify(publicKey, message, signature)).toBe(exact);
      expect(await fallback!.verify(publicKey, message, signature)).toBe(exact);
    }
});

test("bytes that are no point of the curve are a refused key, not an error", async () => {
  // y = 2 has no x (2² − 1 over d·2² + 1 is no square).
  const noPoint = bytes(`02${"00".repeat(31)}`);
  for (const signatures of backends)
    expect(await signatures.verify(noPoint, new Uint8Array(3), bytes(rfc8032[0][3]))).toBe(false);
});

test("each backend verifies what the other signs; a flipped bit anywhere is refused", async () => {
  const [fast, fallback] = backends;
  const message = new TextEncoder().encode("a bid of 2 kWh");
  for (const [signer, checker] of [
    [fast!, fallback!],
    [fallback!, fast!],
  ] as const) {
    const key = await signer.generate();
    const signature = await key.sign(message);
    expect(await checker.verify(key.publicKey, message, signature)).toBe(true);
    for (let bit = 0; bit < 512; bit += 13) {
      const bad = signature.slice();
      bad[bit >> 3]! ^= 1 << (bit & 7);
      expect(await checker.verify(key.publicKey, message, bad)).toBe(false);
    }
  }
});

test("a key that may not leave signs and does not leave", async () => {
  for (const signatures of backends) {
    const key = await signatures.generate({ extractable: false });
    expect(await signatures.verify(key.publicKey, bytes("01"), await key.sign(bytes("01")))).toBe(true);
    await expect(key.exportSeed()).rejects.toMatchObject({ code: "refused" });
    if (key.pair === null) continue;
    expect(key.pair.privateKey.extractable).toBe(false);
    const again = await signatures.importPair(key.pair);
    expect(hex(again.publicKey)).toBe(hex(key.publicKey));
  }
});

test("many at once: the first bad one is named", async () => {
  for (const signatures of backends) {
    const key = await signatures.generate();
    const checks = await Promise.all(
      Array.from({ length: 150 }, async (_, i) => {
        const message = Uint8Array.of(i);
        return { publicKey: key.publicKey, message, signature: await key.sign(message) };
      }),
    );
    expect(await signatures.findInvalid([])).toBe(-1);
    expect(await signatures.findInvalid(checks)).toBe(-1);
    for (const bad of [0, 63, 64, 149]) {
      const spoiled = checks.map((check, i) => (i >= bad ? { ...check, message: bytes("ffff") } : check));
      expect(await signatures.findInvalid(spoiled)).toBe(bad);
    }
  }
});

test("wrong types and sizes are refused with the field's name", async () => {
  for (const signatures of backends) {
    await expect(signatures.importSeed(new Uint8Array(31))).rejects.toMatchObject({
      code: "invalid",
      field: "seed",
    });
    await expect(signatures.verify("00" as never, bytes(""), bytes(""))).rejects.toMatchObject({
      code: "invalid",
      field: "publicKey",
    });
    await expect(signatures.verify(bytes(""), bytes(""), [] as never)).rejects.toMatchObject({
      field: "signature",
    });
  }
});
