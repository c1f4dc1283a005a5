import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { concat, toUtf8 } from "../../../src/bytes.js";
import type { GridclearError } from "../../../src/errors.js";
import { memoryMedium, openMemoryStore } from "../../../src/ledger/store/memory.js";
import type { Store, StoreOptions } from "../../../src/ledger/store/store.js";
import type { Hasher } from "../../../src/ledger/tree/hasher.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { sampleLedger, sampleMarket, tradePeriod } from "../../support/sample.js";

/** One kind of store, as the contract suite needs it: places to keep ledgers, and the means to do damage there. */
export interface Workshop {
  /** A new, empty place. */
  place(): Promise<Place>;
}
/** Where one ledger is kept. */
export interface Place {
  open(options?: StoreOptions): Promise<Store>;
  /** Replaces the bytes of a block behind the closed store's back; null removes it. */
  damage(height: number, bytes: Uint8Array | null): Promise<void>;
  /** The same of a group of entries of the log: `change` gets its bytes. */
  damageLog(index: number, change: (group: Uint8Array) => Uint8Array | null): Promise<void>;
}

/** A place in memory. */
export async function memoryPlace(): Promise<Place> {
  const medium = memoryMedium();
  return {
    open: (options) => openMemoryStore(options, medium),
    async damage(height, bytes) {
      if (bytes !== null) medium.blocks[height] = bytes;
      else if (height === medium.blocks.length - 1) medium.blocks.pop();
      else delete medium.blocks[height];
    },
    async damageLog(index, change) {
      const { groups } = medium.logged!;
      const changed = change(groups[index]!);
      if (changed === null) delete groups[index];
      else groups[index] = changed;
    },
  };
}

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

/** What every store promises. */
export function storeContract(name: string, workshop: Workshop): void {
  describe(`store contract: ${name}`, () => {
    let hasher: Hasher;
    let blocks: Uint8Array[];
    const open: Store[] = [];
    const opened = async (place: Place, options?: StoreOptions): Promise<Store> => {
      const store = await place.open(options);
      open.push(store);
      return store;
    };
    const filled = async (count: number = blocks.length): Promise<Place> => {
      const place = await workshop.place();
      const store = await place.open();
      for (const [height, bytes] of blocks.slice(0, count).entries()) await store.append(bytes, height);
      await store.close();
      return place;
    };
    beforeAll(async () => {
      hasher = await openHasher();
      blocks = sampleLedger(hasher, [{}, tradePeriod(1002), tradePeriod(1003, 5), {}, tradePeriod(1005, 9)]);
    });
    afterEach(async () => {
      for (const store of open.splice(0)) await store.close();
    });

    it("is empty when new", async () => {
      const store = await opened(await workshop.place());
      expect(store.size).toBe(0);
      expect(store.head).toBe(null);
      expect(store.recovered).toBe(null);
      expect(await store.get(0)).toBe(null);
      expect(store.next().height).toBe(0);
    });

    it("gives back what was appended, now and after opening again", async () => {
      const place = await workshop.place();
      const store = await opened(place);
      for (const [height, bytes] of blocks.entries()) {
        await store.append(bytes, height);
        expect(store.size).toBe(height + 1);
        expect(await store.get(height)).toEqual(bytes);
      }
      const before = { head: store.head, root: store.root() };
      await store.close();
      for (const verify of ["all", "hashes"] as const) {
        const again = await opened(place, { verify });
        expect(again.size).toBe(blocks.length);
        expect({ head: again.head, root: again.root() }).toEqual(before);
        const found: Uint8Array[] = [];
        for await (const bytes of again.blocks(2)) found.push(bytes);
        expect(found).toEqual(blocks.slice(2));
        expect(await again.get(blocks.length)).toBe(null);
        await again.close();
      }
    });

    it("hands out bytes that are the caller's", async () => {
      const store = await opened(await workshop.place());
      const given = blocks[0]!.slice();
      await store.append(given, 0);
      given.fill(0);
      (await store.get(0))!.fill(0);
      expect(await store.get(0)).toEqual(blocks[0]);
    });

    it("goes on after opening again", async () => {
      const place = await filled(3);
      const store = await opened(place);
      for (const height of [3, 4, 5]) await store.append(blocks[height]!, height);
      await store.close();
      expect((await opened(place)).size).toBe(6);
    });

    it("takes turns when asked for several appends at once", async () => {
      const store = await opened(await workshop.place());
      await Promise.all(blocks.map((bytes, height) => store.append(bytes, height)));
      expect(store.size).toBe(blocks.length);
    });

    it("refuses another height than the next, and a block that does not follow, and stays as it was", async () => {
      const store = await opened(await filled(3));
      for (const height of [0, 2, 4, -1, Number.NaN])
        expect(await errorOf(store.append(blocks[3]!, height))).toMatchObject({ code: "conflict" });
      const wrong = blocks[3]!.slice();
      wrong[70]! ^= 1;
      expect(await errorOf(store.append(wrong, 3))).toMatchObject({
        code: "corrupt",
        field: "block 3: previous hash",
      });
      expect(await errorOf(store.append(blocks[4]!, 3))).toMatchObject({ code: "corrupt" });
      expect(await errorOf(store.append(blocks[3]!.subarray(0, -1), 3))).toMatchObject({ code: "corrupt" });
      expect(await errorOf(store.append(new Uint8Array(3), 3))).toMatchObject({ code: "corrupt" });
      expect(store.size).toBe(3);
      await store.append(blocks[3]!, 3);
      expect(store.size).toBe(4);
    });

    it("keeps values beside the blocks", async () => {
      const place = await workshop.place();
      const store = await opened(place);
      await store.append(blocks[0]!, 0);
      expect(await store.getMeta("cosignatures/1")).toBe(null);
      const value = Uint8Array.of(0, 1, 2, 255);
      await store.putMeta("cosignatures/1", value);
      await store.putMeta("empty", new Uint8Array(0));
      value.fill(9);
      await store.close();
      const again = await opened(place);
      expect(await again.getMeta("cosignatures/1")).toEqual(Uint8Array.of(0, 1, 2, 255));
      expect(await again.getMeta("empty")).toEqual(new Uint8Array(0));
      await again.putMeta("cosignatures/1", Uint8Array.of(7));
      expect(await again.getMeta("cosignatures/1")).toEqual(Uint8Array.of(7));
      expect(again.size).toBe(1);
    });

    it("refuses keys and values out of bounds", async () => {
      const store = await opened(await workshop.place());
      for (const key of ["", "x".repeat(129), "é", "a\n", 5 as unknown as string])
        expect(await errorOf(store.putMeta(key, new Uint8Array(1)))).toMatchObject({ code: "invalid" });
      expect(await errorOf(store.putMeta("big", new Uint8Array((1 << 20) + 1)))).toMatchObject({
        code: "limit",
      });
    });

    it("refuses a second writer, and lets it in when the first has closed", async () => {
      const place = await workshop.place();
      const first = await opened(place);
      await first.append(blocks[0]!, 0);
      expect(await errorOf(place.open())).toMatchObject({ code: "conflict" });
      await first.append(blocks[1]!, 1);
      await first.close();
      expect((await opened(place)).size).toBe(2);
    });

    it("does nothing once closed, and closes twice", async () => {
      const store = await opened(await filled(2));
      const pending = store.append(blocks[2]!, 2);
      await store.close();
      await pending;
      await store.close();
      expect(await errorOf(store.append(blocks[3]!, 3))).toMatchObject({ code: "state" });
      expect(await errorOf(store.get(0))).toMatchObject({ code: "state" });
      expect(await errorOf(store.putMeta("a", new Uint8Array(1)))).toMatchObject({ code: "state" });
    });

    it("does not make a ledger when asked not to", async () => {
      const place = await workshop.place();
      expect(await errorOf(place.open({ create: false }))).toMatchObject({ code: "invalid" });
      expect(await errorOf(place.open({ create: false }))).toMatchObject({ code: "invalid" });
      expect((await opened(place)).size).toBe(0);
    });

    it("opens one that is there without making it", async () => {
      expect((await opened(await filled(2), { create: false })).size).toBe(2);
    });

    it("drops a half-written last block that was never acknowledged, and says so", async () => {
      for (const length of [0, 1, 100, 991, 992, 1020]) {
        const place = await filled(2);
        await place.damage(2, blocks[2]!.subarray(0, length));
        for (const [verify, recovered] of [
          ["hashes", { height: 2, bytes: length }],
          ["all", null],
        ] as const) {
          const store = await opened(place, { verify });
          expect(store.size).toBe(2);
          expect(store.recovered).toEqual(recovered);
          await store.close();
        }
        const store = await opened(place);
        await store.append(blocks[2]!, 2);
        await store.close();
        expect((await opened(place)).size).toBe(3);
        for (const left of open.splice(0)) await left.close();
      }
    });

    it("keeps a last block that is whole, though its acknowledgement never came", async () => {
      const place = await filled(2);
      await place.damage(2, blocks[2]!);
      for (const size of [3, 3]) {
        const store = await opened(place);
        expect([store.size, store.recovered]).toEqual([size, null]);
        await store.close();
      }
    });

    it("refuses anything worse, naming the height", async () => {
      const flipped = (bytes: Uint8Array, at: number): Uint8Array => {
        const copy = bytes.slice();
        copy[at]! ^= 0x10;
        return copy;
      };
      const cases: [height: number, bytes: Uint8Array | null, named: number][] = [
        [2, null, 2], // a gap
        [5, null, 5], // the last acknowledged block is gone
        [5, blocks[5]!.subarray(0, 1020), 5], // acknowledged, so not a half-written one
        [5, flipped(blocks[5]!, 1100), 5],
        [3, flipped(blocks[3]!, 1020), 3],
        [3, flipped(blocks[3]!, 44), 3],
        [3, new Uint8Array(0), 3],
        [3, blocks[2]!, 3],
        [0, blocks[1]!, 0],
        [0, null, 0],
      ];
      for (const [height, bytes, named] of cases) {
        const place = await filled();
        await place.damage(height, bytes);
        const error = await errorOf(place.open());
        expect(error).toMatchObject({ code: "corrupt" });
        expect((error as { field: string }).field).toMatch(new RegExp(`^block ${named}\\b`));
        // The refusal let go of the place.
        expect(await errorOf(place.open())).toMatchObject({ code: "corrupt" });
      }
    });

    it("finds a last block that was replaced by another whole one", async () => {
      const place = await filled();
      const other = sampleLedger(hasher, [
        {},
        tradePeriod(1002),
        tradePeriod(1003, 5),
        {},
        tradePeriod(1005, 10),
      ]);
      await place.damage(5, other[5]!);
      expect(await errorOf(place.open())).toMatchObject({ code: "corrupt", field: "block 5: hash" });
    });

    logContract({ workshop, opened, filled, blocks: () => blocks });

    it("keeps two snapshots, the one put last and the newest other, and finds them again", async () => {
      const place = await filled();
      const store = await opened(place);
      const longer = new Uint8Array((1 << 20) + 7).fill(9);
      await store.putSnapshot(1, Uint8Array.of(1));
      await store.putSnapshot(4, longer);
      expect(await store.snapshots()).toEqual([4, 1]);
      await store.putSnapshot(2, Uint8Array.of(2, 2));
      await store.putSnapshot(2, Uint8Array.of(2));
      expect(await store.snapshots()).toEqual([4, 2]);
      for (const height of [-1, 0.5, 6])
        expect(await errorOf(store.putSnapshot(height, Uint8Array.of(1)))).toMatchObject({ code: "invalid" });
      expect(store.subtrees().map((each) => each.length)).toEqual([32, 32]); // 6 = 4 + 2
      await store.close();
      const again = await opened(place);
      expect(await again.snapshots()).toEqual([4, 2]);
      expect(await again.getSnapshot(2)).toEqual(Uint8Array.of(2));
      expect((await again.getSnapshot(4))!.length).toBe(longer.length);
      expect(await again.getSnapshot(1)).toBeNull();
      await again.close();
    });

    it("by hashes alone finds a header with any byte changed, and names its height or the next", async () => {
      const place = await filled();
      for (const height of [0, 2, 5])
        for (let at = 0; at < 992; at += 83) {
          const bytes = blocks[height]!.slice();
          bytes[at]! ^= 1;
          await place.damage(height, bytes);
          const error = (await errorOf(opened(place, { verify: "hashes" }))) as GridclearError | null;
          expect(error?.code, `byte ${at}`).toMatch(/^(?:corrupt|unsupported)$/);
          expect([`block ${height}`, `block ${height + 1}`]).toContain(error?.field.split(":")[0]);
          await place.damage(height, blocks[height]!);
        }
    });

    it("knows the hash of every block, however it was opened", async () => {
      const hashes = blocks.map((bytes) =>
        hasher.sha256(concat(toUtf8("gridclear block v2\0"), bytes.subarray(0, 992))),
      );
      const place = await filled(4);
      for (const verify of ["all", "hashes"] as const) {
        const store = await opened(place, { verify });
        const { size } = store;
        await store.append(blocks[size]!, size);
        expect(Array.from({ length: size + 1 }, (_, height) => store.hash(height))).toEqual(
          hashes.slice(0, size + 1),
        );
        store.hash(0).fill(0);
        expect(store.hash(0)).toEqual(hashes[0]);
        for (const height of [-1, 0.5, size + 1, Number.NaN])
          expect(() => store.hash(height)).toThrow(/^height: /);
        await store.close();
      }
    });

    it("by hashes alone does not read sections, and says nothing of them", async () => {
      const place = await filled();
      const bytes = blocks[2]!.slice();
      bytes[998]! ^= 1;
      await place.damage(2, bytes);
      expect((await opened(place, { verify: "hashes" })).size).toBe(6);
    });
  });
}

/** What the tests of the log share with the others. */
interface LogTools {
  readonly workshop: Workshop;
  readonly opened: (place: Place) => Promise<Store>;
  readonly filled: (count?: number) => Promise<Place>;
  readonly blocks: () => readonly Uint8Array[];
}

function logContract({ workshop, opened, filled, blocks }: LogTools): void {
  const first = sampleMarket.from;
  const entry = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

  it("has no log before one is begun, and none before the first block", async () => {
    const empty = await opened(await workshop.place());
    expect(await empty.log()).toBe(null);
    for (const attempt of [empty.beginLog(first, [entry(1)]), empty.appendLog(entry(1))])
      expect(await errorOf(attempt)).toMatchObject({ code: "state" });
    const store = await opened(await filled(2));
    expect(await store.log()).toBe(null);
    expect(await errorOf(store.appendLog(entry(1)))).toMatchObject({ code: "state", field: "log" });
    await store.beginLog(first + 2, []);
    expect(await store.log()).toBe(null);
  });

  it("gives back the log as it was written, now and after opening again", async () => {
    const place = await filled(2);
    const store = await opened(place);
    await store.beginLog(first + 2, []);
    const given = [entry(1, 2), new Uint8Array(0), new Uint8Array(70_000).fill(7)];
    const writing = given.map((each) => store.appendLog(each));
    given[0]!.fill(9);
    await Promise.all(writing);
    given[0] = entry(1, 2);
    for (let byte = 0; byte < 5; byte += 1) {
      await store.appendLog(entry(byte));
      given.push(entry(byte));
    }
    expect(await store.log()).toEqual({ period: first + 2, entries: given });
    (await store.log())!.entries[0]!.fill(9);
    await store.close();
    for (const more of [entry(50), entry(51)]) {
      const again = await opened(place);
      expect(await again.log()).toEqual({ period: first + 2, entries: given });
      await again.appendLog(more);
      given.push(more);
      await again.close();
    }
    expect(await (await opened(place)).log()).toEqual({ period: first + 2, entries: given });
  });

  it("replaces the log when the next period begins, and keeps the old one until then", async () => {
    const place = await filled(2);
    let store = await opened(place);
    await store.beginLog(first + 2, [entry(1)]);
    // Asked for at once, written in order: what comes before the block belongs to its period, what comes after to the
    // next.
    await Promise.all([
      store.appendLog(entry(2)),
      store.append(blocks()[2]!, 2),
      store.beginLog(first + 3, [entry(3), entry(4)]),
      store.appendLog(entry(5)),
    ]);
    expect(await store.log()).toEqual({ period: first + 3, entries: [entry(3), entry(4), entry(5)] });
    // An entry behind the block has no log yet.
    const sealing = store.append(blocks()[3]!, 3);
    expect(await errorOf(store.appendLog(entry(6)))).toMatchObject({ code: "state" });
    await sealing;
    await store.close();
    store = await opened(place);
    expect(await store.log()).toEqual({ period: first + 3, entries: [entry(3), entry(4), entry(5)] });
    for (const period of [first + 3, first + 5, -1, 1.5])
      expect(((await errorOf(store.beginLog(period, []))) as GridclearError).code).toMatch(
        /conflict|invalid/,
      );
    await store.beginLog(first + 4, []);
    expect(await store.log()).toBe(null);
    await store.close();
    store = await opened(place);
    expect(await store.log()).toBe(null);
    expect(store.size).toBe(4);
  });

  it("refuses entries out of bounds, and stays as it was", async () => {
    const store = await opened(await filled(1));
    await store.beginLog(first + 1, [entry(1)]);
    expect(await errorOf(store.appendLog(new Uint8Array(1 << 24)))).toMatchObject({ code: "limit" });
    expect(await errorOf(store.appendLog([1] as never))).toMatchObject({ code: "invalid", field: "entry" });
    expect(await errorOf(store.beginLog(first + 1, [entry(2), "x" as never]))).toMatchObject({
      field: "entries[1]",
    });
    await store.appendLog(new Uint8Array((1 << 24) - 1));
    expect((await store.log())!.entries.map(({ length }) => length)).toEqual([1, (1 << 24) - 1]);
  });

  it("logs nothing once closed, and flushes what was asked for before", async () => {
    const place = await filled(1);
    const store = await opened(place);
    await store.beginLog(first + 1, []);
    const pending = store.appendLog(entry(1));
    await store.close();
    await pending;
    for (const attempt of [store.appendLog(entry(2)), store.beginLog(first + 1, []), store.log()])
      expect(await errorOf(attempt)).toMatchObject({ code: "state" });
    expect((await (await opened(place)).log())!.entries).toEqual([entry(1)]);
  });

  it("refuses a log with a byte changed, an entry missing, or one in another's place", async () => {
    const made = async (): Promise<Place> => {
      const place = await filled(2);
      const store = await opened(place);
      await store.beginLog(first + 2, [entry(1, 1)]);
      for (const byte of [2, 3, 4]) await store.appendLog(entry(byte, byte));
      await store.close();
      return place;
    };
    const flip = (at: number) => (group: Uint8Array) =>
      group.map((byte, index) => (index === (at + group.length) % group.length ? byte ^ 4 : byte));
    const gone = (): null => null;
    const damages: [number, (group: Uint8Array) => Uint8Array | null][] = [];
    for (const index of [0, 1, 3]) for (const at of [0, 8, 12, -1]) damages.push([index, flip(at)]);
    for (const index of [0, 2, 3]) damages.push([index, gone]);
    for (const [index, change] of damages) {
      const place = await made();
      await place.damageLog(index, change);
      const error = await errorOf(place.open());
      expect(error, `group ${index}`).toMatchObject({ code: "corrupt" });
      expect((error as GridclearError).field).toMatch(/^log/);
      expect(await errorOf(place.open())).toMatchObject({ code: "corrupt" });
    }
    const place = await made();
    let other = new Uint8Array(0);
    await place.damageLog(1, (group) => {
      other = group.slice();
      return group;
    });
    await place.damageLog(2, () => other);
    expect(await errorOf(place.open())).toMatchObject({ code: "corrupt", field: "log, group 2" });
  });
}
