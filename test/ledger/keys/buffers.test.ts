// Node's Buffer is a Uint8Array whose `slice` is a view: whoever hands one in must get the same verdict as with plain
// bytes, and find them as they were.
import { expect, test } from "vitest";
import { decodeEvidence, encodeEvidence } from "../../../src/ledger/keys/evidence.js";
import { isStrictEncoding } from "../../../src/ledger/keys/signature.js";
import { backends } from "./backends.js";

for (const signatures of backends)
  test(`${signatures.backend}: keys and signatures in Buffers are as good as any, and stay as they are`, async () => {
    for (let number = 0; number < 30; number += 1) {
      const key = await signatures.importSeed(Buffer.alloc(32, number + 1));
      const message = Buffer.from(`message ${number}`);
      const publicKey = Buffer.from(key.publicKey);
      const signature = Buffer.from(await key.sign(message));
      const before = Buffer.concat([publicKey, message, signature]).toString("hex");
      expect(isStrictEncoding(publicKey, signature)).toBe(true);
      expect(await signatures.verify(publicKey, message, signature)).toBe(true);
      expect(Buffer.concat([publicKey, message, signature]).toString("hex")).toBe(before);
    }
  });

for (const signatures of backends)
  test(`${signatures.backend}: a key keeps a seed of its own`, async () => {
    const seed = Buffer.alloc(32, 7);
    const key = await signatures.importSeed(seed);
    const message = Buffer.from("message");
    const signature = await key.sign(message);
    seed.fill(0);
    expect(await key.sign(message)).toEqual(signature);
    const exported = await key.exportSeed();
    expect([...exported]).toEqual(new Array(32).fill(7));
    exported.fill(0);
    expect([...(await key.exportSeed())]).toEqual(new Array(32).fill(7));
  });

test("evidence read from a Buffer holds bytes of its own", () => {
  const section = Buffer.from(
    encodeEvidence([
      { kind: "order", index: 3, signature: new Uint8Array(64).fill(1) },
      {
        kind: "batch",
        gateway: new Uint8Array(32).fill(2),
        orders: [{ start: 0, end: 2 }],
        signature: new Uint8Array(64).fill(3),
      },
    ]),
  );
  const before = structuredClone(decodeEvidence(section));
  const items = decodeEvidence(section);
  section.fill(0);
  expect(structuredClone(items)).toEqual(before);
});
