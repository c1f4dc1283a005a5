// What the operator does over the network: signed with its own key, in the ledger where it changes the market, and
// good once.
import { describe, expect, test } from "vitest";
import { hex, toUtf8 } from "../../src/bytes.js";
import { encodeCanonical } from "../../src/ledger/format/canonical.js";
import { orderLayout } from "../../src/ledger/format/records.js";
import { recordsRoot } from "../../src/ledger/format/sections.js";
import { signRequest } from "../../src/ledger/keys/authorization.js";
import type { SigningKey } from "../../src/ledger/keys/backend.js";
import { batchStatement, contractStatement, readingStatement } from "../../src/ledger/keys/message.js";
import { memoryMedium } from "../../src/ledger/store/memory.js";
import { plainHasher } from "../../src/ledger/tree/plain.js";
import { encodeColumns } from "../../src/service/columns.js";
import { type ServeOptions, serve } from "../support/service.js";
import {
  checkLedger,
  gateway,
  keys,
  order,
  platform as platformKey,
  signatures,
  signContract,
  signedContracts,
} from "../support/signedmarket.js";

const operatorKey = await signatures.generate();
const eve = await signatures.generate();

const ofPrivate = signedContracts().map((contract) =>
  contract.kind === "market" ? { ...contract, privacy: "private" as const } : contract,
);

/** What a request is signed with; `signedBody` is another than is sent. */
interface Signing {
  readonly body?: string;
  readonly signedBody?: string;
  readonly key?: SigningKey;
  readonly untilMs?: number;
}

/** A service with an operator, and requests as that signs them. */
async function administered(options: ServeOptions = {}) {
  let closed = 0;
  let id = new Uint8Array(32);
  const served = await serve({
    members: new Map(),
    ...options,
    operator: {
      key: hex(operatorKey.publicKey),
      sign: (contract) => signContract(contract, id, platformKey),
      close: () => {
        closed += 1;
      },
    },
  });
  id = Uint8Array.from(served.market.id);
  const request = async (
    method: string,
    path: string,
    { body = "", signedBody, key = operatorKey, untilMs = 61_000 }: Signing = {},
  ) => {
    const hash = method === "POST" ? ` ${hex(plainHasher.sha256(toUtf8(signedBody ?? body)))}` : "";
    const authorization = await signRequest(
      { marketId: id, untilMs, request: `${method} ${path}${hash}` },
      key,
    );
    const headers = { authorization, "content-type": "application/json" };
    return served.ask(path, { method, headers, ...(method === "POST" ? { body } : {}) });
  };
  const act = (action: string, body: object, more: Signing = {}) =>
    request("POST", `/v1/operator/${action}`, { body: JSON.stringify(body), ...more });
  const join = async (name: string, key = eve) => {
    const contract = {
      kind: "participant",
      version: 1,
      from: served.market.period + 1,
      id: name,
      key: hex(key.publicKey),
    };
    const signature = hex(await key.sign(contractStatement(id, encodeCanonical(contract))));
    return served.post("/v1/contracts", { contract, signature });
  };
  const propose = async (given: { readonly [field: string]: unknown; readonly kind: string }) => {
    const contract = { from: served.market.period + 1, ...given };
    const signature = hex(await keys.get("ann")!.sign(contractStatement(id, encodeCanonical(contract))));
    return served.post("/v1/contracts", { contract, signature });
  };
  return { ...served, request, act, join, propose, closed: () => closed };
}

describe("the operator", () => {
  test("admits a member, who joins with its key alone, also after a restart", async () => {
    const medium = memoryMedium();
    const first = await administered({ medium });
    expect(await first.join("eve")).toMatchObject({ status: 422, body: { field: "contract.id" } });
    const admission = { participant: "eve", key: hex(eve.publicKey) };
    for (let at = 0; at < 2; at += 1)
      expect(await first.act("members", admission)).toMatchObject({ status: 200, body: admission });
    expect((await first.join("eve", operatorKey)).status).toBe(422);
    expect((await first.join("mallory")).status).toBe(422);
    await first.market.store.close();

    const again = await administered({ medium });
    const waiting = await again.request("GET", "/v1/operator/members");
    expect(waiting.body.members).toContainEqual({
      ...admission,
      number: null,
      balance: null,
      removed: false,
    });
    expect((await again.join("eve")).status).toBe(200);
    await again.market.clearPeriod(30_000);
    const { body } = await again.request("GET", "/v1/operator/members");
    expect(body.members.map(({ participant }: { participant: string }) => participant)).toEqual([
      "ann",
      "bob",
      "cid",
      "eve",
    ]);
    expect(body.members[3]).toEqual({ ...admission, number: 3, balance: "0", removed: false });
    expect(await again.act("members", admission)).toMatchObject({ status: 409 });
  });

  test("pays in by contracts in the ledger, each number once", async () => {
    const { act, request, market, platform } = await administered();
    const deposit = { participant: "ann", amount: "12.5", number: 1 };
    expect(await act("deposits", deposit)).toMatchObject({ status: 200, body: { period: 2 } });
    expect(await act("deposits", deposit)).toMatchObject({ status: 409, body: { field: "number" } });
    await market.clearPeriod(30_000);
    expect(await act("deposits", deposit)).toMatchObject({ status: 409, body: { field: "number" } });
    expect((await act("deposits", { ...deposit, amount: "2", number: 2 })).status).toBe(200);
    await market.clearPeriod(60_000);
    await market.clearPeriod(90_000);
    await platform.settled();
    const { body } = await request("GET", "/v1/operator/members");
    expect(body.members[0]).toMatchObject({ participant: "ann", balance: "14.5" });
    await checkLedger(market.store);
    const bad: [object, number, string][] = [
      [{ ...deposit, participant: "nobody" }, 422, "participant"],
      [{ ...deposit, number: 3, amount: "0" }, 400, "contract.amount"],
      [{ ...deposit, number: 3, amount: "-1" }, 400, "contract.amount"],
      [{ ...deposit, number: 3, amount: "much" }, 400, "amount"],
    ];
    for (const [body, status, field] of bad)
      expect(await act("deposits", body)).toMatchObject({ status, body: { field } });
  });

  test("removes a member: nothing is taken from it but what pays it out, also after a restart, until it is admitted again", async () => {
    const medium = memoryMedium();
    let served = await administered({ medium, market: { contracts: ofPrivate } });
    const { act, market, post, signed } = served;
    await act("deposits", { participant: "ann", amount: "12.5", number: 1 });
    await market.clearPeriod(30_000);
    const before = await signed(order("ann", "offer", "1", "0.08"));
    const taken = await post("/v1/orders", before);
    expect(taken.status).toBe(200);
    expect(await act("removals", { participant: "nobody" })).toMatchObject({ status: 422 });
    for (let at = 0; at < 2; at += 1)
      expect((await act("removals", { participant: "ann" })).status).toBe(200);
    for (let opened = 0; opened < 2; opened += 1) {
      const next = order("ann", "offer", "2", "0.09", 1);
      expect(await served.post("/v1/orders", await served.signed(next))).toMatchObject({
        status: 422,
        body: { field: "order.participant", got: '"ann"' },
      });
      // Whoever can't sign as that member is told what it would be told of any.
      expect((await served.post("/v1/orders", await served.signed(next, keys.get("bob")!))).status).toBe(403);
      // What was acknowledged before stays so.
      expect(await served.post("/v1/orders", before)).toEqual({ ...taken, headers: expect.anything() });
      const reading = { participant: "ann", carrier: "electricity", period: 1, in: "1", out: "0" };
      const record = served.market.readingRecord({ ...reading, carrier: "electricity" });
      const own = readingStatement(served.market.id, served.market.period, record);
      for (const [key, status, field] of [
        [keys.get("ann")!, 422, "reading.participant"],
        [keys.get("bob")!, 403, "reading.signature"],
      ] as const) {
        const signature = hex(await key.sign(own));
        expect(await served.post("/v1/readings", { ...reading, signature })).toMatchObject({
          status,
          body: { field },
        });
      }
      expect(await served.propose({ kind: "participant", version: 2, id: "ann" })).toMatchObject({
        status: 422,
        body: { field: "contract.id" },
      });
      expect(
        await served.propose({
          ...{ kind: "use", version: 2, participant: "ann", carrier: "electricity" },
          ...{ limit: 5, interruptible: 0, interruptionPrice: 0, import: true },
        }),
      ).toMatchObject({ status: 422, body: { field: "contract.participant" } });
      const { body } = await served.request("GET", "/v1/operator/members");
      expect(body.members.map(({ removed }: { removed: boolean }) => removed)).toEqual([true, false, false]);
      await served.market.store.close();
      served = await administered({ medium, market: { contracts: ofPrivate } });
    }
    const out = { kind: "withdrawal", version: 1, participant: "ann", amount: "12500000000000", number: 7 };
    expect((await served.propose(out)).status).toBe(200);
    await served.market.clearPeriod(60_000);
    await served.market.clearPeriod(90_000);
    const { body } = await served.request("GET", "/v1/operator/members");
    expect(body.members[0]).toMatchObject({ participant: "ann", balance: "0" });
    expect(await served.act("members", { participant: "ann", key: hex(eve.publicKey) })).toMatchObject({
      status: 409,
      body: { field: "key" },
    });
    const key = hex(keys.get("ann")!.publicKey);
    expect((await served.act("members", { participant: "ann", key })).status).toBe(200);
    const again = await served.signed(order("ann", "offer", "1", "0.08"));
    expect((await served.post("/v1/orders", again)).status).toBe(200);
    await checkLedger(served.market.store);
  });

  test("ends the standing orders of a member that it removes, also those under way, and after a restart", async () => {
    const medium = memoryMedium();
    let served = await administered({ medium });
    const terms = { limit: 5_000_000, interruptible: 0, interruptionPrice: 0, import: false };
    const own = { kind: "use", participant: "ann", carrier: "electricity", ...terms };
    const standing = { price: 250_000, quantity: { rule: "fixed", amount: 1_500_000 } };
    const stands = () => served.market.openOrders.standing().length > 0;
    expect((await served.propose({ ...own, version: 2, standing })).status).toBe(200);
    await served.market.clearPeriod(30_000);
    expect(stands()).toBe(true);
    // A second one is acknowledged that begins in period 5, and an end of her own that would take the next version.
    const late = { ...own, version: 3, from: 5, standing };
    expect((await served.propose(late)).status).toBe(200);
    const hers = { kind: "end", version: 1, contract: "use/electricity/ann" };
    expect((await served.propose({ ...hers, from: 9 })).status).toBe(200);
    for (let at = 0; at < 2; at += 1)
      expect((await served.act("removals", { participant: "ann" })).status).toBe(200);
    const has: boolean[] = [];
    // Hers waits all the time, the late one until period 5, the platform's second end in period 5.
    for (const [opened, waiting] of [
      [3, 2],
      [4, 2],
      [5, 2],
      [6, 1],
    ] as const) {
      await served.market.clearPeriod((opened - 1) * 30_000);
      // The platform's end comes to the log a moment after the period was sealed.
      await expect.poll(() => served.market.proposals.waiting).toBe(waiting);
      has.push(stands());
      await served.market.store.close();
      served = await administered({ medium });
    }
    expect(has).toEqual([false, false, true, false]);
    await checkLedger(served.market.store);
  });

  test("the platform ends a member's own terms alone", async () => {
    const { market, post } = await administered();
    const end = async (contract: string, by?: string) => {
      const made = { kind: "end", version: 1, from: market.period + 1, contract, ...(by && { by }) };
      const signature = hex(await signContract(made as never, market.id, platformKey));
      const { status, body } = await post("/v1/contracts", { contract: made, signature });
      return [status, body.field ?? body.status];
    };
    expect(await end("use/electricity/ann", "platform")).toEqual([200, "accepted"]);
    expect(await end("use/electricity/bob")).toEqual([403, "contract.signature"]);
    expect(await end("participant/ann", "platform")).toEqual([400, "contract.by"]);
    expect(await end("use/electricity", "platform")).toEqual([400, "contract.by"]);
    expect(await end("supply/heat/ann", "ann")).toEqual([400, "contract.by"]);
    await market.clearPeriod(30_000);
    expect(market.state.contract("use/electricity/ann")).toBeNull();
    expect(market.state.contract("use/electricity/bob")).not.toBeNull();
  });

  test("removes one who has not joined, and a gateway's batch with one who was removed is refused whole", async () => {
    const { act, join, market, service } = await administered();
    await act("members", { participant: "eve", key: hex(eve.publicKey) });
    expect((await act("removals", { participant: "eve" })).status).toBe(200);
    expect(await join("eve")).toMatchObject({ status: 422, body: { field: "contract.id" } });
    await act("removals", { participant: "bob" });
    const batch = {
      participant: Uint32Array.of(1, 2),
      carrier: Uint8Array.of(0, 0),
      side: Uint8Array.of(0, 1),
      quantity: Uint32Array.of(2_000_000, 1_000_000),
      price: Int32Array.of(80_000, 300_000),
      revision: Uint16Array.of(0, 0),
    };
    const root = recordsRoot(orderLayout, market.records(batch), plainHasher);
    const signature = await gateway.sign(batchStatement(market.id, market.period, 2, root));
    const body = encodeColumns({
      period: market.period,
      batch,
      proof: { gateway: gateway.publicKey, signature },
    });
    const sent = new Request("http://market.test/v1/orders/columns", {
      method: "POST",
      body: body as BodyInit,
    });
    const answer = await service.fetch(sent);
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ field: "orders", got: '"bob"' });
    expect(market.openOrders.records().length).toBe(0);
  });

  test("closes the market in the period that it names, and no other", async () => {
    const { act, market, closed } = await administered();
    expect(await act("close", { period: 0 })).toMatchObject({ status: 409, body: { field: "period" } });
    expect(closed()).toBe(0);
    expect((await act("close", { period: market.period })).status).toBe(200);
    expect(closed()).toBe(1);
    await market.clearPeriod(30_000);
    expect((await act("close", { period: market.period - 1 })).status).toBe(409);
  });

  test("is who signs with its key, for this request and this body, for a while", async () => {
    const { act, request, ask, post, market, closed } = await administered({
      auditors: [hex(eve.publicKey)],
    });
    const close = { period: market.period };
    const refused = [
      await post("/v1/operator/close", close),
      await ask("/v1/operator/members"),
      await act("close", close, { key: eve }),
      await act("close", close, { key: platformKey }),
      await act("close", close, { untilMs: 999 }),
      await act("close", close, { signedBody: JSON.stringify({ period: 9 }) }),
      await request("GET", "/v1/operator/members", { key: eve }),
    ];
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 403));
    expect(closed()).toBe(0);
    // Without an operator nobody passes for one.
    const none = await serve();
    expect((await none.post("/v1/operator/close", { period: 1 })).status).toBe(403);
  });
});
