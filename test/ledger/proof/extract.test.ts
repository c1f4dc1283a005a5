// Proofs out of statement bundles are the very proofs that the ledger gives, wherever a bundle begins and ends.
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { decodeBlock } from "../../../src/ledger/format/block.js";
import { decodeBundle, openBundle } from "../../../src/ledger/proof/bundle.js";
import { proveByBundle } from "../../../src/ledger/proof/extract.js";
import { encodeProof, openProof } from "../../../src/ledger/proof/proof.js";
import { proveBlock, proveRecord } from "../../../src/ledger/proof/prove.js";
import type { Store } from "../../../src/ledger/store/store.js";
import { HistoryTree } from "../../../src/ledger/tree/history.js";
import { plainHasher as hasher } from "../../../src/ledger/tree/plain.js";
import { openReplay } from "../../../src/market/replay.js";
import { writeBundle } from "../../../src/report/bundle/write.js";
import { runScenario } from "../../support/scenario.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const bundleOf = async (store: Store, from: number, to: number): Promise<string> => {
  let text = "";
  for await (const lines of writeBundle(store.blocks(), "p1", { engine, hasher, from, to })) text += lines;
  return text;
};

describe("a proof out of a bundle", () => {
  it("is that of the ledger, of every block and record, for every stretch and size of ledger", async () => {
    let records = 0;
    for (const [seed, periods, isPrivate] of [
      [31, 8, true],
      [32, 12, false],
    ] as const) {
      const { store } = await runScenario(engine, seed, { participants: 5, periods, isPrivate });
      const history = new HistoryTree(hasher);
      const blocks = [];
      const carried: { state: Uint8Array; names: Uint8Array; rules: Uint8Array }[] = [];
      const replay = openReplay(engine);
      for await (const bytes of store.blocks()) {
        const block = decodeBlock(bytes);
        blocks.push(block);
        replay.replay(block);
        const [state, names, rules] = (["state", "names", "rules"] as const).map((name) =>
          Uint8Array.from(replay.state.records(name, engine)),
        );
        carried.push({ state: state!, names: names!, rules: rules! });
        history.append(store.hash(block.header.height));
      }
      for (let from = 0; from < store.size; from += 1)
        for (let to = from + 1; to <= store.size; to += 3) {
          const bundle = decodeBundle(await bundleOf(store, from, to));
          expect(openBundle(bundle, hasher).size).toBe(store.size);
          const first = Math.max(0, from - 1);
          for (const [place, { rows }] of bundle.blocks.entries()) {
            const height = first + place;
            const block = blocks[height]!;
            const whole = proveBlock(history, block.header, null);
            expect(proveByBundle(bundle, { height, record: null }, hasher)).toEqual(whole);
            for (const { section, open } of rows.slice(0, 6))
              for (const { index } of open.slice(0, 2)) {
                const state = carried[height]![section as "state" | "names" | "rules"];
                const wanted = proveBlock(
                  history,
                  block.header,
                  proveRecord(block, { section, index, state }, hasher),
                );
                const found = proveByBundle(bundle, { height, record: { section, index } }, hasher);
                expect(encodeProof(found), `${section}[${index}] of ${height} in ${from}..${to}`).toBe(
                  encodeProof(wanted),
                );
                records += 1;
              }
          }
        }
    }
    expect(records).toBeGreaterThan(1000);
  }, 120_000);

  it("is refused of what the bundle does not show", async () => {
    const { store } = await runScenario(engine, 31, { participants: 5, periods: 6, isPrivate: true });
    const bundle = decodeBundle(await bundleOf(store, 3, 5));
    for (const height of [1, 5, -1, 2.5])
      expect(() => proveByBundle(bundle, { height, record: null }, hasher)).toThrow("height: wanted 2 to 4");
    const record = { section: "orders", index: 99 } as const;
    expect(() => proveByBundle(bundle, { height: 3, record }, hasher)).toThrow(
      "a record of orders that the bundle shows",
    );
    expect(openProof(proveByBundle(bundle, { height: 3, record: null }, hasher), hasher).header.height).toBe(
      3,
    );
  });

  it("rests on subtrees that the bundle's first header holds to", async () => {
    const { store } = await runScenario(engine, 31, { participants: 5, periods: 8, isPrivate: false });
    const bundle = decodeBundle(await bundleOf(store, 8, 9));
    const { subtrees } = bundle;
    expect(subtrees).toHaveLength(3);
    for (const wrong of [
      subtrees.slice(1),
      [...subtrees, subtrees[0]!],
      [subtrees[1]!, subtrees[0]!, subtrees[2]!],
      [],
    ])
      expect(() => openBundle({ ...bundle, subtrees: wrong }, hasher)).toThrow("bundle subtrees");
    expect(() =>
      openBundle({ ...bundle, subtrees: [subtrees[0]!.subarray(1), ...subtrees.slice(1)] }, hasher),
    ).toThrow("bundle subtrees");
  });
});
