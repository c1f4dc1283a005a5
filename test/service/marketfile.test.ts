// The market file: what may stand in it, what it begins a market with, and how what is wrong is named.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ClearingContract, PaymentContract } from "../../src/market/contracts/contracts.js";
import { parseMarketFile } from "../../src/service/marketfile.js";

const least = { ledger: "ledger", platformKey: "platform.key", creditLimit: null };
const key = "ab".repeat(32);
const parse = (more: object) => parseMarketFile(JSON.stringify({ ...least, ...more }, null, 1));

describe("a market file", () => {
  test("says little, and the rest holds by default", () => {
    expect(parse({})).toMatchObject({
      host: "127.0.0.1",
      port: 8320,
      auditors: [],
      members: null,
      snapshotEvery: 1000,
      log: "info",
      limits: { burst: 200, jsonBytes: 65_536 },
    });
    const contracts = parse({}).contracts(key, 0);
    expect(contracts[0]).toMatchObject({ kind: "market", signed: true, platformKey: key, periodMs: 30_000 });
    expect(contracts.map(({ kind }) => kind).sort()).toEqual(
      [
        "market",
        "payment",
        ...Array(4).fill("clearing"),
        ...Array(4).fill("supply"),
        ...Array(4).fill("use"),
      ].sort(),
    );
  });

  test("counts prices and money in the market's ticks", () => {
    const contracts = parse({
      market: { quantityTick: "0.001", priceTick: "0.0001" },
      creditLimit: "50",
      tariffs: { electricity: { retail: "0.32", feedIn: "0.08" } },
      clearing: {
        electricity: { mechanism: "merit", pricing: "blend", pool: { price: "0.3", purchasePrice: "0.1" } },
      },
    }).contracts(key, 0);
    const payment = contracts.find(({ kind }) => kind === "payment") as PaymentContract;
    // 50 of 10⁻³ × 10⁻⁴ each.
    expect(payment.creditLimit).toBe("500000000");
    expect(payment.tariffs.electricity).toMatchObject({ retail: 3200, feedIn: 800, shortagePrice: 0 });
    const clearing = contracts.find((each) => each.kind === "clearing" && each.carrier === "electricity");
    expect(clearing).toMatchObject({ mechanism: "merit", pricing: "blend" });
    expect((clearing as ClearingContract).pool).toEqual({
      price: 3000,
      purchasePrice: 1000,
      lots: "divisible",
    });
  });

  test("may have components for prices outside the market, by the clocks of a zone", () => {
    const night = {
      ...{ by: "calendar", name: "grid", sort: "grid", on: ["fromGrid"], less: "at-local" },
      parts: [
        { name: "night", hours: ["22:00-06:00"], rate: "0.1" },
        { name: "day", rate: "0.2" },
      ],
    };
    const feedIn = { by: "energy", name: "feed-in", sort: "feedIn", on: ["toGrid"], rate: "0.08" };
    const tariffs = { electricity: { retail: [night], feedIn: [feedIn] } };
    const contracts = parse({ tariffs, zone: "Europe/Vienna" }).contracts(key, 0);
    const payment = contracts.find(({ kind }) => kind === "payment") as PaymentContract;
    expect(payment.tariffs.electricity).toMatchObject({
      retail: [{ ...night, less: 570_000 }],
      feedIn: [feedIn],
      shortagePrice: 0,
    });
    expect(payment.zone).toMatchObject({ name: "Europe/Vienna", untilMs: Date.UTC(2040, 0) });
    // In winter an hour ahead, since 26 October 2025.
    expect(payment.zone!.offsets).toContainEqual([Date.parse("2025-10-26T01:00Z"), 60]);
  });

  test("may name a file of prices beside it", () => {
    const spot = { by: "series", name: "spot", sort: "energy", on: ["fromGrid"], minutes: 60 };
    const series = { ...spot, start: "2026-07-01T00:00Z" };
    const file = JSON.stringify({
      ...{ ledger: "l", platformKey: "k", creditLimit: null },
      tariffs: { electricity: { retail: [{ ...series, rates: "spot.csv" }] } },
    });
    const csv = "start,rate\n2026-07-01T00:00Z,0.25\n2026-07-01T01:00Z,-0.01\n";
    const contracts = parseMarketFile(file, () => csv).contracts(key, 0);
    const payment = contracts.find(({ kind }) => kind === "payment") as PaymentContract;
    expect(payment.tariffs.electricity.retail).toEqual([{ ...series, rates: ["0.25", "-0.01"] }]);
    expect(() => parseMarketFile(file)).toThrow("spot.csv: wanted a file beside the market file");
    expect(() => parseMarketFile(file, () => csv.replace("T01", "T02"))).toThrow("rate 2: wanted one that");
  });

  test("of docs/operations.md that shares a carrier says so under clearing or under contracts, and has meters", () => {
    const page = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");
    const text = /## A market that shares[\s\S]*?```json\n([\s\S]*?)```/.exec(page)![1]!;
    const file = JSON.parse(text) as { contracts: object[]; metering: object };
    const contracts = parseMarketFile(text).contracts(key, 0);
    const share = { kind: "clearing", version: 1, from: 0, carrier: "electricity", mechanism: "share" };
    expect(contracts).toContainEqual(share);
    expect(contracts).toContainEqual(file.contracts[0]);
    const other = { ...file, clearing: undefined, contracts: [share, ...file.contracts] };
    const order = (all: readonly object[]): string[] => all.map((each) => JSON.stringify(each)).sort();
    expect(order(parseMarketFile(JSON.stringify(other)).contracts(key, 0))).toEqual(order(contracts));
    for (const each of [file, other])
      expect(() => parseMarketFile(JSON.stringify({ ...each, metering: null }))).toThrowError(
        expect.objectContaining({ code: "invalid", field: expect.stringContaining("metering") }),
      );
    // What is taken by orders alone is not said of a carrier that takes none.
    expect(() => parse({ clearing: { heat: { mechanism: "share", pricing: "uniform" } } })).toThrowError(
      expect.objectContaining({ field: expect.stringContaining("clearing.heat") }),
    );
  });

  test("is refused by line and field", () => {
    const cases: [object, string][] = [
      [{ port: "8320" }, "port"],
      [{ hots: "x" }, "hots"],
      [{ members: { ann: "ab" } }, 'members."ann"'],
      [{ auditors: ["x"] }, "auditors[0]"],
      [{ limits: { burst: 0 } }, "limits.burst"],
      [{ limits: { bursts: 1 } }, "limits.bursts"],
      [{ limits: { headerBytes: 1_000 } }, "limits.headerBytes"],
      [{ limits: { headersMs: 20_000 } }, "limits.headersMs"],
      [{ limits: { requestMs: 50 } }, "limits.requestMs"],
      [{ limits: { answerMs: 3_600_001 } }, "limits.answerMs"],
      [{ limits: { keptSeconds: 0 } }, "limits.keptSeconds"],
      [{ tariffs: { electricity: { retail: 0.32 } } }, "tariffs.electricity.retail"],
      [{ tariffs: { steam: {} } }, "tariffs.steam"],
      [{ tariffs: { gas: { retail: [] } } }, "tariffs.gas.retail"],
      [{ tariffs: { gas: { feedIn: [{ by: "month" }] } } }, "tariffs.gas.feedIn[0]"],
      [{ zone: "Europe/Atlantis" }, "zone"],
      [{ clearing: { heat: { mechanism: "best" } } }, "clearing.heat.mechanism"],
      [{ creditLimit: "much" }, "creditLimit"],
      [{ market: { periodMs: 1 } }, "market.periodMs"],
      [{ metering: { window: 0, corrections: 0, missing: "zero" } }, "metering.window"],
    ];
    for (const [more, field] of cases)
      expect(() => parse(more), field).toThrowError(
        expect.objectContaining({ code: "invalid", field: expect.stringContaining(field) }),
      );
    expect(() => parseMarketFile("{")).toThrowError(expect.objectContaining({ code: "invalid" }));
    const own = parse({ contracts: [{ kind: "participant", id: "ann" }] });
    expect(() => own.contracts(key, 0)).toThrowError(expect.objectContaining({ field: "contracts[0].kind" }));
    expect(() => parse({ tariffs: { gas: { retail: "0.0000001" } } })).toThrowError(
      expect.objectContaining({
        field: expect.stringContaining("tariffs.gas.retail"),
        wanted: expect.stringContaining("0.000001"),
      }),
    );
  });
});
