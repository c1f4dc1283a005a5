// A witness whose disk fails, whose rounds overlap, and that meets a fork of another size.
import { beforeAll, describe, expect, test } from "vitest";
import { fromUtf8 } from "../../../src/bytes.js";
import { GridclearError } from "../../../src/errors.js";
import type { Block } from "../../../src/ledger/format/block.js";
import { parseCheckpoint } from "../../../src/ledger/proof/checkpoint.js";
import {
  decodeContradiction,
  encodeContradiction,
  judgeContradiction,
} from "../../../src/ledger/proof/contradiction.js";
import { type LedgerSource, Witness, type WitnessOptions } from "../../../src/ledger/service/witness.js";
import {
  type MemoryMedium,
  memoryMedium,
  openMemoryStore,
  type Store,
} from "../../../src/ledger/store/memory.js";
import {
  hasher,
  keyOf,
  type Ledger,
  makeLedger,
  market,
  platform,
  replayer,
  signatures,
} from "../../support/community.js";

let ledger: Ledger;
let forked: Ledger;
beforeAll(async () => {
  ledger = await makeLedger(5);
  forked = await makeLedger(7, { forkAt: 3 });
});

const open = async (store: Store, options: Partial<WitnessOptions> = {}): Promise<Witness> =>
  Witness.open({
    hasher,
    signatures,
    name: "wanda",
    key: await keyOf(7),
    store,
    marketId: market,
    replay: replayer(),
    now: () => 1_800_000_000,
    ...options,
  });

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** A source of a ledger under a head of `size`, each answer after `ms`. */
const sourceOf = (from: Ledger, size = from.blocks.length, ms = 0): LedgerSource => ({
  checkpoint: async () => {
    await pause(ms);
    return from.head(size);
  },
  block: async (height) => {
    await pause(ms);
    return from.blocks[height] ?? null;
  },
});

/** The same source, which also proves blocks as a server does. */
async function provingSourceOf(from: Ledger, size = from.blocks.length): Promise<LedgerSource> {
  const ask = await from.serve(size);
  return {
    ...sourceOf(from, size),
    proof: async (under, height) => {
      const bytes = await ask(`proof/${under}/${height}`);
      return bytes === null ? null : fromUtf8(bytes);
    },
  };
}

/** A store with some methods replaced. */
const storeWith = (store: Store, methods: Partial<Store>): Store =>
  new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(name in methods ? methods : target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });

const noRoom = (): GridclearError =>
  new GridclearError("storage", { field: "store", wanted: "room", got: "ENOSPC" });

/** A store that says its disk is full at one append (the first is 1), having kept nothing of it. */
function fullOnce(store: Store, at: number): Store {
  let appends = 0;
  return storeWith(store, {
    append: async (bytes, height) => {
      appends += 1;
      if (appends === at) throw noRoom();
      return store.append(bytes, height);
    },
  });
}

describe("a disk that is full once", () => {
  for (const at of [1, 3, 6])
    test(`at append ${at}: the round is lost, and nothing else`, async () => {
      const medium: MemoryMedium = memoryMedium();
      const own = await openMemoryStore({ hasher }, medium);
      const witness = await open(fullOnce(own, at));
      await expect(witness.follow(sourceOf(ledger))).rejects.toMatchObject({ code: "storage" });
      expect([witness.size, own.size]).toEqual([at - 1, at - 1]);
      expect(witness.note).toBeNull();
      expect(await witness.answer(`block/${at - 1}`)).toBeNull();
      expect(await witness.follow(sourceOf(ledger))).toMatchObject({ status: "cosigned", size: 6 });
      expect([witness.size, own.size]).toEqual([6, 6]);
      expect(parseCheckpoint(witness.note).checkpoint.root).toEqual(own.root());
      await own.close();
      const again = await open(await openMemoryStore({ hasher }, medium));
      expect([again.size, again.note]).toEqual([6, witness.note]);
    });

  test("each block is executed once, however often it is offered", async () => {
    const heights: number[] = [];
    const replay = replayer();
    const own = await openMemoryStore({ hasher });
    const witness = await open(fullOnce(own, 4), {
      replay: (block: Block) => {
        heights.push(block.header.height);
        return replay(block);
      },
    });
    await expect(witness.follow(sourceOf(ledger))).rejects.toThrow("ENOSPC");
    await witness.follow(sourceOf(ledger));
    expect(heights).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("whatever the store says, the ledger is not at fault", async () => {
    const own = await openMemoryStore({ hasher });
    const store = storeWith(own, {
      append: () => Promise.reject(new GridclearError("conflict", { field: "height", wanted: "0", got: 1 })),
    });
    const witness = await open(store);
    await expect(witness.follow(sourceOf(ledger))).rejects.toMatchObject({ code: "conflict" });
  });

  test("a head that can't be kept is not shown, and cosigned by the next round", async () => {
    const own = await openMemoryStore({ hasher });
    let full = true;
    const store = storeWith(own, {
      putMeta: async (key, value) => {
        if (!full) return own.putMeta(key, value);
        full = false;
        throw noRoom();
      },
    });
    const witness = await open(store);
    await expect(witness.follow(sourceOf(ledger))).rejects.toMatchObject({ code: "storage" });
    expect([witness.size, witness.note]).toEqual([6, null]);
    expect(await witness.follow(sourceOf(ledger))).toMatchObject({ status: "cosigned", size: 6 });
  });
});

describe("a replay that breaks off for reasons of its own", () => {
  test("accuses nobody: the witness has to be opened again, and then goes on", async () => {
    const medium = memoryMedium();
    const own = await openMemoryStore({ hasher }, medium);
    const replay = replayer();
    const witness = await open(own, {
      replay: async (block: Block) => {
        if (block.header.height === 3) throw new RangeError("out of memory");
        return replay(block);
      },
    });
    await expect(witness.follow(sourceOf(ledger))).rejects.toThrow("out of memory");
    await expect(witness.follow(sourceOf(ledger))).rejects.toMatchObject({ code: "state" });
    expect([witness.size, own.size]).toEqual([3, 3]);
    await own.close();
    const again = await open(await openMemoryStore({ hasher }, medium));
    expect(await again.follow(sourceOf(ledger))).toMatchObject({ status: "cosigned", size: 6 });
  });
});

describe("rounds that overlap", () => {
  test("follow one another: nobody is accused, nothing is fetched twice", async () => {
    const own = await openMemoryStore({ hasher });
    const witness = await open(own);
    const fetched: number[] = [];
    const counted = (ms: number): LedgerSource => {
      const source = sourceOf(ledger, 6, ms);
      return {
        ...source,
        block: (height) => {
          fetched.push(height);
          return source.block(height);
        },
      };
    };
    const rounds = await Promise.all([
      witness.follow(counted(5)),
      witness.follow(counted(2)),
      witness.follow(counted(0)),
    ]);
    expect(rounds.map(({ status }) => status)).toEqual(["cosigned", "unchanged", "unchanged"]);
    expect(fetched).toEqual([0, 1, 2, 3, 4, 5]);
    expect([witness.size, own.size]).toEqual([6, 6]);
  });

  test("one that fails does not stop the next", async () => {
    const witness = await open(await openMemoryStore({ hasher }));
    const gone: LedgerSource = {
      checkpoint: () => Promise.reject(new GridclearError("storage", { field: "x", wanted: "y", got: 1 })),
      block: async () => null,
    };
    const [first, second] = await Promise.allSettled([
      witness.follow(gone),
      witness.follow(sourceOf(ledger)),
    ]);
    expect(first!.status).toBe("rejected");
    expect(second).toMatchObject({ status: "fulfilled", value: { status: "cosigned", size: 6 } });
  });
});

describe("a fork of another size", () => {
  const shown = (witness: Witness): Promise<string> =>
    judgeContradiction(
      decodeContradiction(encodeContradiction(witness.contradiction!)),
      { marketId: market, platformKey: platform.publicKey },
      signatures,
      hasher,
    );

  test("that is longer: the witness asks for what shows it, and refuses for good", async () => {
    const witness = await open(await openMemoryStore({ hasher }));
    await witness.follow(sourceOf(ledger));
    const refused = await witness.follow(await provingSourceOf(forked));
    expect(refused).toMatchObject({ status: "refused", height: 6 });
    expect(await shown(witness)).toContain("the first 6 blocks of the longer are not those of the shorter");
    expect(await witness.follow(sourceOf(ledger))).toEqual(refused);
    expect(parseCheckpoint(witness.note).checkpoint.root).toEqual(ledger.history.root());
  });

  test("that is shorter: its own blocks show it", async () => {
    const witness = await open(await openMemoryStore({ hasher }));
    await witness.follow(sourceOf(ledger));
    const refused = await witness.follow(sourceOf(forked, 5));
    expect(refused).toMatchObject({ status: "refused", reason: expect.stringContaining("fork at 5") });
    expect(await shown(witness)).toContain("the first 5 blocks of the longer are not those of the shorter");
  });

  test("that its source does not show: refused, and nobody is accused", async () => {
    const witness = await open(await openMemoryStore({ hasher }));
    await witness.follow(sourceOf(ledger));
    const source = await provingSourceOf(forked);
    for (const proof of [
      undefined,
      async () => null,
      async () => "{}",
      () => Promise.reject(new GridclearError("storage", { field: "x", wanted: "y", got: 1 })),
      // A proof of its own ledger shows nothing.
      async (_: number, height: number) => fromUtf8((await (await ledger.serve())(`proof/6/${height - 1}`))!),
    ]) {
      const { proof: __, ...rest } = source;
      const asked = proof === undefined ? rest : { ...rest, proof };
      expect(await witness.follow(asked)).toMatchObject({ status: "refused", height: 6 });
      expect(witness.contradiction).toBeNull();
    }
    expect(await witness.follow(sourceOf(await makeLedger(6)))).toMatchObject({
      status: "cosigned",
      size: 7,
    });
  });
});
