import { describe, expect, it } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import { GridclearError } from "../../src/errors.js";
import { decodeBlock } from "../../src/ledger/format/block.js";
import { orderLayout } from "../../src/ledger/format/records.js";
import { recordsRoot } from "../../src/ledger/format/sections.js";
import { batchStatement, readingStatement } from "../../src/ledger/keys/message.js";
import { memoryMedium, openMemoryStore } from "../../src/ledger/store/memory.js";
import type { Store } from "../../src/ledger/store/store.js";
import { openHasher } from "../../src/ledger/tree/hashwasm.js";
import type { Refused } from "../../src/market/intake/request.js";
import { Platform } from "../../src/market/platform.js";
import {
  checkLedger,
  gateway,
  keys,
  openSigned,
  order,
  platform as platformKey,
  signatures,
  signContract,
  signOrder,
} from "../support/signedmarket.js";
import { ownTerms } from "../support/terms.js";

const hasher = await openHasher();
const engine = await openEngine();

/** A store that works but for the calls that `fails` names, and takes its time. */
function failing(own: Store, fails: (call: "putMeta" | "append", key: string | number) => boolean): Store {
  const refuse = (): never => {
    throw new GridclearError("storage", { field: "store", wanted: "room", got: "ENOSPC" });
  };
  return {
    get size() {
      return own.size;
    },
    get head() {
      return own.head;
    },
    recovered: own.recovered,
    next: () => own.next(),
    root: () => own.root(),
    append: async (bytes, height) => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (fails("append", height)) refuse();
      return own.append(bytes, height);
    },
    get: (height) => own.get(height),
    blocks: (from) => own.blocks(from),
    getMeta: (key) => own.getMeta(key),
    putMeta: async (key, value) => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (fails("putMeta", key)) refuse();
      return own.putMeta(key, value);
    },
    log: () => own.log(),
    beginLog: (period, entries) => own.beginLog(period, entries),
    appendLog: (entry) => own.appendLog(entry),
    close: () => own.close(),
  };
}

async function openPlatform(store: Store): Promise<Platform> {
  return Platform.open({ market: await openSigned({ engine, store }), key: platformKey, hasher });
}

const offer = (platform: Platform, kWh: number, revision = 0) => {
  const given = order("ann", "offer", `${kWh}`, "0.2", revision);
  return signOrder(platform.market, given).then((signature) => platform.submit(given, signature));
};
const bid = (platform: Platform, who: string, kWh: number, revision = 0) => {
  const given = order(who, "bid", `${kWh}`, "0.4", revision);
  return signOrder(platform.market, given).then((signature) => platform.submit(given, signature));
};
async function batch(platform: Platform, kWh: readonly [number, number]) {
  const { market } = platform;
  const columns = {
    participant: Uint32Array.of(1, 2),
    carrier: Uint8Array.of(0, 0),
    side: Uint8Array.of(1, 1),
    quantity: Uint32Array.from(kWh, (each) => each * 1_000_000),
    price: Int32Array.of(400_000, 400_000),
  };
  const root = recordsRoot(orderLayout, market.records(columns), engine);
  const signature = await gateway.sign(batchStatement(market.id, market.period, 2, root));
  return platform.submitColumns(columns, { gateway: gateway.publicKey, signature });
}
const code = (result: object): string | undefined => (result as Partial<Refused>).error?.code;

describe("a platform whose disk fails", () => {
  it("executes nothing that it could not keep, and works again when the disk does", async () => {
    let full = false;
    const store = failing(
      await openMemoryStore({ hasher }),
      (call, key) => full && call === "putMeta" && `${key}`.startsWith("orders/"),
    );
    const platform = await openPlatform(store);
    expect(await offer(platform, 5)).toMatchObject({ status: "accepted", receipt: { number: 0 } });
    full = true;
    const told: unknown[] = [];
    platform.market.on("order", (event) => told.push(event));
    // Both are in flight at once: neither counts, whoever comes first.
    const [first, second] = await Promise.all([offer(platform, 6, 1), batch(platform, [1, 1])]);
    expect([code(first), code(second)]).toEqual(["storage", "storage"]);
    expect(await bid(platform, "bob", 5)).toMatchObject({ status: "refused", error: { code: "storage" } });
    expect(told).toEqual([]);
    full = false;
    // The same order with the same revision is taken now, since the first never was.
    expect(await bid(platform, "cid", 1)).toMatchObject({ status: "accepted", sequence: 1 });
    const { block } = await platform.market.clearPeriod(2);
    await platform.settled();
    expect(block.header.sections.orders.count).toBe(2);
    expect(platform.market.balance("bob")).toBe(0n);
    expect(platform.market.balance("cid")).toBe(-400_000n * 1_000_000n);
    expect(await batch(platform, [1, 1])).toMatchObject({ accepted: 2 });
    await platform.market.clearPeriod(3);
    await checkLedger(store);
  });

  it("closes a period without what is still on the way to the disk, and says so when the block is kept", async () => {
    let sealing: ReturnType<Platform["market"]["clearPeriod"]> | null = null;
    let close = (): void => undefined;
    const store = failing(await openMemoryStore({ hasher }), (call) => {
      if (call === "putMeta") close();
      return false;
    });
    const platform = await openPlatform(store);
    expect(await offer(platform, 5)).toMatchObject({ status: "accepted" });
    // The period closes while the disk is busy with the first of two.
    close = () => {
      sealing ??= platform.market.clearPeriod(2);
    };
    const events: string[] = [];
    platform.market.on("sealed", () => events.push("sealed"));
    const late = [bid(platform, "bob", 5), bid(platform, "cid", 5)].map(async (asked) => {
      const result = await asked;
      events.push("told");
      return code(result);
    });
    expect(await Promise.all(late)).toEqual(["refused", "refused"]);
    expect(events).toEqual(["sealed", "told", "told"]);
    const { block } = await sealing!;
    expect(block.header.sections.orders.count).toBe(1);
    expect(platform.market.balance("bob")).toBe(0n);
    expect(await bid(platform, "bob", 1)).toMatchObject({ status: "accepted", sequence: 0, period: 2 });
    await platform.market.clearPeriod(3);
    await checkLedger(store);
  });

  it("loses nothing acknowledged and executes nothing refused, whichever write fails and for how long", async () => {
    for (let from = 1; from <= 12; from += 1)
      for (const lasting of [1, 3]) {
        const medium = memoryMedium();
        let writes = 0;
        const store = failing(await openMemoryStore({ hasher }, medium), (call, key) => {
          if (call === "putMeta" && !`${key}`.startsWith("orders/")) return false;
          writes += 1;
          // The first write is genesis, without which there is no market.
          return writes > from && writes <= from + lasting;
        });
        const platform = await openPlatform(store);
        const { market } = platform;
        const kept: { period: number; number: number; record: string }[] = [];
        const refused: { period: number; record: string }[] = [];
        const note = async (period: number, record: Uint8Array, asked: ReturnType<Platform["submit"]>) => {
          const result = await asked.catch(() => null);
          const text = Buffer.from(record).toString("hex");
          if (result?.status === "accepted") {
            expect(Buffer.from(result.receipt.order).toString("hex")).toBe(text);
            kept.push({ period, number: result.receipt.number, record: text });
          } else if (result !== null) refused.push({ period, record: text });
        };
        let stopped = false;
        for (let round = 0; round < 3 && !stopped; round += 1) {
          const { period } = market;
          const asked = [
            order("ann", "offer", `${1 + round}`, "0.2", 0),
            order("bob", "bid", `${2 + round}`, "0.4", 0),
            order("cid", "bid", `${3 + round}`, "0.5", 0),
          ];
          await Promise.all(
            asked.map(async (each) =>
              note(period, market.record(each), platform.submit(each, await signOrder(market, each))),
            ),
          );
          await market.clearPeriod(1000 * round).catch(() => {
            stopped = true;
          });
        }
        // What the market refuses it is free to take later only as another order: nothing is refused for its content
        // here. A market that stopped is opened again on what its disk holds.
        const again = stopped
          ? await openPlatform(await openMemoryStore({ hasher }, { ...medium, held: false }))
          : platform;
        const holder = again.market;
        if (stopped) await holder.clearPeriod(9_000);
        const blocks = new Map<number, string[]>();
        for (let height = 1; height < holder.store.size; height += 1) {
          const bytes = await holder.store.get(height);
          const { header, sections } = decodeBlock(bytes!);
          blocks.set(
            header.period,
            Array.from({ length: sections.orders.length / 16 }, (_, index) =>
              Buffer.from(sections.orders.subarray(16 * index, 16 * index + 16)).toString("hex"),
            ),
          );
        }
        const where = `write ${from}, ${lasting} in a row`;
        for (const { period, number, record } of kept)
          expect(blocks.get(period)?.[number], `${where}: acknowledged`).toBe(record);
        for (const { period, record } of refused)
          expect(blocks.get(period) ?? [], `${where}: refused`).not.toContain(record);
        await checkLedger(holder.store);
      }
  });

  it("stops when a block can't be kept, and tells everybody who waits", async () => {
    let full = false;
    const store = failing(await openMemoryStore({ hasher }), (call) => full && call === "append");
    const platform = await openPlatform(store);
    const { market } = platform;
    const failures: unknown[] = [];
    market.on("failed", ({ error }) => failures.push(error));
    expect(await offer(platform, 5)).toMatchObject({ status: "accepted" });
    full = true;
    const sealing = market.clearPeriod(2);
    // An order of the next period waits for the block before it, which never comes.
    const waiting = bid(platform, "bob", 1);
    await expect(sealing).rejects.toThrow("store: wanted room");
    await expect(waiting).rejects.toThrow("one that has not failed");
    expect(failures).toHaveLength(1);
    full = false;
    await expect(bid(platform, "bob", 1)).rejects.toThrow("one that has not failed");
    // What was acknowledged is taken again.
    const again = await openPlatform(store);
    expect(again.market.period).toBe(1);
    expect((await again.market.clearPeriod(3)).orders()).toHaveLength(1);
    await checkLedger(store);
  });
});

describe("a market whose store fails while requests are being checked", () => {
  it("answers with the failure, not with an acceptance that nothing will keep", async () => {
    let full = false;
    let checked: Promise<void> = Promise.resolve();
    const store = failing(await openMemoryStore({ hasher }), (call) => full && call === "append");
    const market = await openSigned({
      engine,
      store,
      signatures: {
        ...signatures,
        verify: async (...given) => {
          await checked;
          return signatures.verify(...given);
        },
      },
    });
    await market.clearPeriod(1);
    full = true;
    let go = (): void => undefined;
    checked = new Promise((resolve) => {
      go = resolve;
    });
    const given = order("ann", "offer", "1", "0.1", 0);
    const contract = { ...ownTerms("bob", 9)[0]!, version: 2 };
    const reading = { participant: "ann", carrier: "heat", period: 1, in: "0", out: "0" } as const;
    const pending = [
      market.submit(given, await signOrder(market, given)),
      market.propose(contract, await signContract(contract, market.id)),
      market.report(
        reading,
        await keys.get("ann")!.sign(readingStatement(market.id, market.readingRecord(reading))),
      ),
    ].map((each) => each.then(({ status }) => status).catch((error: Error) => error.message));
    await expect(market.clearPeriod(2)).rejects.toThrow("room");
    go();
    for (const answer of await Promise.all(pending)) expect(answer).toContain("one that has not failed");
    expect(market.proposals).toBe(0);
    await expect(market.submit(given, new Uint8Array(64))).rejects.toThrow("one that has not failed");
    expect(() => market.start()).toThrow("one that has not failed");
    await expect(market.keepLog()).rejects.toThrow("one that has not failed");
  });
});
