// What a program does with the public names alone: write a block, serve it, prove from it, and write down what it
// proves.
import { expect, test } from "vitest";
import * as gridclear from "../../src/index.js";
import * as format from "../../src/ledger/format.js";
import * as verify from "../../src/ledger/verify.js";

const hasher = verify.plainHasher;
const bytes = (fill: number, length = 32): Uint8Array => new Uint8Array(length).fill(fill);
const none = (): Record<string, bigint> => Object.fromEntries(format.totalNames.map((name) => [name, 0n]));

const contract = format.encodeCanonical({ kind: "market", version: 1 });
const order: format.OrderRecord = {
  participant: 3,
  carrier: "heat",
  side: "bid",
  revision: 0,
  quantity: 5,
  price: -7,
};
const block = format.buildBlock(
  {
    signed: false,
    marketId: format.marketId(contract, hasher),
    height: 0,
    period: 1,
    timestampMs: 2,
    previous: bytes(0),
    history: hasher.sha256(new Uint8Array(0)),
    sections: {
      contracts: format.encodeItems([contract]),
      orders: format.encodeRecords(format.orderLayout, [order]),
    },
    state: {},
    totals: { electricity: none(), heat: none(), cold: none(), gas: none() } as never,
  },
  hasher,
);

test("a block that is written is read, verified, served, and proved from", async () => {
  const written = format.encodeBlock(block);
  expect(await verify.verifyChain([written], hasher)).toMatchObject({ ok: true, size: 1 });
  expect(format.decodeRecords(format.orderLayout, verify.decodeBlock(written).sections.orders)).toEqual([
    order,
  ]);

  const history = new gridclear.HistoryTree(hasher);
  history.append(format.hashOfBlock(block, hasher));
  const ask = gridclear.serveLedger({
    hasher,
    history,
    block: async (height) => (height === 0 ? written : null),
    checkpoint: () => null,
  });
  expect(await ask("block/0")).toEqual(written);

  const record = gridclear.proveRecord(block, { section: "orders", index: 0 }, hasher);
  const proof = gridclear.proveBlock(history, block.header, record);
  const text = verify.encodeProof(proof);
  expect(new TextEncoder().encode(text)).toEqual(await ask("proof/1/0/orders/0"));
  const anchor = { size: 1, root: history.root() };
  const proven = verify.verifyProof(verify.decodeProof(text), anchor, hasher);
  expect(verify.readRecord(verify.orderLayout, verify.recordOf(proven.record!), 0)).toEqual(order);
});

test("a receipt is written down and read again", () => {
  const receipt: verify.Receipt = {
    marketId: bytes(1),
    period: 2,
    number: 3,
    order: bytes(4, 16),
    signature: bytes(5, 64),
  };
  expect(verify.decodeReceipt(verify.encodeReceipt(receipt))).toEqual(receipt);
});

test("a statement that is signed verifies", async () => {
  const signatures = await verify.openSignatures();
  const key = await signatures.generate();
  const record = format.encodeRecords(format.orderLayout, [order]);
  const statement = format.orderStatement(bytes(1), 7, record);
  expect(await signatures.verify(key.publicKey, statement, await key.sign(statement))).toBe(true);
});
