import { describe, expect, it } from "vitest";
import { hex } from "../../src/bytes.js";
import { openEngine } from "../../src/core/engine.js";
import { GridclearError } from "../../src/errors.js";
import { decodeBlock } from "../../src/ledger/format/block.js";
import { orderLayout } from "../../src/ledger/format/records.js";
import { recordsRoot } from "../../src/ledger/format/sections.js";
import { batchStatement, readingStatement } from "../../src/ledger/keys/message.js";
import { memoryMedium, openMemoryStore } from "../../src/ledger/store/memory.js";
import type { Store } from "../../src/ledger/store/store.js";
import { openHasher } from "../../src/ledger/tree/hashwasm.js";
import { Platform } from "../../src/market/platform.js";
import {
  checkLedger,
  gateway,
  keys,
  openLogged,
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

/** What a market writes to its store. */
type Write = "append" | "putMeta" | "beginLog" | "appendLog";

/**
 * A store that takes its time and works until a write that `fails` names: that one writes nothing, and from then on
 * none is taken, as every store does it.
 */
function failing(own: Store, fails: (write: Write, key: string | number) => boolean): Store {
  let broken = false;
  const write = async (name: Write, key: string | number, act: () => Promise<void>): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    broken ||= fails(name, key);
    if (broken) throw new GridclearError("storage", { field: "store", wanted: "room", got: "ENOSPC" });
    return act();
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
    hash: (height) => own.hash(height),
    subtrees: () => own.subtrees(),
    snapshots: () => own.snapshots(),
    getSnapshot: (height) => own.getSnapshot(height),
    putSnapshot: (height, bytes) => own.putSnapshot(height, bytes),
    append: (bytes, height) => write("append", height, () => own.append(bytes, height)),
    get: (height) => own.get(height),
    blocks: (from) => own.blocks(from),
    getMeta: (key) => own.getMeta(key),
    putMeta: (key, value) => write("putMeta", key, () => own.putMeta(key, value)),
    log: () => own.log(),
    beginLog: (period, entries) => write("beginLog", period, () => own.beginLog(period, entries)),
    appendLog: (entry) => write("appendLog", entry.length, () => own.appendLog(entry)),
    close: () => own.close(),
  };
}

async function openPlatform(store: Store): Promise<Platform> {
  return Platform.open({ market: await openLogged({ engine, store }), key: platformKey, hasher });
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

describe("a platform whose disk fails", () => {
  it("acknowledges nothing that it could not keep, stops, and has what it acknowledged when it is opened again", async () => {
    let full = false;
    const own = await openMemoryStore({ hasher });
    const platform = await openPlatform(failing(own, (write) => full && write === "appendLog"));
    const { market } = platform;
    expect(await offer(platform, 5)).toMatchObject({ status: "accepted", receipt: { number: 0 } });
    full = true;
    const told: unknown[] = [];
    market.on("order", (event) => told.push(event));
    market.on("failed", ({ error }) => told.push(error));
    const asked = [offer(platform, 6, 1), batch(platform, [1, 1])];
    for (const each of asked) await expect(each).rejects.toThrow("one that has not failed");
    expect(told).toEqual([expect.objectContaining({ code: "storage", got: '"ENOSPC"' })]);
    await expect(market.clearPeriod(2)).rejects.toThrow("one that has not failed");
    full = false;
    const again = await openPlatform(own);
    // The same order with the same revision is taken now, since the first never was.
    expect(await offer(again, 6, 1)).toMatchObject({ status: "accepted", sequence: 1, replaced: 0 });
    expect(await bid(again, "cid", 1)).toMatchObject({ status: "accepted", sequence: 2 });
    const { block } = await again.market.clearPeriod(2);
    await again.settled();
    expect(block.header.sections.orders.count).toBe(3);
    expect(again.market.balance("bob")).toBe(0n);
    expect(again.market.balance("cid")).toBe(-400_000n * 1_000_000n);
    await checkLedger(own);
  });

  it("closes a period with what is still on the way to the disk, which comes there before the block", async () => {
    let sealing: ReturnType<Platform["market"]["clearPeriod"]> | null = null;
    let close = (): void => undefined;
    const store = failing(await openMemoryStore({ hasher }), (write) => {
      if (write === "appendLog") close();
      return false;
    });
    const platform = await openPlatform(store);
    expect(await offer(platform, 5)).toMatchObject({ status: "accepted" });
    close = () => {
      if (platform.market.openOrders.count === 3) sealing ??= platform.market.clearPeriod(2);
    };
    const events: string[] = [];
    platform.market.on("order", ({ sequence }) => events.push(`order ${sequence}`));
    platform.market.on("sealed", () => events.push("sealed"));
    const answers = await Promise.all([bid(platform, "bob", 5), bid(platform, "cid", 5)]);
    // Both bids are signed and checked in their own time: either may come first.
    answers.sort((a, b) => Number("sequence" in a && a.sequence) - Number("sequence" in b && b.sequence));
    expect(answers).toMatchObject([
      { status: "accepted", period: 1, sequence: 1 },
      { status: "accepted", period: 1, sequence: 2 },
    ]);
    const { block } = await sealing!;
    expect(events).toEqual(["order 1", "order 2", "sealed"]);
    expect(block.header.sections.orders.count).toBe(3);
    expect(await bid(platform, "bob", 1)).toMatchObject({ status: "accepted", sequence: 0, period: 2 });
    await platform.market.clearPeriod(3);
    await checkLedger(store);
  });

  it("loses nothing acknowledged, whichever write fails", async () => {
    for (let from = 1, stopped = true; stopped; from += 1) {
      const medium = memoryMedium();
      let writes = 0;
      const store = failing(await openMemoryStore({ hasher }, medium), (write) => {
        if (write === "putMeta") return false;
        writes += 1;
        // The first write is genesis, without which there is no market.
        return writes > from;
      });
      const kept: { period: number; number: number; record: string }[] = [];
      stopped = false;
      try {
        const platform = await openPlatform(store);
        const { market } = platform;
        for (let round = 0; round < 3; round += 1) {
          const { period } = market;
          const asked = [
            order("ann", "offer", `${1 + round}`, "0.2", 0),
            order("bob", "bid", `${2 + round}`, "0.4", 0),
            order("cid", "bid", `${3 + round}`, "0.5", 0),
          ].map(async (each) => platform.submit(each, await signOrder(market, each)));
          for (const answer of await Promise.allSettled(asked)) {
            if (answer.status === "rejected") continue;
            if (answer.value.status === "refused") throw answer.value.error;
            const { number, order: record } = answer.value.receipt;
            kept.push({ period, number, record: hex(record) });
          }
          await market.clearPeriod(1000 * round);
        }
      } catch (error) {
        expect(String(error)).toMatch(/room|one that has not failed/);
        stopped = true;
      }
      const holder = await openPlatform(await openMemoryStore({ hasher }, { ...medium, held: false }));
      if (stopped) await holder.market.clearPeriod(9_000);
      if (!stopped) expect(from).toBeGreaterThan(14);
      for (const { period, number, record } of kept) {
        const { sections } = decodeBlock((await holder.market.store.get(period))!);
        const found = hex(sections.orders.subarray(16 * number, 16 * number + 16));
        expect(found, `write ${from}: order ${number} of ${period}`).toBe(record);
      }
      await checkLedger(holder.market.store);
    }
  });

  it("stops when a block can't be kept, and tells everybody who waits", async () => {
    let full = false;
    const own = await openMemoryStore({ hasher });
    const platform = await openPlatform(failing(own, (write) => full && write === "append"));
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
    await expect(bid(platform, "bob", 1)).rejects.toThrow("one that has not failed");
    // What was acknowledged is taken again.
    const again = await openPlatform(own);
    expect(again.market.period).toBe(1);
    expect((await again.market.clearPeriod(3)).orders()).toHaveLength(1);
    await checkLedger(own);
  });
});

describe("a market whose store fails while requests are being checked", () => {
  it("answers with the failure, not with an acceptance that nothing will keep", async () => {
    let full = false;
    let checked: Promise<void> = Promise.resolve();
    const store = failing(await openMemoryStore({ hasher }), (write) => full && write === "append");
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
        await keys
          .get("ann")!
          .sign(readingStatement(market.id, market.period, market.readingRecord(reading))),
      ),
    ].map((each) => each.then(({ status }) => status).catch((error: Error) => error.message));
    await expect(market.clearPeriod(2)).rejects.toThrow("room");
    go();
    for (const answer of await Promise.all(pending)) expect(answer).toContain("one that has not failed");
    expect(market.proposals.waiting).toBe(0);
    await expect(market.submit(given, new Uint8Array(64))).rejects.toThrow("one that has not failed");
    expect(() => market.start()).toThrow("one that has not failed");
  });
});
