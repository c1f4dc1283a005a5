import { describe, expect, inject, it } from "vitest";
import { hex } from "../../../src/bytes.js";
import { openEngine } from "../../../src/core/engine.js";
import { encodeBlock } from "../../../src/ledger/format/block.js";
import { Chain } from "../../../src/ledger/format/chain.js";
import { decodeSnapshot, encodeSnapshot } from "../../../src/ledger/format/snapshot.js";
import { snapshotOf } from "../../../src/market/period/snapshot.js";
import { openReplay } from "../../../src/market/replay.js";
import { blocksOf } from "../../support/scenario.js";
import { playShared } from "../../support/sharedrun.js";

const engine = await openEngine();

describe("a carrier that is shared", () => {
  it("does what the page says, in random markets with corrections, late and missing readings", {
    timeout: 120_000,
  }, async () => {
    const first = inject("propertySeed");
    const all = { flows: 0, taken: 0, stood: 0 };
    for (let seed = first; seed < first + 300; seed += 1) {
      const { seen } = await playShared(engine, seed);
      for (const name of ["flows", "taken", "stood"] as const) all[name] += seen[name];
    }
    expect(all.flows).toBeGreaterThan(3_000);
    expect(all.taken).toBeGreaterThan(300);
    expect(all.stood).toBeGreaterThan(50);
  });

  it("comes to the same in a replay from genesis and from a snapshot of any height", async () => {
    for (let seed = 900; seed < 912; seed += 1) {
      const { store } = await playShared(engine, seed);
      const blocks = await blocksOf(store);
      const taken = (() => {
        const chain = new Chain(engine);
        const replay = openReplay(engine);
        return blocks.map((block) => {
          const { subtrees } = chain;
          chain.append(encodeBlock(block));
          replay.replay(block);
          return encodeSnapshot(snapshotOf(replay.state, block, subtrees, engine));
        });
      })();
      for (const [height, bytes] of taken.entries()) {
        const snapshot = decodeSnapshot(bytes, engine);
        expect(hex(encodeSnapshot(snapshot))).toBe(hex(bytes));
        const replay = openReplay(engine, snapshot);
        for (const block of blocks.slice(height + 1)) {
          const { header } = block;
          replay.replay(block);
          const { subtrees } = decodeSnapshot(taken[header.height]!, engine);
          const again = encodeSnapshot(snapshotOf(replay.state, block, subtrees, engine));
          expect(hex(again)).toBe(hex(taken[header.height]!));
        }
      }
    }
  });
});
