// Every public Ed25519 vector: the strict rule's own verdict, and both backends' agreement with it.
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { backends } from "../ledger/keys/backends.js";
import { bytes, hex, strictVerdict } from "../ledger/keys/strict.js";

const folder = new URL("../../../shared/data/vectors/ed25519/", import.meta.url);
const here = existsSync(folder);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), "utf8"));

async function verdict(publicKey: string, message: string, signature: string): Promise<boolean> {
  const [key, text, signed] = [bytes(publicKey), bytes(message), bytes(signature)];
  const wanted = await strictVerdict(key, text, signed);
  for (const signatures of backends) {
    const got = await signatures.verify(key, text, signed);
    const { backend } = signatures;
    expect({ backend, publicKey, signature, got }).toEqual({ backend, publicKey, signature, got: wanted });
  }
  return wanted;
}

describe.skipIf(!here)("public Ed25519 vectors (skipped without the data beside the checkout)", () => {
  test("RFC 8032: keys, signatures, verdicts", async () => {
    const vectors: { priv: string; pub: string; msg: string; sig: string }[] = read("rfc8032-ed25519.json");
    expect(vectors.length).toBe(4);
    for (const { priv, pub, msg, sig } of vectors) {
      expect(await verdict(pub, msg, sig)).toBe(true);
      for (const signatures of backends) {
        const key = await signatures.importSeed(bytes(priv));
        expect(hex(key.publicKey)).toBe(pub);
        expect(hex(await key.sign(bytes(msg)))).toBe(sig);
      }
    }
  });

  test("Wycheproof: the strict rule says what Wycheproof says, 151 times", async () => {
    let count = 0;
    for (const group of read("wycheproof_ed25519.json").testGroups)
      for (const { tcId, msg, sig, result } of group.tests) {
        expect({ tcId, valid: await verdict(group.publicKey.pk, msg, sig) }).toEqual({
          tcId,
          valid: result === "valid",
        });
        count++;
      }
    expect(count).toBe(151);
  });

  test("the twelve cases on which libraries differ", async () => {
    const cases: { message: string; pub_key: string; signature: string }[] = read("edge-cases.json");
    const verdicts = [];
    for (const { message, pub_key, signature } of cases)
      verdicts.push(await verdict(pub_key, message, signature));
    // Cases 0 to 2 have a key or R of small order, 4 and 5 hold only with the cofactor, 6 and 7 have S ≥ L,
    // 8 to 11 an encoding that is not canonical. Case 3 (mixed order, exact equation) is good.
    expect(verdicts).toEqual([false, false, false, true, ...Array.from({ length: 8 }, () => false)]);
  });

  test("ZIP 215's 196 cases of small order: refused, every one", async () => {
    const cases: { vk_bytes: string; sig_bytes: string }[] = read("zip215.json");
    expect(cases.length).toBe(196);
    for (const { vk_bytes, sig_bytes } of cases)
      expect(await verdict(vk_bytes, hex(new TextEncoder().encode("Zcash")), sig_bytes)).toBe(false);
  });
});
