import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Accounts } from "../../../src/market/books/accounts.js";
import { fee, product, scaleDown, scaleUp } from "../../../src/market/books/amounts.js";
import { Journal } from "../../../src/market/books/journal.js";
import type { Contract } from "../../../src/market/contracts/contracts.js";
import { applyContract, checkContract, parseContract } from "../../../src/market/contracts/kinds.js";
import { openingContracts } from "../../../src/market/contracts/opening.js";
import { MarketState } from "../../../src/market/period/state.js";
import { randomContracts } from "../../support/scenario.js";
import { ownTerms } from "../../support/terms.js";

const quantity = fc.oneof(fc.nat(0xffff_ffff), fc.constantFrom(0, 1, 0xffff_ffff));
const price = fc.oneof(
  fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
  fc.constantFrom(-0x8000_0000, -1, 0, 1, 0x7fff_ffff),
);
const rate = fc.oneof(fc.nat(1_000_000), fc.constantFrom(0, 1, 999_999, 1_000_000));

describe("amounts", () => {
  it("are exact at every size, numbers or not", () => {
    fc.assert(
      fc.property(quantity, price, rate, (q, p, r) => {
        const exact = BigInt(q) * BigInt(p);
        const amount = product(q, p);
        expect(BigInt(amount)).toBe(exact);
        expect(Object.is(amount, -0)).toBe(false);
        expect(BigInt(fee(amount, r))).toBe(((exact < 0n ? -exact : exact) * BigInt(r)) / 1_000_000n);
      }),
      { numRuns: 2000 },
    );
  });

  it("scale with the rounding that is named", () => {
    const ratio = fc.integer({ min: 1, max: 100_000_000 });
    fc.assert(
      fc.property(quantity, ratio, ratio, (q, numerator, denominator) => {
        const [a, b, c] = [BigInt(q), BigInt(numerator), BigInt(denominator)];
        fc.pre((a * b) / c < 2n ** 53n - 1n);
        expect(BigInt(scaleDown(q, numerator, denominator))).toBe((a * b) / c);
        expect(BigInt(scaleUp(q, numerator, denominator))).toBe((a * b + c - 1n) / c);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("accounts", () => {
  it("sum to zero and lose nothing beyond 2⁵³", () => {
    const amount = fc.oneof(
      fc.nat(2 ** 31 - 1).map(BigInt),
      fc.bigInt({ min: 2n ** 52n, max: 2n ** 53n - 1n }),
      fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
    );
    const account = fc.constantFrom(0, 1, 16, 17, 18, 0x8000_0000, 0x8000_0002);
    fc.assert(
      fc.property(fc.array(fc.tuple(account, account, amount), { maxLength: 60 }), (moves) => {
        const accounts = new Accounts();
        for (let number = 0; number < 3; number += 1) accounts.add();
        const wanted = new Map<number, bigint>();
        for (const [from, to, value] of moves) {
          accounts.move(from, to, value < 2n ** 53n ? Number(value) : value);
          wanted.set(from, (wanted.get(from) ?? 0n) - value);
          wanted.set(to, (wanted.get(to) ?? 0n) + value);
        }
        for (const [number, balance] of wanted) expect(accounts.balance(number)).toBe(balance);
      }),
      { numRuns: 500 },
    );
  });
});

describe("contracts from outside", () => {
  const all = () => openingContracts({}, randomContracts(5, { participants: 4, periods: 4 }));

  it("come back as they are when they are right", () => {
    for (const contract of all())
      expect(parseContract(JSON.parse(JSON.stringify(contract)))).toEqual(contract);
  });

  it("are refused for an unknown field, a missing one, a wrong type, or a number that is none", () => {
    const kinds = new Map(all().map((contract) => [contract.kind, contract]));
    expect(kinds.size).toBeGreaterThanOrEqual(9);
    for (const contract of kinds.values()) {
      expect(() => parseContract({ ...contract, extra: 1 })).toThrow("contract.extra: wanted a key out of");
      expect(() =>
        parseContract(JSON.parse(`{"__proto__":{},${JSON.stringify(contract).slice(1)}`)),
      ).toThrow();
      for (const name of Object.keys(contract)) {
        const wrong = (value: unknown) => () => parseContract({ ...contract, [name]: value });
        for (const value of [
          null,
          undefined,
          Number.NaN,
          -0,
          1.5,
          -1,
          2 ** 53,
          {},
          [[]],
          "",
          "x".repeat(65),
          10n,
        ])
          if (!optional(contract.kind, name, value))
            expect(wrong(value), `${contract.kind}.${name} = ${String(value)}`).toThrow(name);
      }
    }
    for (const nothing of [null, undefined, 1, "market", [], { kind: "__proto__" }, { kind: "toString" }])
      expect(() => parseContract(nothing)).toThrow("wanted");
  });

  const optionalFields = [
    "platformKey",
    "areas",
    "creditLimit",
    "owner",
    "stays",
    "poolLimit",
    "parent",
    "fee",
    "exportLimit",
    "importLimit",
    "loss",
    "limits",
    "linked",
  ];

  /** Values that these fields may have after all. */
  function optional(kind: string, name: string, value: unknown): boolean {
    // Left out, the participant of supply and use makes standard terms.
    if (value === undefined && name === "participant") return kind === "supply" || kind === "use";
    if (value === undefined && name === "pool") return kind === "supply";
    if (value === undefined && kind !== "area" && kind !== "limit" && name === "area") return true;
    if (value === undefined) return optionalFields.includes(name);
    if (value === null)
      return ["pool", "metering", "creditLimit", "exportLimit", "importLimit"].includes(name);
    if (name === "limits") return Array.isArray(value) && value.length === 0;
    if (name === "areas" && typeof value === "object") return !Array.isArray(value);
    if (value === -1) return name === "chargePrice" || name === "poolLimit";
    if (name === "pool" && kind === "supply" && typeof value === "object") return !Array.isArray(value);
    return false;
  }

  it("are refused when their parts contradict each other", () => {
    const of = (kind: string) =>
      all().find((contract) => contract.kind === kind) as never as Record<string, unknown>;
    const clearing = of("clearing");
    const bad: readonly [Record<string, unknown>, string][] = [
      [
        { ...of("supply"), participant: undefined, collateral: "1" },
        "collateral: wanted 0 in standard terms",
      ],
      [{ ...of("market"), order: ["gas", "gas", "heat", "cold"] }, "each carrier once"],
      [{ ...clearing, mechanism: "value", pricing: "uniform" }, "pricing"],
      [{ ...clearing, mechanism: "merit", pricing: "counterparty" }, "pricing"],
      [{ ...clearing, pool: { price: 1, purchasePrice: 2, lots: "whole" } }, "purchasePrice"],
      [{ ...of("converter"), output: "gas", input: "gas" }, "output"],
      [{ ...of("storage"), capacity: 5, charge: 6, stays: [] }, "charge"],
      [
        {
          ...of("storage"),
          capacity: 5,
          charge: 1,
          stays: [{ plugIn: 3, plugOut: 3, required: 1, used: 0 }],
        },
        "plugOut",
      ],
      [
        {
          ...of("storage"),
          capacity: 5,
          charge: 1,
          stays: [
            { plugIn: 3, plugOut: 6, required: 1, used: 0 },
            { plugIn: 5, plugOut: 7, required: 1, used: 0 },
          ],
        },
        "plugIn",
      ],
    ];
    for (const [contract, field] of bad) expect(() => parseContract(contract)).toThrow(field);
    const payment = structuredClone(of("payment")) as {
      tariffs: { gas: { commission: { share: number }[] } };
    };
    payment.tariffs.gas.commission[0]!.share -= 1;
    expect(() => parseContract(payment)).toThrow("tariffs.gas.commission");
  });

  it("enter only in their order, their version and their period", () => {
    const state = new MarketState();
    const { terms } = state;
    const check = (contract: unknown, period: number) => checkContract(contract as Contract, state, period);
    const [market, payment, ...rest] = openingContracts({ participants: ["ann"] }, ownTerms("ann", 0));
    expect(() => check(payment!, 0)).toThrow("the market contract first");
    const enter = (contract: typeof market) => {
      applyContract(
        check(contract!, contract!.from),
        contract!,
        state,
        new Journal(state.accounts, contract!.from),
      );
    };
    enter(market);
    expect(() => check(market!, 0)).toThrow();
    expect(() => check(payment!, 1)).toThrow("period 1");
    expect(() => check({ ...payment!, version: 2 } as never, 0)).toThrow("version");
    for (const contract of [payment, ...rest]) enter(contract);
    const end = { kind: "end", version: 1, from: 1, contract: "participant/ann" } as const;
    expect(() => check(end, 1)).toThrow("end supply/electricity/ann first");
    for (const key of [...terms.inForce.keys()].filter(
      (each) => each.endsWith("/ann") && !each.startsWith("part"),
    ))
      enter({ ...end, contract: key });
    enter(end);
    expect(terms.participants[0]?.contract).toBeNull();
    expect(() =>
      check({ kind: "deposit", version: 1, from: 1, participant: "ann", amount: "1", number: 1 }, 1),
    ).toThrow("under contract");
    enter({ kind: "participant", version: 2, from: 2, id: "ann" });
    expect(terms.participants).toHaveLength(1);
  });
});
