// A bill where the carrier is shared, added up by hand: what is shared is paid to members, the rest is the supplier's.
import { beforeAll, expect, it } from "vitest";
import { bill } from "../../src/bill/bill.js";
import { billJson } from "../../src/bill/document.js";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { decodeCanonical } from "../../src/ledger/format/canonical.js";
import { decodeBundle, openBundle } from "../../src/ledger/proof/bundle.js";
import { plainHasher } from "../../src/ledger/tree/plain.js";
import type { Contract } from "../../src/market/contracts/contracts.js";
import { contractKey } from "../../src/market/contracts/kinds.js";
import { openMarket } from "../../src/market/open.js";
import { readBundle } from "../../src/report/bundle/read.js";
import { writeBundle } from "../../src/report/bundle/write.js";
import { tariffContract } from "./market.js";

const hourMs = 3_600_000;
const noon = Date.UTC(2026, 3, 10, 8);
const from = { version: 1, from: 0 };

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

/** Ann draws 2 and 4 kWh, bob injects 3 and 1: 2 and 1 are shared, at 0.10. */
async function street({ startMs = noon, corrects = false } = {}) {
  const market = await openMarket({
    engine,
    currency: "EUR",
    startMs,
    periodMs: hourMs,
    metering: { window: 1, corrections: 2, missing: "zero" },
    clearing: { electricity: { mechanism: "share" } },
    contracts: [
      tariffContract([
        { by: "energy", name: "energy", sort: "energy", on: ["fromGrid"], rate: "0.25" },
        { by: "energy", name: "grid", sort: "grid", on: ["fromGrid"], rate: "0.07" },
        { by: "energy", name: "grid, near", sort: "grid", on: ["received"], rate: "0.07", less: 570_000 },
        { by: "energy", name: "feed-in", sort: "feedIn", on: ["toGrid"], rate: "0.06" },
      ]),
      ...["ann", "bob"].map((id) => ({
        ...{ kind: "participant" as const, ...from, id, creditLimit: null },
        tariffs: { electricity: "house" },
      })),
      {
        ...{ kind: "community" as const, ...from, community: "street", carrier: "electricity" as const },
        ...{ price: 100_000, key: {} },
      },
      ...["ann", "bob"].map((id) => ({
        ...{ kind: "member" as const, ...from, community: "street", participant: id, factor: 1_000_000 },
      })),
    ],
  });
  const meters: readonly (readonly [ann: string, bob: string])[] = [
    ["2", "3"],
    ["4", "1"],
  ];
  for (const [index, [ann, bob]] of meters.entries()) {
    const { period } = await market.clearPeriod(startMs + (index + 1) * hourMs);
    const reading = { carrier: "electricity", period } as const;
    market.report({ ...reading, participant: "ann", in: ann, out: "0" });
    market.report({ ...reading, participant: "bob", in: "0", out: bob });
  }
  await market.clearPeriod(startMs + 3 * hourMs);
  // Ann drew nothing in the second hour after all: what was shared then goes back.
  if (corrects)
    market.report({
      ...{ carrier: "electricity", period: 2, participant: "ann", version: 2 },
      ...{ in: "0", out: "0" },
    });
  await market.clearPeriod(startMs + 4 * hourMs);
  return market;
}

async function opened(participant: string, from = 0, of: Parameters<typeof street>[0] = {}) {
  const { store } = await street(of);
  let text = "";
  for await (const lines of writeBundle(store.blocks(), participant, { engine, hasher: plainHasher, from }))
    text += lines;
  return openBundle(decodeBundle(text), plainHasher);
}

async function billOf(participant: string, month = "2026-04", of: Parameters<typeof street>[0] = {}) {
  const { lines, total, without } = JSON.parse(billJson(bill(await opened(participant, 0, of), { month })));
  return {
    lines: lines.map((line: Record<string, string>) =>
      [line.group, line.label, line.quantity, line.price, line.amount].join(" | "),
    ),
    total,
    without: without.total,
  };
}

it("says what was received, what the supplier delivered beside it, and both totals", async () => {
  expect(await billOf("ann")).toEqual({
    lines: [
      "community | received by sharing | 3 | 0.1 | 0.3",
      "tariff | energy | 3 | 0.25 | 0.75",
      "tariff | grid | 3 | 0.07 | 0.21",
      // 3 · 0.07 · 0.43 = 0.0903
      "tariff | grid, near | 3 | 0.07 less 57 % | 0.09",
    ],
    total: "1.35",
    // 6 · 0.32
    without: "1.92",
  });
});

it("says what was supplied, and what went to the grid beside it", async () => {
  expect(await billOf("bob")).toEqual({
    lines: ["community | supplied by sharing | 3 | 0.1 | -0.3", "tariff | feed-in | 1 | 0.06 | -0.06"],
    total: "-0.36",
    without: "-0.24",
  });
});

it("takes what a correction takes back out of the line in which it stood", async () => {
  expect((await billOf("ann", "2026-04", { corrects: true })).lines).toEqual([
    "community | received by sharing | 2 | 0.1 | 0.2",
    // Nothing is left of the second hour.
    "tariff | grid, near | 2 | 0.07 less 57 % | 0.06",
  ]);
  expect((await billOf("bob", "2026-04", { corrects: true })).lines).toEqual([
    "community | supplied by sharing | 2 | 0.1 | -0.2",
    "tariff | feed-in | 2 | 0.06 | -0.12",
  ]);
});

it("has what a correction takes back of a month that was closed in the next", async () => {
  // The hours are the last two of Vienna's April.
  const of = { startMs: Date.UTC(2026, 3, 30, 20), corrects: true };
  expect(await billOf("ann", "2026-05", of)).toMatchObject({
    lines: ["earlier | received by sharing | -1 | 0.1 | -0.1"],
    total: "-0.1",
  });
  expect(await billOf("bob", "2026-05", of)).toMatchObject({
    lines: ["earlier | supplied by sharing | -1 | 0.1 | 0.1"],
    total: "0.1",
  });
  expect((await billOf("ann", "2026-04", of)).lines).toContain(
    "community | received by sharing | 3 | 0.1 | 0.3",
  );
});

it("has beside a late beginning the contracts by which the member shares, and nobody else's", async () => {
  const bundle = await opened("ann", 2);
  const rules = bundle.blocks[0]!.records.filter(({ section }) => section === "rules")
    .map(({ bytes }) => decodeCanonical(bytes) as unknown as Contract)
    .map(contractKey);
  expect(rules).toEqual(expect.arrayContaining(["community/street", "member/street/ann", "tariff/house"]));
  expect(rules.filter((key) => key.includes("bob"))).toEqual([]);
  expect(readBundle(bundle).accounts).toBe(true);
});
