// What a server of blocks answers: one way to ask for each thing, and null for everything else.
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { fromUtf8 } from "../../../src/bytes.js";
import { buildBlock, encodeBlock, encodeItems, hashOfBlock } from "../../../src/ledger/format/block.js";
import { encodeCanonical, maxJsonBytes } from "../../../src/ledger/format/canonical.js";
import { emptyTotals } from "../../../src/ledger/format/header.js";
import { decodeProof } from "../../../src/ledger/proof/proof.js";
import { type Ask, serveLedger } from "../../../src/ledger/service/server.js";
import { HistoryTree } from "../../../src/ledger/tree/history.js";
import { plainHasher } from "../../../src/ledger/tree/plain.js";
import { makeLedger } from "../../support/community.js";

let ask: Ask;
beforeAll(async () => {
  ask = await (await makeLedger(3)).serve();
});

describe("paths", () => {
  const good = [
    "checkpoint",
    "block/0",
    "block/3",
    "header/0",
    "consistency/1/4",
    "consistency/4/4",
    "proof/4/0",
    "proof/4/3/orders/0",
    "proof/4/3/state/0",
  ];

  test("that have an answer", async () => {
    for (const path of good) expect([path, (await ask(path)) !== null]).toEqual([path, true]);
    expect((await ask("header/0"))!.length).toBe(992);
  });

  test("that have none", async () => {
    for (const path of [
      "",
      "/",
      "checkpoint/",
      "checkpoint/0",
      "block",
      "block/",
      "block/4",
      "block/-1",
      "block/1e0",
      "block/1/",
      "block/1/2",
      "block/9007199254740992",
      "header",
      "header/4",
      "consistency/1",
      "consistency/0/4",
      "consistency/3/2",
      "consistency/1/5",
      "consistency/1/2/3",
      "proof",
      "proof/4",
      "proof/0/0",
      "proof/5/0",
      "proof/3/3",
      "proof/4/4",
      "proof/4/3/orders",
      "proof/4/3/orders/",
      "proof/4/3/orders/99",
      "proof/4/3/orders/0/0",
      "proof/4/3/nothing/0",
      "proof/4/3/constructor/0",
      "proof/4/0/",
      "x".repeat(200),
      "__proto__",
    ])
      expect([path, await ask(path)]).toEqual([path, null]);
  });

  test("that are no texts have none", async () => {
    for (const path of [7, null, undefined, ["block/0"]])
      expect([path, await ask(path as never)]).toEqual([path, null]);
  });

  test("with leading zeros are another spelling of the same thing, and none is answered", async () => {
    for (const path of good) {
      const numbers = [...path.matchAll(/[0-9]+/g)];
      for (const { index } of numbers) {
        const spelled = `${path.slice(0, index)}0${path.slice(index)}`;
        expect([spelled, await ask(spelled)]).toEqual([spelled, null]);
      }
    }
  });

  test("of any text are null or bytes, and throw nothing", async () => {
    const part = fc.oneof(
      fc.constantFrom("block", "proof", "header", "consistency", "checkpoint", "orders", "state", ""),
      fc.nat({ max: 6 }).map(String),
      fc.string({ maxLength: 8 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), async (parts) => {
        const answer = await ask(parts.join("/"));
        expect(answer === null || answer instanceof Uint8Array).toBe(true);
      }),
    );
  });
});

test("the longest contract is proved, and evidence too long for a document is null and breaks nothing", async () => {
  const fields = { kind: "market", text: "" };
  const text = "x".repeat(maxJsonBytes - encodeCanonical(fields).length);
  const contract = encodeCanonical({ ...fields, text });
  expect(contract.length).toBe(maxJsonBytes);
  const block = buildBlock(
    {
      signed: false,
      marketId: new Uint8Array(32),
      height: 0,
      period: 0,
      timestampMs: 0,
      previous: new Uint8Array(32),
      history: new Uint8Array(32),
      sections: { contracts: encodeItems([contract]), evidence: encodeItems([new Uint8Array(140_000)]) },
      state: {},
      totals: emptyTotals(),
    },
    plainHasher,
  );
  const history = new HistoryTree(plainHasher);
  history.append(hashOfBlock(block, plainHasher));
  const long = serveLedger({
    hasher: plainHasher,
    history,
    block: async () => encodeBlock(block),
    checkpoint: () => null,
  });
  const proof = decodeProof(fromUtf8((await long("proof/1/0/contracts/0"))!)!);
  expect(proof.record!.row).toEqual(contract);
  expect(await long("proof/1/0/evidence/0")).toBeNull();
  expect(await long("proof/1/0")).not.toBeNull();
  expect(await long("checkpoint")).toBeNull();
});
