// What a member's own signature is not enough for, and what a member is told of what it sent before.
import { describe, expect, test } from "vitest";
import { hex } from "../../src/bytes.js";
import { encodeCanonical } from "../../src/ledger/format/canonical.js";
import { encodeRecords } from "../../src/ledger/format/layout.js";
import { readingCorrection, readingLayout } from "../../src/ledger/format/records.js";
import type { SigningKey } from "../../src/ledger/keys/backend.js";
import { contractStatement, readingStatement } from "../../src/ledger/keys/message.js";
import { memoryMedium } from "../../src/ledger/store/memory.js";
import { type Served, type ServeOptions, serve } from "../support/service.js";
import { keys, signatures, signContract } from "../support/signedmarket.js";

const eve = await signatures.generate();

type Fields = { readonly [field: string]: unknown };

/** A service, and what is proposed to it under a member's signature. */
async function opened(options: ServeOptions = {}) {
  const served = await serve(options);
  const propose = async (given: Fields, key: SigningKey = eve) => {
    const contract = { version: 1, from: served.market.period + 1, ...given };
    const signature = hex(await key.sign(contractStatement(served.market.id, encodeCanonical(contract))));
    return served.post("/v1/contracts", { contract, signature });
  };
  const join = (more: Fields = {}) =>
    propose({ kind: "participant", id: "eve", key: hex(eve.publicKey), ...more });
  return { ...served, propose, join };
}

/** Pays money in, in amount ticks; the period closes. */
async function pay({ market, platform }: Served, participant: string, amount: string): Promise<void> {
  const from = market.period + 1;
  const deposit = { kind: "deposit", version: 1, from, participant, amount, number: 0 } as const;
  await platform.propose(deposit, await signContract(deposit, market.id));
  await market.clearPeriod(from * 30_000);
}

describe("a member's contract", () => {
  const wishes: readonly (readonly [string, unknown])[] = [
    ["creditLimit", null],
    ["creditLimit", "0"],
    ["creditLimit", "5000000000000"],
    ["areas", { electricity: "hill" }],
    ["tariffs", { electricity: "night" }],
  ];

  test.each(wishes)("grants nobody %s: %j, as it joins or later", async (field, wish) => {
    const { market, join, propose } = await opened();
    const refused = { status: 422, body: { code: "refused", field: `contract.${field}` } };
    expect(await join({ [field]: wish })).toMatchObject(refused);
    expect((await join()).status).toBe(200);
    await market.clearPeriod(30_000);
    const amendment = { kind: "participant", id: "eve", key: hex(eve.publicKey), version: 2 };
    expect(await propose({ ...amendment, [field]: wish })).toMatchObject(refused);
    expect(await propose(amendment)).toMatchObject({ status: 200 });
    await market.clearPeriod(60_000);
    expect(market.state.contract("participant/eve")).not.toHaveProperty(field);
  });

  test("says what the operator grants, and nothing else; what is in force may stay", async () => {
    const granted = { key: hex(eve.publicKey), creditLimit: "12.5" };
    const medium = memoryMedium();
    const { market, join } = await opened({ medium, members: new Map([["eve", granted]]) });
    const ticks = `${125n * 10n ** 11n}`;
    expect((await join()).status).toBe(422);
    expect((await join({ creditLimit: `${ticks}0` })).status).toBe(422);
    expect((await join({ creditLimit: ticks })).status).toBe(200);
    await market.clearPeriod(30_000);
    expect(market.state.contract("participant/eve")).toMatchObject({ creditLimit: ticks });
    // The operator grants something else from now on: what was agreed goes on until it is amended.
    await market.store.close();
    const later = await opened({
      medium,
      members: new Map([["eve", { key: hex(eve.publicKey), creditLimit: null }]]),
    });
    expect((await later.join({ version: 2, creditLimit: "1" })).status).toBe(422);
    expect((await later.join({ version: 2, creditLimit: ticks })).status).toBe(200);
    expect((await later.join({ version: 3, creditLimit: null })).status).toBe(200);
  });
});

describe("contracts that wait", () => {
  const ann = keys.get("ann")!;

  test("are a thousand of one key at most, and hold within a hundred thousand periods", async () => {
    const medium = memoryMedium();
    const served = await opened({ medium, limits: { perSecond: 2_000, burst: 2_000 } });
    await pay(served, "ann", "1");
    const furthest = served.market.period + 100_000;
    const wait = ({ propose }: typeof served, number: number, from = furthest) =>
      propose({ kind: "withdrawal", participant: "ann", amount: "1", number, from }, ann);
    expect(await wait(served, 0, furthest + 1)).toMatchObject({
      status: 413,
      body: { code: "limit", field: "contract.from" },
    });
    const all = await Promise.all(Array.from({ length: 1_000 }, (_, at) => wait(served, at)));
    expect(all.filter(({ status }) => status !== 200)).toEqual([]);
    const full = { status: 413, body: { code: "limit", field: "contract" } };
    expect(await wait(served, 1_000)).toMatchObject(full);
    // Others have their own thousand, and after a restart all of them still wait.
    expect((await served.join()).status).toBe(200);
    await served.market.store.close();
    const again = await opened({ medium });
    expect(await wait(again, 1_000)).toMatchObject(full);
    await again.market.clearPeriod(90_000);
    expect(again.market.state.contract("participant/eve")).not.toBeNull();
  });
});

describe("a withdrawal", () => {
  test("of more than there is is refused at once, to whoever signed it", async () => {
    const served = await opened();
    await pay(served, "ann", "2000000000000");
    const { propose } = served;
    const ask = (amount: string, key: SigningKey) =>
      propose({ kind: "withdrawal", participant: "ann", amount, number: 0 }, key);
    expect(await ask("2000000000001", keys.get("ann")!)).toMatchObject({
      status: 422,
      body: { field: "contract.amount", wanted: "at most the balance, 2 EUR", got: '"2.000000000001 EUR"' },
    });
    // Nobody else learns what there is.
    expect(await ask("2000000000001", eve)).toMatchObject({ status: 403 });
    expect(await ask("2000000000000", keys.get("ann")!)).toMatchObject({ status: 200 });
  });
});

describe("a reading", () => {
  const period = 1;
  const reading = { participant: "ann", carrier: "electricity", period, in: "0", out: "1" } as const;
  /** Signed as a first reading, or as a correction. */
  async function sign({ market }: Served, version: number, flags: number): Promise<string> {
    const record = encodeRecords(readingLayout, [
      {
        participant: market.participantNumber("ann")!,
        carrier: "electricity",
        flags,
        version,
        age: market.period - period,
        in: 0,
        out: 1_000_000,
        amount: 0n,
      },
    ]);
    return hex(await keys.get("ann")!.sign(readingStatement(market.id, market.period, record)));
  }

  test("that was taken is not called badly signed when it comes again", async () => {
    const medium = memoryMedium();
    const first = await opened({ medium });
    await first.market.clearPeriod(30_000);
    const signature = await sign(first, 1, 0);
    const sent = { ...reading, signature };
    expect((await first.post("/v1/readings", sent)).status).toBe(200);
    expect((await first.post("/v1/readings", sent)).status).toBe(200);
    expect((await first.post("/v1/readings", { ...sent, version: 1 })).status).toBe(409);
    await first.market.store.close();
    const again = await opened({ medium });
    expect(await again.post("/v1/readings", sent)).toMatchObject({ status: 409, body: { code: "conflict" } });
    const forged = { ...sent, signature: `00${signature.slice(2)}` };
    expect(await again.post("/v1/readings", forged)).toMatchObject({ status: 403 });
    const correction = { ...reading, version: 2, signature: await sign(again, 2, readingCorrection) };
    expect(await again.post("/v1/readings", correction)).toMatchObject({ status: 200 });
  });
});
