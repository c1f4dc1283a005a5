// Statement bundles of random markets: each holds together, holds its member's own records, all of them and nobody
// else's, accounts for the balance to the last tick, and no longer holds when anything in it changes.
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { decodeBlock } from "../../src/ledger/format/block.js";
import { headerBytes } from "../../src/ledger/format/header.js";
import { readRecord } from "../../src/ledger/format/layout.js";
import { flowLayout } from "../../src/ledger/format/records.js";
import { decodeSnapshot } from "../../src/ledger/format/snapshot.js";
import { decodeBundle, type OpenedBundle, openBundle } from "../../src/ledger/proof/bundle.js";
import { openMemoryStore } from "../../src/ledger/store/memory.js";
import type { Store } from "../../src/ledger/store/store.js";
import { plainHasher } from "../../src/ledger/tree/plain.js";
import type { MemberContract } from "../../src/market/contracts/sharedcontracts.js";
import { openMarket } from "../../src/market/open.js";
import { openReplay } from "../../src/market/replay.js";
import { keepSnapshotAt } from "../../src/market/snapshots.js";
import { readBundle } from "../../src/report/bundle/read.js";
import { type BundleOptions, writeBundle, writeBundles } from "../../src/report/bundle/write.js";
import { statement } from "../../src/report/statement.js";
import { runScenario } from "../support/scenario.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

async function bundleOf(
  store: Pick<Store, "blocks">,
  participant: string,
  options: BundleOptions = {},
): Promise<string> {
  let text = "";
  const tools = { engine, hasher: plainHasher };
  for await (const lines of writeBundle(store.blocks(), participant, { ...tools, ...options })) text += lines;
  return text;
}
const opened = (text: string): OpenedBundle => openBundle(decodeBundle(text), plainHasher);

/** What is in an opened bundle of a section. */
const recordsOf = ({ blocks }: OpenedBundle, section: string) =>
  blocks.flatMap(({ header, records }) =>
    records.filter((each) => each.section === section).map(({ index }) => `${header.height}:${index}`),
  );

describe("a statement bundle", () => {
  it("accounts for the balance of every member, in open and in private markets", async () => {
    let moved = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(0xffff_ffff),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (seed, participants, isPrivate) => {
          const { store } = await runScenario(engine, seed, { participants, periods: 5, isPrivate });
          const replay = openReplay(engine);
          for await (const bytes of store.blocks()) replay.replay(decodeBlock(bytes));
          for (const [number, { name }] of replay.state.terms.participants.entries()) {
            const bundle = opened(await bundleOf(store, name));
            expect(bundle.root).toEqual(store.root());
            const found = readBundle(bundle);
            expect(found.accounts, name).toBe(true);
            expect(found.after).toBe(replay.state.accounts.of(number));
            if (found.paid !== 0n) moved += 1;
          }
        },
      ),
      { numRuns: 15, seed: 20 },
    );
    expect(moved).toBeGreaterThan(20);
  }, 60_000);

  it("has the trades and the money that a statement of the whole ledger has", async () => {
    for (const isPrivate of [false, true]) {
      const { store } = await runScenario(engine, 77, { participants: 6, periods: 6, isPrivate });
      for (let number = 0; number < 6; number += 1) {
        const { entries, balance } = await statement(store.blocks(), `p${number}`, { hasher: plainHasher });
        const bundle = opened(await bundleOf(store, `p${number}`));
        const traded = entries.filter(({ entry }) =>
          ["bought", "sold", "pool purchase", "store purchase", "pool sale"].includes(entry),
        );
        const stored = bundle.blocks.flatMap(({ records }) =>
          records.filter(
            ({ section, bytes }) => section === "flows" && readRecord(flowLayout, bytes, 0).kind === "stored",
          ),
        );
        expect(recordsOf(bundle, "trades").length + stored.length).toBe(traded.length);
        const { bought, sold, after } = readBundle(bundle);
        const sum = (...names: string[]): bigint =>
          entries.filter(({ entry }) => names.includes(entry)).reduce((all, { energy }) => all + energy, 0n);
        expect(bought).toBe(sum("bought", "pool purchase", "store purchase", "imported"));
        expect(-sold).toBe(sum("sold", "pool sale", "exported"));
        expect(after).toBe(balance);
      }
    }
  });

  it("of many in one go over the blocks is for each the one that it has alone", async () => {
    for (const isPrivate of [false, true]) {
      const { store } = await runScenario(engine, 9, { participants: 5, periods: 8, isPrivate });
      let reads = 0;
      for (const range of [{}, { from: 3, to: 6 }]) {
        const members = ["p4", "p0", "p2"];
        const texts = new Map(members.map((id) => [id, ""]));
        const blocks = (async function* () {
          reads += 1;
          yield* store.blocks();
        })();
        const options = { engine, hasher: plainHasher, ...range };
        for await (const { participant, lines } of writeBundles(blocks, members, options))
          texts.set(participant, texts.get(participant)! + lines);
        for (const id of members) expect(texts.get(id)).toBe(await bundleOf(store, id, range));
      }
      expect(reads).toBe(2);
    }
  });

  it("of some periods shows the balance before and after, and needs no more than a snapshot before them", async () => {
    const { store } = await runScenario(engine, 5, { participants: 5, periods: 8, isPrivate: true });
    const whole = opened(await bundleOf(store, "p2"));
    const part = await bundleOf(store, "p2", { from: 4, to: 7 });
    const found = readBundle(opened(part));
    expect(found).toMatchObject({ accounts: true, periods: [104, 106] });
    expect(recordsOf(opened(part), "orders")).toEqual(
      recordsOf(whole, "orders").filter((place) => /^[456]:/.test(place)),
    );
    const rest = readBundle(opened(await bundleOf(store, "p2", { from: 7 })));
    expect(rest.before).toBe(found.after);
    expect(rest.after).toBe(readBundle(whole).after);
    // Behind genesis, at which members paid in.
    const behind = readBundle(opened(await bundleOf(store, "p2", { from: 1 })));
    expect(behind.before).toBeGreaterThan(0n);
    expect(behind).toMatchObject({ accounts: true, periods: [101, readBundle(whole).periods[1]] });
    expect(behind.after).toBe(readBundle(whole).after);
    // From a snapshot, of blocks of which only the headers are left before it.
    for (const height of [2, 3]) {
      await keepSnapshotAt(store, height, engine, () => {});
      const snapshot = decodeSnapshot((await store.getSnapshot(height))!, plainHasher);
      const erased = {
        async *blocks() {
          for await (const bytes of store.blocks())
            yield decodeBlock(bytes).header.height <= height ? bytes.subarray(0, headerBytes) : bytes;
        },
      };
      expect(await bundleOf(erased, "p2", { from: 4, to: 7, snapshot })).toBe(part);
      await expect(bundleOf(erased, "p2", { from: 4, to: 7 })).rejects.toMatchObject({ code: "state" });
    }
  });

  it("shows when a record that moved money is left out, and when one is somebody else's", async () => {
    const { store } = await runScenario(engine, 77, { participants: 6, periods: 6, isPrivate: true });
    const bundle = decodeBundle(await bundleOf(store, "p1"));
    const trades = bundle.blocks.findIndex(({ rows }) => rows.some(({ section }) => section === "trades"));
    expect(trades).toBeGreaterThan(0);
    const without = bundle.blocks.map((block, place) =>
      place === trades ? { ...block, rows: block.rows.filter(({ section }) => section !== "trades") } : block,
    );
    expect(readBundle(openBundle({ ...bundle, blocks: without }, plainHasher)).accounts).toBe(false);
    const other = decodeBundle(await bundleOf(store, "p0"));
    const { member, ...rest } = other;
    const last = rest.blocks.at(-1)!;
    const names = last.rows.filter(({ section }) => section === "names");
    const own = bundle.blocks.at(-1)!.rows.filter(({ section }) => section === "names");
    expect(() => openBundle({ ...rest, member: bundle.member }, plainHasher)).toThrow("bundle member");
    // With the other's name put in, its records still are not its own.
    const named = { ...last, rows: [...last.rows.filter((row) => !names.includes(row)), ...own] };
    const mixed = { ...rest, member: bundle.member, blocks: [...rest.blocks.slice(0, -1), named] };
    expect(() => readBundle(openBundle(mixed, plainHasher))).toThrow(/a record of p1/);
    expect(member.id).toBe("p0");
  });

  it("no longer holds when a character of it changes, a line is missing, or two change places", async () => {
    const { store } = await runScenario(engine, 3, { participants: 2, periods: 2, isPrivate: true });
    const text = await bundleOf(store, "p1");
    const root = opened(text).root;
    for (let at = 0; at < text.length; at += 31) {
      const changed = text[at] === "0" ? "1" : "0";
      const other = text.slice(0, at) + changed + text.slice(at + 1);
      if (other === text) continue;
      let found: unknown = null;
      try {
        const bundle = opened(other);
        // A path's hash leads elsewhere: then it is the head that does not fit.
        found = Buffer.compare(bundle.root, root) === 0 ? at : null;
      } catch {}
      expect(found, `character ${at}: ${text.slice(at - 20, at + 20)}`).toBeNull();
    }
    const lines = text.split("\n");
    for (let at = 0; at < lines.length - 1; at += 1) {
      const without = lines.toSpliced(at, 1).join("\n");
      const isRow = lines[at]!.includes('"row"');
      // A row is a record left out, which is seen where it moved money; anything else does not hold together.
      if (!isRow) expect(() => opened(without), `line ${at}`).toThrow();
      expect(() => opened(lines.toSpliced(at, 0, lines[at]!).join("\n")), `line ${at} twice`).toThrow();
      if (at > 1 && at < lines.length - 2)
        expect(
          () => opened(lines.toSpliced(at, 2, lines[at + 1]!, lines[at]!).join("\n")),
          `line ${at} later`,
        ).toThrow();
    }
  });

  it("is refused of nobody, and of heights that there are not", async () => {
    const { store } = await runScenario(engine, 4, { participants: 2, periods: 2 });
    await expect(bundleOf(store, "nobody")).rejects.toMatchObject({ code: "invalid", field: "participant" });
    await expect(bundleOf(store, "p0", { from: 3 })).rejects.toMatchObject({ field: "from" });
    await expect(bundleOf(store, "p0", { from: 2, to: 2 })).rejects.toMatchObject({ field: "to" });
    await expect(bundleOf(store, "p0", { form: 2 } as never)).rejects.toThrow("form");
    for (const text of ["", "{}", "\n", '{"format":"gridclear bundle v2","market":{}}', 5 as never])
      expect(() => decodeBundle(text)).toThrow();
  });

  it.each(["open", "private"] as const)(
    "shows each member of a large community its key, in %s markets",
    async (privacy) => {
      // As many members with names of 36 characters as the contract has room for in its 64 KiB.
      const names = Array.from({ length: 1_500 }, (_, place) => `${place}`.padStart(36, "0"));
      const from = { version: 1, from: 0 } as const;
      const shares = Object.fromEntries(names.map((name) => [name, 600]));
      const store = await openMemoryStore({ hasher: plainHasher });
      const market = await openMarket({
        engine,
        store,
        privacy,
        participants: names,
        metering: { window: 4, corrections: 4, missing: "zero" },
        clearing: { electricity: { mechanism: "share" } },
        contracts: [
          {
            kind: "community",
            ...from,
            community: "house",
            carrier: "electricity",
            price: 120_000,
            key: { key: "static", shares },
          },
          ...names.map(
            (participant): MemberContract => ({
              kind: "member",
              ...from,
              community: "house",
              participant,
              factor: 1_000_000,
            }),
          ),
        ],
      });
      const { period } = await market.clearPeriod();
      market.report({ participant: names[0]!, carrier: "electricity", period, in: "0", out: "3" });
      market.report({ participant: names[9]!, carrier: "electricity", period, in: "1", out: "0" });
      for (let more = 0; more < 5; more += 1) await market.clearPeriod();
      const bundle = opened(await bundleOf(store, names[9]!));
      expect(bundle.root).toEqual(store.root());
      expect(readBundle(bundle).accounts).toBe(true);
      expect(recordsOf(bundle, "contracts").length).toBeGreaterThan(2);
      // 600 in a million of 3 kWh, at 0.12.
      expect(market.balance(names[9]!)).toBe(-1_800n * 120_000n);
    },
  );
});
