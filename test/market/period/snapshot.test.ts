// Snapshots of random markets: what is taken at a height is the state there, to the byte, and going on from it is going
// on.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hex } from "../../../src/bytes.js";
import { openEngine } from "../../../src/core/engine.js";
import { type Block, encodeBlock } from "../../../src/ledger/format/block.js";
import { partsOfBook } from "../../../src/ledger/format/books.js";
import { Chain } from "../../../src/ledger/format/chain.js";
import { decodeRecords } from "../../../src/ledger/format/layout.js";
import { stateSections } from "../../../src/ledger/format/sections.js";
import { decodeSnapshot, encodeSnapshot } from "../../../src/ledger/format/snapshot.js";
import { bookLayout } from "../../../src/ledger/format/state.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { snapshotOf } from "../../../src/market/period/snapshot.js";
import { openReplay } from "../../../src/market/replay.js";
import { blocksOf, runScenario } from "../../support/scenario.js";

const engine = await openEngine();
const hasher = await openHasher();

/** The snapshot of every height of a chain, as bytes. */
function snapshotsOf(blocks: readonly Block[]): Uint8Array[] {
  const chain = new Chain(hasher);
  const replay = openReplay(engine);
  return blocks.map((block) => {
    const { subtrees } = chain;
    chain.append(encodeBlock(block));
    replay.replay(block);
    return encodeSnapshot(snapshotOf(replay.state, block, subtrees, engine));
  });
}

/** What a market's books and names had in them, so that a test knows it met them. */
const seenIn = ({ header }: Block): string[] =>
  stateSections.filter((name) => header.sections[name].count > 0);

describe("a snapshot", () => {
  it("is the state to the byte, and going on from it gives the same blocks", async () => {
    const seen = new Set<string>();
    let meters = 0;
    let ended = 0;
    let traded = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(0xffff_ffff), fc.boolean(), async (seed, isPrivate) => {
        const isMetered = seed % 2 === 0;
        const { store } = await runScenario(engine, seed, {
          participants: 6,
          periods: 9,
          isPrivate,
          isMetered,
        });
        const blocks = await blocksOf(store);
        const kept = snapshotsOf(blocks);
        for (const [height, bytes] of kept.entries()) {
          const snapshot = decodeSnapshot(bytes, hasher);
          expect(hex(encodeSnapshot(snapshot))).toBe(hex(bytes));
          const replay = openReplay(engine, snapshot);
          const again = snapshotOf(replay.state, snapshot, snapshot.subtrees, engine);
          expect(hex(encodeSnapshot(again))).toBe(hex(bytes));
          for (const name of seenIn(blocks[height]!)) seen.add(name);
          meters += snapshot.meters.reduce((sum, each) => sum + each.length, 0);
          traded += decodeRecords(bookLayout, snapshot.books).filter(
            (book, index) => (partsOfBook(book, snapshot.meters[index]!).trades?.length ?? 0) > 0,
          ).length;
          ended += snapshot.names.filter(({ kind }) => kind === "ended").length;
          const chain = Chain.after(snapshot.header, snapshot.subtrees, hasher);
          for (const block of blocks.slice(height + 1)) {
            chain.append(encodeBlock(block));
            replay.replay(block);
            const taken = encodeSnapshot(
              snapshotOf(
                replay.state,
                block,
                decodeSnapshot(kept[block.header.height]!, hasher).subtrees,
                engine,
              ),
            );
            expect(hex(taken)).toBe(hex(kept[block.header.height]!));
          }
          expect(hex(chain.root())).toBe(hex(store.root()));
        }
      }),
      { numRuns: 25, seed: 11 },
    );
    expect([...seen].sort()).toEqual([...stateSections].sort());
    expect(traded).toBeGreaterThan(0);
    expect(meters).toBeGreaterThan(0);
    expect(ended).toBeGreaterThan(0);
  });

  it.each([false, true])(
    "is refused whichever byte of it is flipped, cut or lengthened anywhere; private: %s",
    async (isPrivate) => {
      const { store } = await runScenario(engine, 3, {
        participants: 3,
        periods: 5,
        isPrivate,
        isMetered: true,
      });
      const blocks = await blocksOf(store);
      const bytes = snapshotsOf(blocks).at(-1)!;
      const wanted = hex(bytes.subarray(16, 16 + 992));
      /** Whether a document is taken for the state of the block whose header is in the chain. */
      const taken = (changed: Uint8Array): boolean => {
        try {
          decodeSnapshot(changed, hasher);
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^(corrupt|unsupported)$/) });
          return false;
        }
        // Of the header's own bytes the chain is the judge.
        expect(hex(changed.subarray(16, 16 + 992))).not.toBe(wanted);
        return hex(changed.subarray(16, 16 + 992)) === wanted;
      };
      expect(decodeSnapshot(bytes, hasher).header.height).toBe(5);
      for (let at = 0; at < bytes.length; at += 1) {
        const changed = bytes.slice();
        changed[at]! ^= 1 << (at % 8);
        expect(taken(changed), `byte ${at}`).toBe(false);
      }
      for (const length of [0, 1, 15, 16, 1007, 1008, bytes.length - 1]) {
        expect(taken(bytes.slice(0, length))).toBe(false);
      }
      expect(taken(new Uint8Array([...bytes, 0]))).toBe(false);
    },
  );
});
