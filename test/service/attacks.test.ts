// What those try who are nobody's friend, and what happens to honest ones at an unlucky moment.
import { describe, expect, test } from "vitest";
import { hex } from "../../src/bytes.js";
import { openEngine } from "../../src/core/engine.js";
import { decodeBlock } from "../../src/ledger/format/block.js";
import { orderLayout } from "../../src/ledger/format/records.js";
import { recordsRoot } from "../../src/ledger/format/sections.js";
import type { SigningKey } from "../../src/ledger/keys/backend.js";
import { batchStatement, orderStatement } from "../../src/ledger/keys/message.js";
import { judgeReceipt } from "../../src/ledger/proof/receipt.js";
import { openMemoryStore } from "../../src/ledger/store/memory.js";
import type { Store } from "../../src/ledger/store/store.js";
import { plainHasher } from "../../src/ledger/tree/plain.js";
import type { Market } from "../../src/market/market.js";
import { encodeColumns } from "../../src/service/columns.js";
import { networkOf } from "../../src/service/rates.js";
import { type Served, serve } from "../support/service.js";
import { gateway, keys, order, signatures, signedContracts } from "../support/signedmarket.js";

const ann = order("ann", "offer", "2.5", "0.08");
const isPrivate = {
  contracts: signedContracts().map((contract) =>
    contract.kind === "market" ? { ...contract, privacy: "private" as const } : contract,
  ),
};

const writing = ["append", "beginLog", "appendLog", "putMeta"];

/** A store on which what is written waits, in its order, from `hold` until what that returns is called. */
async function slowStore(): Promise<{ store: Store; hold(): () => void }> {
  const store = await openMemoryStore({ hasher: await openEngine() });
  let waiting: Promise<unknown> | null = null;
  const slow = new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => {
        const act = (): unknown => (value as (...all: unknown[]) => unknown).apply(target, given);
        if (waiting === null || !writing.includes(String(name))) return act();
        waiting = waiting.then(act);
        return waiting;
      };
    },
  });
  return {
    store: slow,
    hold() {
      let free = (): void => {};
      waiting = new Promise<void>((go) => {
        free = go;
      });
      return () => {
        free();
        void waiting?.then(() => {
          waiting = null;
        });
      };
    },
  };
}

const columnsOf = (participants: readonly number[], quantity: number) => ({
  participant: Uint32Array.from(participants),
  carrier: new Uint8Array(participants.length),
  side: new Uint8Array(participants.length),
  quantity: new Uint32Array(participants.length).fill(quantity),
  price: new Int32Array(participants.length).fill(80_000),
  revision: new Uint16Array(participants.length),
});

type Columns = ReturnType<typeof columnsOf>;

async function columnsBody(market: Market, period: number, batch: Columns, key: SigningKey) {
  const records = market.records(batch);
  const count = records.length / orderLayout.bytes;
  const root = recordsRoot(orderLayout, records, plainHasher);
  const signature = await key.sign(batchStatement(market.id, period, count, root));
  return encodeColumns({ period, batch, proof: { gateway: key.publicKey, signature } });
}

async function sendColumns({ service }: Served, bytes: Uint8Array) {
  const url = "http://market.test/v1/orders/columns";
  const answer = await service.fetch(new Request(url, { method: "POST", body: bytes as BodyInit }));
  return { status: answer.status, bytes: new Uint8Array(await answer.arrayBuffer()) };
}

describe("sent again at an unlucky moment", () => {
  test("while the block is on its way to the disk, an order gets its receipt and not a refusal", async () => {
    const { store, hold } = await slowStore();
    const served = await serve({ market: { store } });
    const { market, post, signed } = served;
    const sent = await signed(ann);
    const first = await post("/v1/orders", sent);
    const free = hold();
    const sealing = market.clearPeriod(30_000);
    const again = post("/v1/orders", sent);
    await new Promise((go) => setTimeout(go, 50));
    free();
    await sealing;
    expect(await again).toEqual(first);
  });

  test("orders in columns get the same receipts after their period too", async () => {
    const served = await serve();
    const { market } = served;
    const bytes = await columnsBody(market, 1, columnsOf([1, 2], 5), gateway);
    const first = await sendColumns(served, bytes);
    expect(first.status).toBe(200);
    await market.clearPeriod(30_000);
    expect(await sendColumns(served, bytes)).toEqual(first);
    const other = await columnsBody(market, 1, columnsOf([1, 2], 6), gateway);
    expect((await sendColumns(served, other)).status).toBe(409);
  });

  test("a receipt never speaks of another period than the one whose orders were looked at", async () => {
    const { store, hold } = await slowStore();
    const { market, platform } = await serve({ market: { store } });
    const one = columnsOf([1, 2], 5);
    const other = columnsOf([1, 2], 5);
    other.quantity[1] = 9;
    const proofOf = async (period: number, batch: Columns) => {
      const root = recordsRoot(orderLayout, market.records(batch), plainHasher);
      const signature = await gateway.sign(batchStatement(market.id, period, 2, root));
      return { gateway: gateway.publicKey, signature };
    };
    await platform.submitColumns(one, await proofOf(1, one));
    const free = hold();
    // An append that takes long, before which nothing is acknowledged.
    const slow = platform.submit(
      ann,
      await keys.get("ann")!.sign(orderStatement(market.id, 1, market.record(ann))),
    );
    const asked = platform.receiptsOf(1, market.records(other));
    const closing = market.clearPeriod(30_000);
    free();
    await Promise.all([slow, closing]);
    await platform.submitColumns(other, await proofOf(2, other));
    expect(await asked).toBeNull();
    const again = await platform.receiptsOf(1, market.records(one));
    const { header, sections } = decodeBlock((await market.store.get(1))!);
    for (const [index, receipt] of again!.receipts.entries())
      expect(
        judgeReceipt(receipt, header, sections.orders.subarray(16 * index, 16 * index + 16)).verdict,
      ).toBe("kept");
  });
});

describe("who guesses", () => {
  test("learns nothing of a member's orders, in the open period or a sealed one", async () => {
    const { market, post, signed } = await serve({ market: isPrivate });
    const right = { ...(await signed(ann)), signature: "00".repeat(64) };
    const wrong = { ...right, quantity: "2.6" };
    await post("/v1/orders", await signed(ann));
    const told = async (body: object) => {
      const { status, body: said } = await post("/v1/orders", body);
      return { status, said };
    };
    expect(await told(right)).toEqual(await told(wrong));
    const nobody = { ...right, participant: "eve" };
    const answer = await told(nobody);
    expect(answer.status).toBe(403);
    expect(JSON.parse(JSON.stringify(answer).replaceAll("eve", "ann"))).toEqual(await told(wrong));
    await market.clearPeriod(30_000);
    expect(await told(right)).toEqual(await told(wrong));
    expect((await told(right)).status).toBe(403);
  });

  test("does not learn who is a member by readings and contracts that nobody signed", async () => {
    const { post } = await serve({ market: isPrivate });
    const signature = "00".repeat(64);
    const told = async (path: string, of: (id: string) => object, id: string) => {
      const { status, body } = await post(path, of(id));
      return JSON.parse(JSON.stringify({ status, body }).replaceAll(id, "who"));
    };
    const reading = (participant: string) => ({
      ...{ participant, carrier: "electricity", period: 0, in: "1", out: "0", signature },
    });
    const withdrawal = (participant: string) => ({
      contract: { kind: "withdrawal", version: 1, from: 3, participant, amount: "1", number: 1 },
      signature,
    });
    const use = (participant: string) => ({
      contract: {
        ...{ kind: "use", version: 1, from: 3, participant, carrier: "electricity" },
        ...{ limit: 5, interruptible: 0, interruptionPrice: 0, import: true },
      },
      signature,
    });
    const end = (participant: string) => ({
      contract: { kind: "end", version: 1, from: 3, contract: `use/electricity/${participant}` },
      signature,
    });
    for (const [path, of] of [
      ["/v1/readings", reading],
      ["/v1/contracts", withdrawal],
      ["/v1/contracts", use],
      ["/v1/contracts", end],
    ] as const) {
      const member = await told(path, of, "ann");
      expect(await told(path, of, "eve"), JSON.stringify(of("eve"))).toEqual(member);
      expect(member.status, JSON.stringify(of("eve"))).toBe(403);
    }
  });

  test("gets no receipt as a gateway that is nobody's", async () => {
    const served = await serve({ market: isPrivate });
    const { market } = served;
    expect(
      (await sendColumns(served, await columnsBody(market, 1, columnsOf([1, 2], 5), gateway))).status,
    ).toBe(200);
    const stranger = await signatures.generate();
    for (const quantity of [5, 6]) {
      const bytes = await columnsBody(market, 1, columnsOf([1, 2], quantity), stranger);
      expect((await sendColumns(served, bytes)).status).toBe(403);
    }
    await market.clearPeriod(30_000);
    for (const quantity of [5, 6]) {
      const bytes = await columnsBody(market, 1, columnsOf([1, 2], quantity), stranger);
      expect((await sendColumns(served, bytes)).status).toBe(403);
    }
  });

  test("sees no metrics from another machine", async () => {
    const { service } = await serve();
    const from = async (address: string) =>
      (await service.fetch(new Request("http://market.test/metrics"), address)).status;
    expect(await from("127.0.0.1")).toBe(200);
    expect(await from("203.0.113.7")).toBe(404);
    const named = await serve({ monitors: ["203.0.113.7"] });
    const answer = await named.service.fetch(new Request("http://market.test/metrics"), "203.0.113.7");
    expect(answer.status).toBe(200);
  });
});

describe("who takes what there is", () => {
  test("asking for the head of the events takes no stream away", async () => {
    const { service, ask } = await serve({ limits: { streams: 3, burst: 1_000 } });
    for (let count = 0; count < 20; count += 1)
      expect((await ask("/v1/events", { method: "HEAD" })).status).toBe(200);
    const ended = new AbortController();
    const answer = await service.fetch(new Request("http://market.test/v1/events", { signal: ended.signal }));
    expect(answer.status).toBe(200);
    await answer.body!.cancel();
    ended.abort();
  });

  test("streams that were wanted and left before they began are given back", async () => {
    const { service } = await serve({ limits: { streams: 2 } });
    const asked = { request: "GET /v1/events" };
    for (let count = 0; count < 9; count += 1) {
      const ended = new AbortController();
      const events = await service.follow(asked, ended.signal);
      ended.abort();
      await events.return(undefined);
    }
    const late = new AbortController();
    late.abort();
    await expect(service.follow(asked, late.signal)).rejects.toThrow("one that has ended");
    const ended = new AbortController();
    await service.follow(asked, ended.signal);
    ended.abort();
  });

  test("a network of IPv6 is one address", () => {
    expect(networkOf("203.0.113.7")).toBe("203.0.113.7");
    expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2");
    expect(networkOf("2001:db8:1:2::9")).toBe("2001:db8:1:2");
    expect(networkOf("2001:db8::1")).toBe("2001:db8:0:0");
    expect(networkOf("::1")).toBe("0:0:0:0");
    expect(networkOf("fe80::")).toBe("fe80:0:0:0");
    expect(networkOf("2001:0DB8:0001:2::9")).toBe("2001:db8:1:2");
    expect(networkOf("::ffff:203.0.113.7")).toBe("203.0.113.7");
  });
});

test("a head that can't be signed or kept is said by /ready", async () => {
  const store = await openMemoryStore({ hasher: await openEngine() });
  let broken = false;
  const failing = new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== "function") return value;
      if (name === "putMeta")
        return async (...given: unknown[]) => {
          if (broken) throw new Error("no room");
          return (value as (...all: unknown[]) => unknown).apply(target, given);
        };
      return value.bind(target);
    },
  });
  const { market, ask, platform } = await serve({ market: { store: failing } });
  expect((await ask("/ready")).status).toBe(200);
  broken = true;
  await market.clearPeriod(30_000);
  await expect(platform.settled()).rejects.toThrow();
  expect((await ask("/ready")).status).toBe(503);
  expect(hex(market.last!.hash)).toHaveLength(64);
});
