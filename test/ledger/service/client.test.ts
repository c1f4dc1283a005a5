// A light client that is asked for several things at once, and heads that lie close together.
import { beforeAll, expect, test } from "vitest";
import {
  decodeContradiction,
  encodeContradiction,
  judgeContradiction,
} from "../../../src/ledger/proof/contradiction.js";
import { LightClient } from "../../../src/ledger/service/client.js";
import type { Ask } from "../../../src/ledger/service/server.js";
import { plainHasher } from "../../../src/ledger/tree/plain.js";
import { type Ledger, makeLedger, market, platform, signatures } from "../../support/community.js";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await makeLedger(7);
});

const newClient = (): LightClient =>
  new LightClient({ hasher: plainHasher, signatures, marketId: market, platformKey: platform.publicKey });

/** The same answers, some of them late. */
const late =
  (ask: Ask, pattern: RegExp, ms: number): Ask =>
  async (path) => {
    if (pattern.test(path)) await new Promise((done) => setTimeout(done, ms));
    return ask(path);
  };

test("an update that was asked for first and answered last takes nothing back", async () => {
  const client = newClient();
  await client.update(await ledger.serve(4));
  const slow = late(await ledger.serve(6), /^consistency/, 20);
  const updates = await Promise.allSettled([client.update(slow), client.update(await ledger.serve(8))]);
  expect(updates.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
  expect(client.head!.size).toBe(8);
  expect(client.contradiction).toBeNull();
});

test("an update that fails does not stop the next", async () => {
  const client = newClient();
  const [failed, good] = await Promise.allSettled([
    client.update(async () => null),
    client.update(await ledger.serve()),
  ]);
  expect([failed!.status, good!.status]).toEqual(["rejected", "fulfilled"]);
});

test("a proof that was asked for under one head is verified under that head, whatever is seen meanwhile", async () => {
  const client = newClient();
  const ask = await ledger.serve(5);
  await client.update(ask);
  const proof = client.prove(late(ask, /^proof/, 20), 3, "trades", 0);
  const verdict = client.judge(late(ask, /^proof/, 10), ledger.receipts.at(10)!);
  await client.update(await ledger.serve(8));
  expect(client.head!.size).toBe(8);
  expect(await proof).toMatchObject({ size: 5, record: { section: "trades", index: 0 } });
  expect((await verdict).verdict).toBe("kept");
});

test("a head that is one block older than the one seen is stale", async () => {
  const client = newClient();
  await client.update(await ledger.serve(7));
  await expect(client.update(await ledger.serve(6))).rejects.toThrow(
    "stale head: wanted at least 7 blocks, which have been seen, got 6",
  );
  expect(client.head!.size).toBe(7);
  expect(client.contradiction).toBeNull();
});

test("an older head of another past is a contradiction, where the server shows it", async () => {
  const forked = await makeLedger(4, { forkAt: 3 });
  const client = newClient();
  await client.update(await ledger.serve());
  const honest = await ledger.serve();
  const liar = await forked.serve(5);
  const both: Ask = (path) => (path === "checkpoint" ? liar(path) : honest(path));
  await expect(client.update(both)).rejects.toThrow("stale head");
  const text = encodeContradiction(client.contradiction!);
  const accused = { marketId: market, platformKey: platform.publicKey };
  expect(await judgeContradiction(decodeContradiction(text), accused, signatures, plainHasher)).toContain(
    "the first 5 blocks of the longer",
  );
});

test("an answer of any length that is no answer is refused before it is read as text", async () => {
  const client = newClient();
  const long = new Uint8Array((1 << 20) + 1);
  await expect(client.update(async () => long)).rejects.toMatchObject({ code: "limit", field: "checkpoint" });
});
