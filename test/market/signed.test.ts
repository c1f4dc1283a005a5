import { describe, expect, it } from "vitest";
import { hex } from "../../src/bytes.js";
import { openEngine } from "../../src/core/engine.js";
import { encodeCanonical } from "../../src/ledger/format/canonical.js";
import { decodeRecords, encodeRecords } from "../../src/ledger/format/layout.js";
import { orderLayout, readingLayout } from "../../src/ledger/format/records.js";
import { recordsRoot } from "../../src/ledger/format/sections.js";
import { decodeEvidence } from "../../src/ledger/keys/evidence.js";
import { batchStatement, contractStatement, readingStatement } from "../../src/ledger/keys/message.js";
import type { Contract } from "../../src/market/contracts/contracts.js";
import { batchRecords } from "../../src/market/intake/columns.js";
import { openMarket } from "../../src/market/open.js";
import {
  checkLedger,
  gateway,
  keys,
  openSigned,
  order,
  signatures,
  signContract,
  signOrder,
} from "../support/signedmarket.js";
import { ownTerms } from "../support/terms.js";

describe("a signed market", () => {
  it("takes what is signed and leaves evidence that anybody can check", async () => {
    const market = await openSigned();
    const offer = order("ann", "offer", "2", "0.1");
    expect(await market.submit(offer, await signOrder(market, offer))).toMatchObject({
      status: "accepted",
    });
    const batch = {
      participant: Uint32Array.of(1, 2),
      carrier: Uint8Array.of(0, 0),
      side: Uint8Array.of(1, 1),
      quantity: Uint32Array.of(1_000_000, 500_000),
      price: Int32Array.of(300_000, 200_000),
    };
    const records = batchRecords(batch);
    const engine = await openEngine();
    const statement = batchStatement(market.id, market.period, 2, recordsRoot(orderLayout, records, engine));
    const signature = await gateway.sign(statement);
    expect(
      await market.submitColumns(batch, { gateway: gateway.publicKey, signature: signature }),
    ).toMatchObject({ accepted: 2 });
    const first = await market.clearPeriod(2);
    expect(first.carriers[0]?.counters.num1).toBe(2);
    expect(decodeEvidence(first.block.sections.evidence).map(({ kind }) => kind)).toEqual(["order", "batch"]);

    const reading = {
      participant: 0,
      carrier: "electricity",
      flags: 0,
      version: 1,
      age: market.period - 1,
      in: 0,
      out: 7,
      amount: 0n,
    } as const;
    const readingSignature = await keys
      .get("ann")!
      .sign(readingStatement(market.id, market.period, encodeRecords(readingLayout, [reading])));
    const report = {
      participant: "ann",
      carrier: "electricity",
      period: 1,
      in: "0",
      out: "0.000007",
    } as const;
    expect(await market.report(report, readingSignature)).toMatchObject({ status: "accepted" });
    const amendment: Contract = { ...ownTerms("bob", 3)[1]!, version: 2 };
    const proof = await keys.get("bob")!.sign(contractStatement(market.id, encodeCanonical(amendment)));
    expect(await market.propose(amendment, proof)).toMatchObject({ status: "accepted", period: 3 });
    await market.clearPeriod(3);
    const third = await market.clearPeriod(4);
    expect(decodeEvidence(third.block.sections.evidence).map(({ kind }) => kind)).toEqual(["contract"]);

    await checkLedger(market.store);
    const again = await openMarket({ engine, store: market.store, signatures });
    expect(again.period).toBe(4);
    expect(await again.submit(offer, await signOrder(again, offer))).toMatchObject({ status: "accepted" });
  });

  it("refuses what is unsigned, signed by another, for another period, or came before", async () => {
    const market = await openSigned();
    const offer = order("ann", "offer", "2", "0.1");
    const code = async (result: Promise<unknown>) =>
      ((await result) as { error?: { code: string } }).error?.code;
    expect(market.submit(offer)).toMatchObject({ status: "refused", error: { code: "signature" } });
    expect(market.withdraw("ann", "electricity")).toMatchObject({ error: { code: "signature" } });
    expect(() => market.submitColumns({} as never)).toThrow("signature");
    const bobs = await signOrder(market, offer, keys.get("bob"));
    expect(await code(market.submit(offer, bobs))).toBe("signature");
    const good = await signOrder(market, offer);
    expect(await code(market.submit({ ...offer, price: "0.2" }, good))).toBe("signature");
    expect(await code(market.submit(offer, good.slice(1)))).toBe("signature");
    expect(await code(market.submit(offer, good))).toBeUndefined();
    const again = { ...offer, revision: 0 };
    expect(await market.submit(again, good)).toMatchObject({
      error: { code: "refused", message: "order.revision: wanted 1, the next, got 0" },
    });
    const other = order("ann", "offer", "3", "0.1", 1);
    expect(await code(market.submit(other, await signOrder(market, other)))).toBeUndefined();
    expect(await code(market.submit(again, good))).toBe("refused");
    // Without a revision the next is meant, which the signature does not cover.
    expect(await code(market.submit(offer, good))).toBe("signature");
    await market.clearPeriod(2);
    expect(await code(market.submit(offer, good))).toBe("signature");
    // Verified while the period closes: too late.
    const first = { ...other, revision: 0 };
    const signature = await signOrder(market, first);
    const late = market.submit(first, signature);
    const closing = market.clearPeriod(3);
    expect(await code(late)).toBe("refused");
    expect((await closing).block.header.sections.orders.count).toBe(0);
  });

  it("refuses a reading that is verified while the period closes for which it was signed", async () => {
    const market = await openSigned();
    await market.clearPeriod(2);
    const reading = { participant: "ann", carrier: "electricity", period: 1, in: "0", out: "1" } as const;
    const sign = async () =>
      keys.get("ann")!.sign(readingStatement(market.id, market.period, market.readingRecord(reading)));
    const late = market.report(reading, await sign());
    const closing = market.clearPeriod(3);
    expect(await late).toMatchObject({
      status: "refused",
      error: { code: "refused", field: "reading", wanted: "one for period 3", got: "2" },
    });
    expect((await closing).block.header.sections.readings.count).toBe(0);
    expect(await market.report(reading, await sign())).toMatchObject({ status: "accepted", period: 3 });
    await market.clearPeriod(4);
    await checkLedger(market.store);
  });

  it("takes an order back as often as its participant likes, and the same order again", async () => {
    const market = await openSigned();
    const turns = [
      order("ann", "offer", "5", "0.2", 0),
      order("ann", "offer", "0", "0", 1),
      order("ann", "offer", "7", "0.3", 2),
      order("ann", "offer", "0", "0", 3),
      order("ann", "offer", "5", "0.2", 4),
      order("ann", "offer", "0", "0", 5),
    ];
    for (const turn of turns)
      expect(await market.submit(turn, await signOrder(market, turn))).toMatchObject({
        status: "accepted",
        revision: turn.revision,
      });
    const bid = order("bob", "bid", "7", "0.4");
    await market.submit(bid, await signOrder(market, bid));
    const { block } = await market.clearPeriod(2);
    expect(block.header.totals.electricity.offered).toBe(0n);
    expect(market.balance("ann")).toBe(0n);
    await checkLedger(market.store);
  });

  it("numbers the orders of a batch for each participant and carrier by itself", () => {
    const pairs = Array.from({ length: 36 }, (_, place) => [Math.floor(place / 4), place % 4] as const);
    const all = [...pairs, ...pairs];
    const records = batchRecords({
      participant: Uint32Array.from(all, ([who]) => who),
      carrier: Uint8Array.from(all, ([, what]) => what),
      side: new Uint8Array(all.length),
      quantity: new Uint32Array(all.length).fill(10),
      price: new Int32Array(all.length),
    });
    expect(Array.from(decodeRecords(orderLayout, records), ({ revision }) => revision)).toEqual(
      all.map((_, place) => (place < pairs.length ? 0 : 1)),
    );
  });

  it("takes a gateway's batch whole or not at all", async () => {
    const market = await openSigned();
    const engine = await openEngine();
    const batch = {
      participant: Uint32Array.of(1, 2, 1),
      carrier: Uint8Array.of(0, 0, 0),
      side: Uint8Array.of(1, 1, 1),
      quantity: Uint32Array.of(10, 20, 10),
      price: Int32Array.of(5, 6, 5),
      revision: Uint16Array.of(0, 0, 0),
    };
    const sign = async (of: typeof batch) =>
      gateway.sign(
        batchStatement(
          market.id,
          market.period,
          of.quantity.length,
          recordsRoot(orderLayout, batchRecords(of), engine),
        ),
      );
    expect(
      await market.submitColumns(batch, { gateway: gateway.publicKey, signature: await sign(batch) }),
    ).toMatchObject({
      accepted: 0,
    });
    const strangers = { ...batch, participant: Uint32Array.of(0, 2, 1) };
    expect(
      await market.submitColumns(strangers, { gateway: gateway.publicKey, signature: await sign(strangers) }),
    ).toMatchObject({
      status: "refused",
    });
    const fine = { ...batch, revision: Uint16Array.of(0, 0, 1) };
    expect(
      await market.submitColumns(fine, { gateway: gateway.publicKey, signature: await sign(fine) }),
    ).toMatchObject({
      first: 0,
      accepted: 3,
      refused: [],
    });
    // What a refused batch would have replaced stands as it stood.
    const twice = { ...fine, revision: Uint16Array.of(2, 1, 2) };
    expect(
      await market.submitColumns(twice, { gateway: gateway.publicKey, signature: await sign(twice) }),
    ).toMatchObject({
      accepted: 0,
    });
    const { block } = await market.clearPeriod(2);
    expect(block.header.sections.orders.count).toBe(3);
    expect(block.header.totals.electricity.asked).toBe(30n);
    // No signature is kept of what was refused.
    await checkLedger(market.store);
  });

  it("takes a batch only from the gateway that its participants name, to the last byte", async () => {
    const market = await openSigned();
    const engine = await openEngine();
    const batch = {
      participant: Uint32Array.of(1),
      carrier: Uint8Array.of(0),
      side: Uint8Array.of(1),
      quantity: Uint32Array.of(10),
      price: Int32Array.of(5),
    };
    const root = recordsRoot(orderLayout, market.records(batch), engine);
    const statement = batchStatement(market.id, market.period, 1, root);
    const platformSays = {
      gateway: keys.get("cid")!.publicKey,
      signature: await keys.get("cid")!.sign(statement),
    };
    expect(await market.submitColumns(batch, platformSays)).toMatchObject({
      error: { code: "signature", field: "batch.gateway" },
    });
    // A longer key that begins with the gateway's is another key.
    const longer = new Uint8Array(33);
    longer.set(gateway.publicKey);
    const signature = await gateway.sign(statement);
    expect(await market.submitColumns(batch, { gateway: longer, signature })).toMatchObject({
      error: { code: "signature", field: "batch.gateway", wanted: "a public key of 32 bytes" },
    });
    // Of ann, who names none, nobody may bring a batch.
    const anns = { ...batch, participant: Uint32Array.of(0) };
    const annsRoot = recordsRoot(orderLayout, market.records(anns), engine);
    expect(
      await market.submitColumns(anns, {
        gateway: gateway.publicKey,
        signature: await gateway.sign(batchStatement(market.id, market.period, 1, annsRoot)),
      }),
    ).toMatchObject({ error: { code: "signature", field: "batch.gateway" } });
  });

  it("drops a contract whose signer's key was replaced before it began", async () => {
    const market = await openSigned();
    const dropped: string[] = [];
    market.on("refused", ({ what, error }) => dropped.push(`${what}: ${error.message}`));
    const next = await signatures.generate();
    const bob = market.state.contract("participant/bob") as Extract<Contract, { kind: "participant" }>;
    const rekeyed: Contract = { ...bob, version: 2, from: 2, key: hex(next.publicKey) };
    const amended: Contract = { ...ownTerms("bob", 3)[0]!, version: 2 };
    expect(await market.propose(rekeyed, await signContract(rekeyed, market.id))).toMatchObject({
      status: "accepted",
    });
    expect(await market.propose(amended, await signContract(amended, market.id))).toMatchObject({
      status: "accepted",
    });
    await market.clearPeriod(2);
    expect(dropped).toEqual([]);
    const { block } = await market.clearPeriod(3);
    expect(dropped).toEqual([
      'contract: contract.signature: wanted a signature by the key that counts now, got "one by another"',
    ]);
    expect(block.header.sections.contracts.count).toBe(1);
    expect((await market.clearPeriod(4)).block.header.sections.contracts.count).toBe(0);
    // Signed with the new key it is taken.
    const again: Contract = { ...amended, from: 6 };
    expect(await market.propose(again, await signContract(again, market.id, next))).toMatchObject({
      status: "accepted",
    });
    await checkLedger(market.store);
  });

  it("wants a proof of everything, and an unsigned market of nothing", async () => {
    const signed = await openSigned();
    const offer = order("ann", "offer", "1", "0.1");
    const contract: Contract = { ...ownTerms("bob", 3)[0]!, version: 2 };
    const reading = { participant: "ann", carrier: "heat", period: 0, in: "0", out: "0" } as const;
    const batch = {
      participant: new Uint32Array(0),
      carrier: new Uint8Array(0),
      side: new Uint8Array(0),
      quantity: new Uint32Array(0),
      price: new Int32Array(0),
    };
    const some = new Uint8Array(64);
    for (const result of [
      signed.submit(offer),
      signed.withdraw("ann", "electricity"),
      signed.propose(contract),
      signed.report(reading),
    ])
      expect(result).toMatchObject({ status: "refused", error: { code: "signature", got: '"none"' } });
    expect(() => signed.submitColumns(batch)).toThrow("batch.signature: wanted a signature");
    const unsigned = await openMarket({ engine: await openEngine(), participants: ["ann", "bob"] });
    for (const result of [
      unsigned.submit(offer, some),
      unsigned.withdraw("ann", "electricity", some),
      unsigned.propose(contract, some),
      unsigned.report(reading, some),
      unsigned.submitColumns(batch, { gateway: new Uint8Array(32), signature: some }),
      unsigned.enter({ records: new Uint8Array(16), signature: some, gateway: null }),
    ])
      expect(await result).toMatchObject({
        status: "refused",
        error: { code: "signature", wanted: "none, in an unsigned market" },
      });
  });

  it("takes orders in the order of the calls, however long their signatures take", async () => {
    let slow = true;
    const market = await openSigned({
      signatures: {
        ...signatures,
        verify: async (...given) => {
          if (slow) {
            slow = false;
            await new Promise((resolve) => setTimeout(resolve, 30));
          }
          return signatures.verify(...given);
        },
        findInvalid: (checks) => signatures.findInvalid(checks),
      },
    });
    slow = true;
    const [first, second] = [order("ann", "offer", "1", "0.1", 0), order("ann", "offer", "2", "0.1", 1)];
    const results = await Promise.all([
      market.submit(first, await signOrder(market, first)),
      market.submit(second, await signOrder(market, second)),
    ]);
    expect(results).toMatchObject([{ sequence: 0 }, { sequence: 1, replaced: 0 }]);
  });
});
