// The least number of members behind totals: what headers then say, what everybody else still knows, and what a replay
// refuses.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import { buildBlock, decodeBlock, encodeBlock } from "../../src/ledger/format/block.js";
import { openHasher } from "../../src/ledger/tree/hashwasm.js";
import { openMarket } from "../../src/market/open.js";
import { auditBlocks } from "../../src/report/audit.js";
import { summarize } from "../../src/report/indicators.js";
import { totalsOfBlock } from "../../src/report/totals.js";
import { carriers } from "../../src/units.js";
import { runScenario } from "../support/scenario.js";

const engine = await openEngine();
const hasher = await openHasher();

/** Three trade heat, two electricity, for two periods. */
async function run(leastMembers?: number) {
  const market = await openMarket({
    engine,
    participants: ["ann", "bob", "cid"],
    startMs: 0,
    privacy: "private",
    secrets: () => new Uint8Array(32).fill(7),
    ...(leastMembers === undefined ? {} : { leastMembers }),
  });
  const order = (participant: string, carrier: "electricity" | "heat", side: "offer" | "bid") =>
    market.submit({ participant, carrier, side, quantity: "2", price: side === "bid" ? "0.3" : "0.1" });
  const results = [];
  for (const end of [30_000, 60_000]) {
    order("ann", "electricity", "offer");
    order("bob", "electricity", "bid");
    // One who takes an order back has none.
    order("cid", "electricity", "bid");
    market.withdraw("cid", "electricity");
    order("ann", "heat", "offer");
    order("bob", "heat", "bid");
    order("cid", "heat", "bid");
    results.push(await market.clearPeriod(end));
  }
  const blocks: Uint8Array[] = [];
  for await (const bytes of market.store.blocks()) blocks.push(bytes);
  return { results, blocks };
}

describe("a market with a least number of members", () => {
  it("says the totals of a carrier in the header only where so many have an order of it", async () => {
    const [all, three, four] = [await run(), await run(3), await run(4)];
    const traded = ({ blocks }: typeof all, carrier: "electricity" | "heat") =>
      blocks.slice(1).map((bytes) => decodeBlock(bytes).header.totals[carrier].traded);
    expect(traded(all, "electricity")).toEqual([2_000_000n, 2_000_000n]);
    expect(traded(three, "electricity")).toEqual([0n, 0n]);
    expect(traded(three, "heat")).toEqual([2_000_000n, 2_000_000n]);
    expect(traded(four, "heat")).toEqual([0n, 0n]);
    for (const bytes of four.blocks)
      expect(Object.values(decodeBlock(bytes).header.totals.electricity).every((sum) => sum === 0n)).toBe(
        true,
      );
    // Who runs the market knows them, and so does whoever reads its records.
    for (const { results, blocks } of [three, four]) {
      for (const [place, { carriers }] of results.entries())
        expect(carriers.map(({ totals }) => totals)).toEqual(
          all.results[place]!.carriers.map(({ totals }) => totals),
        );
      expect((await summarize(blocks, { hasher })).energy).toEqual(
        (await summarize(all.blocks, { hasher })).energy,
      );
      expect(await auditBlocks(blocks, { engine, hasher })).toMatchObject({ ok: true, executed: 3 });
    }
  });

  it("is found out when it says them all the same, or leaves out those that it has to say", async () => {
    const { blocks } = await run(3);
    const { header, sections, secret } = decodeBlock(blocks[2]!);
    for (const [carrier, totals] of [
      ["electricity", totalsOfBlock({ sections }).electricity],
      ["heat", header.totals.electricity],
    ] as const) {
      const draft = { ...header, signed: false, secret, sections, state: header.sections };
      const other = buildBlock({ ...draft, totals: { ...header.totals, [carrier]: totals } }, hasher);
      const audit = await auditBlocks([...blocks.slice(0, 2), encodeBlock(other)], { engine, hasher });
      expect(audit).toMatchObject({
        ok: false,
        height: 2,
        reason: expect.stringContaining(`totals.${carrier}.`),
      });
    }
  });

  it("is a private one, and the least number is above one", async () => {
    const opening = { engine, participants: ["ann"], startMs: 0 };
    await expect(openMarket({ ...opening, leastMembers: 3 })).rejects.toThrow(
      /leastMembers: wanted none in an open/,
    );
    for (const leastMembers of [0, 1, 1.5, -2, "3", 65_536])
      await expect(
        openMarket({ ...opening, privacy: "private", leastMembers: leastMembers as number }),
      ).rejects.toThrow("leastMembers");
  });
});

it("totals follow from trades and flows, whatever happens in a period", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(0xffff_ffff), fc.integer({ min: 1, max: 12 }), async (seed, participants) => {
      const { store } = await runScenario(engine, seed, { participants, periods: 4 });
      for await (const bytes of store.blocks()) {
        const block = decodeBlock(bytes);
        const found = totalsOfBlock(block);
        for (const carrier of carriers) expect(found[carrier], carrier).toEqual(block.header.totals[carrier]);
      }
    }),
    { numRuns: 40, seed: 4 },
  );
}, 60_000);
