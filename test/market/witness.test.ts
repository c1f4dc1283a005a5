// A witness that is stopped and opened again begins at a snapshot of its own, and judges as if it had never stopped.
import { beforeAll, expect, test } from "vitest";
import { decodeBlock } from "../../src/ledger/format/block.js";
import { type LedgerSource, Witness } from "../../src/ledger/service/witness.js";
import { type MemoryMedium, memoryMedium, openMemoryStore } from "../../src/ledger/store/memory.js";
import { openWitnessReplay, type WitnessReplay } from "../../src/market/snapshots.js";
import { engine, hasher, keyOf, type Ledger, makeLedger, market, signatures } from "../support/community.js";

const length = 12;
let ledger: Ledger;
beforeAll(async () => {
  ledger = await makeLedger(length);
});

const sourceOf = (size: number, blocks = ledger.blocks): LedgerSource => ({
  checkpoint: async () => ledger.head(size),
  block: async (height) => blocks[height] ?? null,
});

/** A witness on a medium, and the heights that it executed. */
async function opened(
  medium: MemoryMedium,
  change: (replay: WitnessReplay) => WitnessReplay = (same) => same,
) {
  const store = await openMemoryStore({ hasher }, medium);
  const executed: number[] = [];
  const warnings: string[] = [];
  const onWarning = ({ message }: Error): number => warnings.push(message);
  const { replay, ...from } = change(await openWitnessReplay({ store, engine, snapshotEvery: 3, onWarning }));
  try {
    const witness = await Witness.open({
      hasher,
      signatures,
      name: "wanda",
      key: await keyOf(7),
      store,
      marketId: market,
      ...from,
      replay: async (block) => {
        executed.push(block.header.height);
        return replay(block);
      },
      now: () => 1_800_000_000,
    });
    return { witness, store, executed, warnings };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** A witness that has followed so many blocks, and is stopped. */
async function followed(size: number): Promise<MemoryMedium> {
  const medium = memoryMedium();
  const { witness, store, warnings } = await opened(medium);
  expect(await witness.follow(sourceOf(size))).toMatchObject({ status: "cosigned", size });
  await store.close();
  expect(warnings).toEqual([]);
  return medium;
}

test("it executes again only what follows its newest snapshot, and goes on as one that never stopped", async () => {
  const { witness: steady, store } = await opened(memoryMedium());
  await steady.follow(sourceOf(length));
  const medium = await followed(9);
  const { witness, executed, warnings, store: own } = await opened(medium);
  // Taken after the blocks 3 and 6; after 8 there was none due.
  expect([await own.snapshots(), executed, witness.size]).toEqual([[6, 3], [7, 8], 9]);
  expect(await witness.follow(sourceOf(length))).toMatchObject({ status: "cosigned", size: length });
  expect(executed).toEqual([7, 8, 9, 10, 11]);
  expect(witness.note).toBe(steady.note);
  for (const path of ["proof/12/0", "proof/12/5", "proof/12/11", "consistency/4/12", "block/2", "header/11"])
    expect(await witness.answer(path), path).toEqual(await steady.answer(path));
  expect(warnings).toEqual([]);
  await own.close();
  await store.close();
});

test("it refuses after the snapshot what it would have refused without: signatures and sums", async () => {
  const other = await makeLedger(length, { forkAt: 10 });
  const { witness, store } = await opened(await followed(9));
  const mixed = [...ledger.blocks.slice(0, 10), ...other.blocks.slice(10)];
  expect(await witness.follow(sourceOf(length, mixed))).toMatchObject({ status: "refused" });
  await store.close();
  const strange = await opened(
    await followed(9),
    ({ from, replay }) =>
      ({
        replay,
        // The contracts of another market's participants: no order is signed by the keys in them.
        from: { ...from!, contracts: from!.contracts.slice(0, 1) },
      }).valueOf() as WitnessReplay,
  ).catch((error: Error) => error);
  expect(strange).toMatchObject({
    code: "corrupt",
    message: expect.stringContaining("a participant with a key"),
  });
});

test("a snapshot that is of another chain, or of a block that is not there, is refused", async () => {
  const other = await makeLedger(length, { forkAt: 2 });
  const store = await openMemoryStore({ hasher });
  const foreign = await openWitnessReplay({ store, engine, snapshotEvery: 3, onWarning: () => {} });
  for (const [height, bytes] of other.blocks.entries()) {
    await foreign.replay(decodeBlock(bytes));
    await store.append(bytes, height);
  }
  const { from } = await openWitnessReplay({ store, engine, snapshotEvery: 3, onWarning: () => {} });
  expect(from!.snapshot.header.height).toBeGreaterThan(3);
  for (const size of [3, length])
    await expect(
      opened(await followed(size), ({ replay }) => ({ replay, from: from! })),
    ).rejects.toMatchObject({
      code: "corrupt",
      field: "from.snapshot",
    });
  await store.close();
});

test("nothing is taken of blocks that its store has already, whose edge of the history is further on", async () => {
  const medium = await followed(9);
  for (const height of await medium.snapshots.list()) await medium.snapshots.drop(height);
  const { executed, store } = await opened(medium);
  expect(executed.length).toBe(9);
  await store.close();
  expect(await medium.snapshots.list()).toEqual([]);
});

test("one that is bad is passed over with a warning, and all is executed again", async () => {
  const medium = await followed(9);
  for (const height of await medium.snapshots.list()) {
    const bytes = (await medium.snapshots.read(height))!;
    bytes[bytes.length - 1]! ^= 1;
    await medium.snapshots.write(height, bytes);
  }
  const { executed, warnings, store } = await opened(medium);
  expect(executed).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(warnings.length).toBe(2);
  await store.close();
});
