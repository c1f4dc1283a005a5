// What a contract may say of a standing order, and which the market can keep.
import { describe, expect, it } from "vitest";
import { openEngine } from "../../../src/core/engine.js";
import { maxDayReadings } from "../../../src/market/contracts/kinds/standing.js";
import { parseContract } from "../../../src/market/contracts/kinds.js";
import { openMarket } from "../../../src/market/open.js";

const use = {
  kind: "use",
  version: 1,
  from: 0,
  participant: "ann",
  carrier: "electricity",
  limit: 500,
  interruptible: 0,
  interruptionPrice: 0,
  import: false,
} as const;
const supply = {
  kind: "supply",
  version: 1,
  from: 0,
  participant: "ann",
  carrier: "electricity",
  limit: 500,
  collateral: "0",
} as const;

describe("a standing order from outside", () => {
  it("comes back as it is when it is right", () => {
    for (const quantity of [
      { rule: "fixed", amount: 1 },
      { rule: "fixed", amount: 500 },
      { rule: "last" },
      { rule: "last", most: 500 },
      { rule: "dayBefore", most: 1 },
    ])
      for (const contract of [use, supply]) {
        const given = { ...contract, standing: { price: -2, quantity } };
        expect(parseContract(given)).toEqual(given);
      }
  });

  it("is refused field by field", () => {
    const good = { rule: "fixed", amount: 5 };
    for (const [standing, field] of [
      [null, "standing"],
      [7, "standing"],
      [{ quantity: good }, "standing.price"],
      [{ price: 0.5, quantity: good }, "standing.price"],
      [{ price: 2 ** 31, quantity: good }, "standing.price"],
      [{ price: 1 }, "standing.quantity"],
      [{ price: 1, quantity: good, side: "bid" }, "standing.side"],
      [{ price: 1, quantity: {} }, "standing.quantity.rule"],
      [{ price: 1, quantity: { rule: "monthly" } }, "standing.quantity.rule"],
      [{ price: 1, quantity: { rule: "fixed" } }, "standing.quantity.amount"],
      [{ price: 1, quantity: { rule: "fixed", amount: 0 } }, "standing.quantity.amount"],
      [{ price: 1, quantity: { rule: "fixed", amount: 501 } }, "standing.quantity.amount"],
      [{ price: 1, quantity: { ...good, most: 5 } }, "standing.quantity.most"],
      [{ price: 1, quantity: { rule: "last", amount: 5 } }, "standing.quantity.amount"],
      [{ price: 1, quantity: { rule: "last", most: 0 } }, "standing.quantity.most"],
      [{ price: 1, quantity: { rule: "dayBefore", most: 501 } }, "standing.quantity.most"],
    ] as const)
      for (const contract of [use, supply])
        expect(() => parseContract({ ...contract, standing }), JSON.stringify(standing)).toThrow(
          `contract.${field}: wanted`,
        );
  });

  it("is refused in standard terms", () => {
    const standing = { price: 1, quantity: { rule: "fixed", amount: 5 } };
    for (const { participant: _, ...contract } of [use, supply])
      expect(() => parseContract({ ...contract, standing })).toThrow("contract.standing: wanted none");
  });
});

describe("the day before", async () => {
  const engine = await openEngine();
  const standing = { price: 1, quantity: { rule: "dayBefore" } } as const;
  const opened = (periodMs: number, ids: readonly string[] = ["ann"]) =>
    openMarket({
      engine,
      periodMs,
      startMs: 0,
      participants: ids,
      contracts: ids.map((participant) => ({ ...use, participant, standing })),
    });

  it("needs a day of whole periods, two at least", async () => {
    for (const periodMs of [86_400_000, 50_000_000, 7_000, 172_800_000])
      await expect(opened(periodMs)).rejects.toThrow(
        "use/electricity/ann.standing.quantity.rule: wanted another",
      );
    await opened(43_200_000);
  });

  it("is kept of so many readings and no more; who asks on both sides, or again, counts once", async () => {
    // A quarter of a second: three meters fit.
    const periodMs = 250;
    expect(Math.floor(maxDayReadings / (86_400_000 / periodMs))).toBe(3);
    await expect(opened(periodMs, ["ann", "bob", "cem", "dan"])).rejects.toThrow("at most 3 meters");
    const market = await opened(periodMs, ["ann", "bob", "cem"]);
    const refused: string[] = [];
    market.on("refused", ({ error }) => refused.push(error.field));
    market.propose({ ...use, standing, version: 2, from: 2 });
    market.propose({ ...supply, standing, from: 2 });
    market.propose({ ...supply, carrier: "heat", standing, from: 2 });
    await market.clearPeriod(1);
    expect(refused).toEqual(["supply/heat/ann.standing.quantity.rule"]);
    // Somebody leaves the rule, and there is room.
    market.propose({ kind: "end", version: 1, from: 3, contract: "use/electricity/bob" });
    market.propose({ ...supply, carrier: "heat", standing, from: 3 });
    await market.clearPeriod(1);
    expect(refused.length).toBe(1);
  });
});
