// What is signed, byte by byte: assembled here by hand from docs/signatures.md and signed by node:crypto; the worked
// example in that page is this one.
import { createHash, createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeItems } from "../../../src/ledger/format/block.js";
import { encodeCanonical } from "../../../src/ledger/format/canonical.js";
import { encodeRecords } from "../../../src/ledger/format/layout.js";
import { orderLayout } from "../../../src/ledger/format/records.js";
import { checkRevisions } from "../../../src/ledger/keys/coverage.js";
import { KeyDirectory } from "../../../src/ledger/keys/directory.js";
import { decodeEvidence, type Evidence, encodeEvidence } from "../../../src/ledger/keys/evidence.js";
import {
  batchStatement,
  contractStatement,
  orderStatement,
  readingStatement,
  receiptStatement,
  statementKinds,
  tagOf,
} from "../../../src/ledger/keys/message.js";
import { openSignatures } from "../../../src/ledger/keys/signature.js";
import { originOf, signCheckpoint } from "../../../src/ledger/proof/checkpoint.js";
import { encodeReceipt, signReceipt } from "../../../src/ledger/proof/receipt.js";
import { plainHasher } from "../../../src/ledger/tree/plain.js";

const signatures = await openSignatures();
const docs = readFileSync(new URL("../../../docs/signatures.md", import.meta.url), "utf8");
/** All hexadecimal of the page run together, so that a line may break anywhere. */
const docsHex = docs.replace(/[^0-9a-f]/g, "");

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const i32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};
const u64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const sha256 = (...parts: Uint8Array[]): Buffer => createHash("sha256").update(Buffer.concat(parts)).digest();
const byHand = (tag: string, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(tag, "ascii"), u32(body.length), body]);
};
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

// The worked example: market id 0x11…, period 7, participant 3 bids 2.5 kWh of electricity at 0.31.
const market = Buffer.alloc(32, 0x11);
const order = Buffer.concat([u32(3), Buffer.from([0, 1, 0, 0]), u32(2_500_000), i32(310_000)]);
/** What its meter signs: 2.4 kWh taken in period 7. */
const reading = Buffer.concat([u32(3), Buffer.from([0, 0, 1, 0]), u64(7), u32(2_400_000), u32(0)]);
/** The record that it becomes `age` periods later; the market works out what is paid for it. */
const readingRecord = (age: number, amount: number): Uint8Array =>
  new Uint8Array(
    Buffer.concat([
      u32(3),
      Buffer.from([0, 0, 1, 0]),
      u32(age),
      u32(2_400_000),
      u32(0),
      Buffer.alloc(8, amount),
    ]),
  );
const seed = Buffer.alloc(32, 0x22);
const node = createPrivateKey({
  key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]),
  format: "der",
  type: "pkcs8",
});
const orderText = byHand("gridclear order v2\0", market, u64(7), order);

describe("statements", () => {
  test("order: the page's bytes, the library's bytes, and node:crypto's signature", async () => {
    const statement = orderStatement(market, 7, new Uint8Array(order));
    expect(hex(statement)).toBe(hex(orderText));
    const record = {
      participant: 3,
      carrier: "electricity",
      side: "bid",
      revision: 0,
      quantity: 2_500_000,
      price: 310_000,
    } as const;
    expect(hex(orderStatement(market, 7, encodeRecords(orderLayout, [record])))).toBe(hex(orderText));
    const key = await signatures.importSeed(new Uint8Array(seed));
    const signature = sign(null, orderText, node);
    expect(hex(await key.sign(statement))).toBe(hex(signature));
    for (const part of [orderText, key.publicKey, signature, sha256(orderText)])
      expect(docsHex).toContain(hex(part));
  });

  test("reading, contract, batch, receipt", () => {
    // Whatever is paid for it, and in whichever block it comes to stand.
    for (const amount of [0, 7])
      for (const age of [0, 1, 0xffff_ffff])
        expect(hex(readingStatement(market, 7 + age, readingRecord(age, amount)))).toBe(
          hex(byHand("gridclear reading v2\0", market, reading)),
        );
    expect(() => readingStatement(market, 7, readingRecord(8, 0))).toThrow(
      "reading.age: wanted at most 7, the period of its block, got 8",
    );
    expect(() => readingStatement(market, -1, readingRecord(0, 0))).toThrow("period");
    const contract = Buffer.from('{"kind":"end"}');
    expect(hex(contractStatement(market, contract))).toBe(
      hex(byHand("gridclear contract v2\0", market, contract)),
    );
    const root = sha256(Buffer.from([0]), order);
    expect(hex(batchStatement(market, 7, 1, root))).toBe(
      hex(byHand("gridclear batch v2\0", market, u64(7), u32(1), root)),
    );
    const receipt = byHand("gridclear receipt v2\0", market, u64(7), u32(12), sha256(orderText));
    expect(hex(receiptStatement(market, 7, 12, sha256(orderText)))).toBe(hex(receipt));
    expect(docsHex).toContain(hex(receipt));
  });

  test("a receipt and a checkpoint of the worked example stand in the page", async () => {
    const key = await signatures.importSeed(new Uint8Array(32).fill(0x33));
    const receipt = await signReceipt(
      {
        marketId: market,
        period: 7,
        number: 12,
        order: new Uint8Array(order),
      },
      key,
      plainHasher,
    );
    expect(docs).toContain(encodeReceipt(receipt).trim());
    const head = { origin: originOf(market), size: 8, root: new Uint8Array(sha256(Buffer.from("head"))) };
    expect(docs).toContain(await signCheckpoint(head, key, plainHasher));
  });

  test("no tag begins another, and none begins a checkpoint's text or a cosignature's", () => {
    const tags = statementKinds.map(tagOf);
    for (const tag of tags) {
      expect(tag.endsWith("\0")).toBe(true);
      expect(docs).toContain(`"${tag.replace("\0", "\\0")}"`);
      expect(tags.filter((other) => other.startsWith(tag))).toEqual([tag]);
      expect(`${originOf(market)}\n`.startsWith(tag) || "cosignature/v1\n".startsWith(tag)).toBe(false);
    }
  });

  test("what does not fit is refused by name", () => {
    expect(() => orderStatement(new Uint8Array(31), 7, new Uint8Array(order))).toThrow("marketId");
    expect(() => orderStatement(market, -1, new Uint8Array(order))).toThrow("period");
    expect(() => orderStatement(market, -0, new Uint8Array(order))).toThrow("period");
    expect(() => orderStatement(market, 1.5, new Uint8Array(order))).toThrow("period");
    expect(() => orderStatement(market, 7, new Uint8Array(15))).toThrow("order");
    expect(() => batchStatement(market, 7, 2 ** 32, new Uint8Array(32))).toThrow("count");
    expect(() => receiptStatement(market, 7, 1, new Uint8Array(33))).toThrow("digest");
  });
});

describe("evidence", () => {
  const signature = new Uint8Array(64).fill(5);
  const gateway = new Uint8Array(32).fill(6);
  const items: Evidence[] = [
    { kind: "order", index: 0xffff_fffe, signature },
    { kind: "reading", index: 1, signature },
    { kind: "contract", index: 0, signature },
    {
      kind: "batch",
      gateway,
      orders: [
        { start: 0, end: 2 },
        { start: 5, end: 6 },
      ],
      signature,
    },
  ];

  test("there and back, laid out as the page says", () => {
    const section = encodeEvidence(items);
    expect(decodeEvidence(section)).toEqual(items);
    const [first, second, third, fourth] = decodeItems(section).map(hex);
    expect(first).toBe(hex(Buffer.concat([Buffer.from([1]), u32(0xffff_fffe), signature])));
    expect(second).toBe(hex(Buffer.concat([Buffer.from([3]), u32(1), signature])));
    expect(third).toBe(hex(Buffer.concat([Buffer.from([4]), u32(0), signature])));
    const ranges = [0, 2, 5, 6].map(u32);
    expect(fourth).toBe(hex(Buffer.concat([Buffer.from([2]), gateway, signature, ...ranges])));
  });

  test("items of another form are refused: codes, lengths, ranges that overlap, touch, go back or are empty", () => {
    const framed = (...parts: Uint8Array[]): Uint8Array => {
      const body = Buffer.concat(parts);
      return new Uint8Array(Buffer.concat([u32(body.length), body]));
    };
    const batch = (...numbers: number[]): Uint8Array =>
      framed(Buffer.from([2]), gateway, signature, ...numbers.map(u32));
    for (const bad of [
      framed(),
      framed(Buffer.from([0]), u32(0), signature),
      framed(Buffer.from([5]), u32(0), signature),
      framed(Buffer.from([1]), u32(0), signature.subarray(1)),
      framed(Buffer.from([1]), u32(0), signature, Buffer.from([0])),
      batch(),
      batch(1),
      batch(1, 1),
      batch(2, 1),
      batch(0, 2, 1, 3),
      batch(0, 2, 2, 3),
      batch(4, 5, 0, 1),
    ])
      expect(() => decodeEvidence(bad)).toThrow("evidence[0]");
    expect(() => encodeEvidence([{ kind: "order", index: 1, signature: new Uint8Array(63) }])).toThrow(
      "signature",
    );
  });

  test("an order that comes again, or out of turn, is found by its revision", () => {
    const second = Buffer.from(order);
    second[6] = 1;
    const heat = Buffer.from(order);
    heat[4] = 1;
    const verdict = (...orders: Buffer[]) => checkRevisions(new Uint8Array(Buffer.concat(orders)));
    expect(() => verdict(order, heat, second)).not.toThrow();
    expect(() => verdict(order, second, order)).toThrow("orders[2].revision: wanted 2, got 0");
    expect(() => verdict(second, order)).toThrow("orders[0].revision: wanted 0, got 1");
    expect(() => verdict(order, heat, heat)).toThrow("orders[2].revision: wanted 1, got 0");
  });
});

describe("whose signature counts", () => {
  const key = (fill: number): string => hex(new Uint8Array(32).fill(fill));
  const dated = { version: 1, from: 0 };
  const directory = (): KeyDirectory => {
    const made = new KeyDirectory();
    made.take({ kind: "market", ...dated, platformKey: key(1) });
    made.take({ kind: "participant", ...dated, id: "a/b", key: key(2) });
    made.take({ kind: "participant", ...dated, id: "c", key: key(3), gateway: key(9) });
    made.take({ kind: "storage", ...dated, device: "cell", owner: "c" });
    made.take({ kind: "storage", ...dated, device: "tank" });
    made.take({ kind: "converter", ...dated, device: "pump", participant: "a/b" });
    return made;
  };
  const signer = (contract: Record<string, unknown>): string =>
    hex(directory().signer({ ...dated, ...contract } as never));

  test("the platform's for what it sets, the participant's for what binds it", () => {
    for (const kind of ["area", "clearing", "payment", "deposit"]) expect(signer({ kind })).toBe(key(1));
    expect(signer({ kind: "market", platformKey: key(1) })).toBe(key(1));
    for (const kind of ["supply", "use", "withdrawal", "converter"])
      expect(signer({ kind, participant: "c", device: "new" })).toBe(key(3));
    expect(signer({ kind: "storage", device: "x", owner: "a/b" })).toBe(key(2));
    expect(signer({ kind: "storage", device: "x" })).toBe(key(1));
    expect(directory().participant(1)?.gateway).toEqual(new Uint8Array(32).fill(9));
    expect(directory().participant(0)?.gateway).toBeNull();
    expect(directory().participant(2)).toBeNull();
  });

  test("a new key is signed for by the old one, a device given away by its owner", () => {
    expect(signer({ kind: "participant", id: "new", key: key(7) })).toBe(key(7));
    expect(signer({ kind: "participant", id: "c", key: key(7) })).toBe(key(3));
    expect(signer({ kind: "storage", device: "cell", owner: "a/b" })).toBe(key(3));
    expect(signer({ kind: "storage", device: "tank", owner: "a/b" })).toBe(key(1));
    expect(signer({ kind: "converter", device: "pump", participant: "c" })).toBe(key(2));
    const rotated = directory();
    rotated.take({ kind: "participant", version: 2, from: 5, id: "c", key: key(7) });
    expect(hex(rotated.signer({ kind: "supply", participant: "c" }))).toBe(key(7));
    expect(rotated.participant(1)).toMatchObject({ id: "c", gateway: null });
  });

  test("a signal about an area is the operator's whom the area names, and without one the platform's", () => {
    const known = directory();
    const who = (contract: Record<string, unknown>) => hex(known.signer({ ...dated, ...contract } as never));
    known.take({ kind: "area", ...dated, area: "town/elm", operator: key(4) });
    known.take({ kind: "area", ...dated, area: "oak" });
    expect(who({ kind: "limit", area: "town/elm" })).toBe(key(4));
    expect(who({ kind: "end", contract: "limit/town/elm" })).toBe(key(4));
    // The area itself is the platform's to change, and to take from the operator.
    expect(who({ kind: "area", area: "town/elm" })).toBe(key(1));
    expect(who({ kind: "end", contract: "area/town/elm" })).toBe(key(1));
    for (const area of ["oak", "new"]) expect(who({ kind: "limit", area })).toBe(key(1));
    known.take({ kind: "area", ...dated, area: "town/elm", operator: key(5) });
    expect(who({ kind: "limit", area: "town/elm" })).toBe(key(5));
    known.take({ kind: "area", ...dated, area: "town/elm" });
    expect(who({ kind: "limit", area: "town/elm" })).toBe(key(1));
    expect(() => known.take({ kind: "area", ...dated, area: "oak", operator: "00" })).toThrow("operator");
  });

  test("a contract is ended by whoever it binds", () => {
    for (const [contract, by] of [
      ["participant/a/b", 2],
      ["supply/heat/a/b", 2],
      ["use/gas/c", 3],
      ["storage/cell", 3],
      ["storage/tank", 1],
      ["converter/pump", 2],
      ["area/north", 1],
      ["clearing/heat", 1],
    ] as const)
      expect([contract, signer({ kind: "end", contract })]).toEqual([contract, key(by)]);
  });

  test("the platform ends a participant's own terms where it says so, and nothing else of a participant's", () => {
    for (const [contract, by] of [
      ["supply/heat/a/b", 1],
      ["use/gas/c", 1],
      ["supply/heat", 1],
      ["participant/c", 3],
      ["storage/cell", 3],
      ["converter/pump", 2],
      ["member/roof/c", 3],
    ] as const)
      expect([contract, signer({ kind: "end", contract, by: "platform" })]).toEqual([contract, key(by)]);
    expect(signer({ kind: "end", contract: "use/gas/c", by: "anybody" })).toBe(key(3));
  });

  test("strangers and keys that are none are refused", () => {
    for (const contract of [
      { kind: "supply", participant: "nobody" },
      { kind: "end", contract: "storage/unknown" },
      { kind: "end", contract: "participant/nobody" },
      { kind: "participant", id: "new" },
      { kind: "participant", id: "new", key: "00" },
      { kind: "participant", id: "new", key: key(7).toUpperCase().replace(/0/g, "A") },
    ])
      expect(() => signer(contract)).toThrow();
    expect(() => new KeyDirectory().platform).toThrow("platform key");
    expect(() => directory().signer(null)).toThrow("contract");
    expect(encodeCanonical({ kind: "end" }).length).toBeGreaterThan(0);
  });
});
