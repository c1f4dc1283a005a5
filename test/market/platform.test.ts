// The operator of a signed market from end to end: bidders sign, receipts are given, the process dies at every moment
// it can, and not one receipt is broken; a light client and a witness follow it as it runs.

import { describe, expect, test } from "vitest";
import { hex } from "../../src/bytes.js";
import { encodeCanonical } from "../../src/ledger/format/canonical.js";
import { marketId } from "../../src/ledger/format/header.js";
import { encodeRecords } from "../../src/ledger/format/layout.js";
import { orderLayout } from "../../src/ledger/format/records.js";
import { recordsRoot } from "../../src/ledger/format/sections.js";
import type { SigningKey } from "../../src/ledger/keys/backend.js";
import { KeyDirectory } from "../../src/ledger/keys/directory.js";
import { batchStatement, contractStatement, orderStatement } from "../../src/ledger/keys/message.js";
import { recordOf } from "../../src/ledger/proof/proof.js";
import type { Receipt } from "../../src/ledger/proof/receipt.js";
import { LightClient } from "../../src/ledger/service/client.js";
import { Witness } from "../../src/ledger/service/witness.js";
import { type MemoryMedium, memoryMedium, openMemoryStore } from "../../src/ledger/store/memory.js";
import type { Store } from "../../src/ledger/store/store.js";
import { plainHasher } from "../../src/ledger/tree/plain.js";
import type { Contract } from "../../src/market/contracts/contracts.js";
import { openingContracts } from "../../src/market/contracts/opening.js";
import { batchRecords } from "../../src/market/intake/columns.js";
import type { BatchProof, Order, OrderBatch, Refused } from "../../src/market/intake/request.js";
import type { LoggedMarket } from "../../src/market/logged.js";
import { openMarket } from "../../src/market/open.js";
import { Platform } from "../../src/market/platform.js";
import { carriers } from "../../src/units.js";
import {
  engine,
  gateway,
  hasher,
  keyOf,
  platform as platformKey,
  replayer,
  signatures,
} from "../support/community.js";
import {
  openLogged,
  openSigned,
  order,
  platform as signedPlatform,
  signOrder,
} from "../support/signedmarket.js";
import { ownTerms, participant } from "../support/terms.js";

const members: SigningKey[] = await Promise.all([0, 1, 2, 3].map(keyOf));
const names = ["ann", "ben", "cem", "dua"];
const contracts: Contract[] = openingContracts({}, [
  {
    kind: "market",
    version: 1,
    from: 50,
    id: "live",
    currency: "EUR",
    quantityTick: "0.000001",
    priceTick: "0.000001",
    periodMs: 30_000,
    signed: true,
    platformKey: hex(platformKey.publicKey),
    order: carriers,
  },
  ...names.flatMap((id, number): Contract[] => [
    {
      ...participant(id, 50),
      key: hex(members[number]!.publicKey),
      creditLimit: "1000000000000000000",
      ...(number >= 2 ? { gateway: hex(gateway.publicKey) } : {}),
    },
    ...ownTerms(id, 50),
  ]),
]);
const id = marketId(encodeCanonical(contracts[0]), hasher);
const keyring = new Map([platformKey, ...members].map((key) => [hex(key.publicKey), key]));

async function open(store: Store): Promise<Platform> {
  const directory = new KeyDirectory();
  const market = await openMarket({
    engine,
    store,
    log: true,
    signatures,
    contracts,
    clock: { now: () => 1000, setTimer: () => null, clearTimer: () => {} },
    sign: async (contract, marketId) => {
      const key = keyring.get(hex(directory.signer(contract as never)))!;
      directory.take(contract as never);
      return key.sign(contractStatement(marketId, encodeCanonical(contract)));
    },
  });
  return Platform.open({ market, key: platformKey, hasher });
}

/** What a bidder sends: the order, and a signature over its statement for the period. */
async function signed(
  period: number,
  participant: number,
  kWh: number,
  price: number,
  revision = 0,
): Promise<[Order, Uint8Array]> {
  const side = participant % 2 === 0 ? "offer" : "bid";
  const record = {
    participant,
    carrier: "electricity",
    side,
    revision,
    quantity: kWh * 1_000_000,
    price: price * 10_000,
  } as const;
  const order = {
    participant: names[participant]!,
    carrier: "electricity",
    side,
    revision,
    quantity: `${kWh}`,
    price: `${price / 100}`,
  } as const;
  return [
    order,
    await members[participant]!.sign(orderStatement(id, period, encodeRecords(orderLayout, [record]))),
  ];
}

async function batch(period: number, price: number): Promise<[OrderBatch, BatchProof]> {
  const orders: OrderBatch = {
    participant: Uint32Array.of(2, 3),
    carrier: Uint8Array.of(0, 0),
    side: Uint8Array.of(0, 1),
    quantity: Uint32Array.of(5_000_000, 3_000_000),
    price: Int32Array.of(price, price + 100_000),
  };
  const root = recordsRoot(orderLayout, batchRecords(orders), hasher);
  return [
    orders,
    { gateway: gateway.publicKey, signature: await gateway.sign(batchStatement(id, period, 2, root)) },
  ];
}

const accepted = <T>(result: T): Exclude<T, Refused> => {
  const { error } = result as { readonly error?: Error };
  if (error !== undefined) throw error;
  return result as Exclude<T, Refused>;
};

const newClient = (): LightClient =>
  new LightClient({ hasher: plainHasher, signatures, marketId: id, platformKey: platformKey.publicKey });

describe("a platform", () => {
  test("receipts orders and batches, signs heads, and is followed by client and witness", async () => {
    const platform = await open(await openMemoryStore({ hasher }));
    const client = newClient();
    await client.update(platform.answer);
    expect(client.head!.size).toBe(1);
    const receipts: Receipt[] = [];
    for (let round = 0; round < 3; round++) {
      const { period } = platform.market;
      const [first, second] = await Promise.all([
        platform.submit(...(await signed(period, 0, 2 + round, 20))),
        platform.submit(...(await signed(period, 1, 1 + round, 30))),
      ]);
      receipts.push(accepted(first).receipt, accepted(second).receipt);
      receipts.push(
        ...accepted(await platform.submitColumns(...(await batch(period, 210_000 + round)))).receipts,
      );
      expect((await client.judge(platform.answer, receipts.at(-1)!)).verdict).toBe("not yet");
      await platform.market.clearPeriod(1000 * round);
      await platform.settled();
      await client.update(platform.answer);
    }
    expect(receipts.length).toBe(12);
    for (const receipt of receipts)
      expect((await client.judge(platform.answer, receipt)).verdict).toBe("kept");
    const { record } = await client.prove(platform.answer, 1, "trades", 0);
    expect(recordOf(record!).length).toBe(40);

    const witness = await Witness.open({
      hasher,
      signatures,
      name: "w",
      key: await keyOf(9),
      store: await openMemoryStore({ hasher }),
      replay: replayer(),
      now: () => 1,
    });
    const followed = await witness.follow({
      checkpoint: async () => platform.note,
      block: (height) => platform.market.store.get(height),
    });
    expect(followed).toMatchObject({ status: "cosigned", size: 4 });
  });

  test("what a caller does to its columns and signatures afterwards changes nothing", async () => {
    const platform = await open(await openMemoryStore({ hasher }));
    const { period } = platform.market;
    const [order, signature] = await signed(period, 0, 2, 20);
    const [columns, proof] = await batch(period, 210_000);
    const [ownKey, over] = [Uint8Array.from(proof.gateway), proof.signature];
    const single = platform.submit(order, signature);
    signature.fill(0);
    const many = platform.submitColumns(columns, { gateway: ownKey, signature: over });
    columns.price.fill(1);
    columns.quantity.fill(7);
    ownKey.fill(0);
    over.fill(0);
    const receipts = [accepted(await single).receipt, ...accepted(await many).receipts];
    await platform.market.clearPeriod(1000);
    await platform.settled();
    const client = newClient();
    await client.update(platform.answer);
    for (const receipt of receipts)
      expect((await client.judge(platform.answer, receipt)).verdict).toBe("kept");
    const witness = await Witness.open({
      hasher,
      signatures,
      name: "w",
      key: await keyOf(9),
      store: await openMemoryStore({ hasher }),
      replay: replayer(),
      now: () => 1,
    });
    const source = {
      checkpoint: async () => platform.note,
      block: (height: number) => platform.market.store.get(height),
    };
    expect(await witness.follow(source)).toMatchObject({ status: "cosigned", size: 2 });
  });

  test("gives no receipt for what is not signed, not for this period, not new, or not allowed", async () => {
    const platform = await open(await openMemoryStore({ hasher }));
    const { period } = platform.market;
    const [order, signature] = await signed(period, 0, 2, 20);
    expect(await platform.submit(order, new Uint8Array(64))).toMatchObject({
      status: "refused",
      error: { code: "signature" },
    });
    expect(await platform.submit({ ...order, quantity: "3" }, signature)).toMatchObject({
      status: "refused",
      error: { code: "signature" },
    });
    expect(await platform.submit({ ...order, participant: "ben" }, signature)).toMatchObject({
      status: "refused",
      error: { code: "signature" },
    });
    accepted(await platform.submit(order, signature));
    expect(await platform.submit(order, signature)).toMatchObject({ status: "refused" });
    await platform.market.clearPeriod(0);
    expect(await platform.submit(order, signature)).toMatchObject({
      status: "refused",
      error: { code: "signature" },
    });
    const [orders, { signature: batchSignature }] = await batch(period + 1, 210_000);
    expect(
      await platform.submitColumns(orders, { gateway: members[0]!.publicKey, signature: batchSignature }),
    ).toMatchObject({
      status: "refused",
      error: { code: "signature" },
    });
  });

  test("is not opened with another key", async () => {
    const store = await openMemoryStore({ hasher });
    const { market } = await open(store);
    await expect(Platform.open({ market, key: members[0]!, hasher })).rejects.toMatchObject({
      code: "refused",
      field: "key",
    });
  });
});

test("a platform is not opened on a market that keeps no log", async () => {
  const market = await openSigned();
  const options = { market: market as LoggedMarket, key: signedPlatform, hasher };
  await expect(Platform.open(options)).rejects.toMatchObject({ code: "refused", field: "market" });
});

describe("a platform whose ledger is not the one whose head it signed", () => {
  test("is not opened: a second head of that size would prove that it lied", async () => {
    const medium = memoryMedium();
    const first = await open(await openMemoryStore({ hasher }, medium));
    await first.market.clearPeriod(2_000);
    await first.market.clearPeriod(3_000);
    await first.settled();
    await first.market.store.close();
    // The newest block is lost, and with it what was logged behind it, as after a restore of part of a disk.
    medium.blocks.pop();
    medium.logged = null;
    medium.mark = null;
    await expect(open(await openMemoryStore({ hasher }, medium))).rejects.toThrow(
      "block 2: wanted the 3 blocks whose head was signed",
    );
  });

  test("nor on blocks that are others, as many as they may be", async () => {
    const medium = memoryMedium();
    const first = await open(await openMemoryStore({ hasher }, medium));
    await first.market.clearPeriod(2_000);
    await first.settled();
    await first.market.store.close();
    const fork = memoryMedium();
    const second = await open(await openMemoryStore({ hasher }, fork));
    await second.market.clearPeriod(2_001);
    await second.market.clearPeriod(3_000);
    await second.market.store.close();
    fork.meta.clear();
    for (const [key, value] of medium.meta) fork.meta.set(key, value);
    await expect(open(await openMemoryStore({ hasher }, fork))).rejects.toThrow(
      "head: wanted the root that was signed over 2 blocks",
    );
  });
});

describe("a platform that dies", () => {
  test("at any moment: what it had acknowledged stands where it was promised", async () => {
    // Every write is a moment at which the process can die: `alive` counts down to it, and what was written before
    // stays.
    for (let deaths = 0, moment = 1; ; moment++) {
      const medium = memoryMedium();
      let alive = moment;
      const dying: MemoryMedium = {
        ...medium,
        extent: () => medium.extent(),
        readMark: () => medium.readMark(),
        // What is written lands in `medium`; the write that fails leaves nothing, and so do all after it.
        append: (height, bytes, mark, before) => die(() => medium.append(height, bytes, mark, before)),
        confirm: (mark) => die(() => medium.confirm(mark)),
        writeMeta: (key, value) => die(() => medium.writeMeta(key, value)),
        logExtent: () => medium.logExtent(),
        readLog: (index) => medium.readLog(index),
        beginLog: (period, group) => die(() => medium.beginLog(period, group)),
        appendLog: (log, group) => die(() => medium.appendLog(log, group)),
        dropLog: () => die(() => medium.dropLog()),
      };
      async function die(act: () => Promise<void>): Promise<void> {
        alive -= 1;
        if (alive < 0) throw new Error("killed");
        await act();
      }
      const receipts: Receipt[] = [];
      let died = false;
      try {
        const platform = await open(await openMemoryStore({ hasher }, dying));
        for (let round = 0; round < 3; round++) {
          const { period } = platform.market;
          const orders = [
            await signed(period, 0, 2 + round, 20),
            await signed(period, 1, 1 + round, 30),
            await signed(period, 1, 2 + round, 31, 1),
          ];
          const together = await batch(period + 1, 210_000 + round);
          const results = await Promise.all(orders.map((each) => platform.submit(...each)));
          receipts.push(...results.map((result) => accepted(result).receipt));
          // The period closes and the next one's orders come before its block is on disk.
          const sealing = platform.market.clearPeriod(1000 * round);
          const early = platform.submitColumns(...together);
          const [, taken] = await Promise.allSettled([sealing, early]);
          if (taken.status === "fulfilled") receipts.push(...accepted(taken.value).receipts);
          await sealing;
          await platform.settled();
        }
      } catch (error) {
        died = true;
        expect(String(error)).toMatch(/killed|storage|failed/);
        deaths += 1;
      }
      // Restart on what is there, seal what is open, and hold every receipt that was given against the ledger.
      const again = await open(await openMemoryStore({ hasher }, medium));
      await again.market.clearPeriod(99_000);
      await again.settled();
      const client = newClient();
      await client.update(again.answer);
      for (const receipt of receipts)
        expect([
          moment,
          receipt.period,
          receipt.number,
          (await client.judge(again.answer, receipt)).verdict,
        ]).toEqual([moment, receipt.period, receipt.number, "kept"]);
      if (!died) {
        expect(deaths).toBeGreaterThan(10);
        break;
      }
    }
  });
});

describe("a receipt asked for while the period is on its way to the disk", () => {
  /** A platform whose store keeps the next block waiting, an order in its open period, and what ends the wait. */
  async function closing() {
    const store = await openMemoryStore({ hasher });
    let held: Promise<void> | null = null;
    const slow = new Proxy(store, {
      get(target, name) {
        const value = Reflect.get(target, name, target) as unknown;
        if (typeof value !== "function") return value;
        const waits = name === "append" || name === "beginLog";
        return (...given: unknown[]) =>
          waits && held !== null ? held.then(() => value.apply(target, given)) : value.apply(target, given);
      },
    });
    const market = await openLogged({ store: slow });
    const platform = await Platform.open({ market, key: signedPlatform, hasher });
    const sent = order("ann", "offer", "2", "0.1");
    const taken = await platform.submit(sent, await signOrder(market, sent));
    if (taken.status === "refused") throw taken.error;
    const wait = { resolve: (): void => {}, reject: (_: Error): void => {} };
    held = new Promise((resolve, reject) => Object.assign(wait, { resolve, reject }));
    const cleared = market.clearPeriod(1);
    return { market, platform, taken, cleared, wait };
  }

  test("comes once the block is there, the same as before", async () => {
    const { market, platform, taken, cleared, wait } = await closing();
    expect(market.period).toBe(taken.period + 1);
    const asked = platform.receiptOf(taken.period, taken.record);
    const other = platform.receiptOf(taken.period, new Uint8Array(16));
    wait.resolve();
    expect(await asked).toEqual(taken.receipt);
    expect(await other).toBe(null);
    await cleared;
    expect(await platform.receiptOf(taken.period, taken.record)).toEqual(taken.receipt);
  });

  test("is refused when the disk fails, then and afterwards", async () => {
    const { platform, taken, cleared, wait } = await closing();
    const asked = platform.receiptOf(taken.period, taken.record);
    wait.reject(new Error("no room"));
    await expect(cleared).rejects.toThrow("no room");
    await expect(asked).rejects.toMatchObject({ code: "state", field: "block 1" });
    await expect(platform.receiptOf(taken.period, taken.record)).rejects.toMatchObject({ code: "state" });
  });
});
