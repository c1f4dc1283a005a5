import { describe, expect, inject, it } from "vitest";
import { hex } from "../../../src/bytes.js";
import { openEngine } from "../../../src/core/engine.js";
import { buildBlock, encodeBlock } from "../../../src/ledger/format/block.js";
import { Chain } from "../../../src/ledger/format/chain.js";
import { decodeRecords, encodeRecords } from "../../../src/ledger/format/layout.js";
import { flowLayout } from "../../../src/ledger/format/records.js";
import { stateSections } from "../../../src/ledger/format/sections.js";
import { decodeSnapshot, encodeSnapshot } from "../../../src/ledger/format/snapshot.js";
import { openTerms } from "../../../src/market/contracts/opening.js";
import { openMarket } from "../../../src/market/open.js";
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

/** A roof and a flat that share at 5 a unit; what they say of the first period, and the blocks that follow. */
async function house(flat: { readonly creditLimit: string | null; readonly collateral: string }) {
  const from = { version: 1, from: 0 } as const;
  const carrier = "electricity";
  const market = await openMarket({
    engine,
    startMs: 0,
    quantityTick: "1",
    priceTick: "1",
    metering: { window: 3, corrections: 3, missing: "zero" },
    clearing: { [carrier]: { mechanism: "share" } },
    contracts: [
      ...openTerms(0),
      { kind: "participant", ...from, id: "roof", creditLimit: "0" },
      { kind: "participant", ...from, id: "flat", creditLimit: flat.creditLimit },
      ...(flat.collateral === "0"
        ? []
        : ([
            { kind: "deposit", ...from, participant: "flat", amount: flat.collateral, number: 1 },
            {
              kind: "supply",
              ...from,
              participant: "flat",
              carrier: "heat",
              limit: 1,
              pool: false,
              collateral: flat.collateral,
            },
          ] as const)),
      { kind: "community", ...from, community: "house", carrier, price: 5, key: {} },
      { kind: "member", ...from, community: "house", participant: "roof", factor: 1_000_000 },
      { kind: "member", ...from, community: "house", participant: "flat", factor: 1_000_000 },
    ],
  });
  const { period } = await market.clearPeriod(1);
  const say = (participant: string, drawn: number, injected: number, version = 1): void => {
    const said = { participant, carrier, period, in: `${drawn}`, out: `${injected}`, version } as const;
    expect(market.report(said).status).toBe("accepted");
  };
  const flows = async (nowMs: number): Promise<string[]> =>
    (await market.clearPeriod(nowMs))
      .flows()
      .map(({ kind, quantity, price, amount }) => `${kind} ${quantity} ${price} ${amount}`);
  return { market, say, flows };
}

describe("what is shared", () => {
  it("is covered by collateral before others stand in, and paid back to those first", async () => {
    const { market, say, flows } = await house({ creditLimit: "0", collateral: "30" });
    say("roof", 0, 10);
    say("flat", 10, 0);
    expect(await flows(2)).toEqual(["shared 10 5 50"]);
    expect([market.balance("roof"), market.balance("flat")]).toEqual([50n, 0n]);
    say("flat", 5, 0, 2);
    // The roof gives 25 back: 20 of it to who stood in.
    expect(await flows(3)).toEqual(["unshared 5 5 25"]);
    expect([market.balance("roof"), market.balance("flat")]).toEqual([25n, 5n]);
  });

  it("is settled by the contracts of the metered period, whatever holds when it settles", async () => {
    const { market, say, flows } = await house({ creditLimit: null, collateral: "0" });
    const from = market.period + 1;
    for (const contract of [
      {
        kind: "community",
        version: 2,
        from,
        community: "house",
        carrier: "electricity",
        price: 9,
        key: { key: "static", shares: { flat: 1 } },
      },
      { kind: "end", version: 1, from, contract: "member/house/flat" },
    ] as const)
      expect(market.propose(contract).status).toBe("accepted");
    await market.clearPeriod(2);
    await market.clearPeriod(3);
    say("roof", 0, 10);
    say("flat", 10, 0);
    expect(await flows(4)).toEqual(["shared 10 5 50"]);
    say("roof", 0, 4, 2);
    expect(await flows(5)).toEqual(["unshared 6 5 30"]);
  });

  it("is held against meters by a replay, flow by flow", async () => {
    const { market, say } = await house({ creditLimit: null, collateral: "0" });
    say("roof", 0, 10);
    say("flat", 10, 0);
    await market.clearPeriod(2);
    const [genesis, cleared, settled] = await blocksOf(market.store);
    const [flow] = decodeRecords(flowLayout, settled!.sections.flows);
    const { header, sections, secret } = settled!;
    const state = Object.fromEntries(stateSections.map((name) => [name, header.sections[name]]));
    for (const lie of [
      { ...flow!, quantity: 9, amount: 45n },
      { ...flow!, party: flow!.order, order: flow!.party },
      { ...flow!, extra: 0n },
    ]) {
      const changed = { ...sections, flows: encodeRecords(flowLayout, [lie]) };
      const draft = { ...header, signed: false, secret, sections: changed, state };
      const replay = openReplay(engine);
      replay.replay(genesis!);
      replay.replay(cleared!);
      expect(() => replay.replay(buildBlock(draft, engine))).toThrow(/flows/);
    }
  });
});
