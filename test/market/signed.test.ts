import { beforeAll, describe, expect, it } from "vitest";
import { hex } from "../../src/bytes.js";
import { openEngine } from "../../src/core/engine.js";
import { decodeBlock } from "../../src/ledger/format/block.js";
import { encodeCanonical } from "../../src/ledger/format/canonical.js";
import type { Signatures, SigningKey } from "../../src/ledger/keys/backend.js";
import { checkEvidence } from "../../src/ledger/keys/coverage.js";
import { KeyDirectory } from "../../src/ledger/keys/directory.js";
import { decodeEvidence } from "../../src/ledger/keys/evidence.js";
import {
  batchStatement,
  contractStatement,
  orderStatement,
  readingStatement,
} from "../../src/ledger/keys/message.js";
import { openSignatures } from "../../src/ledger/keys/signature.js";
import { openMemoryStore } from "../../src/ledger/store/memory.js";
import { openHasher } from "../../src/ledger/tree/hashwasm.js";
import type { Contract } from "../../src/market/contracts/contracts.js";
import { freeTariff, openContracts } from "../../src/market/contracts/opening.js";
import { batchRecords } from "../../src/market/intake/columns.js";
import type { Market } from "../../src/market/market.js";
import { openMarket } from "../../src/market/open.js";
import { openReplay } from "../../src/market/replay.js";

let signatures: Signatures;
let platform: SigningKey;
let gateway: SigningKey;
const own = new Map<string, SigningKey>();

beforeAll(async () => {
  signatures = await openSignatures();
  platform = await signatures.generate();
  gateway = await signatures.generate();
  for (const id of ["ann", "bob", "cid"]) own.set(id, await signatures.generate());
});

const dated = { version: 1, from: 0 };

function contracts(): Contract[] {
  return [
    {
      kind: "market",
      ...dated,
      id: "signed",
      currency: "EUR",
      quantityTick: "0.000001",
      priceTick: "0.000001",
      periodMs: 30_000,
      signed: true,
      platformKey: hex(platform.publicKey),
      order: ["electricity", "heat", "cold", "gas"],
    },
    {
      kind: "payment",
      ...dated,
      currency: "EUR",
      creditLimit: "9000000000000000000",
      tariffs: { electricity: freeTariff, heat: freeTariff, cold: freeTariff, gas: freeTariff },
      metering: { window: 2, corrections: 2, missing: "zero" },
    },
    ...[...own].flatMap(([id, key]) =>
      openContracts(id, 0).map((contract) =>
        contract.kind === "participant"
          ? {
              ...contract,
              key: hex(key.publicKey),
              ...(id === "ann" ? {} : { gateway: hex(gateway.publicKey) }),
            }
          : contract,
      ),
    ),
  ];
}

const signer = (contract: Contract): SigningKey => {
  if (contract.kind === "participant") return own.get(contract.id)!;
  if (contract.kind === "supply" || contract.kind === "use") return own.get(contract.participant)!;
  return platform;
};

async function open(): Promise<Market> {
  return openMarket({
    engine: await openEngine(),
    store: await openMemoryStore(),
    signatures,
    contracts: contracts(),
    sign: (contract, id) => signer(contract).sign(contractStatement(id, encodeCanonical(contract))),
    clock: { now: () => 1, setTimer: () => 0, clearTimer: () => undefined },
  });
}

const order = (
  participant: string,
  side: "offer" | "bid",
  quantity: string,
  price: string,
  revision?: number,
) =>
  ({
    participant,
    carrier: "electricity",
    side,
    quantity,
    price,
    ...(revision === undefined ? {} : { revision }),
  }) as const;

/** Signs an order for the market's open period. */
async function signed(market: Market, of: ReturnType<typeof order>, key = own.get(of.participant)!) {
  const record = {
    participant: market.participantNumber(of.participant)!,
    carrier: of.carrier,
    side: of.side,
    revision: of.revision ?? 0,
    quantity: Math.round(Number(of.quantity) * 1e6),
    price: Math.round(Number(of.price) * 1e6),
  };
  return key.sign(orderStatement(market.id, market.period, record));
}

describe("a signed market", () => {
  it("takes what is signed and leaves evidence that anybody can check", async () => {
    const market = await open();
    const offer = order("ann", "offer", "2", "0.1");
    expect(await market.submit(offer, await signed(market, offer))).toMatchObject({
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
    const statement = batchStatement(market.id, market.period, 2, engine.merkleRoot(records, 16));
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
      period: 1,
      in: 0,
      out: 7,
    } as const;
    const readingSignature = await own.get("ann")!.sign(readingStatement(market.id, reading));
    const report = {
      participant: "ann",
      carrier: "electricity",
      period: 1,
      in: "0",
      out: "0.000007",
    } as const;
    expect(await market.report(report, readingSignature)).toMatchObject({ status: "accepted" });
    const amendment: Contract = { ...openContracts("bob", 3)[2]!, version: 2 };
    const proof = await own.get("bob")!.sign(contractStatement(market.id, encodeCanonical(amendment)));
    expect(await market.propose(amendment, proof)).toMatchObject({ status: "accepted", period: 3 });
    await market.clearPeriod(3);
    const third = await market.clearPeriod(4);
    expect(decodeEvidence(third.block.sections.evidence).map(({ kind }) => kind)).toEqual(["contract"]);

    const hasher = await openHasher();
    const directory = new KeyDirectory();
    const replay = openReplay(engine);
    for await (const bytes of market.store.blocks()) {
      const block = decodeBlock(bytes);
      await checkEvidence(block, directory, signatures, hasher);
      replay.replay(block);
    }
    const again = await openMarket({ engine, store: market.store, signatures });
    expect(again.period).toBe(4);
    expect(await again.submit(offer, await signed(again, offer))).toMatchObject({ status: "accepted" });
  });

  it("refuses what is unsigned, signed by another, for another period, or came before", async () => {
    const market = await open();
    const offer = order("ann", "offer", "2", "0.1");
    const code = async (result: Promise<unknown>) =>
      ((await result) as { error?: { code: string } }).error?.code;
    expect(market.submit(offer)).toMatchObject({ status: "refused", error: { code: "signature" } });
    expect(market.withdraw("ann", "electricity")).toMatchObject({ error: { code: "signature" } });
    expect(() => market.submitColumns({} as never)).toThrow("signature");
    const bobs = await signed(market, offer, own.get("bob"));
    expect(await code(market.submit(offer, bobs))).toBe("signature");
    const good = await signed(market, offer);
    expect(await code(market.submit({ ...offer, price: "0.2" }, good))).toBe("signature");
    expect(await code(market.submit(offer, good.slice(1)))).toBe("signature");
    expect(await code(market.submit(offer, good))).toBeUndefined();
    const again = { ...offer, revision: 0 };
    expect(await market.submit(again, good)).toMatchObject({
      error: { code: "refused", message: "order.revision: wanted 1, the next, got 0" },
    });
    const other = order("ann", "offer", "3", "0.1", 1);
    expect(await code(market.submit(other, await signed(market, other)))).toBeUndefined();
    expect(await code(market.submit(again, good))).toBe("refused");
    // Without a revision the next is meant, which the signature does not cover.
    expect(await code(market.submit(offer, good))).toBe("signature");
    await market.clearPeriod(2);
    expect(await code(market.submit(offer, good))).toBe("signature");
    // Verified while the period closes: too late.
    const first = { ...other, revision: 0 };
    const signature = await signed(market, first);
    const late = market.submit(first, signature);
    const closing = market.clearPeriod(3);
    expect(await code(late)).toBe("refused");
    expect((await closing).block.header.sections.orders.count).toBe(0);
  });

  it("takes an order back as often as its participant likes, and the same order again", async () => {
    const market = await open();
    const turns = [
      order("ann", "offer", "5", "0.2", 0),
      order("ann", "offer", "0", "0", 1),
      order("ann", "offer", "7", "0.3", 2),
      order("ann", "offer", "0", "0", 3),
      order("ann", "offer", "5", "0.2", 4),
      order("ann", "offer", "0", "0", 5),
    ];
    for (const turn of turns)
      expect(await market.submit(turn, await signed(market, turn))).toMatchObject({
        status: "accepted",
        revision: turn.revision,
      });
    const bid = order("bob", "bid", "7", "0.4");
    await market.submit(bid, await signed(market, bid));
    const { block } = await market.clearPeriod(2);
    expect(block.header.totals.electricity.offered).toBe(0n);
    expect(market.balance("ann")).toBe(0n);
    await expect(
      (async () => {
        const directory = new KeyDirectory();
        for await (const bytes of market.store.blocks())
          await checkEvidence(decodeBlock(bytes), directory, signatures, await openHasher());
      })(),
    ).resolves.toBeUndefined();
  });

  it("takes a gateway's batch whole or not at all", async () => {
    const market = await open();
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
        batchStatement(market.id, market.period, of.quantity.length, engine.merkleRoot(batchRecords(of), 16)),
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
  });
});
