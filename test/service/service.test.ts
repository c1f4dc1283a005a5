// A market on a network, asked through its function from request to answer: what comes in and is acknowledged, what is
// shown to whom, and what is refused.
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, test } from "vitest";
import { fromHex, hex } from "../../src/bytes.js";
import { orderLayout } from "../../src/ledger/format/records.js";
import { recordsRoot } from "../../src/ledger/format/sections.js";
import { batchStatement, orderStatement } from "../../src/ledger/keys/message.js";
import { decodeBundle, openBundle } from "../../src/ledger/proof/bundle.js";
import { receiptFromJson } from "../../src/ledger/proof/receipt.js";
import { LightClient } from "../../src/ledger/service/client.js";
import { memoryMedium } from "../../src/ledger/store/memory.js";
import { plainHasher } from "../../src/ledger/tree/plain.js";
import { readBundle } from "../../src/report/bundle/read.js";
import { encodeColumns } from "../../src/service/columns.js";
import { authorization, eventsOf, serve } from "../support/service.js";
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

const ann = order("ann", "offer", "2.5", "0.08");
const bob = order("bob", "bid", "1", "0.3");

describe("orders", () => {
  test("are acknowledged with a receipt that the block keeps, which a light client sees over the service", async () => {
    const { market, platform, post, signed, ask, service } = await serve();
    const taken = await post("/v1/orders", await signed(ann));
    expect(taken).toMatchObject({
      status: 200,
      body: { status: "accepted", receipt: { period: 1, number: 0 } },
    });
    await post("/v1/orders", await signed(bob));
    await market.clearPeriod(30_000);
    await platform.settled();
    const client = new LightClient({
      hasher: plainHasher,
      signatures,
      marketId: market.id,
      platformKey: platformKey.publicKey,
    });
    const served = async (path: string): Promise<Uint8Array | null> => {
      const answer = await service.fetch(new Request(`http://market.test/v1/ledger/${path}`));
      return answer.status === 404 ? null : new Uint8Array(await answer.arrayBuffer());
    };
    await client.update(served);
    expect(client.head!.size).toBe(2);
    const receipt = receiptFromJson(taken.body.receipt);
    expect((await client.judge(served, receipt)).verdict).toBe("kept");
    const { body } = await ask("/v1/periods/1");
    expect(body).toMatchObject({
      period: 1,
      height: 1,
      orders: 2,
      trades: 1,
      hash: hex(market.last!.hash),
      carriers: {
        electricity: { energy: { traded: "1", offered: "2.5" }, prices: { lowest: "0.3", highest: "0.3" } },
      },
    });
    expect((await ask("/v1/periods/1/trades")).body.trades).toMatchObject([
      { kind: "peer", seller: "ann", buyer: "bob", quantity: "1", supplyPrice: "0.3", usePrice: "0.3" },
    ]);
  });

  test("sent again get the same receipt: at once, after others, after the period, and after a restart", async () => {
    const medium = memoryMedium();
    const first = await serve({ medium });
    const sent = await first.signed(ann);
    const [one, two] = await Promise.all([first.post("/v1/orders", sent), first.post("/v1/orders", sent)]);
    expect(one.status).toBe(200);
    expect(two.body).toEqual(one.body);
    await first.post("/v1/orders", await first.signed(bob));
    await first.post("/v1/orders", await first.signed(order("ann", "offer", "3", "0.07", 1)));
    expect((await first.post("/v1/orders", sent)).body).toEqual(one.body);
    expect(first.market.openOrders.records().length).toBe(3 * 16);
    await first.market.store.close();

    const again = await serve({ medium });
    expect((await again.post("/v1/orders", sent)).body).toEqual(one.body);
    await again.market.clearPeriod(30_000);
    expect((await again.post("/v1/orders", sent)).body).toEqual(one.body);
    const other = order("bob", "bid", "9", "0.3");
    const signature = hex(
      await keys.get("bob")!.sign(orderStatement(again.market.id, 1, again.market.record(other))),
    );
    const late = await again.post("/v1/orders", { ...other, revision: 0, period: 1, signature });
    expect(late).toMatchObject({ status: 409, body: { code: "conflict", field: "period" } });
  });

  test("show nobody else that they were taken", async () => {
    const { post, signed } = await serve();
    await post("/v1/orders", await signed(ann));
    const guessed = await post("/v1/orders", await signed(ann, keys.get("bob")!));
    expect(guessed).toMatchObject({ status: 403, body: { code: "signature" } });
  });

  test("are refused with field, wanted and got", async () => {
    const { post, signed } = await serve();
    const good = (await signed(ann)) as Record<string, unknown>;
    const cases: [unknown, number, string, string][] = [
      ["{", 400, "invalid", "body"],
      [{ ...good, extra: 1 }, 400, "invalid", "extra"],
      [{ ...good, quantity: 2 }, 400, "invalid", "quantity"],
      [{ ...good, quantity: "2.12345678" }, 400, "invalid", "order.quantity"],
      [{ ...good, carrier: "steam" }, 400, "invalid", "carrier"],
      [{ ...good, participant: "dora" }, 422, "refused", "order.participant"],
      [{ ...good, signature: "00".repeat(64) }, 403, "signature", "order.signature"],
      [{ ...good, period: 7 }, 409, "conflict", "period"],
      [{ ...good, revision: 3 }, 403, "signature", "order.signature"],
    ];
    for (const [body, status, code, field] of cases)
      expect(await post("/v1/orders", body)).toMatchObject({ status, body: { code, field, status } });
    expect((await post("/v1/orders", `"${"x".repeat(70_000)}"`)).status).toBe(413);
  });

  test("come as columns under a gateway's signature, all or none, and again", async () => {
    const { market, service } = await serve();
    const batch = {
      participant: Uint32Array.of(1, 2),
      carrier: Uint8Array.of(0, 0),
      side: Uint8Array.of(0, 1),
      quantity: Uint32Array.of(2_000_000, 1_000_000),
      price: Int32Array.of(-80_000, 300_000),
      revision: Uint16Array.of(0, 0),
    };
    const root = recordsRoot(orderLayout, market.records(batch), plainHasher);
    const signature = await gateway.sign(batchStatement(market.id, market.period, 2, root));
    const proof = { gateway: gateway.publicKey, signature };
    const send = async (bytes: Uint8Array) => {
      const answer = await service.fetch(
        new Request("http://market.test/v1/orders/columns", { method: "POST", body: bytes as BodyInit }),
      );
      return { status: answer.status, bytes: new Uint8Array(await answer.arrayBuffer()) };
    };
    const bytes = encodeColumns({ period: market.period, batch, proof });
    expect(bytes.length).toBe(128 + 32);
    const taken = await send(bytes);
    expect(taken.status).toBe(200);
    expect(taken.bytes.length).toBe(20 + 16 + 2 * 64);
    expect([...taken.bytes.subarray(20, 36)]).toEqual([2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(await send(bytes)).toEqual(taken);
    expect(market.openOrders.records()).toEqual(market.records(batch));
    expect((await send(bytes.subarray(0, 159))).status).toBe(400);
    const other = encodeColumns({
      period: market.period,
      batch: { ...batch, revision: Uint16Array.of(1, 1) },
      proof,
    });
    expect((await send(other)).status).toBe(403);
    expect(market.openOrders.records().length).toBe(32);
  });
});

/** The contracts of a market whose records are not everybody's. */
const contracts = signedContracts().map((contract) =>
  contract.kind === "market" ? { ...contract, privacy: "private" as const } : contract,
);

describe("who may see what", () => {
  test("a private market shows a member its own, auditors everything, and others headers", async () => {
    const auditor = await signatures.generate();
    const { market, platform, post, signed, ask } = await serve({
      market: { contracts },
      auditors: [hex(auditor.publicKey)],
    });
    const { body } = await post("/v1/orders", await signed(ann));
    await post("/v1/orders", await signed(bob));
    await market.clearPeriod(30_000);
    await platform.settled();
    const { number } = receiptFromJson(body.receipt);
    const proof = `/v1/ledger/proof/2/1/orders/${number}`;
    const as = (id: string, path: string, more = {}) =>
      authorization(market.id, keys.get(id)!, path, { participant: id, ...more });
    expect((await ask(proof)).status).toBe(404);
    expect((await ask(proof, { headers: await as("bob", proof) })).status).toBe(404);
    expect((await ask(proof, { headers: await as("ann", proof) })).status).toBe(200);
    expect((await ask(proof, { headers: await authorization(market.id, auditor, proof) })).status).toBe(200);

    const member = "/v1/members/ann";
    expect((await ask(member)).status).toBe(403);
    expect((await ask(member, { headers: await as("bob", member) })).status).toBe(403);
    expect(await ask(member, { headers: await as("ann", member) })).toMatchObject({
      status: 200,
      body: { participant: "ann", number: 0, balance: "0.3", revisions: { electricity: 0 } },
    });
    const trades = "/v1/periods/1/trades";
    expect((await ask(trades, { headers: await as("ann", trades) })).status).toBe(403);
    expect((await ask(trades, { headers: await authorization(market.id, auditor, trades) })).status).toBe(
      200,
    );
    const period = await ask("/v1/periods/1");
    expect(period.body.carriers.electricity.prices).toBeNull();

    // A signature is good for one path, one key, and a while.
    expect((await ask(member, { headers: await as("ann", proof) })).status).toBe(403);
    expect((await ask(member, { headers: await as("ann", member, { untilMs: 999 }) })).status).toBe(403);
    expect((await ask(member, { headers: await as("ann", member, { untilMs: 400_000 }) })).status).toBe(403);
    expect((await ask(member, { headers: { authorization: "Bearer x" } })).status).toBe(400);
    const asOther = await authorization(market.id, keys.get("bob")!, member, { participant: "ann" });
    expect((await ask(member, { headers: asOther })).status).toBe(403);
    const nobody = await authorization(market.id, keys.get("ann")!, member);
    expect((await ask(member, { headers: nobody })).status).toBe(403);
  });
});

describe("statements", () => {
  test("and bundles with their proofs are a member's own in a private market, and bounded", async () => {
    const { market, platform, post, signed, ask } = await serve({
      market: { contracts },
      limits: { history: 3 },
    });
    await post("/v1/orders", await signed(ann));
    await post("/v1/orders", await signed(bob));
    await market.clearPeriod(30_000);
    await platform.settled();
    const as = async (id: string, path: string) =>
      ask(path, { headers: await authorization(market.id, keys.get(id)!, path, { participant: id }) });
    const path = "/v1/statements/ann";
    expect((await ask(path)).status).toBe(403);
    expect((await as("bob", path)).status).toBe(403);
    expect(await as("ann", path)).toMatchObject({
      status: 200,
      body: {
        participant: "ann",
        from: 0,
        to: 2,
        balance: "0.3",
        entries: expect.arrayContaining([
          expect.objectContaining({ period: 1, entry: "sold", energy: "-1", price: "0.3", amount: "0.3" }),
        ]),
      },
    });
    const { body } = await as("ann", "/v1/bundles/ann");
    const opened = openBundle(decodeBundle(body), plainHasher);
    expect(readBundle(opened)).toMatchObject({
      participant: "ann",
      sold: 1_000_000n,
      after: 300_000_000_000n,
      accounts: true,
    });
    expect(opened.size).toBe(2);
    expect(body).not.toContain("bob");

    for (let period = 0; period < 2; period += 1) await market.clearPeriod(60_000 + period);
    expect((await as("ann", "/v1/statements/ann?from=0")).status).toBe(413);
    expect((await as("ann", "/v1/statements/ann?from=1&to=9")).status).toBe(400);
    expect((await as("ann", "/v1/statements/ann?from=2&to=2")).status).toBe(400);
    expect((await as("ann", path)).body).toMatchObject({ from: 1, to: 4, balance: "0.3" });
  });
});

describe("readings and contracts", () => {
  test("are taken with the signature of whom they are of", async () => {
    const { market, post } = await serve();
    const newKey = await signatures.generate();
    const contract = {
      kind: "participant" as const,
      version: 1,
      from: 3,
      id: "eve",
      key: hex(newKey.publicKey),
    };
    const { contractStatement } = await import("../../src/ledger/keys/message.js");
    const { encodeCanonical } = await import("../../src/ledger/format/canonical.js");
    const statement = contractStatement(market.id, encodeCanonical(contract));
    const signature = hex(await newKey.sign(statement));
    expect(await post("/v1/contracts", { contract, signature })).toMatchObject({
      status: 200,
      body: { status: "accepted", period: 3 },
    });
    const wrong = hex(await keys.get("ann")!.sign(statement));
    expect(
      (await post("/v1/contracts", { contract: { ...contract, id: "mallory" }, signature: wrong })).status,
    ).toBe(403);
    expect((await post("/v1/contracts", { contract: { kind: "wish" }, signature })).status).toBe(400);
    const reading = { participant: "ann", carrier: "electricity", period: 1, in: "0", out: "1", signature };
    expect(await post("/v1/readings", { ...reading, period: 9 })).toMatchObject({ status: 422 });
    expect(await post("/v1/readings", reading)).toMatchObject({ status: 403 });
  });

  test("make the orders of a member who sends none, who can take one back", async () => {
    const { market, platform, service, ask, post, signed } = await serve();
    const standing = { price: 250_000, quantity: { rule: "fixed", amount: 1_500_000 } } as const;
    const own = { participant: "ann", carrier: "electricity", limit: 5_000_000 } as const;
    const terms = { interruptible: 0, interruptionPrice: 0, import: false } as const;
    const contract = { kind: "use", version: 2, from: 2, ...own, ...terms, standing } as const;
    const signature = hex(await signContract(contract, market.id));
    expect(await post("/v1/contracts", { contract, signature })).toMatchObject({ status: 200 });
    const wild = { ...contract, standing: { ...standing, quantity: { rule: "guess" } } };
    expect(await post("/v1/contracts", { contract: wild, signature })).toMatchObject({ status: 400 });
    const coming = async () => (await ask("/v1/members/ann/standing")).body;
    expect(await coming()).toEqual({ participant: "ann", period: 1, standing: [] });
    await market.clearPeriod(30_000);
    const entry = { carrier: "electricity", contracts: ["use"] };
    const stands = { side: "bid", quantity: "1.5", price: "0.25" };
    expect(await coming()).toEqual({
      participant: "ann",
      period: 2,
      standing: [{ ...entry, order: stands, why: "stands" }],
    });
    // Nobody has sent anything; Bob offers in period 2, and in period 3 Ann takes back what stands.
    expect((await post("/v1/orders", await signed(order("bob", "offer", "1", "0.1")))).status).toBe(200);
    await market.clearPeriod(60_000);
    expect((await post("/v1/orders", await signed(order("ann", "bid", "0", "0")))).status).toBe(200);
    expect((await coming()).standing).toEqual([{ ...entry, order: null, why: "sent" }]);
    // Of a meter that has said nothing yet there is nothing to go by.
    const metered = { price: 250_000, quantity: { rule: "last", most: 2_000_000 } } as const;
    const later = { ...contract, version: 3, from: 4, standing: metered } as const;
    const agreed = hex(await signContract(later, market.id));
    expect(await post("/v1/contracts", { contract: later, signature: agreed })).toMatchObject({
      status: 200,
    });
    await market.clearPeriod(90_000);
    expect((await coming()).standing).toEqual([{ ...entry, order: null, why: "nothing" }]);
    expect((await ask("/v1/members/nobody/standing")).status).toBe(422);
    await platform.settled();
    expect((await ask("/v1/periods/2/trades")).body.trades).toMatchObject([
      { kind: "peer", seller: "bob", buyer: "ann", quantity: "1" },
    ]);
    expect((await ask("/v1/periods/2")).body).toMatchObject({ orders: 2, trades: 1 });
    expect((await ask("/v1/periods/3")).body).toMatchObject({ orders: 1, trades: 0 });
    const events = await eventsOf(service, "/v1/events?after=2.0", 1);
    expect(events.map(({ event, data }) => [event, data.participant, data.quantity])).toContainEqual([
      "order",
      "ann",
      "1.5",
    ]);
    // What was acknowledged is counted, not what a contract made.
    expect((await ask("/metrics")).body).toContain("gridclear_orders_total 2");
    await checkLedger(market.store);
  });
});

describe("operation", () => {
  test("counts, is alive, is ready until the market stops, and limits who asks too often", async () => {
    let nowMs = 1_000;
    const { ask, post, signed } = await serve({
      now: () => nowMs,
      limits: { burst: 6, perSecond: 2 },
    });
    await post("/v1/orders", await signed(ann));
    expect((await ask("/health")).body).toEqual({ status: "alive" });
    expect((await ask("/ready")).status).toBe(200);
    expect((await ask("/nowhere")).status).toBe(404);
    const metrics = (await ask("/metrics")).body as string;
    expect(metrics).toContain("gridclear_orders_total 1");
    expect(metrics).toMatch(/gridclear_request_seconds_count\{route="POST \/v1\/orders",status="200"\} 1/);
    expect((await ask("/v1/market")).status).toBe(200);
    expect((await ask("/v1/market")).status).toBe(200);
    expect((await ask("/v1/market")).status).toBe(200);
    const begunMs = performance.now();
    const refused = await ask("/v1/market");
    expect(refused.status).toBe(429);
    // A refusal takes its time, so that who asks again at once does not keep the service busy.
    expect(performance.now() - begunMs).toBeGreaterThan(900);
    expect(refused.headers.get("retry-after")).toBe("1");
    nowMs += 500;
    expect((await ask("/v1/market")).status).toBe(200);
    expect((await ask("/v1/market")).status).toBe(429);
    // Whoever watches over it is always answered.
    expect((await ask("/health")).status).toBe(200);
  });

  test("counts each refusal once, by its code, whatever refuses", async () => {
    const { ask, post, signed, service } = await serve({
      limits: { burst: 8, perSecond: 1, jsonBytes: 1_000 },
      storeBytes: async () => 4_711,
    });
    const counts = async (): Promise<Record<string, number>> => {
      const text = (await ask("/metrics")).body as string;
      return Object.fromEntries(
        [...text.matchAll(/^gridclear_refused_total\{code="(\w+)"\} (\d+)$/gm)].map((found) => [
          found[1]!,
          Number(found[2]),
        ]),
      );
    };
    expect(await counts()).toEqual({});
    const order = { ...(await signed(ann)), signature: "00".repeat(64) };
    expect((await post("/v1/orders", order)).status).toBe(403);
    expect((await post("/v1/orders", { participant: 1 })).status).toBe(400);
    expect((await post("/v1/orders", "x".repeat(2_000))).status).toBe(413);
    expect((await ask("/nowhere")).status).toBe(404);
    expect((await ask("/v1/periods/99")).status).toBe(422);
    expect(await counts()).toEqual({ signature: 1, invalid: 2, limit: 1, refused: 1 });
    expect((await ask("/metrics")).body).toMatch(/^gridclear_store_bytes 4711$/m);
    expect((await ask("/metrics")).status).toBe(429);
    service.refused("state");
    const fresh = await service.fetch(new Request("http://market.test/metrics"), "::1");
    expect(await fresh.text()).toMatch(
      /refused_total\{code="limit"\} 2\n.*\{code="refused"\} 1\n.*\{code="state"\} 1/,
    );
  });

  test("tells clearing and sealing apart, from the closure of the gate", async () => {
    let nowMs = 1_000;
    let wake = (): void => {};
    const clock = {
      now: () => nowMs,
      setTimer: (callback: () => void) => {
        wake = callback;
        return 0;
      },
      clearTimer: () => {},
    };
    const { market, ask } = await serve({ now: () => nowMs, market: { clock } });
    // One closed by hand, which no gate closed: how long it took to be sealed is all that is known.
    market.on("cleared", () => {
      nowMs += 250;
    });
    await market.clearPeriod();
    market.start();
    nowMs += 30_100;
    wake();
    await expect.poll(() => market.store.size).toBe(3);
    await expect.poll(async () => (await ask("/metrics")).body).toMatch(/gate_lag_seconds 0\.35\n/);
    const text = (await ask("/metrics")).body as string;
    expect(text).toMatch(/gridclear_sealing_seconds_sum 0\.5\n/);
    expect(text).toMatch(/gridclear_sealing_seconds_count 2\n/);
    expect(text).toMatch(/gridclear_clearing_seconds_sum 0\.1\n/);
    expect(text).toMatch(/gridclear_clearing_seconds_count 1\n/);
    expect(text).toMatch(/gridclear_period_seconds_sum 0\.35\n/);
    await market.stop();
  });

  test("says of what a schema refuses field, wanted and got, and of a body its type", async () => {
    const { ask, post, signed, service } = await serve();
    const order = await signed(ann);
    const cases: [object, string, string, string][] = [
      [{ ...order, period: "7" }, "period", "a number", '"7"'],
      [{ ...order, side: "both" }, "side", "offer or bid", '"both"'],
      [{ ...order, revision: -1 }, "revision", "at least 0", "-1"],
      [{ ...order, quantity: 2.5 }, "quantity", "text", "2.5"],
    ];
    for (const [body, field, wanted, got] of cases) {
      const { status, body: said } = await post("/v1/orders", body);
      expect({ status, ...said }).toMatchObject({ status: 400, code: "invalid", field, wanted, got });
      expect(said.title).toBe(`${field}: wanted ${wanted}, got ${got}`);
    }
    expect((await ask("/v1/ledger/checkpoints?count=x")).body).toMatchObject({
      wanted: "a number",
      got: '"x"',
    });
    const body = JSON.stringify(order);
    const untyped = await service.fetch(
      new Request("http://market.test/v1/orders", { method: "POST", body }),
    );
    expect(untyped.status).toBe(415);
    expect(await untyped.json()).toMatchObject({ field: "content-type", wanted: "application/json" });
    expect((await post("/v1/orders", "{")).body).toMatchObject({ status: 400, wanted: "well-formed JSON" });
    for (const path of ["/v1/ledger/block/99", "/v1/ledger/nowhere", "/v1/ledger/snapshots/99"]) {
      const gone = await ask(path);
      expect(gone.headers.get("content-type"), path).toBe("application/problem+json");
      expect(gone.body, path).toMatchObject({ status: 404, code: "invalid" });
    }
  });

  test("its document says how requests are signed, and what each tag is about", async () => {
    const { body } = await (await serve()).ask("/openapi.json");
    const schemes = Object.keys(body.components.securitySchemes);
    const operations = Object.values(
      body.paths as Record<string, Record<string, Record<string, unknown>>>,
    ).flatMap((methods) => Object.values(methods));
    const tags = body.tags as { name: string; description?: string }[];
    expect(tags.every(({ description }) => (description ?? "") !== "")).toBe(true);
    for (const operation of operations) {
      const security = (operation.security ?? body.security) as Record<string, unknown>[];
      expect(security.length, `${operation.operationId}`).toBeGreaterThan(0);
      for (const scheme of security.flatMap(Object.keys)) expect(schemes).toContain(scheme);
      for (const tag of operation.tags as string[]) expect(tags.map(({ name }) => name)).toContain(tag);
    }
  });

  test("describes itself, every route with a schema, and shows it on a page without scripts", async () => {
    const { ask } = await serve();
    const { body } = await ask("/openapi.json");
    expect(body.openapi).toBe("3.1.0");
    expect(Object.keys(body.paths).sort()).toEqual([
      "/v1/bundles/{participant}",
      "/v1/contracts",
      "/v1/events",
      "/v1/ledger/checkpoints",
      "/v1/ledger/snapshots",
      "/v1/ledger/snapshots/{height}",
      "/v1/ledger/{path}",
      "/v1/market",
      "/v1/members/{participant}",
      "/v1/members/{participant}/bill",
      "/v1/members/{participant}/proposals",
      "/v1/members/{participant}/standing",
      "/v1/operator/close",
      "/v1/operator/deposits",
      "/v1/operator/members",
      "/v1/operator/prices",
      "/v1/operator/removals",
      "/v1/orders",
      "/v1/orders/columns",
      "/v1/periods/{period}",
      "/v1/periods/{period}/trades",
      "/v1/readings",
      "/v1/statements/{participant}",
    ]);
    // Held against the schema that OpenAPI 3.1 has of itself.
    const { valid, errors } = await new Validator().validate(structuredClone(body));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    const ids = Object.values(body.paths as Record<string, object>).flatMap((methods) =>
      Object.values(methods).map(({ operationId, summary }) => [operationId, summary]),
    );
    expect(ids.flat().every((text) => typeof text === "string" && text !== "")).toBe(true);
    expect(new Set(ids.map(([id]) => id)).size).toBe(ids.length);
    const page = await ask("/");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(page.body).toContain("POST /v1/orders");
    expect(page.body).not.toContain("<script");
  });

  test("tells what the market is", async () => {
    const { ask, market, platform } = await serve();
    expect((await ask("/v1/market")).body).toMatchObject({
      id: hex(market.id),
      period: 1,
      blocks: 1,
      closesMs: null,
      shared: [],
      head: platform.note,
    });
    expect(fromHex((await ask("/v1/market")).body.id, "id").length).toBe(32);
  });
});
