// A thousand single-bit flips at random places of each kind of document, and of a stored ledger: all are found.

import { beforeAll, expect, test } from "vitest";
import { concat, sameBytes } from "../../../src/bytes.js";
import { encodeCanonical } from "../../../src/ledger/format/canonical.js";
import { Chain } from "../../../src/ledger/format/chain.js";
import { sectionNames } from "../../../src/ledger/format/sections.js";

import { cosign, isFinal, isSignedBy, parseCheckpoint } from "../../../src/ledger/proof/checkpoint.js";
import {
  decodeContradiction,
  encodeContradiction,
  judgeContradiction,
} from "../../../src/ledger/proof/contradiction.js";
import { decodeProof } from "../../../src/ledger/proof/proof.js";
import {
  decodeReceipt,
  encodeReceipt,
  isReceiptSigned,
  type Receipt,
  receiptToJson,
} from "../../../src/ledger/proof/receipt.js";
import { LightClient } from "../../../src/ledger/service/client.js";
import {
  hasher,
  keyOf,
  type Ledger,
  makeLedger,
  market,
  platform,
  seeded,
  signatures,
} from "../../support/community.js";

const encodeLine = (value: unknown): string => `${new TextDecoder().decode(encodeCanonical(value))}\n`;
const rounds = 1000;
const seed = 20260401;
let ledger: Ledger;
let fork: Ledger;
beforeAll(async () => {
  ledger = await makeLedger(4);
  fork = await makeLedger(4, { forkAt: 2 });
});

/** Runs `caught` on `rounds` copies of the bytes with one bit flipped; fails naming the first flip that got through. */
async function flips(bytes: Uint8Array, caught: (bytes: Uint8Array) => Promise<boolean>): Promise<void> {
  expect(await caught(bytes)).toBe(false);
  const random = seeded(seed);
  for (let round = 0; round < rounds; round++) {
    const bit = Math.floor(random() * bytes.length * 8);
    const flipped = bytes.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    const found = await caught(flipped).catch((error) => {
      expect(error).toHaveProperty("code"); // a refusal, not a crash
      return true;
    });
    if (!found) expect.fail(`bit ${bit & 7} of byte ${bit >> 3} was flipped and nobody noticed`);
  }
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
/** As files and answers are read: bytes that are not UTF-8 are refused before anything else. */
const text = (bytes: Uint8Array): string | null => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
};

test("proofs of every kind of record", async () => {
  const ask = await ledger.serve();
  const client = new LightClient({ hasher, signatures, marketId: market, platformKey: platform.publicKey });
  await client.update(ask);
  for (const section of [undefined, ...sectionNames]) {
    const height = section === "contracts" ? 0 : 4;
    const path = section === undefined ? `proof/5/${height}` : `proof/5/${height}/${section}/0`;
    // Asked for by its place: a row proves sixteen records, so a flipped index can make a good proof of a neighbour.
    await flips((await ask(path))!, async (bytes) => {
      await client.prove(async () => bytes, height, section);
      return false;
    });
  }
});

test("receipts", async () => {
  for (const receipt of ledger.receipts.slice(0, 3))
    await flips(utf8(encodeReceipt(receipt)), async (bytes) => {
      const read = text(bytes);
      return (
        read === null || !(await isReceiptSigned(decodeReceipt(read), platform.publicKey, signatures, hasher))
      );
    });
});

test("checkpoints with the platform's signature and all cosignatures", async () => {
  const witnesses = await Promise.all([8, 9].map(keyOf));
  let note = await ledger.head();
  for (const [index, key] of witnesses.entries())
    note = await cosign(note, { name: `w${index}`, key, time: 1_750_000_000 }, hasher);
  const policy = {
    threshold: 2,
    witnesses: witnesses.map(({ publicKey }, index) => ({ name: `w${index}`, publicKey })),
  };
  await flips(utf8(note), async (bytes) => {
    const read = text(bytes);
    if (read === null) return true;
    const signed = parseCheckpoint(read);
    if (!(await isSignedBy(signed, platform.publicKey, signatures, hasher))) return true;
    return !(await isFinal(signed, policy, signatures, hasher));
  });
});

test("documents with a field more, a field less, or written another way are refused", async () => {
  const ask = await ledger.serve();
  const proof = text((await ask("proof/5/4/orders/0"))!)!;
  const receipt = encodeReceipt(ledger.receipts[0]!);
  const heads = { kind: "fork", heads: [await ledger.head(), await fork.head()], proof: null } as const;
  const [a, b] = ledger.receipts as [Receipt, Receipt];
  const promises = encodeContradiction({ kind: "receipts", receipts: [a, b] });
  const one = { ...JSON.parse(promises), receipts: [receiptToJson(a)] };
  expect(() => decodeContradiction(encodeLine(one))).toThrow("two sides");
  for (const [read, document] of [
    [decodeProof, proof],
    [decodeReceipt, receipt],
    [decodeContradiction, encodeContradiction(heads)],
    [decodeContradiction, promises],
  ] as const) {
    expect(() => read(document)).not.toThrow();
    const fields = JSON.parse(document);
    for (const other of [
      encodeLine({ ...fields, zebra: 1 }),
      encodeLine(Object.fromEntries(Object.entries(fields).slice(1))),
      encodeLine({ ...fields, format: `${fields.format} ` }),
      JSON.stringify(fields, null, 2),
      ` ${document}`,
      `${document}\n`,
      `${document.trimEnd()}${" ".repeat(70_000)}`,
      "null",
      "[]",
      "",
    ])
      expect(() => read(other)).toThrow();
  }
});

test("contradictions", async () => {
  const contradiction = {
    kind: "fork",
    heads: [await ledger.head(), await fork.head()],
    proof: null,
  } as const;
  await flips(utf8(encodeContradiction(contradiction)), async (bytes) => {
    const read = text(bytes);
    if (read === null) return true;
    await judgeContradiction(
      decodeContradiction(read),
      { marketId: market, platformKey: platform.publicKey },
      signatures,
      hasher,
    );
    return false;
  });
});

test("the blocks of a ledger, under its signed head", async () => {
  const lengths = ledger.blocks.map((block) => block.length);
  const all = concat(...ledger.blocks);
  const { root } = parseCheckpoint(await ledger.head()).checkpoint;
  await flips(all, async (bytes) => {
    const chain = new Chain(hasher);
    let at = 0;
    for (const length of lengths) {
      chain.append(bytes.subarray(at, at + length));
      at += length;
    }
    return !sameBytes(chain.root(), root);
  });
});
