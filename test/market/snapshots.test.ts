// Markets that keep snapshots: a restart begins at the newest that holds, and a bad one is passed over.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { hex } from "../../src/bytes.js";
import { openEngine } from "../../src/core/engine.js";
import type { GridclearError } from "../../src/errors.js";
import type { SigningKey } from "../../src/ledger/keys/backend.js";
import { memoryMedium, openMemoryStore } from "../../src/ledger/store/memory.js";
import { openNodeStore } from "../../src/ledger/store/node.js";
import type { Store } from "../../src/ledger/store/store.js";
import type { Contract } from "../../src/market/contracts/contracts.js";
import type { Market } from "../../src/market/market.js";
import { openMarket } from "../../src/market/open.js";
import { checkLedger, keys, openSigned, signatures, signContract } from "../support/signedmarket.js";

const engine = await openEngine();
const folder = mkdtempSync(join(tmpdir(), "gridclear-snapshots-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const clock = { now: () => 1_000, setTimer: () => 0, clearTimer: () => undefined };

async function periods(market: Market, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    market.submit({ participant: "ann", carrier: "electricity", side: "offer", quantity: "2", price: "0.1" });
    market.submit({ participant: "bob", carrier: "electricity", side: "bid", quantity: "1", price: "0.3" });
    await market.clearPeriod();
  }
}

/** A store that counts the blocks that are read of it. */
function counting(store: Store): { store: Store; read: Set<number> } {
  const read = new Set<number>();
  const get = async (height: number): Promise<Uint8Array | null> => {
    read.add(height);
    return store.get(height);
  };
  const counted = new Proxy(store, {
    get(target, name) {
      if (name === "get") return get;
      if (name === "blocks")
        return async function* (from = 0) {
          for (let height = from; height < target.size; height += 1) yield (await get(height))!;
        };
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { store: counted, read };
}

const metering = { window: 3, corrections: 2, missing: "last" } as const;

it("resumes at the newest snapshot, with the same head as without, and keeps two", async () => {
  const medium = memoryMedium();
  const store = await openMemoryStore({ hasher: engine }, medium);
  const market = await openMarket({
    engine,
    store,
    clock,
    participants: ["ann", "bob"],
    metering,
    snapshotEvery: 4,
  });
  await periods(market, 14);
  expect(await store.snapshots()).toEqual([12, 8]);
  await store.close();
  const { store: again, read } = counting(await openMemoryStore({ hasher: engine }, medium));
  const resumed = await openMarket({ engine, store: again, clock, participants: ["ann", "bob"], metering });
  expect([...read].sort((a, b) => a - b)).toEqual([0, 12, 13, 14]);
  await periods(resumed, 3);
  expect(hex(resumed.last!.hash)).toBe(hex(await headAfter(17)));
});

/** The head of the same market after so many periods, without snapshots. */
async function headAfter(count: number): Promise<Uint8Array> {
  const market = await openMarket({ engine, clock, participants: ["ann", "bob"], metering });
  await periods(market, count);
  return market.last!.hash;
}

it("passes over a snapshot with any byte flipped, says so, and comes to the same", async () => {
  const directory = join(folder, "flipped");
  const store = await openNodeStore(directory, { hasher: engine });
  const market = await openMarket({
    engine,
    store,
    clock,
    participants: ["ann", "bob"],
    metering,
    snapshotEvery: 3,
  });
  await periods(market, 7);
  const wanted = hex(market.last!.hash);
  await store.close();
  const files = join(directory, "snapshots");
  expect(readdirSync(files).sort()).toEqual(["0000000000000003.gcls", "0000000000000006.gcls"]);
  const newest = join(files, "0000000000000006.gcls");
  const good = readFileSync(newest);
  const reopened = async (): Promise<{ warnings: GridclearError[]; read: number[] }> => {
    const warnings: GridclearError[] = [];
    const opened = await openNodeStore(directory, { hasher: engine, verify: "hashes" });
    const { store: counted, read } = counting(opened);
    const resumed = await openMarket({
      engine,
      store: counted,
      clock,
      onWarning: (error) => warnings.push(error),
    });
    expect(hex(opened.head!.hash)).toBe(wanted);
    expect(resumed.period).toBe(market.period);
    await opened.close();
    return { warnings, read: [...read].sort((a, b) => a - b) };
  };
  expect(await reopened()).toEqual({ warnings: [], read: [0, 6, 7] });
  for (let at = 0; at < good.length; at += 97) {
    const bad = Buffer.from(good);
    bad[at]! ^= 0x20;
    writeFileSync(newest, bad);
    const { warnings, read } = await reopened();
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining("snapshot of height 6, passed over"),
    ]);
    // The one before it holds.
    expect(read.filter((height) => height !== 6)).toEqual([0, 3, 4, 5, 7]);
  }
  // One of another height in its place, and none.
  writeFileSync(newest, readFileSync(join(files, "0000000000000003.gcls")));
  expect((await reopened()).warnings).toHaveLength(1);
  rmSync(files, { recursive: true });
  expect(await reopened()).toEqual({ warnings: [], read: [0, 1, 2, 3, 4, 5, 6, 7] });
});

it("goes on when a snapshot can't be kept, and says so", async () => {
  const medium = memoryMedium();
  medium.snapshots.write = async () => {
    throw new Error("disk full");
  };
  const warnings: string[] = [];
  const store = await openMemoryStore({ hasher: engine }, medium);
  const market = await openMarket({
    engine,
    store,
    clock,
    participants: ["ann", "bob"],
    snapshotEvery: 2,
    onWarning: ({ message }) => warnings.push(message),
  });
  await periods(market, 5);
  expect(market.last!.height).toBe(5);
  await store.close();
  expect(warnings).toHaveLength(2);
  expect(warnings[0]).toContain("snapshot of height 2");
});

it("knows whose signatures count in a signed market, ended participants' and devices' too", async () => {
  const medium = memoryMedium();
  const store = await openMemoryStore({ hasher: engine }, medium);
  const market = await openSigned({ engine, store, snapshotEvery: 1 });
  const propose = async (contract: Contract, key?: SigningKey): Promise<unknown> =>
    market.propose(contract, await signContract(contract, market.id, key));
  const ends = [...market.state.contracts].filter(
    (key) => /\/cid$/.test(key) && !key.startsWith("participant/"),
  );
  for (const key of [...ends, "participant/cid"])
    expect(
      await propose({ kind: "end", version: 1, from: market.period + 1, contract: key }, keys.get("cid")!),
    ).toMatchObject({ status: "accepted" });
  await market.clearPeriod(60_000);
  await market.clearPeriod(90_000);
  await store.close();
  const again = await openMemoryStore({ hasher: engine }, medium);
  const { store: counted, read } = counting(again);
  const resumed = await openMarket({ engine, store: counted, clock, signatures });
  expect([...read].sort((a, b) => a - b)).toEqual([0, again.size - 1]);
  expect(resumed.state.contracts).not.toContain("participant/cid");
  const back = (key: SigningKey): Contract => ({
    kind: "participant",
    version: resumed.nextVersion("participant/cid"),
    from: resumed.period + 1,
    id: "cid",
    key: hex(key.publicKey),
  });
  const stranger = await signatures.generate();
  const taken = async (contract: Contract, by: SigningKey): Promise<unknown> =>
    resumed.propose(contract, await signContract(contract, resumed.id, by));
  // Whoever held the id signs for it, though its contract ended before the snapshot.
  expect(await taken(back(stranger), stranger)).toMatchObject({
    status: "refused",
    error: { code: "signature" },
  });
  expect(await taken(back(stranger), keys.get("cid")!)).toMatchObject({ status: "accepted" });
});

it("knows after a restart whose signals count, the operator's whom an area names", async () => {
  const medium = memoryMedium();
  const store = await openMemoryStore({ hasher: engine }, medium);
  const market = await openSigned({ engine, store, snapshotEvery: 1 });
  const operator = await signatures.generate();
  const town = { kind: "area", version: 1, carrier: "electricity" } as const;
  const elm = { area: "elm", parent: "town", operator: hex(operator.publicKey) };
  const from = market.period + 1;
  for (const contract of [
    { ...town, from, area: "town" },
    { ...town, from, ...elm },
  ])
    expect(await market.propose(contract, await signContract(contract, market.id))).toMatchObject({
      status: "accepted",
    });
  await market.clearPeriod(60_000);
  await market.clearPeriod(90_000);
  const signal = (of: Market): Contract => ({
    kind: "limit",
    version: of.nextVersion("limit/elm"),
    from: of.period + 1,
    area: "elm",
    until: of.period + 9,
    exportLimit: 0,
  });
  const taken = async (of: Market, contract: Contract, by?: SigningKey): Promise<unknown> =>
    of.propose(contract, await signContract(contract, of.id, by));
  const refused = { status: "refused", error: { code: "signature" } };
  expect(await taken(market, signal(market))).toMatchObject(refused);
  expect(await taken(market, signal(market), operator)).toMatchObject({ status: "accepted" });
  await market.clearPeriod(120_000);
  await market.clearPeriod(150_000);
  expect(market.state.contract("limit/elm")).toMatchObject({ exportLimit: 0 });
  await store.close();
  const resumed = await openMarket({
    engine,
    store: await openMemoryStore({ hasher: engine }, medium),
    clock,
    signatures,
  });
  expect(await taken(resumed, signal(resumed))).toMatchObject(refused);
  const end = { kind: "end", version: 1, from: resumed.period + 1, contract: "limit/elm" } as const;
  expect(await taken(resumed, end)).toMatchObject(refused);
  expect(await taken(resumed, end, operator)).toMatchObject({ status: "accepted" });
  await resumed.clearPeriod(180_000);
  await resumed.clearPeriod(210_000);
  expect(resumed.state.contracts).not.toContain("limit/elm");
  await checkLedger(resumed.store);
});
