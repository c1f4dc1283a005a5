// A member's bill over the service: the same that follows from its bundle, for whom it concerns, and bounded.
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { type Bill, bill } from "../../src/bill/bill.js";
import { hex } from "../../src/bytes.js";
import { MarketClient } from "../../src/client/index.js";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { decodeBundle, openBundle } from "../../src/ledger/proof/bundle.js";
import { plainHasher } from "../../src/ledger/tree/plain.js";
import { keepSnapshotAt } from "../../src/market/snapshots.js";
import { writeBundle } from "../../src/report/bundle/write.js";
import type { ServiceOptions } from "../../src/service/service.js";
import type { ServiceLimits } from "../../src/service/settings.js";
import { tariffContract } from "../bill/market.js";
import { authorization, serve } from "../support/service.js";
import { keys, signatures, signedContracts } from "../support/signedmarket.js";

const components = [
  { by: "energy", name: "grid", sort: "grid", on: ["fromGrid", "bought"], rate: "0.07" },
  { by: "month", name: "meter", sort: "grid", rate: "310" },
] as const;
const contracts = [
  ...signedContracts().flatMap((contract) => {
    if (contract.kind === "market") return { ...contract, privacy: "private" as const };
    const billed = contract.kind === "participant" && contract.id === "bob";
    return billed
      ? [tariffContract(components), { ...contract, tariffs: { electricity: "house" } }]
      : contract;
  }),
];
// Vienna's July begins two hours before that of UTC; periods of ten minutes around both.
const startMs = Date.UTC(2026, 5, 30, 21, 30);
const times = Array.from({ length: 19 }, (_, at) => startMs + at * 600_000);

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

/** What stands for the program that checks a page. */
const billCheck = { script: "check()", scriptHash: createHash("sha256").update("check()").digest("base64") };

async function served(limits: Partial<ServiceLimits> = {}, more: Pick<ServiceOptions, "billCheck"> = {}) {
  const auditor = await signatures.generate();
  const found = await serve({ market: { contracts }, auditors: [hex(auditor.publicKey)], limits, ...more });
  const { market, post, signed, ask, platform } = found;
  for (const [index, time] of times.entries()) {
    const quantity = `${1 + index / 8}`;
    const offer = { participant: "ann", side: "offer", quantity, price: "0.1" } as const;
    const bid = { participant: "bob", side: "bid", quantity, price: "0.3" } as const;
    for (const each of [offer, bid]) {
      const said = await post("/v1/orders", await signed({ carrier: "electricity", ...each } as never));
      expect(said.status, JSON.stringify(said.body)).toBeLessThan(300);
    }
    await market.clearPeriod(time);
  }
  await platform.settled();
  const as = async (id: string, path: string) =>
    ask(path, { headers: await authorization(market.id, keys.get(id)!, path, { participant: id }) });
  const byAuditor = async (path: string) =>
    ask(path, { headers: await authorization(market.id, auditor, path) });
  return { ...found, as, byAuditor };
}

const path = (id: string, month: string): string => `/v1/members/${id}/bill?month=${month}`;

describe("a bill over the service", () => {
  test.each([
    ["bob", "2026-06"],
    ["bob", "2026-07"],
    ["ann", "2026-06"],
    ["ann", "2026-07"],
  ])("of %s for %s is what its bundle comes to, from genesis and from a snapshot on", async (id, month) => {
    const { market, as, byAuditor } = await served();
    let text = "";
    for await (const lines of writeBundle(market.store.blocks(), id, { engine, hasher: plainHasher }))
      text += lines;
    const wanted: Bill = bill(openBundle(decodeBundle(text), plainHasher), { month });
    expect(wanted.lines.length).toBeGreaterThan(0);
    expect(wanted.zone).toBe(id === "bob" ? "Europe/Vienna" : "UTC");
    expect(await as(id, path(id, month))).toMatchObject({ status: 200, body: wanted });
    expect((await as(id, path(id, month))).body).toEqual(wanted);
    expect((await byAuditor(path(id, month))).body).toEqual(wanted);
    for (const height of [2, 4, 9, 10]) {
      await keepSnapshotAt(market.store, height, engine, () => {});
      expect((await as(id, path(id, month))).body, `${height}`).toEqual(wanted);
    }
  });

  test("is nobody else's, and refused in words", async () => {
    const { ask, as } = await served();
    expect((await ask(path("bob", "2026-06"))).status).toBe(403);
    expect((await as("ann", path("bob", "2026-06"))).status).toBe(403);
    for (const [month, status, wanted] of [
      ["2026-1", 400, "a year and a month"],
      ["", 400, "a year and a month"],
      ["2026-08", 400, "a month of which the ledger has a period"],
      ["2024-12", 400, "a month of which the ledger has a period"],
      ["2027-07", 400, "a month of which the ledger has a period"],
    ] as const) {
      const said = await as("bob", path("bob", month));
      expect(said, month).toMatchObject({ status, body: { field: expect.stringMatching(/^month/) } });
      expect(said.body.wanted).toContain(wanted);
    }
    expect((await as("bob", "/v1/members/bob/bill")).status).toBe(400);
    const small = await served({ month: 3 });
    expect(await small.as("bob", path("bob", "2026-07"))).toMatchObject({
      status: 413,
      body: { code: "limit", field: "month", wanted: "one of at most 3 periods" },
    });
  });

  test("is asked for by the client of its member", async () => {
    const { service, as } = await served();
    const client = await MarketClient.open({
      ...{ url: "http://market.test/", hasher: plainHasher, signatures, now: () => 1_000 },
      ...{ participant: "bob", key: keys.get("bob")! },
      fetch: ((input: string, init: RequestInit) => service.fetch(new Request(input, init))) as typeof fetch,
    });
    expect(await client.bill("2026-07")).toEqual((await as("bob", path("bob", "2026-07"))).body);
    await expect(client.bill("2026-09")).rejects.toMatchObject({ code: "invalid", field: "month" });
  });

  test("as a page has the proofs that it follows from, for its member, its auditor and its client", async () => {
    const { as, ask, byAuditor, service } = await served({}, { billCheck });
    const client = await MarketClient.open({
      ...{ url: "http://market.test/", hasher: plainHasher, signatures, now: () => 1_000 },
      ...{ participant: "bob", key: keys.get("bob")! },
      fetch: ((input: string, init: RequestInit) => service.fetch(new Request(input, init))) as typeof fetch,
    });
    for (const month of ["2026-06", "2026-07"]) {
      const asked = `${path("bob", month)}&format=html`;
      const { status, headers, body } = await as("bob", asked);
      expect(status).toBe(200);
      expect(headers.get("content-type")).toMatch(/^text\/html/);
      const policy = headers.get("content-security-policy");
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain(`script-src 'sha256-${billCheck.scriptHash}'`);
      const page = String(body);
      const held = JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)![1]!);
      const { body: document } = await as("bob", path("bob", month));
      expect(held.bill).toEqual(document);
      expect(bill(openBundle(decodeBundle(held.bundle), plainHasher), { month })).toEqual(document);
      expect(page).toContain("<script>check()</script>");
      expect(await client.billPage(month)).toBe(page);
      expect((await byAuditor(asked)).body).toBe(page);
      expect((await ask(asked)).status).toBe(403);
      expect((await as("ann", asked)).status).toBe(403);
    }
    // What is no such page may do what all else may.
    const { headers } = await as("bob", path("bob", "2026-07"));
    expect(headers.get("content-security-policy")).not.toContain("script-src");
    expect((await as("bob", `${path("bob", "2026-07")}&format=pdf`)).status).toBe(400);
  });

  test("has no page where the service was given no program that checks it", async () => {
    const { as } = await served();
    expect(await as("bob", `${path("bob", "2026-07")}&format=html`)).toMatchObject({
      status: 501,
      body: { code: "unsupported", field: "query.format" },
    });
  });
});
